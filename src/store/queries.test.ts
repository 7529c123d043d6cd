import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { Fact } from '../centre/facts.ts'
import { asset } from '../lib/places.ts'
import { knownNumber } from './campaigns/leads.ts'
import { readyWalk } from './campaigns/leads-due.ts'
import { drizzleOf, migrate, readMigrations } from './db.ts'
import { type QueryArgs, type QueryName, type QueryResult, queries } from './queries.ts'
import { campaignNamed, leadNumbered, recorded, trunkNamed, userNamed } from './testing/people.ts'
import { Writer } from './threads/writer.ts'

function aStore() {
  const connection = new Sqlite(':memory:')
  migrate(connection, readMigrations(asset('migrations')), 1)
  const writer = new Writer(connection)
  const db = drizzleOf(connection)
  return {
    connection,
    tell(at: number, ...facts: unknown[]) {
      const [answer] = writer.commit([
        { type: 'transact', transaction: { recorded: facts.map(fact => recorded(fact as Fact, at)) } },
      ])
      assert.ok(answer!.ok, JSON.stringify(answer))
    },
    read<Name extends QueryName>(name: Name, args: QueryArgs<Name>): QueryResult<Name> {
      return (queries[name] as (on: typeof db, with_: unknown) => QueryResult<Name>)(db, args)
    },
  }
}

const sales = 'k_sales' as never
const ended = { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: 16 }
const verdict = { policy: 'P', version: '1', rules: ['hours'] }

function dialed(n: number, more: object = {}) {
  const call = `c_${String(n).padStart(4, '0')}`
  const base = {
    type: 'call.dialed',
    call,
    mode: 'progressive',
    campaign: 'k_sales',
    lead: null,
    party: null,
    name: null,
  }
  return {
    ...base,
    relation: null,
    agent: null,
    number: '+8613800000001',
    trunk: 't_1',
    callerId: '+8610',
    leg: 'g',
    verdict,
    ...more,
  }
}

test('a person is found by name without regard to case, by id and by extension', () => {
  const { tell, read } = aStore()
  tell(1, { type: 'user.saved', user: userNamed('Alice', { extension: '801' }) })
  tell(2, { type: 'session.refused', name: 'alice', address: 'a', reason: 'password' })
  assert.equal(read('users.byName', { name: 'ALICE' })?.failedSignIns, 1)
  assert.equal(read('users.byExtension', { extension: '801' })?.name, 'Alice')
  assert.equal(read('users.byId', { id: 'u_nobody' as never }), null)
})

test('due leads come callbacks first, then by due time; those at hand, later or closed do not come', () => {
  const { tell, read } = aStore()
  const leads = Array.from({ length: 8 }, (_, n) => leadNumbered(n))
  const id = (n: number) => leads[n]!.id
  tell(100, { type: 'leads.added', campaign: sales, import: 'i', leads })
  const release = (n: number, state: string, dueAt: number | null) => ({
    type: 'lead.released',
    lead: id(n),
    campaign: sales,
    state,
    dueAt,
    reason: '',
  })
  tell(200, release(1, 'ready', 9_000), release(2, 'done', null), release(3, 'ready', 50), release(4, 'callback', 400))
  tell(300, { type: 'lead.reserved', lead: id(5), campaign: sales, agent: null }, release(6, 'callback', 9_000))
  tell(300, {
    type: 'callback.scheduled',
    callback: {
      id: 'cb',
      at: 400,
      number: '+86',
      agent: 'u_alice',
      campaign: sales,
      lead: id(4),
      queue: null,
      reason: 'agreed',
    },
  })
  const due = (want: number, except: string[] = []) =>
    read('leads.due', { campaign: sales, now: 500, want, except: except as never })
  assert.deepEqual(
    due(10).leads.map(lead => lead.id),
    [id(4), id(3), id(0), id(7)],
  )
  assert.equal(due(10).exhausted, true)
  assert.equal(due(10).leads[0]!.callbackAgent, 'u_alice')
  assert.deepEqual(
    due(2, [id(4)]).leads.map(lead => lead.id),
    [id(3), id(0)],
  )
  assert.equal(due(2).exhausted, false)
})

