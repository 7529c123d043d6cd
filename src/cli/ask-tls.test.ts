import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createServer } from 'node:tls'
import type { Trunk } from '../centre/entities.ts'
import type { TrunkConnection } from '../centre/trunks/trunk-connection.ts'
import { authority, certificate } from '../phone/fixtures/certificates.ts'
import { askTls } from './ask-tls.ts'

test('a carrier is asked over TLS, proves its name and sees our certificate; one that does not prove it is told in words', async t => {
  const root = await authority('Carrier')
  const [theirs, ours] = [
    await certificate(root, { names: ['sip.carrier.example'] }),
    await certificate(root, { names: ['switchroom.lan'] }),
  ]
  const server = createServer(
    { cert: theirs.certPem, key: theirs.keyPem, ca: root.certPem, requestCert: true },
    socket => socket.once('data', () => socket.write('SIP/2.0 200 OK\r\n\r\n')).on('error', () => undefined),
  )
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo

  const ask = (connection: Partial<TrunkConnection>, key: string | null = ours.keyPem, at = port) =>
    askTls(
      { address: '127.0.0.1', port: at },
      { id: 't_1', host: 'sip.carrier.example', port: at, transport: 'tls', connection } as Trunk,
      { key, patienceMs: 2_000, request: own => `OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TLS ${own}\r\n\r\n` },
    )
  const whole = { authorities: root.certPem, certificate: ours.certPem }
  const answer = await ask(whole)
  assert.equal('bytes' in answer && String(answer.bytes), 'SIP/2.0 200 OK\r\n\r\n')
  const faultOf = async (...given: Parameters<typeof ask>) => {
    const asked = await ask(...given)
    return 'fault' in asked ? asked.fault : 'none'
  }
  assert.match(await faultOf({ ...whole, tlsName: 'other.example' }), /is not for other\.example/)
  assert.match(await faultOf({ certificate: ours.certPem }), /no authority that this trunk trusts/)
  assert.match(await faultOf(whole, theirs.keyPem), /certificates cannot be used/)
  assert.match(await faultOf({ authorities: root.certPem }, null), /refuses us|closed/)
  server.close()
  await once(server, 'close').catch(() => undefined)
  assert.match(await faultOf(whole, ours.keyPem), /nobody listens/)
})
