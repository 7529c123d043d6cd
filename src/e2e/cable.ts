/** A UDP cable that can be pulled: what comes to its port goes on to the same port of another address, and back. */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

export class Cable {
  isCut = false
  /** Each n-th datagram is lost, both ways; 0: none. */
  dropEvery = 0
  #seen = 0
  /** Datagrams that went through. */
  carried = 0
  readonly #near: Socket
  readonly #links = new Map<string, Socket>()
  readonly #to: { address: string; port: number }

  private constructor(near: Socket, to: { address: string; port: number }) {
    this.#near = near
    this.#to = to
    near.on('message', (packet, from) => {
      if (this.isCut || this.#isLost()) return
      this.carried++
      this.#link(from.address, from.port).send(packet, to.port, to.address)
    })
  }

  static async lay(address: string, to: { address: string; port: number }): Promise<Cable> {
    const near = createSocket('udp4')
    near.bind(to.port, address)
    await once(near, 'listening')
    return new Cable(near, to)
  }

  #isLost(): boolean {
    return this.dropEvery > 0 && ++this.#seen % this.dropEvery === 0
  }

  #link(address: string, port: number): Socket {
    const name = `${address}:${port}`
    const known = this.#links.get(name)
    if (known) return known
    const far = createSocket('udp4')
    far.on('message', (packet, from) => {
      if (!this.isCut && !this.#isLost() && from.port === this.#to.port) this.#near.send(packet, port, address)
    })
    far.on('error', () => {}) // refused while the leg is closed: as if lost
    this.#links.set(name, far)
    return far
  }

  [Symbol.dispose](): void {
    this.#near.close()
    for (const far of this.#links.values()) far.close()
  }
}
