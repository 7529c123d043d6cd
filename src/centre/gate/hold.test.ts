import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CampaignId } from '../../lib/ids.ts'
import type { RecordFact } from '../records/record-facts.ts'
import { alice, bob, campaign, leadOf, setupOf, TestFloor } from '../testing.ts'

const [own, other] = ['+8613800000001', '+8613800000002']
const party = 'ref-le_0'
const held: RecordFact = { type: 'party.held', party, kind: 'hold', reason: 'complaint', until: null, numbers: [own] }
const released: RecordFact = { type: 'party.released', party, kind: 'hold', reason: 'settled' }
const paid: RecordFact = {
  type: 'repayment.recorded',
  repayment: { id: 'p1', party, loan: null, amount: 1, currency: 'CNY', paidAt: 0, channel: '' },
}
const keep = (floor: TestFloor, ...facts: RecordFact[]) => floor.do({ type: 'records.committed', facts })
const nobody = { campaign: null, lead: null, party: null, name: null, relation: null } as const

test('a number of someone on hold is not dialled by hand, under no name and under another', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  keep(floor, held)
  const dial = (more: object = {}) =>
    floor.do({ type: 'agent.dial', agent: alice, number: own, ...nobody, ...more }).refusal
  assert.equal(dial()?.rule, 'party_hold')
  assert.equal(dial({ party: 'their spouse' })?.rule, 'party_hold')
  assert.match(dial()!.words, /ref-le_0 is on hold/)
  keep(floor, released)
  assert.equal(dial(), null)
})

test('nor is a call passed on to it, or anybody consulted there', () => {
  const floor = new TestFloor({ setup: { transfers: { 'transfer.numbers.agent': '+86*' } } })
  floor.ready(alice)
  keep(floor, held)
  const call = floor.caller()
  const target = { number: own }
  assert.equal(floor.do({ type: 'agent.consult', agent: alice, call: call.id, target }).refusal?.rule, 'party_hold')
  assert.equal(floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target }).refusal?.rule, 'party_hold')
  assert.equal(floor.count('call.dialed'), 0)
})

test('a stop of the setup holds with its numbers, as after a restart', () => {
  const floor = new TestFloor({
    setup: { stops: [{ party, kind: 'hold', reason: 'minor', until: null, numbers: ['13800000001'] }] },
  })
  floor.ready(alice)
  assert.equal(floor.do({ type: 'agent.dial', agent: alice, number: own, ...nobody }).refusal?.rule, 'party_hold')
})

test('a call by hand to a number whose owner is put on hold stops ringing', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.do({ type: 'agent.dial', agent: alice, number: own, ...nobody })
  keep(floor, held)
  assert.equal(floor.last('call.ended').ending.cause, 'cancelled')
})

test('a preview of someone who is put on hold is withdrawn, once, and its agent has the next', () => {
  const floor = new TestFloor({ campaign: { mode: 'preview' } })
  floor.ready(alice)
  floor.leads(own, other)
  assert.equal(floor.last('preview.offered').lead, 'le_0')
  const before = floor.count('lead.released')
  keep(floor, held)
  assert.deepEqual([floor.count('preview.closed'), floor.count('lead.released') - before], [1, 1])
  assert.deepEqual([floor.last('preview.closed').reason, floor.last('preview.offered').lead], ['party_hold', 'le_1'])
})

test('consent to sales that is taken back ends what rings and keeps the next from being dialled, until there is a new one', () => {
  const withdrawn: RecordFact = { type: 'consent.withdrawn', consent: 'co_1', party, reason: 'asked', sales: false }
  const floor = new TestFloor({ campaign: { policy: 'LAB-ANY-HOUR' }, setup: { lab: true } })
  floor.ready(alice)
  floor.leads(own)
  keep(floor, { ...withdrawn, sales: undefined } as unknown as RecordFact)
  assert.equal(floor.count('call.ended'), 0, 'another consent still holds')
  keep(floor, withdrawn)
  assert.equal(floor.count('call.ended'), 1)
  floor.do({ type: 'leads.loaded', campaign, leads: [leadOf('le_0', own)], exhausted: true })
  floor.pass(5_000)
  assert.equal(floor.count('call.dialed'), 1)
  const given = {
    id: 'co_2',
    party,
    purpose: 'sales',
    channel: 'any',
    basis: 'form',
    evidence: 'f',
    givenAt: 0,
  } as const
  keep(floor, { type: 'consent.given', consent: given })
  floor.do({
    type: 'leads.loaded',
    campaign,
    leads: [leadOf('le_1', own)].map(lead => ({ ...lead, ref: party })),
    exhausted: true,
  })
  floor.pass(5_000)
  assert.equal(floor.count('call.dialed'), 2)
  const debt = new TestFloor({ campaign: { business: 'collections' }, setup: { unsold: [party] } })
  debt.ready(alice)
  debt.leads(own)
  assert.equal(debt.count('call.dialed'), 1, 'a debt is no sale')
  const restarted = new TestFloor({ setup: { unsold: [party] } })
  restarted.ready(alice)
  restarted.leads(own)
  assert.equal(restarted.count('call.dialed'), 0)
})

test('who talks to somebody that paid, or is put on hold, is told and talks on', () => {
  const floor = new TestFloor({ campaign: { business: 'collections' } })
  floor.ready(alice)
  floor.leads(own)
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  keep(floor, paid)
  assert.deepEqual([floor.last('call.overtaken').by, floor.call.overtaken], ['party_paid', 'party_paid'])
  keep(floor, held)
  assert.deepEqual([floor.call.overtaken, floor.call.phase], ['party_hold', 'talking'])
  const sale = new TestFloor()
  sale.ready(alice)
  sale.leads(own)
  sale.do({ type: 'leg.answered', leg: sale.call.leg })
  keep(sale, paid)
  assert.equal(sale.count('call.overtaken'), 0, 'who sells is not told of debts')
})

