/** Strategies at work: texts, letters, leads and hand-overs, each once, past the gate, and explained. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { after, before, test } from 'node:test'
import Sqlite from 'better-sqlite3'
import { httpSender } from '../../channels/http-sender.ts'
import { asset } from '../../lib/places.ts'
import { createCampaign } from '../../records/campaigns/campaigns.ts'
import { printLetter, sendMessages } from '../../records/messages/messages.ts'
import { senderTarget } from '../../records/messages/sender.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { readMigrations } from '../../store/db.ts'
import { differenceFromJournal } from '../../store/journal/held-against.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin: string
let campaign: string
const day = 86_400_000
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
  const alice = await house.add('alice', 'agent')
  const trunk = await createTrunk(house.deps.records, 'system', {
    name: 'c',
    host: '127.0.0.1',
    callerIds: ['+861012345678'],
  })
  const plain = { mode: 'manual', trunks: [trunk.id], agents: [alice.id], policy: 'LAB-ANY-HOUR' }
  const debts = await createCampaign(house.deps.records, 'system', { name: 'early', business: 'collections', ...plain })
  campaign = debts.id
})
after(() => house[Symbol.asyncDispose]())

async function ask<T = unknown>(method: string, where: string, body?: unknown, status = 200): Promise<T> {
  const response = await house.api(admin, method, where, body)
  const text = await response.text()
  assert.equal(response.status, status, text)
  return (text === '' ? null : JSON.parse(text)) as T
}

let n = 0
/** Overdue since 21 November, on the 24th. */
async function debtor(phone = true): Promise<{ party: string; id: string }> {
  const party = `K-${++n}`
  const phones = phone ? [{ number: `+8613800000${String(n).padStart(3, '0')}` }] : []
  await ask('POST', '/parties', { ref: party, name: `Carl ${n}`, phones }, 201)
  const plan = ['2026-11-21', '2027-11-21'].map((dueOn, at) => ({
    no: at + 1,
    dueOn,
    principal: 100_000 - 50_000 * at,
  }))
  await ask('POST', '/loans', { ref: `L-${n}`, party, product: 'cash', principal: 150_000, plan }, 201)
  const { id } = await ask<{ id: string }>('POST', '/cases', { party }, 201)
  return { party, id }
}
type Message = {
  id: string
  party: string
  channel: string
  to: string
  text: string
  state: string
  reason: string | null
  tries: number
  nextAt: number | null
}
const messagesOf = async (party: string) =>
  (await ask<{ items: Message[] }>('GET', '/messages?limit=500')).items.filter(each => each.party === party)
const stepsOf = async (id: string) =>
  (await ask<{ steps: { name: string; state: string; why: string | null }[] }>('GET', `/cases/${id}/steps`)).steps.map(
    ({ name, state, why }) => [name, state, why],
  )
const run = async () => (await ask<{ done: number }>('POST', '/strategies/runs')).done

const sms = { type: 'sms', text: '{name}: {overdue} of {owed} {days}' }
const plan = () => ({
  strategies: [
    {
      name: 'early',
      buckets: ['M1'],
      steps: [
        { name: 'text', day: 2, action: sms },
        { name: 'ring', day: 3, action: { type: 'call', campaign }, promise: false },
        { name: 'paper', day: 4, action: { type: 'letter', text: 'Dear {name}' } },
        { name: 'law', day: 20, action: { type: 'send', to: 'LEGAL' } },
      ],
    },
  ],
  reminders: [
    {
      name: 'the day before',
      daysBefore: 1,
      action: { type: 'sms', text: 'tomorrow {promised}, {name}, of {overdue}' },
    },
  ],
})

test('strategies are checked in words, and each save is a version', async () => {
  const given = plan()
  const [strategy] = given.strategies
  const fields = async (body: object) =>
    (await ask<{ errors: { field: string }[] }>('POST', '/strategies', body, 422)).errors.map(({ field }) => field)
  assert.deepEqual(await fields({ strategies: [{ ...strategy, buckets: ['M9'] }] }), ['strategies.0.buckets'])
  assert.deepEqual(await fields({ strategies: [{ ...strategy, steps: [{ name: 'a', day: 0, action: sms }] }] }), [
    'strategies.0.steps.0.day',
  ])
  const nowhere = { name: 'a', day: 1, action: { type: 'call', campaign: 'cp_none' } }
  assert.deepEqual(await fields({ strategies: [{ ...strategy, steps: [nowhere] }] }), ['campaign'])
  assert.equal((await ask<{ version: number }>('POST', '/strategies', given)).version, 1)
  assert.equal((await ask<{ version: number }>('POST', '/strategies', given)).version, 2)
})

test('what is due is done once, whoever asks how often; what is not is explained', async () => {
  const { party, id } = await debtor()
  assert.deepEqual(await stepsOf(id), [
    ['text', 'due', null],
    ['ring', 'due', null],
    ['paper', 'waiting', null],
    ['law', 'waiting', null],
  ])
  assert.equal(await run(), 2)
  assert.equal(await run(), 0)
  const [text] = await messagesOf(party)
  assert.deepEqual([text!.to, text!.text, text!.state], ['+8613800000001', 'Carl 1: 1000.00 of 1500.00 3', 'waiting'])
  const leads = await ask<{ items: { ref: string; state: string; fields: Record<string, string> }[] }>(
    'GET',
    `/campaigns/${campaign}/leads`,
  )
  assert.deepEqual(
    leads.items.map(({ ref, state, fields }) => [ref, state, fields['days']]),
    [[party, 'ready', '3']],
  )
  assert.deepEqual((await stepsOf(id)).slice(0, 3), [
    ['text', 'done', null],
    ['ring', 'done', null],
    ['paper', 'waiting', null],
  ])
})

