/**
 * Keeps one machine from taking all the places at the door. Connections that have not asked for anything yet are counted by address; and when
 * most places are taken, those that wait between two requests are closed: a browser opens another without a word.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { sourceOf } from '../lib/source.ts'

/** A shift behind one address that opens its browsers in the same second stays below. */
export const silentPerAddressMax = 256

export function keepPlaces(server: Server, placesMax: number): void {
  server.maxConnections = placesMax
  const crowdedFrom = Math.floor(placesMax * 0.8)
  const silent = new Map<string, number>()
  /** By port as well: behind TLS a request comes on another object than the connection. */
  const waiting = new Map<string, string>()
  let taken = 0

  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address, remotePort: port } = socket
    if (address === undefined) return void socket.destroy()
    const source = sourceOf(address)
    const count = (silent.get(source) ?? 0) + 1
    if (count > silentPerAddressMax) return void socket.destroy()
    silent.set(source, count)
    const place = `${address} ${port}`
    waiting.set(place, source)
    if (++taken > crowdedFrom) server.closeIdleConnections()
    socket.once('close', () => {
      taken--
      spoke(place)
    })
  })
  server.on('request', ({ socket }: IncomingMessage) => spoke(`${socket.remoteAddress} ${socket.remotePort}`))

  function spoke(place: string): void {
    const source = waiting.get(place)
    if (source === undefined) return
    waiting.delete(place)
    const left = (silent.get(source) ?? 1) - 1
    if (left === 0) silent.delete(source)
    else silent.set(source, left)
  }
}
