/**
 * What becomes of recordings once they are sealed: their smaller form is made in the background, and what a policy no longer wants kept goes.
 * The journal speaks first wherever something is removed, and last where something is made: a process that dies in between has said too much
 * of nothing.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UnderivableCause } from './centre/recording/recording-rules.ts'
import type { RecordFact } from './centre/records/record-facts.ts'
import { Erasure } from './erasure.ts'
import { InHand } from './in-hand.ts'
import { fileBelow, LedAway, refuseLinks } from './lib/folder-link.ts'
import { mustBear } from './lib/folder-mark.ts'
import type { CallId } from './lib/ids.ts'
import type { Logger } from './lib/log.ts'
import { within } from './lib/within.ts'
import { custodyOf } from './records/custody/custody-settings.ts'
import { callsUnderExport } from './records/custody/exports.ts'
import { destroyExpired, type ExpiredFrom } from './records/custody/retention.ts'
import { keep, type RecordsDoor } from './records/door.ts'
import { resolveInside } from './records/inside.ts'
import { inTurn } from './records/turn.ts'
import type { DeriveReport, DeriveRequest, Deriver } from './rtp/opus/deriver.ts'
import type { RecordingRow } from './store/calls/recordings.ts'

/** The service is not up for systemd until the start is over, and is ended where it never is. */
const startWithinMs = 1_500
/** A beginning that takes longer is told, and again so often. */
const lateAfterMs = 60_000
const lateAgainMs = 3_600_000
/** How often it is looked whether there is something to do. */
const turnMs = 10_000
/** How often the share of a core is set anew while there is work. */
const paceMs = 500
const batch = 20
/** Of one core, while there are calls; without any it may have all that nobody else wants. */
const shareBesideCalls = 0.25
const dayMs = 86_400_000
/** A recording that could not be made smaller, or whose smaller form is not as journaled, waits for so long, and the others go on. */
const againAfterMs = 3_600_000
/** One whose smaller form is not as journaled is looked at, and told of, once in so long. */
const unlikeAfterMs = dayMs
/** Recordings that wait; beyond, all are looked at again. */
const waitingMax = 1000
/** Recordings of answered calls grow too old by whole days. */
const retentionEveryMs = 3_600_000

export type CustodyOptions = {
  door: RecordsDoor
  /** Absolute. */
  recordingsDir: string
  /** What it is known by; null, or left out: not known, and nothing is compared. */
  mark?(): string | null
  deriver: Pick<Deriver, 'derive' | 'share' | 'rest'>
  /** How the floor is: calls under way, and whether the disk of recordings, the journal or the main thread is behind. */
  floor(): { calls: number; isStrained: boolean }
  /** Nothing is destroyed by a time that may be wrong. */
  isClockSettled(): boolean
  log: Logger
}

export type CustodyFigures = { derived: number; derivedBytes: number; cpuMs: number; failed: number; removed: number }

export class Custody implements AsyncDisposable {
  readonly #options: CustodyOptions
  readonly #erasure: Erasure
  readonly #note: InHand
  readonly #underivedUntil = new Map<string, number>()
  readonly #unlikeUntil = new Map<string, number>()
  #nextRetentionAt = 0
  #doubtTold = false
  /** How far this look at what is old enough has come: however many are kept for now (a policy's minimum at the time, an export), it gets past them. */
  #expiredFrom: ExpiredFrom | null = null
  /** What one of the two works at is not the other's. */
  readonly #inHand = new Set<string>()
  readonly figures: CustodyFigures = { derived: 0, derivedBytes: 0, cpuMs: 0, failed: 0, removed: 0 }
  #isOver = false
  #stopTelling = () => {}
  readonly #timers = new Map<Work, NodeJS.Timeout>()
  readonly #turns = new Map<Work, Promise<unknown>>()

  constructor(options: CustodyOptions) {
    this.#options = options
    this.#erasure = new Erasure(options)
    this.#note = new InHand(options.recordingsDir)
  }

