import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact } from '../centre/facts.ts'
import { VirtualClock } from '../lib/clock.ts'
import { mustFit } from '../lib/fit.ts'
import { createLogger } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import { leadNumbered, openStore, recorded, testFolder } from '../store/testing/people.ts'
import { bootEngine } from './boot.ts'
import { closeInFlight, type Salvage, sealLeft } from './recover.ts'

const sales = 'k_sales'

/** A floor as a kill -9 leaves it: one call talking, one ringing, one inbound waiting, one over with its recording still open. */
async function killedFloor(store: Store): Promise<void> {
  const leads = [1, 2].map(n => leadNumbered(n))
  const dialed = (call: string, lead: string) => ({
    type: 'call.dialed',
    ...{ call, lead, mode: 'progressive', campaign: sales, party: null, name: 'Carl', relation: 'SELF', agent: null },
    ...{
      number: '+8613800000001',
      trunk: 't',
      callerId: '+8610',
      leg: 'g',
      verdict: { policy: 'P', version: '1', rules: [] },
    },
  })
  const ended = { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: 16 }
  const facts: unknown[] = [
    { type: 'leads.added', campaign: sales, import: 'i', leads },
    { type: 'agent.stateChanged', agent: 'u_alice', state: 'talking', reason: null, call: 'c_talk', until: null },
    { type: 'lead.reserved', lead: leads[0]!.id, campaign: sales, agent: null },
    { type: 'lead.reserved', lead: leads[1]!.id, campaign: sales, agent: null },
    dialed('c_talk', leads[0]!.id),
    { type: 'call.answered', call: 'c_talk' },
    { type: 'call.connected', call: 'c_talk', agent: 'u_alice' },
    { type: 'recording.opened', recording: 'r_talk', call: 'c_talk', path: 'talk.wav' },
    dialed('c_ring', leads[1]!.id),
    { type: 'call.offered', call: 'c_in', trunk: 't', leg: 'g3', from: '+8613900000009', to: '1000' },
    { type: 'call.queued', call: 'c_in', queue: 'q_1', until: 9 },
    { ...dialed('c_over', leads[0]!.id), lead: null },
    { type: 'recording.opened', recording: 'r_over', call: 'c_over', path: 'over.wav' },
    { type: 'call.ended', call: 'c_over', ending: ended },
  ]
  await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, 1_000)) })
}

const recover = async (
  store: Pick<Store, 'inFlight' | 'commit' | 'read'>,
  salvage: Salvage,
  signal = new AbortController().signal,
  at = { now: 5_000, last: 1_000 },
) => {
  const now = () => at.now
  const started = { type: 'system.started', bootId: 'b', version: '1' } as const
  const closed = await closeInFlight({ store, started, now, lastAt: at.last })
  const log = createLogger('silent')
  await sealLeft(closed.recordings, { store, salvage, now, lastAt: at.last, log }, signal)
  return closed
}

const whole: Salvage = async path => ({ sha256: `of ${path}`, bytes: 100, durationMs: 12.5 })

test('after a kill every call is ended once, its lead freed, its recording sealed, its agent signed off', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await killedFloor(store)
  await recover(store, async path => {
    if (path === 'over.wav') throw new Error('ENOENT')
    return whole(path)
  })
  const call = async (id: string) => (await store.read('calls.byId', { id: id as never }))!
  assert.deepEqual((await call('c_talk')).ending, {
    by: 'system',
    cause: 'restarted',
    result: 'ANSWERED',
    sipStatus: null,
    q850: null,
  })
  assert.equal((await call('c_ring')).ending!.result, 'FAILED')
  assert.equal((await call('c_over')).ending!.cause, 'hangup', 'what was over keeps its ending')
  const leads = (await store.read('leads.page', { campaign: sales as never })).items
  assert.deepEqual(
    leads.map(lead => [lead.state, lead.dueAt! - 5_000]),
    [
      ['ready', 7_200_000],
      ['ready', 60_000],
    ],
  )
  const recording = async (id: string) => (await store.read('recordings.byId', { id: id as never }))!
  const sealed = await recording('r_talk')
  assert.deepEqual([sealed.sha256, sealed.salvaged, sealed.durationMs], ['of talk.wav', true, 13])
  assert.match((await recording('r_over')).missingReason!, /ENOENT/)
  const [callback] = (await store.read('callbacks.open', {})).items
  assert.deepEqual(
    [callback!.number, callback!.queue],
    ['+8613900000009', 'q_1'],
    'the caller who waited is called back',
  )
  const [figures] = await store.read('agents.figures', { from: 0, to: 9_000, now: 9_000 })
  assert.equal(figures!.signedOnMs, 0, 'nobody worked past the last line of the journal')
})

