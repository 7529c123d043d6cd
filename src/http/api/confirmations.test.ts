/** What an applicant is told of a decision in writing: by the records door, the outbox and the API. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Message } from '../../lender/message.ts'
import type { UserId } from '../../lib/ids.ts'
import { InvalidInput, NotNow } from '../../records/errors.ts'
import { addSuppressions } from '../../records/gate/suppressions.ts'
import { exportMessages, sendMessages } from '../../records/messages/messages.ts'
import { defineFields } from '../../records/parties/field-definitions.ts'
import { changeParty, createParty } from '../../records/parties/parties.ts'
import { giveConsent, withdrawConsent } from '../../records/parties/party-details.ts'
import { changeApplication, createApplication, reopenApplication } from '../../records/verification/applications.ts'
import { saveReasons } from '../../records/verification/checklists.ts'
import { saveConfirmations } from '../../records/verification/confirmations.ts'
import { moveTaskBy } from '../../records/verification/tasks.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let token: string
let alice: UserId
let sam: UserId
const words = (as: string, text: string, product: string | null = null) => ({
  ...{ as, product, channel: 'sms', text: { 'zh-CN': text, en: text } },
})
before(async () => {
  house = await openHouse()
  token = (await house.token('quality')).secret
  alice = (await house.add('alice', 'agent')).id
  sam = (await house.add('sam', 'supervisor')).id
  const door = house.deps.records
  await saveReasons(door, 'system', {
    reasons: [
      { code: 'AGE', use: 'REJECT', words: { 'zh-CN': '造假', en: 'lies' }, told: { 'zh-CN': '年龄', en: 'your age' } },
      { code: 'SECRET', use: 'REJECT', words: { 'zh-CN': '黑名单', en: 'black list' } },
      { code: 'COACHED', use: 'FRAUD', words: { 'zh-CN': '中介', en: 'coached' } },
    ],
  })
  await saveConfirmations(door, 'system', {
    templates: [
      words('PASS', '{name}: {amount} approved'),
      words('PASS', '{name}: your car loan is approved', 'car'),
      words('REJECT', '{name}: declined ({reason})'),
      words('SUPPLEMENT', '{name}: send {missing} by {dueOn}'),
    ],
  })
})
after(() => house[Symbol.asyncDispose]())

let n = 0
/** In review by sam; with the consent to be written to. */
async function reviewed({
  product = 'cash',
  consent = true,
  number = `+8613800002${String(++n).padStart(3, '0')}`,
} = {}) {
  const door = house.deps.records
  const party = `K-${n}`
  const application = `A-${n}`
  await createParty(door, 'system', {
    ref: party,
    name: `Carl ${n}`,
    language: 'en',
    idNo: 'E1234567',
    phones: [{ number }],
  })
  const given = { party, purpose: 'verification', channel: 'sms', basis: 'form', evidence: 'p. 2' }
  const kept = consent ? await giveConsent(door, 'system', { ...given, givenAt: house.clock.now() - 1 }) : null
  await createApplication(door, 'system', { ref: application, party, product, amount: 1_234_500, term: 12 })
  const task = (await house.store.read('tasks.page', { application })).items[0]!.id
  await toReview(task)
  return { task, party, application, consent: kept?.id ?? '', number }
}
async function toReview(task: string) {
  const { state, agent } = (await house.store.read('tasks.byId', { id: task }))!
  const move = (actor: string, command: object) =>
    moveTaskBy(house.deps.records, `user:${actor}` as never, task, command)
  if (agent === null) await move(sam, { type: 'assign', agent: alice })
  if (state === 'NEW' || state === 'ASSIGNED') {
    // A call that nobody answered is enough of a call for the machine.
    const called = (await house.store.read('tasks.byId', { id: task }))!
    const { openedAt: _, changedAt: __, submittedAt: ___, decidedAt: ____, ...bare } = called
    const fact = { type: 'task.moved', from: called.state, task: { ...bare, state: 'CALLING', verifiers: [alice] } }
    await house.store.commit({ recorded: [{ at: house.clock.now(), actor: 'system', fact: fact as never }] })
  }
  await move(alice, { type: 'submit', proposal: 'REJECT', reasons: [], note: 'smells of black list' })
  await move(sam, { type: 'review' })
}
const decide = (task: string, as: string, reasons: string[] = [], note = '') =>
  moveTaskBy(house.deps.records, `user:${sam}`, task, { type: 'decide', as, reasons, note })
