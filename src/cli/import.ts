import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { importKinds } from '../centre/records/file-import.ts'
import { dataFiles } from '../config.ts'
import { workerFile } from '../lib/places.ts'
import { importLeads } from '../records/campaigns/leads.ts'
import type { RecordsDoor } from '../records/door.ts'
import { InvalidInput, NotFound } from '../records/errors.ts'
import { Imports } from '../records/import/imports.ts'
import type { RejectedRow } from '../records/import/job-port.ts'
import { configOf, readArguments } from './arguments.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'
import { type RecordsCommand, runWithRecords } from './records-door.ts'

const kinds = { config: 'text', campaign: 'text', json: 'flag', imports: 'text' } as const
/** It goes to the service over a socket, as base64. */
const fileBytesMax = 45 * 2 ** 20
const rowsTold = 1_000

/** `import leads FILE --campaign NAME`, `import parties FILE` …: exit 1 when a row was refused, so that a script notices. */
export async function run(args: string[], io: Io): Promise<ExitCode | number> {
  const { options, words } = readArguments(args, kinds, { min: 2, max: 2 })
  const [kind, file] = words as [string, string]
  if (!importKinds.some(each => each === kind))
    throw new UsageError(`found ${kind.slice(0, 40)}, allowed: ${importKinds.join(', ')}`)
  if (kind === 'leads' && options.campaign === null)
    throw new UsageError('leads need --campaign, the name or id of the campaign')
  // The file is read by whoever asks; the service may not see this person's files. Base64, since lists come in GB18030 too.
  const content = await readFile(file, 'base64').catch((cause: NodeJS.ErrnoException) => {
    const words = `${file} cannot be read (${cause.code}): name a CSV file that this user may read`
    throw Object.assign(new Error(words, { cause }), { code: cause.code })
  })
  if (content.length > (fileBytesMax * 4) / 3)
    throw new UsageError(
      `found more than ${fileBytesMax / 2 ** 20} MB; send a larger file on the page Imports, or with POST /api/v1/imports`,
    )
  const config = configOf(options, io.env)
  return runWithRecords('import', importTable, {
    args: [...args, '--imports', dataFiles(config).imports],
    io: { ...io, input: async () => content },
    config,
  })
}

/** The file's bytes come as base64 by `io.input`. */
export const importTable: RecordsCommand = async (args, io, door) => {
  const { options, words } = readArguments(args, kinds, { min: 2, max: 2 })
  if (words[0] !== 'leads') return importRecords(words as [string, string], options, io, door)
  const campaigns = await door.store.read('campaigns.list', {})
  const campaign = campaigns.find(({ id, name }) => id === options.campaign || name === options.campaign)
  if (campaign === undefined) {
    const names = campaigns.filter(({ state }) => state !== 'closed').map(({ name }) => name)
    io.err(
      names.length === 0
        ? 'there is no campaign yet: make one on the page Campaigns'
        : `campaigns: ${names.join(', ')}`,
    )
    throw new NotFound('campaign', options.campaign ?? '')
  }
  const bytes = Buffer.from(await io.input(), 'base64')
  const source = { kind: 'csv' as const, bytes: [bytes] }
  try {
    const report = await importLeads(door, 'system', { campaign: campaign.id, source, name: basename(words[1]!) })
    if (options.json) io.out(JSON.stringify(report))
    else {
      io.out(`${report.accepted} leads added to ${campaign.name}, ${report.rejectedCount} rows refused`)
      for (const { row, field, reason } of report.rejected) io.out(`row ${row}\t${field}\t${reason}`)
    }
    return report.rejectedCount === 0 ? 0 : 1
  } catch (error) {
    if (error instanceof InvalidInput) throw new UsageError(error.message, { cause: error })
    throw error
  }
}

/** As on the page, with the columns that their headings say. */
async function importRecords(
  [kind, file]: [string, string],
  options: { json: boolean; imports: string | null },
  io: Io,
  door: RecordsDoor,
): Promise<number> {
  const running = Imports.of(door)
  const log = { error: (_: object, words: string) => io.err(words) }
  const worker = workerFile('records/import/import-worker')
  const imports = running ?? new Imports({ door, folder: options.imports ?? '', worker, log: log as never })
  try {
    const bytes = Buffer.from(await io.input(), 'base64')
    const { id } = await imports.receive('system', { kind, campaign: null, name: basename(file) }, streamOf(bytes))
    await imports.start('system', id, {})
    await imports.idle()
    const { counts, state, trouble } = await imports.view(id)
    const rejected = await rejectedRows(await imports.rejected(id))
    if (options.json) io.out(JSON.stringify({ id, state, ...counts, rows: rejected }))
    else {
      io.out(`${kind}: ${counts.saved} saved, ${counts.unchanged} unchanged, ${counts.rejected} rows refused`)
      for (const { row, field, reason } of rejected) io.out(`row ${row}\t${field}\t${reason}`)
    }
    if (trouble !== null) io.err(trouble)
    return state === 'finished' && counts.rejected === 0 ? 0 : 1
  } catch (error) {
    if (error instanceof InvalidInput) throw new UsageError(error.message, { cause: error })
    throw error
  } finally {
    if (running === null) await imports[Symbol.asyncDispose]()
  }
}

async function* streamOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function rejectedRows(all: AsyncIterable<RejectedRow>): Promise<Omit<RejectedRow, 'cells'>[]> {
  const rows: Omit<RejectedRow, 'cells'>[] = []
  for await (const { row, field, reason } of all) {
    rows.push({ row, field, reason })
    if (rows.length >= rowsTold) break
  }
  return rows
}