test('a caller who was told “we call you back” as the process went is owed one callback, and who was told nothing is owed one too', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const promise = { agent: null, campaign: null, lead: null, queue: 'q_1', reason: 'overflow' }
  const facts: unknown[] = [
    { type: 'call.offered', call: 'c_told', trunk: 't', leg: 'g1', from: '13900000001', to: '1000' },
    { type: 'call.offered', call: 'c_wait', trunk: 't', leg: 'g2', from: '+8613900000002', to: '1000' },
    { type: 'call.queued', call: 'c_told', queue: 'q_1', until: 9 },
    { type: 'call.queued', call: 'c_wait', queue: 'q_1', until: 9 },
    { type: 'callback.scheduled', callback: { id: 'cb_1', at: 1_000, number: '+8613900000001', ...promise } },
  ]
  // A promise of last week, to another call of the same number, is no promise of this one.
  const old = { type: 'callback.scheduled', callback: { id: 'cb_0', at: 10, number: '+8613900000002', ...promise } }
  await store.commit({ recorded: [recorded(old as Fact, 10)] })
  await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, 1_000)) })
  await recover(store, whole)
  const owed = (await store.read('callbacks.open', {})).items.map(callback => callback.number).sort()
  assert.deepEqual(owed, ['+8613900000001', '+8613900000002', '+8613900000002'])
})

test('callers who waited for a person as the process went were hung up on by nobody’s wish: abandoned after as long as the journal saw them wait, and owed a call', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const comes = (call: string, from: string) => [
    { type: 'call.offered', ...{ call, trunk: 't', leg: `l_${call}`, from, to: '1000' } },
    { type: 'call.answered', call },
  ]
  const facts: unknown[] = [
    ...comes('c_queue', '+8613900000001'),
    { type: 'call.queued', call: 'c_queue', queue: 'q_1', until: 60_000 },
    ...comes('c_rings', '+8613900000002'),
    { type: 'call.queued', call: 'c_rings', queue: 'q_1', until: 60_000 },
    { type: 'call.assigned', call: 'c_rings', agent: 'u_alice', ringing: true, leg: 'l_phone' },
    ...comes('c_person', '+8613900000003'),
    { type: 'call.parked', call: 'c_person', agent: 'u_alice', until: 30_000 },
    ...comes('c_told', '+8613900000004'),
    { type: 'call.queued', call: 'c_told', queue: 'q_1', until: 900 },
    {
      type: 'callback.scheduled',
      callback: { id: 'cb_1', at: 1_000, number: '+8613900000004', reason: 'overflow', ...nobodyOf('q_1') },
    },
    { type: 'call.dismissed', call: 'c_told', cause: 'overflow', until: 9_000 },
    ...comes('c_talked', '+8613900000005'),
    { type: 'call.queued', call: 'c_talked', queue: 'q_1', until: 60_000 },
    { type: 'call.connected', call: 'c_talked', agent: 'u_alice' },
    ...comes('c_menu', '+8613900000006'),
  ]
  await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, 1_000)) })
  const last = { type: 'agent.signedOn', agent: 'u_alice' }
  await store.commit({ recorded: [recorded(last as Fact, 4_000)] })
  await recover(store, whole, undefined, { now: 90_000, last: 4_000 })
  const of = async (id: string) => {
    const { result, waitedMs, abandonedAt, ending } = (await store.read('calls.byId', { id: id as never }))!
    return [result, waitedMs, abandonedAt, ending!.cause]
  }
  const abandoned = ['ABANDONED', 3_000, 90_000, 'restarted']
  assert.deepEqual(await of('c_queue'), abandoned)
  assert.deepEqual(await of('c_rings'), abandoned)
  assert.deepEqual(await of('c_person'), abandoned)
  assert.deepEqual(await of('c_told'), ['ABANDONED', null, null, 'restarted'], 'the wait was over')
  assert.deepEqual(await of('c_talked'), ['ANSWERED', null, null, 'restarted'])
  assert.deepEqual(await of('c_menu'), ['ANSWERED', null, null, 'restarted'], 'as at a stop')
  const owed = (await store.read('callbacks.open', {})).items.map(({ number }) => number.at(-1)).sort()
  assert.deepEqual(owed, ['1', '2', '3', '4', '6'])
})

