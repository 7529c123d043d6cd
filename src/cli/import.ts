import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { InvalidInput, NotFound } from '../records/errors.ts'
import { importLeads } from '../records/leads.ts'
import { configOf, readArguments } from './arguments.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'
import { type RecordsCommand, runWithRecords } from './records-door.ts'

const kinds = { config: 'text', campaign: 'text', json: 'flag' } as const

/** `import leads FILE --campaign NAME`: exit 1 when a row was refused, so that a script notices. */
export async function run(args: string[], io: Io): Promise<ExitCode | number> {
  const { options, words } = readArguments(args, kinds, { min: 2, max: 2 })
  const [kind, file] = words as [string, string]
  if (kind !== 'leads') throw new UsageError(`found ${kind.slice(0, 40)}, allowed: leads`)
  if (options.campaign === null) throw new UsageError('leads need --campaign, the name or id of the campaign')
  // The file is read by whoever asks; the service may not see this person's files. Base64, since lists come in GB18030 too.
  const content = await readFile(file, 'base64').catch((cause: NodeJS.ErrnoException) => {
    const words = `${file} cannot be read (${cause.code}): name a CSV file that this user may read`
    throw Object.assign(new Error(words, { cause }), { code: cause.code })
  })
  return runWithRecords('import', importTable, {
    args,
    io: { ...io, input: async () => content },
    config: configOf(options, io.env),
  })
}

/** The file's bytes come as base64 by `io.input`. */
export const importTable: RecordsCommand = async (args, io, door) => {
  const { options, words } = readArguments(args, kinds, { min: 2, max: 2 })
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
