/** Ordered trunks: which answers of a trunk lead to the next one, and which are the callee's and end the attempt. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CallId, LegId, TrunkGroupId, TrunkId, UserId } from '../../lib/ids.ts'
import type { Trunk } from '../entities.ts'
import type { Input } from '../inputs.ts'
import { alice, bob, campaign, setupOf, TestFloor, tenOClock, trunk } from '../testing.ts'
import { trunkNow } from '../trunks/trunk-now.ts'
import { rerouteWithinMs, triesMax } from './reroute.ts'

const group = 'tg_1' as TrunkGroupId
const ids = ['t_1', 't_2', 't_3', 't_4', 't_5'] as TrunkId[]
type Ended = Partial<Extract<Input, { type: 'leg.ended' }>>

/** Five trunks in a group, in their order; alice is ready, and carl's number is being dialled on the first. */
function dialling(changes: Partial<Record<string, Partial<Trunk>>> = {}, grouped = true): TestFloor {
  const first = setupOf({}).trunks[0]!
  const trunks = ids.map((id, n) => ({ ...first, id, name: id, callerIds: [`0215555000${n}`], ...changes[id] }))
  const setup = { trunks, trunkGroups: [{ id: group, name: 'abroad', trunks: ids }] }
  const floor = new TestFloor({
    setup,
    campaign: { trunks: ids.slice(0, 1), ...(grouped ? { trunkGroup: group } : {}) },
  })
  for (const id of ids) floor.do({ type: 'trunk.up', trunk: id })
  floor.ready(alice)
  floor.leads('+8613800000001')
  return floor
}

function refused(floor: TestFloor, how: Ended): void {
  const said = { by: 'carrier', cause: 'rejected', sipStatus: null, q850: null, heard: 'trying' } as const
  floor.do({ type: 'leg.ended', leg: floor.call.leg, ...said, ...how })
}

