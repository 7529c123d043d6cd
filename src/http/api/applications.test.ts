/** A verification from the application to the decision: by the records door and the floor, with calls that are answered. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { User } from '../../centre/entities.ts'
import type { CallId, CampaignId, LegId } from '../../lib/ids.ts'
import { createCampaign, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { NotNow } from '../../records/errors.ts'
import { defineFields } from '../../records/parties/field-definitions.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { saveChecklist } from '../../records/verification/checklists.ts'
import { answerItem } from '../../records/verification/task-answers.ts'
import { beginCalling, numberToDial, refuseContact } from '../../records/verification/task-calls.ts'
import { moveTaskBy, takeTask, wholeTask } from '../../records/verification/tasks.ts'
import { type Ask, askerOf } from '../testing/ask.ts'
import { type House, noon, openHouse } from '../testing/house.ts'

let house: House
let admin: string
let ask: Ask
let alice: User
let bob: User
let sam: User
let campaign: CampaignId
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
  ask = askerOf(house, admin)
  alice = await house.add('alice', 'agent', { skills: ['cash'] })
  bob = await house.add('bob', 'agent')
  sam = await house.add('sam', 'supervisor')
  const door = house.deps.records
  await defineFields(door, 'system', {
    business: 'verification',
    fields: [{ key: 'bank_card', label: { 'zh-CN': '银行卡', en: 'Bank card' }, type: 'secret' }],
  })
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  campaign = (
    await createCampaign(door, 'system', {
      ...{ name: 'checks', business: 'verification', mode: 'manual', policy: 'LAB-ANY-HOUR' },
      ...{ trunks: [trunk.id], agents: [alice.id, bob.id] },
    })
  ).id
  await setCampaignState(door, 'system', campaign, { state: 'running' })
  await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  await ask('POST', '/parties', {
    ref: 'K-1',
    name: '王小明',
    idNo: '110101199003071234',
    phones: [{ number: '13812345678' }, { number: '13900000002', relation: 'CONTACT', name: '李雷' }],
  })
})
after(() => house[Symbol.asyncDispose]())

const application = {
  ref: 'A-1',
  party: 'K-1',
  product: 'cash',
  amount: 1_200_000,
  term: 12,
  employer: { name: '红灯笼餐饮有限公司', line: { number: '010-62345678', source: 'directory' } },
  contacts: [{ name: '李雷', number: '13900000002', relation: 'friend' }],
  fields: { bank_card: '6222021234567890' },
}

const as = (user: User) => `user:${user.id}` as const
const ruleOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof NotNow ? error.rule : String(error)),
  )
const task = () =>
  ask<{ id: string; state: string; agent: string | null }>('GET', `/verifications/${id}`, undefined, 200)
let id = ''

/** Dials whom the task says, and talks; answers the call. */
async function talk(user: User, who: 'applicant' | 'employer' | 'contact', answered = true): Promise<CallId> {
  const { records } = house.deps
  const { number, name, relation, party } = await numberToDial(records, as(user), id, { who })
  const { engine } = house
  if ((engine.state.agents.get(user.id)?.phase ?? 'signed_off') === 'signed_off') {
    await engine.dispatch({ type: 'agent.signOn', agent: user.id }, 'system')
    await engine.dispatch({ type: 'station.up', agent: user.id, leg: `l_${user.name}` as LegId }, 'system')
  }
  const task = { id, who, place: 0 }
  const dial = {
    type: 'agent.dial',
    agent: user.id,
    number,
    campaign,
    lead: null,
    party,
    name,
    relation,
    task,
  } as const
  const outcome = await engine.dispatch(dial, as(user))
  assert.ok(outcome.ok, JSON.stringify(outcome))
  const dialed = outcome.facts.find(fact => fact.type === 'call.dialed')
  assert.ok(dialed, JSON.stringify(outcome.facts))
  const { call } = dialed
  await beginCalling(records, as(user), id)
  if (answered) await engine.dispatch({ type: 'leg.answered', leg: engine.state.calls.get(call)!.leg! }, 'system')
  return call
}

async function hangUp(user: User, call: CallId): Promise<void> {
  const { engine } = house
  const { code } = engine.state.campaigns.get(campaign)!.campaign.dispositions.find(each => each.followUp === 'done')!
  await engine.dispatch({ type: 'agent.hangUp', agent: user.id, call }, as(user))
  if (engine.state.agents.get(user.id)?.phase === 'wrapping')
    await engine.dispatch(
      {
        ...{ type: 'agent.dispose', agent: user.id, call, code, note: '', fields: {} },
        ...{ callbackAt: null, callbackMine: false, next: 'break' },
      },
      as(user),
    )
}

