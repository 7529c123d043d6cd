/** What a page says of a server that it does not hear, by the page's own scripts in Chromium and a server that does what the test wants. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { html } from '../../web/parts/html.ts'
import { layout } from '../../web/parts/layout.ts'
import { sampleFrame } from '../../web/samples/frame.ts'
import { Chromium, hasChromium } from './chromium.ts'

const staticFolder = `${import.meta.dirname}/../../web/static`
const types: Record<string, string> = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' }
/** More than the page waits for a word, of the server's ten seconds. */
const silentMs = 40_000

describe('a server that the page does not hear', { skip: !hasChromium && 'needs Chromium' }, () => {
  let chromium: Chromium
  let page: Page
  let streams: ServerResponse[] = []
  let refusals = 0
  let restsInBackground = false
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    if (path === '/stream') {
      if (refusals > 0) {
        refusals--
        const fault = '<title>503</title><p id="lost-contact">of another page</p>'
        return response.writeHead(503, { 'content-type': 'text/html' }).end(fault)
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': here\n\n')
      streams.push(response)
      server.emit('stream')
    } else if (path === '/never') server.emit('asked')
    else if (path.startsWith('/static/')) {
      const body = await readFile(staticFolder + path.slice('/static'.length))
      response.writeHead(200, { 'content-type': types[path.split('.').at(-1)!] ?? 'text/plain' }).end(body)
    } else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(await pageOf())
  })

  async function pageOf(): Promise<string> {
    const config = restsInBackground ? '' : 'sse.pauseOnBackground:false'
    const main = html`<div hx-sse:connect="/stream" hx-config="${config}" hidden></div>
<button id="takes" hx-post="/never" hx-swap="none">take</button><button id="looks" hx-get="/never" hx-swap="none">look</button>`
    return String(await layout(sampleFrame({ language: 'zh-CN', path: '/agent' }), { title: 'here', main }))
  }

  const isLost = () => page.evaluate('document.documentElement.hasAttribute("data-lost")')
  const said = () => page.textContent('#lost-contact:not([hidden])', { timeout: 5000 })
  const hide = (hidden: boolean) =>
    page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))`)

  /** Opens the page with clocks that stand still; its stream has begun when `begins`. */
  async function open({ begins = true } = {}): Promise<void> {
    streams = []
    page = await chromium.page()
    await page.clock.install()
    const begun = once(server, 'stream')
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    if (!begins) return
    await begun
    await page.waitForFunction('document.querySelector("main > div")._htmx?.sse')
  }

  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    chromium = await Chromium.launch('none')
  })

  beforeEach(() => {
    refusals = 0
    restsInBackground = false
  })

  afterEach(() => page.context().close())

  after(async () => {
    await chromium[Symbol.asyncDispose]()
    server.closeAllConnections()
    server.close()
  })

  it('is missed behind another window too, where the title of the page speaks: another line is asked for', async () => {
    await open()
    await hide(true)
    const next = once(server, 'stream')
    await page.clock.runFor(silentMs)
    await next
    assert.equal(streams.length, 2)
  })

  it('is not missed where the stream rests behind another window', async () => {
    restsInBackground = true
    await open()
    await hide(true)
    await page.clock.runFor(silentMs)
    assert.equal(await isLost(), false)
    assert.equal(streams.length, 1)
  })

  it('is there again when it says something, though no new line was asked for', async () => {
    await open()
    await page.evaluate("dispatchEvent(new Event('offline'))")
    await page.clock.runFor(10)
    assert.equal(await isLost(), true)
    streams[0]!.write('event: beat\ndata: 1\n\n')
    await page.waitForFunction('!document.documentElement.hasAttribute("data-lost")')
    assert.equal(streams.length, 1)
  })

  it('is asked again for a stream that it refused at first, as it does while it starts', async () => {
    refusals = 2
    await open({ begins: false })
    while (streams.length === 0) await page.clock.runFor(500)
    assert.equal(refusals, 0)
    assert.match(await page.title(), /^here/)
    assert.equal(await page.locator('#lost-contact').count(), 1)
    await page.waitForFunction('!document.documentElement.hasAttribute("data-lost")')
  })

  for (const [button, words] of [
    ['#takes', /还没有回应.*先看结果/],
    ['#looks', /没有送到服务器/],
  ] as const)
    it(`may have done what it has not answered in time, but where it was only asked to show something: ${button}`, async () => {
      await open()
      const asked = once(server, 'asked')
      await page.click(button)
      await asked
      await page.clock.runFor(15_100)
      assert.match((await said()) ?? '', words)
    })
})
