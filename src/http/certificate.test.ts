import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect, type DetailedPeerCertificate } from 'node:tls'
import { type Certificate, CertificateError, ensureCertificate, renewAt } from './certificate.ts'
import { readCertificate } from './certificate-files.ts'
import { CertificateKeeper } from './certificate-keeper.ts'

const dayMs = 86_400_000
const now = Date.parse('2026-11-24T00:00:00Z')
const names = ['callcentre.lan', 'localhost']
const addresses = ['127.0.0.1', '192.168.10.5', '::1']

let dir = ''
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'switchroom-certificate-'))
})
after(() => rm(dir, { recursive: true, force: true }))

const ensure = (folder: string, changes: object = {}) =>
  ensureCertificate({ dir: join(dir, folder), names, addresses, now, ...changes })

describe('the certificate of our own authority', () => {
  test('is accepted by openssl verify for its names and addresses, and for no other', async () => {
    const { certPem, caPem } = await ensure('verify')
    await writeFile(join(dir, 'leaf.pem'), certPem)
    await writeFile(join(dir, 'root.pem'), caPem!)
    const verify = (...args: string[]) =>
      execFileSync(
        'openssl',
        [
          'verify',
          '-x509_strict',
          '-purpose',
          'sslserver',
          '-attime',
          `${now / 1000 + 5}`,
          '-CAfile',
          'root.pem',
          ...args,
          'leaf.pem',
        ],
        { cwd: dir, encoding: 'utf8', stdio: 'pipe' },
      )
    assert.match(verify('-verify_hostname', 'callcentre.lan'), /OK/)
    assert.match(verify('-verify_ip', '192.168.10.5'), /OK/)
    assert.match(verify('-verify_ip', '::1'), /OK/)
    assert.throws(() => verify('-verify_hostname', 'elsewhere.lan'))
    assert.throws(() => verify('-verify_ip', '192.168.10.6'))
  })

  test('lives for 397 days at most, which is what browsers take', async () => {
    const { certPem, notAfter } = await ensure('verify')
    const read = new X509Certificate(certPem)
    assert.ok(read.validToDate.getTime() - read.validFromDate.getTime() <= 397 * dayMs)
    assert.equal(read.validToDate.getTime(), notAfter)
  })

  test('is kept over restarts, and made anew a month before it ends by the same root', async () => {
    const first = await ensure('renew')
    const again = await ensure('renew', { now: now + 300 * dayMs })
    assert.equal(again.certPem, first.certPem)
    const renewed = await ensure('renew', { now: renewAt(first) + 1 })
    assert.notEqual(renewed.certPem, first.certPem)
    assert.equal(renewed.caPem, first.caPem)
    assert.ok(renewed.notAfter > first.notAfter)
  })

  test('is made anew when the machine is given another name', async () => {
    const first = await ensure('names')
    const wider = await ensure('names', { names: [...names, 'desk.lan'] })
    assert.notEqual(wider.certPem, first.certPem)
    assert.equal(new X509Certificate(wider.certPem).checkHost('desk.lan'), 'desk.lan')
  })

  test('keeps its keys from other users of the machine', async () => {
    await ensure('modes')
    for (const file of ['ca.key', 'server.key'])
      assert.equal((await stat(join(dir, 'modes', file))).mode & 0o777, 0o600, file)
  })

  test('never overwrites a root that browsers may trust already', async () => {
    await ensure('lost')
    await rm(join(dir, 'lost', 'ca.key'))
    await assert.rejects(
      ensure('lost'),
      (error: Error) => error instanceof CertificateError && /ca\.key is missing/.test(error.message),
    )
    await writeFile(join(dir, 'lost', 'ca.key'), 'not a key')
    await assert.rejects(ensure('lost'), /damaged; restore them/)
  })

  test('replaces a damaged server certificate without a word', async () => {
    const first = await ensure('damaged')
    await writeFile(join(dir, 'damaged', 'server.pem'), first.certPem.slice(0, 100))
    const second = await ensure('damaged')
    assert.equal(second.caPem, first.caPem)
    assert.notEqual(second.certPem, first.certPem)
  })

  test('refuses names and addresses that no certificate can carry', async () => {
    await assert.rejects(ensure('bad', { names: ['a b'] }), /not a host name/)
    await assert.rejects(ensure('bad', { addresses: ['10.0.0'] }), /not an IP address/)
    await assert.rejects(ensure('bad', { names: [], addresses: [] }), /needs a host name or an address/)
  })
})

