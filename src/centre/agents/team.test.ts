import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId, QueueId, TeamId, UserId } from '../../lib/ids.ts'
import type { Queue, Team, User } from '../entities.ts'
import { supervisorsMax } from '../supervision/supervision.ts'
import { alice, bob, sam, setupOf, TestFloor } from '../testing.ts'
import { leaderlessSetting, seesCall, sightOf } from './team.ts'

const steve = 'u_steve' as UserId
const north: Team = { id: 'tm_north' as TeamId, name: 'north', members: [alice], leaders: [sam] }
const ownNumber = '021-5555-1234'

/** Alice talks to a caller; sam and steve are supervisors whose browsers are up. */
function talking(teams: Team[], more: { supervisors?: UserId[]; queues?: Queue[] } = {}) {
  const { users } = setupOf({})
  const template = users.find(({ id }) => id === sam)!
  const supervisors = [steve, ...(more.supervisors ?? [])].map((id): User => ({ ...template, id, name: id }))
  const queues = more.queues ?? setupOf({}).queues
  const floor = new TestFloor({ setup: { users: [...users, ...supervisors], teams, queues } })
  floor.ready(alice)
  const call = floor.caller()
  for (const { id } of [template, ...supervisors]) floor.do({ type: 'station.up', agent: id, leg: `st_${id}` as LegId })
  return { floor, call }
}

const listen = (floor: TestFloor, by: UserId, agent = alice, mode: 'listen' | 'barge' = 'listen') =>
  floor.do({ type: 'supervisor.begin', by, call: null, agent, mode, stays: true, reason: '' }).refusal?.rule ?? null

const save = (floor: TestFloor, team: Team) =>
  floor.do({ type: 'records.committed', facts: [{ type: 'team.saved', team }] })

test('who leads a team hears its agents and no others; who leads none hears everybody, unless a setting says nobody', () => {
  const { floor } = talking([north])
  floor.ready(bob)
  assert.equal(listen(floor, sam), null)
  floor.do({ type: 'supervisor.stop', by: sam })
  assert.equal(listen(floor, sam, bob), 'other_team')
  assert.equal(floor.state.supervisions.size, 0)
  assert.equal(listen(floor, steve, bob), null)
  const setting = { type: 'setting.saved', key: leaderlessSetting, value: 'false' } as const
  floor.do({ type: 'records.committed', facts: [setting] })
  assert.equal(listen(floor, steve), 'other_team')
})

test('a change of teams ends what they no longer allow, with its cause in the journal', () => {
  const { floor } = talking([north])
  listen(floor, sam, alice, 'barge')
  assert.equal(floor.last('call.monitored').by, sam)
  save(floor, { ...north, members: [bob] })
  assert.equal(floor.last('call.unmonitored').cause, 'other_team')
  assert.equal(floor.last('supervision.ended').cause, 'other_team')
  assert.equal(floor.lastEffect('media.supervise').target, null)
  assert.equal(floor.do({ type: 'supervisor.takeOver', by: sam }).refusal?.rule, 'not_supervising')
})

test('a call that is passed to another team is heard by its own supervisors from there on', () => {
  const { floor, call } = talking([north])
  floor.do({ type: 'supervisor.begin', by: sam, call: call.id, agent: null, mode: 'listen', stays: false, reason: '' })
  floor.do({
    type: 'supervisor.begin',
    by: steve,
    call: call.id,
    agent: null,
    mode: 'listen',
    stays: false,
    reason: '',
  })
  floor.ready(bob)
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { agent: bob } })
  assert.equal(call.agent, bob)
  assert.deepEqual([...floor.state.supervisions.keys()], [steve])
  assert.equal(floor.state.supervisions.get(steve)?.heard?.call, call.id)
})

