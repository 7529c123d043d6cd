/** Exports of evidence: asked for with a reason, made one after the other in the background, kept as files, each download a fact. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Actor } from '../../centre/facts.ts'
import type { Approval } from '../../centre/records/approval.ts'
import type { CallId, ExportId, RecordingId, UserId } from '../../lib/ids.ts'
import type { Logger } from '../../lib/log.ts'
import type { ExportRecord } from '../../store/files/exports.ts'
import type { ApprovalRecord } from '../../store/people/approvals.ts'
import { askedFact, needsSecondPerson } from '../approvals.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { Remover } from '../remover.ts'
import { type ExportRequest, exportInput } from '../schemas.ts'
import { evidenceZip, type MissingWords } from './evidence.ts'

export const exportCallsMax = 10_000
/** A zip stays so long in the data folder: it is a copy of much that is kept well elsewhere, and can be made anew. */
const keptMs = 7 * 86_400_000
const queuedMax = 100

/** `done` of `calls` are in the zip. `trouble`: why it failed, in words. */
export type ExportView = ExportRecord & {
  /** `waiting`: for a second person; `refused`: by one, or nobody decided in time; `erased`: its zip was kept for its time. */
  state: 'waiting' | 'refused' | 'queued' | 'running' | 'finished' | 'failed' | 'erased'
  done: number
  trouble: string | null
  /** Until when the zip can be fetched; null: there is none, or none any more. */
  keptUntil: number | null
}

export type Exports = {
  /** Throws InvalidInput when nothing, or too much, is selected. `requestedBy` is shown in the zip. */
  request(by: { actor: Actor; user: UserId; name: string; person: UserId | null }, given: unknown): Promise<ExportView>
  /** A second person approved it; who reads `approvals` says so. */
  begin(id: ExportId): Promise<void>
  list(): Promise<ExportView[]>
  /** Throws NotFound. */
  view(id: ExportId): Promise<ExportView>
  /** What `download` would give, for who asks before fetching: nothing is told. Throws as that does. */
  about(id: ExportId): Promise<{ bytes: number; name: string }>
  /** The finished zip; that it was fetched is on disk before the first byte goes out. Throws NotFound, NotNow. */
  download(by: { actor: Actor; user: UserId }, id: ExportId): Promise<{ bytes: number; name: string; stream: Readable }>
  /** Takes zips out of the data folder that have been there for their time, those too of which the records know nothing; `now` in Unix ms. */
  sweep(now: number): Promise<void>
  /** Resolves when nothing is queued or running; for tests, the command line and an orderly end. */
  idle(): Promise<void>
}

export type ExportsArgs = {
  door: RecordsDoor
  recordingsDir: string
  exportsDir: string
  missingWords: MissingWords
  log: Logger
  version: string
}

