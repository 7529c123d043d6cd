/**
 * The life of a campaign in the browser: adam sets it up and starts it, sam watches it on its own page, which is never loaded again: why it
 * waits, that it dials, its charts and its log; he asks what another ceiling would bring, and pauses it. sipp is the carrier.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { Chromium, hasChromium } from './chromium.ts'
import { ForwardClock } from './forward-clock.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { signInPassword, World } from './world.ts'

type Violation = { id: string; impact: string; nodes: { html: string }[] }

describe('the life of a campaign', { skip: hasChromium && hasSipp ? false : 'needs chromium and sipp' }, () => {
  const clock = new ForwardClock()
  let world: World
  let customer: RtpPeer
  let carrier: Sipp
  let chromium: Chromium
  let desk: Page
  let admin: Page
  let watch: Page
  let campaign: CampaignId
  let alice: UserId
  let trunk: TrunkId

  before(async () => {
    world = await World.open({ web: 'https', clock })
    alice = await world.person('alice', 'agent')
    await world.person('adam', 'admin')
    await world.person('sam', 'supervisor')
    customer = await RtpPeer.open('127.0.0.23', 440)
    carrier = await Sipp.carrier({
      address: '127.0.0.22',
      media: customer,
      calls: 2,
      acts: [{ do: 'ring' }, { do: 'pause', ms: 400 }, { do: 'answer' }, { do: 'expectBye' }],
    })
    trunk = await world.trunk(carrier, { id: 't_life' as TrunkId })
    chromium = await Chromium.launch({ hz: 1000 })
    desk = await chromium.page()
    admin = await chromium.page()
    watch = await chromium.page()
  })
  after(async () => {
    await chromium?.[Symbol.asyncDispose]()
    await carrier?.[Symbol.asyncDispose]()
    await customer?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  async function signIn(page: Page, name: string): Promise<void> {
    await page.goto(`${world.url}/sign-in`)
    await page.fill('input[name=name]', name)
    await page.fill('input[name=password]', signInPassword)
    await page.press('input[name=password]', 'Enter')
    await page.waitForURL(url => !url.pathname.startsWith('/sign-in'))
  }

  /** Waits until the part of the page that sam watches says it. */
  const says = (part: string, words: string) =>
    watch.locator(part, { hasText: words }).waitFor({ timeout: 20_000, state: 'visible' })
  const phase = (name: string) => desk.waitForSelector(`#state-bar[data-phase="${name}"]`, { timeout: 15_000 })

  test('adam sets it up and imports a list', async () => {
    await signIn(admin, 'adam')
    await admin.goto(`${world.url}/admin/campaigns/new`)
    await admin.fill('input[name=name]', 'March reminder')
    await admin.selectOption('select[name=mode]', 'predictive')
    await admin.selectOption('select[name=policy]', 'LAB-ANY-HOUR')
    await admin.check(`input[name=trunks][value=${trunk}]`)
    await admin.check(`input[name=agents][value=${alice}]`)
    await admin.click('form.form button.primary')
    await admin.waitForURL(/\/leads$/)
    const list = '编号,姓名,手机\nR1,Carl One,13800000001\nR2,Carl Two,13800000002\n'
    await admin.setInputFiles('input[type=file]', {
      name: 'march.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(list),
    })
    await admin.locator('form:has(input[type=file]) button.primary').click()
    await admin.locator('.notice.green').waitFor()
    const [made] = [...world.house.engine.state.campaigns.values()]
    campaign = made!.campaign.id
    assert.equal(made!.campaign.state, 'paused')
  })

  test('sam finds it on the wallboard, starts it, and reads that nobody is signed on', async () => {
    await signIn(watch, 'sam')
    await watch.click('#campaigns a:has-text("March reminder")')
    await watch.waitForURL(new RegExp(`/supervisor/campaigns/${campaign}$`))
    await says('#campaign-why', 'Paused')
    await says('#campaign-charts', 'No data of today yet')
    await says('#campaign-log', 'No entries yet')
    await watch.click('button:has-text("Start")')
    await says('#campaign-why', 'No agent of this campaign is signed on.')
    await watch.evaluate('window.loadedOnce = true')
  })

  test('an agent comes, and the page shows that it dials and who is busy', async () => {
    await signIn(desk, 'alice')
    await desk.waitForSelector('html[data-audio-state="up"]', { timeout: 20_000, state: 'attached' })
    await phase('signed_off')
    await desk.keyboard.press('Alt+r')
    await phase('break')
    await world.until('the station is up', () => world.house.engine.state.agents.get(alice)?.stationLeg !== null)
    await desk.keyboard.press('Alt+r')
    await world.fact('call.answered', undefined, 15_000)
    await phase('talking')
    await says('#campaign-tiles', '1 / 1')
    await says('#campaign-tiles', '1 talking')
  })

  /** The call lasts until here, so that what the page says of it has all the time it needs. */
  async function hangUpAndWriteDown(next: 'ready' | 'break'): Promise<void> {
    await phase('talking')
    await desk.keyboard.press('Alt+e')
    await phase('wrapping')
    await desk.click('#write input[name=code] >> nth=0', { force: true })
    await desk.click(`#write button[name=next][value=${next}]`)
  }

  test('when the list is through the page says so', async () => {
    await hangUpAndWriteDown('ready')
    await world.until(
      'two calls',
      () => world.facts.filter(fact => fact.type === 'call.connected').length === 2,
      20_000,
    )
    await hangUpAndWriteDown('ready')
    await carrier.done()
    await says('#campaign-why', 'No lead is due now.')
    await says('#campaign-filters', 'Not due yet')
  })

  test('charts and the log of pacing appear by themselves, with a table and a file behind them', async () => {
    clock.forward(61_000)
    await world.fact('campaign.paced', fact => fact.campaign === campaign)
    await says('#campaign-log', 'No lead was due.')
    await watch.locator('#campaign-charts svg.chart').nth(4).waitFor({ timeout: 20_000, state: 'attached' })
    assert.equal(await watch.locator('#campaign-charts svg.chart').count(), 5)
    await says('#campaign-tiles', '2 answered · 2 to agents')
    await watch.click('#campaign-charts summary')
    const row = await watch.locator('#campaign-charts tbody tr').last().textContent()
    assert.match(row ?? '', /\d\d:\d\d/)
    assert.equal(await watch.evaluate('window.loadedOnce'), true, 'the page was never loaded again')
    const [download] = await Promise.all([
      watch.waitForEvent('download'),
      watch.click('#campaign-charts a[href$="minutes.csv"]'),
    ])
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n')
    const at = lines[0]!.split(',').indexOf('dialled')
    assert.equal(
      lines.slice(1).reduce((sum, line) => sum + Number(line.split(',')[at]), 0),
      2,
    )
  })

  test('the slider asks for what a ceiling brings, and two calls are said to be too few', async () => {
    await watch.click('#predicted button')
    await says('#predicted', 'Too little data: 2 calls were dialled; at least 100 are needed')
    const [asked] = await Promise.all([
      watch.waitForRequest(/\/predicted\?/),
      watch.locator('#occupancy-max').fill('75'),
    ])
    assert.equal(new URL(asked.url()).searchParams.get('occupancyMax'), '75')
    assert.equal((await asked.response())?.status(), 200)
    await watch.click('#occupancy button:has-text("Use this ceiling")')
    await says('#occupancy', 'now 75.0 %')
    assert.equal(world.house.engine.state.campaigns.get(campaign)!.campaign.occupancyMax, 0.75)
  })

  test('axe finds nothing serious on the page as it is, in both languages and appearances', async () => {
    const axe = readFileSync(createRequire(import.meta.filename).resolve('axe-core/axe.min.js'), 'utf8')
    for (const look of ['lang=en; theme=dark', 'lang=zh-CN; theme=light']) {
      for (const cookie of look.split('; ')) await watch.evaluate(`document.cookie = '${cookie}; Path=/'`)
      await watch.reload()
      await watch.locator('#campaign-charts svg.chart').first().waitFor({ state: 'attached' })
      const folder = process.env['SCREENSHOTS']
      if (folder) await watch.screenshot({ path: `${folder}/campaign-live-${look.slice(5, 7)}.png`, fullPage: true })
      // By the debugger's door: the page's own policy lets no script in.
      await watch.evaluate(axe)
      const found = await watch.evaluate<Violation[]>(
        "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => ({ html: html.slice(0, 140) })) })))",
      )
      assert.deepEqual(
        found.filter(({ impact }) => impact === 'serious' || impact === 'critical'),
        [],
        look,
      )
    }
    await watch.evaluate("document.cookie = 'lang=en; Path=/'")
    await watch.reload()
  })

  test('sam pauses it, and the journal knows who did', async () => {
    await watch.click('button:has-text("Pause")')
    await says('#campaign-why', 'Paused')
    await world.until('paused', () => world.house.engine.state.campaigns.get(campaign)!.campaign.state === 'paused')
    const { items } = await world.house.store.read('journal.page', { type: 'campaign.saved', limit: 1 })
    assert.equal(items[0]!.actor, 'user:u_sam')
    await watch.click('a:has-text("Whole log")')
    await watch.waitForURL(/\/pacing$/)
    assert.ok((await watch.locator('tbody tr').count()) >= 1)
  })
})
