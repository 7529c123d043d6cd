/** What the administrator reads at two in the morning, in Chinese: what was found, what is allowed, where; and nothing typed or kept is lost. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Campaign, User } from '../../centre/entities.ts'
import { changeCampaign, createCampaign } from '../../records/campaigns/campaigns.ts'
import { importLeads } from '../../records/campaigns/leads.ts'
import { savePolicy } from '../../records/gate/policies.ts'
import { changeUser } from '../../records/people/users.ts'
import { createQueue } from '../../records/telephony/queues.ts'
import { changeTrunk, createTrunk } from '../../records/telephony/trunks.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'
import { campaignValues } from './campaign-form.ts'

let house: House
let adam = ''
let alice: User
let spring: Campaign
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'zh-CN' })
  adam = (await house.signIn('adam')).cookie
  alice = await house.add('alice', 'agent')
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
  spring = await createCampaign(door, 'system', {
    ...{ name: 'spring', business: 'collections', mode: 'manual', trunks: [trunk.id], agents: [alice.id] },
    policy: 'CN-GBT45251-2025',
  })
})
after(() => house[Symbol.asyncDispose]())

const read = (text: string) =>
  text
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
const savedCampaign = async () => (await house.store.read('campaigns.byId', { id: spring.id }))!
const typedOf = (campaign: Campaign) => campaignValues(campaign) as Record<string, string | string[]>

test('a refused campaign says what was typed and not what it became, and which line of a list is wrong', async () => {
  const typed = {
    ...typedOf(await savedCampaign()),
    ringMs: '10',
    abandonRateMax: '5',
    previewMs: '',
    noticeWait: '1',
    notice: 'notice-greeting',
    modeRules: 'agents<10 : preview\nagents<10 : clever',
    retries: 'BUSY 10 3\nNO_ANSWER 0.5 3',
  }
  const { status, text } = await send(house, adam, 'POST', `/admin/campaigns/${spring.id}`, typed)
  assert.equal(status, 422)
  const said = read(text)
  assert.match(said, /不少于 15 秒，不多于 120 秒。（填写的是：10）/)
  assert.match(said, /0–3 之间的百分数。（填写的是：5）/)
  assert.match(said, /9–120 秒。 /)
  assert.match(said, /5–300 秒。（填写的是：1）/)
  assert.match(said, /第 2 条：每行：条件 : 方式.*（填写的是：agents<10 : clever）/)
  assert.match(said, /第 2 条：每行：结果 间隔分钟 最多次数.*（填写的是：NO_ANSWER 0.5 3）/)
  assert.doesNotMatch(said, /allowed|found|at least|at most/)
  assert.match(text, /agents&lt;10 : clever<\/textarea>/)
})

test('the form of a queue offers a member who is away', async () => {
  const door = house.deps.records
  const queue = await createQueue(door, 'system', { name: 'service', members: [alice.id] })
  await changeUser(door, 'system', alice.id, { enabled: false })
  const { text } = await look(house, adam, `/admin/queues/${queue.id}`)
  assert.ok(text.includes(`value="${alice.id}" checked><span>alice (停用)`), 'alice is a choice')
  await changeUser(door, 'system', alice.id, { enabled: true })
})

test('a form that is saved keeps a stack of policies and an agent who is away', async () => {
  const door = house.deps.records
  const policy = 'CN-GBT45251-2025+CN-CBA-2026'
  await changeCampaign(door, 'system', spring.id, { policy })
  await changeUser(door, 'system', alice.id, { enabled: false })
  const { text } = await look(house, adam, `/admin/campaigns/${spring.id}`)
  assert.match(text, /<option value="CN-GBT45251-2025\+CN-CBA-2026" selected>/)
  assert.ok(text.includes(`value="${alice.id}" checked><span>alice (停用)`), 'alice is a choice')
  await changeUser(door, 'system', alice.id, { enabled: true })
})

test('what its writer did not touch stays as it was changed while the form was open, also after a refusal', async () => {
  const door = house.deps.records
  const seenIn = (text: string) => /name="seen" value="([^"]+)"/.exec(text)?.[1] ?? ''
  const page = await look(house, adam, `/admin/campaigns/${spring.id}`)
  const opened = await savedCampaign()
  const mine = { ...typedOf(opened), seen: seenIn(page.text), name: 'spring again', wrapMs: '99' }
  await changeCampaign(door, 'system', spring.id, {
    ...{ policy: 'UK', occupancyMax: 0.8, wrapMs: 2000, reserved: true, agents: [] },
    modeRules: [{ when: { agentsBelow: 5 }, mode: 'preview' }],
  })
  const refused = await send(house, adam, 'POST', `/admin/campaigns/${spring.id}`, mine)
  assert.equal(refused.status, 422)
  const again = { ...mine, seen: seenIn(refused.text), wrapMs: '9' }
  assert.equal((await send(house, adam, 'POST', `/admin/campaigns/${spring.id}`, again)).status, 303)
  const { name, policy, occupancyMax, wrapMs, reserved, agents, modeRules } = await savedCampaign()
  assert.deepEqual(
    { name, policy, occupancyMax, wrapMs, reserved, agents, modeRules },
    {
      ...{ name: 'spring again', policy: 'UK', occupancyMax: 0.8, wrapMs: 9000, reserved: true, agents: [] },
      modeRules: [{ when: { agentsBelow: 5 }, mode: 'preview' }],
    },
  )
  const [trunk] = await house.store.read('trunks.list', {})
  const form = await look(house, adam, `/admin/trunks/${trunk!.id}`)
  await changeTrunk(door, 'system', trunk!.id, { callerIds: ['+861012345678', '+861012345679'], maxCalls: 9 })
  const typed = {
    ...{ name: 'c2', host: '127.0.0.1', port: '5060', transport: 'udp', maxCalls: '30', callsPerSecond: '5' },
    ...{ codecs: ['pcma', 'pcmu'], enabled: 'true', callerIds: '+861012345678', minShare: '0', maxShare: '100' },
    ...{ callerIdShares: '', seen: seenIn(form.text) },
  }
  assert.equal((await send(house, adam, 'POST', `/admin/trunks/${trunk!.id}`, typed)).status, 303)
  const saved = (await house.store.read('trunks.byId', { id: trunk!.id }))!
  assert.deepEqual([saved.name, saved.maxCalls, saved.callerIds.length], ['c2', 9, 2])
})

test('a list that is given a wrong priority is told by its name, with what was typed; nothing is a fault of the program', async () => {
  const rows = [{ ref: 'carl', phones: [{ number: '13800000001' }] }]
  const source = { kind: 'json' as const, rows }
  const { list } = await importLeads(house.deps.records, 'system', { campaign: spring.id, source, name: 'march' })
  const path = `/admin/campaigns/${spring.id}/leads/lists/${list}`
  const refused = await send(house, adam, 'POST', path, { priority: '99', weight: '7', paused: 'true' })
  assert.equal(refused.status, 422)
  assert.match(read(refused.text), /march +优先级（0–9）: 0–9 的整数。（填写的是：99）/)
  assert.match(refused.text, /name="priority" min="0" max="9" value="99"/)
  assert.match(refused.text, /name="paused" value="true" checked/)
  const none = await send(house, adam, 'POST', `${path}/recycle`)
  assert.equal(none.status, 422)
  assert.match(read(none.text), /march +重新拨打: 请选择一种已结束的原因。/)
})

test('the priority of an import is told by its own bounds', async () => {
  const file = 'ref,phone\nx,13800000009\n'
  const { status, text } = await upload(`/admin/campaigns/${spring.id}/leads`, file, { priority: '10' })
  assert.equal(status, 422)
  assert.match(read(text), /0–9 的整数。（填写的是：10）/)
})

/** Sends a file as the page does. */
async function upload(
  path: string,
  text: string,
  more: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const body = new FormData()
  body.set('file', new File([text], 'x.csv'))
  for (const [name, value] of Object.entries(more)) body.set(name, value)
  const headers = { cookie: adam, 'sec-fetch-site': 'same-origin', accept: 'text/html' }
  const response = await house.app.request(path, { method: 'POST', headers, body })
  return { status: response.status, text: await response.text() }
}

