/** Two days of collections in a real browser: from the lender's file to the money that came in, by the pages of everybody who has a part in it. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { User } from '../centre/entities.ts'
import type { House } from '../http/testing/house.ts'
import type { Message, MessageSender } from '../lender/message.ts'
import type { CampaignId, LegId } from '../lib/ids.ts'
import { createCampaign, setCampaignState } from '../records/campaigns/campaigns.ts'
import { runDay } from '../records/collections/daily.ts'
import { runStrategies } from '../records/collections/strategies.ts'
import { sendMessages } from '../records/messages/messages.ts'
import { createTrunk } from '../records/telephony/trunks.ts'
import { type BrowserDay, openBrowserDay, text } from './browser-day.ts'
import { hasChromium } from './chromium.ts'

const people = [
  { ref: 'K-1', name: '陈建国', number: '13766540081' },
  { ref: 'K-2', name: '王秀英', number: '13766540082' },
  { ref: 'K-3', name: '刘洋', number: '13766540083' },
  { ref: 'K-4', name: '李芳', number: '13766540084' },
] as const
type Debtor = (typeof people)[number]

describe('two days of collections', { skip: hasChromium ? false : 'needs chromium' }, () => {
  let day: BrowserDay
  let house: House
  let alice: User
  let campaign: CampaignId
  let url = ''
  let desk: Page
  /** In the order in which the dialler brings them: who promises, who pays while it rings, who pays in the queue, who complains. */
  let promiser: Debtor
  let ringing: Debtor
  let complainer: Debtor
  const texts: Message[] = []
  let faults: string[] = []

  before(async () => {
    day = await openBrowserDay([
      { name: 'alice', role: 'agent', displayName: '李雨桐', numbersMasked: true },
      { name: 'adam', role: 'admin' },
      { name: 'sam', role: 'supervisor' },
    ])
    ;({ house, url, faults } = day)
    alice = day.people.get('alice')!
    const door = house.deps.records
    const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
    campaign = (
      await createCampaign(door, 'system', {
        ...{ name: '早期催收', business: 'collections', mode: 'preview', trunks: [trunk.id] },
        ...{ agents: [alice.id], policy: 'LAB-ANY-HOUR' },
      })
    ).id
    await setCampaignState(door, 'system', campaign, { state: 'running' })
    await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  })
  after(() => day?.[Symbol.asyncDispose]())

  const as = (name: string, where: string) => day.as(name, where)
  const phase = (name: string) => desk.waitForSelector(`#state-bar[data-phase="${name}"]`)
  const theCall = () => [...house.engine.state.calls.values()].find(call => call.agent === alice.id)!
  const caseOf = async ({ ref }: Debtor) => (await house.store.read('cases.ofParty', { party: ref }))[0]!
  const queued = () => house.engine.state.campaigns.get(campaign)!.buffer
  const byRef = (ref: string | null | undefined) => people.find(each => each.ref === ref)!
  /** What the lender's clock does each quarter of an hour, and with the outbox twice a minute. */
  async function clockTurns(): Promise<void> {
    await runDay(house.deps.records)
    await runStrategies(house.deps.records)
  }
  const send = () => {
    const sender: MessageSender = {
      async send(message) {
        texts.push(message)
        return { ok: true, ref: `r${texts.length}` }
      },
    }
    return sendMessages(house.deps.records, sender)
  }

  async function bring(page: Page, kind: string, name: string, lines: string[]): Promise<void> {
    await page.goto(`${url}/admin/imports`)
    await page.selectOption('[name=kind]', kind)
    const file = { name, mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`) }
    await page.setInputFiles('input[name=file]', file)
    await page.click('form.upload button.primary')
    await page.waitForSelector('form[action$="/runs"]')
    await page.click('form[action$="/runs"] button.primary')
    await page.waitForSelector('#import-state :text("已完成")')
    assert.doesNotMatch(await text(page), /未导入的行/)
  }
  const repaid = (id: string, { ref }: Debtor, yuan: string) => `${id},${ref},${yuan},2026-11-24 12:00,银行代扣`
  const repayments = '流水号,客户号,还款金额,还款时间,渠道'

  async function preview(): Promise<Debtor> {
    await phase('preview')
    const found = byRef(house.engine.state.agents.get(alice.id)!.preview?.lead.ref)
    await desk.waitForSelector(`#who .name:text("${found.name}")`)
    return found
  }

  test('the lender’s files come in, and the daily work opens a case for each who is late, with days and bucket', async () => {
    const page = await as('adam', '/admin/assignment')
    await page.check('form[action$="/daily"] [name=openCases]')
    await page.fill('[name=fromDays]', '3')
    await page.click('form[action$="/daily"] button.primary')
    await page.waitForSelector('.notice.green')
    await bring(page, 'parties', '客户.csv', [
      '客户编号,姓名,手机号',
      ...people.map(({ ref, name, number }) => `${ref},${name},${number}`),
    ])
    await bring(page, 'loans', '借据.csv', [
      '借据号,客户号,产品,期次,应还日,本金,利息,罚息',
      ...people.flatMap(({ ref }) => [
        `J${ref},${ref},消费分期,1,2026-11-07,2000,80,20`,
        `J${ref},${ref},消费分期,2,2026-12-07,2000,40,0`,
      ]),
    ])
    await clockTurns()
    await page.goto(`${url}/supervisor/cases`)
    for (const { name } of people) assert.match(await text(page, 'table'), new RegExp(name))
    assert.match(await text(page, 'table'), /已导入[\s\S]*M1[\s\S]*17[\s\S]*4,140\.00/)
  })

  test('who would get what is shown, then done; a strategy says what is done on which day', async () => {
    const page = await as('adam', '/admin/assignment/rules/new')
    await page.fill('[name=name]', 'M1 全部')
    await page.check('[name=buckets][value=M1]')
    await page.fill('[name=groups]', '冠军 100: alice')
    await page.click('form.form button.primary')
    await page.waitForURL(/saved=1/)
    await page.goto(`${url}/admin/assignment/plan`)
    assert.match(await text(page), /李雨桐[\s\S]*16,560\.00[\s\S]*M1 全部 · 冠军/)
    for (const each of people) assert.equal((await caseOf(each)).agent, null, 'looking changes nothing')
    await page.click('form[action$="/runs"] button.primary')
    await page.waitForSelector('.notice.green')
    for (const each of people) {
      const { agent, state, rule, group } = await caseOf(each)
      assert.deepEqual([agent, state, rule, group], [alice.id, 'ASSIGNED', 'M1 全部', '冠军'])
    }
    await page.goto(`${url}/admin/strategies/new`)
    await page.fill('[name=name]', '早期')
    await page.check('[name=buckets][value=M1]')
    await page.fill(
      '[name=stepLines]',
      [
        '首次短信 | 16 | sms | | {name}，您已逾期{days}天，尚欠{owed}元。',
        '外呼 | 16 | call 早期催收 | no promise',
        '再次短信 | 18 | sms | no promise | {name}，请尽快还款。',
      ].join('\n'),
    )
    await page.click('form.form button.primary')
    await page.waitForURL(/saved=1/)
    await page.fill('[name=reminders]', '前一天 | 1 | sms | | {name}，明天是您承诺还款的日子。')
    await page.click('form[action$="/reminders"] button.primary')
    await page.waitForURL(/saved=1/)
    await clockTurns()
    assert.equal(await send(), 4)
    assert.ok(texts.some(each => each.text === '陈建国，您已逾期17天，尚欠4140.00元。'))
    await page.goto(`${url}/supervisor/cases/${(await caseOf(people[0])).id}`)
    assert.match(await text(page), /首次短信[\s\S]*已做[\s\S]*外呼[\s\S]*已做[\s\S]*再次短信[\s\S]*未到日/)
    assert.match(await text(page), /137 \*\*\*\* 0081|13766540081/)
  })

  test('the collector looks at who is next, calls, and writes down what was promised', async () => {
    desk = await as('alice', '/agent')
    await desk.keyboard.press('Alt+r')
    await phase('break')
    await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
    await desk.keyboard.press('Alt+r')
    promiser = await preview()
    assert.match(await text(desk, '#who'), /M1 · 逾期 17 天[\s\S]*¥2,100\.00/)
    await desk.keyboard.press('Alt+a')
    await phase('dialing')
    await house.engine.dispatch({ type: 'leg.answered', leg: theCall().leg }, 'system')
    await phase('talking')
    await desk.check('#write input[name=code][value=promise]')
    await desk.fill('#write input[name=promiseAmount]', '1,500')
    await desk.fill('#write input[name=promiseDate]', '2026-11-26')
    await desk.fill('#write textarea[name=note]', '周四发工资')
    const { id } = theCall()
    await desk.keyboard.press('Alt+e')
    await phase('wrapping')
    await desk.keyboard.press('Control+Enter')
    ringing = await preview()
    const [made] = await house.store.read('promises.ofParty', { party: promiser.ref })
    assert.deepEqual([made!.amount, made!.dueOn, made!.call], [150_000, '2026-11-26', id])
    assert.equal((await caseOf(promiser)).state, 'PTP')
  })

  test('money that comes in by file withdraws what rings and what is queued at once, and cures the cases', async () => {
    await desk.keyboard.press('Alt+a')
    await phase('dialing')
    const { id } = theCall()
    assert.equal(theCall().party, ringing.ref)
    const [inQueue, last] = people.filter(each => each !== promiser && each !== ringing) as [Debtor, Debtor]
    complainer = last
    const isQueued = ({ ref }: Debtor) => [...queued()].some(lead => lead.ref === ref)
    assert.ok(isQueued(inQueue), 'who is next waits for the collector')
    const page = await as('adam', '/admin/imports')
    await bring(page, 'repayments', '还款.csv', [
      repayments,
      repaid('T-1', ringing, '2100'),
      repaid('T-2', inQueue, '2100.00'),
    ])
    assert.ok(!isQueued(inQueue))
    assert.equal(await preview(), complainer, 'the desk goes on to the next, who is not one of those who paid')
    const ended = (await house.store.read('calls.byId', { id }))!
    assert.deepEqual([ended.result, ended.answeredAt], ['CANCELLED', null])
    for (const each of [ringing, inQueue]) assert.equal((await caseOf(each)).state, 'CURED')
    await page.goto(`${url}/supervisor/cases`)
    assert.doesNotMatch(await text(page, 'table'), new RegExp(`${ringing.name}|${inQueue.name}`))
    await desk.keyboard.press('Alt+b')
    await desk.click('#breaks button >> nth=0')
    await phase('break')
    const leads = (await house.store.read('leads.page', { campaign })).items
    for (const each of [ringing, inQueue]) {
      const lead = leads.find(({ ref }) => ref === each.ref)!
      const due = await house.store.read('leads.due', { campaign, now: house.clock.now() + 1, want: 50, except: [] })
      assert.ok(!due.leads.some(({ id }) => id === lead.id), 'nor does the store bring them again')
    }
  })

  test('the day before the promise the debtor is reminded; a complaint stops what was to be sent, said and dialled', async () => {
    await day.goHome() // the sessions of yesterday end
    await house.clock.advance(Date.parse('2026-11-25T10:00:00+08:00') - house.clock.now())
    await clockTurns()
    desk = await as('alice', '/agent')
    await phase('break')
    await desk.keyboard.press('Alt+r')
    assert.equal(await preview(), complainer)
    const page = await as('sam', '/supervisor/complaints')
    await page.fill('[name=party]', complainer.ref)
    await page.fill('[name=text]', '客户称每天被叫三次')
    await page.fill('[name=source]', '客服热线')
    await page.click('form.panel button.primary')
    await page.waitForSelector(`table :text("${complainer.ref}")`)
    assert.match(await text(page, 'table'), /2026-12-10[\s\S]*投诉[\s\S]*办理中/)
    await phase('ready')
    assert.equal(house.engine.state.agents.get(alice.id)!.preview, null, 'taken off the desk at once')
    const before = texts.length
    await send()
    assert.deepEqual(
      texts.slice(before).map(each => each.text),
      [`${promiser.name}，明天是您承诺还款的日子。`],
    )
    const held = await caseOf(complainer)
    assert.deepEqual([held.state, held.holdReason], ['HOLD', 'complaint'])
    await page.goto(`${url}/supervisor/cases/${held.id}`)
    assert.match(await text(page), /请尽快还款[\s\S]*未发[\s\S]*停催[\s\S]*投诉/)
    await desk.keyboard.press('Alt+b')
    await desk.click('#breaks button >> nth=0')
    await phase('break')
    await desk.click(`#who li:has-text("${complainer.name}") [hx-put="/agent/party"]`)
    await desk.waitForSelector('#who .notice.red')
    await desk.click('#who [hx-post="/agent/calls"] >> nth=0')
    await desk.waitForSelector('#desk-notice :text("停催")')
    assert.equal(theCall(), undefined)
  })

  test('a waiver is asked for by one and approved by another, within a limit', async () => {
    const loan = `J${promiser.ref}`
    const page = await as('sam', '/supervisor/waivers')
    const ask = async (amount: string) => {
      await page.fill('form.panel [name=loan]', loan)
      await page.fill('form.panel [name=amount]', amount)
      await page.fill('form.panel [name=reason]', '首次逾期')
      await page.click('form.panel button.primary')
    }
    await ask('2200')
    await page.waitForSelector('.error')
    assert.equal(await page.inputValue('form.panel [name=loan]'), loan, 'what was typed stays')
    await ask('20')
    await page.waitForSelector('table form[action$="/decision"]')
    const approve = async (on: Page) => {
      const form = on.locator('form[action$="/decision"]')
      await form.locator('[name=reason]').fill('同意')
      await form.locator('button[name=approve][value=true]').click()
    }
    await approve(page)
    await page.waitForSelector(':text("不能批准自己申请的减免")')
    const other = await as('adam', '/supervisor/waivers')
    await approve(other)
    await other.waitForSelector(':text("超出您的批准额度")')
    await other.goto(`${url}/admin/waivers`)
    await other.fill('[name=adminMax]', '50')
    await other.click('form.form button.primary')
    await other.waitForSelector('.notice.green')
    await other.goto(`${url}/supervisor/waivers`)
    await approve(other)
    await other.waitForSelector(':text("没有待批的减免")')
    const found = await house.store.read('loans.byRef', { ref: loan })
    assert.equal(found!.owed, 412_000)
  })

  test('the promised money comes in: the promise is kept, the case is cured, and the desk has nobody left to call', async () => {
    const page = await as('adam', '/admin/imports')
    await bring(page, 'repayments', '还款2.csv', [repayments, repaid('T-3', promiser, '2080')])
    const [made] = await house.store.read('promises.ofParty', { party: promiser.ref })
    assert.deepEqual([made!.state, made!.paid], ['KEPT', 150_000])
    assert.equal((await caseOf(promiser)).state, 'CURED')
    await page.goto(`${url}/supervisor/parties/${promiser.ref}`)
    assert.match(await text(page), /已履行[\s\S]*2,080\.00/)
    assert.equal(await runStrategies(house.deps.records), 0)
    await desk.keyboard.press('Alt+r')
    await phase('ready')
    assert.deepEqual(faults, [])
  })
})