test('fetching due leads of a large campaign walks the index and sorts nothing', () => {
  const { connection } = aStore()
  for (const newest of [false, true]) {
    const walk = connection.prepare(`EXPLAIN QUERY PLAN ${readyWalk(newest)}`)
    const plan = walk.all('i', 5, '86', '', 9) as { detail: string }[]
    assert.deepEqual(
      plan.map(step => step.detail),
      [
        'SEARCH leads USING COVERING INDEX leads_ready (import=? AND priority=? AND place=? AND segment=? AND due_at<?)',
      ],
    )
  }
})

test('calls page newest first without a gap or a double, also where many began in the same instant', () => {
  const { tell, read } = aStore()
  for (let n = 0; n < 25; n++) tell(Math.floor(n / 10), dialed(n))
  const seen: string[] = []
  for (let cursor: string | null = null; ; ) {
    const page: QueryResult<'calls.page'> = read('calls.page', { cursor, limit: 7 })
    seen.push(...page.items.map(call => call.id))
    if (page.next === null) break
    cursor = page.next
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 25 }, (_, n) => `c_${String(24 - n).padStart(4, '0')}`),
  )
})

test('calls are found by agent, number, campaign and time', () => {
  const { tell, read } = aStore()
  tell(10, dialed(1), dialed(2, { number: '+8613900000002', campaign: null, mode: 'manual', agent: 'u_alice' }))
  tell(
    20,
    dialed(3),
    { type: 'call.answered', call: 'c_0003' },
    { type: 'call.connected', call: 'c_0003', agent: 'u_sam' },
  )
  tell(80, { type: 'call.ended', call: 'c_0003', ending: ended })
  const ids = (args: QueryArgs<'calls.page'>) => read('calls.page', args).items.map(call => call.id)
  assert.deepEqual(ids({ agent: 'u_alice' as never }), ['c_0002'])
  assert.deepEqual(ids({ number: '+8613900000002' }), ['c_0002'])
  assert.deepEqual(ids({ campaign: sales }), ['c_0003', 'c_0001'])
  assert.deepEqual(ids({ from: 11, to: 21 }), ['c_0003'])
  assert.deepEqual(ids({ connected: true }), ['c_0003'])
  assert.deepEqual(ids({ inFlight: true }), ['c_0002', 'c_0001'])
  assert.deepEqual(read('calls.byId', { id: 'c_0003' as never })?.ending, ended)
  assert.deepEqual(read('campaigns.figures', { campaign: sales, from: 0, to: 100 }), {
    dialled: 2,
    answered: 1,
    connected: 1,
    abandoned: 0,
    talkMs: 60,
  })
})

test('a cursor that we did not make is refused as invalid', () => {
  const { read } = aStore()
  for (const cursor of [
    'x',
    'bnVsbA',
    Buffer.from('["a","b"]').toString('base64url'),
    Buffer.from('[1]').toString('base64url'),
  ])
    assert.throws(() => read('calls.page', { cursor }), { name: 'StoreError', kind: 'invalid', field: 'cursor' })
})

test('leads are searched by ref, name and number, with the wildcards of SQL taken as nothing', () => {
  const { tell, read } = aStore()
  tell(1, { type: 'campaign.saved', campaign: campaignNamed('sales') })
  tell(1, {
    type: 'leads.added',
    campaign: sales,
    import: 'i',
    leads: [leadNumbered(1), leadNumbered(2), { ...leadNumbered(3), name: '张三' }],
  })
  const found = (text: string) => read('leads.page', { campaign: sales, text }).items.map(lead => lead.ref)
  assert.deepEqual(found('R2'), ['R2'])
  assert.deepEqual(found('张'), ['R3'])
  assert.deepEqual(found('138 0000 0001'), ['R1'])
  assert.deepEqual(found('+8613800000002'), ['R2'])
  assert.deepEqual(found('%zzz%'), [])
  assert.deepEqual(read('leads.taken', { campaign: sales, refs: ['R1', 'R9'] }), ['R1'])
  assert.deepEqual(read('campaigns.leadCounts', { campaign: sales, now: 5 }).due, 3)
})