test('the report on a file names the column and the reason in Chinese, whatever is wrong with a row', async () => {
  const path = `/admin/campaigns/${spring.id}/leads`
  const rows = [
    'ref,phone,phone2,关系2,同意依据,级,city',
    'r1,13800000101,,,,5,a',
    'r1,13800000102,,,,5,a',
    'r3,138,,,,5,a',
    'r4,13800000104,12,,,5,a',
    'r5,13800000105,13800000106,朋友,,5,a',
    'r6,,,,,5,a',
    ',13800000107,,,,5,a',
    'r8,13800000108,,,口头,5,a',
    'r9,13800000109,,,,高,a',
    'r10,13800000110,,,,5,a,b,c',
    'r11,13800000101,,,,5,a',
    `${'x'.repeat(65)},13800000112,,,,5,a`,
    `r13,13800000113,,,,5,${'y'.repeat(1001)}`,
  ]
  const options = { priorityField: '级', segmentField: 'city', duplicates: 'reject' }
  const first = await upload(path, rows.join('\n'), options)
  const again = await upload(path, 'ref,phone\nr1,13800000101\nr20,"1', options)
  for (const { status, text } of [first, again]) {
    assert.equal(status, 200)
    const report = /<div class="report">.*?<\/table>/s.exec(text)?.[0] ?? ''
    assert.doesNotMatch(read(report), /found|allowed|already|stands|at most|phones|from here/)
  }
  const said = read(first.text)
  for (const words of [
    /2\s+编号\s+编号 r1 与第 1 行重复。/,
    /4\s+号码 2\s+应为 11 位手机号，或带区号的固话。（填写的是："12"）/,
    /5\s+关系 2\s+应为本人、担保人、联系人或单位。（填写的是："朋友"）/,
    /6\s+号码\s+至少 1 个、最多 20 个号码。/,
    /7\s+编号\s+1–64 个字符。（填写的是：空）/,
    /8\s+同意凭证\s+1–500 个字符。/,
    /9\s+级\s+资料每项.*优先级列为 0–9 的整数。（填写的是："高"）/,
    /10\s+此行有 9 列，列名只有 7 列。/,
    /11\s+号码\s+其他批次已有此号码。/,
  ])
    assert.match(said, words)
  assert.match(read(again.text), /1\s+编号\s+此活动已有编号 r1。/)
  assert.match(read(again.text), /从此行起不是有效的 CSV/)
  const header = await upload(path, 'a,b\n1,2\n')
  assert.equal(header.status, 422)
  assert.match(read(header.text), /首行须为列名，至少有 ref（编号）和 phone（电话）.*（填写的是：a, b）/)
  const areas = await upload('/admin/lines/areas', '1380013,010\n12,010\n1380014,x\n')
  assert.match(read(areas.text), /第 2 行 号段: 1300000–1999999 的七位数字。（填写的是："12"）/)
  assert.match(read(areas.text), /第 3 行 区号: 区号，如 010、021、0755。（填写的是："x"）/)
  assert.match(read((await upload('/admin/lines/areas', '')).text), /请选择一个 CSV 文件，每行为手机号前七位和区号/)
})