describe('a server in service', () => {
  const wall = Date.now()

  test('is trusted by a TLS client that has our root, and shows the renewed certificate without a restart', async () => {
    let at = wall
    let server: Server | undefined
    using keeper = await CertificateKeeper.start({
      everyMs: 43_200_000,
      load: () => ensure('service', { now: at }),
      onChange: fresh => server!.setSecureContext({ cert: fresh.certPem, key: fresh.keyPem }),
      onTrouble: error => assert.fail(error),
      onWarning: words => assert.fail(words),
      now: () => at,
    })
    server = createServer({ cert: keeper.current.certPem, key: keeper.current.keyPem })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const first = await serialSeen(server, keeper.current)
      assert.equal(await keeper.reload(), false)
      at = renewAt(keeper.current) + 1
      assert.equal(await keeper.reload(), true)
      const second = new X509Certificate(keeper.current.certPem).serialNumber
      assert.notEqual(second, first)
    } finally {
      server.close()
    }
  })

  test('goes on with the old certificate when a renewal fails, and says so', async () => {
    const troubles: Error[] = []
    let broken = false
    using keeper = await CertificateKeeper.start({
      everyMs: 43_200_000,
      load: () => (broken ? Promise.reject(new CertificateError('disk full')) : ensure('trouble')),
      onChange: () => assert.fail('nothing has changed'),
      onTrouble: error => troubles.push(error),
      onWarning: words => assert.fail(words),
      now: () => now,
    })
    const before = keeper.current
    broken = true
    assert.equal(await keeper.reload(), false)
    assert.equal(keeper.current, before)
    assert.equal(troubles[0]?.message, 'disk full')
    assert.equal(keeper.seen.refused, 'disk full')
    broken = false
    await keeper.reload()
    assert.equal(keeper.seen.refused, null)
  })

  test('says from a month before its end on, and once a day, that it ends; and at last that it has ended', async () => {
    const { notAfter } = await ensure('own')
    let at = notAfter - 40 * dayMs
    const warnings: string[] = []
    using keeper = await CertificateKeeper.start({
      everyMs: 43_200_000,
      load: () => ownFiles('own', at),
      onChange: () => assert.fail('nothing has changed'),
      onTrouble: error => assert.fail(error),
      onWarning: words => warnings.push(words),
      now: () => at,
    })
    assert.equal(keeper.seen.standing, 'good')
    for (; at < notAfter + dayMs; at += dayMs / 4) await keeper.reload()
    const [ending, ended] = [/ends on/, /ended on/].map(words => warnings.filter(warning => words.test(warning)).length)
    assert.deepEqual([ending, ended], [30, 1])
    assert.deepEqual(keeper.seen, { notAfter, standing: 'ended', refused: null, isOurs: false })
  })

  test('does not take one that has ended in the place of one that is good, but the other way round', async () => {
    const files = { good: await ownFiles('own', now), ended: await ended() }
    let load: keyof typeof files = 'good'
    const taken: string[] = []
    const troubles: string[] = []
    using keeper = await CertificateKeeper.start({
      everyMs: 43_200_000,
      load: async () => files[load],
      onChange: ({ certPem }) => taken.push(certPem),
      onTrouble: ({ message }) => troubles.push(message),
      onWarning: () => undefined,
      now: () => now,
    })
    load = 'ended'
    assert.equal(await keeper.reload(), false)
    assert.match(troubles[0]!, /ended on 2026-08-/)
    assert.equal(keeper.current, files.good)
    using other = await CertificateKeeper.start({
      everyMs: 43_200_000,
      load: async () => files[load],
      onChange: ({ certPem }) => taken.push(certPem),
      onTrouble: ({ message }) => troubles.push(message),
      onWarning: () => undefined,
      now: () => now,
    })
    load = 'good'
    assert.equal(await other.reload(), true)
    assert.deepEqual(taken, [files.good.certPem])
  })

  test('starts with one that stands in while its own cannot be had, says so, and takes its own up as soon as it can', async () => {
    const [own, other] = [await ownFiles('own', now), await ownFiles('other', now)]
    let isThere = false
    const troubles: string[] = []
    const options = {
      load: () => (isThere ? Promise.resolve(own) : Promise.reject(new CertificateError('no such file'))),
      everyMs: 43_200_000,
      onChange: () => undefined,
      onTrouble: ({ message }: Error) => void troubles.push(message),
      onWarning: () => assert.fail('it is good'),
      now: () => now,
    }
    await assert.rejects(CertificateKeeper.start(options), /no such file/)
    using keeper = await CertificateKeeper.start({ ...options, standIn: async () => other })
    assert.deepEqual([keeper.current, keeper.seen.refused, troubles], [other, 'no such file', ['no such file']])
    isThere = true
    assert.equal(await keeper.reload(), true)
    assert.deepEqual([keeper.current, keeper.seen.refused], [own, null])
  })

  /** As the company's own files. */
  async function ownFiles(folder: string, at: number): Promise<Certificate> {
    await ensure(folder)
    return readCertificate({
      cert: join(dir, folder, 'server.pem'),
      key: join(dir, folder, 'server.key'),
      names: [],
      now: at,
    })
  }

  async function ended(): Promise<Certificate> {
    await ensure('past', { now: now - 500 * dayMs })
    return readCertificate({
      cert: join(dir, 'past/server.pem'),
      key: join(dir, 'past/server.key'),
      names: [],
      now,
    })
  }
})

