/**
 * A loopback call through a trunk: a number that sends back what it hears is dialled, a tone is sent and measured as it comes back. What is
 * wrong is said in words that name the side. It uses a leg, a session and a file of its own, and disturbs no call.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Trunk } from '../centre/entities.ts'
import { rulesOf } from '../centre/trunks/trunk-rules.ts'
import type { LegId, RecordingId } from '../lib/ids.ts'
import { secretBytes } from '../lib/random.ts'
import { addressNumber, isPrivateNumber } from '../rtp/address-number.ts'
import type { Bay, BayEvent, LegFigures } from '../rtp/bay.ts'
import { readStereo } from '../rtp/wav.ts'
import type { Destination, SessionId, UaEvent, UserAgentPort } from '../sip/events.ts'
import { type Echo, echoIn, probe, probeHz, probePrompt } from './echo.ts'
import { LegKeys, srtpOn } from './leg-keys.ts'
import { agree, offerOf, rtpParameters } from './offer.ts'
import { inviteOn } from './trunk-call.ts'

/** `bad`: calls do not work like this; `warn`: they do, and something is to be looked at. */
export type Finding = { state: 'ok' | 'warn' | 'bad'; code: FindingCode; found: string; advice?: string }

/** What a test can find; pages have words for each of them. */
export const findingCodes = [
  'located',
  'not_located',
  'registered',
  'not_registered',
  'refresh_failed',
  'options_answered',
  'options_silent',
  'options_refused',
  'no_echo_number',
  'answered',
  'refused',
  'no_response',
  'not_answered',
  'no_codec',
  'private_address',
  'sound_from_elsewhere',
  'sound_of_another_codec',
  'no_sound',
  'no_echo',
  'pitch',
  'level',
  'delay',
  'both_ways',
  'fault',
] as const
export type FindingCode = (typeof findingCodes)[number]

export type TrunkTestOptions = {
  ua: UserAgentPort
  bay: Bay
  onEvent(listener: (event: UaEvent) => void): () => void
  onMedia(listener: (event: BayEvent) => void): () => void
  /** The number answered: sound is measured from now on. */
  tell?(): void
  now(): number
  flush(): void
}

export type TestCall = {
  trunk: Trunk
  password: string | null
  destination: Destination
  at: string
  routes: readonly string[]
  /** Our address as the trunk sees it, for signalling and for media. */
  host: string
  /** As the gateway dials it. */
  number: string
}

/** An answer is waited for so long, and the tone and its echo after it. */
const answerWithinMs = 20_000
const soundWithinMs = 8_000
const silentWithinMs = 5_000

let tests = 0
const idPrefix = 'check_'

/** Whether a leg or a recording is a test's own. */
export const isOfTest = (id: string): boolean => id.startsWith(idPrefix)

export async function testCall(options: TrunkTestOptions, call: TestCall): Promise<Finding[]> {
  const { ua, bay, now, flush } = options
  const id = `${idPrefix}${process.pid}_${++tests}`
  const leg = id as LegId
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-check-'))
  const file = join(folder, 'probe.wav')
  let session: SessionId | null = null
  const heard = new Listener()
  const stop = options.onEvent(event => {
    if ('session' in event && event.session === session) heard.take(event)
  })
  const stopMedia = options.onMedia(event => heard.takeMedia(event, leg, id))
  try {
    const local = await bay.open(leg, { kind: 'rtp', silenceMs: 0, family: isIPv6(call.destination.address) ? 6 : 4 })
    const any = ['0.0.0.0', '::', ''].includes(local.address)
    const keys = new LegKeys(secretBytes)
    const srtp = srtpOn(call.trunk, keys)
    const side = { address: any ? call.host : local.address, port: local.port, id: leg, version: 1, srtp }
    // The number is written as the gateway dials it already.
    const trunk = { ...call.trunk, rules: { ...call.trunk.rules, numbersOut: [] } }
    const callerId = trunk.callerIds[0] ?? ''
    const sdp = offerOf(trunk.codecs, side)
    session = ua.invite(inviteOn({ ...call, trunk, callerId, sdp }), now())
    flush()
    const answer = await heard.answer(rulesOf(trunk).responseMs)
    if ('refused' in answer) return [answer.refused]
    const agreed = answer.sdp === null ? null : agree(answer.sdp, trunk.codecs, side)
    if (agreed === null)
      return [
        {
          state: 'bad',
          code: 'no_codec',
          found: `${call.number} answered with no audio that we can speak (wrong codec${srtp?.use === 'required' ? ', or in the clear where encryption is required' : ''})`,
          advice: `the trunk is set to ${trunk.codecs.join(', ')}${srtp?.use === 'required' ? ' with encryption (SRTP)' : ''}: allow G.711 at the gateway for it`,
        },
      ]
    if (agreed.srtp !== null) keys.agreed(agreed.srtp.suite)
    options.tell?.()
    bay.configure(leg, rtpParameters(agreed, true, [call.destination.address]))
    bay.record(id as RecordingId, leg, file)
    bay.learn(probePrompt, probe())
    bay.play(leg, probePrompt, false)
    await heard.played(soundWithinMs)
    const [figures = null] = await bay.figures([leg])
    bay.stopRecording(id as RecordingId)
    const isRecorded = await heard.recorded(soundWithinMs)
    const [left, right] = isRecorded ? readStereo(readFileSync(file)) : [new Int16Array(0), new Int16Array(0)]
    return judged(call, {
      echo: echoIn(left, right),
      figures,
      remote: agreed.remote.address,
      codec: agreed.codec,
      side,
    })
  } finally {
    stop()
    stopMedia()
    if (session !== null) ua.hangUp(session, 16, now())
    flush()
    bay.close(leg)
    rmSync(folder, { recursive: true, force: true })
  }
}

