import type { Allowance } from '../lib/allowance.ts'
import type { CallId, LegId, TrunkId, UserId } from '../lib/ids.ts'
import type { Destination, SessionId } from '../sip/events.ts'
import type { LegKeys } from './leg-keys.ts'

/** Who is at the far end of a leg: a line of the carrier, or an agent's desk phone (`nailed`: up for the shift). */
export type FarEnd =
  | { kind: 'trunk'; trunk: TrunkId }
  | { kind: 'desk'; agent: UserId; extension: string; nailed: boolean }

/**
 * opening (the media port is being bound) → calling | offered → up → over. A nailed leg that lost its phone is `parted` until the phone
 * registers again.
 */
export type LegPhase = 'opening' | 'calling' | 'offered' | 'up' | 'parted' | 'over'

/** One SIP session with its media port: what the centre calls a leg. */
export type Leg = {
  readonly id: LegId
  readonly call: CallId | null
  readonly far: FarEnd
  phase: LegPhase
  session: SessionId | null
  /** Our media address and port as the SDP names them. */
  address: string
  port: number
  /** What we encrypt with while this media port is open; made with it. */
  srtp: LegKeys | null
  /** The call is encrypted: from then on it stays so. */
  encrypted: boolean
  /** Of a call on a trunk: places it with this offer, at the target that is the best then; and the one it was placed at. */
  invite: ((sdp: string) => SessionId | null) | null
  target: Destination | null
  /** Our last SDP, whose version grows with each change. */
  sdpVersion: number
  /** The far end's offer of an incoming call, until it is answered. */
  offer: string | null
  /** Nothing has shown yet that who called is where the call came from: over UDP anybody can say so, and only who is there hears our 200. */
  unproved: boolean
  /** When an unanswered call is withdrawn; null: never. */
  ringUntil: number | null
  ringMs: number
  /** When the INVITE was sent whose response a trunk owes. */
  invitedAt: number
  /** That its first response is late has been told. */
  isLateTold: boolean
  /** When a trunk that has said nothing at all counts as silent; null: it has spoken. */
  respondBy: number | null
  /** When a trunk that has not said that the callee is being reached has had its time; null: it is waited for. `progressMs`: its time. */
  progressBy: number | null
  progressMs: number | null
  /** How far our INVITE has come: no response, a 100, or a sign that the callee is being reached. */
  heard: 'nothing' | 'trying' | 'progress'
  /** Withdrawn after its ring time: who picks up in that moment is talked to, until then. */
  lateUntil: number | null
  from: string
  ringing: boolean
  early: boolean
  heldByFar: boolean
  /** As the floor knows it: who holds and resumes without end is heard now and then, and at last as it stands. */
  heldTold: boolean
  readonly turns: Allowance
  /** It takes keys as events in RTP (RFC 4733). */
  knowsEvents: boolean
  /** Asked to hang up before there was a session to end. */
  hangUp: number | null
  /** Keys that it may press. */
  readonly keys: Allowance
}
