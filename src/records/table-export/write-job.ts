/**
 * The writing of an export, in a thread of its own: records are read by pages, become rows, and go sealed onto the disk as they come. Nothing of it is
 * in memory but a page; a file that is not whole never has the name of one.
 */

import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as breathe } from 'node:timers/promises'
import { wallInstant } from '../../centre/numbers/zone.ts'
import { addDays, dateIn } from '../../lender/dates.ts'
import { amountTyped } from '../../lender/money.ts'
import { sealedFile } from '../../lib/sealed-file.ts'
import type { LeadRecord } from '../../store/campaigns/lead-pages.ts'
import { type Db, drizzleOf, openReader } from '../../store/db.ts'
import { type ExportChoice, type ExportPage, exportWalks, partyNumbersMax } from '../../store/files/export-pages.ts'
import { partyQueries } from '../../store/lender/parties.ts'
import { Sealer } from '../../store/sealer.ts'
import { openKeyFile } from '../../store/secrets.ts'
import { type Cell, sheetRowsMax, xlsxOf } from '../sheets/xlsx-writer.ts'
import type { ExportCell } from './cells.ts'
import { type ColumnsGiven, type ExportColumn, exportColumns, TooManyColumns } from './columns.ts'
import type { ExportJob, ExportProgress, FromExport } from './job-port.ts'

export type ExportPort = { post(message: FromExport): void; isCancelled(): boolean }

/** A lead may have fields that no other one has. */
const fieldsMax = 300
const pieceChars = 64 * 1024

class Cancelled extends Error {
  override name = 'Cancelled'
}

export async function writeExport(job: ExportJob, port: ExportPort): Promise<void> {
  const connection = openReader(job.database)
  const sealer = new Sealer(openKeyFile(job.keyFile), job.keyFingerprint)
  const progress: ExportProgress = { rows: 0, done: 0, total: 0 }
  const part = `${job.to}.part`
  try {
    const bytes = tableOf(job, { db: drizzleOf(connection), sealer, port, progress })
    const hash = createHash('sha256')
    let size = 0
    await pipeline(
      sealedFile(
        (async function* () {
          for await (const chunk of bytes) {
            hash.update(chunk)
            size += chunk.length
            yield chunk
          }
        })(),
        salt => sealer.fileKey(salt),
      ),
      createWriteStream(part, { mode: 0o640 }),
    )
    {
      await using handle = await open(part, 'r+')
      await handle.sync()
    }
    await rename(part, job.to)
    port.post({ type: 'ended', as: 'finished', rows: progress.rows, bytes: size, sha256: hash.digest('hex') })
  } catch (error) {
    await rm(part, { force: true })
    if (error instanceof Cancelled) return port.post({ type: 'ended', as: 'cancelled', rows: progress.rows })
    port.post({ type: 'failed', words: wordsOf(error) })
  } finally {
    connection.close()
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof TooManyColumns) return error.message
  if (error instanceof RangeError && /rows in a sheet/.test(error.message))
    return `found more than ${sheetRowsMax - 1} rows; allowed: as many as a sheet holds; choose fewer, or CSV`
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return 'the disk is full; nothing was kept'
  return error instanceof Error ? error.message : String(error)
}

type With = { db: Db; sealer: Sealer; port: ExportPort; progress: ExportProgress }

function tableOf(job: ExportJob, { db, sealer, port, progress }: With): AsyncIterable<Buffer> {
  const { kind, form, filter, secrets, numbers, language } = job.export
  const day = (date: string, at: number) => wallInstant(job.zone, `${addDays(date, at)}T00:00:00`)
  const choice: ExportChoice = {
    ...{ filter, now: job.now, today: dateIn(job.zone, job.now) },
    from: filter.from === undefined ? 0 : day(filter.from, 0),
    to: filter.to === undefined ? Number.MAX_SAFE_INTEGER : day(filter.to, 1),
  }
  progress.total = exportWalks[kind].count(db, choice)

  async function* pages(isCounted: boolean): AsyncGenerator<ExportPage<never>['rows']> {
    for (const page of exportWalks[kind].pages(db, choice)) {
      if (port.isCancelled()) throw new Cancelled()
      yield page.rows as never[]
      await breathe() // so that a cancel is heard
      if (!isCounted) continue
      progress.done += page.walked
      port.post({ type: 'progress', progress: { ...progress } })
    }
  }

  async function* rows(): AsyncGenerator<ExportCell[]> {
    const given: ColumnsGiven = {
      ...{ language, zone: job.zone, numbers, definitions: partyQueries['fields.all'](db, {}) },
      ...{ phones: 1, fields: [] as string[] },
      open: secrets ? (of, sealed) => opened(sealer.open(of, sealed)) : null,
    }
    if (kind === 'parties') given.phones = Math.max(1, partyNumbersMax(db))
    if (kind === 'leads') Object.assign(given, await shapeOfLeads(pages(false)))
    const columns = exportColumns(kind, given) as ExportColumn<'parties'>[]
    yield columns.map(({ heading }) => heading)
    for await (const page of pages(true))
      for (const record of page as object[])
        for (const each of recordsOf(record)) {
          progress.rows++
          yield columns.map(({ cell }) => cell(each as never))
        }
  }

  return form === 'csv' ? csvOf(rows()) : (xlsxOf(cellsOf(rows()), new Date(job.now)) as Readable)

  function recordsOf(record: object): object[] {
    if (kind !== 'loans') return [record]
    const loan = record as { plan: object[] }
    return loan.plan.map(instalment => ({ loan, instalment }))
  }
}

function opened(value: string | null): string {
  if (value === null) throw new Error('a secret does not open with the key file; nothing was kept')
  return value
}

/** What columns its leads need: asked of all of them before the first row is written. */
async function shapeOfLeads(pages: AsyncIterable<LeadRecord[]>): Promise<{ phones: number; fields: string[] }> {
  const fields = new Set<string>()
  let phones = 1
  for await (const leads of pages)
    for (const lead of leads) {
      phones = Math.max(phones, lead.phones.length)
      for (const [field, text] of Object.entries(lead.fields)) if (text.trim() !== '') fields.add(field)
      if (fields.size > fieldsMax)
        throw new TooManyColumns(`found more than ${fieldsMax} fields in these leads; choose one list`)
    }
  return { phones, fields: [...fields] }
}

/** With the mark by which spreadsheets know UTF-8. */
async function* csvOf(rows: AsyncIterable<ExportCell[]>): AsyncGenerator<Buffer> {
  let text = '\ufeff'
  for await (const row of rows) {
    text += `${row.map(csvText).join(',')}\r\n`
    if (text.length < pieceChars) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text)
}

function csvText(cell: ExportCell): string {
  const text = typeof cell === 'string' ? cell : amountTyped(cell.minor, cell.currency)
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

async function* cellsOf(rows: AsyncIterable<ExportCell[]>): AsyncGenerator<Cell[]> {
  for await (const row of rows)
    yield row.map(cell => (typeof cell === 'string' ? cell : Number(amountTyped(cell.minor, cell.currency))))
}
