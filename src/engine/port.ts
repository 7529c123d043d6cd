/** What the doors (http, phone) know of the engine. */
import type { Refusal } from '../centre/entities.ts'
import type { Actor, Fact, Recorded } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'
import type { FloorState } from '../centre/state.ts'

/** The reply to a dispatched input, given once its facts are on disk. */
export type Outcome = { ok: true; facts: Fact[] } | { ok: false; refusal: Refusal }

export type FeedItem = Recorded & { seq: number }

export type EnginePort = {
  /** Resolves when durable. Rejects with EngineStopped when the floor takes no new work (disk full, shutting down). */
  dispatch(input: Input, actor: Actor): Promise<Outcome>
  /** Live and read-only: never change it, never keep a part of it across an await. */
  readonly state: FloorState
  /** Called once per durable fact, in order; must not throw and must return at once. Answers the unsubscribe. */
  subscribe(listener: (item: FeedItem) => void): () => void
  /** null while all is well; else why no new work is taken, in words. */
  readonly trouble: string | null
  readonly lag: DiskLag
  readonly inboxLag: InboxLag
}

/** For how long the batch that is being written has taken so far (ms); how often that took longer than a second since the start, and for how long in all. */
export type DiskLag = { nowMs: number; stalls: number; stalledMs: number }

/** For how long the oldest input has waited (ms); how often that was longer than a second since the start, and for how long in all. */
export type InboxLag = { nowMs: number; times: number; inAllMs: number }

/** The floor takes no new work; `message` says why and until when. */
export class EngineStopped extends Error {
  override name = 'EngineStopped'
}