type Job = {
  id: ExportId
  /** Recordings that were sealed after it was asked for are not what was looked at; null: it needed no approval. */
  sealedBefore: number | null
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
  const remover = new Remover(log)
  let working: Promise<void> = Promise.resolve()
  await mkdir(exportsDir, { recursive: true, mode: 0o750 })
  for (const name of await readdir(exportsDir)) if (name.endsWith('.part')) await rm(path.join(exportsDir, name))
  for (const record of await door.store.read('exports.list', {})) if (record.finishedAt === null) await resume(record)

  async function resume(record: ExportRecord): Promise<void> {
    const approval = await door.store.read('approvals.of', { kind: 'export', subject: record.id })
    if (approval !== null && approval.state !== 'approved') return
    const kept = exportInput.safeParse({ ...parsedJson(record.filter), reason: record.reason })
    if (!kept.success) return
    const { id, reason, user } = record
    start({ id, sealedBefore: approval?.askedAt ?? null, request: kept.data, reason, requestedBy: user })
  }

  function start(given: Omit<Job, 'done' | 'state' | 'trouble'>): void {
    const job: Job = { ...given, done: 0, state: 'queued', trouble: null }
    jobs.set(job.id, job)
    working = working.then(() => run(job))
  }

  async function run(job: Job): Promise<void> {
    job.state = 'running'
    const file = fileOf(job.id)
    try {
      const calls = await selectCalls(door, job.request, job.sealedBefore)
      const at = door.clock.now()
      const about = { export: job.id, reason: job.reason, requestedBy: job.requestedBy, at, version: args.version }
      const zip = evidenceZip({
        store: door.store,
        recordingsDir: args.recordingsDir,
        calls,
        audio: job.request.audio,
        missingWords: args.missingWords,
        about,
        onProgress: done => {
          job.done = done
        },
        onUnread: once((recording, error) =>
          log.error(
            { err: error, recording, export: job.id },
            'recordings are missing in an export: they cannot be read',
          ),
        ),
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

  async function mustBeThere(id: ExportId): Promise<void> {
    const { finishedAt, erasedAt } = await recordOf(id)
    if (finishedAt === null) throw new NotNow('export-not-finished', 'it is not finished yet')
    if (erasedAt !== null) throw erased(`was removed on ${new Date(erasedAt).toISOString()}`)
  }

  function viewOf(record: ExportRecord, approval: ApprovalRecord | null): ExportView {
    const job = jobs.get(record.id)
    if (record.finishedAt !== null) {
      const isErased = record.erasedAt !== null
      return {
        ...record,
        state: isErased ? 'erased' : 'finished',
        done: record.calls,
        trouble: null,
        keptUntil: isErased ? null : keptUntilOf(record.finishedAt),
      }
    }
    if (approval !== null && approval.state !== 'approved') {
      return {
        ...record,
        state: waits(approval, door.clock.now()) ? 'waiting' : 'refused',
        done: 0,
        trouble: approval.why,
        keptUntil: null,
      }
    }
    if (job === undefined)
      return {
        ...{ ...record, state: 'failed', done: 0, keptUntil: null },
        trouble: 'its selection cannot be read any more',
      }
    return { ...record, state: job.state, done: job.done, trouble: job.trouble, keptUntil: null }
  }

  /** A zip that was erased already and came back with a copy of the folder, or that no finished export is known of: what is being made is younger. */
  async function sweepUnknown(name: string, now: number): Promise<void> {
    const [, id] = /^(e_[\w-]+)\.zip$/.exec(name) ?? []
    if (id === undefined || jobs.has(id as ExportId)) return
    const file = path.join(exportsDir, name)
    const [record, found] = [
      await door.store.read('exports.byId', { id: id as ExportId }),
      await stat(file).catch(() => null),
    ]
    const isKept = record !== null && record.finishedAt !== null && record.erasedAt === null
    if (!isKept && found !== null && now - found.mtimeMs > keptMs) await remover.remove(file)
  }

  async function viewById(id: ExportId): Promise<ExportView> {
    return viewOf(await recordOf(id), await door.store.read('approvals.of', { kind: 'export', subject: id }))
  }

  async function recordOf(id: ExportId): Promise<ExportRecord> {
    const record = await door.store.read('exports.byId', { id })
    if (record === null) throw new NotFound('export', id)
    return record
  }

  return {
    async request(by, given) {
      const now = door.clock.now()
      const { to = now, ...rest } = parseInput(exportInput, given)
      // What is sealed while it waits was not what somebody looked at.
      const request: ExportRequest = rest.from === undefined ? rest : { ...rest, to }
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
      const requested = {
        type: 'export.requested',
        export: id,
        user: by.user,
        reason,
        calls: calls.length,
        filter,
      } as const
      const needsSecond = await needsSecondPerson(door, 'export')
      const about = { calls: calls.length, ...shownOf(request) }
      const asked = { kind: 'export', subject: id, about, approver: 'house', reason } as const
      await keep(door, by.actor, needsSecond ? [requested, await askedFact(door, by, asked)] : [requested])
      if (!needsSecond) start({ id, sealedBefore: null, request, reason, requestedBy: by.name })
      return viewById(id)
    },
    async begin(id) {
      if (!jobs.has(id)) await resume(await recordOf(id))
    },
    async list() {
      const records = await door.store.read('exports.list', {})
      const since = Math.min(...records.map(({ requestedAt }) => requestedAt))
      const approvals = await door.store.read('approvals.ofKind', { kind: 'export', since })
      return records.map(record => viewOf(record, approvals.find(({ subject }) => subject === record.id) ?? null))
    },
    async view(id) {
      return viewById(id)
    },
    async about(id) {
      await mustBeThere(id)
      const found = await stat(fileOf(id)).catch(() => {
        throw erased('is not in the data folder any more')
      })
      return { bytes: found.size, name: nameOf(id) }
    },
    async download(by, id) {
      await mustBeThere(id)
      // Held open from here on: what is swept meanwhile goes on to whoever fetches it.
      const handle = await open(fileOf(id)).catch(() => {
        throw erased('is not in the data folder any more')
      })
      try {
        const { size } = await handle.stat()
        await keep(door, by.actor, [{ type: 'export.downloaded', export: id, user: by.user }])
        return { bytes: size, name: nameOf(id), stream: handle.createReadStream() }
      } catch (error) {
        await handle.close()
        throw error
      }
    },
    async sweep(now) {
      for (const id of await door.store.read('exports.toErase', { before: now - keptMs })) {
        if (await remover.remove(fileOf(id))) await keep(door, 'system', [{ type: 'export.erased', export: id }])
      }
      for (const name of await readdir(exportsDir)) await sweepUnknown(name, now)
    },
    async idle() {
      for (let last: Promise<void> | null = null; last !== working; ) {
        last = working
        await last
      }
    },
  }
}

function nameOf(id: ExportId): string {
  return `switchroom-${id}.zip`
}

function keptUntilOf(finishedAt: number): number {
  return finishedAt + keptMs
}

function erased(how: string): NotNow {
  const days = keptMs / 86_400_000
  return new NotNow('evidence-erased', `its zip ${how}: it is kept for ${days} days; ask for the same calls again`)
}

/**
 * The same at once and at the word of whoever has a shell here, which counts as fetched: for the command line, which may run in the service's
 * own process. `file` lies beside the other exports. Throws as `request` does.
 */
export async function exportTo(
  args: Omit<ExportsArgs, 'log'> & {
    onProgress?: (done: number, of: number) => void
    /** Once: the first recording that may be there, cannot be read, and is missing in the zip as those like it. */
    onUnread?: (recording: RecordingId, error: Error) => void
  },
  given: unknown,
): Promise<{ id: ExportId; file: string; calls: number; sha256: string; bytes: number; keptUntil: number }> {
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
    missingWords: args.missingWords,
    about,
    onProgress: done => args.onProgress?.(done, calls.length),
    onUnread: once((recording, error) => args.onUnread?.(recording, error)),
  })
  try {
    const { sha256, bytes } = await writeWhole(zip, `${file}.part`)
    await rename(`${file}.part`, file)
    await keep(door, 'system', [
      { type: 'export.finished', export: id, sha256, bytes },
      { type: 'export.downloaded', export: id, user },
    ])
    return { id, file, calls: calls.length, sha256, bytes, keptUntil: keptUntilOf(door.clock.now()) }
  } catch (error) {
    await rm(`${file}.part`, { force: true }).catch(() => {})
    throw error
  }
}

/** Once for all of them: what keeps one away keeps others. */
function once(tell: (recording: RecordingId, error: Error) => void): typeof tell {
  let isTold = false
  return (recording, error) => {
    if (!isTold) tell(recording, error)
    isTold = true
  }
}

/** What an approver reads of the selection: numbers and ids stay in it. */
function shownOf({ from, to, filter, audio }: ExportRequest): Approval['about'] {
  const { agent = null, campaign = null, number, calls, recordings } = filter
  const chosen = (calls?.length ?? 0) + (recordings?.length ?? 0)
  return { from: from ?? null, to: to ?? null, agent, campaign, byNumber: number === undefined ? 0 : 1, chosen, audio }
}

/** In order of time, each once; at most `exportCallsMax`, else InvalidInput. Of a range only what was sealed by then. */
async function selectCalls(
  door: RecordsDoor,
  request: ExportRequest,
  sealedBefore: number | null = null,
): Promise<CallId[]> {
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
      for (const recording of page.items)
        if (sealedBefore === null || (recording.sealedAt ?? 0) <= sealedBefore) chosen.add(recording.call)
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
    const approval = await door.store.read('approvals.of', { kind: 'export', subject: record.id })
    const isDead = approval !== null && approval.state !== 'approved' && !waits(approval, door.clock.now())
    if (kept.success && !isDead) for (const call of await selectCalls(door, kept.data).catch(() => [])) calls.add(call)
  }
  return calls
}

function waits({ state, expiresAt }: ApprovalRecord, now: number): boolean {
  return state === 'waiting' && expiresAt > now
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
