/**
 * Keys that we send, in the way that the far end of a leg understands: events in its RTP (RFC 4733), INFO requests one after the other, or tones
 * in its sound, which take the place of speech while they sound.
 */
import { rulesOf } from '../centre/trunks/trunk-rules.ts'
import type { LegId } from '../lib/ids.ts'
import type { Bay } from '../rtp/bay.ts'
import type { UserAgentPort } from '../sip/events.ts'
import type { Leg } from './leg.ts'
import type { TrunkLines } from './trunk-lines.ts'

/** A request a key, and the next one only then: over UDP two at once may change places. */
const infoEveryMs = 250
const keyMs = 160
/** Keys that wait on one leg, at most; a person cannot press more in that time. */
const waitingMax = 64
/** ITU-T Q.23 and Q.24: 40 ms are heard, 100 are heard by all; with a pause as long behind it. */
const toneMs = 100
const pauseMs = 100
/** Of each of the two tones, 9 dB under full scale: together they stay within it. */
const amplitude = 11_600
const sampleRate = 8000
/** The number of a `say` that nobody waits for. */
const unheard = -1

const low = [697, 770, 852, 941]
const high = [1209, 1336, 1477, 1633]
const rows = ['123A', '456B', '789C', '*0#D']

export const dtmfPrompt = (digit: string) =>
  `dtmf-${digit === '*' ? 'star' : digit === '#' ? 'pound' : digit.toLowerCase()}`

/** Every key as sound at 8 kHz, by the name of its prompt. */
export function dtmfPrompts(): Record<string, Int16Array> {
  const prompts: Record<string, Int16Array> = {}
  rows.forEach((row, y) => {
    ;[...row].forEach((digit, x) => {
      const samples = new Int16Array(((toneMs + pauseMs) * sampleRate) / 1000)
      for (let at = 0; at < (toneMs * sampleRate) / 1000; at++) {
        const turn = (2 * Math.PI * at) / sampleRate
        samples[at] = Math.round(amplitude * (Math.sin(turn * low[y]!) + Math.sin(turn * high[x]!)))
      }
      prompts[dtmfPrompt(digit)] = samples
    })
  })
  return prompts
}

type Ports = { ua: Pick<UserAgentPort, 'sendInfo'>; bay: Pick<Bay, 'sendDigits' | 'say'>; lines: TrunkLines }

export class Keys {
  readonly #with: Ports
  readonly #waiting = new Map<LegId, { leg: Leg; digits: string; nextAt: number }>()

  constructor(ports: Ports) {
    this.#with = ports
  }

  send(leg: Leg, digits: string, now: number): void {
    if (this.#wayOf(leg) === 'events') return this.#with.bay.sendDigits(leg.id, digits)
    const queue = this.#waiting.get(leg.id) ?? { leg, digits: '', nextAt: now }
    queue.digits = (queue.digits + digits).slice(0, waitingMax)
    this.#waiting.set(leg.id, queue)
    this.advance(now)
  }

  advance(now: number): void {
    for (const [id, queue] of this.#waiting) {
      if (queue.leg.phase === 'over') this.#waiting.delete(id)
      else if (now < queue.nextAt) continue
      else if (queue.digits === '') this.#waiting.delete(id)
      else this.#press(queue, now)
    }
  }

  #press(queue: { leg: Leg; digits: string; nextAt: number }, now: number): void {
    const { ua, bay } = this.#with
    const { leg, digits } = queue
    const way = this.#wayOf(leg)
    if (way === 'info') {
      if (leg.session !== null) ua.sendInfo(leg.session, digits[0]!, keyMs, now)
      queue.digits = digits.slice(1)
      queue.nextAt = now + infoEveryMs
      return
    }
    queue.digits = ''
    if (way === 'events') return bay.sendDigits(leg.id, digits)
    // All that waits is one speech: another would cut it off.
    bay.say(leg.id, unheard, [...digits].map(dtmfPrompt))
    queue.nextAt = now + digits.length * (toneMs + pauseMs)
  }

  #wayOf(leg: Leg): 'events' | 'info' | 'tones' {
    const trunk = leg.far.kind === 'trunk' ? this.#with.lines.trunk(leg.far.trunk) : null
    const { dtmf } = rulesOf(trunk ?? {})
    // Before the answer the keys go the way of the sound: few take an INFO in an early dialog.
    if (dtmf === 'info' && leg.phase === 'up') return 'info'
    return dtmf !== 'inband' && leg.knowsEvents ? 'events' : 'tones'
  }
}