test('callers who had talked are what they were had they hung up just then: abandoned where the agent was lost and nobody took them up again, answered where they were passed on, and owed a call', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const talks = (call: string, from: string) => [
    { type: 'call.offered', ...{ call, trunk: 't', leg: `l_${call}`, from, to: '1000' } },
    { type: 'call.answered', call },
    { type: 'call.queued', call, queue: 'q_1', until: 60_000 },
    { type: 'call.connected', call, agent: 'u_alice' },
  ]
  const passedOn = (call: string) => {
    const target = { queue: 'q_1' }
    return { type: 'call.transferred', call, from: 'u_alice', target, how: 'blind', other: null }
  }
  const back = (call: string) => ({ type: 'call.queued', call, queue: 'q_1', until: 90_000 })
  const before: unknown[] = [
    ...talks('c_back', '+8613900000001'),
    ...talks('c_rings', '+8613900000002'),
    ...talks('c_again', '+8613900000003'),
    ...talks('c_told', '+8613900000004'),
    ...talks('c_passed', '+8613900000005'),
    ...talks('c_away', '+8613900000006'),
    ...talks('c_fell', '+8613900000007'),
  ]
  const overflow = { id: 'cb_1', at: 3_000, number: '+8613900000004', reason: 'overflow', ...nobodyOf('q_1') }
  const since: unknown[] = [
    back('c_back'),
    back('c_rings'),
    { type: 'call.assigned', call: 'c_rings', agent: 'u_bob', ringing: true, leg: 'l_phone' },
    back('c_again'),
    { type: 'call.connected', call: 'c_again', agent: 'u_bob' },
    back('c_told'),
    { type: 'callback.scheduled', callback: overflow },
    { type: 'call.dismissed', call: 'c_told', cause: 'overflow', until: 9_000 },
    passedOn('c_passed'),
    back('c_passed'),
    { type: 'call.fellBack', call: 'c_fell', reason: 'agent_lost' },
    back('c_fell'),
    passedOn('c_away'),
    { type: 'call.takenOn', call: 'c_away', other: 'c_other', until: 900_000 },
  ]
  await store.commit({ recorded: before.map(fact => recorded(fact as Fact, 1_000)) })
  await store.commit({ recorded: since.map(fact => recorded(fact as Fact, 3_000)) })
  const last = { type: 'agent.signedOn', agent: 'u_alice' }
  await store.commit({ recorded: [recorded(last as Fact, 4_000)] })
  await recover(store, whole, undefined, { now: 90_000, last: 4_000 })
  const of = async (id: string) => {
    const { result, waitedMs, abandonedAt } = (await store.read('calls.byId', { id: id as never }))!
    return [result, waitedMs, abandonedAt]
  }
  assert.deepEqual(await of('c_back'), ['ABANDONED', 1_000, 90_000])
  assert.deepEqual(await of('c_rings'), ['ABANDONED', 1_000, 90_000])
  assert.deepEqual(await of('c_again'), ['ANSWERED', null, null], 'somebody talks')
  assert.deepEqual(await of('c_told'), ['ANSWERED', null, null], 'the wait was over')
  assert.deepEqual(await of('c_passed'), ['ANSWERED', null, null])
  assert.deepEqual(await of('c_fell'), ['ANSWERED', null, null], 'in mid-consultation')
  assert.deepEqual(await of('c_away'), ['ANSWERED', null, null], 'whom it was passed on to talks')
  const owed = (await store.read('callbacks.open', {})).items.map(({ number }) => number.at(-1)).sort()
  assert.deepEqual(owed, ['1', '2', '4', '5', '7'])
})