/** Two campaigns want the same two people, by three ways; facts of the records come at any moment between a reservation, a ring and an answer. */
const second = 'ca_2' as CampaignId
const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ is: fc.constant('leads' as const), which: fc.nat(1), late: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('hand' as const), who: fc.nat(1), named: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('ring' as const) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('answer' as const) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('end' as const) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constantFrom('hold' as const, 'release' as const, 'pay' as const) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 7_200_000 }) }) },
)

test('whatever races whatever: who is on hold is not dialled nor left ringing, and money that came in withdraws what rings about the debt', () => {
  const seen = { dialled: 0, withdrawn: 0, heldWhileRinging: 0, refused: 0, again: 0 }
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.boolean(),
      fc.array(event, { minLength: 20, maxLength: 60 }),
      (phone, preview, events) => {
        const plain = { ...setupOf({}).campaigns[0]!, policy: 'LAB-ANY-HOUR', business: 'collections' as const }
        const campaigns = [
          plain,
          { ...plain, id: second, mode: preview ? ('preview' as const) : ('progressive' as const) },
        ]
        const floor = new TestFloor({ station: phone ? 'phone-rung' : 'browser', setup: { campaigns, lab: true } })
        floor.ready(alice, bob)
        let onHold = false
        let from = 0
        let id = 0
        const ringing = () =>
          [...floor.state.calls.values()].filter(
            call => call.direction === 'out' && call.answeredAt === null && call.phase !== 'ended',
          )
        const isOurs = (call: { party: string | null; number: string }) => call.party === party || call.number === own
        for (const each of events) {
          const before = ringing().filter(isOurs).length
          if (each.is === 'time') floor.pass(each.ms)
          else if (each.is === 'leads') {
            const of = each.which === 0 ? campaign : second
            const leads = [own, other].map((number, n) => ({
              ...leadOf(`le_${id++}`, number),
              ref: `ref-le_${n}`,
              campaign: of,
            }))
            // A late answer of the store may have been read before what is known by now.
            floor.do({ type: 'leads.loaded', campaign: of, leads, exhausted: true })
          } else if (each.is === 'hand') {
            const who = each.who === 0 ? { number: own, party } : { number: other, party: 'ref-le_1' }
            const dial = { type: 'agent.dial', agent: alice, ...nobody, ...who } as const
            const { refusal } = floor.do(each.named ? dial : { ...dial, party: null })
            if (refusal?.rule === 'party_hold') seen.refused++
          } else if (each.is === 'ring') {
            const [first] = ringing()
            if (first) floor.do({ type: 'leg.ringing', leg: first.leg })
          } else if (each.is === 'answer') {
            const rung = [alice, bob].map(agent => floor.agent(agent).rung).find(waiting => waiting !== null)
            const [first] = ringing()
            if (rung) floor.do({ type: 'leg.answered', leg: rung.leg })
            else if (first) floor.do({ type: 'leg.answered', leg: first.leg })
          } else if (each.is === 'end') {
            for (const call of floor.state.calls.values())
              if (call.phase !== 'ended') {
                floor.partyEnds(call)
                break
              }
            for (const agent of [alice, bob]) {
              const { call, phase } = floor.agent(agent)
              const at = call === null ? undefined : floor.state.calls.get(call)
              if (phase === 'wrapping' && at) floor.dispose(at, agent, 'again')
              if (floor.agent(agent).phase === 'preview') floor.do({ type: 'agent.acceptPreview', agent })
              if (floor.agent(agent).phase === 'break') floor.do({ type: 'agent.ready', agent })
            }
          } else if (each.is === 'hold') {
            if (before > 0) seen.heldWhileRinging++
            onHold = true
            keep(floor, held)
          } else if (each.is === 'release') {
            onHold = false
            keep(floor, released)
          } else if (each.is === 'pay') {
            keep(floor, paid)
            assert.equal(
              ringing().filter(call => call.party === party).length,
              0,
              'nothing rings about a debt that was paid',
            )
            if (before > 0) seen.withdrawn++
          }
          for (const fact of floor.facts.slice(from)) {
            if (fact.type !== 'call.dialed') continue
            seen.dialled++
            // What was dialled in the very step before the hold is withdrawn by it, which is seen below.
            if (isOurs(fact)) {
              assert.equal(onHold, false, `dialled on hold after ${each.is}`)
              seen.again++
            }
          }
          from = floor.facts.length
          if (onHold) {
            assert.equal(ringing().filter(isOurs).length, 0, `left ringing after ${each.is}`)
            for (const agent of [alice, bob]) {
              const { rung, preview: shown, phase } = floor.agent(agent)
              assert.ok(rung === null || !isOurs(rung.intent), 'no phone is rung for it')
              assert.ok(shown === null || phase !== 'preview' || shown.lead.ref !== party, 'no preview of it is shown')
            }
          }
        }
      },
    ),
    { numRuns: 300, seed: 20261127 },
  )
  assert.ok(seen.dialled > 500 && seen.again > 150 && seen.refused > 100, JSON.stringify(seen))
  assert.ok(seen.withdrawn > 50 && seen.heldWhileRinging > 50, JSON.stringify(seen))
})
