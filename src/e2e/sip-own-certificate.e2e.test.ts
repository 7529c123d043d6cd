/** The whole service listens for SIP over TLS where its pages have no certificate. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLogger } from '../lib/log.ts'
import { serve } from '../serve.ts'
import { freePort } from './ports.ts'
import { shownAt } from './shown-certificate.ts'
import { worldConfig } from './world.ts'

const address = '127.0.0.1'

test('SIP shows a certificate of our own authority where the pages are plain HTTP', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-sip-tls-'))
  const [sipPort, sipTlsPort] = [await freePort(address), await freePort(address)]
  const config = worldConfig({ address, folder, sipPort, sipTlsPort, mediaPorts: '46000-46099', tls: 'off' })
  const running = await serve(config, createLogger('silent'))
  try {
    const root = readFileSync(join(folder, 'tls', 'ca.pem'), 'utf8')
    const sip = await shownAt(sipTlsPort, root)
    assert.equal(sip.answer, 'SIP/2.0 200 OK')
  } finally {
    await running[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  }
})