test('the journal is read by call, by recording, by kind and by page', () => {
  const { tell, read } = aStore()
  tell(1, dialed(1), dialed(2))
  tell(
    2,
    { type: 'call.answered', call: 'c_0001' },
    { type: 'recording.opened', recording: 'r_1', call: 'c_0001', path: 'a.wav' },
  )
  tell(3, { type: 'recording.listened', recording: 'r_1', user: 'u_olga' })
  assert.deepEqual(
    read('journal.ofCall', { call: 'c_0001' as never }).map(line => line.seq),
    [1, 3, 4],
  )
  assert.deepEqual(
    read('journal.ofRecording', { recording: 'r_1' as never }).map(line => line.type),
    ['recording.opened', 'recording.listened'],
  )
  assert.deepEqual(
    read('journal.page', { type: 'recording.' }).items.map(line => line.seq),
    [5, 4],
  )
  assert.deepEqual(
    read('journal.page', { type: 'call.answered' }).items.map(line => line.seq),
    [3],
  )
  assert.deepEqual(
    read('journal.after', { seq: 3 }).map(line => line.fact.type),
    ['recording.opened', 'recording.listened'],
  )
  const head = read('journal.head', {})
  const digests = read('journal.digests', { from: 3, to: head.seq })
  assert.deepEqual([digests.digests.length, digests.last.hash], [3, head.hash])
})

test('what is under way is found at the next start, and the floor as it is set up', () => {
  const { tell, read } = aStore()
  tell(1, { type: 'user.saved', user: userNamed('alice') }, { type: 'trunk.saved', trunk: trunkNamed('one') })
  tell(1, { type: 'leads.added', campaign: sales, import: 'i', leads: [leadNumbered(1), leadNumbered(2)] })
  tell(1, { type: 'suppression.added', number: '+8613800000009', reason: 'asked', until: 50 })
  tell(
    2,
    { type: 'lead.reserved', lead: leadNumbered(1).id, campaign: sales, agent: null },
    dialed(1, { lead: leadNumbered(1).id }),
  )
  tell(
    3,
    { type: 'call.answered', call: 'c_0001' },
    { type: 'recording.opened', recording: 'r_1', call: 'c_0001', path: 'a.wav' },
  )
  tell(3, { type: 'agent.stateChanged', agent: 'u_alice', state: 'talking', reason: null, call: 'c_0001', until: null })
  tell(3, dialed(2), { type: 'call.ended', call: 'c_0002', ending: ended })
  const inFlight = read('load.inFlight', {})
  assert.deepEqual(
    inFlight.calls.map(call => call.id),
    ['c_0001'],
  )
  const inHand = {
    id: leadNumbered(1).id,
    campaign: sales,
    lastCall: 'c_0001',
    answered: true,
    owedAt: null,
    written: null,
    trying: null,
  }
  assert.deepEqual(inFlight.leads, [inHand])
  assert.deepEqual(inFlight.recordings, [{ id: 'r_1', call: 'c_0001', path: 'a.wav', openedAt: 3, callEndedAt: null }])
  assert.deepEqual(inFlight.agents, ['u_alice'])
  assert.deepEqual(read('load.setup', { now: 49 }).suppressed, [{ number: '+8613800000009', until: 50 }])
  assert.deepEqual(read('load.setup', { now: 50 }).suppressed, [])
  assert.deepEqual(read('load.setup', { now: 50 }).users, [userNamed('alice')])
})

