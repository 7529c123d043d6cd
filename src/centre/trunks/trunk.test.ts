import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noEase } from '../lines/ease.ts'
import { obstacleOf } from '../lines/line.ts'
import { TestFloor, trunk } from '../testing.ts'

function floorWith(rules: { maxCalls: number; callsPerSecond: number }): TestFloor {
  const floor = new TestFloor({})
  const saved = { ...floor.state.trunks.get(trunk)!.trunk, ...rules }
  floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: saved }] })
  return floor
}
const testIs = (isOver: boolean) => ({ type: 'trunk.test', trunk, isOver }) as const
const ruleOf = (floor: TestFloor) => floor.do(testIs(false)).refusal?.rule ?? null
const turnedAway = (floor: TestFloor) =>
  floor.do({ type: 'leg.offered', leg: 'g_in' as never, trunk, from: '+8613800000001', to: '+861088880000' }).effects

test('a test of a trunk has a line of it while it lasts: nobody else gets the last one, and it gets none of a full trunk', () => {
  const floor = floorWith({ maxCalls: 1, callsPerSecond: 10 })
  assert.equal(ruleOf(floor), null)
  assert.equal(floor.state.trunks.get(trunk)!.tests, 1)
  assert.equal(ruleOf(floor), 'trunk_full')
  floor.do(testIs(true))
  assert.equal(floor.state.trunks.get(trunk)!.tests, 0)
  assert.equal(ruleOf(floor), null)
  floor.do(testIs(true))
  floor.do(testIs(true)) // told twice, it gives back one line
  assert.equal(floor.state.trunks.get(trunk)!.tests, 0)
})

test('a test is what an eased trunk is tested by, and not refused as its calls are', () => {
  const floor = floorWith({ maxCalls: 5, callsPerSecond: 1 })
  const of = floor.state.trunks.get(trunk)!
  of.ease = { ...noEase(), share: 1 / 32, at: floor.clock.now(), since: floor.clock.now() }
  assert.equal(ruleOf(floor), null)
  floor.pass(2_000)
  assert.equal(obstacleOf(of, floor.clock.now())?.refusal.rule, 'trunk_eased')
  assert.equal(ruleOf(floor), null)
})

test('a caller finds a trunk full whose last line a test has', () => {
  const floor = floorWith({ maxCalls: 1, callsPerSecond: 10 })
  floor.do(testIs(false))
  const number = { id: 'n_1' as never, number: '+861088880000', target: { queue: 'q_none' as never } }
  floor.do({ type: 'records.committed', facts: [{ type: 'number.saved', number }] })
  const effects = Array.from({ length: 100 }, () => turnedAway(floor)[0])
  const missed = { type: 'phone.reject', leg: 'g_in', sipStatus: 503 }
  assert.deepEqual(effects[0], missed, 'whoever may be forged is missed too')
  assert.deepEqual(effects[10], { ...missed, untold: true }, 'and a flood of them counted')
  assert.equal(floor.count('call.ended'), 10)
  floor.do(testIs(true))
  assert.equal(turnedAway(floor)[0]?.type, 'phone.answer')
})

test('a test counts in the trunk’s rate, and one of a trunk that is down may begin', () => {
  const floor = floorWith({ maxCalls: 5, callsPerSecond: 1 })
  floor.do({ type: 'trunk.down', trunk, reason: 'no answer to OPTIONS' })
  assert.equal(ruleOf(floor), null)
  assert.equal(ruleOf(floor), 'trunk_rate')
  floor.do(testIs(true))
  assert.equal(ruleOf(floor), 'trunk_rate')
})

test('callers whom nobody acknowledges take no line of what is dialled, no more of them are answered than lines are free, and nothing is made of the rest', () => {
  const floor = floorWith({ maxCalls: 2, callsPerSecond: 10 })
  const number = { id: 'n_1' as never, number: '+861088880000', target: { queue: 'q_1' as never } }
  floor.do({ type: 'records.committed', facts: [{ type: 'number.saved', number }] })
  const comes = (leg: string) =>
    floor.do({ type: 'leg.offered', leg: leg as never, trunk, from: '+8613800000001', to: '+861088880000' })
  const counts = () => {
    const { calls, offers } = floor.state.trunks.get(trunk)!
    return { calls, offers }
  }
  for (const leg of ['g_1', 'g_2']) assert.equal(comes(leg).effects[0]?.type, 'phone.answer')
  assert.deepEqual(counts(), { calls: 0, offers: 2 })
  const offered = floor.count('call.offered')
  assert.deepEqual(comes('g_3').effects, [{ type: 'phone.reject', leg: 'g_3', sipStatus: 503, untold: true }])
  assert.equal(floor.count('call.offered'), offered)
  // A test takes a line as a call that we dial does.
  assert.equal(ruleOf(floor), null)
  assert.equal(ruleOf(floor), null)
  assert.equal(ruleOf(floor), 'trunk_full')
  // They are answered already: who acknowledges now stays, beyond the lines, and nothing is dialled until there are fewer.
  floor.do({ type: 'leg.answered', leg: 'g_1' as never })
  assert.deepEqual(counts(), { calls: 1, offers: 1 })
  // Twice the lines, and never more: the other is let in too, and nobody else.
  assert.equal(counts().calls + counts().offers + floor.state.trunks.get(trunk)!.tests, 4)
  assert.deepEqual(comes('g_4').effects, [{ type: 'phone.reject', leg: 'g_4', sipStatus: 503 }])
  assert.equal(floor.count('call.offered'), offered + 1, 'no line is free: it is missed')
  floor.do(testIs(true))
  assert.equal(ruleOf(floor), 'trunk_full')
  floor.do(testIs(true))
  assert.equal(ruleOf(floor), null)
  floor.do(testIs(true))
  // Who never acknowledges is let go, and gives back no line that they did not have.
  floor.pass(10_000)
  assert.equal(counts().offers, 0)
  assert.equal(counts().calls, [...floor.state.calls.values()].filter(({ phase }) => phase !== 'ended').length)
})

