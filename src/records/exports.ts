/** Exports of evidence: asked for with a reason, made one after the other in the background, kept as files, each download a fact. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Actor } from '../centre/facts.ts'
import type { CallId, ExportId, UserId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { ExportRecord } from '../store/exports.ts'
import { keep, newId, type RecordsDoor } from './door.ts'
import { InvalidInput, NotFound, NotNow } from './errors.ts'
import { evidenceZip } from './evidence.ts'
import { parseInput } from './parse.ts'
import { type ExportRequest, exportInput } from './schemas.ts'

export const exportCallsMax = 10_000
const queuedMax = 100

/** `done` of `calls` are in the zip. `trouble`: why it failed, in words. */
export type ExportView = ExportRecord & {
  state: 'queued' | 'running' | 'finished' | 'failed'
  done: number
  trouble: string | null
}

export type Exports = {
  /** Throws InvalidInput when nothing, or too much, is selected. `requestedBy` is shown in the zip. */
  request(by: { actor: Actor; user: UserId; name: string }, given: unknown): Promise<ExportView>
  list(): Promise<ExportView[]>
  /** Throws NotFound. */
  view(id: ExportId): Promise<ExportView>
  /** The finished zip; that it was fetched is on disk before the first byte goes out. Throws NotFound, NotNow. */
  download(by: { actor: Actor; user: UserId }, id: ExportId): Promise<{ bytes: number; name: string; stream: Readable }>
  /** Resolves when nothing is queued or running; for tests, the command line and an orderly end. */
  idle(): Promise<void>
}

export type ExportsArgs = { door: RecordsDoor; recordingsDir: string; exportsDir: string; log: Logger; version: string }

type Job = {
  id: ExportId
  request: ExportRequest
  reason: string
  requestedBy: string
  done: number
  state: 'queued' | 'running' | 'failed'
  trouble: string | null
}

/** What was under way when the process went is made anew. */
export async function createExports(args: ExportsArgs): Promise<Exports> {
  const { door, exportsDir, log } = args
  const jobs = new Map<ExportId, Job>()
  let working: Promise<void> = Promise.resolve()
  await mkdir(exportsDir, { recursive: true, mode: 0o750 })
  for (const name of await readdir(exportsDir)) if (name.endsWith('.part')) await rm(path.join(exportsDir, name))
  for (const record of await door.store.read('exports.list', {})) if (record.finishedAt === null) resume(record)

  function resume(record: ExportRecord): void {
    const kept = exportInput.safeParse({ ...parsedJson(record.filter), reason: record.reason })
    if (!kept.success) return
    start({ id: record.id, request: kept.data, reason: record.reason, requestedBy: record.user })
  }

  function start(given: Pick<Job, 'id' | 'request' | 'reason' | 'requestedBy'>): void {
    const job: Job = { ...given, done: 0, state: 'queued', trouble: null }
    jobs.set(job.id, job)
    working = working.then(() => run(job))
  }

  async function run(job: Job): Promise<void> {
    job.state = 'running'
    const file = fileOf(job.id)
    try {
      const calls = await selectCalls(door, job.request)
      const at = door.clock.now()
      const about = { export: job.id, reason: job.reason, requestedBy: job.requestedBy, at, version: args.version }
      const zip = evidenceZip({
        store: door.store,
        recordingsDir: args.recordingsDir,
        calls,
        audio: job.request.audio,
        about,
        onProgress: done => {
          job.done = done
        },
      })
      const { sha256, bytes } = await writeWhole(zip, `${file}.part`)
      await rename(`${file}.part`, file)
      await keep(door, 'system', [{ type: 'export.finished', export: job.id, sha256, bytes }])
      jobs.delete(job.id)
    } catch (error) {
      job.state = 'failed'
      job.trouble = error instanceof Error ? error.message : String(error)
      log.error({ err: error, export: job.id }, 'an export failed')
      await rm(`${file}.part`, { force: true }).catch(() => {})
    }
  }

  function fileOf(id: ExportId): string {
    return path.join(exportsDir, `${id}.zip`)
  }

  function viewOf(record: ExportRecord): ExportView {
    const job = jobs.get(record.id)
    if (record.finishedAt !== null) return { ...record, state: 'finished', done: record.calls, trouble: null }
    if (job === undefined)
      return { ...record, state: 'failed', done: 0, trouble: 'its selection cannot be read any more' }
    return { ...record, state: job.state, done: job.done, trouble: job.trouble }
  }

  async function recordOf(id: ExportId): Promise<ExportRecord> {
    const record = await door.store.read('exports.byId', { id })
    if (record === null) throw new NotFound('export', id)
    return record
  }

  return {
    async request(by, given) {
      const request = parseInput(exportInput, given)
      if ([...jobs.values()].filter(job => job.state !== 'failed').length >= queuedMax)
        throw new NotNow('exports-waiting', `${queuedMax} exports are waiting already; try again later`)
      const calls = await selectCalls(door, request)
      if (calls.length === 0)
        throw new InvalidInput([
          { field: 'filter', found: 'no recording', allowed: 'a selection with at least one recording' },
        ])
      const id = newId<'export'>('e')
      const { reason, ...selection } = request
      const filter = JSON.stringify(selection)
      await keep(door, by.actor, [
        { type: 'export.requested', export: id, user: by.user, reason, calls: calls.length, filter },
      ])
      start({ id, request, reason, requestedBy: by.name })
      return viewOf(await recordOf(id))
    },
    async list() {
      return (await door.store.read('exports.list', {})).map(viewOf)
    },
    async view(id) {
      return viewOf(await recordOf(id))
    },
    async download(by, id) {
      const record = await recordOf(id)
      if (record.finishedAt === null) throw new NotNow('export-not-finished', 'it is not finished yet')
      const found = await stat(fileOf(id)).catch(() => null)
      if (found === null) throw new NotFound('file of the export', id)
      await keep(door, by.actor, [{ type: 'export.downloaded', export: id, user: by.user }])
      return { bytes: found.size, name: `switchroom-${id}.zip`, stream: createReadStream(fileOf(id)) }
    },
    async idle() {
      for (let last: Promise<void> | null = null; last !== working; ) {
        last = working
        await last
      }
    },
  }
}

