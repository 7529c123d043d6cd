/** The wire on libc: one epoll set, one non-blocking socket per leg, every buffer made once; packets by the batch where the kernel has a ring for us. */
import { addressNumber, isIpv6Number, numberOfBytes, writeIpv6 } from './address-number.ts'
import { IoRing, type IoRingPlace } from './io-ring.ts'
import { epollDataAt, epollEventBytes, errorName, type Libc, nativeMemory } from './libc.ts'
import { datagramMax, memoryBytes, octetsOf, type PacketMemory, type Wire, type WireHandler } from './wire.ts'

const AF_INET = 2
const AF_INET6 = 10
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26
const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0o4000 | 0o2000000
const SOL_SOCKET = 1
const SO_RCVBUF = 8
const MSG_PEEK = 2
const MSG_DONTWAIT = 0x40
const EAGAIN = 11
const EPOLL_CTL_ADD = 1
const EPOLL_CTL_DEL = 2
const EPOLLIN = 1
const sockaddrBytes = 16
/** struct sockaddr_in6. */
const sockaddr6Bytes = 28
const eventsMax = 512
/** 300 packets of audio: 6 s, more than any pause of this thread. */
const receiveBufferBytes = 256 * 1024
/** The event loop of the thread gets a turn this often; nothing that matters waits for it. */
const sliceMs = 1000
/** Of a long batch, the clock is read again after so many datagrams. */
const datagramsPerReading = 8
/**
 * Where packets come thick, to wake up for each of them costs as much as to relay it. So the loop looks so often only, as a network card does
 * with its interrupts, rests between two looks, and relays at once what has come meanwhile: some eight datagrams, since the code that relays
 * has left the processor's caches when the thread wakes. What a look found counts as part of that time: with many calls the rest grows short,
 * and a packet waits no longer than with few.
 */
const [lookUsMin, lookUsMax] = [250, 500]
const datagramsALook = 8

/** µs from one look to the next where so many datagrams come a second: 500 up to 160 calls, 250 from 320 on. */
export function lookUsAt(datagramsPerSecond: number): number {
  return Math.min(lookUsMax, Math.max(lookUsMin, (datagramsALook * 1e6) / datagramsPerSecond))
}

/** A rest shorter than this is mostly falling asleep and waking up. */
const restUsMin = 40
/** It rests as long as so many datagrams come in the shortest time between two looks, which 40 calls send; with fewer, a rest is one more waking up. */
const restedMin = 1
/** They are counted over this long. */
const countMs = 20
/** Datagrams of a batch; each may be sent on, so it is half of what the ring takes. */
const batchMax = 64
/** Of a long batch, those sent on so far leave together: where each is sealed, the first would wait for the last for half a millisecond. */
const sentTogether = 8
/** Fewer are as cheap one by one. */
const batchMin = 3

/** Datagrams that came before a socket was connected, looked at in one turn. */
const sortedMax = 64

/** `isUnsorted`: it is connected, and what had come before may be anybody's: sources are looked at until its queue was empty once. */
type Socket = {
  fd: number
  token: number
  isConnected: boolean
  isUnsorted: boolean
  address: number
  port: number
}

/**
 * `epoll` is an empty epoll set, which the main thread has made and closes. `wakeFd` is an eventfd: writing 8 bytes to it from any thread
 * wakes the loop. `ringPlace`: null where the kernel has none. `clock` gives ms. `tell` hears once when the ring is given up.
 */
