/** A trunk's form in a real browser: what its rules make of an example is told while they are typed, and who changed what opens below. */
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { serve } from '@hono/node-server'
import type { Page } from 'playwright-core'
import { adminRoutes } from '../http/admin/admin.ts'
import { liveRoutes } from '../http/live/live.ts'
import { type House, openHouse, testPassword } from '../http/testing/house.ts'
import { Chromium, hasChromium } from './chromium.ts'

describe('the form of a trunk', { skip: hasChromium ? false : 'needs chromium' }, () => {
  let house: House
  let chromium: Chromium
  let server: ReturnType<typeof serve>
  let page: Page
  let url = ''

  before(async () => {
    house = await openHouse({ tls: false, pages: { routers: [adminRoutes, liveRoutes] } })
    await house.add('adam', 'admin', { language: 'zh-CN', numbersMasked: false })
    server = serve({ fetch: house.app.fetch, port: 0, hostname: '127.0.0.1' })
    await new Promise(resolve => server.once('listening', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    chromium = await Chromium.launch('none')
    page = await chromium.page()
    await page.goto(`${url}/sign-in`)
    await page.fill('input[name=name]', 'adam')
    await page.fill('input[name=password]', testPassword)
    await page.press('input[name=password]', 'Enter')
    await page.waitForURL(to => to.pathname !== '/sign-in')
  })
  after(async () => {
    await chromium?.[Symbol.asyncDispose]()
    if (server !== undefined) {
      ;(server as import('node:http').Server).closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
    await house?.[Symbol.asyncDispose]()
  })

  test('what is typed is tried at once, and a rule that changes a number for help is told of', async () => {
    await page.goto(`${url}/admin/trunks/new`)
    await page.fill('input[name=tryNumber]', '+8613812345678')
    await page.waitForSelector('#trunk-trial >> text=+8613812345678 → +8613812345678')
    await page.click('details:has(textarea[name=numbersOut]) > summary')
    await page.fill('textarea[name=numbersOut]', '. 0 00')
    await page.waitForSelector('#trunk-trial .notice.amber >> text=紧急号码经此中继会改拨：110 → 00110、119 → 00119')
    await page.fill('textarea[name=numbersOut]', '+86. 3 0')
    await page.waitForSelector('#trunk-trial >> text=+8613812345678 → 013812345678')
    assert.equal(await page.locator('#trunk-trial .notice').count(), 0)
  })

  test('who changed what is fetched when it is opened', async () => {
    await page.goto(`${url}/admin/safety`)
    await page.click('details.changes > summary')
    await page.waitForSelector('details.changes #changes')
  })
})