const supplement = (task: string, missing: string[]) =>
  moveTaskBy(house.deps.records, `user:${sam}`, task, { type: 'supplement', missing, dueOn: '2026-12-01', note: '' })
const toldOf = (task: string) => house.store.read('tasks.confirmations', { task })
const brief = async (task: string) =>
  (await toldOf(task)).map(({ as, state, text, why, reason }) => [
    as,
    state,
    text ?? why,
    reason?.split(':')[0] ?? null,
  ])
async function sent(): Promise<string[]> {
  const posted: string[] = []
  await sendMessages(house.deps.records, {
    async send({ text }: Message) {
      posted.push(text)
      return { ok: true, ref: 'gw-1' }
    },
  })
  return posted.toSorted()
}

test('a decision is told once, by the text of its product, and leaves through the sender', async () => {
  const cash = await reviewed()
  await decide(cash.task, 'PASS')
  await assert.rejects(decide(cash.task, 'PASS'), NotNow)
  const car = await reviewed({ product: 'car' })
  await Promise.allSettled([decide(car.task, 'PASS'), decide(car.task, 'REJECT', ['AGE'])])
  assert.deepEqual(await sent(), ['Carl 1: 12,345.00 approved', 'Carl 2: your car loan is approved'])
  assert.deepEqual(await sent(), [])
  assert.deepEqual(await brief(cash.task), [['PASS', 'sent', 'Carl 1: 12,345.00 approved', null]])
  const [queued] = await house.facts('message.queued')
  assert.match(queued!.body, /verification: PASS A-1/)
})

test('a decline says no more of its reason than is meant for applicants, and a fraud says nothing', async () => {
  const [open, closed, fraud] = [await reviewed(), await reviewed(), await reviewed()]
  await decide(open.task, 'REJECT', ['AGE', 'SECRET'], 'note of the reviewer')
  await decide(closed.task, 'REJECT', ['SECRET'], 'note of the reviewer')
  await decide(fraud.task, 'FRAUD', ['COACHED'])
  assert.deepEqual(await sent(), ['Carl 3: declined (your age)', 'Carl 4: declined (our overall assessment)'])
  assert.deepEqual(await toldOf(fraud.task), [])
})

test('what is missing is asked for without an ID number, and withdrawn when it came before the text was sent', async () => {
  const { task } = await reviewed()
  await supplement(task, ['payslip', 'copy of E 123 4567', '110101199003071234'])
  assert.equal((await toldOf(task))[0]!.text, 'Carl 6: send payslip, copy of ******, ****** by 2026-12-01')
  await moveTaskBy(house.deps.records, 'system', task, { type: 'arrive', note: 'by fax' })
  assert.deepEqual(await sent(), [])
  await toReview(task)
  await supplement(task, ['photo'])
  assert.deepEqual(await sent(), ['Carl 6: send photo by 2026-12-01'])
  assert.deepEqual(
    (await brief(task)).map(([as, state, , reason]) => [as, state, reason]),
    [
      ['SUPPLEMENT', 'dropped', 'decision_recalled'],
      ['SUPPLEMENT', 'sent', null],
    ],
  )
})

test('a decision that is taken back before it was told is not told, also where the gateway had failed at first', async () => {
  const { task, application } = await reviewed()
  await decide(task, 'REJECT', ['AGE'])
  await sendMessages(house.deps.records, {
    async send() {
      await reopenApplication(house.deps.records, 'system', application)
      return { ok: false, reason: 'down', again: true }
    },
  })
  await house.clock.advance(60_000)
  assert.deepEqual(await sent(), [])
  assert.deepEqual((await exportMessages(house.deps.records, 'system')).length, 0)
  assert.equal((await toldOf(task))[0]!.state, 'dropped')
})

