/**
 * The mark of the folder of recordings: a small hidden file that says which folder it is. Where a disk or share is not mounted, the folder beneath
 * takes recordings as well, on a disk where nobody looks for them, and they are out of sight when the mount is back; it bears no mark, or an old one.
 */
import { closeSync, constants, fdatasyncSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { openFresh, openFreshNow } from './fresh-file.ts'
import { secretText } from './random.ts'

export const markName = '.switchroom'
/** Whoever may write in the folder can lay anything there: a file without end, or a pipe whose other end never comes. */
const markBytesMax = 128
const toRead = constants.O_RDONLY | constants.O_NONBLOCK

/** What looks like another folder than the one that recordings were kept in. `code`: as if its disk were gone, which it probably is. */
export class OtherFolder extends Error {
  override name = 'OtherFolder'
  readonly code = 'ENODEV'

  constructor(folder: string) {
    super(
      `${folder} looks like another folder than the one that recordings were kept in (its file ${markName} is not the one that was made there): ` +
        'is the disk of the recordings mounted? If it is meant to be another: switchroom recordings accept',
    )
  }
}

/** Null: it bears none, or is not there. Rejects with the file system's error. */
export async function markOf(folder: string): Promise<string | null> {
  try {
    await using handle = await open(join(folder, markName), toRead)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(markBytesMax), 0, markBytesMax)
    return markIn(buffer.toString('utf8', 0, bytesRead))
  } catch (error) {
    return noneIfGone(error)
  }
}

/** Null: not known, and nothing is compared. Rejects with OtherFolder, or the file system's error. */
export async function mustBear(folder: string, mark: string | null): Promise<void> {
  if (mark !== null && (await markOf(folder)) !== mark) throw new OtherFolder(folder)
}

/** For a thread that may wait for its disk. Throws OtherFolder, or the file system's error. */
export function assertMarked(folder: string, mark: string | null): void {
  let there: string | null
  try {
    there = markIn(startOf(join(folder, markName)))
  } catch (error) {
    there = noneIfGone(error)
  }
  if (mark === null || there !== mark) throw new OtherFolder(folder)
}

function startOf(file: string): string {
  const opened = openSync(file, toRead)
  try {
    const bytes = Buffer.alloc(markBytesMax)
    return bytes.toString('utf8', 0, readSync(opened, bytes))
  } finally {
    closeSync(opened)
  }
}

const markIn = (text: string) => text.split('\n', 1)[0]!.slice(0, 64)

function noneIfGone(error: unknown): null {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return null
  throw error
}

export function newMark(): string {
  return secretText(11)
}

const textOf = (mark: string) => `${mark}\nSwitchroom keeps its recordings in this folder, and knows it by this file.\n`

/** Makes the folder too. Rejects with the file system's error. */
export async function setMark(folder: string, mark: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o750 })
  const file = join(folder, markName)
  {
    await using handle = await openFresh(`${file}.part`)
    await handle.write(textOf(mark))
    await handle.datasync()
  }
  await rename(`${file}.part`, file)
}

/** As `setMark`, for a process that may wait for the disk: root is somebody else for as long as a call takes (`asOwnerOf`). */
export function setMarkNow(folder: string, mark: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o750 })
  const file = join(folder, markName)
  const part = openFreshNow(`${file}.part`)
  try {
    writeSync(part, textOf(mark))
    fdatasyncSync(part)
  } finally {
    closeSync(part)
  }
  renameSync(`${file}.part`, file)
}
