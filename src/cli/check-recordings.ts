/** What `switchroom check` says of the folder of recordings, and what the running service knows of its disk. */
import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, dataFiles } from '../config.ts'
import { diskWords, type Known, linkedFolders, lookAtFolder, type RecordingsFolder } from '../recordings-folder.ts'
import { markSetting } from '../recordings-mark.ts'
import { asOwnerOf, type Self } from './as-owner.ts'
import type { Checked } from './check-machine.ts'
import { askService, type RecordsCommand } from './records-door.ts'

const comfortBytes = 20e9
const command = 'recorder-disk'

/** The service's end. */
export function tellRecorderDisk(diskNow: () => string): Record<string, RecordsCommand> {
  return {
    [command]: async (_, io) => {
      io.out(diskNow())
      return 0
    },
  }
}

export async function checkRecordings(config: Config, self: Self = process): Promise<Checked[]> {
  return [await checkFolder(config, self), ...(await checkRecorder(config))]
}

async function checkFolder(config: Config, self: Self): Promise<Checked> {
  const { recordings: folder, database } = dataFiles(config)
  const known = await knownBy(database)
  const { newest, mark } = known
  const seen = await lookAtFolder(folder, known).catch((error: NodeJS.ErrnoException) => error)
  if (seen instanceof Error) {
    const isGone = seen.code === 'ENOENT'
    if (isGone && newest.length === 0 && mark === null)
      return { state: 'ok', found: `no recordings yet: the first start makes ${folder}` }
    const found = isGone ? `${folder} is gone, and recordings were kept there` : seen.message
    return { state: 'bad', found, advice: mountAdvice(folder) }
  }
  const { device, freeBytes } = seen
  const fault = seen.fault ?? asOwnerOf(config.dataDir, () => faultTried(seen, config.dataDir), self)
  if (fault !== null) return { state: 'bad', found: fault, advice: mountAdvice(folder) }
  const linked = await linkedFolders(folder).catch(() => []) // what cannot be read is told by the owner's try
  if (linked.length > 0) return { state: 'bad', found: linkWords(linked), advice: bindAdvice(linked[0]!) }
  if (device === statSync(config.dataDir).dev)
    return { state: 'ok', found: `${folder} can be written, on the disk of data_dir` }
  const found = `${folder} can be written, on a disk of its own with ${(freeBytes / 1e9).toFixed(0)} GB free`
  if (freeBytes < comfortBytes)
    return { state: 'warn', found, advice: 'make room there: with less than 1 GB /readyz answers 503' }
  return { state: 'ok', found }
}

/**
 * Whoever the service runs as, the owner of its data, is tried by doing it: root may write and read everywhere, and neither owner and mode nor access(2),
 * which asks for the real user, know of lists of rights, of what stands above the folder, or of what a share's server thinks. Of what is done nothing lasts.
 */
function faultTried({ folders, file }: RecordingsFolder, dataDir: string): string | null {
  const told = (what: string, verb: string, error: unknown) =>
    `${what} cannot be ${verb} by the owner of data_dir (user ${statSync(dataDir).uid}): ${(error as NodeJS.ErrnoException).code}`
  for (const folder of folders) {
    const tried = join(folder, `.switchroom-check-${process.pid}`)
    try {
      closeSync(openSync(tried, 'wx', 0o600))
      rmSync(tried)
    } catch (error) {
      return told(folder, 'written', error)
    }
  }
  try {
    if (file !== null) closeSync(openSync(file, 'r'))
  } catch (error) {
    return told(file!, 'read', error)
  }
  return null
}

function mountAdvice(folder: string): string {
  const mend =
    'mount it, make room, or chown -R switchroom: what is there (a recording that is not sealed yet then counts as changed: after a day an auditor must accept it)'
  return `see findmnt -T ${folder} and df ${folder}; ${mend}; where it is meant to be another: switchroom recordings accept`
}

function linkWords(linked: string[]): string {
  return `links, through which no recording is heard, exported or removed: ${linked.join(', ')}`
}

function bindAdvice(link: string): string {
  return `where you laid them yourself, in place of each a folder that shows the same: W=$(readlink -f ${link}) && rm ${link} && mkdir ${link} && mount --bind "$W" ${link}, and a line in /etc/fstab`
}

/** Empty also where the database cannot be read, which the check of the files tells. */
async function knownBy(database: string): Promise<Known> {
  const nothing = { newest: [], mark: null }
  if (!existsSync(database)) return nothing
  const { drizzleOf, openReader } = await import('../store/db.ts')
  const { recordingQueries } = await import('../store/calls/recordings.ts')
  const { settingQueries } = await import('../store/settings.ts')
  try {
    const connection = openReader(database)
    try {
      const db = drizzleOf(connection)
      const mark = settingQueries['settings.get'](db, { key: markSetting })
      return { newest: recordingQueries['recordings.newest'](db, {}), mark }
    } finally {
      connection.close()
    }
  } catch {
    return nothing
  }
}

/** Nothing where no service runs. */
async function checkRecorder(config: Config): Promise<Checked[]> {
  try {
    const lines = await askService(config, { command, args: [], input: '' })
    if (lines === null) return []
    const disk = lines.join('')
    if (disk === 'well') return [{ state: 'ok', found: 'the running service records, and its disk keeps up' }]
    const advice = 'see df and iostat for the disk of the recordings, and journalctl -u switchroom'
    return [{ state: 'bad', found: diskWords(disk), advice }]
  } catch (error) {
    return [
      {
        state: 'bad',
        found: `the running service does not say how its recorder is: ${(error as Error).message}`,
        advice: 'see systemctl status switchroom; after an update: systemctl restart switchroom',
      },
    ]
  }
}