test('nobody is written to without consent, nor after it was taken back, nor at a number that is blocked or takes no texts', async () => {
  const { records } = house.deps
  const [never, later, blocked, land] = [
    await reviewed({ consent: false }),
    await reviewed(),
    await reviewed(),
    await reviewed({ number: `+8610623456${10 + ++n}` }),
  ]
  await decide(never.task, 'PASS')
  await decide(later.task, 'PASS')
  await withdrawConsent(records, 'system', later.consent, { reason: 'by mail' })
  await decide(blocked.task, 'PASS')
  await addSuppressions(records, 'system', [{ number: blocked.number, reason: 'asked' }])
  await decide(land.task, 'PASS')
  assert.deepEqual(await sent(), [])
  const all = await Promise.all([never, later, blocked, land].map(({ task }) => brief(task)))
  assert.deepEqual(
    all.flat().map(([, state, text, reason]) => [state, state === null ? text : reason]),
    [
      [null, 'no_consent'],
      ['dropped', 'consent_withdrawn'],
      ['dropped', 'do_not_call'],
      [null, 'no_number'],
    ],
  )
  // A lender may write to all who have not said no.
  const { templates } = JSON.parse((await house.store.read('settings.all', {}))['verification.confirmations']!)
  await saveConfirmations(records, 'system', { needsConsent: false, templates })
  const free = await reviewed({ consent: false })
  await decide(free.task, 'PASS')
  assert.equal((await sent()).length, 1)
})

test('an e-mail of a decision has its subject, goes to the address on record, and not without consent to e-mail, at writing or at sending', async () => {
  const { records } = house.deps
  await defineFields(records, 'system', {
    business: 'verification',
    fields: [{ key: 'mail', label: { 'zh-CN': '邮箱', en: 'E-mail' }, type: 'email' }],
  })
  const { templates } = JSON.parse((await house.store.read('settings.all', {}))['verification.confirmations']!)
  const subject = { 'zh-CN': '{application}', en: 'Your application {application}:\t{name}' }
  const mail = { ...words('PASS', 'Dear {name},\n{amount} approved'), channel: 'email', subject }
  await saveConfirmations(records, 'system', { templates: [mail] })
  const asked = { purpose: 'verification', channel: 'email', basis: 'form', evidence: 'p. 3' }
  const some = await Promise.all([reviewed(), reviewed(), reviewed(), reviewed()])
  const consents: string[] = []
  for (const [at, { party }] of some.entries()) {
    if (at > 0)
      await changeParty(records, 'system', party, { fields: { verification: { mail: `c${at}@example.com` } } })
    if (at === 1) continue // the consent is to texts alone
    consents.push((await giveConsent(records, 'system', { ...asked, party, givenAt: house.clock.now() - 1 })).id)
  }
  for (const { task } of some) await decide(task, 'PASS')
  await withdrawConsent(records, 'system', consents[1]!, { reason: 'by phone' })
  const posted: Partial<Message>[] = []
  await sendMessages(records, {
    async send({ channel, to, subject, text }) {
      posted.push({ channel, to, subject: subject ?? '', text })
      return { ok: true, ref: '1' }
    },
  })
  const [, , , last] = some
  const name = `Carl ${last!.party.slice(2)}`
  assert.deepEqual(posted, [
    {
      ...{ channel: 'email', to: 'c3@example.com', subject: `Your application ${last!.application}: ${name}` },
      text: `Dear ${name},\n12,345.00 approved`,
    },
  ])
  const all = await Promise.all(some.map(({ task }) => brief(task)))
  assert.deepEqual(
    all.flat().map(([, state, text, reason]) => [state, state === null ? text : reason]),
    [
      [null, 'no_address'],
      [null, 'no_consent'],
      ['dropped', 'consent_withdrawn'],
      ['sent', null],
    ],
  )
  const answer = await house.api(token, 'GET', `/verifications/${last!.task}`)
  const { confirmations } = (await answer.json()) as { confirmations: { channel: string; to: string }[] }
  assert.deepEqual(
    confirmations.map(({ channel, to }) => [channel, to]),
    [['email', 'c***@example.com']],
  )
  await assert.rejects(
    saveConfirmations(records, 'system', { templates: [{ ...mail, subject: undefined }] }),
    InvalidInput,
  )
  await assert.rejects(
    saveConfirmations(records, 'system', { templates: [{ ...words('PASS', 'a'), subject }] }),
    InvalidInput,
  )
  await assert.rejects(
    saveConfirmations(records, 'system', { templates: [words('PASS', 'a'.repeat(301))] }),
    InvalidInput,
  )
  const unknown = { ...mail, subject: { ...subject, en: '{idNo}' } }
  await assert.rejects(saveConfirmations(records, 'system', { templates: [unknown] }), InvalidInput)
  await saveConfirmations(records, 'system', { needsConsent: true, templates })
})