test('an application comes in by the API, seals its secrets, and opens a task', async () => {
  const kept = await ask('POST', '/applications', application)
  assert.deepEqual(kept['fields'], { bank_card: '6222********7890' })
  assert.ok(!(await house.facts('applications.saved')).some(({ body }) => body.includes('6222021234567890')))
  const { items } = await ask<{ items: { id: string; state: string }[] }>(
    'GET',
    '/verifications?party=K-1',
    undefined,
    200,
  )
  assert.deepEqual(
    items.map(({ state }) => state),
    ['NEW'],
  )
  id = items[0]!.id
  const again = await house.api(admin, 'POST', '/applications', application)
  assert.equal(((await again.json()) as { rule: string }).rule, 'application-known')
})

test('an employer’s line that is a mobile, or the applicant’s or a contact’s own, is refused in words', async () => {
  for (const number of ['13777777777', '13812345678', '13900000002']) {
    const line = { number, source: 'directory' }
    const response = await house.api(admin, 'POST', '/applications', {
      ...application,
      ref: 'A-x',
      employer: { name: 'x', line },
    })
    assert.equal(response.status, 422)
    assert.match(await response.text(), /a land line of the employer from a source of its own/)
  }
})

test('tasks are shared out by load, and a verifier takes one only by skill', async () => {
  const shared = await ask('POST', '/verifications/assignment', undefined, 200)
  assert.deepEqual(shared, { assigned: 1, left: 0 })
  assert.ok([alice.id, bob.id].includes((await task()).agent as never))
  await ask('POST', `/verifications/${id}/moves`, { type: 'assign', agent: alice.id }, 200)
  assert.equal(await takeTask(house.deps.records, as(bob), []), null)
  const unknown = await house.api(admin, 'POST', `/verifications/${id}/moves`, { type: 'decide', as: 'PASS' })
  assert.equal(unknown.status, 422, 'a program does not decide')
})

test('nobody but its verifier calls for a task, and the applicant comes first', async () => {
  const { records } = house.deps
  assert.equal(await ruleOf(numberToDial(records, as(bob), id, { who: 'applicant' })), 'task-not-yours')
  assert.equal(await ruleOf(numberToDial(records, as(alice), id, { who: 'employer' })), 'target-waits')
  assert.equal(
    await ruleOf(answerItem(records, as(alice), id, { item: 'name', said: '王小明' })),
    'answer-without-call',
  )
})

test('who is not reached is called again by the rules alone', async () => {
  const call = await talk(alice, 'applicant', false)
  await hangUp(alice, call)
  const { records } = house.deps
  assert.equal(await ruleOf(numberToDial(records, as(alice), id, { who: 'applicant' })), 'recall-later')
  const waits = await moveTaskBy(records, as(alice), id, { type: 'recall' })
  // At noon, in the slot that begins then: the next one is at 17:30.
  assert.deepEqual([waits.state, waits.recallAt], ['RECALL', Date.parse('2026-11-24T17:30:00+08:00')])
  assert.equal(
    await ruleOf(moveTaskBy(records, as(alice), id, { type: 'submit', proposal: 'CANNOT_VERIFY', note: 'x' })),
    'task-attempts-left',
  )
  await house.clock.advance(waits.recallAt! - house.clock.now())
})

