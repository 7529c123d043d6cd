/**
 * What becomes of recordings once they are sealed: their smaller form is made in the background, and what a policy no longer wants kept goes.
 * The journal speaks first wherever something is removed, and last where something is made: a process that dies in between has said too much
 * of nothing.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RecordFact } from './centre/facts.ts'
import type { Logger } from './lib/log.ts'
import { custodyOf } from './records/custody-settings.ts'
import { keep, type RecordsDoor } from './records/door.ts'
import { resolveInside } from './records/inside.ts'
import type { Deriver } from './rtp/opus/deriver.ts'
import type { RecordingRow } from './store/recordings.ts'

/** How often it is looked whether there is something to do. */
const turnMs = 10_000
/** How often the share of a core is set anew while there is work. */
const paceMs = 500
const batch = 20
/** Of one core, while there are calls; without any it may have all that nobody else wants. */
const shareBesideCalls = 0.25
const dayMs = 86_400_000
/** Removals of a process that died are made good if they are not older than this. */
const againMs = 7 * dayMs
/** A recording that could not be made smaller, or whose smaller form is not as journaled, waits for so long, and the others go on. */
const againAfterMs = 3_600_000

export type CustodyOptions = {
  door: RecordsDoor
  /** Absolute. */
  recordingsDir: string
  deriver: Pick<Deriver, 'derive' | 'share' | 'rest'>
  /** How the floor is: calls under way, and whether the disk or the main thread is behind. */
  floor(): { calls: number; isStrained: boolean }
  log: Logger
}

export type CustodyFigures = { derived: number; derivedBytes: number; cpuMs: number; failed: number; removed: number }