describe('a trunk that cannot take a call', () => {
  for (const [words, how] of [
    ['503', { sipStatus: 503 }],
    ['503 with cause 34', { sipStatus: 503, q850: 34 }],
    ['500', { sipStatus: 500 }],
    ['504', { sipStatus: 504 }],
    ['408 that nothing went before', { sipStatus: 408, heard: 'nothing' }],
    ['a socket that cannot be reached', { cause: 'unreachable', sipStatus: 503 }],
    ['silence', { cause: 'no_response', sipStatus: 408, heard: 'nothing' }],
  ] as [string, Ended][])
    test(`hands it on after ${words}, as the same call and the same attempt`, () => {
      const floor = dialling()
      const { id, leg } = floor.call
      refused(floor, how)
      assert.equal(floor.call.id, id)
      assert.notEqual(floor.call.leg, leg)
      assert.equal(floor.call.trunk, ids[1])
      assert.equal(floor.call.ourNumber, '02155550001')
      assert.deepEqual(floor.lastEffect('phone.dial').trunk, ids[1])
      assert.equal(floor.lastEffect('phone.dial').leg, floor.call.leg)
      assert.equal(floor.count('call.dialed'), 1)
      assert.equal(floor.count('lead.released'), 0)
      assert.deepEqual(
        [...floor.state.trunks.values()].map(each => each.calls),
        [0, 1, 0, 0, 0],
      )
      assert.equal(floor.last('call.rerouted').failed.trunk, ids[0])
    })

  for (const [words, how] of [
    ['486', { sipStatus: 486 }],
    ['603', { sipStatus: 603 }],
    ['404', { sipStatus: 404 }],
    ['480', { sipStatus: 480 }],
    ['503 that says the callee is busy', { sipStatus: 503, q850: 17 }],
    ['403', { sipStatus: 403 }],
    ['408 after a 100', { sipStatus: 408, heard: 'trying' }],
    ['503 after a sign that the phone was reached', { sipStatus: 503, heard: 'progress' }],
    ['our own fault', { cause: 'fault', sipStatus: 503 }],
  ] as [string, Ended][])
    test(`is not passed over after ${words}`, () => {
      const floor = dialling()
      refused(floor, how)
      assert.equal(floor.count('call.rerouted'), 0)
      assert.equal(floor.count('call.ended'), 1)
      assert.equal(floor.effects.filter(effect => effect.type === 'phone.dial').length, 1)
    })

  test('no number rings twice: once the phone rang, or was heard, the attempt is over', () => {
    for (const sign of ['leg.ringing', 'leg.early'] as const) {
      const floor = dialling()
      floor.do({ type: sign, leg: floor.call.leg })
      refused(floor, { sipStatus: 503 })
      assert.equal(floor.count('call.rerouted'), 0)
    }
  })

  test('gives way to a status of its own table, and to no other', () => {
    const floor = dialling({ t_1: { rules: { overflowOn: [403] } } })
    refused(floor, { sipStatus: 403 })
    assert.equal(floor.call.trunk, ids[1])
    const strict = dialling({ t_1: { rules: { overflowOn: [] } } })
    refused(strict, { sipStatus: 503 })
    assert.equal(strict.count('call.rerouted'), 0)
  })

  test('is followed by four trunks at most, and the last answer is the ending', () => {
    const floor = dialling()
    for (let n = 1; n < triesMax; n++) refused(floor, { sipStatus: 503 })
    assert.equal(floor.call.trunk, ids[triesMax - 1])
    refused(floor, { sipStatus: 503, q850: 42 })
    assert.equal(floor.count('call.rerouted'), triesMax - 1)
    const { ending } = floor.last('call.ended')
    assert.deepEqual([ending.result, ending.sipStatus, ending.q850], ['CONGESTION', 503, 42])
    assert.deepEqual(
      [...floor.state.trunks.values()].map(each => each.calls),
      [0, 0, 0, 0, 0],
    )
    assert.equal([...floor.state.legs.values()].filter(what => what.side === 'party').length, 0)
  })

  test('is not followed by another when the attempt is old already', () => {
    const floor = dialling()
    floor.pass(rerouteWithinMs + 1)
    refused(floor, { sipStatus: 503 })
    assert.equal(floor.count('call.rerouted'), 0)
  })
})

test('what went wrong on a trunk last is kept in words, with what it carries and starts now', () => {
  const floor = dialling()
  const nowOf = (id: TrunkId) => trunkNow(floor.state.trunks.get(id)!, floor.clock.now())
  assert.deepEqual([nowOf(ids[0]!).calls, nowOf(ids[0]!).startedLastSecond, nowOf(ids[0]!).fault], [1, 1, null])
  const at = floor.clock.now()
  refused(floor, { sipStatus: 503, q850: 34 })
  assert.deepEqual(nowOf(ids[0]!).fault, { at, why: 'call_refused', words: 'a call was refused: SIP 503, Q.850 34' })
  assert.deepEqual([nowOf(ids[0]!).calls, nowOf(ids[1]!).calls], [0, 1])
  refused(floor, { cause: 'no_response', sipStatus: 408, q850: 102, heard: 'nothing' })
  assert.equal(nowOf(ids[1]!).fault?.words, 'no response to a call')
  floor.do({ type: 'trunk.down', trunk: ids[4]!, reason: 'OPTIONS not answered 2 times' })
  assert.equal(nowOf(ids[4]!).fault?.words, 'OPTIONS not answered 2 times')
  floor.do({ type: 'trunk.up', trunk: ids[4]! })
  floor.do({ type: 'trunk.down', trunk: ids[4]!, reason: 'registering', why: 'registering' })
  assert.equal(nowOf(ids[4]!).fault?.words, 'OPTIONS not answered 2 times', 'that it registers is no fault')
  floor.pass(1_000)
  assert.equal(nowOf(ids[0]!).startedLastSecond, 0)
  refused(floor, { sipStatus: 486 })
  assert.equal(nowOf(ids[2]!).fault, null, 'that the callee is busy is no fault of the trunk')
})

