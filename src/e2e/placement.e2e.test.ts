/** A day of placement in real browsers: cases go to an agency, one of its people works one of them, money comes in, and the rest comes back. */
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { House } from '../http/testing/house.ts'
import { testPassword } from '../http/testing/house.ts'
import type { AgencyId, LegId, UserId } from '../lib/ids.ts'
import { createAgency } from '../records/agencies/agencies.ts'
import { createCampaign, setCampaignState } from '../records/campaigns/campaigns.ts'
import { openCase } from '../records/collections/cases.ts'
import { saveLoans } from '../records/collections/loans.ts'
import { recordRepayment } from '../records/collections/repayments.ts'
import { savePolicy } from '../records/gate/policies.ts'
import { saveParties } from '../records/parties/parties.ts'
import { createUser } from '../records/people/users.ts'
import { createTrunk } from '../records/telephony/trunks.ts'
import { type BrowserDay, openBrowserDay, text } from './browser-day.ts'
import { hasChromium } from './chromium.ts'

const debtors = [
  { ref: 'K-1', name: '陈建国', number: '13766540091' },
  { ref: 'K-2', name: '王秀英', number: '13766540092' },
  { ref: 'K-3', name: '刘洋', number: '13766540093' },
] as const

describe('a day of placement', { skip: hasChromium ? false : 'needs chromium' }, () => {
  let day: BrowserDay
  let house: House
  let alice: UserId
  let zhou: UserId
  let agency: AgencyId
  let desk: Page

  before(async () => {
    day = await openBrowserDay([
      { name: 'alice', role: 'agent', displayName: '李雨桐', numbersMasked: true },
      { name: 'adam', role: 'admin' },
    ])
    ;({ house } = day)
    alice = day.people.get('alice')!.id
    const door = house.deps.records
    const contract = { from: '2026-11-01', until: '2026-12-31', commissionPermille: 200, seats: 5, caseQuota: 10 }
    agency = (await createAgency(door, 'system', { name: '恒信服务', ...contract })).id
    const person = { name: 'zhou', role: 'agent', displayName: '周敏', language: 'zh-CN', password: testPassword }
    zhou = (await createUser(door, 'system', { ...person, agency })).id
    const limit = { unit: 'CONVERSATION', key: ['PARTY'], window: { type: 'DAY' }, max: 2, effect: 'BLOCK' }
    await savePolicy(door, 'system', {
      ...{ id: 'TWO-A-DAY', source: 'test', business: ['collections'], hours: { from: 0, to: 1440 } },
      ...{ relations: ['SELF', 'GUARANTOR'], limits: [limit] },
    })
    const trunk = (await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })).id
    const campaign = async (name: string, agent: UserId, more: object = {}) => {
      const about = { name, business: 'collections', mode: 'manual', trunks: [trunk], agents: [agent] }
      const { id } = await createCampaign(door, 'system', { ...about, policy: 'TWO-A-DAY', ...more })
      await setCampaignState(door, 'system', id, { state: 'running' })
    }
    await campaign('自催', alice)
    await campaign('委外', zhou, { agency })
    await house.engine.dispatch({ type: 'trunk.up', trunk }, 'system')
    await saveParties(
      door,
      'system',
      debtors.map(({ ref, name, number }) => ({ ref, name, phones: [{ number: `+86${number}` }] })),
    )
    const plan = [{ no: 1, dueOn: '2026-10-07', principal: 200_000 }]
    await saveLoans(
      door,
      'system',
      debtors.map(({ ref }) => ({ ref: `J${ref}`, party: ref, product: '消费分期', principal: 200_000, plan })),
    )
    for (const { ref } of debtors) await openCase(door, 'system', { party: ref, agent: alice })
  })
  after(() => day?.[Symbol.asyncDispose]())

  const phase = (page: Page, name: string) => page.waitForSelector(`#state-bar[data-phase="${name}"]`)
  const callOf = (agent: UserId) => house.engine.state.calls.get(house.engine.state.agents.get(agent)!.call!)!
  const caseOf = async (ref: string) => (await house.store.read('cases.ofParty', { party: ref }))[0]!
  /** With `SCREENSHOTS` set to a folder, what a person would see is kept there. */
  async function picture(page: Page, name: string): Promise<void> {
    const folder = process.env['SCREENSHOTS']
    if (folder === undefined) return
    await mkdir(folder, { recursive: true })
    await page.screenshot({ path: `${folder}/${name}.png` })
  }
  async function signOn(name: string, agent: UserId): Promise<Page> {
    const page = await day.as(name, '/agent')
    await page.keyboard.press('Alt+r')
    await phase(page, 'break')
    await house.engine.dispatch({ type: 'station.up', agent, leg: `l_${name}` as LegId }, 'system')
    return page
  }
  /** Looks at the party, clicks its number and talks. */
  async function talk(page: Page, agent: UserId, name: string): Promise<void> {
    await page.click(`#who li:has-text("${name}") [hx-put="/agent/party"]`)
    await page.waitForSelector(`#who .name:text("${name}")`)
    await page.click('#who [hx-post="/agent/calls"] >> nth=0')
    await phase(page, 'dialing')
    await house.engine.dispatch({ type: 'leg.answered', leg: callOf(agent).leg }, 'system')
    await phase(page, 'talking')
    house.clock.advance(30_000)
  }
  async function writeDown(page: Page, code: string, note: string): Promise<void> {
    await page.keyboard.press('Alt+e')
    await phase(page, 'wrapping')
    await page.check(`#write input[name=code][value=${code}]`)
    if (code === 'promise') {
      await page.fill('#write input[name=promiseAmount]', '1,500')
      await page.fill('#write input[name=promiseDate]', '2026-11-26')
    }
    await page.fill('#write textarea[name=note]', note)
    await page.keyboard.press('Control+Enter')
    await page.waitForSelector('#state-bar:not([data-phase="wrapping"])')
    await page.keyboard.press('Alt+b')
    await page.click('#breaks button >> nth=0')
    await phase(page, 'break')
  }

  test('the lender’s own collector has talked to one of them today', async () => {
    const page = await signOn('alice', alice)
    await talk(page, alice, '陈建国')
    await writeDown(page, 'paid', '自催备注：客户情绪激动')
  })

  test('an administrator looks at a dry run and places the cases as it showed them', async () => {
    const page = await day.as('adam', `/supervisor/agencies/${agency}`)
    await page.click('#place form[method=get] button')
    await page.waitForSelector('form[action$="/batches"]')
    assert.match(await text(page), /可委出 3 件[\s\S]*¥6,000\.00/)
    await picture(page, '1-dry-run')
    await page.fill('form[action$="/batches"] [name=name]', '十一月第一批')
    await page.fill('form[action$="/batches"] [name=until]', '2026-12-10')
    await page.click('form[action$="/batches"] button.primary')
    await page.waitForURL(/\/supervisor\/batches\//)
    assert.match(await text(page), /十一月第一批[\s\S]*陈建国[\s\S]*在委[\s\S]*周敏/)
    await picture(page, '2-batch')
    for (const { ref } of debtors) {
      const { state, agent } = await caseOf(ref)
      assert.deepEqual([state, agent], ['OUTSOURCED', zhou])
    }
  })

  test('the agency’s person sees her cases with masked numbers and nothing of the lender’s own, calls one and notes a promise', async () => {
    desk = await signOn('zhou', zhou)
    for (const { name } of debtors) await desk.waitForSelector(`#who li:has-text("${name}")`)
    await talk(desk, zhou, '陈建国')
    assert.match(await text(desk, '#who'), /陈建国[\s\S]*¥2,000\.00[\s\S]*137 \*\*\*\* 0091/)
    const seen = await desk.content()
    assert.doesNotMatch(seen, /13766540091|自催备注|李雨桐/)
    await picture(desk, '3-talking')
    await writeDown(desk, 'promise', '周四还一部分')
    const [promise] = await house.store.read('promises.ofParty', { party: 'K-1' })
    assert.deepEqual([promise!.amount, promise!.agent, promise!.state], [150_000, zhou, 'OPEN'])
  })

  test('her talk and the lender’s count together: the third of the day is refused', async () => {
    await desk.waitForSelector('#who .name:text("陈建国")')
    await desk.click('#who [hx-post="/agent/calls"] >> nth=0')
    await desk.waitForSelector('#desk-notice .notice.red')
    await picture(desk, '4-refused')
    assert.equal(house.engine.state.agents.get(zhou)!.call, null)
    const { refusedRule } = (await house.store.read('attempts.page', { limit: 1 })).items[0] as { refusedRule: string }
    assert.equal(refusedRule, 'cap_conversations')
  })

  test('what is repaid in full leaves the agency at once, while she looks at it, and counts for the batch', async () => {
    const paidAt = house.clock.now()
    await recordRepayment(house.deps.records, 'system', { id: 'T-1', party: 'K-1', amount: 200_000, paidAt })
    await desk.waitForSelector('#who .name:text("陈建国")', { state: 'detached' })
    await desk.waitForSelector('#who li:has-text("王秀英")')
    assert.doesNotMatch(await text(desk, '#who'), /陈建国/)
    const { state, agent } = await caseOf('K-1')
    assert.deepEqual([state, agent], ['CURED', alice])
    const [promise] = await house.store.read('promises.ofParty', { party: 'K-1' })
    assert.equal(promise!.state, 'KEPT')
    const page = await day.as('adam', `/supervisor/agencies/${agency}`)
    await page.click('a:has-text("十一月第一批")')
    await page.waitForURL(/\/supervisor\/batches\//)
    assert.match(await text(page), /已还清，出催[\s\S]*回款[\s\S]*¥2,000\.00[\s\S]*应付佣金[\s\S]*¥400\.00/)
    await picture(page, '5-repaid')
  })

  test('the rest is recalled: it is the lender’s again, and her desk is empty without a reload', async () => {
    const page = await day.as('adam', `/supervisor/agencies/${agency}`)
    await page.click('a:has-text("十一月第一批")')
    await page.waitForURL(/\/supervisor\/batches\//)
    await page.fill('#recall [name=reason]', '改为自催')
    await page.click('#recall button[name=all]')
    await page.waitForSelector('.notice.green:has-text("已退回 2 件")')
    await picture(page, '6-recalled')
    for (const ref of ['K-2', 'K-3']) {
      const { state, agent } = await caseOf(ref)
      assert.deepEqual([state, agent], ['ASSIGNED', alice])
    }
    for (const name of ['王秀英', '刘洋'])
      await desk.waitForSelector(`#who li:has-text("${name}")`, { state: 'detached' })
    await picture(desk, '7-empty-desk')
    const back = await day.as('alice', '/agent')
    await back.click('#who .card [hx-put="/agent/party"]') // whom she talked to this morning is put away
    await back.waitForSelector('#who li:has-text("王秀英")')
    assert.deepEqual(day.faults, [])
  })
})
