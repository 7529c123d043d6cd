/** The far end of an echo number: each packet of sound goes back to whoever sent it. */
import dgram from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'

export class EchoPort {
  readonly port: number
  readonly #socket: dgram.Socket

  private constructor(socket: dgram.Socket) {
    this.#socket = socket
    this.port = socket.address().port
    socket.on('message', (packet, from) => socket.send(packet, from.port, from.address))
    socket.on('error', () => undefined) // a port that nobody listens at any more
  }

  static async open(address: string): Promise<EchoPort> {
    const socket = dgram.createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    socket.bind(0, address)
    await once(socket, 'listening')
    return new EchoPort(socket)
  }

  close(): void {
    this.#socket.close()
  }
}