test('a start counts how long they waited up to the last line of the run before', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const facts: unknown[] = [
    { type: 'call.offered', call: 'c_1', trunk: 't', leg: 'g1', from: '+8613900000001', to: '1000' },
    { type: 'call.answered', call: 'c_1' },
    { type: 'call.queued', call: 'c_1', queue: 'q_1', until: 60_000 },
  ]
  await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, 1_000)) })
  await store.commit({ recorded: [recorded({ type: 'agent.signedOn', agent: 'u_alice' } as Fact, 3_500)] })
  const perform = () => {}
  await using _ = await bootEngine({
    ...{ store, salvage: whole, clock: new VirtualClock(90_000), log: createLogger('silent'), version: 'test' },
    ports: { phone: { perform }, media: { perform } },
  })
  assert.equal((await store.read('calls.byId', { id: 'c_1' as never }))!.waitedMs, 2_500)
})

function nobodyOf(queue: string) {
  return { agent: null, campaign: null, lead: null, queue }
}

test('killed again at any point of the recovery, the next start closes only what is left', async () => {
  for (let commits = 0; commits <= 3; commits++) {
    using folder = testFolder()
    await using store = await openStore(folder)
    await killedFloor(store)
    let left = commits
    const underWay: Promise<unknown>[] = [] // a dead process has none: they are over before the next start reads
    const dying = {
      inFlight: () => store.inFlight(),
      read: store.read.bind(store) as Store['read'],
      commit: async (transaction: Parameters<Store['commit']>[0]) => {
        if (left-- <= 0) throw new Error('killed')
        const commit = store.commit(transaction)
        underWay.push(commit)
        return commit
      },
    }
    await recover(dying, whole).catch(error => assert.equal(error.message, 'killed'))
    await Promise.all(underWay)
    await recover(store, whole)
    const facts = (await store.read('journal.after', { seq: 14, limit: 500 })).map(line => line.fact)
    const of = (type: string) => facts.filter(fact => fact.type === type).length
    assert.deepEqual(
      [of('call.ended'), of('recording.sealed'), of('lead.released'), of('agent.signedOff'), of('callback.scheduled')],
      [3, 2, 2, 1, 1],
    )
    assert.equal(of('call.abandoned'), 0, 'who was not answered yet did not wait for a person')
    const again = await recover(store, whole)
    assert.deepEqual(again, { calls: [], leads: [], recordings: [], agents: [] })
  }
})

test('callers in a voice menu, or on their way out of it, are ended once as others, their recordings sealed, and owed a call', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const comes = (call: string, from: string) => [
    { type: 'call.offered', ...{ call, trunk: 't', leg: `l_${call}`, from, to: '95599' } },
    { type: 'call.answered', call },
    { type: 'recording.opened', recording: `r_${call}`, call, path: `${call}.wav` },
    { type: 'call.menuBegan', ...{ call, menu: 'me_1', hop: 1, speech: 1, why: 'entered', until: 9 } },
  ]
  const chose = { type: 'call.menuChose', menu: 'me_1', why: 'key', key: '5' }
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null, agent: null }
  const facts: unknown[] = [
    ...comes('c_menu', '+8613900000001'),
    { type: 'call.digit', call: 'c_menu', from: 'party', digit: '1' },
    ...comes('c_hidden', 'anonymous'),
    ...comes('c_out', '+8613900000002'),
    {
      type: 'call.dialed',
      ...{ call: 'c_leg', mode: 'manual', ...nobody, number: '+862155559999', trunk: 't', callerId: '+8610' },
      ...{ leg: 'l_leg', agentLeg: null, verdict: { policy: 'P', version: '1', rules: [] } },
      of: { call: 'c_out', agent: null, why: 'transfer' },
    },
    { ...chose, call: 'c_out', target: { number: '+862155559999' }, other: 'c_leg' },
    ...comes('c_over', '+8613900000003'),
    { ...chose, call: 'c_over', target: { act: 'hang_up' }, other: null },
    { type: 'call.ended', call: 'c_over', ending: { by: 'system', cause: 'menu_over', result: 'ANSWERED' } },
  ]
  await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, 1_000)) })
  const first = facts.length
  await recover(store, whole)
  await recover(store, whole)
  const since = (await store.read('journal.after', { seq: first, limit: 500 })).map(({ fact }) => fact)
  const ended = since.flatMap(fact => (fact.type === 'call.ended' ? [`${fact.call} ${fact.ending.cause}`] : []))
  assert.deepEqual(ended.sort(), ['c_hidden restarted', 'c_leg restarted', 'c_menu restarted', 'c_out restarted'])
  const sealed = since.flatMap(fact => (fact.type === 'recording.sealed' ? [fact.call] : []))
  assert.deepEqual(sealed.sort(), ['c_hidden', 'c_menu', 'c_out', 'c_over'])
  const owed = (await store.read('callbacks.open', {})).items.map(({ number }) => number)
  assert.deepEqual(owed.sort(), ['+8613900000001', '+8613900000002'], 'who shows no number cannot be owed a call')
  assert.deepEqual(await store.inFlight(), { calls: [], leads: [], recordings: [], agents: [] })
})