describe('a route', () => {
  test('passes over a trunk that is full, down, switched off or at its rate', () => {
    const full = dialling({ t_1: { maxCalls: 1 } })
    full.ready(bob)
    full.leads('+8613800000001', '+8613800000003')
    assert.deepEqual(
      [...full.state.calls.values()].map(call => call.trunk),
      ids.slice(0, 2),
    )
    full.do({ type: 'trunk.down', trunk: ids[1]!, reason: 'silent' })
    for (const changes of [{ enabled: false }, { maxCalls: 0 }]) {
      const floor = dialling({ t_1: changes, t_2: changes })
      assert.equal(floor.call.trunk, ids[2])
    }
  })

  test('gives the second call to the second trunk while the first starts one in ten seconds, after a restart too', () => {
    const slow = { t_1: { callsPerSecond: 0.1 } }
    const floor = dialling(slow)
    assert.equal(floor.call.trunk, ids[0])
    floor.partyEnds(floor.call, { cause: 'rejected', sipStatus: 486, by: 'carrier' })
    floor.pass(1_000)
    floor.do({
      type: 'leads.loaded',
      campaign,
      leads: [{ ...leadAgain(), id: 'le_9' as never }],
      exhausted: true,
    })
    assert.equal(floor.call.trunk, ids[1])

    const first = setupOf({}).trunks[0]!
    const trunks = ids.map(id => ({ ...first, id, name: id, ...(id === ids[0] ? slow.t_1 : {}) }))
    const starts = [{ trunk: ids[0]!, at: tenOClock - 4_000 }]
    const setup = { trunks, starts, trunkGroups: [{ id: group, name: 'abroad', trunks: ids }] }
    const again = new TestFloor({ setup, campaign: { trunkGroup: group } })
    for (const id of ids) again.do({ type: 'trunk.up', trunk: id })
    again.ready(alice)
    again.leads('+8613800000002')
    assert.equal(again.call.trunk, ids[1])
  })

  test('of a campaign without a group is its trunks, of which the next best is tried', () => {
    const floor = dialling({}, false)
    assert.equal(floor.call.trunk, trunk)
    refused(floor, { sipStatus: 503 })
    assert.equal(floor.count('call.rerouted'), 0, 'it has no other trunk')
  })

  test("of a person's own call is that person's group", () => {
    const floor = dialling({}, false)
    refused(floor, { sipStatus: 486 })
    floor.do({
      type: 'records.committed',
      facts: [
        { type: 'trunkGroup.saved', group: { id: group, name: 'abroad', trunks: [ids[3]!, ids[4]!] } },
        { type: 'user.saved', user: { ...floor.agent(alice).user, trunkGroup: group } },
      ],
    })
    const dialled = { agent: alice, number: '+8613800000009', campaign: null, lead: null, party: null } as const
    floor.do({ type: 'agent.dial', ...dialled, name: null, relation: null })
    assert.equal(floor.call.trunk, ids[3])
    refused(floor, { cause: 'no_response', sipStatus: 408, heard: 'nothing' })
    assert.equal(floor.call.trunk, ids[4])
    assert.equal(floor.agent(alice).call, floor.call.id)
  })

  test('a group that is removed leaves the campaign its trunks', () => {
    const floor = dialling()
    floor.partyEnds(floor.call, { cause: 'rejected', sipStatus: 486, by: 'carrier' })
    floor.do({ type: 'records.committed', facts: [{ type: 'trunkGroup.removed', group }] })
    floor.do({ type: 'leads.loaded', campaign, leads: [{ ...leadAgain(), id: 'le_8' as never }], exhausted: true })
    assert.equal(floor.call.trunk, trunk)
  })
})

