/** The outbox at the moment of sending: what has changed since a text was written, and what caps count. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, test } from 'node:test'
import Sqlite from 'better-sqlite3'
import { smtpSender } from '../../channels/smtp-sender.ts'
import { openMailServer } from '../../channels/testing/mail-server.ts'
import type { Message, MessageSender } from '../../lender/message.ts'
import { asset } from '../../lib/places.ts'
import { savePolicy } from '../../records/gate/policies.ts'
import { addSuppression } from '../../records/gate/suppressions.ts'
import { mailTarget, saveMail } from '../../records/messages/mail.ts'
import { exportMessages, sendMessages } from '../../records/messages/messages.ts'
import { saveSender } from '../../records/messages/sender.ts'
import { defineFields } from '../../records/parties/field-definitions.ts'
import { giveConsent, markNumber, withdrawConsent } from '../../records/parties/party-details.ts'
import { readMigrations } from '../../store/db.ts'
import { differenceFromJournal } from '../../store/journal/held-against.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin: string
const went: Message[] = []
const sender: MessageSender = {
  async send(message) {
    went.push(message)
    return { ok: true, ref: `r${went.length}` }
  },
}
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
  const label = { 'zh-CN': '邮箱', en: 'e-mail' }
  await defineFields(house.deps.records, 'system', {
    business: 'collections',
    fields: [{ key: 'mail', label, type: 'email', searchable: true, shown: true }],
  })
  const sms = { type: 'sms', text: '{name}: {owed}' }
  const steps = [{ name: 'text', day: 1, action: sms }]
  await ask('POST', '/strategies', {
    strategies: [{ name: 'early', buckets: ['M1'], steps }],
    reminders: [{ name: 'today', daysBefore: 0, action: { type: 'sms', text: 'today' } }],
  })
})
after(() => house[Symbol.asyncDispose]())

async function ask<T = unknown>(method: string, where: string, body?: unknown, status?: number): Promise<T> {
  const response = await house.api(admin, method, where, body)
  const text = await response.text()
  if (status === undefined) assert.ok(response.ok, text)
  else assert.equal(response.status, status, text)
  return (text === '' ? null : JSON.parse(text)) as T
}

let n = 0
/** Overdue since 21 November, on the 24th, with a text in the outbox. */
async function debtor(more: object = {}): Promise<{ party: string; id: string; number: string }> {
  const party = `K-${++n}`
  const number = `+8613800000${String(n).padStart(3, '0')}`
  await ask('POST', '/parties', { ref: party, name: `Carl ${n}`, phones: [{ number }], ...more }, 201)
  const plan = [{ no: 1, dueOn: '2026-11-21', principal: 100_000 }]
  await ask('POST', '/loans', { ref: `L-${n}`, party, product: 'cash', principal: 100_000, plan }, 201)
  const { id } = await ask<{ id: string }>('POST', '/cases', { party }, 201)
  await ask('POST', '/strategies/runs')
  return { party, id, number }
}
const outbox = async (party: string) =>
  (await house.store.read('messages.ofParty', { party })).map(({ channel, state, reason }) => [
    ...[channel, state, reason?.split(':')[0] ?? null],
  ])
const records = () => house.deps.records