test('an answer is bound to its call and to how far into it, and is judged by its rule', async () => {
  const { records } = house.deps
  const call = await talk(alice, 'applicant')
  const { answeredAt } = (await house.store.read('calls.byId', { id: call }))!
  await house.clock.advance(7_300)
  const name = await answerItem(records, as(alice), id, { item: 'name', said: '王小明' })
  assert.deepEqual(
    [name.result, name.why, name.call, name.offsetMs],
    ['MATCH', 'alike', call, house.clock.now() - answeredAt!],
  )
  assert.equal(name.offsetMs, 7_300)
  const idNo = await answerItem(records, as(alice), id, { item: 'id_no', said: '1101 0119 9003 0712 34' })
  assert.deepEqual([idNo.result, typeof idNo.given], ['MATCH', 'object'])
  assert.ok(!(await house.facts('task.answered')).some(({ body }) => body.includes('9003')), 'a secret is sealed')
  const amount = await answerItem(records, as(alice), id, { item: 'amount', said: '一万五' })
  assert.deepEqual([amount.result, amount.why, amount.figure], ['MISMATCH', 'beyond', 25])
  const trap = await answerItem(records, as(alice), id, { item: 'employer', said: '蓝鲸物流' })
  assert.deepEqual([trap.result, trap.why, trap.offered], ['MISMATCH', 'trap', '蓝鲸物流有限公司'])
  await answerItem(records, as(alice), id, { item: 'term', result: 'REFUSED', note: 'would not say' })
  assert.equal(
    await ruleOf(answerItem(records, as(alice), id, { item: 'known', said: 'yes', judged: 'MATCH' })),
    'answer-without-call',
  )
  assert.match(String(await ruleOf(answerItem(records, as(alice), id, { item: 'amount', said: '12000' }))), /note/)
  const amended = await answerItem(records, as(alice), id, { item: 'amount', said: '12000', note: 'had misheard' })
  assert.deepEqual([amended.no, amended.result], [2, 'MATCH'])
  await hangUp(alice, call)
})

test('each party has calls of its own; a contact who refuses is never called again by anyone', async () => {
  const { records } = house.deps
  const employer = await talk(alice, 'employer')
  await answerItem(records, as(alice), id, { item: 'employed', said: '红灯笼餐饮' })
  const known = await answerItem(records, as(alice), id, { item: 'known', said: 'yes', judged: 'MATCH' })
  assert.deepEqual([known.call, known.result, known.why], [employer, 'MATCH', 'verifier'])
  await hangUp(alice, employer)
  const contact = await talk(alice, 'contact')
  await refuseContact(records, as(alice), id, 0)
  await hangUp(alice, contact)
  assert.equal(await ruleOf(numberToDial(records, as(alice), id, { who: 'contact' })), 'contact-refused')
  const suppressed = await house.store.read('suppressions.byNumber', { number: '+8613900000002' })
  assert.deepEqual([suppressed?.reason, suppressed?.until], ['contact refused', null])
  const { phones } = (await house.store.read('parties.byRef', { ref: 'K-1' }))!
  assert.equal(phones[1]!.status, 'REFUSED')
})

test('a pass needs every required answer, and the flags say what did not match', async () => {
  const whole = await wholeTask(house.deps.records, id)
  assert.deepEqual(whole.flags, {
    ...{ mismatches: ['employer'], traps: ['employer'], refused: ['term'], amended: ['amount'], open: [], weight: 80 },
  })
  assert.deepEqual(
    whole.calls.map(({ who, reached }) => [who, reached]),
    [
      ['applicant', false],
      ['applicant', true],
      ['employer', true],
      ['contact', true],
    ],
  )
})

test('the verifier submits, and another person decides: never the verifier, whatever the door', async () => {
  const { records } = house.deps
  const submitted = await moveTaskBy(records, as(alice), id, {
    type: 'submit',
    proposal: 'REJECT',
    reasons: ['EMPLOYMENT'],
    note: '',
  })
  assert.equal(submitted.state, 'SUBMITTED')
  assert.equal(await ruleOf(moveTaskBy(records, as(alice), id, { type: 'review' })), 'four-eyes')
  await moveTaskBy(records, as(sam), id, { type: 'review' })
  assert.equal(await ruleOf(moveTaskBy(records, as(bob), id, { type: 'decide', as: 'PASS' })), 'task-not-your-review')
  assert.equal(await ruleOf(moveTaskBy(records, as(sam), id, { type: 'decide', as: 'REJECT' })), 'task-no-reason')
  assert.match(
    String(await ruleOf(moveTaskBy(records, as(sam), id, { type: 'decide', as: 'REJECT', reasons: ['X'] }))),
    /IDENTITY/,
  )
})

test('what is missing has a due date; when it comes the verifier has the task again', async () => {
  const { records } = house.deps
  const late = moveTaskBy(records, as(sam), id, { type: 'supplement', missing: ['payslip'], dueOn: '2026-11-01' })
  assert.match(String(await ruleOf(late)), /dueOn/)
  const aside = await moveTaskBy(records, as(sam), id, {
    type: 'supplement',
    missing: ['payslip'],
    dueOn: '2026-12-01',
  })
  assert.deepEqual([aside.state, aside.missing, aside.dueOn], ['SUPPLEMENT', ['payslip'], '2026-12-01'])
  await ask('POST', `/verifications/${id}/moves`, { type: 'arrive', note: 'payslip of October' }, 200)
  assert.deepEqual([(await task()).state, (await task()).agent], ['ASSIGNED', alice.id])
})

