/**
 * Exports of the records: a table is asked for with a reason, written as a job, one at a time, whoever looks on or not, and kept sealed for some days.
 * Who asked for what, how many rows it had and who fetched it are facts.
 */
import { createReadStream } from 'node:fs'
import { mkdir, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { leadStates } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import {
  type ExportFilterKey,
  exportFilters,
  type TableExport,
  type TableExportState,
} from '../../centre/records/table-export.ts'
import { isDate } from '../../lender/dates.ts'
import { loanStatuses } from '../../lender/loan.ts'
import { partyFlags } from '../../lender/party.ts'
import type { CampaignId, TableExportId } from '../../lib/ids.ts'
import type { Logger } from '../../lib/log.ts'
import { openedFile } from '../../lib/sealed-file.ts'
import type { TableExportRecord } from '../../store/files/table-exports.ts'
import type { Page } from '../../store/page.ts'
import { campaignById } from '../campaigns/campaigns.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { keepAtLast } from '../outcome.ts'
import { parseInput } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { Remover } from '../remover.ts'
import type { ExportJob, ExportProgress, FromExport, ToExport } from './job-port.ts'
import { type TableExportInput, tableExportInput } from './schema.ts'

/** `done`: share of the records that were looked at, 0 to 1. */
export type TableExportView = Omit<TableExportRecord, 'state'> & { state: TableExportState; done: number }

/** What whoever asks may see: telephone numbers, and ID numbers with secret fields. */
export type Sight = { numbers: boolean; secrets: boolean }

export type TableExportsOptions = {
  door: RecordsDoor
  folder: string
  worker: string | URL
  log: Pick<Logger, 'error'>
  /** Between two tries to say that one is over, when the disk refuses; in ms. */
  retryMs?: number
}

const waitingMax = 20
export const keptMs = 7 * 86_400_000
const cancelMaxMs = 5_000
const resourceLimits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 128 }

type Job = {
  export: TableExport
  actor: Actor
  state: 'waiting' | 'running'
  progress: ExportProgress | null
  worker: Worker | null
  cancelled: boolean
}

/** As it was made. */
type TableFile = { bytes: number; name: string; form: TableExport['form'] }

type Outcome = Exclude<FromExport, { type: 'progress' }> | { type: 'gone' }

export class TableExports implements AsyncDisposable {
  readonly #options: TableExportsOptions
  readonly #jobs = new Map<TableExportId, Job>()
  readonly #listeners = new Set<(id: TableExportId) => void>()
  #working: Promise<void> = Promise.resolve()
  readonly #over = new AbortController()
  readonly #remover: Remover

  constructor(options: TableExportsOptions) {
    this.#options = options
    this.#remover = new Remover(options.log)
  }

