/** What every page says of the certificate, to whom. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { adminRoutes } from '../admin/admin.ts'
import type { CertificateSeen } from '../certificate-keeper.ts'
import { supervisorRoutes } from '../supervisor/supervisor.ts'
import { type House, noon, openHouse } from '../testing/house.ts'

const dayMs = 86_400_000
let house: House
const cookies: Record<string, string> = {}
const seen: Record<string, CertificateSeen> = {}

before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, supervisorRoutes] } })
  for (const [name, role] of [
    ['adam', 'admin'],
    ['sam', 'supervisor'],
  ] as const) {
    await house.add(name, role, { language: 'en' })
    cookies[name] = (await house.signIn(name)).cookie
  }
  house.deps.certificates = () => seen
})
after(() => house[Symbol.asyncDispose]())

async function page(name: string, path: string): Promise<string> {
  const reply = await house.app.request(path, { headers: { cookie: cookies[name]! } })
  assert.equal(reply.status, 200)
  return reply.text()
}

test('a certificate that ends within a month is told to the administrator on every page, and to nobody else', async () => {
  seen['web'] = { notAfter: noon + 40 * dayMs, standing: 'good', refused: null }
  assert.doesNotMatch(await page('adam', '/admin'), /certificate ends in/)
  seen['sip'] = { notAfter: noon + 12 * dayMs, standing: 'ending', refused: null }
  assert.match(await page('adam', '/admin'), /href="\/admin\/certificate"[^>]*>.*certificate ends in 12 days/)
  assert.doesNotMatch(await page('sam', '/supervisor'), /certificate ends in/)
})

test('one that has ended is told to everybody', async () => {
  seen['web'] = { notAfter: noon - dayMs, standing: 'ended', refused: null }
  for (const [name, path] of [
    ['adam', '/admin'],
    ['sam', '/supervisor'],
  ] as const)
    assert.match(await page(name, path), /certificate has ended/)
})

test('one whose files are not taken is told with why, where its page is', async () => {
  seen['web'] = { notAfter: noon + 40 * dayMs, standing: 'good', refused: 'key.pem is not the key' }
  assert.match(await page('adam', '/admin'), /certificate files not usable/)
  const about = await page('adam', '/admin/certificate')
  assert.match(about, /Pages: the files are not usable.*key\.pem is not the key/)
  assert.match(about, /systemctl reload switchroom/)
})
