/** The outbox and the leads of strategies, where two things happen at once. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Message } from '../../lender/message.ts'
import { createCampaign } from '../../records/campaigns/campaigns.ts'
import { openCase } from '../../records/collections/cases.ts'
import { saveLoans } from '../../records/collections/loans.ts'
import { recordRepayment } from '../../records/collections/repayments.ts'
import { runStrategies, saveStrategies } from '../../records/collections/strategies.ts'
import { exportMessages, sendMessages } from '../../records/messages/messages.ts'
import { createParty } from '../../records/parties/parties.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let campaign = ''
before(async () => {
  house = await openHouse()
  const door = house.deps.records
  const alice = await house.add('alice', 'agent')
  const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const plain = { mode: 'manual', trunks: [trunk.id], agents: [alice.id], policy: 'LAB-ANY-HOUR' }
  campaign = (await createCampaign(door, 'system', { name: 'early', business: 'collections', ...plain })).id
  const call = { type: 'call', campaign }
  const steps = [
    { name: 'text', day: 1, action: { type: 'sms', text: '{name}: {owed}' } },
    { name: 'ring', day: 2, action: call },
    { name: 'ring again', day: 3, action: call },
  ]
  await saveStrategies(door, 'system', { strategies: [{ name: 'early', buckets: ['M1'], steps }], reminders: [] })
})
after(() => house[Symbol.asyncDispose]())

let n = 0
/** Overdue for three days, so that every step is due at once. */
async function debtor(): Promise<string> {
  const door = house.deps.records
  const party = `K-${++n}`
  await createParty(door, 'system', { ref: party, name: `Carl ${n}`, phones: [{ number: `+861380000010${n}` }] })
  const plan = [{ no: 1, dueOn: '2026-11-21', principal: 100_000, interest: 0 }]
  await saveLoans(door, 'system', [{ ref: `L-${n}`, party, product: 'cash', principal: 100_000, plan }])
  await openCase(door, 'system', { party, agent: null })
  return party
}
const textOf = async (party: string) => (await house.store.read('messages.ofParty', { party }))[0]!

test('two steps that call by the same campaign on one day make one lead of the party', async () => {
  const party = await debtor()
  assert.equal(await runStrategies(house.deps.records), 3)
  const leads = (await house.store.read('leads.page', { campaign: campaign as never })).items
  assert.deepEqual(
    leads.map(({ ref }) => ref),
    [party],
  )
})

test('a text is taken out of the outbox once: by one of two exports, or by the sender that has it in hand', async () => {
  const { records } = house.deps
  const party = await debtor()
  await runStrategies(records)
  const both = await Promise.all([exportMessages(records, 'system'), exportMessages(records, 'system')])
  assert.deepEqual(both.flat().filter(each => each.party === party).length, 1)
  const others = [await debtor(), await debtor()]
  await runStrategies(records)
  const posted: string[] = []
  let exported: string[] = []
  await sendMessages(records, {
    async send(message: Message) {
      if (posted.push(message.party) === 1) exported = (await exportMessages(records, 'system')).map(each => each.party)
      return { ok: true, ref: '' }
    },
  })
  assert.deepEqual([...posted, ...exported].toSorted(), others.toSorted())
})

test('a text about a debt does not go out once the debt is paid', async () => {
  const { records } = house.deps
  const party = await debtor()
  await runStrategies(records)
  const paid = { id: 'R-1', party, amount: 100_000, paidAt: house.clock.now() }
  await recordRepayment(records, 'system', paid)
  const posted: string[] = []
  await sendMessages(records, {
    async send(message: Message) {
      posted.push(message.party)
      return { ok: true, ref: '' }
    },
  })
  assert.deepEqual(posted, [])
  const { state, reason } = await textOf(party)
  assert.deepEqual([state, reason?.split(':')[0]], ['dropped', 'case_closed'])
})

test('when the house closes, the text in hand is told, and the next is not begun', async () => {
  const { records } = house.deps
  const parties = [await debtor(), await debtor()]
  await runStrategies(records)
  const over = new AbortController()
  const posted: string[] = []
  const sender = {
    async send(message: Message) {
      posted.push(message.party)
      over.abort()
      return { ok: true, ref: '' } as const
    },
  }
  assert.equal(await sendMessages(records, sender, ['sms'], over.signal), 1)
  assert.equal(posted.length, 1)
  const states = (await Promise.all(parties.map(textOf))).map(({ state }) => state)
  assert.deepEqual(states.toSorted(), ['sent', 'waiting'])
})