test('a supervisor ends and sees calls of their teams alone; one that is nobody’s yet is of those whom it may come to', () => {
  const { floor, call } = talking([north, { ...north, id: 'tm_south' as TeamId, members: [bob], leaders: [steve] }])
  const end = (user: UserId) => floor.do({ type: 'call.end', call: call.id, by: 'supervisor', user }).refusal?.rule
  assert.equal(end(steve), 'other_team')
  const sees = (id: UserId) => seesCall(sightOf(floor.state, { id, role: 'supervisor' }), floor.call)
  assert.deepEqual([sees(sam), sees(steve)], [true, false])
  assert.equal(end(sam), undefined)
  floor.dispose(call, alice, 'done', { next: 'break' })
  const waiting = floor.caller('13900002222')
  assert.deepEqual([waiting.phase, sees(sam), sees(steve)], ['waiting', true, true])
  assert.equal(seesCall(sightOf(floor.state, { id: 'u_olga' as UserId, role: 'auditor' }), waiting), true)
})

test('a caller for one person is picked up by that person’s team, and by nobody else', () => {
  const cora = 'u_cora' as UserId
  const { users } = setupOf({})
  const people = [...users, { ...users.find(({ id }) => id === bob)!, id: cora, name: cora }]
  const pickedUpBy = (agent: UserId, teams: Team[], queues: Queue[] = []) => {
    const floor = new TestFloor({ campaign: { agents: [] }, setup: { users: people, teams, queues, numbers: direct } })
    floor.do({ type: 'agent.signOn', agent: alice })
    floor.ready(agent)
    const call = floor.caller('13900001111', ownNumber)
    assert.deepEqual([call.parkedFor, call.phase], [alice, 'waiting'])
    return floor.do({ type: 'agent.pickUp', agent, call: call.id }).refusal?.rule ?? null
  }
  const direct = setupOf({}).numbers.filter(({ target }) => 'user' in target)
  const team = { ...north, members: [alice, bob] }
  assert.equal(pickedUpBy(bob, [team]), null)
  assert.equal(pickedUpBy(cora, [team]), 'not_your_queue')
  assert.equal(pickedUpBy(sam, [team]), null)
  assert.equal(pickedUpBy(sam, [{ ...north, members: [bob] }]), 'not_your_queue')
  // Without teams: who serves the same queue. And where there is nothing in common with anybody, anybody.
  const service: Queue = { ...setupOf({}).queues[0]!, id: 'q_service' as QueueId, members: [alice, bob] }
  assert.deepEqual([pickedUpBy(bob, [], [service]), pickedUpBy(cora, [], [service])], [null, 'not_your_queue'])
  assert.equal(pickedUpBy(cora, []), null)
})

test('as many as may listen to one agent do; the next is refused in words, and the journal says nothing of it', () => {
  const crowd = Array.from({ length: supervisorsMax }, (_, n) => `u_s${n}` as UserId)
  const { floor, call } = talking([], { supervisors: crowd })
  for (const one of crowd) assert.equal(listen(floor, one), null)
  assert.equal(floor.count('call.monitored'), supervisorsMax)
  assert.equal(listen(floor, sam), 'room_full')
  const { type, ...about } = { type: 'supervisor.begin', by: steve, call: call.id, agent: null, reason: '' } as const
  assert.equal(floor.do({ type, ...about, mode: 'listen', stays: false }).refusal?.rule, 'room_full')
  assert.equal(floor.count('call.monitored'), supervisorsMax)
  assert.equal(floor.state.supervisions.size, supervisorsMax)
  floor.do({ type: 'supervisor.stop', by: crowd[0]! })
  assert.equal(listen(floor, sam), null)
})

test('a call that comes with listeners to an agent who has as many already ends theirs as full', () => {
  const crowd = Array.from({ length: supervisorsMax }, (_, n) => `u_s${n}` as UserId)
  const { floor, call } = talking([], { supervisors: crowd })
  floor.ready(bob)
  for (const one of crowd) listen(floor, one, bob)
  const { type, ...about } = { type: 'supervisor.begin', by: sam, call: call.id, agent: null, reason: '' } as const
  floor.do({ type, ...about, mode: 'listen', stays: false })
  assert.equal(floor.state.supervisions.get(sam)?.heard?.call, call.id)
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { agent: bob } })
  assert.equal(floor.state.supervisions.has(sam), false)
  assert.ok(
    floor.facts.some(fact => fact.type === 'supervision.ended' && fact.by === sam && fact.cause === 'room_full'),
  )
  assert.equal([...floor.state.supervisions.values()].filter(({ heard }) => heard?.call === call.id).length, 20)
})
