/**
 * Receiving from and sending on many sockets with one call to the kernel (io_uring(7)). The relay loop's sockets hold one packet each, so neither
 * recvmmsg nor sendmmsg helps; and of what a packet costs us a fifth is the way from JavaScript into the C library and back, twice a packet. All
 * that is queued here is done within `submit`: the sockets do not block, so the kernel finishes each at once, and nothing of ours is under way
 * between two calls. So a socket may be closed, or go to another thread, as if there were no ring.
 *
 * Needs Linux 5.19, and a kernel that permits it (the setting kernel.io_uring_disabled, containers): elsewhere there is none, and each packet is a call.
 * So it is with what a kernel does not take at run time (no memory, say): nothing stays queued behind our back, where it would be done later, with
 * other octets and perhaps on a socket that is another call's by then.
 */
import { type Libc, nativeMemory, viewOf } from './libc.ts'

const io_uring_setup = 425
const io_uring_enter = 426
/** An entry that fails does not keep those behind it from being tried (Linux 5.18). */
const IORING_SETUP_SUBMIT_ALL = 1 << 7
/** One mapping holds both rings' heads; and entries may ask not to be told of when they went well. */
const IORING_FEAT_SINGLE_MMAP = 1 << 0
const IORING_FEAT_CQE_SKIP = 1 << 11
const IORING_OFF_SQES = 0x10000000
const IORING_OP_SEND = 26
const IORING_OP_RECV = 27
const IOSQE_CQE_SKIP_SUCCESS = 1 << 6
const [PROT_READ_WRITE, MAP_SHARED_POPULATE] = [3, 0x8001]
const MSG_DONTWAIT = 0x40
const EAGAIN = 11
const [AF_INET, SOCK_DGRAM_NONBLOCK_CLOEXEC] = [2, 2 | 0o4000 | 0o2000000]

/** Entries of the ring: what may be queued before it is submitted. */
export const ringEntries = 128
/** Words of a `struct io_uring_sqe` and a `struct io_uring_cqe`. */
const [entryWords, resultWords] = [16, 4]
/** So often in a row the kernel may take less than all that is queued, until the ring is given up. */
const failuresMax = 8
/** Marks what is sent, of which only failures are told. */
const sentMark = 0xffff

/** What the main thread makes and closes, and a media thread works with: all numbers, so that it can be told to another thread. */
export type IoRingPlace = {
  fd: number
  /** Both rings' heads and the results. */
  address: number
  bytes: number
  entriesAddress: number
  entriesBytes: number
  /** Where things stand, in words of the first mapping. */
  sqHead: number
  sqTail: number
  sqArray: number
  cqHead: number
  cqTail: number
  cqMask: number
  results: number
}

/** Null where the kernel has none for us. */
export function createIoRing(libc: Libc): IoRingPlace | null {
  const params = nativeMemory(120)
  const view = new DataView(params.bytes.buffer)
  view.setUint32(8, IORING_SETUP_SUBMIT_ALL, true)
  const fd = libc.syscall(io_uring_setup, ringEntries, params.address, 0, 0, 0, 0)
  if (fd < 0) return null
  const word = (at: number) => view.getUint32(at, true)
  const wanted = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_CQE_SKIP
  const bytes = Math.max(word(64) + word(0) * 4, word(100) + word(4) * resultWords * 4)
  const entriesBytes = word(0) * entryWords * 4
  const address = libc.mmap(0, bytes, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, 0)
  const entriesAddress = libc.mmap(0, entriesBytes, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, IORING_OFF_SQES)
  const place: IoRingPlace = {
    ...{ fd, address, bytes, entriesAddress, entriesBytes },
    ...{ sqHead: word(40) >> 2, sqTail: word(44) >> 2, sqArray: word(64) >> 2 },
    ...{ cqHead: word(80) >> 2, cqTail: word(84) >> 2, cqMask: word(4) - 1, results: word(100) >> 2 },
  }
  if ((word(20) & wanted) === wanted && address >= 0 && entriesAddress >= 0 && works(libc, place)) return place
  closeIoRing(libc, place)
  return null
}

/** No thread may hold an `IoRing` on it any more. */
export function closeIoRing(libc: Libc, { fd, address, bytes, entriesAddress, entriesBytes }: IoRingPlace): void {
  if (address >= 0) libc.munmap(address, bytes)
  if (entriesAddress >= 0) libc.munmap(entriesAddress, entriesBytes)
  libc.close(fd)
}