test('a call rings as long as the campaign wants, within what its trunk allows', () => {
  const floor = dialling({ t_1: { rules: { ringMaxMs: 20_000 } }, t_2: { rules: { ringMinMs: 45_000 } } })
  assert.equal(floor.lastEffect('phone.dial').ringMs, 20_000)
  refused(floor, { sipStatus: 503 })
  assert.equal(floor.lastEffect('phone.dial').ringMs, 45_000)
  floor.do({ type: 'leg.ringing', leg: floor.call.leg })
  floor.pass(44_000)
  assert.equal(floor.count('call.ended'), 0, 'the floor waits for as long as the phone rings')
  const { id } = floor.call
  floor.pass(12_000)
  assert.equal(floor.last('call.ended').call, id as CallId)
})

function leadAgain() {
  const phones = [{ number: '+8613800000077', relation: 'SELF' as const }]
  const history = { attempts: 0, dueAt: 0, callback: null, callbackAgent: null }
  const consent = { basis: 'form', evidence: 'scan-1' }
  return { campaign, ref: 'ref-again', name: 'carl', phones, fields: {}, consent, ...history }
}

test('help is called through the next trunk too, full or not, and rings for as long as networks let it', () => {
  const floor = dialling({ t_2: { maxCalls: 0 }, t_3: { enabled: false } })
  refused(floor, { sipStatus: 486 })
  const help = { agent: alice, number: '110', campaign: null, lead: null, party: null, name: null, relation: null }
  floor.do({ type: 'agent.dial', ...help })
  const first = floor.call.trunk
  refused(floor, { sipStatus: 503 })
  assert.notEqual(floor.call.trunk, first)
  assert.equal(floor.lastEffect('phone.dial').ringMs, 120_000)
  floor.do({ type: 'leg.ringing', leg: floor.call.leg })
  floor.pass(100_000)
  assert.equal(floor.call.phase, 'ringing')
})

test('help that one trunk forbids, knows nobody for or takes long to refuse goes by the others, as many as there are', () => {
  const answers: Ended[] = [
    { sipStatus: 403 },
    { sipStatus: 404, q850: 1 },
    { sipStatus: 486, q850: 17 },
    { cause: 'fault', sipStatus: 488 },
  ]
  const floor = dialling()
  refused(floor, { sipStatus: 486 })
  const help = { agent: alice, number: '110', campaign: null, lead: null, party: null, name: null, relation: null }
  floor.do({ type: 'agent.dial', ...help })
  for (const [n, how] of answers.entries()) {
    floor.pass(rerouteWithinMs)
    refused(floor, { ...how, heard: 'progress' })
    assert.equal(floor.count('call.rerouted'), n + 1)
  }
  assert.equal(new Set([...floor.call.tries.map(each => each.trunk), floor.call.trunk]).size, ids.length)
  refused(floor, { sipStatus: 403 })
  assert.equal(floor.last('call.ended').ending.sipStatus, 403, 'there is no other trunk')
})

