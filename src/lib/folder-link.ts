/**
 * Links laid in a folder of ours: whoever may write there could put one in place of a day's folder, and lead what is written, read or removed to
 * another place. The folder itself may be one, which an administrator made: its mark says that it is the right one. Looked at before a file is
 * opened or removed, a few lstat(2) each time. Who puts a link there between the look and what follows is not held off: they may move the file itself.
 */
import { lstatSync, type Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** `code`: as if its disk were gone, since all goes on when the link is taken away. */
export class LedAway extends Error {
  override name = 'LedAway'
  readonly code = 'ENODEV'

  constructor(place: string) {
    super(
      `${place} is a link: nothing is written, read or removed through it; find out who laid it there, and put what it leads to in its place, or a folder with mount --bind`,
    )
  }
}

/** Of the folders between `root` and the file. Rejects with LedAway, or the file system's error; what is not there yet is no link. */
export async function refuseLinks(root: string, file: string): Promise<void> {
  for (const folder of foldersOnTheWay(root, file)) {
    const found = await lstat(folder).catch(nothingIfGone)
    if (found === undefined) return
    if (found.isSymbolicLink()) throw new LedAway(folder)
  }
}

/** As `refuseLinks`, for a thread that may wait for its disk. */
export function refuseLinksNow(root: string, file: string): void {
  for (const folder of foldersOnTheWay(root, file)) {
    const found = lstatSync(folder, { throwIfNoEntry: false })
    if (found === undefined) return
    if (found.isSymbolicLink()) throw new LedAway(folder)
  }
}

/** What lies there, where neither it nor a folder on the way is a link; null: no file does. Rejects as `refuseLinks`. */
export async function fileBelow(root: string, file: string): Promise<Stats | null> {
  await refuseLinks(root, file)
  const found = await lstat(file).catch(nothingIfGone)
  if (found?.isSymbolicLink()) throw new LedAway(file)
  return found?.isFile() ? found : null
}

/** From the outermost on, without `root`; [] where the file lies elsewhere. */
function foldersOnTheWay(root: string, file: string): string[] {
  const below = relative(resolve(root), dirname(resolve(file)))
  const names = below === '' || below.split(sep)[0] === '..' ? [] : below.split(sep)
  return names.map((_, depth) => join(root, ...names.slice(0, depth + 1)))
}

function nothingIfGone(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}