test('a decision stands, every move is a fact with its author, and a new task is opened only after it', async () => {
  const { records } = house.deps
  const call = await talk(alice, 'applicant')
  await hangUp(alice, call)
  await moveTaskBy(records, as(alice), id, { type: 'submit', proposal: 'PASS', reasons: [], note: '' })
  await moveTaskBy(records, as(sam), id, { type: 'review' })
  const open = await house.api(admin, 'POST', '/applications/A-1/verification')
  assert.equal(((await open.json()) as { rule: string }).rule, 'task-open')
  const passed = await moveTaskBy(records, as(sam), id, { type: 'decide', as: 'PASS' })
  assert.deepEqual([passed.state, passed.decidedAt], ['PASS', house.clock.now()])
  assert.equal(await ruleOf(moveTaskBy(records, as(sam), id, { type: 'cancel', note: 'x' })), 'task-decided')
  const moves = (await house.facts('task.moved')).map(({ actor, body }) => {
    const { from, task } = JSON.parse(body) as { from: string; task: { state: string } }
    return `${actor === as(alice) ? 'alice' : actor === as(sam) ? 'sam' : 'program'} ${from} ${task.state}`
  })
  assert.deepEqual(moves.slice(-5), [
    'program SUPPLEMENT ASSIGNED',
    'alice ASSIGNED CALLING',
    'alice CALLING SUBMITTED',
    'sam SUBMITTED REVIEW',
    'sam REVIEW PASS',
  ])
  const next = await ask<{ id: string; state: string }>('POST', '/applications/A-1/verification')
  assert.equal(next.state, 'NEW')
  assert.ok(house.clock.now() > noon)
})

test('a checklist is versioned, and a task goes on by the version it was opened with', async () => {
  const shipped = (await ask<{ items: Record<string, unknown>[] }>('GET', '/checklists', undefined, 200)).items[0]!
  const { version, ...own } = shipped
  assert.equal(version, 0)
  const one = await ask('POST', '/checklists', { ...own, id: 'cash', product: 'cash', skill: 'cash' })
  assert.equal(one['version'], 1)
  assert.equal((await ask('POST', '/checklists', { ...own, id: 'cash', product: 'cash' }))['version'], 2)
  const taken = await house.api(admin, 'POST', '/checklists', { ...own, id: 'other', product: 'cash' })
  assert.equal(taken.status, 422)
  await ask('POST', '/applications', { ...application, ref: 'A-2' })
  const { items } = await ask<{ items: { version: number; checklist: string }[] }>(
    'GET',
    '/verifications?application=A-2',
    undefined,
    200,
  )
  assert.deepEqual(
    items.map(each => [each.checklist, each.version]),
    [['cash', 2]],
  )
  assert.equal((await wholeTask(house.deps.records, id)).checklist.version, 0)
})

test('what the lender calls a secret is sealed as an answer too, where the application left it empty', async () => {
  const { records } = house.deps
  await saveChecklist(records, 'system', {
    ...{ id: 'cards', name: 'Cards', product: 'card' },
    items: [
      {
        ...{ key: 'card', question: { 'zh-CN': '卡号？', en: 'Which card?' } },
        expected: { type: 'field', field: 'fields.bank_card' },
      },
    ],
  })
  await ask('POST', '/parties', { ref: 'K-9', name: '李梅', phones: [{ number: '13812340009' }] })
  await ask('POST', '/applications', { ref: 'A-9', party: 'K-9', product: 'card', amount: 100_000, term: 6 })
  const { items } = await ask<{ items: { id: string }[] }>('GET', '/verifications?party=K-9', undefined, 200)
  id = items[0]!.id
  await ask('POST', `/verifications/${id}/moves`, { type: 'assign', agent: bob.id }, 200)
  const call = await talk(bob, 'applicant')
  const answer = await answerItem(records, as(bob), id, { item: 'card', said: '6222999988887777', judged: 'MISMATCH' })
  assert.equal(typeof answer.given, 'object')
  assert.ok(!(await house.facts('task.answered')).some(({ body }) => body.includes('6222999988887777')))
  await hangUp(bob, call)
})
