/**
 * UDP as the relay loop sees it: numbered sockets, one inbound buffer, no promises. Two implementations: `libc-wire.ts` calls the kernel
 * directly, `dgram-wire.ts` goes through node:dgram (several times the CPU) where koffi has no binary, and as the reference.
 * Addresses are numbers, see `address-number.ts`.
 */

/** The same memory by octets and by words, which are copied four times as fast. */
export type Octets = { readonly bytes: Uint8Array; readonly words: Int32Array }

/** `bytes` begins at a word. */
export function octetsOf(bytes: Uint8Array): Octets {
  return { bytes, words: new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2) }
}

/**
 * A buffer that datagrams are sent from. `address` is where it lies for libc; 0 for dgram. `waits`: a datagram in it may be sent a little after
 * `send` has returned, together with others, since the wire leaves it as it is until then.
 */
export type PacketMemory = Octets & { readonly address: number; readonly waits: boolean }

/** Largest datagram we take, and room behind it for an SRTP tag. */
export const datagramMax = 2048
export const memoryBytes = datagramMax + 128

/** For a wire that sends at once, and whose addresses are nobody's business. */
export function plainMemory(): PacketMemory {
  return { ...octetsOf(new Uint8Array(memoryBytes)), address: 0, waits: false }
}

export type WireHandler = {
  /** A datagram lies in `inbound.bytes[0, length)`, from `sourceAddress:sourcePort`. `token` is what the socket was bound with. */
  onDatagram(token: number, length: number, nowMs: number): void
  /** Called after each batch of datagrams and at latest when due; answers ms until it is next due (at most 100). */
  onTick(nowMs: number): number
  /** Somebody called `wake` from another thread, or 100 ms have passed. */
  onWake(): void
}

export type Wire = {
  /** The datagram in hand. Each may lie in another memory. */
  inbound: PacketMemory
  sourceAddress: number
  sourcePort: number
  /** Room for one datagram of our own at a time. */
  memory(): PacketMemory
  /** Room for the next datagram of our own, of which there may be many in a row. */
  outbound(): PacketMemory
  /** `done` gets the socket's number, or an error code (`EADDRINUSE`, `EADDRNOTAVAIL`, `EMFILE`, …); perhaps before this returns. */
  bind(address: string, port: number, token: number, done: (socket: number, problem: string | null) => void): void
  /** From now on only this peer is heard, and `send` goes there. False: the kernel refused, and all is as before. */
  connect(socket: number, address: number, port: number): boolean
  /** Everybody is heard again; `send` may not be called. */
  disconnect(socket: number): void
  send(socket: number, memory: PacketMemory, length: number): void
  sendTo(socket: number, memory: PacketMemory, length: number, address: number, port: number): void
  close(socket: number): void
  /** What the kernel calls the socket; -1 where another thread could not take it. */
  descriptor(socket: number): number
  /** Gives the socket away without closing it: what arrives waits in it until another thread adopts it. */
  detach(socket: number): void
  /** Takes a socket that another thread has detached, or has left behind when it died; one that is here already keeps its number. `peer`: it is connected there; null: not to anybody. */
  adopt(descriptor: number, token: number, peer: { address: number; port: number } | null): number
  /** Runs the loop until `stop`. */
  run(handler: WireHandler): void
  stop(): void
}