test('a text is held against what is true at the moment of sending: consent, HOLD, the number, the debt, the promise', async () => {
  const unasked = await debtor()
  await sendMessages(records(), sender)
  assert.deepEqual(
    await outbox(unasked.party),
    [['sms', 'sent', null]],
    'where no consent was ever asked for none is missed',
  )

  const taken = await debtor()
  const about = { purpose: 'collections', basis: 'contract', evidence: 'form 7' }
  const { id } = await giveConsent(records(), 'system', { ...about, party: taken.party, channel: 'sms' })
  await withdrawConsent(records(), 'system', id, { reason: 'no more texts' })
  const spoken = await debtor()
  const voice = await giveConsent(records(), 'system', { ...about, party: spoken.party, channel: 'voice' })
  await withdrawConsent(records(), 'system', voice.id, { reason: 'no more calls' })
  const held = await debtor()
  await ask('POST', `/cases/${held.id}/moves`, { type: 'hold', hold: 'dispute', reason: 'x' })
  const barred = await debtor()
  await addSuppression(records(), 'system', { number: barred.number, reason: 'asked for it' })
  const bad = await debtor()
  await markNumber(records(), 'system', bad.party, { number: bad.number, status: 'BAD', reason: 'another one answers' })
  const renumbered = await debtor()
  await ask('PATCH', `/parties/${renumbered.party}`, { phones: [{ number: '+8613900000001' }] })
  const paid = await debtor()
  await ask('POST', '/repayments', { id: 'R-1', party: paid.party, amount: 100_000, paidAt: house.clock.now() })
  const before = went.length
  await sendMessages(records(), sender)
  const states = async (...of: { party: string }[]) => (await Promise.all(of.map(each => outbox(each.party)))).flat()
  assert.deepEqual(await states(taken, spoken, held, barred, bad, renumbered, paid), [
    ['sms', 'dropped', 'consent_withdrawn'],
    ['sms', 'sent', null],
    ['sms', 'dropped', 'party_hold'],
    ['sms', 'dropped', 'do_not_call'],
    ['sms', 'dropped', 'address_gone'],
    ['sms', 'dropped', 'address_gone'],
    ['sms', 'dropped', 'case_closed'],
  ])
  assert.deepEqual(
    went.slice(before).map(({ party }) => party),
    [spoken.party],
  )
})

test('a reminder of a promise that was taken back meanwhile does not go', async () => {
  const { party } = await debtor()
  await sendMessages(records(), sender)
  const promise = await ask<{ id: string }>('POST', '/promises', { party, amount: 50_000, dueOn: '2026-11-24' })
  await ask('POST', '/strategies/runs')
  await ask('POST', `/promises/${promise.id}/cancellation`, { reason: 'a new one' })
  await sendMessages(records(), sender)
  assert.deepEqual((await outbox(party)).sort(), [
    ['sms', 'dropped', 'promise_over'],
    ['sms', 'sent', null],
  ])
})

test('texts count where a policy says so: alone by MESSAGE, or with notices; an export gives no party more than its cap', async () => {
  const own = (limits: object[]) => ({
    ...{ id: 'OWN-TEXTS', source: 'board', confidence: 'O', business: ['collections'], relations: ['SELF'] },
    ...{ hours: { from: 0, to: 1440 }, limits },
  })
  const day = { type: 'DAY' }
  await savePolicy(
    records(),
    'system',
    own([{ unit: 'MESSAGE', key: ['PARTY'], window: day, max: 1, effect: 'BLOCK' }]),
  )
  await assert.rejects(saveSender(records(), 'system', { url: '', policy: 'NONE-SUCH' }), /NONE-SUCH/)
  await saveSender(records(), 'system', { url: '', policy: 'OWN-TEXTS' })
  const { party } = await debtor()
  const other = await debtor()
  await ask('POST', '/promises', { party, amount: 50_000, dueOn: '2026-11-24' })
  await ask('POST', '/strategies/runs')
  const out = await exportMessages(records(), 'system')
  assert.deepEqual(out.map(each => each.party).sort(), [party, other.party].sort())
  await sendMessages(records(), sender)
  assert.deepEqual((await outbox(party)).sort(), [
    ['sms', 'sent', null],
    ['sms', 'waiting', 'cap_messages'],
  ])
  // After a start they are counted as before.
  const contacts = await house.store.read('contacts.since', { since: 0 })
  assert.equal(
    contacts.chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    await house.store.read('messages.page', { state: 'sent', limit: 500 }).then(({ items }) => items.length),
  )
  const notices = {
    unit: 'CONNECT',
    key: ['PARTY'],
    window: day,
    max: 1,
    effect: 'BLOCK',
    counts: ['notice', 'message'],
  }
  await savePolicy(records(), 'system', own([notices]))
  const asked = { party, number: null, zone: 'Asia/Shanghai', channel: 'email', business: 'collections' } as const
  assert.equal(records().ask!({ ...asked, takenBack: false })?.rule, 'cap_connects')
  house.clock.advance(86_400_000)
  await sendMessages(records(), sender)
  assert.deepEqual(
    (await outbox(party)).map(([, state]) => state),
    ['sent', 'sent'],
    'on the next day there is room',
  )
  await saveSender(records(), 'system', { url: '', policy: '' })
})