  /** What was under way when the process went is written anew. */
  async resume(): Promise<void> {
    for (const record of await this.#options.door.store.read('tableExports.open', {}))
      if (!this.#jobs.has(record.id)) this.#enqueue(record.requestedBy, asked(record))
  }

  /** Throws InvalidInput, also when it asks for more than this person may see. */
  async request(actor: Actor, sight: Sight, given: unknown): Promise<TableExportView> {
    const { door } = this.#options
    const input = parseInput(tableExportInput, given)
    const numbers = input.numbers ?? (sight.numbers ? 'clear' : 'masked')
    const { kind, form, language, secrets, reason } = input
    if (numbers === 'clear' && !sight.numbers)
      throw new InvalidInput([{ field: 'numbers', found: 'clear', allowed: 'masked: this account sees no numbers' }])
    if (secrets && !(sight.secrets && sight.numbers))
      throw new InvalidInput([{ field: 'secrets', found: 'true', allowed: 'false: this account sees no ID numbers' }])
    if (secrets && kind !== 'parties')
      throw new InvalidInput([{ field: 'secrets', found: 'true', allowed: 'for parties alone; nothing else has any' }])
    const filter = await this.#filterOf(input)
    if (this.#jobs.size >= waitingMax)
      throw new NotNow('exports-waiting', `${waitingMax} exports wait already; try again later`)
    const id = newId<'tableExport'>('te')
    const made: TableExport = { id, kind, form, language, filter, numbers, secrets, reason }
    await keep(door, actor, [{ type: 'tableExport.requested', export: made }])
    this.#enqueue(actor, made)
    return this.view(id)
  }

  async view(id: TableExportId): Promise<TableExportView> {
    return this.#viewOf(await this.#record(id))
  }

  async page(args: { cursor?: string | null }): Promise<Page<TableExportView>> {
    const { items, next } = await this.#options.door.store.read('tableExports.page', args)
    return { items: items.map(item => this.#viewOf(item)), next }
  }

  async cancel(id: TableExportId): Promise<TableExportView> {
    const job = this.#jobs.get(id)
    if (job === undefined) throw new NotNow('export-not-running', 'this export does not run')
    job.cancelled = true
    job.worker?.postMessage({ type: 'cancel' } satisfies ToExport)
    const { worker } = job
    setTimeout(() => void worker?.terminate(), cancelMaxMs).unref()
    return this.view(id)
  }

  /** The file as it was made; that it was fetched is on disk before the first byte goes out. */
  async download(actor: Actor, sight: Sight, id: TableExportId): Promise<TableFile & { stream: Readable }> {
    const { door } = this.#options
    const about = await this.about(sight, id)
    await keep(door, actor, [{ type: 'tableExport.downloaded', export: id }])
    const { sealer } = door.store
    const stream = Readable.from(openedFile(createReadStream(this.#fileOf(id)), salt => sealer.fileKey(salt)))
    return { ...about, stream }
  }

  /** What `download` would give, for who asks before fetching: nothing is told. Throws as that does. */
  async about(sight: Sight, id: TableExportId): Promise<TableFile> {
    const record = await this.#record(id)
    if (record.erasedAt !== null) throw new NotNow('export-erased', 'its file was erased; ask for it again')
    if (record.state !== 'finished') throw new NotNow('export-not-finished', 'it is not finished')
    if (record.numbers === 'clear' && !sight.numbers)
      throw new NotNow('export-hidden', 'it shows numbers, which this account sees masked')
    if (record.secrets && !(sight.secrets && sight.numbers))
      throw new NotNow('export-hidden', 'it shows ID numbers or secret fields, which this account may not see')
    const isThere = await stat(this.#fileOf(id)).then(
      () => true,
      () => false,
    )
    if (!isThere) throw new NotNow('export-erased', 'its file is not in the data folder any more; ask for it again')
    return { bytes: record.bytes, name: `${record.kind}-${id}.${record.form}`, form: record.form }
  }

  /** Told when something about an export may have changed. */
  onProgress(listener: (id: TableExportId) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when nothing waits or runs. */
  async idle(): Promise<void> {
    await this.#working
  }

  /** Erases files that are older than `keptMs` and those that nobody knows; `now` in Unix ms. */
  async sweep(now: number): Promise<void> {
    const { door, folder } = this.#options
    for (const id of await door.store.read('tableExports.toErase', { before: now - keptMs })) {
      if (await this.#remover.remove(this.#fileOf(id)))
        await keep(door, 'system', [{ type: 'tableExport.erased', export: id }])
    }
    const names = await readdir(folder).catch(() => [])
    for (const name of names) {
      const id = name.split('.')[0] as TableExportId
      if (this.#jobs.has(id)) continue
      const record = await door.store.read('tableExports.byId', { id })
      const isKept = record?.state === 'finished' && record.erasedAt === null && !name.endsWith('.part')
      if (!isKept) await this.#remover.remove(path.join(folder, name))
    }
  }

  /** What runs is written anew at the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    for (const job of this.#jobs.values()) await job.worker?.terminate()
    await this.#working
  }

  async #filterOf({ kind, filter }: TableExportInput): Promise<TableExport['filter']> {
    const allowed: readonly string[] = exportFilters[kind]
    const other = Object.keys(filter).find(key => !allowed.includes(key))
    if (other !== undefined)
      throw new InvalidInput([{ field: `filter.${other}`, found: other, allowed: allowed.join(', ') }])
    const check = (field: ExportFilterKey, isRight: (value: string) => boolean, words: string) => {
      const value = filter[field]
      if (value !== undefined && !isRight(value))
        throw new InvalidInput([{ field: `filter.${field}`, found: value, allowed: words }])
    }
    const oneOf = (field: ExportFilterKey, values: readonly string[]) =>
      check(field, value => values.includes(value), values.join(', '))
    for (const field of ['from', 'to'] as const) check(field, isDate, 'a date like 2026-11-24')
    oneOf('flag', partyFlags)
    oneOf('status', loanStatuses)
    oneOf('overdue', ['yes', 'no'])
    oneOf('state', leadStates)
    if (kind !== 'leads') return filter
    if (filter.campaign === undefined)
      throw new InvalidInput([
        { field: 'filter.campaign', found: 'nothing', allowed: 'the campaign whose leads they are' },
      ])
    await campaignById(this.#options.door, filter.campaign as CampaignId)
    return filter
  }

  #enqueue(actor: Actor, made: TableExport): void {
    const job: Job = { export: made, actor, state: 'waiting', progress: null, worker: null, cancelled: false }
    this.#jobs.set(made.id, job)
    this.#working = this.#working.then(() => this.#run(job))
  }

  async #run(job: Job): Promise<void> {
    if (this.#over.signal.aborted) return
    const { log } = this.#options
    const { id } = job.export
    try {
      const outcome: Outcome = job.cancelled ? { type: 'ended', as: 'cancelled', rows: 0 } : await this.#written(job)
      if (outcome.type === 'gone' && this.#over.signal.aborted) return
      const none = { rows: job.progress?.rows ?? 0, bytes: 0, sha256: null, trouble: null }
      if (outcome.type === 'failed') await this.#ended(job, { as: 'failed', ...none, trouble: outcome.words })
      else if (outcome.type === 'gone' || outcome.as === 'cancelled')
        await this.#ended(job, { as: 'cancelled', ...none })
      else {
        const { rows, bytes, sha256 } = outcome
        await this.#ended(job, { as: 'finished', rows, bytes, sha256, trouble: null })
      }
    } catch (error) {
      log.error({ err: error, export: id }, 'an export failed')
      const trouble = error instanceof Error ? error.message : String(error)
      await this.#ended(job, { as: 'failed', rows: 0, bytes: 0, sha256: null, trouble }).catch(() => {})
    } finally {
      await job.worker?.terminate()
      this.#jobs.delete(id)
      this.#tell(id)
    }
  }

  /** Waits for a disk that is full; a file that is finished is not written anew for it. */
  async #ended(
    job: Job,
    end: Omit<Extract<RecordFact, { type: 'tableExport.ended' }>, 'type' | 'export'>,
  ): Promise<void> {
    const { door, log, retryMs } = this.#options
    const trouble = end.trouble?.slice(0, 500) ?? null
    const fact: RecordFact = { type: 'tableExport.ended', export: job.export.id, ...end, trouble }
    const persistence = { log, over: this.#over.signal, ...(retryMs === undefined ? {} : { everyMs: retryMs }) }
    await keepAtLast(door, job.actor, [fact], persistence)
  }

  async #written(job: Job): Promise<Outcome> {
    const { door, folder, worker: entry } = this.#options
    const { store, clock } = door
    await mkdir(folder, { recursive: true, mode: 0o750 })
    if (store.sealer.trouble !== null) return { type: 'failed', words: store.sealer.trouble }
    const { zone } = await reckoningOf(door)
    const workerData: ExportJob = {
      ...{ database: store.files.database, keyFile: store.files.key, keyFingerprint: store.sealer.fingerprint },
      ...{ to: this.#fileOf(job.export.id), export: job.export, zone, now: clock.now() },
    }
    if (this.#over.signal.aborted) return { type: 'gone' }
    job.state = 'running'
    const worker = new Worker(entry, { workerData, resourceLimits })
    job.worker = worker
    return new Promise(resolve => {
      worker.on('message', (message: FromExport) => {
        if (message.type !== 'progress') return resolve(message)
        job.progress = message.progress
        this.#tell(job.export.id)
      })
      worker.on('error', error => resolve({ type: 'failed', words: error.message }))
      worker.on('exit', () => resolve({ type: 'gone' }))
    })
  }

  #viewOf(record: TableExportRecord): TableExportView {
    const job = this.#jobs.get(record.id)
    if (record.erasedAt !== null) return { ...record, state: 'erased', done: 1 }
    if (record.state !== 'running') return { ...record, state: record.state, done: record.state === 'finished' ? 1 : 0 }
    const { rows, done, total } = job?.progress ?? { rows: 0, done: 0, total: 0 }
    return { ...record, rows, state: job?.state ?? 'waiting', done: total === 0 ? 0 : Math.min(1, done / total) }
  }

  async #record(id: TableExportId): Promise<TableExportRecord> {
    const record = await this.#options.door.store.read('tableExports.byId', { id })
    if (record === null) throw new NotFound('export', id)
    return record
  }

  #tell(id: TableExportId): void {
    for (const listener of this.#listeners) listener(id)
  }

  #fileOf(id: TableExportId): string {
    return path.join(this.#options.folder, `${path.basename(id)}.sealed`)
  }
}

function asked({ id, kind, form, language, filter, numbers, secrets, reason }: TableExportRecord): TableExport {
  return { id, kind, form, language, filter, numbers, secrets, reason }
}
