import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Queue } from '../entities.ts'
import { fragmentPrompts } from '../speech/vocabulary.ts'
import { alice, bob, queue, TestFloor } from '../testing.ts'
import { HandlingTime, minutesFor, placeParts, type QueueAnnouncement } from './queue-place.ts'

const announce: QueueAnnouncement = { language: 'en', everyMs: 20_000, estimate: true }

function floorWith(changes: Partial<Queue> = { announce }): TestFloor {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  const saved = { ...floor.state.queues.get(queue)!.queue, maxWaitMs: 3_600_000, ...changes }
  floor.do({ type: 'records.committed', facts: [{ type: 'queue.saved', queue: saved }] })
  return floor
}

/** Alice talks for two minutes and writes for one, five times. */
function measured(floor: TestFloor): void {
  for (let n = 0; n < 5; n++) {
    const call = floor.caller(`1390000111${n}`)
    assert.equal(call.agent, alice)
    floor.pass(120_000)
    floor.partyEnds(call)
    floor.pass(15_000)
  }
}

test('a caller who waits is told the place each interval, and hears music between', () => {
  const floor = floorWith()
  floor.do({ type: 'agent.signOn', agent: alice })
  const first = floor.caller('13900000001')
  const second = floor.caller('13900000002')
  floor.pass(19_999)
  assert.equal(floor.count('call.placeSaid'), 0)
  floor.pass(1)
  assert.deepEqual(
    floor.facts.flatMap(fact => (fact.type === 'call.placeSaid' ? [[fact.call, fact.place, fact.minutes]] : [])),
    [
      [first.id, 1, null],
      [second.id, 2, null],
    ],
  )
  assert.deepEqual(floor.lastEffect('media.say').parts, [
    'en/queue-place',
    'en/2',
    'en/queue-place-end',
    'en/queue-thanks',
  ])
  const played = floor.effects.filter(effect => effect.type === 'media.play').length
  floor.do({ type: 'leg.played', leg: second.leg, speech: floor.lastEffect('media.say').speech })
  assert.deepEqual(
    [floor.effects.filter(effect => effect.type === 'media.play').length, floor.lastEffect('media.play').prompt],
    [played + 1, 'comfort-music'],
  )
  floor.partyEnds(first)
  floor.pass(20_000)
  assert.equal(floor.last('call.placeSaid').place, 1)
  floor.ready(bob)
  assert.equal(second.phase, 'talking')
  const said = floor.count('call.placeSaid')
  floor.pass(120_000)
  assert.equal(floor.count('call.placeSaid'), said, 'who talks waits no longer')
})

test('a queue says nothing unless it is set up to', () => {
  const floor = floorWith({})
  floor.do({ type: 'agent.signOn', agent: alice })
  floor.caller()
  floor.pass(600_000)
  assert.equal(floor.count('call.placeSaid'), 0)
})

test('who was given to a phone that nobody picked up goes on hearing the place', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { mode: 'manual' } })
  const saved = { ...floor.state.queues.get(queue)!.queue, announce, maxWaitMs: 3_600_000 }
  floor.do({ type: 'records.committed', facts: [{ type: 'queue.saved', queue: saved }] })
  floor.do({ type: 'agent.signOn', agent: bob })
  floor.ready(alice)
  const call = floor.caller()
  assert.equal(call.phase, 'assigned')
  floor.pass(16_000)
  assert.equal(call.phase, 'waiting')
  floor.pass(20_000)
  assert.equal(floor.count('call.placeSaid'), 1)
  const changed = { ...saved, announce: null }
  floor.do({ type: 'records.committed', facts: [{ type: 'queue.saved', queue: changed }] })
  floor.pass(60_000)
  assert.equal(floor.count('call.placeSaid'), 1, 'switched off meanwhile')
})

test('the wait is estimated from what calls took and who is at work, and not before five were measured', () => {
  const floor = floorWith()
  floor.ready(alice)
  measured(floor)
  const { handling } = floor.state.queues.get(queue)!
  assert.equal(handling.meanMs, 135_000)
  const busy = floor.caller()
  assert.equal(busy.agent, alice)
  for (let n = 0; n < 3; n++) floor.caller(`1390000222${n}`)
  floor.pass(20_000)
  const minutes = floor.facts.flatMap(fact => (fact.type === 'call.placeSaid' ? [fact.minutes] : []))
  assert.deepEqual(minutes.sort(), [3, 5, 8], 'k × 2.25 minutes with one agent, rounded up')
})

test('what is said never climbs by more than a step, and may fall at once', () => {
  const floor = floorWith()
  floor.ready(alice)
  measured(floor)
  const queueFloor = floor.state.queues.get(queue)!
  assert.equal(minutesFor(floor.state, queueFloor, 12, null), 30)
  assert.equal(minutesFor(floor.state, queueFloor, 12, 3), 4)
  assert.equal(minutesFor(floor.state, queueFloor, 1, 20), 3)
  assert.equal(minutesFor(floor.state, queueFloor, 40, null), 0, 'more than half an hour')
  assert.equal(minutesFor(floor.state, queueFloor, 40, 30), 0)
  assert.equal(minutesFor(floor.state, queueFloor, 1, 0), 3)
  floor.do({ type: 'agent.break', agent: alice, reason: 'lunch' })
  assert.equal(minutesFor(floor.state, queueFloor, 1, null), null, 'nobody is at work')
})

test('the newest calls count most', () => {
  const handling = new HandlingTime()
  for (let n = 0; n < 4; n++) handling.talked(60_000)
  assert.equal(handling.meanMs, null)
  handling.talked(60_000)
  assert.equal(handling.meanMs, 60_000)
  for (let n = 0; n < 60; n++) handling.talked(300_000)
  assert.ok(handling.meanMs! > 280_000, `${handling.meanMs}`)
})

test('every piece of it is shipped, in both languages, and an own recording of its name replaces it', () => {
  const shipped = new Set(fragmentPrompts())
  for (const language of ['zh-CN', 'en'] as const)
    for (const place of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 500])
      for (const minutes of [null, 0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30])
        for (const name of placeParts(language, place, minutes)) assert.ok(shipped.has(`${language}/${name}`), name)
  assert.deepEqual(placeParts('zh-CN', 2, 2), [
    'queue-place',
    '2',
    'queue-place-end',
    'queue-wait',
    'liang',
    'queue-minutes',
    'queue-thanks',
  ])
  const floor = floorWith()
  floor.do({ type: 'records.committed', facts: [{ type: 'phrase.used', name: 'en-queue-place', version: 3 }] })
  floor.do({ type: 'agent.signOn', agent: alice })
  floor.caller()
  floor.pass(20_000)
  assert.equal(floor.lastEffect('media.say').parts[0], 'own/en-queue-place@3')
})
