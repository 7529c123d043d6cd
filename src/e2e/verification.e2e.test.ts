/** A day of verification in a real browser: from the checklist that an administrator writes to the answer that an auditor hears. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { User } from '../centre/entities.ts'
import { type House, noon } from '../http/testing/house.ts'
import type { Message } from '../lender/message.ts'
import type { LegId } from '../lib/ids.ts'
import { createCampaign, setCampaignState } from '../records/campaigns/campaigns.ts'
import { sendMessages } from '../records/messages/messages.ts'
import { giveConsent } from '../records/parties/party-details.ts'
import { createTrunk } from '../records/telephony/trunks.ts'
import { type BrowserDay, openBrowserDay } from './browser-day.ts'
import { hasChromium } from './chromium.ts'

/** None of these may be on a page of the verifier before its question was answered. */
const hidden = ['王小明', '红灯笼餐饮']
const numbers = ['13766540078', '62345678', '13900000042']

describe('a day of verification', { skip: hasChromium ? false : 'needs chromium' }, () => {
  let day: BrowserDay
  let house: House
  let alice: User
  let task = ''
  let firstCall = ''

  before(async () => {
    day = await openBrowserDay([
      { name: 'adam', role: 'admin', language: 'en' },
      { name: 'alice', role: 'agent', numbersMasked: true },
      { name: 'sam', role: 'supervisor', language: 'en' },
      { name: 'olga', role: 'auditor' },
    ])
    house = day.house
    alice = day.people.get('alice')!
    const door = house.deps.records
    const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
    const { id } = await createCampaign(door, 'system', {
      ...{ name: '电核', business: 'verification', mode: 'manual', trunks: [trunk.id] },
      ...{ agents: [alice.id], policy: 'LAB-ANY-HOUR' },
    })
    await setCampaignState(door, 'system', id, { state: 'running' })
    await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  })
  after(() => day?.[Symbol.asyncDispose]())

  const theCall = () => [...house.engine.state.calls.values()].find(({ agent }) => agent === alice.id)!
  const theTask = async () => (await house.store.read('tasks.byId', { id: task }))!
  const row = (key: string, place = 0) => `#q-${task}-${key}-${place}`

  /** From the page of the task to the desk, where whoever was called answers after `ringMs`. */
  async function call(who: string, place = 0): Promise<Page> {
    const page = await day.as('alice', `/agent/tasks/${task}`)
    await page.click(
      `form[action$="/calls"]:has(input[value="${who}"]):has(input[name=place][value="${place}"]) button`,
    )
    await page.waitForSelector('#state-bar[data-phase="dialing"]')
    await house.engine.dispatch({ type: 'leg.answered', leg: theCall().leg! }, 'system')
    await page.waitForSelector('#state-bar[data-phase="talking"]')
    await page.waitForSelector(`#checklist-${task}`)
    return page
  }
  /** The other end hangs up; the recorder seals what it has, and the outcome is written down. */
  async function hangUp(page: Page): Promise<void> {
    const { id } = theCall()
    const [recording] = await house.store.read('recordings.ofCall', { call: id })
    await page.keyboard.press('Alt+e')
    await page.waitForSelector('#state-bar[data-phase="wrapping"]')
    const audio = wavOf(20_000)
    const file = path.join(house.deps.config.recordingsDir, recording!.path)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, audio)
    const sealed = { sha256: '0'.repeat(64), bytes: audio.length, durationMs: 20_000, salvaged: false }
    await house.engine.dispatch({ type: 'recording.closed', recording: recording!.id, ...sealed }, 'system')
    await page.check('#write input[name=code] >> nth=0')
    await page.click('#write button[name=next][value=break]')
    await page.waitForSelector('#state-bar[data-phase="break"]')
  }
  async function answer(page: Page, key: string, said: string, judged?: 'MATCH' | 'MISMATCH'): Promise<string> {
    const at = row(key)
    await page.waitForSelector(`${at} [name=said]`) // a select or an input: which, only the painted row knows
    if (await page.isVisible(`${at} select[name=said]`)) await page.selectOption(`${at} select[name=said]`, said)
    else await page.fill(`${at} input[name=said]`, said)
    if (judged !== undefined) await page.check(`${at} input[name=judged][value=${judged}]`)
    await page.click(`${at} button[value=ANSWERED]`)
    await page.waitForSelector(`${at} .outcome-line`)
    return (await page.textContent(at)) ?? ''
  }

  test('an administrator writes a checklist with hidden values and a trap, and what applicants are told', async () => {
    const page = await day.as('adam', '/admin/checklists/new')
    await page.fill('[name=checklistId]', 'cash')
    await page.fill('[name=name]', '现金分期')
    await page.fill('[name=product]', 'cash')
    await page.click('button[name=add]')
    await page.waitForSelector('[name=key-3]')
    const items = [
      { key: 'name', zh: '请问您的姓名？', en: 'Your name?', expected: 'party.name', rule: 'name', percent: '80' },
      {
        ...{ key: 'employer', zh: '您在{offered}工作，对吗？', en: 'You work at {offered}?', offers: '蓝鲸物流' },
        ...{ expected: 'employer.name', rule: 'name', percent: '80' },
      },
      {
        key: 'known',
        zh: '申请人在贵处任职吗？',
        en: 'Does the applicant work there?',
        asked: 'employer',
        kind: 'yes-no',
      },
      { key: 'relation', zh: '您和申请人是什么关系？', en: 'How are you related?', asked: 'contact' },
    ]
    for (const [at, item] of items.entries())
      for (const [field, value] of Object.entries(item)) {
        const control = page.locator(`[name="${field}-${at}"]`)
        if ((await control.evaluate(each => each.tagName)) === 'SELECT') await control.selectOption(value)
        else await control.fill(value)
      }
    for (const at of [0, 1, 2]) await page.check(`[name=required-${at}]`)
    await page.click('form.form button.primary')
    await page.waitForURL(/saved=1/)
    await page.goto(`${day.url}/admin/confirmations`)
    await page.fill(
      '[name=templates]',
      'PASS | cash | sms | {name}，您的{amount}元申请已通过。 | {name}: approved.\nSUPPLEMENT | * | sms | {name}，请在{dueOn}前补交{missing}。 | Send {missing}.',
    )
    await page.click('form.form button.primary')
    await page.waitForSelector('.notice.green')
    assert.match((await page.textContent('main')) ?? '', /您的12,000\.00元申请已通过/)
  })

  test('an application arrives, and a verifier who takes it sees nothing of what is to be asked', async () => {
    const token = (await house.token('admin')).secret
    const post = async (where: string, body: object) =>
      assert.equal((await house.api(token, 'POST', where, body)).status, 201, where)
    await post('/parties', { ref: 'K-1', name: '王小明', phones: [{ number: numbers[0] }], language: 'zh-CN' })
    await giveConsent(house.deps.records, 'system', {
      ...{ party: 'K-1', purpose: 'verification', channel: 'sms', basis: 'form', evidence: 'p. 2', givenAt: noon - 1 },
    })
    await post('/applications', {
      ...{ ref: 'A-1', party: 'K-1', product: 'cash', amount: 1_200_000, term: 12 },
      employer: { name: '红灯笼餐饮有限公司', line: { number: '010-62345678', source: 'directory' } },
      contacts: [{ name: '李雷', number: numbers[2], relation: 'friend' }],
    })
    const page = await day.as('alice', '/agent')
    await page.keyboard.press('Alt+r')
    await page.waitForSelector('#state-bar[data-phase="break"]')
    await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
    await page.goto(`${day.url}/agent/tasks`)
    await page.click('text=领取任务')
    await page.waitForURL(/\/agent\/tasks\/vt_/)
    task = new URL(page.url()).pathname.split('/').at(-1)!
    const text = await page.content()
    for (const each of [...hidden, ...numbers]) assert.ok(!text.includes(each), each)
  })

  test('applicant, employer and contact are called one after the other, and a taken trap is flagged on the desk', async () => {
    let page = await call('applicant')
    firstCall = theCall().id
    const before = await page.content()
    for (const each of [...hidden, ...numbers]) assert.ok(!before.includes(each), each)
    assert.match(before, /您在蓝鲸物流工作，对吗？/)
    await house.clock.advance(4_000)
    assert.match(await answer(page, 'name', '王小明'), /一致/)
    await house.clock.advance(3_000)
    assert.match(await answer(page, 'employer', '蓝鲸物流'), /不一致[\s\S]*认了诱导项/)
    await hangUp(page)
    page = await call('employer')
    assert.match(await answer(page, 'known', 'yes', 'MATCH'), /一致/)
    await hangUp(page)
    page = await call('contact')
    await answer(page, 'relation', '朋友', 'MATCH')
    await hangUp(page)
    const calls = await house.store.read('tasks.calls', { task })
    assert.deepEqual(
      calls.map(({ who, reached }) => [who, reached]),
      [
        ['applicant', true],
        ['employer', true],
        ['contact', true],
      ],
    )
    for (const each of numbers) assert.ok(!(await page.content()).includes(each), each)
  })

  test('another person reviews it: documents are asked for, and the applicant is written to', async () => {
    const page = await day.as('alice', `/agent/tasks/${task}`)
    await page.selectOption('[name=proposal]', 'SUPPLEMENT')
    await page.fill('form[action$="/submission"] [name=note]', '单位口径不一')
    await page.click('form[action$="/submission"] button.primary')
    await page.waitForSelector('.notice.green')
    const review = await day.as('sam', `/supervisor/tasks/${task}`)
    await review.click('form[action$="/review"] button')
    await review.waitForSelector('form[action$="/decision"]')
    assert.match(
      (await review.textContent('main')) ?? '',
      /1 traps taken[\s\S]*The verifier proposes: Ask for documents/,
    )
    await review.click('details:has(form[action$="/supplement"]) summary')
    await review.fill('[name=missing]', '在职证明')
    await review.fill('[name=dueOn]', '2026-12-01')
    await review.click('form[action$="/supplement"] button')
    await review.waitForSelector('form[action$="/arrival"]')
    assert.deepEqual(await posted(), ['王小明，请在2026-12-01前补交在职证明。'])
  })

  test('what was missing arrives, the applicant is called again on the reviewer’s word, and the decision is told', async () => {
    const review = await day.as('sam', `/supervisor/tasks/${task}`)
    await review.fill('[name=arriveNote]', '传真')
    await review.click('form[action$="/arrival"] button')
    await review.waitForSelector('form[action$="/assignment"]')
    const submit = async () => {
      const page = await day.as('alice', `/agent/tasks/${task}`)
      await page.selectOption('[name=proposal]', 'PASS')
      await page.click('form[action$="/submission"] button.primary')
      await page.waitForSelector('.notice.green')
      await review.goto(`${day.url}/supervisor/tasks/${task}`)
      await review.click('form[action$="/review"] button')
      await review.waitForSelector('form[action$="/decision"]')
    }
    await hangUp(await call('applicant'))
    await submit()
    await review.click('form[action$="/recall"] button')
    await review.waitForSelector('form[action$="/assignment"]')
    assert.equal((await theTask()).state, 'RECALL')
    const page = await call('applicant')
    await page.click(`${row('employer')} summary`)
    await page.fill(`${row('employer')} input[name=note]`, '先前口误')
    assert.match(await answer(page, 'employer', '红灯笼餐饮'), /一致/)
    await hangUp(page)
    await submit()
    await review.selectOption('[name=as]', 'PASS')
    await review.click('form[action$="/decision"] button.primary')
    await review.waitForSelector('form[action$="/reopening"]')
    assert.deepEqual(await posted(), ['王小明，您的12,000.00元申请已通过。'])
    await review.reload()
    assert.match((await review.textContent('.confirmations')) ?? '', /sent[\s\S]*sent/)
  })

  test('an auditor hears the answer at its place in the recording of the first call', async () => {
    const page = await day.as('olga', `/auditor/calls/${firstCall}`)
    assert.match((await page.textContent('main')) ?? '', /1 项不一致/)
    await page.click('.heard-answers li:nth-child(2) [data-plays]')
    await page.waitForFunction(`document.querySelector('audio').currentTime >= 7`)
    assert.ok((await page.evaluate<number>(`document.querySelector('audio').currentTime`)) < 12)
    assert.ok((await house.facts('recording.listened')).length >= 1)
    assert.deepEqual(day.faults, [])
  })

  async function posted(): Promise<string[]> {
    const texts: string[] = []
    await sendMessages(house.deps.records, {
      async send({ text }: Message) {
        texts.push(text)
        return { ok: true, ref: 'gw' }
      },
    })
    return texts
  }
})

/** Silence of so long: 8 kHz, 16 bit, one channel. */
function wavOf(ms: number): Buffer {
  const bytes = ms * 16
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + bytes, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8_000, 24)
  head.writeUInt32LE(16_000, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(bytes, 40)
  return Buffer.concat([head, Buffer.alloc(bytes)])
}
