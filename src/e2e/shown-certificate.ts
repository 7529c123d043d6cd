/** What a service shows at a `tls:` address of SIP, and what it answers there. */
import { once } from 'node:events'
import { connect } from 'node:tls'

const address = '127.0.0.1'

/** `ca`: PEM of who must have signed it; rejects when somebody else has. */
export async function shownAt(port: number, ca: string): Promise<{ serial: string; answer: string }> {
  const socket = connect({ host: address, port, servername: 'localhost', ca })
  await once(socket, 'secureConnect')
  const serial = socket.getPeerX509Certificate()!.serialNumber
  socket.write(
    `OPTIONS sip:${address} SIP/2.0\r\nVia: SIP/2.0/TLS ${address}:9;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`,
  )
  const [bytes] = await once(socket, 'data')
  socket.destroy()
  return { serial, answer: String(bytes).split('\r\n', 1)[0]! }
}
