/** A leg as the relay loop holds it: its sockets, what was agreed, what it hears and says. Everything a packet needs, and no logic. */
import { Allowance } from '../lib/allowance.ts'
import type { LegId } from '../lib/ids.ts'
import { payloadTypeOf } from './g711.ts'
import type { MixerInput } from './mixer-input.ts'
import type { Player } from './player.ts'
import { Reception } from './reception.ts'
import type { RingWriter } from './recording-ring.ts'
import type { SecureLeg, SrtpCipher } from './secure-leg.ts'
import { KeyDetector, KeySender } from './telephone-event.ts'
import { TheirReports } from './their-reports.ts'
import type { Timeline } from './timeline.ts'
import { VoiceLevel } from './voice-level.ts'

export type Tap = { recording: string; ring: RingWriter }

/** More than any telephone presses (RFC 4733: 80 ms a key); the call's own allowance is the same (phone/legs.ts). */
const keys = { burst: 32, perSecond: 12.5 }

/** RTCP goes to the next port (RFC 3550 section 11); the last there is has none beside it. */
export function rtcpPortBeside(rtpPort: number): number {
  return Math.min(rtpPort + 1, 65_535)
}

export class Leg {
  readonly id: LegId
  /** The main thread's name for it in shared memory. */
  readonly number: number
  /** This thread's. */
  readonly index: number
  /** As it was opened with; 0: never. */
  readonly silenceMs: number
  /** What counts now: longer while the far end holds. */
  silentAfterMs: number
  /** A browser's; null for RTP. */
  readonly secure: SecureLeg | null
  /** Of RTP with keys from SDP; null: in the clear. */
  srtp: SrtpCipher | null = null
  readonly timeline: Timeline
  readonly reception = new Reception()
  readonly voice = new VoiceLevel()
  readonly theirs = new TheirReports()
  readonly keyDetector = new KeyDetector()
  readonly keySender = new KeySender()

  /** What is left in shared memory for whoever goes on with this leg; see `saved-leg.ts`. */
  readonly figures: Float64Array

  /** Socket numbers of the wire; `rtcpSocket` is -1 where RTCP shares the first (RFC 5761). */
  rtpSocket = -1
  rtcpSocket = -1

  payloadType = payloadTypeOf.pcma
  /** -1: the far end has no telephone events. */
  dtmfPayloadType = -1
  /** Its keys are told, and not passed on. */
  keepsKeys = false
  /** How much sound a packet of its holds: as agreed on, then as the last one did. */
  packetMs = 20
  /** Its SDP asks for VoIP metrics (RFC 3611 section 5.1). */
  wantsVoip = false
  maySend = false
  mayReceive = false
  latch = false
  /** Where media may come from; null: STUN decides (browser). */
  allowed: readonly number[] = []
  /** Where we send to; port 0: not known yet. */
  remoteAddress = 0
  remotePort = 0
  rtcpPort = 0
  /** When a report was last believed, since the remote is where it is; 0: never. */
  reportedAt = 0
  isConnected = false
  /** Not before this is its socket connected; the kernel refused. */
  connectableAt = 0
  /** When the remote was last heard while the kernel did not keep others out (0: never); of a browser by authentic media or a fresh check. */
  remoteAt = 0
  /** Browser: where else it has asked to be sent to (port 0: nowhere), while the remote was still heard. */
  nextAddress = 0
  nextPort = 0
  /** The remote as the signalling last named it (port -1: never): a re-offer of the same leaves the latch alone. */
  signalledAddress = 0
  signalledPort = -1

  /** Whom this leg's packets are relayed to, and whose packets are relayed to this leg: the same one in a patch. */
  peer: Leg | null = null
  source: Leg | null = null
  /** The room it is in (see `room.ts`); '': none. */
  room = ''
  /** Where what it says goes while somebody hears it mixed with others. */
  input: MixerInput | null = null
  player: Player | null = null
  tap: Tap | null = null
  /** What it says goes here too while an ear listens (see `ears.ts`). */
  ear: RingWriter | null = null

  openedAt: number
  /** Of the last media packet, or of the last change of what we expect. */
  heardAt: number
  isHeard = false
  isSilent = false
  lastSentAt = 0
  /** Browser: of the last authentic STUN request (consent, RFC 7675); 0 before the first. */
  consentAt = 0
  isSecure = false
  isLost = false

  sent = 0
  sentOctets = 0
  /** Dropped because they came before the signalling had named anybody. */
  early = 0
  foreign = 0
  /** The last address that was not named, as a number; 0: there was none. */
  foreignAddress = 0
  dropped = 0
  /** Media packets since `paceAt`. */
  pace = 0
  paceAt = 0
  /** Keys that are told: each is a message to another thread, and a far end may send them as fast as its line is. */
  readonly keys: Allowance
  hasFault = false

  reportDueAt: number
  sentAtReport = 0
  theirReport = 0
  theirReportAt = 0

  constructor(spec: {
    id: LegId
    number: number
    index: number
    silenceMs: number
    secure: SecureLeg | null
    timeline: Timeline
    memory: SharedArrayBuffer
    nowMs: number
  }) {
    this.id = spec.id
    this.number = spec.number
    this.index = spec.index
    this.silenceMs = this.silentAfterMs = spec.silenceMs
    this.secure = spec.secure
    this.timeline = spec.timeline
    this.figures = new Float64Array(spec.memory)
    this.openedAt = this.heardAt = spec.nowMs
    this.reportDueAt = spec.nowMs + 1000
    this.keys = new Allowance({ ...keys, now: spec.nowMs })
  }

  /** A prompt or a key is being sent: what the peer says is not heard meanwhile. */
  get isOccupied(): boolean {
    return this.player !== null || this.keySender.isBusy
  }
}