test('on HOLD nothing is done, and a text that waits is dropped; a step whose days pass meanwhile is left out for good', async () => {
  const { party, id } = await debtor()
  await ask('POST', `/cases/${id}/moves`, { type: 'hold', hold: 'dispute', reason: 'x' })
  assert.equal(await run(), 0)
  assert.equal((await stepsOf(id))[0]![1], 'stopped')
  await ask('POST', `/cases/${id}/moves`, { type: 'release', reason: 'x' })
  assert.equal(await run(), 2)
  await ask('POST', '/holds', { party, reason: 'complaint' }, 201)
  await sendMessages(house.deps.records, null)
  const [text] = await messagesOf(party)
  assert.deepEqual([text!.state, text!.reason?.split(':')[0]], ['dropped', 'party_hold'])
  // Without a number no text can go; its days pass.
  const mute = await debtor(false)
  assert.equal(await run(), 0)
  house.clock.advance(5 * day)
  await run()
  assert.deepEqual((await stepsOf(mute.id)).slice(0, 2), [
    ['text', 'skipped', 'late'],
    ['ring', 'skipped', 'late'],
  ])
  house.clock.advance(-5 * day)
})

test('a gateway gets each text once, signed; when it fails it is tried again, later each time, and what it refuses is given up', async () => {
  const got: { headers: IncomingHttpHeaders; body: string }[] = []
  let status = 503
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => (body += chunk))
    request.on('end', () => {
      got.push({ headers: request.headers, body })
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"id":"gw-7"}')
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  try {
    const door = house.deps.records
    const wrong = await ask<{ errors: { field: string }[] }>(
      'POST',
      '/sender',
      { url: 'ftp://x', secret: 'short' },
      422,
    )
    assert.deepEqual(wrong.errors.map(({ field }) => field).sort(), ['secret', 'url'])
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms`
    const secret = 'a secret of the gateway'
    assert.deepEqual(await ask('POST', '/sender', { url, secret }), { url, hasSecret: true, policy: '' })
    const sender = httpSender({ target: () => senderTarget(door), now: () => house.clock.now() })
    await sendMessages(door, sender) // what earlier tests left
    got.length = 0
    status = 503
    const { party } = await debtor()
    await run()
    assert.equal(await sendMessages(door, sender), 0)
    const failed = (await messagesOf(party))[0]!
    assert.deepEqual([failed.state, failed.tries, failed.nextAt], ['waiting', 1, house.clock.now() + 60_000])
    assert.equal(await sendMessages(door, sender), 0)
    assert.equal(got.length, 1, 'not before its time')
    house.clock.advance(60_000)
    status = 200
    assert.ok((await sendMessages(door, sender)) >= 1)
    const [sent] = (await messagesOf(party))!
    assert.equal(sent!.state, 'sent')
    const last = got.findLast(({ body }) => body.includes(party))!
    const at = last.headers['switchroom-timestamp']
    const signature = createHmac('sha256', secret).update(`${at}.${last.body}`).digest('hex')
    assert.equal(last.headers['switchroom-signature'], `sha256=${signature}`)
    assert.deepEqual(JSON.parse(last.body).id, sent!.id)
    const before = got.length
    await sendMessages(door, sender)
    assert.equal(got.length, before, 'sent once')
    status = 400
    const refused = await debtor()
    await run()
    await sendMessages(door, sender)
    assert.equal((await messagesOf(refused.party))[0]!.state, 'dropped')
    assert.ok(!(await house.facts()).some(({ body }) => body.includes(secret)), 'the secret stands in no fact')
    await ask('POST', '/sender', { url: '' })
  } finally {
    server.close()
  }
})

test('texts are exported once, and a letter is told as sent when it is printed; none for a party on HOLD', async () => {
  const { party } = await debtor()
  await run()
  const out = await ask<{ items: Message[] }>('POST', '/messages/exports')
  assert.ok(out.items.some(each => each.party === party))
  assert.equal((await ask<{ items: Message[] }>('POST', '/messages/exports')).items.length, 0)
  house.clock.advance(day)
  await run()
  const letter = (await messagesOf(party)).find(({ channel }) => channel === 'letter')!
  assert.deepEqual([letter.to, letter.text], [`Carl ${n}`, `Dear Carl ${n}`])
  await ask('POST', '/holds', { party, reason: 'complaint' }, 201)
  await assert.rejects(printLetter(house.deps.records, 'system', letter.id), /on hold/)
  assert.equal((await house.api(admin, 'DELETE', `/holds/${party}?reason=over`)).status, 204)
  assert.equal((await printLetter(house.deps.records, 'system', letter.id)).way, 'print')
})

test('a promise is reminded of the day before, once, and a kept one is not; at last the case is handed over', async () => {
  const { party, id } = await debtor()
  await run()
  await ask('POST', '/promises', { party, amount: 1_000, dueOn: '2026-11-27' }, 201)
  assert.equal(await run(), 0)
  house.clock.advance(day) // the 26th
  await run()
  await run()
  const reminders = (await messagesOf(party)).filter(({ text }) => text.startsWith('tomorrow'))
  assert.deepEqual(
    reminders.map(({ text }) => text.replace(/Carl \d+/, 'Carl')),
    ['tomorrow 10.00, Carl, of 1000.00'],
  )
  house.clock.advance(15 * day)
  await run()
  assert.equal((await ask<{ state: string }>('GET', `/cases/${id}`)).state, 'LEGAL')
  assert.equal((await stepsOf(id)).at(-1)![1], 'done')
})

test('all of it can be made anew from the journal', () => {
  const db = new Sqlite(path.join(house.folder, 'switchroom.db'), { readonly: true })
  try {
    assert.equal(differenceFromJournal(db, readMigrations(asset('migrations'))), null)
  } finally {
    db.close()
  }
})
