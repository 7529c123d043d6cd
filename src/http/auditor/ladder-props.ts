/** SIP messages → participants and steps of a drawn ladder. */
import type { LadderProps } from '../../../web/pages/auditor/ladder.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import type { Participant, Step } from '../../../web/parts/ladder.ts'
import { clockOf } from '../../../web/parts/time.ts'
import { glance, readEndpoint } from '../../ladder/sip-note.ts'
import type { SipNote } from '../../store/telephony/ladder-file.ts'
import { nameOf } from '../agent/contact-line.ts'
import type { CallLadder } from '../call-ladder.ts'
import type { Deps } from '../deps.ts'

/** What a page can hold; the capture file has them all. */
const stepsMax = 150
/** Columns beside our own; who comes later shares the last. */
const othersMax = 7

type Drawn = Pick<LadderProps, 'participants' | 'steps' | 'more'>

export function drawnLadder(deps: Deps, frame: Frame, { notes, legs }: CallLadder): Drawn {
  const w = textsOf(frame).ladder
  const { state } = deps.engine
  const names = new Map<string, { name: string; isParty: boolean }>(
    legs.map(({ leg, trunk, agent }) => [
      leg,
      {
        name: trunk !== null ? (state.trunks.get(trunk)?.trunk.name ?? w.party) : (nameOf(state, agent) ?? w.station),
        isParty: trunk !== null,
      },
    ]),
  )
  const keys: string[] = []
  const found: { participant: Participant; isParty: boolean }[] = []
  const keyOf = (note: SipNote) => `${names.get(note.leg ?? '')?.name} ${readEndpoint(note.remote)?.address}`
  for (const note of notes) {
    if (keys.length === othersMax || keys.includes(keyOf(note))) continue
    keys.push(keyOf(note))
    const { name, isParty } = names.get(note.leg ?? '') ?? { name: w.station, isParty: false }
    found.push({ participant: { name, address: addressOf(note) }, isParty })
  }
  // The network stands left and the phones right, as everywhere in this house.
  const left = found.filter(one => one.isParty)
  const right = found.filter(one => !one.isParty)
  const order = [...left, ...right].map(one => found.indexOf(one))
  const us = left.length
  const placeOf = (note: SipNote) => {
    const at = keys.indexOf(keyOf(note))
    const place = order.indexOf(at < 0 ? keys.length - 1 : at)
    return place < us ? place : place + 1
  }
  const own: Participant = { name: w.us, address: notes[0]?.local ?? '' }
  const participants = [...left.map(one => one.participant), own, ...right.map(one => one.participant)]
  const seen = new Set<string>()
  const shown = notes.slice(0, stepsMax)
  const began = shown[0]?.at ?? 0
  const steps = shown.map((note): Step => {
    const [from, to] = note.direction === 'in' ? [placeOf(note), us] : [us, placeOf(note)]
    const same = `${note.leg} ${note.direction} ${note.text}`
    const again = seen.has(same)
    seen.add(same)
    const { label, detail, tone } = described(note)
    const spoken = w.lane(participants[from]!.name, participants[to]!.name, label)
    const clock = `${clockOf(note.at, frame)}.${String(Math.floor(note.at % 1000)).padStart(3, '0')}`
    const text = Buffer.from(note.text, 'latin1').toString('utf8')
    return {
      from,
      to,
      label,
      detail,
      tone,
      again,
      clock,
      since: `+${((note.at - began) / 1000).toFixed(3)}`,
      spoken,
      text,
    }
  })
  return { participants, steps, more: notes.length - shown.length }
}

function described(note: SipNote): Pick<Step, 'label' | 'detail' | 'tone'> {
  const { status, method } = glance(note.text)
  const reason = /^SIP\/2\.0 \d{3} ([^\r\n]*)/.exec(note.text)?.[1] ?? ''
  const parts = [status === null ? '' : method, mediaOf(note.text)]
  return {
    label: status === null ? method : `${status} ${reason}`.trim(),
    detail: parts.filter(part => part !== '').join(' · '),
    tone: status === null ? 'request' : toneOf(status),
  }
}

const addressOf = ({ transport, remote }: SipNote) => (transport === 'udp' ? remote : `${transport} ${remote}`)

function toneOf(status: number): Step['tone'] {
  if (status < 200) return 'progress'
  if (status < 300) return 'success'
  return status < 400 ? 'redirect' : 'failure'
}

/** What an SDP says first: codec, where, and which way. */
function mediaOf(text: string): string {
  const [, port, types] = /^m=audio (\d+) \S+ ([\d ]+)/m.exec(text) ?? []
  if (port === undefined) return ''
  const names: Record<string, string> = { 0: 'PCMU', 8: 'PCMA', 9: 'G722', 18: 'G729' }
  const address = /^c=IN IP[46] (\S+)/m.exec(text)?.[1] ?? '?'
  const way = /^a=(sendonly|recvonly|inactive)\b/m.exec(text)?.[1]
  const first = types!.split(' ')[0]!
  return `${names[first] ?? `PT ${first}`} ${address}:${port}${way === undefined ? '' : ` ${way}`}`
}