  /** Makes good what a process that died left by halves, then looks every few seconds. A share that hangs keeps no start waiting. */
  async start(): Promise<void> {
    const begun = this.#makeGood()
      .catch(error => this.#trouble(error))
      .then(() => {
        for (const work of ['derive', 'remove'] as const) this.#next(work, 0)
      })
    if (!(await within(startWithinMs, begun))) this.#tellUntil(begun)
  }

  /** A share that hangs may answer soon; where it never does, nothing is removed, and somebody must know. */
  #tellUntil(begun: Promise<void>): void {
    const tell = () =>
      this.#options.log.error(
        { folder: this.#options.recordingsDir, alarm: true },
        'the custody of recordings has not begun: their disk or share does not answer, and none is made smaller, removed or destroyed until it does',
      )
    const timers = [setTimeout(tell, lateAfterMs).unref(), setInterval(tell, lateAgainMs).unref()]
    this.#stopTelling = () => {
      for (const timer of timers) clearTimeout(timer)
    }
    void begun.then(this.#stopTelling)
  }

  /** One look at everything; resolves when what was due is done. */
  async turn(): Promise<void> {
    await this.#do('remove')
    await this.#do('derive')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    this.#stopTelling()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    await this.#options.deriver.rest() // what is in hand counts as not begun
    await Promise.all(this.#turns.values())
  }

  async #do(work: Work): Promise<void> {
    const { door } = this.#options
    const rules = custodyOf(await door.store.read('settings.all', {}))
    const now = door.clock.now()
    if (work === 'derive') {
      if (rules.opusAfterHours !== null) await this.#deriveDue(now - rules.opusAfterHours * 3_600_000)
      return
    }
    if (this.#doubtsClock(now)) return
    if (rules.unansweredDays !== null)
      await this.#destroyUnanswered(now - rules.unansweredDays * dayMs, rules.unansweredDays)
    if (rules.sourceDays !== null) await this.#removeSources(now - rules.sourceDays * dayMs, rules.sourceDays)
    await this.#destroyExpired(now)
    await this.#erase()
  }

  #doubtsClock(now: number): boolean {
    const { isClockSettled, log } = this.#options
    const doubts = !isClockSettled()
    if (doubts && !this.#doubtTold)
      log.error(
        { alarm: true, now: new Date(now).toISOString() },
        'the time of this machine may be wrong: no recording is removed or destroyed until Switchroom has run for a day; see timedatectl',
      )
    this.#doubtTold = doubts
    return doubts
  }

  /** Each on its own: on a full disk the one waits for what the other removes. */
  #next(work: Work, inMs: number): void {
    if (this.#isOver) return
    const timer = setTimeout(() => {
      const turn = this.#do(work)
        .catch(error => this.#trouble(error))
        .then(() => this.#next(work, turnMs))
      this.#turns.set(work, turn)
    }, inMs)
    this.#timers.set(work, timer.unref())
  }

  #trouble(error: unknown): void {
    if (!this.#isOver) this.#options.log.error({ err: error }, 'the custody of recordings met a fault; it goes on')
  }

  async #deriveDue(sealedBefore: number): Promise<void> {
    const { door, deriver } = this.#options
    const failedBefore = this.figures.failed
    for (;;) {
      const limit = batch + this.#underivedUntil.size
      const rows = await door.store.read('recordings.underived', { sealedBefore, limit })
      const due = rows.filter(({ id }) => (this.#underivedUntil.get(id) ?? 0) <= door.clock.now())
      for (const row of due) {
        if (this.#isOver) return
        await this.#alone(row.id, async () => {
          const now = await door.store.read('recordings.byId', { id: row.id })
          if (now?.destroyedAt === null) await this.#derive(row) // it may have gone since the list was made
        })
      }
      // Where nothing succeeds (a disk that is not there), the rest is not tried in a row: the next turn goes on.
      if (due.length < batch || this.figures.failed - failedBefore >= batch) return deriver.rest()
    }
  }

  async #derive(row: RecordingRow): Promise<void> {
    const { door, recordingsDir, log } = this.#options
    const { id: recording, call, sha256 } = row
    const derivedPath = row.path.replace(/\.wav$/, '.opus')
    const source = resolveInside(recordingsDir, row.path)
    const target = resolveInside(recordingsDir, derivedPath)
    if (source === null || target === null || sha256 === null || derivedPath === row.path)
      return this.#underivable(row, 'misnamed', 'its file is not named as a recording')
    const report = await this.#made({ source, target, sha256 }, derivedPath)
    if (this.#isOver) return // the next start makes it good
    if (report.ok) {
      const { bytes } = report
      const derived = { path: derivedPath, source: report.sourceSha256, sha256: report.sha256, bytes }
      await keep(door, 'system', [{ type: 'recording.derived', recording, call, ...derived }])
      this.#underivedUntil.delete(recording)
      this.figures.derived++
      this.figures.derivedBytes += bytes
      this.figures.cpuMs += report.tookMs
    } else if (report.forGood !== null) await this.#underivable(row, report.forGood, report.reason)
    else {
      log.error({ recording, reason: report.reason }, 'a recording could not be made smaller now; it is tried again')
      this.figures.failed++
      putOff(this.#underivedUntil, recording, door.clock.now() + againAfterMs)
    }
    await this.#note.clear()
  }

  /** Nothing is made beneath a mount that is gone, or where a link leads. */
  async #made(request: DeriveRequest, derivedPath: string): Promise<DeriveReport> {
    const { recordingsDir, mark, deriver } = this.#options
    try {
      await mustBear(recordingsDir, mark?.() ?? null)
      await refuseLinks(recordingsDir, request.source)
      await stat(path.dirname(request.source))
    } catch (error) {
      return { ok: false, reason: (error as Error).message, forGood: null }
    }
    await this.#note.write(derivedPath)
    const release = this.#keepPace()
    return await deriver.derive(request).finally(release)
  }

  async #underivable({ id: recording, call }: RecordingRow, cause: UnderivableCause, words: string): Promise<void> {
    const { door, log } = this.#options
    const reason = words.slice(0, 200)
    log.error({ recording, reason, alarm: true }, 'a recording on disk is not what was sealed')
    this.figures.failed++
    await keep(door, 'system', [{ type: 'recording.underivable', recording, call, cause, reason }])
  }

  /** The share of a core by how the floor is, until released. */
  #keepPace(): () => void {
    const { deriver, floor } = this.#options
    const set = () => {
      const { calls, isStrained } = floor()
      deriver.share = isStrained ? 0 : calls > 0 ? shareBesideCalls : 1
    }
    set()
    const timer = setInterval(set, paceMs)
    return () => clearInterval(timer)
  }

  /** A recording goes only when its smaller form lies there as the journal says. */
  async #removeSources(sealedBefore: number, days: number): Promise<void> {
    const { door, recordingsDir, log } = this.#options
    const limit = batch * 10 + this.#unlikeUntil.size
    const rows = await door.store.read('recordings.twofold', { sealedBefore, limit })
    const unread = new Set<string>()
    for (const row of rows) {
      if (this.#isOver) return
      if ((this.#unlikeUntil.get(row.id) ?? 0) > door.clock.now()) continue
      const derived = resolveInside(recordingsDir, row.derivedPath!)
      const found = derived === null ? null : await this.#hashOf(derived).catch((error: Error) => error)
      if (found instanceof Error) {
        this.#tellUnread(row, found, unread)
        continue
      }
      if (found !== row.derivedSha256) {
        log.error({ recording: row.id, alarm: true }, 'the smaller form of a recording is not as journaled: both stay')
        putOff(this.#unlikeUntil, row.id, door.clock.now() + unlikeAfterMs)
        continue
      }
      this.#unlikeUntil.delete(row.id)
      const { id: recording, call } = row
      const isRemoved = await this.#tell({ type: 'recording.sourceRemoved', recording, call, days }, () =>
        door.store.read('recordings.twofold', { sealedBefore, limit: 1, only: recording }),
      )
      if (isRemoved) await this.#erasure.source(row)
    }
  }

  /** Rejects where nothing is known of the file: behind a link, on a disk that is not there or says no. Null: there is none. */
  async #hashOf(file: string): Promise<string | null> {
    const { recordingsDir, mark } = this.#options
    await mustBear(recordingsDir, mark?.() ?? null)
    if ((await fileBelow(recordingsDir, file)) === null) return null
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
    return hash.digest('hex')
  }

  /** What keeps one away keeps others: `told` holds what was said of it in this turn. */
  #tellUnread({ id: recording }: RecordingRow, error: Error, told: Set<string>): void {
    const { door, log } = this.#options
    putOff(this.#unlikeUntil, recording, door.clock.now() + againAfterMs)
    if (told.has(error.message)) return
    told.add(error.message)
    const what =
      error instanceof LedAway
        ? 'the smaller form of a recording lies behind a link, which is followed nowhere'
        : 'the smaller form of a recording cannot be read now'
    log.error({ err: error, recording, alarm: true }, `${what}: both stay, and it is looked at again in an hour`)
  }

  async #destroyUnanswered(keptBefore: number, days: number): Promise<void> {
    const { door } = this.#options
    const rows = await door.store.read('recordings.unanswered', { keptBefore, limit: batch * 10 })
    for (const row of rows) {
      if (this.#isOver) return
      const { id: recording, call } = row
      const destroyed = { type: 'recording.destroyed', recording, call, reason: 'unanswered', days } as const
      await this.#alone(recording, async () => {
        await this.#tell(destroyed, () =>
          door.store.read('recordings.unanswered', { keptBefore, limit: 1, only: recording }),
        )
      })
    }
  }

  /** In turn with whoever places a hold or asks for an export: what still may go is told as gone. Answers whether it was. */
  #tell(fact: RecordFact & { call: CallId }, still: () => Promise<unknown[]>): Promise<boolean> {
    const { door } = this.#options
    return inTurn(door, async () => {
      if ((await still()).length === 0 || (await callsUnderExport(door)).has(fact.call)) return false
      await keep(door, 'system', [fact])
      this.figures.removed++
      await sleep(1) // others have the disk and the database too
      return true
    })
  }

  /** Those of answered calls, once an hour: nothing is due more often than at midnight. */
  async #destroyExpired(now: number): Promise<void> {
    const waitsMs = this.#nextRetentionAt - now
    if (waitsMs > 0 && waitsMs <= retentionEveryMs) return // more: the clock was set back
    const { destroyed, next } = await destroyExpired(this.#options.door, {
      ...{ limit: batch * 10, after: this.#expiredFrom },
      isPassedOver: id => this.#inHand.has(id),
    })
    this.figures.removed += destroyed.length
    this.#expiredFrom = next
    if (next === null) this.#nextRetentionAt = now + retentionEveryMs
  }

  async #erase(): Promise<void> {
    await this.#erasure.turn(
      id => this.#inHand.has(id),
      () => this.#isOver,
    )
  }

  async #alone(recording: string, work: () => Promise<void>): Promise<void> {
    if (this.#inHand.has(recording)) return // the next turn finds it again
    this.#inHand.add(recording)
    await work().finally(() => this.#inHand.delete(recording))
  }

  async #makeGood(): Promise<void> {
    await this.#removeHalfMade().catch(error => this.#trouble(error))
    await this.#erasure.sources()
    await this.#erase()
  }

  async #removeHalfMade(): Promise<void> {
    const note = await this.#note.read()
    if (note === null) return
    const files = await this.#halfMade(note)
    if (files.length > 0) await this.#erasure.unlink(files)
    else
      this.#options.log.error(
        { note: note.slice(0, 100), alarm: true },
        'the note of what was being made smaller names no smaller form of a recording: nothing is removed by it; find out who wrote it',
      )
    await this.#note.clear()
  }

  /** Only what we ourselves make of a recording that we know, and never what was told as made. */
  async #halfMade(note: string): Promise<string[]> {
    if (!note.endsWith('.opus')) return []
    const row = await this.#options.door.store.read('recordings.byPath', { path: note.replace(/\.opus$/, '.wav') })
    if (row === null) return []
    return row.derivedPath === note ? [`${note}.part`] : [note, `${note}.part`]
  }
}

type Work = 'derive' | 'remove'

function putOff(waiting: Map<string, number>, recording: string, until: number): void {
  if (waiting.size >= waitingMax) waiting.clear()
  waiting.set(recording, until)
}
