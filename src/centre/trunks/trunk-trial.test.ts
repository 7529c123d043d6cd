import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { pickLine } from '../lines/line.ts'
import { alice, campaign, leadOf, TestFloor, trunk } from '../testing.ts'
import { placeOf } from './trunk-connection.ts'

const silent = { type: 'trunk.down', trunk, reason: 'no response', why: 'calls_silent' } as const
const unheard = { by: 'system', cause: 'no_response', sipStatus: 408, q850: 102, heard: 'nothing' } as const
const lead = (n: number) => `+861380000${String(n).padStart(4, '0')}`

describe('a trunk of which only a call can tell that it is back', () => {
  test('is tried by one call after a minute, by the next after two, and so on up to a quarter of an hour', () => {
    const floor = new TestFloor({})
    floor.do(silent)
    floor.ready(alice)
    floor.leads(...Array.from({ length: 9 }, (_, n) => lead(n)))
    const starts: number[] = []
    const begun = floor.clock.now()
    for (let s = 0; s < 3_660; s++) {
      floor.pass(1_000)
      for (const call of floor.state.calls.values())
        if (call.phase === 'dialing') {
          starts.push(Math.round((call.startedAt - begun) / 60_000))
          floor.do({ type: 'leg.ended', leg: call.leg, ...unheard })
        }
    }
    assert.deepEqual(starts, [1, 3, 7, 15, 30, 45, 60])
  })

  test('takes no second call while the first tries it, and all again once that was answered', () => {
    const floor = new TestFloor({})
    floor.do(silent)
    assert.equal(pickLine(floor.state, [trunk], floor.clock.now()).ok, false)
    floor.ready(alice)
    floor.leads(lead(1))
    floor.pass(60_000)
    assert.equal(floor.count('call.dialed'), 1)
    const line = pickLine(floor.state, [trunk], floor.clock.now())
    assert.ok(!line.ok && line.refusal.rule === 'trunk_down' && line.retryAt !== null)
    floor.do({ type: 'trunk.up', trunk })
    assert.ok(pickLine(floor.state, [trunk], floor.clock.now()).ok)
    assert.equal(floor.state.trunks.get(trunk)!.trial, null)
  })

  test('may be one that answered OPTIONS until it fell silent or refused them, and is not one whose registration is refused', () => {
    const floor = new TestFloor({})
    const answersAt = placeOf(floor.state.trunks.get(trunk)!.trunk)
    const takes = () => pickLine(floor.state, [trunk], floor.clock.now()).ok
    floor.do({ ...silent, why: 'options_silent', reason: 'options_silent', answersAt })
    assert.equal(takes(), false)
    floor.pass(60_000)
    assert.equal(takes(), true)
    floor.do({ type: 'trunk.up', trunk })
    floor.pass(1_000_000)
    floor.do({ ...silent, why: 'options_refused', reason: 'options_refused', answersAt })
    assert.equal(takes(), false)
    floor.pass(60_000)
    assert.equal(takes(), true)
    floor.do({ ...silent, why: 'registration_refused', reason: 'registration_refused' })
    floor.pass(1_000_000)
    assert.equal(takes(), false)
  })

  test('begins anew where it is saved with another address, and goes on where something else of it is saved', () => {
    const floor = new TestFloor({})
    const state = () => floor.state.trunks.get(trunk)!
    const save = (more: object) =>
      floor.do({
        type: 'records.committed',
        facts: [{ type: 'trunk.saved', trunk: { ...state().trunk, ...more } }],
      })
    const silentFor = (seconds: number) => {
      for (let s = 0; s < seconds; s++) {
        floor.pass(1_000)
        for (const call of floor.state.calls.values())
          if (call.phase === 'dialing') floor.do({ type: 'leg.ended', leg: call.leg, ...unheard })
      }
    }
    floor.do(silent)
    floor.ready(alice)
    floor.leads(...Array.from({ length: 9 }, (_, n) => lead(n)))
    silentFor(600)
    assert.equal(state().trial!.pauseMs, 480_000)
    const { trial } = state()
    save({ maxCalls: state().trunk.maxCalls + 1 })
    assert.deepEqual(state().trial, trial)
    state().ease = { ...state().ease, share: 1 / 32, at: floor.clock.now() }
    save({ host: 'corrected.example' })
    assert.deepEqual(state().trial, { at: floor.clock.now() + 60_000, pauseMs: 60_000 })
    assert.equal(state().ease.share, 1)
    floor.do({ type: 'trunk.up', trunk })
    floor.pass(1_000)
    floor.do({ ...silent, reason: 'no response there' })
    assert.equal(state().trial!.pauseMs, 60_000, 'nobody there either: that is a minute, not what the last one came to')
    silentFor(600)
    floor.do({ type: 'trunk.up', trunk })
    save({ port: 5_099 })
    floor.do({ ...silent, reason: 'no response at that port' })
    assert.equal(state().trial!.pauseMs, 60_000)
  })

  test('waits on where it fell silent again within minutes of being tried, and a minute where it was up for longer', () => {
    const floor = new TestFloor({})
    floor.ready(alice)
    const pauses = (upMs: number) =>
      Array.from({ length: 4 }, (_, n) => {
        floor.do({ ...silent, reason: `${upMs} ${n}` })
        const downAt = floor.clock.now()
        const dialled = floor.count('call.dialed')
        const leads = [leadOf(`le_${upMs}_${n}`, lead((upMs / 1_000) * 10 + n))]
        floor.do({ type: 'leads.loaded', campaign, leads, exhausted: true })
        for (let s = 0; s < 1_000 && floor.count('call.dialed') === dialled; s++) floor.pass(1_000)
        const pause = Math.round((floor.clock.now() - downAt) / 1_000)
        floor.do({ type: 'trunk.up', trunk })
        floor.do({ type: 'leg.ended', leg: floor.call.leg, by: 'carrier', cause: 'rejected', sipStatus: 486, q850: 17 })
        floor.pass(upMs)
        return pause
      })
    assert.deepEqual(pauses(30_000), [60, 120, 240, 480])
    floor.pass(300_000)
    assert.deepEqual(pauses(300_000), [60, 60, 60, 60])
  })
})

test('that a trunk answers OPTIONS is one fact, and says no more than before to who asks whether it is up', () => {
  const floor = new TestFloor({})
  const before = floor.count('trunk.stateChanged')
  floor.do({ type: 'trunk.up', trunk, answersAt: 'there' })
  assert.deepEqual(floor.last('trunk.stateChanged'), {
    ...{ type: 'trunk.stateChanged', trunk, state: 'up', reason: '', answersAt: 'there' },
  })
  floor.do({ type: 'trunk.up', trunk, answersAt: 'there' })
  floor.do({ type: 'trunk.up', trunk })
  assert.equal(floor.count('trunk.stateChanged'), before + 1)
  assert.equal(floor.state.trunks.get(trunk)!.answersAt, 'there')
  floor.do({ type: 'trunk.up', trunk, answersAt: null })
  assert.equal(floor.last('trunk.stateChanged').answersAt, null)
  assert.equal(floor.state.trunks.get(trunk)!.answersAt, null)
})