test('a policy saved on the page keeps what its form does not show', async () => {
  const cap = { unit: 'ATTEMPT', key: ['PARTY'], window: { type: 'DAY' }, max: 3, effect: 'WARN', unlessAgreed: true }
  const given = {
    ...{ id: 'OWN-1', source: 'board', business: ['sales'], hours: { from: 540, to: 1200 }, relations: ['SELF'] },
    ...{ weekdays: [1, 2, 3, 4, 5], abandon: { max: 0.02, days: 1 }, consentFor: ['sales', 'collections'] },
    ...{ hoursUnlessAgreed: true, note: 'of the board', confidence: 'V', limits: [cap] },
  }
  await savePolicy(house.deps.records, 'system', given)
  const typed = { id: 'own-1', source: 'board', business: 'sales', from: '9', to: '19.5', relations: 'SELF' }
  const more = { consent: 'true', limits: '3 ATTEMPT PARTY DAY WARN\n1 CONVERSATION PARTY DAY' }
  assert.equal((await send(house, adam, 'POST', '/admin/policies', { ...typed, ...more })).status, 303)
  const [last] = await house.store.read('policies.versions', { id: 'OWN-1' })
  const { limits, ...rest } = last!.policy
  const { limits: _, ...before } = given
  assert.deepEqual(rest, { ...before, hours: { from: 540, to: 1170 }, version: '2', own: true })
  assert.equal(limits?.[0]?.unlessAgreed, true)
  assert.equal(limits?.length, 2)
})

