/**
 * One UDP socket that stands for hundreds of people, told apart by the port at which the service has each: packets leave and arrive in batches,
 * and the kernel itself notes when each arrived, so that a generator that looks late adds nothing to what it measures. Linux on x64 only.
 */
import koffi from 'koffi'
import { errorName, type NativeMemory, nativeMemory } from '../../src/rtp/libc.ts'

const library = koffi.load(null)
const call = (name: string, result: string, ...parameters: string[]) =>
  library.func(name, result, parameters) as unknown as (...args: number[]) => number
const libc = {
  socket: call('socket', 'int', 'int', 'int', 'int'),
  bind: call('bind', 'int', 'int', 'uintptr_t', 'uint'),
  setsockopt: call('setsockopt', 'int', 'int', 'int', 'int', 'uintptr_t', 'uint'),
  sendmmsg: call('sendmmsg', 'int', 'int', 'uintptr_t', 'uint', 'int'),
  recvmmsg: call('recvmmsg', 'int', 'int', 'uintptr_t', 'uint', 'int', 'uintptr_t'),
  clockGettime: call('clock_gettime', 'int', 'int', 'uintptr_t'),
}

const AF_INET = 2
const SOCK_DGRAM_NONBLOCK = 2 | 0o4000
const SOL_SOCKET = 1
const SO_RCVBUFFORCE = 33
const SO_RCVBUF = 8
const SO_TIMESTAMPNS = 35
const MSG_DONTWAIT = 0x40
/** A second and a half of 500 people. */
const receiveBufferBytes = 16 * 1024 * 1024
const slotBytes = 2048
const sentAtOnce = 8
const readAtOnce = 64
const controlBytes = 64
/** Of struct cmsghdr, before its struct timespec. */
const controlHeaderBytes = 16
const messageBytes = 64
const nameBytes = 16

const timespec = nativeMemory(16)
const timespecView = new DataView(timespec.bytes.buffer)

/** µs since 1970, of the clock that the kernel stamps packets with. */
export function nowUs(): number {
  libc.clockGettime(0, timespec.address)
  return readTimespec(timespecView, 0)
}

export class MassSocket {
  readonly #fd: number
  readonly #out: Batch
  readonly #in = new Batch(readAtOnce)
  #waiting = 0