describe('help on a trunk that says 100 and no more', () => {
  const help = { agent: alice, number: '110', campaign: null, lead: null, party: null, name: null, relation: null }
  const silent: Ended = { by: 'system', cause: 'no_progress', sipStatus: 100, q850: 102, heard: 'trying' }
  const calling = (changes: Parameters<typeof dialling>[0] = {}) => {
    const floor = dialling(changes)
    refused(floor, { sipStatus: 486 })
    floor.do({ type: 'agent.dial', ...help })
    return floor
  }
  const off = { enabled: false }
  const within = (floor: TestFloor) => floor.lastEffect('phone.dial').progressMs

  test('goes on by the next after ten seconds, and round again with more time where all are like that', () => {
    const floor = calling({ t_4: off, t_5: off })
    const [first, ...others] = ids.slice(0, 3)
    const round: [TrunkId, number | undefined][] = []
    for (let n = 0; n < 7; n++) {
      round.push([floor.call.trunk, within(floor)])
      floor.pass(within(floor) ?? 0)
      refused(floor, silent)
    }
    assert.deepEqual(round, [
      ...[first, ...others].map(id => [id, 10_000]),
      ...[first, ...others].map(id => [id, 20_000]),
      [first, 40_000],
    ])
    assert.equal(within(floor), undefined, 'after two minutes the one that it is on is waited for')
    assert.equal(floor.call.phase, 'dialing')
    floor.do({ type: 'leg.ringing', leg: floor.call.leg })
    floor.pass(110_000)
    assert.equal(floor.call.phase, 'ringing')
  })

  test('is waited for where there is no other, and comes again when the others refuse', () => {
    const alone = calling({ t_2: off, t_3: off, t_4: off, t_5: off })
    assert.equal(within(alone), undefined)
    const floor = calling({ t_3: off, t_4: off, t_5: off })
    assert.equal(within(floor), 10_000)
    refused(floor, silent)
    assert.equal(floor.call.trunk, ids[1])
    assert.equal(within(floor), 10_000)
    refused(floor, { sipStatus: 403 })
    assert.equal(floor.call.trunk, ids[0])
    assert.equal(within(floor), undefined, 'nobody else is left')
    refused(floor, { sipStatus: 503 })
    assert.equal(floor.last('call.ended').ending.sipStatus, 503, 'a trunk that refused is not asked again')
  })

  test('whoever dials again within five minutes begins with another one; what rang is no more behind the others', () => {
    const floor = calling()
    const redial = () => {
      const { call } = floor.agent(alice)
      if (call !== null) floor.do({ type: 'agent.hangUp', agent: alice, call })
      assert.equal(floor.do({ type: 'agent.dial', ...help }).refusal, null)
    }
    refused(floor, silent)
    redial()
    assert.equal(floor.call.trunk, ids[1], 'hung up at once: the second one has not shown anything')
    floor.pass(5_000)
    redial()
    assert.equal(floor.call.trunk, ids[2], 'two that gave nothing')
    floor.do({ type: 'leg.ringing', leg: floor.call.leg })
    redial()
    assert.equal(floor.call.trunk, ids[2])
    for (const id of ids.slice(2)) floor.do({ type: 'records.committed', facts: [switchedOff(floor, id)] })
    redial()
    assert.equal(floor.call.trunk, ids[0], 'of those the one that was silent longest ago')
    floor.pass(295_001)
    redial()
    assert.equal(floor.call.trunk, ids[1], 'its silence is forgotten, and the first gave nothing since')
    floor.pass(6_000)
    redial()
    assert.equal(floor.call.trunk, ids[0], 'now it is the first that was silent longer ago')
  })

  test('and on one that says nothing at all: who dials again begins elsewhere, also when the clock was set, until the trunk is at another address', () => {
    const floor = calling()
    const redial = () => {
      const { call } = floor.agent(alice)
      if (call !== null) floor.do({ type: 'agent.hangUp', agent: alice, call })
      assert.equal(floor.do({ type: 'agent.dial', ...help }).refusal, null)
    }
    refused(floor, { ...silent, cause: 'no_response', sipStatus: 408, heard: 'nothing' })
    redial()
    assert.equal(floor.call.trunk, ids[1])
    const byMs = 3_600_000
    floor.clock.advance(byMs)
    floor.do({ type: 'clock.stepped', byMs })
    redial()
    assert.equal(floor.call.trunk, ids[1], 'that was a minute ago')
    const moved = { ...floor.state.trunks.get(ids[0]!)!.trunk, host: '127.0.0.77' }
    floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: moved }] })
    floor.do({ type: 'trunk.up', trunk: ids[0]! })
    redial()
    assert.equal(floor.call.trunk, ids[0])
  })

  test('five minutes later it is as any other, and so is one where somebody was called since', () => {
    const dialsOn = (floor: TestFloor) => {
      const { call } = floor.agent(alice)
      if (call !== null) floor.do({ type: 'agent.hangUp', agent: alice, call })
      assert.equal(floor.do({ type: 'agent.dial', ...help }).refusal, null)
      return floor.call.trunk
    }
    const left = calling()
    refused(left, silent)
    left.do({ type: 'leg.ringing', leg: left.call.leg })
    left.pass(299_999)
    assert.equal(dialsOn(left), ids[1])
    left.pass(1)
    assert.equal(dialsOn(left), ids[0])

    const floor = calling({ t_3: off, t_4: off, t_5: off })
    refused(floor, silent)
    floor.do({ type: 'records.committed', facts: [switchedOff(floor, ids[1]!)] })
    assert.equal(dialsOn(floor), ids[0])
    floor.do({ type: 'leg.ringing', leg: floor.call.leg })
    const again = { ...floor.state.trunks.get(ids[1]!)!.trunk, enabled: true }
    floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: again }] })
    floor.do({ type: 'trunk.up', trunk: ids[1]! })
    assert.equal(dialsOn(floor), ids[0])
  })

  test('goes by one that this call has not tried before any that it has, also where somebody else has found that silent since', () => {
    const floor = calling({ t_4: off, t_5: off })
    floor.ready(bob)
    const callOf = (agent: UserId) => floor.state.calls.get(floor.agent(agent).call!)!
    const isSilent = (agent: UserId) => {
      floor.clock.advance(1_000)
      const said = { by: 'system', cause: 'no_progress', sipStatus: 100, q850: 102, heard: 'trying' } as const
      floor.do({ type: 'leg.ended', leg: callOf(agent).leg, ...said })
      return callOf(agent).trunk
    }
    assert.equal(isSilent(alice), ids[1])
    floor.do({ type: 'agent.dial', ...help, agent: bob })
    assert.equal(callOf(bob).trunk, ids[1])
    assert.deepEqual([isSilent(bob), isSilent(bob)], [ids[2], ids[0]])
    assert.equal(isSilent(alice), ids[2])
  })

  test('that a phone dials with its own keys is not waited for longer', () => {
    const floor = dialling()
    floor.do({ type: 'desk.dialled', leg: 'desk_1' as LegId, user: bob, to: '110' })
    assert.equal(within(floor), 10_000)
  })

  function switchedOff(floor: TestFloor, id: TrunkId) {
    return { type: 'trunk.saved', trunk: { ...floor.state.trunks.get(id)!.trunk, enabled: false } } as const
  }

  test('is told as the trunk’s last fault, and does not ease it: something came', () => {
    const floor = calling()
    const at = floor.clock.now()
    for (let n = 0; n < 4; n++) refused(floor, silent)
    const { fault } = trunkNow(floor.state.trunks.get(ids[0]!)!, at)
    assert.deepEqual(fault, { at, why: 'call_stuck', words: 'a call got no further than 100 Trying' })
    assert.equal(floor.state.trunks.get(ids[0]!)!.ease.silent, 0)
  })
})