test('whom the restart cut off before an agent came counts as abandoned, and rests; who had asked a robot for a person is called back', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const [cut, told, asked, promised] = [1, 2, 3, 4].map(n => leadNumbered(n))
  const dialed = (call: string, lead: string, mode: string, more = {}) => ({
    type: 'call.dialed',
    ...{ call, lead, mode, campaign: sales, party: null, name: 'Carl', relation: 'SELF', agent: null },
    ...{ number: '+8613800000001', trunk: 't', callerId: '+8610', leg: 'g', ...more },
    verdict: { policy: 'P', version: '1', rules: [] },
  })
  const owed = (id: string, lead: string, at: number, reason: string) => ({
    type: 'callback.scheduled',
    callback: { id, at, number: '+8613800000001', agent: null, campaign: sales, lead, queue: null, reason },
  })
  const reserved = (lead: string) => ({ type: 'lead.reserved', lead, campaign: sales, agent: null })
  const facts: unknown[] = [
    { type: 'leads.added', campaign: sales, import: 'i', leads: [cut, told, asked, promised] },
    owed('cb_agreed', promised!.id, 900, 'agreed'),
    ...[cut, told, asked, promised].map(lead => reserved(lead!.id)),
    dialed('c_cut', cut!.id, 'predictive'),
    { type: 'call.answered', call: 'c_cut' },
    dialed('c_told', told!.id, 'predictive'),
    { type: 'call.answered', call: 'c_told' },
    { type: 'call.abandoned', call: 'c_told', campaign: sales, queue: null, waitedMs: 2_000 },
    owed('cb_told', told!.id, 259_201_000, 'abandoned'),
    { type: 'call.dismissed', call: 'c_told', cause: 'abandoned', until: 9_000 },
    dialed('c_asked', asked!.id, 'notice', { number: '+8613800000003' }),
    { type: 'call.answered', call: 'c_asked' },
    { type: 'call.noticeHeard', call: 'c_asked', heardMs: 3_000, whole: false, digit: '1' },
    { type: 'call.agentAsked', call: 'c_asked', until: 9_000 },
    dialed('c_promised', promised!.id, 'progressive', { callback: 'cb_agreed', agent: 'u_alice' }),
  ]
  await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, 1_000)) })
  await recover(store, whole)
  const result = async (id: string) => (await store.read('calls.byId', { id: id as never }))!.result
  assert.deepEqual(
    [await result('c_cut'), await result('c_told'), await result('c_asked'), await result('c_promised')],
    ['ABANDONED', 'ABANDONED', 'ABANDONED', 'FAILED'],
  )
  const since = (await store.read('journal.after', { seq: facts.length, limit: 500 })).map(({ fact }) => fact)
  const abandoned = since.flatMap(fact => (fact.type === 'call.abandoned' ? [fact.call] : []))
  assert.deepEqual(abandoned.sort(), ['c_asked', 'c_cut'], 'once each')
  const leads = (await store.read('leads.page', { campaign: sales as never })).items
  assert.deepEqual(
    leads.map(lead => [lead.state, lead.dueAt]),
    [
      ['ready', 5_000 + 72 * 3_600_000],
      ['callback', 259_201_000],
      ['callback', 65_000],
      ['callback', 65_000],
    ],
  )
  const open = (await store.read('callbacks.open', {})).items
  assert.deepEqual(
    open.map(({ id, tries, nextAt }) => [id, tries, nextAt]),
    [
      ['cb_agreed', 1, 65_000],
      ['cb_c_asked', 0, null],
      ['cb_told', 0, null],
    ],
  )
  const { abandonment } = await store.setup(5_000)
  const sum = (of: 'answered' | 'abandoned') => abandonment!.reduce((all, each) => all + each[of], 0)
  assert.deepEqual([sum('answered'), sum('abandoned')], [3, 3])
})