  constructor(address: string, port: number) {
    const octets = address.split('.').map(Number)
    this.#fd = libc.socket(AF_INET, SOCK_DGRAM_NONBLOCK, 0)
    this.#out = new Batch(sentAtOnce)
    this.#out.addressAll(octets)
    const option = nativeMemory(nameBytes)
    const view = new DataView(option.bytes.buffer)
    view.setInt32(0, receiveBufferBytes, true)
    if (libc.setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUFFORCE, option.address, 4) !== 0)
      libc.setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUF, option.address, 4)
    view.setInt32(0, 1, true)
    libc.setsockopt(this.#fd, SOL_SOCKET, SO_TIMESTAMPNS, option.address, 4)
    view.setUint16(0, AF_INET, true)
    view.setUint16(2, port)
    option.bytes.set(octets, 4)
    if (libc.bind(this.#fd, option.address, nameBytes) !== 0)
      throw new Error(`${address}:${port} is not free: ${errorName(koffi.errno())}`)
  }

  /** Where the next packet goes into; `put` says how long it became and where it goes to. */
  get room(): Uint8Array {
    return this.#out.data(this.#waiting)
  }

  put(length: number, octets: readonly number[], port: number): void {
    this.#out.set(this.#waiting, length, octets, port)
    if (++this.#waiting === sentAtOnce) this.flush()
  }

  /** Answers whether a batch begins with the next packet. */
  get isEmpty(): boolean {
    return this.#waiting === 0
  }

  flush(): void {
    for (let sent = 0; sent < this.#waiting; ) {
      const count = libc.sendmmsg(this.#fd, this.#out.address(sent), this.#waiting - sent, MSG_DONTWAIT)
      if (count <= 0) break
      sent += count
    }
    this.#waiting = 0
  }

  /** All that has come: its octets, valid until `hear` returns, the port it came from, and when, µs. */
  receive(hear: (packet: Uint8Array, length: number, port: number, atUs: number) => void): void {
    for (;;) {
      this.#in.forget()
      const count = libc.recvmmsg(this.#fd, this.#in.address(0), readAtOnce, MSG_DONTWAIT, 0)
      for (let at = 0; at < count; at++)
        hear(this.#in.data(at), this.#in.length(at), this.#in.port(at), this.#in.arrivedUs(at))
      if (count < readAtOnce) return
    }
  }
}

/** Arrays of struct mmsghdr, and of what they point to. */
class Batch {
  readonly #size: number
  readonly #headers: NativeMemory
  readonly #view: DataView
  readonly #names: NativeMemory
  readonly #namesView: DataView
  readonly #controls: NativeMemory
  readonly #controlsView: DataView
  readonly #data: Uint8Array[]
  readonly #vectors: NativeMemory
  readonly #vectorsView: DataView

  constructor(size: number) {
    this.#size = size
    this.#headers = nativeMemory(size * messageBytes)
    this.#view = new DataView(this.#headers.bytes.buffer)
    this.#names = nativeMemory(size * nameBytes)
    this.#namesView = new DataView(this.#names.bytes.buffer)
    this.#controls = nativeMemory(size * controlBytes)
    this.#controlsView = new DataView(this.#controls.bytes.buffer)
    this.#vectors = nativeMemory(size * 16)
    this.#vectorsView = new DataView(this.#vectors.bytes.buffer)
    const data = nativeMemory(size * slotBytes)
    this.#data = Array.from({ length: size }, (_, at) => data.bytes.subarray(at * slotBytes, (at + 1) * slotBytes))
    for (let at = 0; at < size; at++) {
      const header = at * messageBytes
      this.#pointer(this.#view, header, this.#names.address + at * nameBytes)
      this.#pointer(this.#view, header + 16, this.#vectors.address + at * 16)
      this.#pointer(this.#view, header + 24, 1)
      this.#pointer(this.#vectorsView, at * 16, data.address + at * slotBytes)
    }
    this.forget()
    for (let at = 0; at < size; at++) this.#view.setUint32(at * messageBytes + 8, nameBytes, true)
  }

  /** As before anything was received: each may hold a whole datagram, its sender and its time. */
  forget(): void {
    for (let at = 0; at < this.#size; at++) {
      const header = at * messageBytes
      this.#view.setUint32(header + 8, nameBytes, true)
      this.#pointer(this.#view, header + 32, this.#controls.address + at * controlBytes)
      this.#pointer(this.#view, header + 40, controlBytes)
      this.#pointer(this.#vectorsView, at * 16 + 8, slotBytes)
    }
  }

  addressAll(octets: readonly number[]): void {
    for (let at = 0; at < this.#size; at++) this.set(at, 0, octets, 0)
  }

  set(at: number, length: number, octets: readonly number[], port: number): void {
    const name = at * nameBytes
    this.#namesView.setUint16(name, AF_INET, true)
    this.#namesView.setUint16(name + 2, port)
    for (let octet = 0; octet < 4; octet++) this.#namesView.setUint8(name + 4 + octet, octets[octet]!)
    this.#pointer(this.#vectorsView, at * 16 + 8, length)
    this.#pointer(this.#view, at * messageBytes + 32, 0)
    this.#pointer(this.#view, at * messageBytes + 40, 0)
  }

  address(at: number): number {
    return this.#headers.address + at * messageBytes
  }

  data(at: number): Uint8Array {
    return this.#data[at]!
  }

  length(at: number): number {
    return this.#view.getUint32(at * messageBytes + 56, true)
  }

  port(at: number): number {
    return this.#namesView.getUint16(at * nameBytes + 2)
  }

  arrivedUs(at: number): number {
    return readTimespec(this.#controlsView, at * controlBytes + controlHeaderBytes)
  }

  #pointer(view: DataView, at: number, value: number): void {
    view.setUint32(at, value % 2 ** 32, true)
    view.setUint32(at + 4, Math.floor(value / 2 ** 32), true)
  }
}

/** Exact to a quarter of a µs: seconds below 2^31. */
function readTimespec(view: DataView, at: number): number {
  return view.getUint32(at, true) * 1e6 + view.getUint32(at + 8, true) / 1000
}
