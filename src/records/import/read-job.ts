/**
 * The reading side of an import, in a thread of its own: rows are read and checked, good ones go to the main thread by up to 300, and what
 * did not come through is written down. At most three slices are under way; what was applied is noted on disk, so that a process that dies knows where
 * it was.
 */
import { createWriteStream, type WriteStream } from 'node:fs'
import { rename, truncate, writeFile } from 'node:fs/promises'
import { setImmediate as breathe } from 'node:timers/promises'
import { wallInstant } from '../../centre/numbers/zone.ts'
import { type ImportKind, nothingImported } from '../../centre/records/file-import.ts'
import { rowReader } from '../sheets/row-reader.ts'
import { openTable } from '../sheets/table-file.ts'
import { checkUnit } from './check-unit.ts'
import { type FromJob, type JobData, type JobProgress, jobFiles, type RejectedRow, type ToJob } from './job-port.ts'
import { sealedText } from './sealed-text.ts'
import { type SourceRow, unitsOf } from './units.ts'

type Run = Extract<JobData, { type: 'run' }>
type Slice = {
  values: string[]
  rows: SourceRow[][]
  bad: RejectedRow[]
  last: number
  keys: Set<string>
  size: number
}

/** Some ten milliseconds of the database thread: what the floor decides waits for no more. Leads are the lightest. */
const sliceUnits = (kind: ImportKind) => (kind === 'leads' ? 300 : 100)
const sliceChars = (kind: ImportKind) => (kind === 'leads' ? 32 : 64) * 1024
/** One on its way to the disk, one that is looked up, one that is read. */
const slicesAhead = 3
/** Rows without a good one among them are told of too. */
const sliceRowsMax = 2_000

export type JobPort = { post(message: FromJob): void; onMessage(listener: (message: ToJob) => void): void }

export async function runJob(job: Run, port: JobPort): Promise<void> {
  const files = jobFiles(job.folder)
  const table = await openTable(files.source, job.key)
  const progress: JobProgress = job.from
    ? structuredClone(job.from)
    : { row: 0, counts: { ...nothingImported }, errorBytes: 0, read: 0, total: table.total }
  await writeFile(files.errors, '', { flag: 'a', mode: 0o640 })
  await truncate(files.errors, progress.errorBytes)
  const errors = createWriteStream(files.errors, { flags: 'a', mode: 0o640 })
  const under: Slice[] = []
  let cancelled = false
  let wake = () => {}
  port.onMessage(message => {
    if (message.type === 'cancel') cancelled = true
    else applied.push(message)
    wake()
  })
  const applied: Extract<ToJob, { type: 'applied' }>[] = []

  /** Takes in what was applied; waits until fewer than `most` slices are under way. */
  const settle = async (most: number) => {
    for (;;) {
      for (let reply = applied.shift(); reply !== undefined; reply = applied.shift()) await note(under.shift()!, reply)
      if (under.length < most) return
      await new Promise<void>(resolve => {
        wake = resolve
        if (applied.length > 0) resolve()
      })
    }
  }
  const note = async (slice: Slice, reply: Extract<ToJob, { type: 'applied' }>) => {
    const refused = reply.rejected.flatMap(({ at, field, reason }) =>
      slice.rows[at]!.map(({ row, cells }) => ({ row, field, reason, cells })),
    )
    const all = [...slice.bad, ...refused].sort((a, b) => a.row - b.row)
    progress.errorBytes += await append(errors, job.key, all)
    progress.counts.saved += reply.saved
    progress.counts.unchanged += reply.unchanged
    progress.counts.rejected += all.length
    progress.counts.rows = slice.last
    progress.row = slice.last
    progress.read = table.read()
    await writeFile(`${files.progress}.part`, JSON.stringify(progress))
    await rename(`${files.progress}.part`, files.progress)
    port.post({ type: 'progress', progress: structuredClone(progress) })
  }
  const send = async () => {
    if (slice.values.length === 0 && slice.bad.length === 0) return
    under.push(slice)
    port.post({ type: 'slice', values: `[${slice.values.join(',')}]` })
    slice = newSlice()
    await settle(slicesAhead)
  }

  const read = rowReader({
    kind: job.kind,
    headings: table.headings,
    columns: job.columns,
    options: job.options,
    instantOf: local => wallInstant(job.zone, local),
  })
  const [unitsMax, charsMax] = [sliceUnits(job.kind), sliceChars(job.kind)]
  let slice = newSlice()
  for await (const unit of unitsOf(job.kind, table.rows, read)) {
    if (cancelled) break
    const last = unit.rows.at(-1)!.row
    if (job.from !== null && last <= job.from.row) continue
    const [{ row }] = unit.rows as [SourceRow]
    const checked = unit.problem === null ? checkUnit(job.kind, { value: unit.value, row, leads: job.leads }) : unit
    const size = unit.rows.reduce((sum, { cells }) => sum + cells.reduce((all, cell) => all + cell.length + 4, 0), 0)
    if (slice.size + size > charsMax || ('key' in checked && slice.keys.has(checked.key))) await send()
    if ('problem' in checked && checked.problem !== null) {
      const { field, reason } = checked.problem
      for (const { row, cells } of unit.rows) slice.bad.push({ row, field, reason, cells })
    } else if ('key' in checked) {
      slice.keys.add(checked.key)
      slice.values.push(JSON.stringify(checked.value))
      slice.rows.push(unit.rows)
    }
    slice.last = last
    slice.size += size
    if (slice.values.length >= unitsMax || slice.bad.length >= sliceRowsMax) await send()
    if (last % 200 === 0) await breathe() // so that a cancel is heard
  }
  if (!cancelled) await send()
  await settle(1)
  await new Promise<void>((resolve, reject) =>
    errors.end((error?: Error | null) => (error ? reject(error) : resolve())),
  )
  port.post({ type: 'ended', as: cancelled ? 'cancelled' : 'finished', progress })
}

const newSlice = (): Slice => ({ values: [], rows: [], bad: [], last: 0, keys: new Set(), size: 0 })

/** Answers how many bytes it was. */
async function append(stream: WriteStream, key: Uint8Array, rows: RejectedRow[]): Promise<number> {
  if (rows.length === 0) return 0
  const bytes = Buffer.from(rows.map(row => `${sealedText(Buffer.from(key), JSON.stringify(row))}\n`).join(''))
  await new Promise<void>((resolve, reject) => stream.write(bytes, error => (error ? reject(error) : resolve())))
  return bytes.length
}
