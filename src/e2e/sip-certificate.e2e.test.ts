/** The whole service listens for SIP over TLS, with the certificate of its pages. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect } from 'node:tls'
import { createLogger } from '../lib/log.ts'
import { serve } from '../serve.ts'
import { freePort } from './ports.ts'
import { shownAt } from './shown-certificate.ts'
import { worldConfig } from './world.ts'

const address = '127.0.0.1'

test('SIP shows the certificate that browsers see', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-sip-tls-'))
  const [sipPort, sipTlsPort] = [await freePort(address), await freePort(address)]
  const config = worldConfig({ address, folder, sipPort, sipTlsPort, mediaPorts: '46000-46099', tls: 'auto' })
  const running = await serve(config, createLogger('silent'))
  try {
    const root = readFileSync(join(folder, 'tls', 'ca.pem'), 'utf8')
    const sip = await shownAt(sipTlsPort, root)
    assert.equal(sip.answer, 'SIP/2.0 200 OK')
    const { port } = new URL(running.urls[0]!)
    const web = connect({ host: address, port: Number(port), servername: 'localhost', ca: root })
    await once(web, 'secureConnect')
    assert.equal(web.getPeerX509Certificate()!.serialNumber, sip.serial)
    web.destroy()
  } finally {
    await running[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  }
})
