/** What a file system said no with, by a name that words in any language stand behind. */
export const fileFaults = [
  'full',
  'read_only',
  'io_error',
  'no_access',
  'absent',
  'too_many_files',
  'taken',
  'too_large',
  'refused',
] as const
export type FileFault = (typeof fileFaults)[number]

const byCode: Readonly<Record<string, FileFault>> = {
  ...{ ENOSPC: 'full', EDQUOT: 'full', EROFS: 'read_only', EIO: 'io_error', EACCES: 'no_access', EPERM: 'no_access' },
  ...{ ENOENT: 'absent', ENOTDIR: 'absent', ESTALE: 'absent', ENODEV: 'absent', ENXIO: 'absent' },
  ...{ EMFILE: 'too_many_files', ENFILE: 'too_many_files', EEXIST: 'taken', EFBIG: 'too_large' },
}

/** `refused`: with another error of the system. Null: it is no error of the system's. */
export function fileFaultOf(error: unknown): FileFault | null {
  const { code } = error as NodeJS.ErrnoException
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) return null
  return byCode[code] ?? 'refused'
}