test('what was written of a call that went on without its agent counts after a restart, and one callback is owed for it', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const [sold, later, taken, told] = [1, 2, 3, 4].map(n => leadNumbered(n))
  const facts: unknown[] = [{ type: 'leads.added', campaign: sales, import: 'i', leads: [sold, later, taken, told] }]
  for (const [call, lead] of [
    ['c_sold', sold],
    ['c_later', later],
    ['c_taken', taken],
    ['c_told', told],
  ] as const)
    facts.push(
      { type: 'lead.reserved', lead: lead!.id, campaign: sales, agent: null },
      {
        type: 'call.dialed',
        ...{ call, lead: lead!.id, mode: 'progressive', campaign: sales, party: null, name: 'Carl', relation: 'SELF' },
        ...{ agent: null, number: '+8613800000001', trunk: 't', callerId: '+8610', leg: 'g' },
        verdict: { policy: 'P', version: '1', rules: [] },
      },
      { type: 'call.answered', call },
      { type: 'call.connected', call, agent: 'u_alice' },
      { type: 'call.transferred', call, from: 'u_alice', target: { agent: 'u_bob' }, how: 'blind', other: null },
    )
  const written = (call: string, followUp: string, callbackAt: number | null = null) => ({
    type: 'call.disposed',
    ...{ call, agent: 'u_alice', code: followUp, note: '', fields: {} },
    kept: { followUp, callbackAt, callbackMine: true },
  })
  facts.push(written('c_sold', 'done'), written('c_later', 'callback', 90_000), written('c_taken', 'done'))
  facts.push({ type: 'call.connected', call: 'c_taken', agent: 'u_bob' })
  const about = { at: 1_000, number: '+8613800000001', agent: null, campaign: sales, lead: null, queue: null }
  facts.push({ type: 'callback.scheduled', callback: { id: 'cb_told', ...about, reason: 'overflow' } })
  facts.push({ type: 'call.dismissed', call: 'c_told', cause: 'overflow', until: 9_000 })
  await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, 1_000)) })
  await recover(store, whole)
  const leads = (await store.read('leads.page', { campaign: sales as never })).items
  assert.deepEqual(
    leads.map(({ state, dueAt }) => [state, dueAt]),
    [
      ['done', null],
      ['callback', 90_000],
      ['ready', 7_205_000], // bob has talked since, and wrote nothing
      ['ready', 7_205_000],
    ],
  )
  const open = (await store.read('callbacks.open', {})).items
  const agreed = open.filter(({ reason }) => reason === 'agreed')
  assert.deepEqual(
    agreed.map(({ at, agent, lead }) => [at, agent, lead]),
    [[90_000, 'u_alice', later!.id]],
  )
  assert.equal(open.filter(({ id }) => id === 'cb_c_told').length, 0, 'who was told already is owed nothing twice')
})

test('a sealing that is cut short leaves the rest to the next start, and seals nothing twice', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const opened = Array.from({ length: 12 }, (_, n) => ({
    type: 'recording.opened',
    ...{ recording: `r_${n}`, call: `c_${n}`, path: `${n}.wav` },
  }))
  await store.commit({ recorded: opened.map(fact => recorded(fact as Fact, 1_000)) })
  const stopping = new AbortController()
  const salvaged: string[] = []
  const counted: Salvage = async path => {
    salvaged.push(path)
    if (salvaged.length === 5) stopping.abort()
    return whole(path)
  }
  await recover(store, counted, stopping.signal)
  assert.ok(salvaged.length < 12, `${salvaged.length} of 12`)
  const left = (await store.inFlight()).recordings.length
  assert.equal(left, 12 - salvaged.length)
  await recover(store, counted)
  assert.equal(salvaged.length, 12)
  assert.equal(new Set(salvaged).size, 12)
  assert.equal((await store.inFlight()).recordings.length, 0)
})

