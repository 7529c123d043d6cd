/** OPTIONS over TLS, for `switchroom check`: as the service would speak with this trunk, its certificate looked at in the same way. */
import { connect } from 'node:tls'
import type { Trunk } from '../centre/entities.ts'
import { connectionOf, tlsNameOf } from '../centre/trunks/trunk-connection.ts'
import { formatHost } from '../lib/host.ts'
import { connectionFault, serverFault, serverNameIndication, TlsPeers } from '../phone/tls-peers.ts'

/** The first bytes that came back, or why none did. */
export type Asked = { bytes: Buffer } | { fault: string }

export function askTls(
  target: { address: string; port: number },
  trunk: Trunk,
  { key, patienceMs, request }: { key: string | null; patienceMs: number; request: (own: string) => string },
): Promise<Asked> {
  const serverName = tlsNameOf(trunk)
  const { authorities, certificate } = connectionOf(trunk)
  const peers = new TlsPeers()
  try {
    peers.set({
      ...{ name: trunk.id, serverName, authoritiesPem: authorities, knownByCertificate: false },
      ...{ certificatePem: key === null ? null : certificate, keyPem: certificate === null ? null : key },
    })
  } catch (error) {
    return Promise.resolve({ fault: `its certificates cannot be used: ${(error as Error).message}` })
  }
  return new Promise(resolve => {
    const socket = connect({
      host: target.address,
      port: target.port,
      servername: serverNameIndication(serverName),
      secureContext: peers.context(trunk.id)!,
      checkServerIdentity: (_host, shown) => serverFault(serverName, shown),
    })
    const end = (asked: Asked) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(asked)
    }
    const timer = setTimeout(end, patienceMs, { fault: `does not answer within ${patienceMs / 1000} s` })
    socket.once('secureConnect', () => {
      socket.write(request(formatHost(socket.localAddress ?? '', socket.localPort ?? null)))
    })
    socket.once('data', bytes => end({ bytes }))
    socket.once('error', error => end({ fault: connectionFault(error, serverName).words }))
    socket.once('close', () => end({ fault: 'it closed the connection' }))
  })
}
