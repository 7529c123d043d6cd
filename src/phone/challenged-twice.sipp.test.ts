/** A carrier, which sipp plays, whose proxy asks for a password (407) and whose registrar behind that asks for one too (401). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sdp, sipp, sippAbsent, step } from './fixtures/sipp.ts'
import { Station, went } from './fixtures/station.ts'

const carrier = '127.0.3.9'
const asks = (header: string, realm: string, nonce: string) => [
  `${header}: Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"`,
]
/** These credentials have to be there. */
const brings = (...headers: string[]) =>
  `<action>${headers
    .map(name => `<ereg regexp="nonce" search_in="hdr" header="${name}:" check_it="true" assign_to="seen"/>`)
    .join('')}</action>`

test('is told both passwords together, in the INVITE, its ACK and the BYE', {
  skip: sippAbsent,
  timeout: 30_000,
}, async () => {
  await using station = await Station.open()
  const both = brings('Proxy-Authorization', 'Authorization')
  const peer = await sipp({
    address: carrier,
    steps: [
      step.recv('INVITE'),
      step.respond(407, 'Who', { lines: asks('Proxy-Authenticate', 'proxy', 'p1') }),
      step.recv('ACK'),
      step.recv('INVITE', brings('Proxy-Authorization')),
      step.respond(401, 'And here', { lines: asks('WWW-Authenticate', 'core', 'c1') }),
      step.recv('ACK'),
      step.recv('INVITE', both),
      step.respond(200, 'OK', { body: sdp() }),
      step.recv('ACK', both),
      step.recv('BYE', both),
      step.respond(200, 'OK', { inDialog: true }),
      step.raw('<Reference variables="seen"/>'),
    ],
  })
  const session = station.call(peer, 'udp', { auth: { username: 'lender', password: 'secret' } })
  await station.wait('accepted')
  station.do((agent, now) => agent.hangUp(session, 16, now))
  await went(peer)
  assert.deepEqual(station.faults, [])
})