describe('the company’s own certificate', () => {
  let own: Certificate
  const read = (changes: object = {}) =>
    readCertificate({ cert: join(dir, 'own/server.pem'), key: join(dir, 'own/server.key'), names: [], now, ...changes })
  before(async () => {
    own = await ensure('own')
    await ensure('other')
  })

  test('is read when it is whole', async () => {
    const found = await read({ names: ['callcentre.lan', '127.0.0.1'] })
    assert.equal(found.notAfter, own.notAfter)
    assert.equal(found.caPem, null)
    assert.deepEqual(found.warnings, [])
  })

  test('is served with a warning when it lacks an address or ends soon', async () => {
    const { warnings } = await read({ names: ['elsewhere.lan', '10.9.9.9'], now: own.notAfter - 5 * dayMs })
    assert.equal(warnings.length, 3)
    assert.match(warnings[0]!, /not for elsewhere\.lan/)
    assert.match(warnings[2]!, /ends on 2027-/)
  })

  test('is served with a warning when it has ended, or has not begun: the telephone starts all the same', async () => {
    assert.match((await read({ now: now + 400 * dayMs })).warnings[0]!, /ended on 2027-.*browsers refuse it/)
    assert.match((await read({ now: now - 30 * dayMs })).warnings[0]!, /is the clock of this machine right/)
  })

  for (const [what, changes, words] of [
    ['a file that is not there', { cert: 'nowhere.pem' }, /cannot read the certificate nowhere\.pem/],
    ['a key of another certificate', { key: 'other/server.key' }, /is not the key of the certificate/],
    ['a key in place of the certificate', { cert: 'own/server.key' }, /is not a certificate in PEM form/],
    ['a certificate in place of the key', { key: 'own/server.pem' }, /is not a private key in PEM form/],
  ] as const)
    test(`is refused in words: ${what}`, async () => {
      const at: Record<string, unknown> = { ...changes }
      for (const file of ['cert', 'key'])
        if (typeof at[file] === 'string' && at[file] !== 'nowhere.pem') at[file] = join(dir, at[file] as string)
      await assert.rejects(read(at), (error: Error) => error instanceof CertificateError && words.test(error.message))
    })

  test('is refused in words: a key too short for the server to show it, and an intermediate that is damaged', async () => {
    const [cert, key] = [join(dir, 'short.pem'), join(dir, 'short.key')]
    const wish = ['req', '-x509', '-newkey', 'rsa:512', '-nodes', '-subj', '/CN=short', '-days', '900']
    execFileSync('openssl', [...wish, '-keyout', key, '-out', cert], { stdio: 'pipe' })
    await assert.rejects(read({ cert, key, now: Date.now() }), /short\.pem cannot be served: .*too small/)
    const chain = join(dir, 'chain.pem')
    const damaged = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
    await writeFile(chain, `${own.certPem}${damaged}`)
    await assert.rejects(read({ cert: chain }), /chain\.pem cannot be served/)
  })

  test('is refused in words: a key with a passphrase', async () => {
    const locked = join(dir, 'locked.key')
    execFileSync('openssl', [
      'pkcs8',
      '-topk8',
      '-in',
      join(dir, 'own/server.key'),
      '-out',
      locked,
      '-passout',
      'pass:secret',
    ])
    assert.match(await readFile(locked, 'utf8'), /ENCRYPTED/)
    await assert.rejects(read({ key: locked }), /locked by a passphrase/)
  })
})

/** Connects as a browser would that imported the root; rejects unless the chain and the name are good. */
async function serialSeen(server: Server, { caPem }: Certificate): Promise<string> {
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: caPem! })
  await once(socket, 'secureConnect')
  const { serialNumber } = socket.getPeerCertificate() as DetailedPeerCertificate
  socket.destroy()
  return serialNumber
}