test('minutes abroad count after a restart for who dialled, and for nobody in whose hands the call was later', () => {
  const { tell, read } = aStore()
  const abroad = { mode: 'manual', campaign: null, number: '+442071838750' }
  tell(1_000, dialed(1, { ...abroad, agent: 'u_alice' }), { type: 'call.answered', call: 'c_0001' })
  tell(2_000, { type: 'call.connected', call: 'c_0001', agent: 'u_alice' })
  tell(3_000, { type: 'call.connected', call: 'c_0001', agent: 'u_bob' })
  const outside = { call: 'c_0001', agent: 'u_alice', why: 'transfer' }
  tell(4_000, dialed(2, { ...abroad, agent: null, of: outside }), { type: 'call.answered', call: 'c_0002' })
  tell(5_000, dialed(3, { ...abroad, agent: 'u_bob', callback: 'cb_1', campaign: 'k_sales' }))
  tell(
    5_000,
    { type: 'call.answered', call: 'c_0003' },
    dialed(4, { ...abroad, agent: 'u_bob', number: '+8613800000001' }),
  )
  tell(5_000, { type: 'call.answered', call: 'c_0004' })
  tell(9_000, ...[1, 2, 3, 4].map(n => ({ type: 'call.ended', call: `c_000${n}`, ending: ended })))
  assert.deepEqual(read('load.setup', { now: 10_000 }).tollSpent, [
    { by: 'u_alice', ms: 8_000 },
    { by: 'u_alice', ms: 5_000 },
  ])
})

test('trunks that could not take a call stand with it, and each counts as a start of its trunk', () => {
  const { tell, read } = aStore()
  tell(1_000, dialed(1, { trunk: 't_1' }))
  const failed = { trunk: 't_1', at: 1_400, why: 'refused', sipStatus: 503, q850: 34 }
  tell(1_400, { type: 'call.rerouted', call: 'c_0001', failed, trunk: 't_2', callerId: '+8621', leg: 'l_2' })
  const again = { ...failed, trunk: 't_2', at: 5_400, why: 'no_response', sipStatus: 408, q850: null }
  tell(5_400, { type: 'call.rerouted', call: 'c_0001', failed: again, trunk: 't_3', callerId: '+8622', leg: 'l_3' })
  const call = read('calls.byId', { id: 'c_0001' as never })
  assert.deepEqual([call?.trunk, call?.ourNumber, call?.tries], ['t_3', '+8622', [failed, again]])
  const starts = [
    { trunk: 't_1', at: 1_000 },
    { trunk: 't_2', at: 1_400 },
    { trunk: 't_3', at: 5_400 },
  ]
  assert.deepEqual(read('load.setup', { now: 6_000 }).starts, starts)
  assert.deepEqual(read('load.setup', { now: 11_001 }).starts, [], 'ten seconds later no rate looks back so far')
})

test('a trunk group is read as it was saved last, until it is removed', () => {
  const { tell, read } = aStore()
  tell(1, { type: 'trunkGroup.saved', group: { id: 'tg_1', name: 'abroad', trunks: ['t_1'] } })
  const group = { id: 'tg_1', name: 'abroad', trunks: ['t_2', 't_1'] }
  tell(2, { type: 'trunkGroup.saved', group })
  assert.deepEqual(read('trunkGroups.list', {}), [group])
  assert.deepEqual(read('load.setup', { now: 3 }).trunkGroups, [group])
  tell(4, { type: 'trunkGroup.removed', group: 'tg_1' })
  assert.deepEqual(read('trunkGroups.list', {}), [])
})

