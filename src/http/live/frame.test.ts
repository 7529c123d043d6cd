/** What every page says of the certificate, to whom. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Hono } from 'hono'
import { wordsIn } from '../../../web/words/words.ts'
import { adminRoutes } from '../admin/admin.ts'
import type { CertificateSeen } from '../certificate-keeper.ts'
import type { Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { supervisorRoutes } from '../supervisor/supervisor.ts'
import { type House, noon, openHouse } from '../testing/house.ts'
import { wordsOf } from './frame.ts'
import { liveStream } from './stream.ts'

const dayMs = 86_400_000
let house: House
const cookies: Record<string, string> = {}
const seen: Record<string, CertificateSeen> = {}

before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, supervisorRoutes, small] } })
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
  seen['web'] = { notAfter: noon + 40 * dayMs, standing: 'good', refused: null, isOurs: true }
  assert.doesNotMatch(await page('adam', '/admin'), /certificate ends in/)
  seen['sip'] = { notAfter: noon + 12 * dayMs, standing: 'ending', refused: null, isOurs: true }
  assert.match(await page('adam', '/admin'), /href="\/admin\/certificate"[^>]*>.*certificate ends in 12 days/)
  assert.doesNotMatch(await page('sam', '/supervisor'), /certificate ends in/)
})

test('one that has ended is told to everybody', async () => {
  seen['web'] = { notAfter: noon - dayMs, standing: 'ended', refused: null, isOurs: true }
  for (const [name, path] of [
    ['adam', '/admin'],
    ['sam', '/supervisor'],
  ] as const)
    assert.match(await page(name, path), /certificate has ended/)
})

test('one whose files are not taken is told with why, where its page is', async () => {
  seen['web'] = { notAfter: noon + 40 * dayMs, standing: 'good', refused: 'key.pem is not the key', isOurs: true }
  assert.match(await page('adam', '/admin'), /certificate files not usable/)
  const about = await page('adam', '/admin/certificate')
  assert.match(about, /Pages: the files are not usable.*key\.pem is not the key/)
  assert.match(about, /systemctl reload switchroom/)
})

test('an open page is told of a certificate as it is of the floor: when something is wrong with it, and when it is well again', async () => {
  const well: CertificateSeen = { notAfter: noon + 40 * dayMs, standing: 'good', refused: null, isOurs: true }
  delete seen['sip']
  seen['web'] = well
  const [adam, sam] = [await open('adam'), await open('sam')]
  for (const { next } of [adam, sam]) assert.match(await next(), /id="certificate-chip" hidden/)
  seen['web'] = { ...well, standing: 'ended' }
  assert.match(await adam.next(), /<a id="certificate-chip" class="chip red" href="\/admin\/certificate"/)
  assert.match(await sam.next(), /<span id="certificate-chip" class="chip red"[\s\S]*certificate has ended/)
  seen['web'] = { ...well, standing: 'ending' }
  assert.match(await adam.next(), /chip amber/)
  assert.match(await sam.next(), /hidden/, 'what an administrator must do is told to administrators')
  seen['web'] = well
  assert.match(await adam.next(), /hidden/)
  for (const { reader } of [adam, sam]) await reader.cancel()
})

/** A live page that stands open; `next`: what it is sent next. */
async function open(name: string) {
  const reply = await house.app.request('/live/small', { headers: { cookie: cookies[name]! } })
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader()
  return { reader, next: async () => (await reader.read()).value ?? '' }
}

function small(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  route.get('/live/small', allow('admin', 'supervisor'), c =>
    liveStream(c, deps, { regions: async () => [], concerns: () => false, everyMs: 0 }),
  )
  return route
}

test('the page of certificates says that pages use none behind a proxy, and what SIP uses', async () => {
  for (const use of Object.keys(seen)) delete seen[use]
  const about = () => page('adam', '/admin/certificate')
  assert.match(await about(), /Pages use no certificate \(http\.tls = &quot;off&quot;\)[\s\S]*SIP uses none either/)
  assert.doesNotMatch(await about(), /company’s own; nothing/)
  seen['sip'] = { notAfter: noon + 40 * dayMs, standing: 'good', refused: null, isOurs: true }
  assert.match(await about(), /Pages use no certificate[\s\S]*SIP over TLS uses one of our own authority/)
  seen['sip'] = { ...seen['sip'], isOurs: false }
  assert.match(await about(), /Pages use no certificate[\s\S]*SIP over TLS uses one of your company’s own/)
  seen['web'] = seen['sip']
  assert.match(await about(), /The certificate is your company’s own/)
})

test('what may not be dialled is told in the language of the page', () => {
  for (const rule of ['number_barred', 'number_not_allowed', 'toll_night', 'toll_person', 'toll_centre']) {
    const refusal = { rule, words: 'as the floor says it' }
    assert.match(wordsOf(refusal, wordsIn('zh-CN')), /号码|境外/, rule)
    assert.equal(wordsOf(refusal, wordsIn('en')), refusal.words)
  }
})
