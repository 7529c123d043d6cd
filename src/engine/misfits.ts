/**
 * What lies under the name of a recording and cannot be of its call by length or time (`recording-fit.ts`) is left as it lies, until a person has looked at it
 * and heard it, and takes it for the recording of the call all the same. It is then sealed as any that was found later; who took it, why, and what does not
 * fit is said in the seal.
 */
import type { Readable } from 'node:stream'
import type { AcceptedMisfit } from '../centre/recording/recording-rules.ts'
import { fileFaultOf } from '../lib/file-fault.ts'
import {
  type Fit,
  fitByClock,
  isOther,
  type Left,
  type Looked,
  type MisfitBy,
  misfitsOf,
  type Seen,
} from '../lib/fit.ts'
import type { RecordingId, UserId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import { within } from '../lib/within.ts'
import type { MissingRecording } from '../store/calls/recordings.ts'
import type { Store } from '../store/store.ts'
import { decidedIn } from './misfit-decided.ts'
import { type DiskClock, fitByFormer, fitOf } from './recording-fit.ts'
import { foundAgain, type Sealed, type SecondLook } from './second-look.ts'

/**
 * What was found, and what the call allows. `seen` names the file and its state: any change gives another, but for what we ourselves changed in vain, which is
 * told as it was before; `lies` names its state now.
 */
export type MisfitFound = Looked &
  Pick<Fit, 'mostMs' | 'writtenFrom' | 'writtenUntil'> & { misfits: MisfitBy[]; lies: string }

/**
 * `none`: there is nothing to decide any more. `other`: another file lies there than was seen. `busy`: its disk takes nothing now. `unseen`: it does not answer
 * in time, and nothing was done, nor will be. `full`: too many others wait for it. `overtaken`: somebody decided otherwise meanwhile. `sealing`: that was
 * begun, and is not over; what comes of it is in the journal. `failed`: the disk said no.
 */
export type Accepting = 'accepted' | 'none' | 'other' | 'busy' | 'unseen' | 'full' | 'overtaken' | 'sealing' | 'failed'

/** `after`: the seq of the decision that this person knows of; 0: none. A later one overtakes theirs. */
type Acceptance = { by: UserId; reason: string; after: number } & Seen

/** A share that hangs keeps no page waiting. */
const lookWithinMs = 1_500
/** Its turn comes after the file that is made whole just now. */
const turnWithinMs = 5_000
/** That wait for their turn behind one that hangs; who is told that it did not come waits no more. */
const asksMax = 50
/** Files that are known as they were looked at, or left. */
const knownMax = 1_000
/** All of the file is written again: it is a second or two for an hour of sound. */
const sealWithinMs = 10_000

/** As the pages have it. */
export type MisfitDesk = {
  /** Null: nothing lies there that a person could accept. `unseen`: its disk does not answer now. `sealing`: somebody accepted it just now. */
  look(recording: RecordingId): Promise<MisfitFound | 'unseen' | 'sealing' | null>
  isSealing(recording: RecordingId): boolean
  /** Answers within some seconds, whatever the disk does. Rejects with StoreError. */
  accept(recording: RecordingId, as: Acceptance): Promise<Accepting>
  /** Keeps by `write` that it stays as it lies, unless somebody decided after `after` or it is being sealed. An acceptance that waits is overtaken. Rejects as `write`. */
  leave(recording: RecordingId, after: number, write: () => Promise<void>): Promise<'left' | 'overtaken' | 'sealing'>
  /** A part of what would be sealed of what was found, both ends included; null: another lies there. */
  read(recording: RecordingId, found: MisfitFound, part: Part): Promise<Readable | null>
}

type Part = { from: number; to: number }

export type MisfitsOptions = {
  store: Pick<Store, 'read' | 'commit'>
  secondLook: Pick<SecondLook, 'inTurn' | 'soon'>
  /** Paths are relative to the recordings folder; these reject as `salvageRecording` and `lookAtRecording`. */
  salvage(path: string, as: Seen): Promise<Sealed>
  examine(path: string, known: Looked | null): Promise<Looked>
  read(path: string, looked: Looked, part: Part): Promise<Readable | null>
  /** Left out: it is ours. */
  clock?: DiskClock
  /** Left out: 1500, 5000, 10000. */
  lookWithinMs?: number
  turnWithinMs?: number
  sealWithinMs?: number
  /** The disk of the recordings takes what is written. */
  mayWrite(): boolean
  now(): number
  log: Logger
}

export class Misfits implements MisfitDesk {
  readonly #options: MisfitsOptions

  /** One of each: a look at a share that hangs keeps a thread. */
  readonly #looking = new Map<RecordingId, Promise<MisfitFound | 'unseen' | null>>()
  /** One at most, since each has its turn. */
  readonly #sealing = new Set<RecordingId>()
  /** By who asked; `asksMax` at most. */
  readonly #waiting = new Map<object, () => Promise<unknown>>()
  #isTurnAsked = false
  /** What is said of one recording, one after the other: what was decided is asked and answered without another between. */
  readonly #deciding = new Map<RecordingId, Promise<unknown>>()
  /** As they were looked at last; beyond, the oldest is read anew. */
  readonly #known = new Map<RecordingId, Looked>()
  /** What was changed in vain, as it was before and as it lies since, while the process lasts. */
  readonly #left = new Map<RecordingId, { found: Looked; lies: string }>()

  constructor(options: MisfitsOptions) {
    this.#options = options
  }

  async look(recording: RecordingId): Promise<MisfitFound | 'unseen' | 'sealing' | null> {
    const missing = await this.#missing(recording)
    if (missing === null) return null
    return this.isSealing(recording) ? 'sealing' : await this.#lookAt(missing)
  }

  isSealing(recording: RecordingId): boolean {
    return this.#sealing.has(recording)
  }

  async accept(recording: RecordingId, as: Acceptance): Promise<Accepting> {
    if (!this.#options.mayWrite()) return 'busy' // a turn on a disk that hangs may never come
    if (this.#waiting.size >= asksMax) return 'full'
    const ask = { isGivenUp: false }
    const begun = Promise.withResolvers<void>()
    const done = this.#inTurn(ask, async () => {
      const may = await this.#mayAccept(recording, as.seen)
      if (typeof may === 'string') return may
      const refusal = await this.#alone(recording, async () => {
        if (await this.#isOvertaken(may.missing, as.after)) return 'overtaken'
        if (ask.isGivenUp) return 'unseen' // whoever asked was told so
        begun.resolve()
        this.#sealing.add(recording)
        return null
      })
      return refusal ?? (await this.#seal(may, as).finally(() => this.#sealing.delete(recording)))
    })
    if (!(await within(this.#options.turnWithinMs ?? turnWithinMs, Promise.race([begun.promise, done])))) {
      ask.isGivenUp = true
      this.#waiting.delete(ask)
      return this.isSealing(recording) ? 'sealing' : 'unseen'
    }
    return (await within(this.#options.sealWithinMs ?? sealWithinMs, done)) ? await done : 'sealing'
  }

  async leave(
    recording: RecordingId,
    after: number,
    write: () => Promise<void>,
  ): Promise<'left' | 'overtaken' | 'sealing'> {
    return await this.#alone(recording, async () => {
      if (this.isSealing(recording)) return 'sealing'
      const missing = await this.#missing(recording)
      if (missing !== null && (await this.#isOvertaken(missing, after))) return 'overtaken'
      await write()
      return 'left'
    })
  }

  async read(recording: RecordingId, found: MisfitFound, part: Part): Promise<Readable | null> {
    const missing = await this.#missing(recording)
    if (missing === null) return null
    return await this.#options.read(missing.path, { ...found, seen: found.lies }, part).catch(() => null)
  }

  /** One turn is for all that wait when it comes: behind a file that hangs stands one, however many have asked and given up. */
  #inTurn(ask: object, work: () => Promise<Accepting>): Promise<Accepting> {
    const { promise, resolve } = Promise.withResolvers<Accepting>()
    this.#waiting.set(ask, () => {
      resolve(work())
      return promise.catch(() => undefined)
    })
    if (!this.#isTurnAsked) void this.#options.secondLook.inTurn(() => this.#takeTurns())
    this.#isTurnAsked = true
    return promise
  }

  async #takeTurns(): Promise<void> {
    this.#isTurnAsked = false
    for (const [ask, work] of [...this.#waiting]) if (this.#waiting.delete(ask)) await work()
  }

  #alone<T>(recording: RecordingId, work: () => Promise<T>): Promise<T> {
    const said = (this.#deciding.get(recording) ?? Promise.resolve()).then(work)
    const over = said
      .catch(() => undefined)
      .finally(() => this.#deciding.get(recording) === over && this.#deciding.delete(recording))
    this.#deciding.set(recording, over)
    return said
  }

  async #isOvertaken({ id, call }: MissingRecording, after: number): Promise<boolean> {
    const decided = decidedIn(await this.#options.store.read('journal.ofCall', { call }), id)
    return decided !== null && !(decided.seq <= after)
  }

  async #mayAccept(
    recording: RecordingId,
    seen: string,
  ): Promise<{ missing: MissingRecording; found: MisfitFound } | Accepting> {
    const missing = await this.#missing(recording)
    if (missing === null) return 'none'
    if (!this.#options.mayWrite()) return 'busy'
    const found = await this.#lookAt(missing)
    if (found === 'unseen') return 'unseen'
    if (found === null || found.seen !== seen) return 'other'
    return this.#options.mayWrite() ? { missing, found } : 'busy'
  }

  async #seal(
    { missing, found }: { missing: MissingRecording; found: MisfitFound },
    { by, reason }: Acceptance,
  ): Promise<Accepting> {
    const { store, secondLook, salvage, now, log } = this.#options
    const { id: recording } = missing
    const { misfits, mostMs, writtenAt, changedAt, writtenFrom, writtenUntil } = found
    let sealed: Sealed
    try {
      sealed = await salvage(missing.path, { seen: found.lies })
    } catch (error) {
      if (isOther(error)) return 'other'
      log.error({ err: error, recording }, 'what was accepted as a recording could not be sealed')
      this.#noteLeft(recording, found, error as Left)
      return 'failed'
    }
    const accepted: AcceptedMisfit = {
      ...{ by, reason, misfits, mostMs, writtenAt, changedAt, writtenFrom, writtenUntil },
    }
    const at = now()
    const fact = { ...foundAgain(missing, sealed, at), accepted }
    try {
      await store.commit({ recorded: [{ at, actor: `user:${by}`, fact }] })
    } catch (error) {
      log.error({ err: error, recording }, 'what was accepted as a recording could not be told as sealed')
      this.#noteLeft(recording, found, sealed)
      throw error
    }
    this.#left.delete(recording)
    this.#known.delete(recording)
    secondLook.soon() // what it had read before knows nothing of this
    log.warn({ recording, by, misfits }, 'what cannot be of its call was accepted as its recording, and sealed')
    return 'accepted'
  }

  async #missing(recording: RecordingId): Promise<MissingRecording | null> {
    const [missing] = await this.#options.store.read('recordings.toldMissing', {
      after: null,
      limit: 1,
      only: recording,
    })
    return missing?.missingCause === 'misfit' ? missing : null
  }

  /** Nothing follows from a look that was not waited for. */
  async #lookAt(missing: MissingRecording): Promise<MisfitFound | 'unseen' | null> {
    const { id } = missing
    let looking = this.#looking.get(id)
    if (looking === undefined) {
      looking = this.#found(missing).finally(() => this.#looking.delete(id))
      this.#looking.set(id, looking)
    }
    return (await within(this.#options.lookWithinMs ?? lookWithinMs, looking)) ? await looking : 'unseen'
  }

  /** Null: it is gone or no recording, or fits: then the second look seals it. `unseen`: its disk says no, or is not the one. */
  async #found(missing: MissingRecording): Promise<MisfitFound | 'unseen' | null> {
    const { store, examine, clock, now } = this.#options
    const { id: recording, call, path } = missing
    const wasSetBack = await store.read('journal.wasSetBack', { recording, call })
    const looked = await examine(path, this.#known.get(recording) ?? null).catch(error =>
      isNothing(error) ? null : 'unseen',
    )
    if (looked === null || looked === 'unseen') return looked
    remember(this.#known, recording, looked)
    const left = this.#left.get(recording)
    const found = left?.lies === looked.seen ? left.found : looked
    const ours = fitOf(missing, now(), wasSetBack)
    const aheadMs = clock?.aheadMs ?? 0
    const fit = fitByClock(ours, aheadMs)
    const misfits = misfitsOf(found, fit)
    const former = clock && misfits.length > 0 ? await fitByFormer(ours, missing, { clock, now: now() }) : null
    const fits = misfits.length === 0 || (former && misfitsOf(found, fitByClock(former.fit, aheadMs)).length === 0)
    return fits ? null : { ...found, ...fit, misfits, lies: looked.seen }
  }

  /** What is told of it is how it was found first: not that we ourselves changed it, which nobody would tell from another's hand. */
  #noteLeft(
    recording: RecordingId,
    { soundMs, writtenAt, changedAt, seen, ...rest }: MisfitFound,
    { leftSeen }: Left,
  ): void {
    if (leftSeen === undefined) return
    const { bytes, sealedBytes, payloadType } = rest
    const found = { soundMs, writtenAt, changedAt, seen, bytes, sealedBytes, payloadType }
    remember(this.#left, recording, { found, lies: leftSeen })
  }
}

function remember<Value>(known: Map<RecordingId, Value>, recording: RecordingId, value: Value): void {
  known.delete(recording)
  known.set(recording, value)
  if (known.size > knownMax) known.delete(known.keys().next().value!)
}

const goneCodes: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'])

/** There is no recording under its name, as far as its disk may be believed. */
function isNothing(error: unknown): boolean {
  return fileFaultOf(error) === null || goneCodes.has((error as NodeJS.ErrnoException).code)
}
