/**
 * What lies under the name of a recording and cannot be of its call by length or time (`recording-fit.ts`) is left as it lies, until a person has looked at it
 * and heard it, and takes it for the recording of the call all the same. It is then sealed as any that was found later; who took it, why, and what does not
 * fit is said in the seal.
 */
import type { Readable } from 'node:stream'
import type { AcceptedMisfit } from '../centre/recording/recording-rules.ts'
import { type Fit, type Found, fitByClock, isOther, type MisfitBy, misfitsOf, type Seen } from '../lib/fit.ts'
import type { RecordingId, UserId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import { within } from '../lib/within.ts'
import type { MissingRecording } from '../store/calls/recordings.ts'
import type { Store } from '../store/store.ts'
import { type DiskClock, fitByFormer, fitOf } from './recording-fit.ts'
import { foundAgain, type Sealed, type SecondLook } from './second-look.ts'

/** What was found, and what the call allows. `seen` names the file and its state: any change gives another. */
export type MisfitFound = Found &
  Seen &
  Pick<Fit, 'mostMs' | 'writtenFrom' | 'writtenUntil'> & { bytes: number; misfits: MisfitBy[] }

/** `none`: there is nothing to decide any more. `other`: another file lies there than was seen. `busy`: its disk takes nothing now. `failed`: the disk said no. */
export type Accepting = 'accepted' | 'none' | 'other' | 'busy' | 'failed'

/** A share that hangs keeps no page waiting. */
const lookWithinMs = 1_500

/** As the pages have it. */
export type MisfitDesk = {
  /** Null: nothing lies there that a person could accept. `unseen`: its disk does not answer now. */
  look(recording: RecordingId): Promise<MisfitFound | 'unseen' | null>
  /** Rejects with StoreError. */
  accept(recording: RecordingId, as: { by: UserId; reason: string } & Seen): Promise<Accepting>
  /** A part of the file as it was seen, both ends included; null: another lies there. */
  read(recording: RecordingId, part: Seen & { from: number; to: number }): Promise<Readable | null>
}

export type MisfitsOptions = {
  store: Pick<Store, 'read' | 'commit'>
  secondLook: Pick<SecondLook, 'inTurn' | 'soon'>
  /** Paths are relative to the recordings folder; both reject as `salvageRecording`. */
  salvage(path: string, as: Seen): Promise<Sealed>
  examine(path: string, mostMs: number): Promise<Found & Seen & { bytes: number }>
  read(path: string, part: Seen & { from: number; to: number }): Promise<Readable | null>
  /** Left out: it is ours. */
  clock?: DiskClock
  /** Left out: 1500. */
  lookWithinMs?: number
  /** The disk of the recordings takes what is written. */
  mayWrite(): boolean
  now(): number
  log: Logger
}

export class Misfits implements MisfitDesk {
  readonly #options: MisfitsOptions

  /** One of each: a look at a share that hangs keeps a thread. */
  readonly #looking = new Map<RecordingId, Promise<MisfitFound | null>>()

  constructor(options: MisfitsOptions) {
    this.#options = options
  }

  async look(recording: RecordingId): Promise<MisfitFound | 'unseen' | null> {
    const missing = await this.#missing(recording)
    if (missing === null) return null
    let looking = this.#looking.get(recording)
    if (looking === undefined) {
      looking = this.#found(missing).finally(() => this.#looking.delete(recording))
      this.#looking.set(recording, looking)
    }
    return (await within(this.#options.lookWithinMs ?? lookWithinMs, looking)) ? await looking : 'unseen'
  }

  accept(recording: RecordingId, { by, reason, seen }: { by: UserId; reason: string } & Seen): Promise<Accepting> {
    const { store, secondLook, salvage, mayWrite, now, log } = this.#options
    return secondLook.inTurn(async () => {
      const missing = await this.#missing(recording)
      if (missing === null) return 'none'
      if (!mayWrite()) return 'busy'
      const found = await this.#found(missing)
      if (found === null || found.seen !== seen) return 'other'
      const { misfits, mostMs, writtenAt, changedAt, writtenFrom, writtenUntil } = found
      let sealed: Sealed
      try {
        sealed = await salvage(missing.path, { seen })
      } catch (error) {
        if (isOther(error)) return 'other'
        log.error({ err: error, recording }, 'what was accepted as a recording could not be sealed')
        return 'failed'
      }
      const accepted: AcceptedMisfit = {
        ...{ by, reason, misfits, mostMs, writtenAt, changedAt, writtenFrom, writtenUntil },
      }
      const at = now()
      await store.commit({
        recorded: [{ at, actor: `user:${by}`, fact: { ...foundAgain(missing, sealed, at), accepted } }],
      })
      secondLook.soon() // what it had read before knows nothing of this
      log.warn({ recording, by, misfits }, 'what cannot be of its call was accepted as its recording, and sealed')
      return 'accepted'
    })
  }

  async read(recording: RecordingId, part: Seen & { from: number; to: number }): Promise<Readable | null> {
    const missing = await this.#missing(recording)
    return missing === null ? null : await this.#options.read(missing.path, part).catch(() => null)
  }

  async #missing(recording: RecordingId): Promise<MissingRecording | null> {
    const [missing] = await this.#options.store.read('recordings.toldMissing', {
      after: null,
      limit: 1,
      only: recording,
    })
    return missing?.missingCause === 'misfit' ? missing : null
  }

  /** Null: it is gone or no recording, or fits: then the second look seals it. */
  async #found(missing: MissingRecording): Promise<MisfitFound | null> {
    const { store, examine, clock, now } = this.#options
    const { id: recording, call, path } = missing
    const wasSetBack = await store.read('journal.wasSetBack', { recording, call })
    const ours = fitOf(missing, now(), wasSetBack)
    const aheadMs = clock?.aheadMs ?? 0
    const fit = fitByClock(ours, aheadMs)
    const found = await examine(path, fit.mostMs).catch(() => null)
    if (found === null) return null
    const misfits = misfitsOf(found, fit)
    const former = clock && misfits.length > 0 ? await fitByFormer(ours, missing, { clock, now: now() }) : null
    const fits = misfits.length === 0 || (former && misfitsOf(found, fitByClock(former.fit, aheadMs)).length === 0)
    return fits ? null : { ...found, ...fit, misfits }
  }
}
