import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authority, certificate, type Pair } from '../../phone/fixtures/certificates.ts'
import { StoreError } from '../../store/port.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let adam = ''
let root: Pair
let ours: Pair
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin')
  adam = (await house.signIn('adam')).cookie
  root = await authority('Carrier')
  ours = await certificate(root, { names: ['switchroom.lan'] })
})
after(() => house[Symbol.asyncDispose]())

const line = {
  ...{ name: 'secure', host: 'sip.carrier.example', port: '5061', transport: 'tls', callerIds: '+862151860000' },
  ...{ maxCalls: '10', callsPerSecond: '5', codecs: 'pcma', enabled: 'true', minShare: '0', maxShare: '100' },
  ...{ outboundProxy: '', lookUp: 'address', tlsName: '', authorities: '', certificate: '', privateKey: '' },
  ...{ trust: 'address', srtp: 'off', registerS: '3600' },
}

async function send(path: string, body: Record<string, string>) {
  const response = await house.app.request(path, {
    method: 'POST',
    headers: { cookie: adam, origin: 'http://localhost', host: 'localhost', 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams(body),
  })
  return { status: response.status, text: await response.text() }
}

const look = async (path: string) => (await house.app.request(path, { headers: { cookie: adam } })).text()

/** A line from the middle of a PEM, which can stand nowhere by chance. */
const heartOf = (pem: string) => pem.split('\n')[2]!

test('a trunk’s certificate and key are saved; the key is kept as a secret and on no page, in no reply and no fact', async () => {
  const saved = await send('/admin/trunks', {
    ...line,
    ...{
      authorities: root.certPem,
      certificate: ours.certPem,
      privateKey: ours.keyPem,
      sips: 'true',
      srtp: 'required',
    },
  })
  assert.equal(saved.status, 303, saved.text.slice(0, 2000))
  const [trunk] = await house.store.read('trunks.list', {})
  assert.equal(trunk?.transport, 'tls')
  assert.equal(trunk?.connection?.srtp, 'required')
  assert.equal(house.store.secret(trunk!.id, 'trunk-key'), ours.keyPem.trim())
  const page = await look(`/admin/trunks/${trunk!.id}`)
  assert.ok(page.includes(heartOf(ours.certPem)), 'the certificate is shown')
  const { secret } = await house.token('admin')
  const reply = await (await house.api(secret, 'GET', `/trunks/${trunk!.id}`)).text()
  assert.ok(reply.includes('"srtp":"required"'))
  for (const text of [page, reply, JSON.stringify(await house.facts())])
    assert.ok(!text.includes(heartOf(ours.keyPem)) && !text.includes('PRIVATE KEY-----\\n'), 'no key in it')

  const unchanged = await send(`/admin/trunks/${trunk!.id}`, { ...line, certificate: ours.certPem, name: 'renamed' })
  assert.equal(unchanged.status, 303)
  assert.equal(
    house.store.secret(trunk!.id, 'trunk-key'),
    ours.keyPem.trim(),
    'an empty key leaves the one that is kept',
  )
  assert.equal((await send(`/admin/trunks/${trunk!.id}`, line)).status, 303)
  assert.equal(house.store.secret(trunk!.id, 'trunk-key'), null, 'it goes with its certificate')
})

test('a password of its calls is kept as a secret, stays when the field is left empty, and goes with its name', async () => {
  const asks = {
    ...line,
    name: 'asks',
    trust: 'password',
    inboundUser: 'carrier',
    inboundPassword: 'correct horse battery',
  }
  assert.equal((await send('/admin/trunks', asks)).status, 303)
  const trunk = [...house.engine.state.trunks.values()].find(({ trunk: { name } }) => name === 'asks')!.trunk
  assert.deepEqual([trunk.connection?.trust, trunk.connection?.inboundUser], ['password', 'carrier'])
  const secret = () => house.store.secret(trunk.id, 'trunk-inbound')
  assert.equal(secret(), 'correct horse battery')
  const again = await send(`/admin/trunks/${trunk.id}`, { ...asks, inboundPassword: '', name: 'asks still' })
  assert.equal(again.status, 303)
  assert.equal(secret(), 'correct horse battery')
  assert.ok(!JSON.stringify(await house.facts()).includes('correct horse'), 'no secret in the journal')
  assert.equal((await send(`/admin/trunks/${trunk.id}`, { ...line, name: 'asks no more' })).status, 303)
  assert.equal(secret(), null)
})

test('a password of its calls that cannot be read is asked for when the trunk is saved, and can be given anew', async () => {
  const asks = { ...line, name: 'unread', trust: 'password', inboundUser: 'carrier' }
  assert.equal((await send('/admin/trunks', { ...asks, inboundPassword: 'correct horse battery' })).status, 303)
  const trunk = [...house.engine.state.trunks.values()].find(({ trunk: { name } }) => name === 'unread')!.trunk
  const { store } = house
  store.secret = () => {
    throw new StoreError('fault', 'secrets.key_file', 'cannot be read with this key file')
  }
  const kept = await send(`/admin/trunks/${trunk.id}`, asks)
  const anew = await send(`/admin/trunks/${trunk.id}`, { ...asks, inboundPassword: 'another horse battery' })
  delete (store as { secret?: unknown }).secret
  assert.deepEqual([kept.status, anew.status], [422, 303])
  assert.match(kept.text, /请填写来话认证口令/)
  assert.equal(store.secret(trunk.id, 'trunk-inbound'), 'another horse battery')
})

test('what cannot work is refused beside its field, and a key that was typed is not sent back', async () => {
  const refuse = async (changes: Record<string, string>, words: RegExp) => {
    const { status, text } = await send('/admin/trunks', { ...line, name: 'wrong', ...changes })
    assert.equal(status, 422)
    assert.match(text, words)
    assert.ok(!text.includes(heartOf(ours.keyPem)))
  }
  const other = await certificate(root, { names: ['x.lan'] })
  await refuse({ certificate: other.certPem, privateKey: ours.keyPem }, /私钥/)
  await refuse({ certificate: ours.certPem }, /私钥/)
  await refuse({ privateKey: ours.keyPem }, /我方证书/)
  await refuse({ privateKey: 'hunter2' }, /私钥/)
  await refuse({ authorities: ours.certPem }, /签发机构/)
  await refuse({ authorities: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }, /签发机构/)
  await refuse({ trust: 'certificate' }, /签发机构/)
  await refuse({ trust: 'password' }, /来话认证用户名/)
  await refuse({ trust: 'password', inboundUser: 'carrier' }, /请填写来话认证口令/)
  await refuse({ trust: 'password', inboundUser: 'carrier', inboundPassword: 'short' }, /至少 12/)
  await refuse({ transport: 'udp', sips: 'true' }, /TLS/)
  await refuse({ transport: 'tcp', srtp: 'required' }, /密钥只经 TLS/)
  await refuse({ outboundProxy: 'a b' }, /主机/)
  await refuse({ outboundProxy: 'proxy:99999' }, /主机/)
})

test('the API changes one field of the connection and leaves the others', async () => {
  const { secret } = await house.token('admin')
  const given = { name: 'api', host: '10.0.0.9', callerIds: ['+862151860000'], transport: 'tls' }
  const made = (await (await house.api(secret, 'POST', '/trunks', given)).json()) as { id: string; connection: object }
  assert.deepEqual(made.connection, {
    ...{ outboundProxy: null, lookUp: 'address', tlsName: null, authorities: null, certificate: null, sips: false },
    ...{ trust: 'address', inboundUser: null, srtp: 'off', srtpInClear: false, registerS: 3600 },
  })
  const change = async (connection: object) => house.api(secret, 'PATCH', `/trunks/${made.id}`, { connection })
  assert.equal((await change({ outboundProxy: 'sbc.example:5071' })).status, 200)
  const changed = (await (await change({ srtp: 'wanted' })).json()) as { connection: Record<string, unknown> }
  assert.deepEqual([changed.connection['outboundProxy'], changed.connection['srtp']], ['sbc.example:5071', 'wanted'])
  const refused = await change({ privateKey: ours.keyPem })
  assert.equal(refused.status, 422)
  assert.ok(!(await refused.text()).includes(heartOf(ours.keyPem)))
  assert.equal((await change({ nonsense: 1 })).status, 422)
})