test('an outside number that a call is passed on to keeps to the trunks of the agent who passed it on', () => {
  const first = setupOf({}).trunks[0]!
  const trunks = ids.map((id, n) => ({ ...first, id, name: id, callerIds: [`0215555000${n}`] }))
  const users = setupOf({}).users.map(user => ({ ...user, trunkGroup: group }))
  const trunkGroups = [{ id: group, name: 'own', trunks: ids.slice(3) }]
  const transfers = { 'transfer.numbers.agent': '+8621*' }
  const floor = new TestFloor({ setup: { trunks, users, trunkGroups, transfers } })
  for (const id of ids) floor.do({ type: 'trunk.up', trunk: id })
  floor.ready(alice)
  const call = floor.caller()
  const target = { number: '+862155559999' }
  assert.equal(floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target }).refusal, null)
  for (const tried of ids.slice(3)) {
    const { leg, trunk: on } = floor.lastEffect('phone.dial')
    assert.equal(on, tried)
    const said = { by: 'carrier', cause: 'rejected', sipStatus: 503, q850: null, heard: 'trying' } as const
    floor.do({ type: 'leg.ended', leg, ...said })
  }
  assert.equal(floor.lastEffect('phone.dial').trunk, ids[4])
  assert.equal(floor.last('call.fellBack').reason, 'outside_failed')
})
