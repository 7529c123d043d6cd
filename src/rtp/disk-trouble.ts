/** What an error of the file system says about a recording: that it waits for room, or for a disk that takes it again, or that it has failed. */
export type DiskTrouble = 'full' | 'unwritable'

const full = new Set(['ENOSPC', 'EDQUOT'])
/** Of this very file, or of our own making: no disk that comes round mends it. */
const final = new Set(['EEXIST', 'EFBIG', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'EINVAL', 'EBADF'])

/** Null: it has failed, and waiting is of no use. */
export function troubleOf(error: unknown): DiskTrouble | null {
  const code = codeOf(error)
  if (full.has(code)) return 'full'
  return /^E[A-Z0-9]+$/.test(code) && !final.has(code) ? 'unwritable' : null
}

export function isGone(error: unknown): boolean {
  return codeOf(error) === 'ENOENT'
}

export function reasonOf(error: unknown): string {
  const { message } = error as Error
  const words: Record<string, string> = {
    ENOSPC: 'the disk was full from its beginning to its end',
    EDQUOT: 'the disk was full from its beginning to its end',
    EROFS: 'the disk is mounted read-only',
    EIO: 'the disk reports an error',
    EACCES: 'the folder is not writable',
    ENOENT: 'the folder does not exist',
    EEXIST: 'the file exists already',
    EMFILE: 'too many open files',
    EFBIG: 'the file is too large',
  }
  const code = codeOf(error)
  return code in words ? `${words[code]} (${message})` : message
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}