export function createLibcWire(
  libc: Libc,
  epoll: number,
  wakeFd: number,
  ringPlace: IoRingPlace | null,
  clock: () => number,
  tell: (words: string) => void = () => undefined,
): Wire {
  const events = nativeMemory(eventsMax * epollEventBytes)
  const eventView = new DataView(events.bytes.buffer)
  const control = nativeMemory(epollEventBytes)
  const controlView = new DataView(control.bytes.buffer)
  const source = nativeMemory(sockaddr6Bytes)
  const sourceLength = nativeMemory(8)
  const target = nativeMemory(sockaddr6Bytes)
  const scratch = nativeMemory(8)
  const inbound = packetMemory(false)
  /** Null also once it is given up. */
  let ring = ringPlace && new IoRing(libc, ringPlace)
  /** Where the datagrams of a batch lie, and those of our own that wait to be sent. */
  const inbounds = ring === null ? [] : Array.from({ length: batchMax }, () => packetMemory(true))
  const outbounds = ring === null ? [packetMemory(false)] : Array.from({ length: batchMax }, () => packetMemory(true))
  let outbound = 0
  const inBatch: Socket[] = []
  const bySingle: Socket[] = []
  /** By slot; the epoll data is the slot + 1, and 0 is the wake-up. */
  const sockets: (Socket | null)[] = []
  const freeSlots: number[] = []
  let running = false
  /** ms; of the last look at the clock. */
  let now = clock()
  /** Datagrams since `countedAt`, and whether the loop rests before it looks. */
  let counted = 0
  let countedAt = now
  let rests = false
  let lookUs = lookUsMin
  let lookedAt = now

  watch(wakeFd, 0)

  const wire: Wire = {
    inbound,
    sourceAddress: 0,
    sourcePort: 0,
    memory: () => packetMemory(false),
    outbound() {
      if (outbound === outbounds.length) {
        sendQueued()
        outbound = 0
      }
      return outbounds[outbound++]!
    },
    bind,
    connect(slot, address, port) {
      const socket = sockets[slot]!
      if (libc.connect(socket.fd, target.address, writeAddress(address, port)) !== 0) return false
      const isUnsorted = libc.recv(socket.fd, scratch.address, 1, MSG_DONTWAIT | MSG_PEEK) >= 0 || !isEmpty()
      Object.assign(socket, { isConnected: !isUnsorted, isUnsorted, address, port })
      return true
    },
    disconnect(slot) {
      sendQueued()
      const socket = sockets[slot]!
      target.bytes.fill(0) // AF_UNSPEC dissolves the association (connect(2))
      libc.connect(socket.fd, target.address, sockaddrBytes)
      socket.isConnected = socket.isUnsorted = false
    },
    send(slot: number, memory: PacketMemory, length: number) {
      const { fd } = sockets[slot]!
      if (ring !== null && memory.waits) return sendSoon(ring, fd, memory, length)
      sendQueued() // each socket sends in the order of its packets
      libc.send(fd, memory.address, length, MSG_DONTWAIT)
    },
    sendTo(slot, memory, length, address, port) {
      sendQueued()
      const addressBytes = writeAddress(address, port)
      libc.sendto(sockets[slot]!.fd, memory.address, length, MSG_DONTWAIT, target.address, addressBytes)
    },
    close(slot) {
      const socket = sockets[slot]
      if (!socket) return
      sendQueued()
      libc.close(socket.fd) // leaves the epoll set by itself
      socket.fd = -1 // it may be in the batch at hand
      sockets[slot] = null
      freeSlots.push(slot)
    },
    descriptor: slot => sockets[slot]!.fd,
    detach(slot) {
      sendQueued()
      const socket = sockets[slot]!
      libc.epoll_ctl(epoll, EPOLL_CTL_DEL, socket.fd, control.address)
      socket.fd = -1
      sockets[slot] = null
      freeSlots.push(slot)
    },
    adopt(fd, token, peer) {
      const { address, port } = peer ?? { address: 0, port: 0 }
      const socket = { fd, token, isConnected: false, isUnsorted: peer !== null, address, port }
      const held = sockets.findIndex(other => other?.fd === fd)
      const slot = held < 0 ? take(socket) : held
      if (held >= 0) Object.assign(sockets[held]!, socket)
      if (peer === null) wire.disconnect(slot)
      return slot
    },
    run(handler) {
      running = true
      const slice = () => {
        now = clock()
        const until = now + sliceMs
        handler.onWake()
        while (running && now < until) turn(handler)
        if (running) setImmediate(slice)
        else dispose()
      }
      setImmediate(slice)
    },
    stop() {
      running = false
    },
  }
  return wire

  function turn(handler: WireHandler): void {
    const waitMs = handler.onTick(now)
    sendQueued()
    if (rests && waitMs > 0) rest()
    const count = libc.epoll_wait(epoll, events.address, eventsMax, waitMs)
    now = lookedAt = clock()
    counted += count
    if (now - countedAt >= countMs) recount()
    // What was ordered before a packet came is done before it is heard; and sockets may come, go and be tied by that.
    if (isWoken(count)) handler.onWake()
    let batched = 0
    let single = 0
    for (let i = 0; i < count; i++) {
      const socket = sockets[eventData(i) - 1]
      if (socket?.isConnected && ring !== null && count >= batchMin) inBatch[batched++] = socket
      else if (socket) bySingle[single++] = socket
    }
    for (let from = 0; from < batched; from += batchMax) {
      const to = Math.min(batched, from + batchMax)
      if (ring !== null) relayBatch(ring, handler, from, to)
      else for (let i = from; i < to; i++) bySingle[single++] = inBatch[i]!
    }
    for (let i = 0; i < single; i++) {
      lookAgain(i)
      receive(bySingle[i]!, handler)
    }
    sendQueued()
  }

  function eventData(index: number): number {
    return eventView.getUint32(index * epollEventBytes + epollDataAt, true)
  }

  /** The thread was told to wake up, or nothing came for as long as it waits. */
  function isWoken(count: number): boolean {
    for (let i = 0; i < count; i++) if (eventData(i) === 0) return libc.read(wakeFd, scratch.address, 8) !== 0
    return count <= 0
  }

  /** One datagram of each of these sockets: received at once, and sent on at once. */
  function relayBatch(ring: IoRing, handler: WireHandler, from: number, to: number): void {
    for (let i = from; i < to; i++) ring.receive(inBatch[i]!.fd, inbounds[i - from]!.address, datagramMax)
    submit(ring)
    for (let i = from; i < to; i++) {
      const length = ring.lengths[i - from]!
      const { fd, token, address, port } = inBatch[i]!
      wire.inbound = inbounds[i - from]!
      wire.sourceAddress = address
      wire.sourcePort = port
      lookAgain(i)
      if (length > 0 && fd >= 0) handler.onDatagram(token, length, now)
      if ((i - from) % sentTogether === sentTogether - 1) sendQueued()
    }
    wire.inbound = inbound
    sendQueued()
  }

  function sendSoon(ring: IoRing, fd: number, memory: PacketMemory, length: number): void {
    if (ring.isFull) submit(ring)
    if (ring.isBroken) libc.send(fd, memory.address, length, MSG_DONTWAIT)
    else ring.send(fd, memory.address, length)
  }

  function sendQueued(): void {
    if (ring !== null && ring.queued > 0) submit(ring)
  }

  /** Where the kernel takes nothing by the ring any more, each packet is a call from then on. */
  function submit(its: IoRing): void {
    its.submit()
    if (ring === null || !its.isBroken) return
    ring = null
    tell('the kernel takes no batches of packets any more: each is a call of its own from now on')
  }

  /** At the clock, in a long row of datagrams. */
  function lookAgain(count: number): void {
    if (count % datagramsPerReading === datagramsPerReading - 1) now = clock()
  }

  /** Until the next look is due. */
  function rest(): void {
    const us = Math.floor(lookUs - (clock() - lookedAt) * 1000)
    if (us >= restUsMin) libc.usleep(us)
  }

  /** Whether rests are worth it, and how long they are. */
  function recount(): void {
    const sinceUs = (now - countedAt) * 1000
    rests = counted * lookUsMin >= restedMin * sinceUs
    lookUs = lookUsAt((counted * 1e6) / sinceUs)
    counted = 0
    countedAt = now
  }

  function isEmpty(): boolean {
    return libc.errno() === EAGAIN
  }

  function receiveSorted(socket: Socket, handler: WireHandler): void {
    for (let seen = 0; seen < sortedMax && socket.isUnsorted && socket.fd >= 0; seen++) {
      const length = receiveFrom(socket)
      if (length < 0 && isEmpty()) {
        socket.isConnected = true
        socket.isUnsorted = false
      } else if (length > 0 && wire.sourceAddress === socket.address && wire.sourcePort === socket.port)
        handler.onDatagram(socket.token, length, now)
    }
  }

  /** One datagram: at 50 a second a queue seldom holds two, and epoll tells again if it does. */
  function receive(socket: Socket, handler: WireHandler): void {
    if (socket.isUnsorted) return receiveSorted(socket, handler)
    let length: number
    if (socket.isConnected) {
      length = libc.recv(socket.fd, inbound.address, datagramMax, MSG_DONTWAIT)
      wire.sourceAddress = socket.address
      wire.sourcePort = socket.port
    } else length = receiveFrom(socket)
    if (length > 0) handler.onDatagram(socket.token, length, now)
  }

  function receiveFrom({ fd }: Socket): number {
    sourceLength.bytes[0] = sockaddr6Bytes
    const length = libc.recvfrom(fd, inbound.address, datagramMax, MSG_DONTWAIT, source.address, sourceLength.address)
    const from = source.bytes
    wire.sourcePort = (from[2]! << 8) | from[3]!
    wire.sourceAddress =
      from[0] === AF_INET6
        ? numberOfBytes(from, 8)
        : ((from[4]! << 24) | (from[5]! << 16) | (from[6]! << 8) | from[7]!) >>> 0
    return length
  }

  function packetMemory(waits: boolean): PacketMemory {
    const { bytes, address } = nativeMemory(memoryBytes)
    return { ...octetsOf(bytes), address, waits }
  }

  function bind(address: string, port: number, token: number, done: (slot: number, problem: string | null) => void) {
    const number = addressNumber(address)
    if (number === null) return done(-1, 'EADDRNOTAVAIL')
    const isIpv6 = isIpv6Number(number)
    const fd = libc.socket(isIpv6 ? AF_INET6 : AF_INET, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0)
    if (fd < 0) return done(-1, errorName(libc.errno()))
    new DataView(scratch.bytes.buffer).setInt32(0, receiveBufferBytes, true)
    libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, scratch.address, 4)
    if (isIpv6) {
      // Else it would hold the same port of IPv4 too, where another leg may be.
      new DataView(scratch.bytes.buffer).setInt32(0, 1, true)
      libc.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, scratch.address, 4)
    }
    if (libc.bind(fd, target.address, writeAddress(number, port)) !== 0) {
      const problem = errorName(libc.errno())
      libc.close(fd)
      return done(-1, problem)
    }
    done(take({ fd, token, isConnected: false, isUnsorted: false, address: 0, port: 0 }), null)
  }

  function take(socket: Socket): number {
    const slot = freeSlots.pop() ?? sockets.length
    sockets[slot] = socket
    watch(socket.fd, slot + 1)
    return slot
  }

  function watch(fd: number, data: number): void {
    controlView.setUint32(0, EPOLLIN, true)
    controlView.setUint32(epollDataAt, data, true)
    libc.epoll_ctl(epoll, EPOLL_CTL_ADD, fd, control.address)
  }

  /** struct sockaddr_in or sockaddr_in6 into `target`; answers its length. */
  function writeAddress(address: number, port: number): number {
    const to = target.bytes
    if (isIpv6Number(address)) return writeAddress6(address, port)
    to[0] = AF_INET
    to[1] = 0
    to[2] = port >> 8
    to[3] = port & 255
    to[4] = address >>> 24
    to[5] = (address >>> 16) & 255
    to[6] = (address >>> 8) & 255
    to[7] = address & 255
    return sockaddrBytes
  }

  function writeAddress6(address: number, port: number): number {
    const to = target.bytes
    to.fill(0)
    to[0] = AF_INET6
    to[2] = port >> 8
    to[3] = port & 255
    writeIpv6(address, to, 8)
    return sockaddr6Bytes
  }

  function dispose(): void {
    sockets.forEach((_, slot) => {
      wire.close(slot)
    })
  }
}