const laid: Salvage = async (path, fit) => {
  const [soundMs, writtenAt] = path.split('.', 1)[0]!.split(' ').map(Number) as [number, number]
  if (fit !== undefined) mustFit(path, { soundMs, writtenAt, changedAt: writtenAt }, fit)
  return whole(path)
}

/** Calls that begin at 1,000, of each the file that lies there: its sound and when it was written last; `over`: they end at 61,000. */
async function leftOpen(store: Store, paths: readonly string[], over: boolean): Promise<void> {
  const ending = { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: 16 }
  for (const [n, path] of paths.entries()) {
    const call = `c_${path}`
    const tell = (fact: unknown, at: number) => store.commit({ recorded: [recorded(fact as Fact, at)] })
    await tell({ type: 'call.offered', call, trunk: 't', leg: `g_${n}`, from: '+8613800000001', to: '1000' }, 1_000)
    await tell({ type: 'recording.opened', recording: `r_${path}`, call, path }, 1_000)
    if (over) await tell({ type: 'call.ended', call, ending }, 61_000)
  }
}

const hourMs = 3_600_000
const fitting = ['59000 60000.wav', '0 -3000000.wav']
const misfits = [`${hourMs} 60000.wav`, `59000 ${-2 * hourMs}.wav`, `59000 ${30 * hourMs}.wav`]

test('what lies at a start under the name of a recording, and cannot be of its call by length or time, is told and not sealed', async () => {
  for (const over of [true, false]) {
    using folder = testFolder()
    await using store = await openStore(folder)
    const beyond = over ? ['66001 60000.wav'] : []
    await leftOpen(store, [...fitting, ...misfits, ...beyond], over)
    const at = { now: over ? 40 * hourMs : 100_000, last: 61_000 }
    await recover(store, laid, undefined, at)
    for (const path of fitting) assert.equal((await recordingOf(store, path)).sha256, `of ${path}`)
    for (const path of [...misfits, ...beyond]) {
      const { sealedAt, missingCause } = await recordingOf(store, path)
      assert.deepEqual({ sealedAt, missingCause }, { sealedAt: null, missingCause: 'misfit' }, path)
    }
  }
})

test('when the clock was set back since, nothing of what was left open is held against it', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await leftOpen(store, fitting, false)
  await recover(store, laid, undefined, { now: 500, last: 61_000 })
  for (const path of fitting) assert.equal((await recordingOf(store, path)).sha256, `of ${path}`)
})

test('a clock that was set back by less than a call lasted leaves what was open at a crash as long as it is', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const tenMinutes = '600000 300000.wav'
  await leftOpen(store, [tenMinutes], false)
  const stepped = { type: 'system.clockStepped', byMs: -300_000 } as const
  await store.commit({ recorded: [recorded(stepped, 2_000)] })
  await recover(store, laid, undefined, { now: 301_000, last: 2_000 })
  const { sha256, wasMissing } = await recordingOf(store, tenMinutes)
  assert.deepEqual([sha256, wasMissing], [`of ${tenMinutes}`, false], 'and is not told as missing first')
})

const recordingOf = async (store: Store, name: string) =>
  (await store.read('recordings.byId', { id: `r_${name}` as never }))!

test('a recording that cannot be had at a start is told as missing at once, whatever the disk says, and left to the second look', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const opened = ['refused', 'gone'].map(name => ({
    type: 'recording.opened',
    ...{ recording: `r_${name}`, call: `c_${name}`, path: `${name}.wav` },
  }))
  await store.commit({ recorded: opened.map(fact => recorded(fact as Fact, 1_000)) })
  await recover(store, async path => {
    throw Object.assign(new Error(path), { code: path === 'refused.wav' ? 'EIO' : 'ENOENT' })
  })
  assert.deepEqual((await store.inFlight()).recordings, [])
  for (const [name, cause] of [
    ['refused', 'io_error'],
    ['gone', 'absent'],
  ] as const)
    assert.equal((await store.read('recordings.byId', { id: `r_${name}` as never }))!.missingCause, cause)
  const missing = await store.read('recordings.toldMissing', { after: null, limit: 10 })
  assert.deepEqual(
    missing.map(({ path }) => path),
    ['refused.wav', 'gone.wav'],
  )
})
