/**
 * The C library, called through koffi: the functions the relay loop needs. Addresses travel as numbers (below 2^47 here, so exact),
 * which spares a conversion per call. Linux on x64 and arm64 only; elsewhere `loadLibc` answers null and node:dgram takes over.
 */
import koffi from 'koffi'

type Call = (...args: number[]) => number

const signatures = {
  socket: ['int', 'int', 'int', 'int'],
  bind: ['int', 'int', 'uintptr_t', 'uint'],
  connect: ['int', 'int', 'uintptr_t', 'uint'],
  setsockopt: ['int', 'int', 'int', 'int', 'uintptr_t', 'uint'],
  recv: ['int64_t', 'int', 'uintptr_t', 'size_t', 'int'],
  recvfrom: ['int64_t', 'int', 'uintptr_t', 'size_t', 'int', 'uintptr_t', 'uintptr_t'],
  send: ['int64_t', 'int', 'uintptr_t', 'size_t', 'int'],
  sendto: ['int64_t', 'int', 'uintptr_t', 'size_t', 'int', 'uintptr_t', 'uint'],
  close: ['int', 'int'],
  epoll_create1: ['int', 'int'],
  epoll_ctl: ['int', 'int', 'int', 'int', 'uintptr_t'],
  epoll_wait: ['int', 'int', 'uintptr_t', 'int', 'int'],
  usleep: ['int', 'uint'],
  eventfd: ['int', 'uint', 'int'],
  read: ['int64_t', 'int', 'uintptr_t', 'size_t'],
  write: ['int64_t', 'int', 'uintptr_t', 'size_t'],
  fallocate: ['int', 'int', 'int', 'int64_t', 'int64_t'],
  setpriority: ['int', 'int', 'uint', 'int'],
  sched_setscheduler: ['int', 'int', 'int', 'uintptr_t'],
  mmap: ['int64_t', 'uintptr_t', 'size_t', 'int', 'int', 'int', 'int64_t'],
  munmap: ['int', 'uintptr_t', 'size_t'],
  /** For what the C library has no function for: its number, then up to six words. */
  syscall: ['int64_t', 'int', 'int', 'uintptr_t', 'uint', 'uint', 'uintptr_t', 'size_t'],
} as const satisfies Record<string, readonly string[]>

export type Libc = { readonly [Name in keyof typeof signatures]: Call } & {
  /** Of the last call that answered -1. */
  errno(): number
}

/** Memory that C may read and write, and where it lies. It does not move while this object lives. */
export type NativeMemory = { readonly bytes: Uint8Array; readonly address: number }

let loaded: Libc | null | undefined

/** This thread's bindings, or null where there are none. */
export function loadLibc(): Libc | null {
  if (loaded === undefined) loaded = bindLibc()
  return loaded
}

export function nativeMemory(size: number): NativeMemory {
  const bytes = new Uint8Array(new ArrayBuffer(size))
  return { bytes, address: Number(koffi.address(bytes.buffer)) }
}

/** Memory that the kernel gave (mmap(2)): whoever holds the view must be gone before it is given back. */
export function viewOf(address: number, size: number): ArrayBuffer {
  return koffi.view(BigInt(address), size)
}

/** The name of an errno, as node spells it. */
export function errorName(errno: number): string {
  return Object.entries(koffi.os.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`
}

/** struct epoll_event is packed on x64 only. */
export const epollEventBytes = process.arch === 'x64' ? 12 : 16
export const epollDataAt = process.arch === 'x64' ? 4 : 8

function bindLibc(): Libc | null {
  if (process.platform !== 'linux' || (process.arch !== 'x64' && process.arch !== 'arm64')) return null
  try {
    const library = koffi.load(null)
    const libc: Record<string, unknown> = { errno: () => koffi.errno() }
    for (const [name, [result, ...parameters]] of Object.entries(signatures))
      libc[name] = library.func(name, result, parameters)
    return libc as Libc
  } catch {
    return null
  }
}