export class Custody implements AsyncDisposable {
  readonly #options: CustodyOptions
  readonly #notBefore = new Map<string, number>()
  readonly figures: CustodyFigures = { derived: 0, derivedBytes: 0, cpuMs: 0, failed: 0, removed: 0 }
  #isOver = false
  #timer: NodeJS.Timeout | null = null
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: CustodyOptions) {
    this.#options = options
  }

  /** Makes good what a process that died left by halves, then looks every few seconds. */
  async start(): Promise<void> {
    await this.#makeGood().catch(error => this.#trouble(error))
    this.#next(0)
  }

  /**
   * One look at everything: what is to go first, since whoever has a full disk waits for that, then some of what is to be made smaller. Answers
   * whether more of it is due.
   */
  async turn(): Promise<boolean> {
    const { door } = this.#options
    const rules = custodyOf(await door.store.read('settings.all', {}))
    const now = door.clock.now()
    if (rules.unansweredDays !== null)
      await this.#destroyUnanswered(now - rules.unansweredDays * dayMs, rules.unansweredDays)
    if (rules.sourceDays !== null) await this.#removeSources(now - rules.sourceDays * dayMs, rules.sourceDays)
    return rules.opusAfterHours !== null && (await this.#deriveDue(now - rules.opusAfterHours * 3_600_000))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#options.deriver.rest() // what is in hand counts as not begun
    await this.#turn
  }

  #next(inMs: number): void {
    if (this.#isOver) return
    this.#timer = setTimeout(() => {
      this.#turn = this.turn()
        .catch(error => this.#trouble(error))
        .then(isMore => this.#next(isMore === true ? 0 : turnMs))
    }, inMs)
    this.#timer.unref()
  }

  #trouble(error: unknown): void {
    if (!this.#isOver) this.#options.log.error({ err: error }, 'the custody of recordings met a fault; it goes on')
  }

  /** Some of what waits; answers whether more does. */
  async #deriveDue(sealedBefore: number): Promise<boolean> {
    const { door, deriver } = this.#options
    const limit = batch + this.#notBefore.size
    const rows = await door.store.read('recordings.underived', { sealedBefore, limit })
    const due = rows.filter(row => this.#isDue(row)).slice(0, batch)
    for (const row of due) {
      if (this.#isOver) return false
      await this.#derive(row)
    }
    if (due.length === batch) return true
    await deriver.rest()
    return false
  }

  #isDue({ id }: RecordingRow): boolean {
    return (this.#notBefore.get(id) ?? 0) <= this.#options.door.clock.now()
  }

  /** What failed for a reason that may pass is left alone for a while, and the others go on. */
  #putOff(recording: string): void {
    if (this.#notBefore.size >= 1000) this.#notBefore.clear()
    this.#notBefore.set(recording, this.#options.door.clock.now() + againAfterMs)
  }

  async #derive(row: RecordingRow): Promise<void> {
    const { door, recordingsDir, deriver, log } = this.#options
    const { id: recording, call, sha256 } = row
    const derivedPath = row.path.replace(/\.wav$/, '.opus')
    const source = resolveInside(recordingsDir, row.path)
    const target = resolveInside(recordingsDir, derivedPath)
    if (source === null || target === null || sha256 === null || derivedPath === row.path)
      return this.#underivable(row, 'its file is not named as a recording')
    await this.#noteInHand(derivedPath)
    const release = this.#keepPace()
    const report = await deriver.derive({ source, target, sha256 }).finally(release)
    if (this.#isOver) return // the next start makes it good
    if (report.ok) {
      const { bytes } = report
      const derived = { path: derivedPath, source: report.sourceSha256, sha256: report.sha256, bytes }
      await keep(door, 'system', [{ type: 'recording.derived', recording, call, ...derived }])
      this.#notBefore.delete(recording)
      this.figures.derived++
      this.figures.derivedBytes += bytes
      this.figures.cpuMs += report.tookMs
    } else if (report.isForGood) await this.#underivable(row, report.reason)
    else {
      log.error({ recording, reason: report.reason }, 'a recording could not be made smaller now; it is tried again')
      this.figures.failed++
      this.#putOff(recording)
    }
    await this.#noteInHand(null)
  }

  async #underivable({ id: recording, call }: RecordingRow, words: string): Promise<void> {
    const { door, log } = this.#options
    const reason = words.slice(0, 200)
    log.error({ recording, reason, alarm: true }, 'a recording on disk is not what was sealed')
    this.figures.failed++
    await keep(door, 'system', [{ type: 'recording.underivable', recording, call, reason }])
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
    const limit = batch * 10 + this.#notBefore.size
    const rows = await door.store.read('recordings.twofold', { sealedBefore, limit })
    for (const row of rows.filter(each => this.#isDue(each))) {
      if (this.#isOver) return
      const derived = resolveInside(recordingsDir, row.derivedPath!)
      const found = derived === null ? null : await hashOf(derived).catch(() => null)
      if (found !== row.derivedSha256) {
        log.error({ recording: row.id, alarm: true }, 'the smaller form of a recording is not as journaled: both stay')
        this.#putOff(row.id)
        continue
      }
      await this.#remove(row, [row.path], {
        type: 'recording.sourceRemoved',
        recording: row.id,
        call: row.call,
        days,
      })
    }
  }

  async #destroyUnanswered(sealedBefore: number, days: number): Promise<void> {
    const { door } = this.#options
    const rows = await door.store.read('recordings.unanswered', { sealedBefore, limit: batch * 10 })
    for (const row of rows) {
      if (this.#isOver) return
      const { id: recording, call } = row
      await this.#remove(row, filesOf(row), {
        type: 'recording.destroyed',
        recording,
        call,
        reason: 'unanswered',
        days,
      })
    }
  }

  async #remove(_row: RecordingRow, files: string[], fact: RecordFact): Promise<void> {
    const { door } = this.#options
    await keep(door, 'system', [fact])
    await this.#unlink(files)
    this.figures.removed++
    await sleep(1) // others have the disk and the database too
  }

  async #unlink(files: string[]): Promise<void> {
    for (const relative of files) {
      const file = resolveInside(this.#options.recordingsDir, relative)
      if (file !== null) await rm(file, { force: true })
    }
  }

  async #makeGood(): Promise<void> {
    const { door, recordingsDir } = this.#options
    const inHand = await readFile(path.join(recordingsDir, inHandName), 'utf8').catch(() => '')
    if (inHand !== '') {
      const row = await door.store.read('recordings.byDerivedPath', { path: inHand })
      await this.#unlink(row === null ? [inHand, `${inHand}.part`] : [`${inHand}.part`])
      await this.#noteInHand(null)
    }
    for (const row of await door.store.read('recordings.removedSince', { at: door.clock.now() - againMs }))
      await this.#unlink(row.destroyedAt === null ? [row.path] : filesOf(row))
  }

  /** What is being made, so that a start after a kill -9 need not look through the whole folder for what is half made. */
  async #noteInHand(derivedPath: string | null): Promise<void> {
    const file = path.join(this.#options.recordingsDir, inHandName)
    if (derivedPath === null) return rm(file, { force: true })
    await mkdir(this.#options.recordingsDir, { recursive: true })
    await writeFile(file, derivedPath, { mode: 0o640 })
  }
}

const inHandName = '.deriving'

function filesOf({ path: source, derivedPath }: RecordingRow): string[] {
  return derivedPath === null ? [source] : [source, derivedPath]
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
