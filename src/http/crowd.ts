/**
 * Keeps one machine from taking all the places at the door. Connections that have not asked for anything yet are counted by address, and those of one
 * IPv6 network together; and when most places are taken, those that wait between two requests are closed: a browser opens another without a word.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { sourceOf } from '../lib/source.ts'

/** A shift behind one address that opens its browsers in the same second stays below. */
export const silentPerAddressMax = 256
/** Of a source: a /64 is a LAN of many who each have an address of their own, and one machine that fills its own leaves places for them. */
export const silentPerSourceMax = 4 * silentPerAddressMax

export function keepPlaces(server: Server, placesMax: number): void {
  server.maxConnections = placesMax
  const crowdedFrom = Math.floor(placesMax * 0.8)
  /** By address and by source, which are one for IPv4: the lower bound holds there. */
  const silent = new Map<string, number>()
  /** By port as well: behind TLS a request comes on another object than the connection. */
  const waiting = new Map<string, string[]>()
  let taken = 0

  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address, remotePort: port } = socket
    if (address === undefined) return void socket.destroy()
    const source = sourceOf(address)
    const isFull = silentOf(address) >= silentPerAddressMax || silentOf(source) >= silentPerSourceMax
    if (isFull) return void socket.destroy()
    const counted = [...new Set([address, source])]
    for (const of of counted) silent.set(of, silentOf(of) + 1)
    const place = `${address} ${port}`
    waiting.set(place, counted)
    if (++taken > crowdedFrom) server.closeIdleConnections()
    socket.once('close', () => {
      taken--
      spoke(place)
    })
  })
  server.on('request', ({ socket }: IncomingMessage) => spoke(`${socket.remoteAddress} ${socket.remotePort}`))

  function spoke(place: string): void {
    for (const of of waiting.get(place) ?? []) {
      if (silentOf(of) > 1) silent.set(of, silentOf(of) - 1)
      else silent.delete(of)
    }
    waiting.delete(place)
  }

  function silentOf(of: string): number {
    return silent.get(of) ?? 0
  }
}
