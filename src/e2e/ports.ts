import { createSocket } from 'node:dgram'
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