test('one caller too many who is surely there is a call that was missed, and of the others an alarm says how many they were', () => {
  const floor = floorWith({ maxCalls: 1, callsPerSecond: 10 })
  const number = { id: 'n_1' as never, number: '+861088880000', target: { queue: 'q_1' as never } }
  floor.do({ type: 'records.committed', facts: [{ type: 'number.saved', number }] })
  const comes = (leg: string, isProved: boolean) =>
    floor.do({ type: 'leg.offered', leg: leg as never, trunk, from: '+8613800000001', to: '+861088880000', isProved })
  comes('g_1', false)
  const rejected = { type: 'phone.reject', leg: 'g_2', sipStatus: 503 }
  assert.deepEqual(comes('g_2', true).effects, [rejected])
  const { ending } = floor.last('call.ended')
  assert.deepEqual([floor.count('call.offered'), ending.result, ending.sipStatus], [2, 'CONGESTION', 503])
  assert.deepEqual(comes('g_3', false).effects, [{ ...rejected, leg: 'g_3', untold: true }])
  assert.equal(floor.count('call.offered'), 2)
  floor.do({ type: 'callers.turnedAway', trunk, calls: 7 })
  const { rule, calls, trunk: of } = floor.last('safety.alarmed')
  assert.deepEqual([rule, calls, of], ['callers_turned_away', 7, trunk])
})

test('callers who are surely there and find a trunk full are missed calls, thirty of a trunk in any minute; those beyond are counted', () => {
  const floor = floorWith({ maxCalls: 1, callsPerSecond: 10 })
  const number = { id: 'n_1' as never, number: '+861088880000', target: { queue: 'q_1' as never } }
  floor.do({ type: 'records.committed', facts: [{ type: 'number.saved', number }] })
  floor.do(testIs(false))
  let legs = 0
  const come = (callers: number) => {
    for (let n = 0; n < callers; n++)
      floor.do({
        ...{ type: 'leg.offered', leg: `g_${legs++}` as never, trunk, from: '+8613800000001', to: '+861088880000' },
        isProved: true,
      })
    const untold = floor.effects.filter(effect => effect.type === 'phone.reject' && effect.untold).length
    return { missed: floor.count('call.ended'), untold }
  }
  assert.deepEqual(come(20), { missed: 20, untold: 0 })
  floor.pass(30_000)
  assert.deepEqual(come(20), { missed: 30, untold: 10 })
  floor.pass(30_000)
  assert.deepEqual(come(30), { missed: 50, untold: 20 })
  floor.do({ type: 'clock.stepped', byMs: -3600_000 })
  floor.clock.set(floor.clock.now() - 3600_000)
  floor.pass(60_000)
  assert.equal(come(30).missed, 80, 'also after the clock was set')
})

test('so it is while nobody is let in at all, whoever calls', () => {
  const floor = floorWith({ maxCalls: 5, callsPerSecond: 10 })
  const number = { id: 'n_1' as never, number: '+861088880000', target: { queue: 'q_1' as never } }
  floor.do({ type: 'records.committed', facts: [{ type: 'number.saved', number }] })
  floor.state.isClosing = true
  for (let n = 0; n < 40; n++)
    floor.do({ type: 'leg.offered', leg: `g_${n}` as never, trunk, from: '+8613800000001', to: '+861088880000' })
  assert.equal(floor.count('call.offered'), 10, 'a forger leaves room for who is surely there')
  const comes = { trunk, from: '+8613800000001', to: '+861088880000', isProved: true }
  for (let n = 40; n < 80; n++) floor.do({ type: 'leg.offered', leg: `g_${n}` as never, ...comes })
  assert.equal(floor.count('call.offered'), 30)
  assert.equal(floor.last('call.ended').ending.text, 'the house closes')
})
