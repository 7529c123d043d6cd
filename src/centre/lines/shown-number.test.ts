/** Which of our numbers a call shows, and on which trunks the outbound work of a queue and calls by hand go out. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CallbackId, QueueId, TrunkGroupId, TrunkId } from '../../lib/ids.ts'
import type { Campaign, Queue, Trunk, TrunkGroup } from '../entities.ts'
import { alice, bob, campaign, queue, setupOf, TestFloor } from '../testing.ts'
import { routeOf } from './route.ts'
import { numbersToShow } from './shown-number.ts'

const [first, second, third] = ['t_1', 't_2', 't_3'] as [TrunkId, TrunkId, TrunkId]
const all = [first, second, third]
const group = 'tg_1' as TrunkGroupId

type Setting = {
  campaign?: Partial<Campaign>
  queue?: Partial<Queue>
  trunks?: Record<string, Partial<Trunk>>
  groups?: Partial<TrunkGroup>[]
}

/** Trunks with the numbers 02155500X0 to …X3, and alice ready. */
function floorWith(setting: Setting): TestFloor {
  const usual = setupOf({})
  const trunks = all.map((id, n) => ({
    ...usual.trunks[0]!,
    id,
    name: id,
    callerIds: [0, 1, 2, 3].map(last => `02155500${n + 1}${last}`),
    ...setting.trunks?.[id],
  }))
  const trunkGroups = (setting.groups ?? []).map((each, n) => ({
    id: `tg_${n + 1}` as TrunkGroupId,
    name: `group ${n + 1}`,
    trunks: all,
    ...each,
  }))
  const queues = usual.queues.map(each => ({ ...each, ...setting.queue }))
  const floor = new TestFloor({
    setup: { trunks, trunkGroups, queues },
    campaign: { trunks: all, ...setting.campaign },
  })
  for (const id of all) floor.do({ type: 'trunk.up', trunk: id })
  floor.ready(alice)
  return floor
}

function refusedBy503(floor: TestFloor): void {
  const said = { by: 'carrier', cause: 'rejected', sipStatus: 503, q850: null, heard: 'trying' } as const
  floor.do({ type: 'leg.ended', leg: floor.call.leg, ...said })
}

describe('the numbers of a campaign', () => {
  test('are the only ones that its calls show, in turn, on the trunk that has them', () => {
    const callerIds = ['0215550021', '0215550022']
    const floor = floorWith({ campaign: { callerIds } })
    const shown: string[] = []
    for (let n = 0; n < 6; n++) {
      floor.leads(`+861380000000${n}`)
      const { trunk, callerId } = floor.last('call.dialed')
      assert.equal(trunk, second)
      shown.push(callerId)
      floor.do({ type: 'leg.ended', leg: floor.call.leg, by: 'carrier', cause: 'rejected', sipStatus: 486, q850: 17 })
      floor.pass(2_000)
    }
    assert.deepEqual(new Set(shown), new Set(callerIds))
  })

  test('after an overflow are shown where they are assigned; elsewhere the first number of that trunk is, and the fact says which', () => {
    const callerIds = ['0215550012', '0215550032']
    const floor = floorWith({ campaign: { callerIds, trunkGroup: group }, groups: [{}] })
    floor.leads('+8613800000001')
    assert.equal(floor.last('call.dialed').callerId, '0215550012')
    refusedBy503(floor)
    const there = floor.last('call.rerouted')
    assert.deepEqual([there.trunk, there.callerId], [second, '0215550020'])
    assert.equal(floor.lastEffect('phone.dial').callerId, '0215550020')
    refusedBy503(floor)
    assert.equal(floor.last('call.rerouted').callerId, '0215550032')
    assert.equal(floor.call.ourNumber, '0215550032')
  })

  test('that its trunks lost since show nothing that is not ours: the first number of the trunk stands in', () => {
    const floor = floorWith({ campaign: { callerIds: ['+8610000'], trunks: [third] } })
    floor.leads('+8613800000001')
    assert.equal(floor.last('call.dialed').callerId, '0215550030')
    assert.deepEqual(numbersToShow({ callerIds: [] }, ['+8610000']), [])
  })
})

describe('the outbound work of a queue', () => {
  const busy = { maxCalls: 0 }

  function keeps(floor: TestFloor, owedBy: QueueId | null): void {
    const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
    const kept = { callback: 'cb_1' as CallbackId, promised: { tries: 0, reason: 'abandoned' as const }, owedBy }
    floor.do({ type: 'agent.dial', agent: alice, number: '+8613800000001', ...nobody, ...kept })
  }

  test('a callback that it owes goes out through its group with its numbers, and overflows within it', () => {
    const setting = { queue: { trunkGroup: group, callerIds: ['0215550033', '0215550023'] } }
    const floor = floorWith({ ...setting, groups: [{ trunks: [third, second] }] })
    keeps(floor, queue)
    const dialed = floor.last('call.dialed')
    assert.deepEqual([dialed.trunk, dialed.callerId, dialed.owedBy], [third, '0215550033', queue])
    refusedBy503(floor)
    const { trunk, callerId } = floor.last('call.rerouted')
    assert.deepEqual([trunk, callerId], [second, '0215550023'])
    refusedBy503(floor)
    assert.equal(floor.count('call.rerouted'), 1, 'no trunk outside the group is tried')
  })

  test('a callback that nobody’s queue owes goes the way of whoever dials', () => {
    const floor = floorWith({
      queue: { trunkGroup: group },
      groups: [{ trunks: [third] }],
      trunks: { [second]: busy, [third]: busy },
    })
    keeps(floor, null)
    assert.equal(floor.last('call.dialed').trunk, first)
  })

  test('an outside number that one of its callers is passed on to takes its way', () => {
    const floor = floorWith({ queue: { trunkGroup: group, callerIds: ['0215550033'] }, groups: [{ trunks: [third] }] })
    floor.state.outside.set('agent', ['+8613*'])
    const caller = floor.caller()
    assert.equal(caller.agent, alice)
    floor.do({ type: 'agent.transfer', agent: alice, call: caller.id, target: { number: '+8613800000001' } })
    const { trunk, callerId } = floor.last('call.dialed')
    assert.deepEqual([trunk, callerId], [third, '0215550033'])
  })
})

describe('calls by hand outside campaigns and queues', () => {
  test('go out through the group of the person, else through the default of the role, else anywhere', () => {
    const groups = [{ trunks: [third], defaultFor: ['agent' as const] }, { trunks: [second] }]
    const floor = floorWith({ groups })
    assert.deepEqual(routeOf(floor.state, { campaign: null, agent: alice }).steps, [[third]])
    floor.state.users.get(bob)!.trunkGroup = 'tg_2' as TrunkGroupId
    assert.deepEqual(routeOf(floor.state, { campaign: null, agent: bob }).steps, [[second]])
    floor.state.users.get(alice)!.role = 'supervisor'
    assert.deepEqual(routeOf(floor.state, { campaign: null, agent: alice }).steps, [[]])
    assert.deepEqual(routeOf(floor.state, { campaign, agent: alice }).steps, [all])
  })
})
