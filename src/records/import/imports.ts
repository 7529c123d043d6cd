/**
 * Imports: a file is received into the data folder, its columns are named, and it runs as a job, one at a time, whoever looks on or not. A job reads in a
 * thread of its own and writes here by slices, which wait while calls keep this thread busy.
 */
import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import { z } from '@hono/zod-openapi'
import type { LeadList } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import {
  type FileImport,
  type ImportEnd,
  type ImportMapping,
  type ImportTrouble,
  importKinds,
  nothingImported,
  usualOptions,
} from '../../centre/records/file-import.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import type { CampaignId, FileImportId, ImportId } from '../../lib/ids.ts'
import type { Logger } from '../../lib/log.ts'
import type { FileImportRecord, SavedMapping } from '../../store/files/imports.ts'
import type { Page } from '../../store/page.ts'
import { campaignById } from '../campaigns/campaigns.ts'
import { Duplicates } from '../campaigns/duplicates.ts'
import { importOptions } from '../campaigns/lead-schemas.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { keepAtLast } from '../outcome.ts'
import { parseInput } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { Remover } from '../remover.ts'
import { columnsMax, faultsOfColumns, guessColumns, sealedTargets } from '../sheets/columns.ts'
import { sourceKey } from '../sheets/source-file.ts'
import { words } from '../words.ts'
import { applierOf } from './apply.ts'
import { reasonOf } from './check-unit.ts'
import { ImportFiles } from './import-files.ts'
import { ImportThread } from './import-thread.ts'
import { importTroubleOf } from './import-trouble.ts'
import { type ImportView, viewOfBegun, viewOfEnded } from './import-view.ts'
import { forgetAll, forgetTry, isCancelled, noteCancel, noteTry, progressIn, wasTried } from './interrupted.ts'
import { type Inspection, type JobProgress, jobFiles, type RejectedRow } from './job-port.ts'
import { saveMapping } from './mappings.ts'
import { Reception } from './receive.ts'

export const importRun = z
  .strictObject({
    /** Left out: as guessed. */
    columns: z.array(z.string().max(100)).max(columnsMax).optional(),
    unit: z.enum(['major', 'minor']).default('major'),
    ...importOptions.pick({ priority: true, weight: true, duplicates: true, duplicatesIn: true, list: true }).shape,
    /** Under which name the mapping is kept for the next file. */
    saveAs: words(100).optional(),
  })
  .openapi('ImportRun')

export type ImportsOptions = {
  door: RecordsDoor
  folder: string
  worker: string | URL
  log: Pick<Logger, 'error'>
}

const waitingMax = 20
/** What was received and not read to its end is kept for so long. */
const keptMs = 7 * 86_400_000
/** How late this thread may be before an import waits for it, and how much longer it then waits. */
const lateMs = 10
const waitFactor = 8
const waitMaxMs = 1_000

type Job = {
  id: FileImportId
  actor: Actor
  mapping: ImportMapping
  from: JobProgress | null
  byItself: boolean
  state: 'waiting' | 'running'
  progress: JobProgress | null
  startedAt: number
  startedRow: number
  thread: ImportThread | null
  cancelled: boolean
}

const served = new WeakMap<RecordsDoor, Imports>()

export class Imports implements AsyncDisposable {
  readonly #options: ImportsOptions
  readonly #jobs = new Map<FileImportId, Job>()
  /** On their way into the data folder: the records know nothing of them yet. */
  readonly #receiving = new Set<FileImportId>()
  readonly #reception = new Reception()
  readonly #remover: Remover
  readonly #files: ImportFiles
  readonly #listeners = new Set<(id: FileImportId) => void>()
  #working: Promise<void> = Promise.resolve()
  readonly #over = new AbortController()

  /** Those of the service that has this door; null: none runs. */
  static of(door: RecordsDoor): Imports | null {
    return served.get(door) ?? null
  }

  constructor(options: ImportsOptions) {
    this.#options = options
    this.#remover = new Remover(options.log)
    this.#files = new ImportFiles(options.folder, options.door)
    served.set(options.door, this)
  }

