import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Files that ship with the program: from the checkout in development, from inside the single executable otherwise. */
export type Assets = {
  /** `path` is relative to `web/static`, already checked to be of plain names; null when there is none. */
  read(path: string): Promise<Uint8Array | null>
}

export function folderAssets(folder: string): Assets {
  return {
    async read(path) {
      try {
        return await readFile(join(folder, path))
      } catch {
        return null
      }
    },
  }
}
