/** The wire on node:dgram: the same behaviour at twice the cost, wherever node runs. */
import { createSocket, type Socket as Dgram } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { addressNumber, addressText, ipv6Bytes, numberOfBytes } from './address-number.ts'
import { datagramMax, plainMemory, type Wire, type WireHandler } from './wire.ts'

type Socket = { dgram: Dgram; peerAddress: number; peerPort: number; isConnected: boolean }

/** `clock` gives ms. Waking is the business of the thread's own event loop. */
export function createDgramWire(clock: () => number): Wire {
  const inbound = plainMemory()
  const outbound = plainMemory()
  const sockets: (Socket | null)[] = []
  let handler: WireHandler | null = null
  let timer: NodeJS.Timeout | null = null
  let dueAt = 0

  const wire: Wire = {
    inbound,
    sourceAddress: 0,
    sourcePort: 0,
    memory: plainMemory,
    outbound: () => outbound,
    bind(address, port, token, done) {
      const isIpv6 = isIPv6(address)
      const dgram = createSocket({ type: isIpv6 ? 'udp6' : 'udp4', ipv6Only: isIpv6, recvBufferSize: 256 * 1024 })
      const onProblem = (error: NodeJS.ErrnoException) => {
        dgram.close()
        done(-1, error.code ?? error.message)
      }
      dgram.once('error', onProblem)
      dgram.bind({ address, port, exclusive: true }, () => {
        dgram.off('error', onProblem)
        dgram.on('error', () => {}) // an ICMP answer to a packet we sent: the far end is not there yet, or no more
        const slot = sockets.length
        sockets.push({ dgram, peerAddress: 0, peerPort: 0, isConnected: false })
        dgram.on('message', (bytes, from) => receive(slot, token, bytes, sourceNumber(from.address), from.port))
        done(slot, null)
      })
    },
    // A dgram socket connects asynchronously, so the filter stands here.
    connect(slot, address, port) {
      Object.assign(sockets[slot]!, { isConnected: true, peerAddress: address, peerPort: port })
      return true
    },
    disconnect(slot) {
      sockets[slot]!.isConnected = false
    },
    send(slot, memory, length) {
      const { peerAddress, peerPort } = sockets[slot]!
      wire.sendTo(slot, memory, length, peerAddress, peerPort)
    },
    sendTo(slot, memory, length, address, port) {
      // dgram may keep the buffer until later, and the loop reuses its own at once.
      if (port > 0 && port < 65_536)
        sockets[slot]!.dgram.send(Buffer.from(memory.bytes.subarray(0, length)), port, addressText(address))
    },
    close(slot) {
      sockets[slot]?.dgram.close()
      sockets[slot] = null
    },
    descriptor: () => -1,
    detach() {
      throw new Error('a socket of node:dgram stays with its thread')
    },
    adopt() {
      throw new Error('a socket of node:dgram stays with its thread')
    },
    run(given) {
      handler = given
      tick()
    },
    stop() {
      handler = null
      if (timer !== null) clearTimeout(timer)
      for (const slot of sockets.keys()) wire.close(slot)
    },
  }
  return wire

  function receive(slot: number, token: number, bytes: Buffer, address: number, port: number): void {
    const socket = sockets[slot]
    if (!socket || handler === null || bytes.length === 0 || bytes.length > datagramMax) return
    if (socket.isConnected && (socket.peerAddress !== address || socket.peerPort !== port)) return
    inbound.bytes.set(bytes)
    wire.sourceAddress = address
    wire.sourcePort = port
    handler.onDatagram(token, bytes.length, clock())
    if (clock() >= dueAt) tick()
  }

  function tick(): void {
    if (handler === null) return
    handler.onWake()
    const waitMs = handler?.onTick(clock()) ?? 0
    dueAt = clock() + waitMs
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(tick, waitMs)
  }
}

/** A source is looked up and never named: only the signalling does that. */
function sourceNumber(text: string): number {
  const bytes = ipv6Bytes(text)
  return bytes === null ? (addressNumber(text) ?? 0) : numberOfBytes(bytes, 0)
}
