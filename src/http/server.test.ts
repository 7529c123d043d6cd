import assert from 'node:assert/strict'
import { request as httpsRequest } from 'node:https'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { ensureCertificate } from './certificate.ts'
import { liveRoutes } from './live/live.ts'
import { type Listening, listen } from './server.ts'
import { type House, openHouse } from './testing/house.ts'

let house: House
let web: Listening
let ca = ''
before(async () => {
  house = await openHouse({ pages: { routers: [liveRoutes] } })
  const certificate = await ensureCertificate({
    dir: path.join(house.folder, 'tls'),
    names: ['localhost'],
    addresses: ['127.0.0.1'],
    now: Date.now(),
  })
  ca = certificate.caPem!
  const tls = { cert: certificate.certPem, key: certificate.keyPem }
  web = await listen(house.app, { host: '127.0.0.1', port: 0, tls })
})
after(async () => {
  await web[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string }

/** Asks over real TLS, and trusts nobody but our own authority. */
function ask(
  where: string,
  options: { method?: string; headers?: object; parts?: Buffer[]; onText?: () => void } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: '127.0.0.1',
        port: web.port,
        path: where,
        ca,
        agent: false,
        method: options.method ?? 'GET',
        headers: { ...options.headers },
      },
      response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', chunk => {
          text += chunk
          options.onText?.()
        })
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
      },
    )
    request.on('error', reject)
    for (const part of options.parts ?? []) request.write(part)
    request.end()
  })
}

test('a browser that trusts our authority is served over TLS', async () => {
  const answer = await ask('/sign-in')
  assert.equal(answer.status, 200)
  assert.match(answer.text, /<form class="form" method="post" action="\/sign-in">/)
})

test('an address that is taken is said as such', async () => {
  await assert.rejects(listen(house.app, { host: '127.0.0.1', port: web.port, tls: null }), { code: 'EADDRINUSE' })
})

test('a body without an announced length is cut off at its limit', async () => {
  const headers = {
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'text/html',
  }
  const parts = Array.from({ length: 8 }, () => Buffer.alloc(64 * 1024, 'x'))
  const answer = await ask('/sign-in', { method: 'POST', headers, parts })
  assert.equal(answer.status, 413)
})

test('the live stream of a page ends when its session is replaced', async () => {
  await house.add('sam', 'supervisor')
  const { cookie } = await house.signIn('sam')
  const painted = Promise.withResolvers<void>()
  const stream = ask('/live/floor', { headers: { cookie }, onText: painted.resolve })
  await painted.promise
  await house.signIn('sam')
  const { status, text } = await stream
  assert.equal(status, 200)
  assert.match(text, /^data: /)
})

test('a new certificate is in service for the next connection, and the open ones stay', async () => {
  const fresh = await ensureCertificate({
    dir: path.join(house.folder, 'tls2'),
    names: ['localhost'],
    addresses: ['127.0.0.1'],
    now: Date.now(),
  })
  web.secure({ cert: fresh.certPem, key: fresh.keyPem })
  await assert.rejects(ask('/healthz'), /certificate|CERT|signature/)
  ca = fresh.caPem!
  assert.equal((await ask('/healthz')).status, 200)
})

test('a fault of the program is answered with the name it has in the log, and nothing of its inside', async () => {
  const { createApp } = await import('./server.ts')
  const { open } = await import('./guard.ts')
  const { Hono } = await import('hono')
  const app = createApp(house.deps, {
    routers: [
      () => new Hono().get('/broken', open('a test'), () => Promise.reject(new Error('secret inside'))) as never,
    ],
  })
  const page = await app.request('/broken', { headers: { accept: 'text/html' } })
  assert.equal(page.status, 500)
  const text = await page.text()
  assert.doesNotMatch(text, /secret inside/)
  assert.match(text, /[0-9a-f]{8}-[0-9a-f]{4}-/)
})

test('not ready is said with what is wrong, and a probe that hangs does not hang the answer', async () => {
  house.deps.probes.push({ name: 'disk', check: async () => '200 MB left; at least 1 GB is needed' })
  const answer = await ask('/readyz')
  house.deps.probes.pop()
  assert.equal(answer.status, 503)
  assert.match(answer.text, /200 MB left/)
  assert.equal((await ask('/readyz')).status, 200)
})