test('an e-mail goes to the address among the party’s fields, once, by the lender’s server; a test of it says what the server said', async () => {
  await using server = await openMailServer({ security: 'none' })
  house.deps.mail = smtpSender({ target: () => mailTarget(records()), now: () => house.clock.now() })
  const steps = [{ name: 'mail', day: 1, action: { type: 'email', subject: 'To {name}', text: '{owed}' } }]
  await ask('POST', '/strategies', { strategies: [{ name: 'mails', buckets: ['M1'], steps }] })
  const mail = { fields: { collections: { mail: 'carl@example.com' } } }
  const [first, second, none] = [await debtor(mail), await debtor(mail), await debtor()]
  await ask('PATCH', `/parties/${second.party}`, { fields: { collections: { mail: 'other@example.com' } } })
  const wrong = await ask<{ errors: { field: string }[] }>('POST', '/sender/mail', { host: 'x', from: '' }, 422)
  assert.deepEqual(
    wrong.errors.map(({ field }) => field),
    ['from'],
  )
  const clear = { host: '127.0.0.1', port: server.port, from: 'center@lender.example', security: 'none' }
  assert.deepEqual(
    (
      await ask<{ errors: { field: string }[] }>('POST', '/sender/mail', { ...clear, user: 'a', password: 'b' }, 422)
    ).errors.map(({ field }) => field),
    ['security'],
  )
  await saveMail(records(), 'system', clear)
  await sendMessages(records(), house.deps.mail)
  await sendMessages(records(), house.deps.mail)
  assert.deepEqual(
    server.taken.map(({ to }) => to),
    [['carl@example.com']],
  )
  assert.match(server.taken[0]!.data, /^Subject: To Carl \d+\r$/m)
  assert.deepEqual(await outbox(first.party), [['email', 'sent', null]])
  assert.deepEqual(await outbox(second.party), [['email', 'dropped', 'address_gone']])
  assert.deepEqual(await outbox(none.party), [], 'without an address nothing is written')
  const tried = () =>
    ask<{ ok: boolean; reason: string | null }>('POST', '/sender/mail/tests', { to: 'it@example.com' })
  assert.deepEqual(await tried(), { ok: true, reason: null })
  server.answers.set('RCPT', '550 no such mailbox')
  assert.deepEqual(await tried(), { ok: false, reason: `127.0.0.1:${server.port} refused it: 550 no such mailbox` })
  await ask('POST', '/sender/mail/tests', { to: 'a@b.cn, c@d.cn' }, 422)
  const noted = (await house.facts('audit.noted')).map(({ body }) => JSON.parse(body) as Record<string, string>)
  const tests = noted.filter(({ what }) => what === 'mail.tested').map(({ detail }) => detail!)
  assert.equal(tests.length, 2)
  assert.match(tests[0]!, /example\.com: taken$/)
  assert.match(tests[1]!, /refused it: 550 no such mailbox$/)
  assert.ok(!tests.join().includes('it@example.com'), 'the address is masked')
})

test('the password of the mail server stays in the house, and is asked for again at another server', async () => {
  const at = { host: 'mail.lender.example', from: 'center@lender.example', user: 'center' }
  await ask('POST', '/sender/mail', at, 422)
  const shown = await ask('POST', '/sender/mail', { ...at, password: 'Quite-A-Secret-9' })
  assert.ok(!JSON.stringify(shown).includes('Quite-A-Secret-9'))
  assert.ok(!JSON.stringify(await house.facts()).includes('Quite-A-Secret-9'))
  await ask('POST', '/sender/mail', { ...at, fromName: 'x' })
  await ask('POST', '/sender/mail', { ...at, host: 'mail.thief.example' }, 422)
})

test('the outbox is the same when it is built again from the journal', () => {
  const db = new Sqlite(path.join(house.folder, 'switchroom.db'), { readonly: true })
  try {
    assert.equal(differenceFromJournal(db, readMigrations(asset('migrations'))), null)
  } finally {
    db.close()
  }
})