test('a policy of a shipped name takes nothing from it and is refused in Chinese, as are hours, caps and what is missing', async () => {
  const typed = { id: 'UK', source: 'x', business: 'sales', from: '9', to: '20', relations: 'SELF', limits: '' }
  const refusal = async (more: Record<string, string | string[]>) => {
    const { status, text } = await send(house, adam, 'POST', '/admin/policies', { ...typed, ...more })
    assert.equal(status, 422, JSON.stringify(more))
    const error = /class="error"[^>]*>.*?<\/p>/s.exec(text)?.[0] ?? ''
    return read(error)
  }
  assert.match(await refusal({}), /不与内置策略或组合重名。（填写的是：UK）/)
  assert.match(
    await refusal({ id: 'OWN-2', from: '0x10' }),
    /00:00–23:59，如 08:00，且早于结束时间。（填写的是：0x10）/,
  )
  assert.match(await refusal({ id: 'OWN-2', from: '21' }), /00:01–24:00，如 21:00，且晚于开始时间。（填写的是：20）/)
  assert.match(await refusal({ id: 'OWN-2', business: [] }), /至少选择一种业务。/)
  assert.match(
    await refusal({ id: 'OWN-2', limits: '3 TALK PARTY DAY' }),
    /每行：次数 单位.*（填写的是：.*3 TALK PARTY DAY/,
  )
  assert.match(await refusal({ id: 'OWN-2', limits: '3 CONNECT DEBT DAY' }), /第 1 条：.*3 CONNECT DEBT DAY/)
})

test('who asks about no number is told what a number is, and not that it may be taken already', async () => {
  const { text } = await send(house, adam, 'POST', '/admin/policies/verdict', { number: '12', at: 'soon' })
  assert.match(read(text), /不是电话号码：.*（填写的是：12）/)
  assert.match(read(text), /1970 年至 2100 年之间的时间。（填写的是：soon）/)
})

test('what is refused without a form is no fault of the program, and says why in Chinese', async () => {
  const state = `/admin/campaigns/${spring.id}/state`
  await send(house, adam, 'POST', state, { state: 'closed' })
  const again = await send(house, adam, 'POST', state, { state: 'running' })
  assert.equal(again.status, 409)
  assert.match(read(again.text), /刚才的操作没有执行：\s+活动已关闭，不能再改变。/)
  const cursor = await look(house, adam, `/admin/campaigns/${spring.id}/leads?cursor=zz`)
  assert.equal(cursor.status, 422)
  assert.match(read(cursor.text), /刚才的操作没有执行：\s+翻页链接已失效/)
  assert.doesNotMatch(cursor.text, /程序出错/)
})
