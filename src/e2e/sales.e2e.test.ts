/** A day of sales in a real browser, and the days to think after it: from the product to what is in force, by the pages of everybody who has a part in it. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { User } from '../centre/entities.ts'
import type { House } from '../http/testing/house.ts'
import type { CallId, CampaignId, LeadId, LegId, RecordingId } from '../lib/ids.ts'
import { createCampaign, setCampaignState } from '../records/campaigns/campaigns.ts'
import { importLeads } from '../records/campaigns/leads.ts'
import { createParty } from '../records/parties/parties.ts'
import { giveConsent } from '../records/parties/party-details.ts'
import { saveProspects } from '../records/sales/sales.ts'
import { createTrunk } from '../records/telephony/trunks.ts'
import { type BrowserDay, openBrowserDay, text } from './browser-day.ts'
import { hasChromium } from './chromium.ts'

const people = [
  { ref: 'K-1', name: '陈建国', number: '+8613766540071' },
  { ref: 'K-2', name: '王秀英', number: '+8613766540072' },
  { ref: 'K-3', name: '刘洋', number: '+8613766540073' },
] as const
const dayMs = 86_400_000

describe('a day of sales', { skip: hasChromium ? false : 'needs chromium' }, () => {
  let day: BrowserDay
  let house: House
  let alice: User
  let campaign: CampaignId
  let desk: Page
  const leads = new Map<string, LeadId>()

  before(async () => {
    day = await openBrowserDay([
      { name: 'alice', role: 'agent', displayName: '李雨桐' },
      { name: 'adam', role: 'admin' },
      { name: 'sam', role: 'supervisor' },
      { name: 'quinn', role: 'quality' },
    ])
    house = day.house
    alice = day.people.get('alice')!
    const door = house.deps.records
    const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
    campaign = (
      await createCampaign(door, 'system', {
        ...{ name: '分期邀约', business: 'sales', mode: 'manual', trunks: [trunk.id] },
        ...{ agents: [alice.id], policy: 'LAB-ANY-HOUR' },
      })
    ).id
    await setCampaignState(door, 'system', campaign, { state: 'running' })
    await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
    for (const { ref, name, number } of people) {
      await createParty(door, 'system', { ref, name, phones: [{ number }] })
      await giveConsent(door, 'system', { party: ref, purpose: 'sales', basis: '应用内授权', evidence: `授权 ${ref}` })
    }
    await saveProspects(
      door,
      'system',
      people.map(({ ref }) => ({
        ...{ party: ref, limit: 1_500_000, limitUntil: '2026-12-31' },
        purchases: [{ on: '2026-03-01', what: '电视', amount: 300_000 }],
      })),
    )
    await importLeads(door, 'system', {
      ...{ campaign, name: 'november' },
      source: {
        kind: 'json',
        rows: people.map(({ ref, name, number }) => ({ ref, name, phones: [{ number }] })),
      },
    })
    for (const lead of (await house.store.read('leads.page', { campaign })).items) leads.set(lead.ref, lead.id)
  })
  after(() => day?.[Symbol.asyncDispose]())

  const phase = (name: string) => desk.waitForSelector(`#state-bar[data-phase="${name}"]`)
  const theCall = () => [...house.engine.state.calls.values()].find(call => call.agent === alice.id)!
  const ofParty = (party: string) => house.store.read('sales.ofParty', { party })

  /** The dialler gives the agent a lead, and the party answers; the line is recorded. */
  async function talkTo({ ref, name, number }: (typeof people)[number]): Promise<CallId> {
    const dial = { type: 'agent.dial', agent: alice.id, number, campaign, lead: leads.get(ref)!, party: ref } as const
    const outcome = await house.engine.dispatch({ ...dial, name, relation: 'SELF' }, `user:${alice.id}`)
    assert.ok(outcome.ok, JSON.stringify(outcome))
    return answered()
  }
  async function answered(): Promise<CallId> {
    await phase('dialing')
    const call = theCall()
    await house.engine.dispatch({ type: 'leg.answered', leg: call.leg! }, 'system')
    await phase('talking')
    return call.id
  }
  async function hangUp(call: CallId, outcome: string): Promise<void> {
    await desk.keyboard.press('Alt+e')
    await phase('wrapping')
    await desk.check(`#write input[name=code][value="${outcome}"]`)
    if (outcome === 'callback') {
      await desk.fill('#write input[name=callbackAt]', '2026-11-25T10:00')
      await desk.check('#write input[name=callbackMine]')
      await desk.check('#write input[name=grade][value=A]')
    }
    await desk.press('#write textarea[name=note]', 'Control+Enter')
    await phase('ready')
    await seal(call)
  }
  /** What the recording thread would have left. */
  async function seal(call: CallId): Promise<void> {
    const [open] = await house.store.read('recordings.ofCall', { call })
    if (open === undefined || open.sealedAt !== null) return
    const audio = new Uint8Array(8_000).fill(0xd5)
    const file = path.join(house.deps.config.recordingsDir, open.path!)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, audio)
    const sealed = {
      type: 'recording.sealed',
      recording: open.id as RecordingId,
      call,
      sha256: '0'.repeat(64),
    } as const
    const fact = { ...sealed, bytes: audio.length, durationMs: 60_000, salvaged: false } as const
    await house.store.commit({ recorded: [{ at: house.clock.now(), actor: 'system', fact }] })
  }

  /** Reckons, offers, reads out the four sentences, orders. */
  async function sell(): Promise<void> {
    await desk.selectOption('#sale-product', 'phone')
    await desk.fill('#sale-amount', '12,000')
    await desk.waitForSelector('#sale-sums :text("13.03%")')
    assert.match(await text(desk, '#sale-sums'), /¥864\.00[\s\S]*¥1,072\.00[\s\S]*¥12,864\.00/)
    await desk.click('#sale-sums button[hx-post="/agent/sales/offers"]')
    await desk.waitForSelector('.offer .must')
    assert.ok(await desk.isDisabled('.offer > button'), 'nothing is ordered before it was read out')
    for (let nth = 1; nth <= 4; nth++) {
      await house.clock.advance(3_000)
      await desk.click(`.offer .must label:nth-of-type(${nth})`)
      await desk.waitForSelector(`.offer .must label:nth-of-type(${nth}) input:checked:disabled`)
    }
    assert.match(
      await text(desk, '.offer'),
      /年化利率（单利）为 13\.03%[\s\S]*息费合计 ¥864\.00，总共支付 ¥12,864\.00[\s\S]*7 天冷静期/,
    )
    await desk.click('.offer > button')
    await desk.waitForSelector('#desk-notice :text("等待质检")')
  }

  test('the administrator sees the annual rate that follows before a product is saved', async () => {
    const page = await day.as('adam', '/admin/products/new')
    await page.fill('[name=saleId]', 'phone')
    await page.fill('[name=saleName]', '手机分期')
    await page.fill('[name=amountMin]', '1000')
    await page.fill('[name=amountMax]', '20000')
    await page.fill('[name=terms]', '3, 6, 12')
    await page.fill('[name=ratePercent]', '0')
    await page.fill('[name=monthlyPercent]', '0.6')
    await page.waitForSelector('#example :text("13.03%")')
    await page.fill('[name=amountMax]', '10')
    await page.click('form#product .primary')
    await page.waitForSelector('#e-amountMax')
    assert.equal(await page.inputValue('[name=saleName]'), '手机分期', 'what was typed stays')
    await page.fill('[name=amountMax]', '20000')
    await page.click('form#product .primary')
    await page.waitForSelector('.notice.green')
    assert.match(await text(page), /手机分期[\s\S]*在售[\s\S]*13\.03%/)
    const [product] = await house.store.read('products.list', {})
    assert.deepEqual([product?.monthlyFeePpm, product?.coolingDays, product?.version], [6_000, 7, 1])
  })

  test('the agent reckons, offers and orders on two calls, and the page is never loaded anew', async () => {
    desk = await day.as('alice', '/agent')
    await desk.evaluate('window.loadedOnce = true')
    await desk.keyboard.press('Alt+r')
    await phase('break')
    await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
    const call = await talkTo(people[0])
    assert.match(await text(desk, '#who'), /应用内授权 · 凭据：授权 K-1[\s\S]*¥15,000\.00[\s\S]*电视/)
    await sell()
    await hangUp(call, 'buy_now')
    const second = await talkTo(people[1])
    assert.equal(await desk.inputValue('#sale-amount'), '', 'another party, another calculation')
    await sell()
    await hangUp(second, 'buy_now')
    for (const { ref } of people.slice(0, 2))
      assert.deepEqual(
        (await ofParty(ref)).orders.map(({ state }) => state),
        ['QC'],
      )
    assert.ok(await desk.evaluate('window.loadedOnce'))
  })

  test('who wants to think about it is graded, and is to be called again by this agent', async () => {
    await hangUp(await talkTo(people[2]), 'callback')
    const { prospect } = await ofParty('K-3')
    assert.deepEqual([prospect?.grade, prospect?.followUpAt], ['A', Date.parse('2026-11-25T10:00:00+08:00')])
  })

  test('quality listens where it was said, sends one back, and passes it when it was handed in again', async () => {
    const page = await day.as('quinn', '/supervisor/orders?state=QC')
    await page.click('a:has-text("陈建国")')
    await page.waitForSelector('.heard-answers [data-plays]')
    assert.equal(await page.locator('.heard-answers [data-plays]').count(), 4)
    await page.check('[name=heard][value=consent]')
    await page.click('button[value=pass]')
    await page.waitForSelector('.notice.red:has-text("四条没有都听到")')
    await page.fill('[name=checkNote]', '没听清息费合计')
    await page.click('button[value=back]')
    await page.waitForSelector('.heading .chip:has-text("待提交")')

    await desk.goto(`${day.url}/agent/orders`)
    assert.match(await text(desk), /没听清息费合计/)
    await desk.click('form[action$="/submission"] button')
    await desk.waitForSelector('.notice.green')
    await desk.goto(`${day.url}/agent`)

    for (const { name } of people.slice(0, 2)) {
      await page.goto(`${day.url}/supervisor/orders?state=QC`)
      await page.click(`a:has-text("${name}")`)
      for (const item of ['consent', 'apr', 'total-cost', 'cooling-off'])
        await page.check(`[name=heard][value=${item}]`)
      await page.click('button[value=pass]')
      await page.waitForSelector('.heading .chip:has-text("待签约")')
    }
    const [order] = (await ofParty('K-1')).orders
    assert.equal(order?.checker, [...house.engine.state.users.values()].find(({ name }) => name === 'quinn')?.id)
  })

  test('both are signed; one thinks better of it within the days to think', async () => {
    const page = await day.as('sam', '/supervisor/orders?state=CONFIRMED')
    for (const { ref } of people.slice(0, 2)) {
      await page.goto(`${day.url}/supervisor/orders/${(await ofParty(ref)).orders[0]!.id}`)
      await page.click('form[action$="/signature"] button')
      await page.waitForSelector('.heading :text("冷静期至 2026-12-01（含当日） · 还剩 7 天")')
      assert.equal(await page.locator('form[action$="/fulfilment"]').count(), 0)
    }
    await page.goto(`${day.url}/supervisor/orders/${(await ofParty('K-1')).orders[0]!.id}`)
    await page.click('summary:has-text("取消订单")')
    await page.selectOption('[name=cancelReason]', 'too-dear')
    await page.click('form[action$="/cancellation"] .danger')
    await page.waitForSelector('.heading .chip:has-text("已取消")')
    assert.match(await text(page), /觉得贵/)
    const [order] = (await ofParty('K-1')).orders
    assert.deepEqual([order?.state, order?.reason], ['CANCELLED', 'too-dear'])
  })

  test('the next day the follow-up is due, on the supervisor’s list and among the agent’s callbacks', async () => {
    await house.clock.advance(Date.parse('2026-11-25T10:01:00+08:00') - house.clock.now())
    await day.goHome() // the sessions of yesterday end
    const page = await day.as('sam', '/supervisor/prospects?due=past')
    assert.match(await text(page, 'table'), /刘洋[\s\S]*A 马上买[\s\S]*已到时间/)
    assert.doesNotMatch(await text(page, 'table'), /陈建国|王秀英/)
    await page.click('a:has-text("刘洋")')
    await page.waitForSelector('h1:has-text("刘洋")')
    assert.match(await text(page), /授权 K-3/)
    desk = await day.as('alice', '/agent')
    await desk.waitForSelector('#who .history :text("137 **** 0073")')
  })

  test('after the days to think the other order is put in force', async () => {
    await house.clock.advance(7 * dayMs)
    await day.goHome()
    const { id } = (await ofParty('K-2')).orders[0]!
    const page = await day.as('sam', `/supervisor/orders/${id}`)
    assert.match(await text(page, '.heading'), /冷静期已于 2026-12-01 结束/)
    await page.click('form[action$="/fulfilment"] button')
    await page.waitForSelector('.heading .chip:has-text("已生效")')
    assert.deepEqual(
      (await house.store.read('orders.moves', { id })).map(({ state }) => state),
      ['QC', 'CONFIRMED', 'COOLING', 'FULFILLED'],
    )
    assert.deepEqual(day.faults, [])
  })
})