type Heard = {
  echo: Echo
  figures: LegFigures | null
  remote: string
  codec: string
  side: { address: string; port: number }
}

/** What the figures and the sound say, the side named on which it is wrong. */
export function judged({ number, destination }: Pick<TestCall, 'number' | 'destination'>, heard: Heard): Finding[] {
  const { echo, figures, remote, codec, side } = heard
  const findings: Finding[] = []
  if (isPrivate(remote) && !isPrivate(destination.address))
    findings.push({
      state: 'warn',
      code: 'private_address',
      found: `its SDP names ${remote}, a private address, while its signalling comes from ${destination.address} (NAT)`,
      advice: 'set the external address for media at the gateway, or put a session border controller before it',
    })
  const { received = 0, lost = 0, foreign = 0, dropped = 0, jitterMs = 0 } = figures ?? {}
  if (received === 0) {
    const more =
      foreign > 0
        ? `${foreign} packets came from an address that the signalling never named`
        : dropped > 0
          ? `${dropped} packets came in another codec than agreed (${codec})`
          : `none came to ${side.address}:${side.port}`
    findings.push({
      state: 'bad',
      code: foreign > 0 ? 'sound_from_elsewhere' : dropped > 0 ? 'sound_of_another_codec' : 'no_sound',
      found: `${number} answered and sends no sound that we can hear: ${more}`,
      advice:
        foreign > 0 || dropped > 0
          ? 'look at the media address and the codecs of this trunk at the gateway'
          : 'is UDP open from the gateway to our media ports, and is our media address one that it can reach (media.address)?',
    })
  } else if (echo.back === null)
    findings.push({
      state: 'bad',
      code: 'no_echo',
      found: `sound comes from ${number} (${received} packets), and our tone is not in it: ours does not get there, or the number is no echo`,
      advice: `is UDP open from us to ${remote}, and does ${number} send back what it hears?`,
    })
  else {
    const { roundTripMs, hz, lossDb } = echo.back
    const share = Math.round((1000 * lost) / Math.max(1, received + lost)) / 10
    const found = `${number} answers, sound passes both ways: ${hz} Hz back after ${Math.round(roundTripMs)} ms, ${lossDb.toFixed(1)} dB softer, ${codec}, loss ${share} %, jitter ${jitterMs.toFixed(1)} ms`
    if (Math.abs(hz - probeHz) > 5)
      findings.push({
        state: 'warn',
        code: 'pitch',
        found,
        advice: `the tone left at ${probeHz} Hz: is the codec the same both ways?`,
      })
    else if (lossDb > 20 || lossDb < -6)
      findings.push({
        state: 'warn',
        code: 'level',
        found,
        advice: 'the level is far off: look at the gains of the gateway',
      })
    else if (roundTripMs > 500)
      findings.push({
        state: 'warn',
        code: 'delay',
        found,
        advice: 'people hear a delay of that length: look at the way between',
      })
    else findings.push({ state: 'ok', code: 'both_ways', found })
  }
  return findings
}

function isPrivate(address: string): boolean {
  return isPrivateNumber(addressNumber(address) ?? 0)
}

type Answer = { sdp: string | null } | { refused: Finding }

/** Waits for one thing after the other of a test's call; each wait is bounded. */
class Listener {
  #responded = false
  readonly #answer = Promise.withResolvers<Answer>()
  readonly #played = Promise.withResolvers<boolean>()
  readonly #recorded = Promise.withResolvers<boolean>()

  take(event: UaEvent): void {
    if (event.type === 'provisional') this.#responded = true
    else if (event.type === 'accepted') this.#answer.resolve({ sdp: event.sdp })
    else if (event.type === 'failed') {
      const status = event.status === null ? '' : ` SIP ${event.status}`
      const cause = event.q850 === null ? '' : `, Q.850 ${event.q850}`
      this.#answer.resolve({
        refused: {
          state: 'bad',
          code: 'refused',
          found: `the test call failed:${status} ${event.reason}${cause}`.replace(/[^\x20-\x7e\u00a0-\uffff]/g, ''),
          advice: 'is the number right, and may this trunk call it with this caller ID?',
        },
      })
    }
  }

  takeMedia(event: BayEvent, leg: LegId, recording: string): void {
    if (event.type === 'prompt.finished' && event.leg === leg) this.#played.resolve(true)
    if (event.type === 'recording.closed' && event.recording === recording) this.#recorded.resolve(true)
    if (event.type === 'recording.failed' && event.recording === recording) this.#recorded.resolve(false)
  }

  async answer(responseMs: number): Promise<Answer> {
    const silent: Answer = {
      refused: {
        state: 'bad',
        code: 'no_response',
        found: `no response to the test call within ${responseMs / 1000} s`,
      },
    }
    const first = await within<Answer | null>(this.#answer.promise, Math.max(responseMs, silentWithinMs), null)
    if (first !== null) return first
    if (!this.#responded) return silent
    const late: Answer = {
      refused: {
        state: 'bad',
        code: 'not_answered',
        found: `the test call was not answered within ${answerWithinMs / 1000} s`,
      },
    }
    return within(this.#answer.promise, answerWithinMs, late)
  }

  played(ms: number): Promise<boolean> {
    return within(this.#played.promise, ms, false)
  }

  recorded(ms: number): Promise<boolean> {
    return within(this.#recorded.promise, ms, false)
  }
}

async function within<T>(promise: Promise<T>, ms: number, instead: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>(resolve => {
    timer = setTimeout(resolve, ms, instead)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
