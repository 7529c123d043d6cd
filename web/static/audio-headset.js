/**
 * Keys of a headset (WebHID, telephony page of the HID usage tables): mute, hook. The lamps of the headset show what is. Browsers without
 * WebHID have the key of the media session, where they know it. The page gives `[data-audio-action="headset"]`, shown where it can be used.
 */
const telephonyPage = 0x0b
const usage = { hook: 0x0b0020, mute: 0x0b002f, muteLamp: 0x080009, hookLamp: 0x080017 }

let device = null
let inputs = []
let outputs = []
let lamps = { mute: false, hook: false }
let held = new Map()
let keys = {}

/** `keys`: {mute(), hook(isUp)}. Takes up the headset that was allowed before. */
export async function startHeadset(does) {
  keys = does
  try {
    navigator.mediaSession?.setActionHandler('togglemicrophone', () => keys.mute())
  } catch {} // not every browser knows this key
  if (!navigator.hid) return
  for (const button of document.querySelectorAll('[data-audio-action="headset"]')) button.hidden = false
  navigator.hid.addEventListener?.('connect', event => take(event.device))
  navigator.hid.addEventListener?.('disconnect', event => {
    if (event.device === device) device = null
  })
  for (const known of await navigator.hid.getDevices()) await take(known)
}

/** Asks the person which headset; needs a click. Answers its name, or '' when none was chosen. */
export async function chooseHeadset() {
  const found = (await navigator.hid?.requestDevice({ filters: [{ usagePage: telephonyPage }] })) ?? []
  for (const one of found) await take(one)
  return found[0]?.productName ?? ''
}

/** What the lamps show from now on. */
export function showOnHeadset(next) {
  if (next.mute === lamps.mute && next.hook === lamps.hook) return
  lamps = next
  try {
    navigator.mediaSession?.setMicrophoneActive?.(!next.mute)
  } catch {} // a browser that has no such lamp
  light()
}

async function take(candidate) {
  if (device !== null || !candidate.collections.some(each => each.usagePage === telephonyPage)) return
  device = candidate
  if (!device.opened) await device.open()
  inputs = fieldsOf(device.collections, 'inputReports')
  outputs = fieldsOf(device.collections, 'outputReports')
  held = new Map()
  device.addEventListener('inputreport', event => heard(event.reportId, event.data))
  light()
}

/** Where each usage lies in its report: bits from the first, in the order of the items. */
function fieldsOf(collections, which) {
  const fields = []
  const walk = collection => {
    for (const report of collection[which] ?? []) {
      let bit = 0
      for (const item of report.items ?? []) {
        for (let n = 0; n < item.reportCount; n++) {
          const one = item.usages?.[n] ?? (item.isRange ? item.usageMinimum + n : undefined)
          if (one !== undefined)
            fields.push({
              reportId: report.reportId,
              usage: one,
              bit,
              size: item.reportSize,
              absolute: item.isAbsolute,
            })
          bit += item.reportSize
        }
      }
    }
    for (const child of collection.children ?? []) walk(child)
  }
  for (const collection of collections) walk(collection)
  return fields
}

function heard(reportId, data) {
  for (const field of inputs) {
    if (field.reportId !== reportId || field.size !== 1) continue
    const octet = field.bit >> 3
    if (octet >= data.byteLength) continue
    const isOn = ((data.getUint8(octet) >> (field.bit & 7)) & 1) === 1
    const wasOn = held.get(field.usage) ?? false
    held.set(field.usage, isOn)
    if (field.usage === usage.mute && isOn && !wasOn) keys.mute?.()
    if (field.usage === usage.hook && isOn !== wasOn) keys.hook?.(isOn)
  }
}

function light() {
  if (device === null) return
  const reports = new Map()
  for (const field of outputs) {
    const length = Math.max(reports.get(field.reportId)?.length ?? 0, (field.bit >> 3) + 1)
    const bytes = new Uint8Array(length)
    bytes.set(reports.get(field.reportId) ?? [])
    const isOn = (field.usage === usage.muteLamp && lamps.mute) || (field.usage === usage.hookLamp && lamps.hook)
    if (isOn) bytes[field.bit >> 3] |= 1 << (field.bit & 7)
    reports.set(field.reportId, bytes)
  }
  for (const [reportId, bytes] of reports) device.sendReport(reportId, bytes).catch(() => {})
}
