/**
 * A file that is written under a name that anybody can tell beforehand, in a folder where others may write too: whoever does could lay a link there that
 * leads to a file of ours, or a pipe that waits for its other end for good. What lies there is taken away first, and the file is made anew or not at all.
 */
import { constants, openSync, unlinkSync } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'

const toMake = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** For writing; empty. Rejects with the file system's error: EEXIST where another came first, EISDIR where a folder lies there. */
export async function openFresh(file: string, mode = 0o640): Promise<FileHandle> {
  await unlink(file).catch(passIfGone)
  return await open(file, toMake, mode)
}

/** As `openFresh`, for a thread that may wait for its disk. */
export function openFreshNow(file: string, mode = 0o640): number {
  try {
    unlinkSync(file)
  } catch (error) {
    passIfGone(error as NodeJS.ErrnoException)
  }
  return openSync(file, toMake, mode)
}

function passIfGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
