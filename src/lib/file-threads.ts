/**
 * The threads that wait for files, for the whole process: libuv has four, and a share that hangs would keep them all within seconds (recordings
 * left open, the looks at its disk, custody). Then no file is read any more, nobody signs in, and a start is never over.
 */

/** More than ever wait for the share of the recordings at once: most of them one at a time. */
const fileThreads = 24

/** Call before any file is asked for by a promise: libuv reads it once. */
export function widenFileThreads(): void {
  process.env['UV_THREADPOOL_SIZE'] ??= String(fileThreads)
}
