import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact } from '../centre/facts.ts'
import { floorFrom } from '../centre/floor.ts'
import { mayContact } from '../centre/gate/compliance.ts'
import { type Counted, keysOf } from '../centre/gate/counters.ts'
import type { FloorState } from '../centre/state.ts'
import { campaign, consent, setupOf, TestFloor, tenOClock } from '../centre/testing.ts'
import { openStore, testFolder } from '../store/testing/people.ts'
import { closeInFlight } from './recover.ts'

const numbers = ['+8613800000001', '+8613800000002', '+8613800000003']

/** All that the counters hold of these numbers, in a form that can be compared. */
function held(state: FloorState): Counted[] {
  const all = numbers.flatMap(number => state.counters.of(keysOf({ number, party: null, debt: null })))
  return all.sort((a, b) => a.startedAt - b.startedAt)
}

test('killed after any commit, the next start counts every call that was dialled once, and none that was not', async () => {
  const floor = new TestFloor({ campaign: { policy: 'CN-SALES-DEFAULT' } })
  const made: { facts: Fact[]; at: number; counted: Counted[] }[] = []
  const note = (from: number) => {
    const facts = floor.facts.slice(from)
    made.push({ facts, at: floor.clock.now(), counted: structuredClone(held(floor.state)) })
  }
  const act = (does: () => void) => {
    const from = floor.facts.length
    does()
    note(from)
  }
  for (const number of numbers) {
    const dial = {
      agent: 'u_alice' as never,
      campaign,
      lead: null,
      party: 'carl',
      name: 'carl',
      relation: 'SELF' as const,
    }
    if (number === numbers[0]) act(() => floor.ready('u_alice' as never))
    act(() => floor.do({ type: 'agent.dial', number, consent, ...dial }))
    const { call } = floor
    if (number === numbers[1]) {
      act(() => floor.partyEnds(call, { cause: 'rejected', sipStatus: 486 }))
      continue
    }
    act(() => floor.do({ type: 'leg.answered', leg: call.leg }))
    if (number === numbers[2]) break
    act(() => floor.partyEnds(call))
    act(() => floor.dispose(call, 'u_alice' as never, 'sold'))
  }
  for (let survived = 1; survived <= made.length; survived++) {
    using folder = testFolder()
    await using store = await openStore(folder)
    const kept = made.slice(0, survived)
    for (const { facts, at } of kept)
      await store.commit({ recorded: facts.map(fact => ({ at, actor: 'system' as const, fact })) })
    const { at, counted } = kept.at(-1)!
    await closeInFlight({
      store,
      started: { type: 'system.started', bootId: 'b', version: '1' },
      now: () => at + 5_000,
    })
    const { history } = await store.setup(at + 5_000)
    const again = floorFrom({ ...setupOf({ campaign: { policy: 'CN-SALES-DEFAULT' } }), history }, at + 6_000)
    const dialled = counted.map(({ isOver, ...contact }) => contact)
    assert.deepEqual(
      held(again).map(({ isOver, ...contact }) => contact),
      dialled,
      `after ${survived} of ${made.length} commits`,
    )
    assert.ok(
      held(again).every(contact => contact.isOver),
      'nothing is under way after a start',
    )
    for (const number of new Set(counted.map(contact => `+${contact.number}`))) {
      const asked = { number, relation: 'SELF', campaign, mode: 'manual', party: 'carl', consent } as const
      const answer = mayContact(again, asked, at + 6_000)
      assert.equal(answer.ok ? 'yes' : answer.refusal.rule, 'cap_attempts', 'one a minute, restart or not')
    }
  }
  assert.ok(floor.clock.now() - tenOClock < 60_000, 'all within the minute that is asked about')
})
