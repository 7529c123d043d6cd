/**
 * Which microphone and which loudspeaker: chosen in the audio panel, kept by this browser, and taken again when they are plugged in again. What
 * the page gives: `<select data-audio-device="microphone|speaker" data-default="words for the system's choice">`.
 */
const kinds = { microphone: 'audioinput', speaker: 'audiooutput' }
const key = what => `switchroom.${what}`

export function chosen(what) {
  return localStorage.getItem(key(what)) ?? ''
}

/** The chosen one when it is there, else the system's. Rejects as getUserMedia does. */
export async function openMicrophone(constraints) {
  const id = chosen('microphone')
  if (id !== '') {
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: { ...constraints, deviceId: { exact: id } } })
    } catch (error) {
      if (error.name !== 'OverconstrainedError' && error.name !== 'NotFoundError') throw error
    }
  }
  return navigator.mediaDevices.getUserMedia({ audio: constraints })
}

/** What is given sounds from the chosen loudspeaker, where the browser lets a page choose and it is there; else from the system's. */
export async function useSpeaker(...outputs) {
  const id = (await isGone()) ? '' : chosen('speaker')
  for (const output of outputs) {
    if (!output?.setSinkId || (output.sinkId ?? '') === id) continue
    await output.setSinkId(id).catch(() => output.setSinkId('').catch(() => {}))
  }
}

/** The chosen loudspeaker was pulled out: browsers keep its name for what played there, play nothing, and play nothing when it is back. */
async function isGone() {
  if (chosen('speaker') === '') return false
  const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => null)
  if (!devices) return false
  const speakers = devices.filter(({ kind }) => kind === kinds.speaker)
  // Before the microphone was allowed, the one that is told has no name.
  return speakers.every(({ deviceId }) => deviceId !== '' && deviceId !== chosen('speaker'))
}

/** Names are told only after the microphone was allowed; until then there is the system's choice alone. */
export async function paintDevices() {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? []
  for (const select of document.querySelectorAll('[data-audio-device]')) {
    const what = select.dataset.audioDevice
    const found = devices.filter(({ kind, deviceId }) => kind === kinds[what] && deviceId && deviceId !== 'default')
    const cannot = what === 'speaker' && !HTMLMediaElement.prototype.setSinkId
    select.replaceChildren(
      option('', select.dataset.default),
      ...found.map(({ deviceId, label }, at) => option(deviceId, label || `${at + 1}`)),
    )
    select.disabled = cannot || found.length === 0
    select.value = found.some(({ deviceId }) => deviceId === chosen(what)) ? chosen(what) : ''
  }
}

/** `changed(what)` when the person chooses another. */
export function onChoice(changed) {
  document.addEventListener('change', event => {
    const what = event.target.dataset?.audioDevice
    if (what === undefined) return
    if (event.target.value === '') localStorage.removeItem(key(what))
    else localStorage.setItem(key(what), event.target.value)
    changed(what)
  })
}

function option(value, words) {
  const element = document.createElement('option')
  element.value = value
  element.textContent = words
  return element
}
