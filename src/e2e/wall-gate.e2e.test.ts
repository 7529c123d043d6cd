/** A screen on the wall whose session stops for a moment, by the gate's own page and script in Chromium. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { wallGatePage } from '../../web/pages/wall.ts'
import { sampleFrame } from '../../web/samples/frame.ts'
import { Chromium, hasChromium } from './chromium.ts'

const staticFolder = `${import.meta.dirname}/../../web/static`
const minuteMs = 60_000

describe('the gate of a screen on the wall', { skip: !hasChromium && 'needs Chromium' }, () => {
  let chromium: Chromium
  let page: Page
  let stands = false
  let asked = 0
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    if (path.startsWith('/static/')) {
      const body = await readFile(staticFolder + path.slice('/static'.length))
      const type = path.endsWith('.js') ? 'text/javascript' : 'text/css'
      return response.writeHead(200, { 'content-type': type }).end(body)
    }
    if (path === '/wall') asked++
    const frame = { ...sampleFrame({ language: 'zh-CN', path: '/wall', role: null }) }
    const gate = String(await wallGatePage({ frame, key: '', isRefused: false }))
    response.writeHead(stands ? 200 : 401, { 'content-type': 'text/html; charset=utf-8' })
    response.end(stands ? '<title>the board</title>' : gate)
  })

  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    chromium = await Chromium.launch('none')
    page = await chromium.page()
    await page.clock.install()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/wall`)
  })

  after(async () => {
    await chromium[Symbol.asyncDispose]()
    server.closeAllConnections()
    server.close()
  })

  const aMinuteLater = async () => {
    const before = asked
    await page.clock.runFor(minuteMs)
    while (asked === before) await new Promise(done => setTimeout(done, 10))
  }

  it('asks each minute, and stays while the screen may not show', async () => {
    await aMinuteLater()
    await aMinuteLater()
    assert.match(await page.title(), /电视大屏/)
  })

  it('leaves whoever types a code alone', async () => {
    stands = true
    await page.fill('input[name="key"]', 'z46a')
    const before = asked
    await page.clock.runFor(3 * minuteMs)
    assert.equal(asked, before)
  })

  it('shows the board by itself once the screen may', async () => {
    await page.fill('input[name="key"]', '')
    await page.clock.runFor(minuteMs)
    await page.waitForFunction('document.title === "the board"')
  })
})