  /** Streams the file into the data folder. Throws InvalidInput when it is empty, too large or no table; then nothing is kept. */
  async receive(
    actor: Actor,
    given: { kind: string; campaign: string | null; name: string },
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<ImportView> {
    const { door } = this.#options
    const { kind, campaign, name } = await this.#receivable(given)
    const id = newId<'fileImport'>('fi')
    const folder = this.#files.folderOf(id)
    this.#receiving.add(id)
    try {
      await mkdir(folder, { recursive: true, mode: 0o750 })
      const files = jobFiles(folder)
      const key = this.#files.keyOf(id)
      const received = await this.#reception.receive(bytes, files.source, sourceKey(key))
      const inspection = await this.#thread().inspect(files.source, key)
      await this.#files.keepInspection(id, inspection)
      await keep(door, actor, [{ type: 'import.received', import: { id, kind, campaign, name, ...received } }])
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    } finally {
      this.#receiving.delete(id)
    }
    return this.view(id)
  }

  async #receivable(given: {
    kind: string
    campaign: string | null
    name: string
  }): Promise<Omit<FileImport, 'id' | 'bytes' | 'sha256'>> {
    const kind = importKinds.find(each => each === given.kind)
    if (kind === undefined)
      throw new InvalidInput([
        { field: 'kind', found: given.kind.slice(0, 40) || 'nothing', allowed: importKinds.join(', ') },
      ])
    const name =
      path
        .basename(given.name.replaceAll('\\', '/'))
        .replace(/\p{Cc}/gu, '')
        .slice(0, 200) || 'file'
    if (kind !== 'leads') return { kind, campaign: null, name }
    if (given.campaign === null || given.campaign === '')
      throw new InvalidInput([{ field: 'campaign', found: 'nothing', allowed: 'the campaign whose leads they become' }])
    const campaign = await campaignById(this.#options.door, given.campaign as CampaignId)
    if (campaign.state === 'closed') throw new NotNow('campaign-closed', 'leads cannot be added to a closed campaign')
    return { kind, campaign: campaign.id, name }
  }

  /** What the file looks like, and what its columns probably are: by a saved mapping of the same headings, else by their words. */
  async inspection(id: FileImportId): Promise<Inspection & { guess: string[]; saved: SavedMapping[] }> {
    const { kind, mapping } = await this.#record(id)
    const inspection = await this.#files.inspection(id)
    const { store } = this.#options.door
    const [definitions, saved] = await Promise.all([
      store.read('fields.all', {}),
      store.read('mappings.ofKind', { kind }),
    ])
    const same = saved.find(({ headings }) => JSON.stringify(headings) === JSON.stringify(inspection.headings))
    const guess = mapping?.columns ?? same?.mapping.columns ?? guessColumns(kind, inspection.headings, definitions)
    return { ...inspection, guess, saved }
  }

  async headings(id: FileImportId): Promise<string[]> {
    await this.#record(id)
    return this.#files.headings(id)
  }

  /** From its first row. Throws InvalidInput when the columns do not do, NotNow while it runs. */
  async start(actor: Actor, id: FileImportId, given: unknown): Promise<ImportView> {
    const { columns: told, unit, saveAs, list, ...rest } = parseInput(importRun, given)
    const { kind } = await this.#restable(id)
    const { headings, guess } = await this.inspection(id)
    const columns = told ?? guess
    const definitions = await this.#options.door.store.read('fields.all', {})
    const faults = faultsOfColumns(kind, { headings, columns, definitions })
    if (faults.length > 0) throw new InvalidInput(faults)
    const mapping: ImportMapping = { columns, options: { ...usualOptions, ...rest, unit, list: list ?? null } }
    if (saveAs !== undefined) await saveMapping(this.#options.door, actor, { kind, name: saveAs, headings, mapping })
    await this.#begin(actor, id, mapping, null)
    return this.view(id)
  }

  /**
   * What ran or waited when the process went goes on where it was, as whoever started it; what was being cancelled then is. For a person are left: what
   * an earlier version began, what has no file any more, and what went on by itself from the same row before and took the process with it.
   */
  async goOn(): Promise<void> {
    const { door, log } = this.#options
    for (const { id, startedBy, mapping } of await door.store.read('imports.open', {}))
      try {
        if (startedBy === null || mapping === null || this.#jobs.has(id)) continue
        const folder = this.#files.folderOf(id)
        const from = await progressIn(folder)
        if (await isCancelled(folder)) {
          const counts = from?.counts ?? { ...nothingImported }
          await keep(door, startedBy, [{ type: 'import.ended', import: id, as: 'cancelled', counts, trouble: null }])
        } else if (!(await wasTried(folder, from))) {
          await this.#files.inspection(id)
          await this.#begin(startedBy, id, mapping, from, true)
        }
      } catch (error) {
        if (!(error instanceof NotNow)) log.error({ err: error, import: id }, 'an import does not go on by itself')
      }
  }

  /** Goes on after what was applied: after a cancel, a fault, or a process that went away. */
  async resume(actor: Actor, id: FileImportId): Promise<ImportView> {
    const { mapping, state } = await this.#restable(id)
    if (mapping === null || state === 'finished')
      throw new NotNow('import-not-stopped', 'only an import that was begun and stopped can go on')
    await this.#files.inspection(id)
    await this.#begin(actor, id, mapping, await progressIn(this.#files.folderOf(id)))
    return this.view(id)
  }

  /** What was applied stays. */
  async cancel(id: FileImportId): Promise<ImportView> {
    const job = this.#jobs.get(id)
    if (job === undefined) throw new NotNow('import-not-running', 'this import does not run')
    job.cancelled = true
    job.thread?.cancel()
    await noteCancel(this.#files.folderOf(id)).catch(error =>
      this.#options.log.error({ err: error, import: id }, 'a cancel could not be noted on the disk'),
    )
    return this.view(id)
  }

  async view(id: FileImportId): Promise<ImportView> {
    return this.#viewOf(await this.#record(id))
  }

  async page(args: { cursor?: string | null }): Promise<Page<ImportView>> {
    const { items, next } = await this.#options.door.store.read('imports.page', args)
    return { items: await Promise.all(items.map(item => this.#viewOf(item))), next }
  }

  /** The rows that did not come through, in their order. */
  async rejected(id: FileImportId): Promise<AsyncIterable<RejectedRow>> {
    await this.#record(id)
    return this.#files.rejected(id)
  }

  /** Columns whose values are sealed in the records: ID numbers and secret fields. */
  async sealedColumns(id: FileImportId): Promise<Set<number>> {
    const { mapping } = await this.#record(id)
    const definitions = await this.#options.door.store.read('fields.all', {})
    const secret = new Set(sealedTargets(definitions))
    return new Set((mapping?.columns ?? []).flatMap((column, at) => (secret.has(column) ? [at] : [])))
  }

  /** Told when something about an import may have changed. */
  onProgress(listener: (id: FileImportId) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when nothing waits or runs. */
  async idle(): Promise<void> {
    await this.#working
  }

  /** Takes away files that nobody goes on with; `now` in Unix ms. */
  async sweep(now: number): Promise<void> {
    const names = await readdir(this.#options.folder).catch(() => [])
    for (const name of names) {
      const id = name as FileImportId
      if (this.#jobs.has(id) || this.#receiving.has(id)) continue
      const record = await this.#options.door.store.read('imports.byId', { id })
      const since = record === null ? 0 : Math.max(record.receivedAt, record.startedAt ?? 0, record.endedAt ?? 0)
      if (now - since > keptMs) await this.#remover.remove(this.#files.folderOf(id), { recursive: true })
    }
  }

  /** What runs stops after the slice in hand, and can go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    for (const job of this.#jobs.values()) await job.thread?.[Symbol.asyncDispose]()
    await this.#working
  }

  async #begin(
    actor: Actor,
    id: FileImportId,
    mapping: ImportMapping,
    from: JobProgress | null,
    byItself = false,
  ): Promise<void> {
    if (this.#jobs.has(id)) throw running() // another tab was first, while this one read
    if (this.#jobs.size >= waitingMax)
      throw new NotNow('imports-waiting', `${waitingMax} imports wait already; try again later`)
    const job: Job = {
      ...{ id, actor, mapping, from, byItself, state: 'waiting', progress: from, startedAt: 0 },
      ...{ startedRow: from?.row ?? 0, thread: null, cancelled: false },
    }
    this.#jobs.set(id, job)
    const folder = this.#files.folderOf(id)
    try {
      if (from === null) await rm(jobFiles(folder).progress, { force: true })
      if (!byItself) await forgetAll(folder)
      await keep(this.#options.door, actor, [{ type: 'import.started', import: id, mapping }])
    } catch (error) {
      this.#jobs.delete(id) // it is not begun, and may be again
      throw error
    }
    this.#working = this.#working.then(() => this.#run(job))
  }

  async #run(job: Job): Promise<void> {
    const { door, log } = this.#options
    if (this.#over.signal.aborted) return
    const end = async (as: ImportEnd, failed: { why: ImportTrouble; words: string } | null) => {
      const counts = job.progress?.counts ?? nothingImported
      const told = failed === null ? { trouble: null } : { why: failed.why, trouble: failed.words }
      const ended: RecordFact = { type: 'import.ended', import: job.id, as, counts: { ...counts }, ...told }
      return keepAtLast(door, job.actor, [ended], { log, over: this.#over.signal })
    }
    try {
      if (job.cancelled) return void (await end('cancelled', null))
      const record = await this.#record(job.id)
      const leads = record.kind === 'leads' ? await this.#leadsOf(record, job.mapping) : null
      const apply = applierOf(record.kind, { door, actor: job.actor, columns: job.mapping.columns, leads })
      const { zone } = await reckoningOf(door)
      if (job.byItself) await noteTry(this.#files.folderOf(job.id), job.from)
      job.state = 'running'
      job.startedAt = door.clock.monotonic()
      job.thread = this.#thread()
      const reading = job.thread.run(
        {
          ...{
            type: 'run',
            folder: this.#files.folderOf(job.id),
            kind: record.kind,
            zone,
            from: job.from,
            key: this.#files.keyOf(job.id),
          },
          ...{ columns: job.mapping.columns, options: job.mapping.options },
          leads: leads && { campaign: leads.list.campaign, list: leads.list.id },
        },
        {
          apply: async values => {
            await this.#calm()
            const { report, kept } = await apply(values)
            const rejected = report.rejected.map(({ at, problems: [first] }) => ({
              ...{ at, field: first?.field ?? '', reason: reasonOf(first ?? { field: '', found: '', allowed: '' }) },
            }))
            return { applied: { saved: report.saved, unchanged: report.unchanged, rejected }, kept }
          },
          onProgress: progress => {
            job.progress = progress
            this.#tell(job.id)
          },
        },
      )
      if (job.cancelled) job.thread.cancel() // while the campaign was looked up: there was no thread yet to hear it
      const outcome = await reading
      // The house closes: it is stopped, and goes on when it opens.
      if (outcome.as === 'gone' && !job.cancelled) return void (await forgetTry(this.#files.folderOf(job.id)))
      if (record.kind === 'leads' && leads !== null && outcome.as === 'finished')
        await this.#listed(job, record, leads.list)
      const as = outcome.as === 'gone' ? 'cancelled' : outcome.as
      const isKept = await end(as, outcome.as === 'failed' ? outcome : null)
      if (isKept && as === 'finished') await rm(jobFiles(this.#files.folderOf(job.id)).source, { force: true })
    } catch (error) {
      log.error({ err: error, import: job.id }, 'an import failed')
      const words = error instanceof Error ? error.message : String(error)
      await end('failed', { why: importTroubleOf(error), words }).catch(() => {})
    } finally {
      await job.thread?.[Symbol.asyncDispose]()
      this.#jobs.delete(job.id)
      this.#tell(job.id)
    }
  }

  async #leadsOf({ id, campaign, name }: FileImportRecord, { options }: ImportMapping) {
    const { list, priority, weight } = options
    // The list of an import is always the same one, however often it goes on.
    const made: LeadList = {
      ...{ id: `i_${id.slice(3)}` as ImportId, campaign: campaign!, name: (list ?? name).slice(0, 200) },
      ...{ priority, weight, paused: false },
    }
    const { duplicates, duplicatesIn } = options
    const asked = importOptions.parse({ duplicates, duplicatesIn, priority, weight })
    return { list: made, duplicates: new Duplicates(this.#options.door, asked) }
  }

  async #listed(job: Job, { name }: FileImportRecord, { id, campaign }: LeadList): Promise<void> {
    const { saved, rejected } = job.progress?.counts ?? nothingImported
    if ((await this.#options.door.store.read('lists.byId', { id })) === null) return // nobody new
    await keep(this.#options.door, job.actor, [
      { type: 'leads.imported', campaign, import: id, source: name.slice(0, 200), accepted: saved, rejected },
    ])
  }

  /** Calls are signalled on this thread: while it is late, an import waits. */
  async #calm(): Promise<void> {
    const { clock } = this.#options.door
    for (let tries = 0; tries < 10 && !this.#over.signal.aborted; tries++) {
      const before = clock.monotonic()
      await breathe()
      const late = clock.monotonic() - before
      if (late < lateMs) return
      await sleep(Math.min(waitMaxMs, late * waitFactor))
    }
  }

  async #viewOf(record: FileImportRecord): Promise<ImportView> {
    if (record.state !== 'running') return viewOfEnded(record)
    const job = this.#jobs.get(record.id) ?? null
    const progress = job?.progress ?? (await progressIn(this.#files.folderOf(record.id)))
    return viewOfBegun(record, job, progress, this.#options.door.clock.monotonic())
  }

  async #record(id: FileImportId): Promise<FileImportRecord> {
    const record = await this.#options.door.store.read('imports.byId', { id })
    if (record === null) throw new NotFound('import', id)
    return record
  }

  async #restable(id: FileImportId): Promise<FileImportRecord> {
    const record = await this.#record(id)
    if (this.#jobs.has(id)) throw running()
    return record
  }

  #tell(id: FileImportId): void {
    for (const listener of this.#listeners) listener(id)
  }

  #thread(): ImportThread {
    return new ImportThread(this.#options.worker)
  }
}

function running(): NotNow {
  return new NotNow('import-running', 'this import runs already')
}
