import { createSocket, type Socket } from 'node:dgram'
import { createServer } from 'node:net'

/** A port that is free for UDP and TCP at `address` now. */
export async function freePort(address: string): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    const port = await new Promise<number>((done, fail) => {
      udp.once('error', fail)
      udp.bind(0, address, () => done(udp.address().port))
    })
    const tcp = createServer()
    const free = await new Promise<boolean>(done => {
      tcp.once('error', () => done(false))
      tcp.listen(port, address, () => done(true))
    })
    await new Promise<void>(done => udp.close(() => done()))
    if (free) {
      await new Promise<void>(done => tcp.close(() => done()))
      return port
    }
  }
  throw new Error(`no port is free for both UDP and TCP at ${address}`)
}

/**
 * So many ports in a row that are free for UDP at `address` now, as a range of the configuration (`40000-40199`), beginning where the system
 * says: two tests at once seldom get the same.
 */
export async function freePorts(address: string, count: number): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const from = (await freePort(address)) & ~1 // RTP is at even ports
    if (from + count > 65_536) continue
    const held = await Promise.all(Array.from({ length: count }, (_, at) => hold(address, from + at)))
    const isFree = held.every(socket => socket !== null)
    await Promise.all(held.map(socket => socket && new Promise<void>(done => socket.close(() => done()))))
    if (isFree) return `${from}-${from + count - 1}`
  }
  throw new Error(`no ${count} ports in a row are free for UDP at ${address}`)
}

function hold(address: string, port: number): Promise<Socket | null> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  return new Promise(resolve => {
    socket.once('error', () => socket.close(() => resolve(null)))
    socket.bind(port, address, () => resolve(socket))
  })
}
