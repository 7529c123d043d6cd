/** The eventfd by which the main thread wakes a media thread that waits in `epoll_wait`. */
import { type Libc, type NativeMemory, nativeMemory } from './libc.ts'

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

  close(): void {
    this.#libc.close(this.fd)
  }
}
