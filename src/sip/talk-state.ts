/** How far a call's dialog has come, which what we want and what the far end asks both go by. */
import type { HeaderLine } from './message.ts'
import type { PersistentAnswer } from './persistent-answer.ts'
import type { ServerTransaction } from './transaction.ts'

/** An offer of theirs that the phone layer has not answered yet, and by what its answer goes back. */
export type TheirOffer =
  | { in: 'request'; transaction: ServerTransaction; sdp: string | null }
  | { in: 'provisional'; rack: HeaderLine; sdp: string }
  | { in: 'success'; seq: number; sdp: string; credentials: HeaderLine[] }

export type TalkState = {
  phase: 'early' | 'confirmed' | 'over'
  localSdp: string | null
  /** Their media as last agreed on, or as they said it before that. */
  remoteSdp: string | null
  /** The offer of the INVITE that has no answer yet. */
  openOffer: 'ours' | 'theirs' | null
  /** Their offer that waits for the phone layer. */
  asked: TheirOffer | null
  /** Our 2xx, until it is acknowledged; `first` is the one that made this a call. */
  unacknowledged: { answer: PersistentAnswer; first: boolean } | null
  byeWhenAcknowledged: HeaderLine[] | null
  /** Methods that the far end says it knows. */
  allows: Set<string>
}
