/** Tables in and out in a real browser: a GB18030 list is sent, mapped and run, what came back is downloaded, and parties are exported. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { serve } from '@hono/node-server'
import iconv from 'iconv-lite'
import type { Page } from 'playwright-core'
import { adminRoutes } from '../http/admin/admin.ts'
import { liveRoutes } from '../http/live/live.ts'
import { type House, openHouse, testPassword } from '../http/testing/house.ts'
import { Chromium, hasChromium } from './chromium.ts'

const rows = 3_000
const bad = [17, 1_204]

describe('tables in and out', { skip: hasChromium ? false : 'needs chromium' }, () => {
  let house: House
  let chromium: Chromium
  let server: ReturnType<typeof serve>
  let page: Page
  let url = ''
  const faults: string[] = []

  before(async () => {
    house = await openHouse({ tls: false, pages: { routers: [adminRoutes, liveRoutes] } })
    await house.add('adam', 'admin', { language: 'zh-CN', numbersMasked: false })
    server = serve({ fetch: house.app.fetch, port: 0, hostname: '127.0.0.1' })
    await new Promise(resolve => server.once('listening', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    chromium = await Chromium.launch('none')
    page = await chromium.page()
    page.on('pageerror', error => faults.push(error.message))
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

  async function downloaded(selector: string): Promise<Buffer> {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)])
    return readFile(await download.path())
  }

  test('a GB18030 list is sent, its columns confirmed beside the first rows, and its progress seen until it is done', async () => {
    const file = path.join(house.folder, '客户.csv')
    const lines = Array.from({ length: rows }, (_, at) =>
      [`K${at + 1}`, '龘小明', bad.includes(at + 1) ? '1.38E+10' : 13_800_000_000 + at, '上海'].join(','),
    )
    await writeFile(file, iconv.encode(['客户编号,姓名,手机号,城市', ...lines].join('\r\n'), 'gb18030'))
    await page.goto(`${url}/admin/imports`)
    await page.selectOption('select[name=kind]', 'parties')
    await page.setInputFiles('input[name=file]', file)
    await page.click('form.upload button')
    await page.waitForURL(/\/admin\/imports\/fi_/)
    const shown = await page.innerText('form[action$="/runs"]')
    for (const words of ['CSV · GB18030', '龘小明', '13800000000']) assert.ok(shown.includes(words), words)
    assert.deepEqual(await Promise.all([0, 1, 2].map(at => page.inputValue(`select[name=column${at}]`))), [
      'ref',
      'name',
      'phone1',
    ])
    await page.selectOption('select[name=column3]', '')
    await page.fill('input[name=saveAs]', '核心系统客户')
    await page.click('form[action$="/runs"] button')
    await page.waitForSelector('#import-state progress')
    await page.waitForSelector('#import-state .chip.green') // painted by the stream: nobody loads the page again
    const done = await page.innerText('#import-state')
    assert.match(done, /2,998/)
    assert.equal((await house.store.read('parties.byRef', { ref: 'K3000' }))?.name, '龘小明')
  })

  test('the rows that came back are a file with row, column and reason', async () => {
    const text = (await downloaded('a[href$="/errors.csv"]')).toString('utf8')
    const [, ...back] = text.trimEnd().split('\r\n')
    assert.deepEqual(
      back.map(line => line.split(',')[0]),
      bad.map(row => `K${row}`),
    )
    for (const [at, line] of back.entries())
      assert.match(line, new RegExp(`,${bad[at]},号码 1,.*1\\.38E\\+10.*被表格软件截断了`))
  })

  test('the mapping that was saved gets another name and goes', async () => {
    await page.goto(`${url}/admin/imports`)
    await page.click('a[href="/admin/imports/mappings"]')
    assert.match(await page.innerText('main'), /核心系统客户/)
    await page.click('form[action$="/renaming"] >> xpath=.. >> summary')
    await page.fill('form[action$="/renaming"] input[name=name]', '客户主表')
    await page.click('form[action$="/renaming"] button')
    await page.waitForSelector('td:has-text("客户主表")')
    page.once('dialog', dialog => void dialog.accept())
    await page.click('form[action$="/removal"] button')
    await page.waitForURL(/saved=1/)
    await page.waitForSelector('td:has-text("客户主表")', { state: 'detached' })
  })

  test('all parties are exported for a reason, and the file that is downloaded has every one of them', async () => {
    await page.goto(`${url}/admin/exports`)
    await page.selectOption('select[name=kind]', 'parties')
    await page.selectOption('select[name=form]', 'csv')
    await page.fill('input[name=reason]', '监管检查')
    await page.click('form[action="/admin/exports"] button.primary')
    await page.waitForURL(/\/admin\/exports\/te_/)
    await page.waitForSelector('#export-state .chip.green')
    const lines = (await downloaded('a[href$="/file"]')).toString('utf8').trimEnd().split('\r\n')
    assert.equal(lines.length, 1 + rows - bad.length)
    assert.ok(lines.some(line => /^K3000,/.test(line) && line.includes('龘小明') && line.includes('13800002999')))
    assert.deepEqual(faults, [])
  })
})