/**
 * The same at once and at the word of whoever has a shell here, which counts as fetched: for the command line, which may run in the service's
 * own process. `file` lies beside the other exports. Throws as `request` does.
 */
export async function exportTo(
  args: Omit<ExportsArgs, 'log'> & { onProgress?: (done: number, of: number) => void },
  given: unknown,
): Promise<{ id: ExportId; file: string; calls: number; sha256: string; bytes: number }> {
  const { door } = args
  const request = parseInput(exportInput, given)
  const calls = await selectCalls(door, request)
  if (calls.length === 0)
    throw new InvalidInput([
      { field: 'filter', found: 'no recording', allowed: 'a selection with at least one recording' },
    ])
  const id = newId<'export'>('e')
  const file = path.join(args.exportsDir, `${id}.zip`)
  await mkdir(args.exportsDir, { recursive: true, mode: 0o750 })
  const { reason, ...selection } = request
  const user = 'system' as UserId // whoever has a shell on this machine
  const filter = JSON.stringify(selection)
  await keep(door, 'system', [{ type: 'export.requested', export: id, user, reason, calls: calls.length, filter }])
  const about = { export: id, reason, requestedBy: 'system', at: door.clock.now(), version: args.version }
  const zip = evidenceZip({
    store: door.store,
    recordingsDir: args.recordingsDir,
    calls,
    audio: request.audio,
    about,
    onProgress: done => args.onProgress?.(done, calls.length),
  })
  try {
    const { sha256, bytes } = await writeWhole(zip, `${file}.part`)
    await rename(`${file}.part`, file)
    await keep(door, 'system', [
      { type: 'export.finished', export: id, sha256, bytes },
      { type: 'export.downloaded', export: id, user },
    ])
    return { id, file, calls: calls.length, sha256, bytes }
  } catch (error) {
    await rm(`${file}.part`, { force: true }).catch(() => {})
    throw error
  }
}

/** In order of time, each once; at most `exportCallsMax`, else InvalidInput. */
async function selectCalls(door: RecordsDoor, request: ExportRequest): Promise<CallId[]> {
  const { calls, recordings, ...filter } = request.filter
  const chosen = new Set<CallId>()
  for (const id of calls ?? []) {
    if ((await door.store.read('calls.byId', { id: id as CallId })) === null) throw new NotFound('call', id)
    chosen.add(id as CallId)
  }
  for (const id of recordings ?? []) {
    const recording = await door.store.read('recordings.byId', { id: id as never })
    if (recording === null) throw new NotFound('recording', id)
    chosen.add(recording.call)
  }
  if (request.from !== undefined) {
    const { from, to = door.clock.now() } = request
    let cursor: string | null = null
    do {
      const page = await nextPage(cursor)
      for (const recording of page.items) chosen.add(recording.call)
      if (chosen.size > exportCallsMax) throw tooMany()
      cursor = page.next
    } while (cursor !== null)
    function nextPage(after: string | null) {
      return door.store.read('recordings.page', { from, to, ...filter, sealedOnly: true, cursor: after, limit: 500 })
    }
  }
  if (chosen.size > exportCallsMax) throw tooMany()
  return [...chosen].reverse()
}

/** One that was asked for longer ago and never finished holds up nothing. */
const underExportMs = 30 * 86_400_000

/** Calls that an export is being made of, or was when the process went: their recordings are not destroyed meanwhile. */
export async function callsUnderExport(door: RecordsDoor): Promise<Set<CallId>> {
  const calls = new Set<CallId>()
  for (const record of await door.store.read('exports.unfinished', { since: door.clock.now() - underExportMs })) {
    const kept = exportInput.safeParse({ ...parsedJson(record.filter), reason: record.reason })
    if (kept.success) for (const call of await selectCalls(door, kept.data).catch(() => [])) calls.add(call)
  }
  return calls
}

function tooMany(): InvalidInput {
  const allowed = `at most ${exportCallsMax} an export; narrow the time or split it`
  return new InvalidInput([{ field: 'filter', found: `more than ${exportCallsMax} calls`, allowed }])
}

/** On disk, synced, with its hash. */
async function writeWhole(zip: Readable, file: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  await pipeline(
    zip,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        bytes += chunk.length
        yield chunk
      }
    },
    createWriteStream(file, { mode: 0o640 }),
  )
  await using handle = await open(file, 'r+')
  await handle.sync()
  return { sha256: hash.digest('hex'), bytes }
}

function parsedJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}