test('what it says is fixed by the decision: what is changed of the application afterwards changes nothing', async () => {
  const { task, application } = await reviewed()
  await decide(task, 'PASS')
  await changeApplication(house.deps.records, 'system', application, { amount: 1 })
  assert.match((await sent())[0]!, /12,345\.00/)
  assert.match((await toldOf(task))[0]!.text!, /12,345\.00/)
})

test('the API tells of it beside the task, with the number masked for who may not see it', async () => {
  const { task } = await reviewed()
  await decide(task, 'PASS')
  const response = await house.api(token, 'GET', `/verifications/${task}`)
  assert.equal(response.status, 200)
  const { confirmations } = (await response.json()) as { confirmations: Record<string, unknown>[] }
  assert.deepEqual(
    confirmations.map(({ as, to, state }) => [as, to, state]),
    [['PASS', `+86138****2${String(n).padStart(3, '0')}`, 'waiting']],
  )
})

test('words with a value that there is not, or twice for one decision, are refused', async () => {
  const save = (templates: object[]) => saveConfirmations(house.deps.records, 'system', { templates })
  await assert.rejects(save([words('PASS', 'ID {idNo}')]), (error: InvalidInput) => {
    assert.deepEqual([error.problems[0]?.field, error.problems[0]?.found], ['templates.0.text', '{idNo}'])
    return true
  })
  await assert.rejects(save([words('PASS', 'a'), words('PASS', 'b')]), InvalidInput)
  await assert.rejects(save([words('FRAUD', 'caught')]), InvalidInput)
})

test('an administrator reads and writes the texts over the API; what somebody else saved since is not lost', async () => {
  const admin = (await house.token('admin')).secret
  const read = async () => (await (await house.api(admin, 'GET', '/confirmations')).json()) as Record<string, unknown>
  const before = await read()
  const given = { ...before, needsConsent: false, templates: [words('PASS', '{name}: yes')] }
  const saved = await house.api(admin, 'PUT', '/confirmations', given)
  assert.equal(saved.status, 200)
  const after = await read()
  assert.deepEqual(await saved.json(), after)
  assert.notEqual(after['version'], before['version'])
  assert.deepEqual([after['needsConsent'], (after['templates'] as unknown[]).length], [false, 1])
  const late = await house.api(admin, 'PUT', '/confirmations', { ...given, templates: [] })
  assert.equal(late.status, 409)
  assert.match(await late.text(), /somebody else saved since/)
  for (const bad of [
    { ...after, version: undefined },
    { ...after, templates: [words('PASS', '{salary}')] },
    { ...after, colour: 'red' },
  ])
    assert.equal((await house.api(admin, 'PUT', '/confirmations', bad)).status, 422)
  assert.deepEqual(await read(), after)
  assert.equal((await house.api(token, 'GET', '/confirmations')).status, 403)
  assert.equal((await house.api(token, 'PUT', '/confirmations', after)).status, 403)
  const twice = ['{name}: one', '{name}: two'].map(text =>
    house.api(admin, 'PUT', '/confirmations', { ...after, templates: [words('PASS', text)] }),
  )
  assert.deepEqual((await Promise.all(twice)).map(({ status }) => status).toSorted(), [200, 409])
})