/** Some kernels have the call and not these operations, or permit only to make a ring: an empty socket must answer at once that it is empty. */
function works(libc: Libc, place: IoRingPlace): boolean {
  const socket = libc.socket(AF_INET, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0)
  const ring = new IoRing(libc, place)
  const into = nativeMemory(8)
  ring.receive(socket, into.address, 8)
  ring.submit()
  libc.close(socket)
  return ring.failures === 0 && ring.lengths[0] === -EAGAIN
}

export class IoRing {
  /** Octets received, or a negative errno, of each `receive` since the `submit` before the last, in their order; at most `ringEntries`. */
  readonly lengths = new Int32Array(ringEntries)
  /** Entries that wait for `submit`. */
  queued = 0
  /** Submits in a row of which the kernel did not take everything; the rest was done one by one. */
  failures = 0
  readonly #libc: Libc
  readonly #place: IoRingPlace
  /** `struct io_uring_sqe`s, and the rings. */
  readonly #entries: Int32Array
  readonly #words: Int32Array
  #tail: number
  #receiving = 0

  constructor(libc: Libc, place: IoRingPlace) {
    this.#libc = libc
    this.#place = place
    this.#entries = new Int32Array(viewOf(place.entriesAddress, place.entriesBytes))
    this.#words = new Int32Array(viewOf(place.address, place.bytes))
    for (let i = 0; i < ringEntries; i++) this.#words[place.sqArray + i] = i
    this.#tail = this.#words[place.sqTail]!
  }

  get isFull(): boolean {
    return this.queued === ringEntries
  }

  /** The kernel does not take what is queued, and will not. */
  get isBroken(): boolean {
    return this.failures >= failuresMax
  }

  /** One datagram from a socket that does not block and is connected. */
  receive(fd: number, address: number, room: number): void {
    this.lengths[this.#receiving] = 0
    this.#queue(IORING_OP_RECV, fd, address, room, this.#receiving++)
  }

  /** One datagram on such a socket; the memory must stay as it is until `submit`. */
  send(fd: number, address: number, length: number): void {
    this.#queue(IORING_OP_SEND | (IOSQE_CQE_SKIP_SUCCESS << 8), fd, address, length, sentMark)
  }

  /** Does all that is queued. What could not be sent is lost, as a datagram may be. */
  submit(): void {
    const words = this.#words
    const { fd, sqHead, sqTail } = this.#place
    words[sqTail] = this.#tail
    let left = this.queued
    for (let before = left + 1; left > 0 && left < before; ) {
      before = left
      this.#libc.syscall(io_uring_enter, fd, left, 0, 0, 0, 0)
      this.#collect()
      left = (this.#tail - words[sqHead]!) | 0 // its word counts: what it has taken is done
    }
    this.failures = left > 0 ? this.failures + 1 : 0
    if (left > 0) this.#takeBack()
    this.queued = this.#receiving = 0
  }

  #collect(): void {
    const words = this.#words
    const { cqHead, cqTail, cqMask, results } = this.#place
    const until = words[cqTail]!
    for (let at = words[cqHead]!; at !== until; at = (at + 1) | 0) {
      const result = results + (at & cqMask) * resultWords
      const of = words[result]!
      if (of < ringEntries) this.lengths[of] = words[result + 2]!
    }
    words[cqHead] = until
  }

  /** What the kernel has not taken is done by a call each, and is in the ring no more. */
  #takeBack(): void {
    const { sqHead, sqTail } = this.#place
    const libc = this.#libc
    const entries = this.#entries
    const first = this.#words[sqHead]!
    this.#words[sqTail] = first
    for (let one = first; one !== this.#tail; one = (one + 1) | 0) {
      const at = (one & (ringEntries - 1)) * entryWords
      const [fd, length, mark] = [entries[at + 1]!, entries[at + 6]!, entries[at + 8]!]
      const address = (entries[at + 4]! >>> 0) + (entries[at + 5]! >>> 0) * 0x1_0000_0000
      if (mark === sentMark) libc.send(fd, address, length, MSG_DONTWAIT)
      else {
        const received = libc.recv(fd, address, length, MSG_DONTWAIT)
        this.lengths[mark] = received < 0 ? -libc.errno() : received
      }
    }
    this.#tail = first
  }

  #queue(operation: number, fd: number, address: number, length: number, mark: number): void {
    const entries = this.#entries
    const at = (this.#tail & (ringEntries - 1)) * entryWords
    entries[at] = operation
    entries[at + 1] = fd
    entries[at + 4] = address
    entries[at + 5] = address / 0x1_0000_0000
    entries[at + 6] = length
    entries[at + 7] = MSG_DONTWAIT
    entries[at + 8] = mark
    this.#tail = (this.#tail + 1) | 0
    this.queued++
  }
}