test('a page of leads in one state is a walk that goes on where the last page ended, those without a time first', () => {
  const { tell, read, connection } = aStore()
  const added = {
    type: 'leads.added',
    campaign: sales,
    import: 'i',
    leads: [1, 2, 3, 4, 5, 6].map(n => leadNumbered(n)),
  }
  tell(1, added as never)
  const release = (n: number, state: string, dueAt: number | null) =>
    ({ type: 'lead.released', lead: leadNumbered(n).id, campaign: sales, state, dueAt, reason: 'x' }) as never
  tell(2, release(1, 'ready', 900), release(2, 'ready', 300), release(3, 'done', null), release(6, 'done', null))
  const pages = (state: 'ready' | 'done') => {
    const refs: string[] = []
    for (let cursor: string | null = null; ; ) {
      const page: QueryResult<'leads.page'> = read('leads.page', { campaign: sales, state, limit: 2, cursor })
      refs.push(page.items.map(lead => lead.ref).join(' '))
      cursor = page.next
      if (cursor === null) return refs
    }
  }
  assert.deepEqual(pages('ready'), ['R4 R5', 'R2 R1'])
  assert.deepEqual(pages('done'), ['R3 R6'])
  connection.prepare("UPDATE leads SET due_at = NULL WHERE ref IN ('R4', 'R1', 'R2')").run()
  assert.deepEqual(pages('ready'), ['R1 R2', 'R4 R5'])
  const byId = read('leads.page', { campaign: sales, limit: 4 })
  assert.deepEqual(
    read('leads.page', { campaign: sales, limit: 4, cursor: byId.next }).items.map(lead => lead.ref),
    ['R5', 'R6'],
  )
  assert.throws(() => read('leads.page', { campaign: sales, state: 'done', cursor: byId.next }), /not one of ours/)
})

test('a lead is found by the beginning of its ref or name in small letters and large, and by its whole number', () => {
  const { tell, read } = aStore()
  const names = ['Carl Chen', 'carla', 'Bob', '欧阳娜']
  const leads = names.map((name, n) => ({ ...leadNumbered(n + 1), name, ref: `Loan-${n}` }))
  tell(1, { type: 'leads.added', campaign: sales, import: 'i', leads } as never)
  const found = (text: string, more = {}) =>
    read('leads.page', { campaign: sales, text, ...more }).items.map(lead => lead.name)
  assert.deepEqual(found('carl'), ['Carl Chen', 'carla'])
  assert.deepEqual(found('CARL'), ['Carl Chen', 'carla'])
  assert.deepEqual(found('欧阳'), ['欧阳娜'])
  assert.deepEqual(found('loan-2'), ['Bob'])
  assert.deepEqual(found('carl', { state: 'done' }), [])
  assert.deepEqual(found("'; DROP TABLE leads"), [])
  const first = read('leads.page', { campaign: sales, text: 'Loan', limit: 3 })
  assert.deepEqual([first.items.length, first.next !== null], [3, true])
  assert.deepEqual(found('Loan', { limit: 3, cursor: first.next }), ['欧阳娜'])
})

test('a number is looked for among all leads by its own index, however many the campaigns have', () => {
  const { connection } = aStore()
  const plan = connection.prepare(`EXPLAIN QUERY PLAN ${knownNumber}`).all('+86', '[]') as { detail: string }[]
  assert.match(plan[0]!.detail, /^SEARCH lead_phones USING PRIMARY KEY \(number=\?\)$/)
  assert.match(plan[1]!.detail, /^SEARCH leads USING INDEX sqlite_autoindex_leads_1 \(id=\?\)$/)
})

test('where a trunk has answered OPTIONS is known at the next start, and does not move the instant since when it is up', () => {
  const { tell, read } = aStore()
  tell(1, { type: 'trunk.saved', trunk: trunkNamed('1') })
  tell(2, { type: 'trunk.stateChanged', trunk: 't_1', state: 'up', reason: '' })
  tell(3, { type: 'trunk.stateChanged', trunk: 't_1', state: 'up', reason: '', answersAt: 'there' })
  assert.equal(read('trunks.byId', { id: 't_1' as never })?.stateAt, 2)
  tell(4, { type: 'trunk.stateChanged', trunk: 't_1', state: 'down', reason: 'silent', why: 'options_silent' })
  assert.equal(read('trunks.byId', { id: 't_1' as never })?.stateAt, 4)
  assert.deepEqual(read('load.setup', { now: 5 }).answering, [{ trunk: 't_1', answersAt: 'there' }])
  tell(5, { type: 'trunk.stateChanged', trunk: 't_1', state: 'up', reason: '', answersAt: null })
  assert.deepEqual(read('load.setup', { now: 6 }).answering, [])
})
