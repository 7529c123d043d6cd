/** What the main thread holds for a media thread on libc: the eventfd that wakes it from `epoll_wait`, and the descriptors that outlive it. */
import { type Libc, type NativeMemory, nativeMemory } from './libc.ts'

const EPOLL_CLOEXEC = 0o2000000
const EFD_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000

export class Wake {
  readonly fd: number
  readonly #libc: Libc
  /** The 64-bit 1 that is written to it. */
  readonly #one: NativeMemory = nativeMemory(8)

  constructor(libc: Libc) {
    this.#libc = libc
    this.#one.bytes[0] = 1
    this.fd = libc.eventfd(0, EFD_NONBLOCK_CLOEXEC)
  }

  wake(): void {
    this.#libc.write(this.fd, this.#one.address, 8)
  }

  /** An empty epoll set, for the thread that is woken. */
  epoll(): number {
    return this.#libc.epoll_create1(EPOLL_CLOEXEC)
  }

  closeFd(fd: number): void {
    if (fd >= 0) this.#libc.close(fd)
  }

  close(): void {
    this.#libc.close(this.fd)
  }
}
