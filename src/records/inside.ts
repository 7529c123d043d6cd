import path from 'node:path'

/** `folder`/`relative` as an absolute path; null when that would lead out of the folder, whatever the text says. */
export function resolveInside(folder: string, relative: string): string | null {
  const root = path.resolve(folder)
  const full = path.resolve(root, relative)
  return full.startsWith(root + path.sep) && !relative.includes('\0') ? full : null
}
