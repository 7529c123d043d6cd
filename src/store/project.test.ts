import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { agentPhases, type Fact } from '../centre/facts.ts'
import { stopKinds } from '../centre/gate/stops.ts'
import type { Menu } from '../centre/menu/menu.ts'
import { missingCauses, underivableCauses } from '../centre/recording/recording-rules.ts'
import { importTroubles } from '../centre/records/file-import.ts'
import { askedOf } from '../lender/checklist.ts'
import { asset } from '../lib/places.ts'
import { type Connection, drizzleOf, migrate, readMigrations } from './db.ts'
import { getTableColumns, getTableName } from './drizzle.cjs'
import { projectedTables, rebuild } from './project.ts'
import { queries } from './queries.ts'
import * as schema from './schema.ts'
import { lenderFact } from './testing/lender-facts.ts'
import { campaignNamed, leadNumbered, recorded, trunkNamed, userNamed } from './testing/people.ts'
import { Writer } from './threads/writer.ts'

function freshDb(): Connection {
  const db = new Sqlite(':memory:')
  db.pragma('foreign_keys = ON')
  migrate(db, readMigrations(asset('migrations')), 1)
  return db
}

function rows(db: Connection): Record<string, unknown[]> {
  return Object.fromEntries(
    projectedTables.map(table => [
      table,
      db
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map(row => JSON.stringify(row))
        .sort(),
    ]),
  )
}

const few = (prefix: string) => fc.integer({ min: 1, max: 4 }).map(n => `${prefix}${n}` as never)
const nothing = fc.constant(null)
const callFact = (type: string) => fc.record({ type: fc.constant(type), call: few('c') })
const menuNamed = (id: string): Menu => ({
  ...{
    id: id as Menu['id'],
    name: `menu ${id}`,
    language: 'en',
    greeting: ['own/welcome'],
    keys: { '1': { queue: 'q1' as never } },
  },
  ...{ extensions: true, bargeIn: true, waitMs: 6_000, betweenMs: 3_000, triesMax: 3 },
  ...{ fallback: { act: 'call_back' }, hours: null, closed: { act: 'hang_up' } },
})
const number = fc.constantFrom('+8613800000001', '+8613800000002', '+861012345678')

/** Any facts in any order, also such as no floor would write: a projection must take them all the same way twice. */
const importKind = fc.constantFrom('leads', 'parties')
const importMapping = fc.constant({ columns: ['ref', ''], options: { unit: 'major' } })
const importFact = fc.oneof(
  fc.record({
    type: fc.constant('import.received'),
    import: fc.record({
      ...{ id: few('fi'), kind: importKind, campaign: fc.oneof(nothing, few('k')), name: fc.string(), bytes: fc.nat() },
      sha256: fc.string(),
    }),
  }),
  fc.record({ type: fc.constant('import.started'), import: few('fi'), mapping: importMapping }),
  fc.record({
    ...{ type: fc.constant('import.ended'), import: few('fi'), as: fc.constantFrom('finished', 'cancelled', 'failed') },
    counts: fc.record({ rows: fc.nat(), saved: fc.nat(), unchanged: fc.nat(), rejected: fc.nat() }),
    trouble: fc.oneof(nothing, fc.string()),
    why: fc.constantFrom(undefined, ...importTroubles),
  }),
  fc.record({
    ...{ type: fc.constant('mapping.saved'), kind: importKind, name: few('m'), headings: fc.array(fc.string()) },
    mapping: importMapping,
  }),
  fc.record({ type: fc.constant('mapping.removed'), kind: importKind, name: few('m') }),
  fc.record({
    type: fc.constant('tableExport.requested'),
    export: fc.record({
      ...{ id: few('te'), kind: importKind, form: fc.constantFrom('csv', 'xlsx'), language: fc.constant('en') },
      ...{ filter: fc.constant({ from: '2026-11-24' }), numbers: fc.constant('masked'), secrets: fc.boolean() },
      reason: fc.string(),
    }),
  }),
  fc.record({
    ...{ type: fc.constant('tableExport.ended'), export: few('te'), as: fc.constantFrom('finished', 'failed') },
    ...{
      rows: fc.nat(),
      bytes: fc.nat(),
      sha256: fc.oneof(nothing, fc.string()),
      trouble: fc.oneof(nothing, fc.string()),
    },
  }),
  fc.record({ type: fc.constantFrom('tableExport.downloaded', 'tableExport.erased'), export: few('te') }),
)
const anyFact = fc.oneof(
  fc.record({ type: fc.constant('system.clockStepped'), byMs: fc.integer() }),
  fc.record({ type: fc.constant('system.started'), bootId: fc.constant('b'), version: fc.constant('1') }),
  few('n').map(name => ({ type: 'user.saved', user: userNamed(name) })),
  fc.record({ type: fc.constant('user.locked'), user: few('u_n'), until: fc.nat() }),
  fc.record({
    type: fc.constant('session.refused'),
    name: few('n'),
    address: fc.constant('a'),
    reason: fc.constant('r'),
  }),
  few('n').map(name => ({ type: 'trunk.saved', trunk: trunkNamed(name) })),
  few('t_n').map(trunk => ({ type: 'trunk.removed', trunk })),
  few('tg_n').map(id => ({ type: 'trunkGroup.saved', group: { id, name: 'abroad', trunks: ['t_n1', 't_n2'] } })),
  few('tm_n').map(id => ({ type: 'team.saved', team: { id, name: `north ${id}`, members: ['u_n1'], leaders: [] } })),
  few('tm_n').map(team => ({ type: 'team.removed', team })),
  few('tg_n').map(group => ({ type: 'trunkGroup.removed', group })),
  fc.record({
    type: fc.constant('call.rerouted'),
    call: few('c'),
    failed: fc.record({
      trunk: few('t_n'),
      at: fc.integer({ min: 1, max: 1_000_000 }),
      why: fc.constantFrom('refused', 'no_response', 'unreachable'),
      sipStatus: fc.constantFrom(null, 503),
      q850: fc.constantFrom(null, 34),
    }),
    trunk: few('t_n'),
    callerId: fc.constant('+8611'),
    leg: fc.constant('l_2'),
  }),
  few('n').map(name => ({
    type: 'campaign.saved',
    campaign: { ...campaignNamed(name), agents: ['u1', 'u2'] as never[] },
  })),
  fc
    .integer({ min: 1, max: 30 })
    .map(n => ({ type: 'leads.added', campaign: 'k_n1', import: 'i1', leads: [leadNumbered(n, 'k_n1')] })),
  // Proof of consent, a loan, a segment, a double.
  fc
    .record({
      n: fc.integer({ min: 31, max: 60 }),
      more: fc.record({
        consent: fc.oneof(nothing, fc.record({ basis: fc.string(), evidence: fc.string() })),
        debt: fc.oneof(nothing, fc.string()),
        segment: fc.constantFrom('', 'north'),
        priority: fc.integer({ min: 0, max: 9 }),
        duplicateOf: fc.option(fc.constant(leadNumbered(1, 'k_n1').id), { nil: undefined }),
      }),
      list: few('i'),
    })
    .map(({ n, more, list }) => ({
      type: 'leads.added',
      campaign: 'k_n1',
      import: list,
      leads: [{ ...leadNumbered(n, 'k_n1'), ...more }],
    })),
  fc.record({
    type: fc.constant('list.saved'),
    list: fc.record({
      id: few('i'),
      campaign: fc.constant('k_n1'),
      name: fc.string(),
      priority: fc.integer({ min: 0, max: 9 }),
      weight: fc.integer({ min: 1, max: 100 }),
      paused: fc.boolean(),
    }),
  }),
  fc.record({
    type: fc.constant('leads.recycled'),
    campaign: fc.constant('k_n1'),
    list: few('i'),
    leads: fc.array(
      fc.integer({ min: 1, max: 30 }).map(n => leadNumbered(n, 'k_n1').id),
      { maxLength: 5 },
    ),
  }),
  fc.record({
    type: fc.constant('leads.imported'),
    campaign: fc.constant('k_n1'),
    import: few('i'),
    source: fc.string(),
    accepted: fc.nat(),
    rejected: fc.nat(),
  }),
  fc.record({
    type: fc.constant('suppression.added'),
    number,
    reason: fc.constant('asked'),
    until: fc.oneof(nothing, fc.nat()),
  }),
  fc.record({
    type: fc.constant('policy.saved'),
    policy: fc.record({
      id: fc.constantFrom('OWN-1', 'OWN-2'),
      version: fc.constantFrom('1', '2', '10'),
      source: fc.string(),
      confidence: fc.constant('O'),
      business: fc.constant(['sales']),
      hours: fc.constant({ from: 0, to: 1440 }),
      relations: fc.constant(['SELF']),
      limits: fc.constant([]),
    }),
  }),
  fc.record({
    type: fc.constant('party.held'),
    party: few('p'),
    kind: fc.constantFrom(...stopKinds),
    reason: fc.string(),
    until: fc.oneof(nothing, fc.nat()),
  }),
  fc.record({
    type: fc.constant('party.released'),
    party: few('p'),
    kind: fc.constantFrom(...stopKinds),
    reason: fc.string(),
  }),
  fc.record({
    type: fc.constant('announcement.saved'),
    announcement: few('an'),
    label: fc.constantFrom('POWER_OFF', null),
    language: fc.constant('zh-CN'),
    words: fc.string(),
    sha256: fc.constant('00'),
    bytes: fc.nat(),
    durationMs: fc.nat(),
    from: fc.constantFrom(null, 'c_1'),
  }),
  fc.record({
    type: fc.constant('announcement.labelled'),
    announcement: few('an'),
    label: fc.constant('VACANT'),
    language: fc.constant('en'),
    words: fc.string(),
  }),
  fc.record({ type: fc.constant('announcement.removed'), announcement: few('an'), reason: fc.string() }),
  fc.record({
    type: fc.constant('call.announced'),
    call: few('c'),
    by: fc.constantFrom('recording', 'tone'),
    what: few('an'),
    result: fc.constantFrom('BUSY', null),
    confidence: fc.constant(0.9),
    afterMs: fc.nat(),
  }),
  fc.record({
    type: fc.constant('call.judged'),
    call: few('c'),
    verdict: fc.constant('human'),
    reason: fc.string(),
    confidence: fc.constant(0.9),
    afterMs: fc.nat(),
    features: fc.constant({ words: 1 }),
  }),
  fc.record({
    type: fc.constant('call.faxHeard'),
    call: few('c'),
    signal: fc.constant('ced'),
    confidence: fc.constant(0.97),
    afterMs: fc.nat(),
  }),
  fc.record({
    type: fc.constant('call.answererTold'),
    call: few('c'),
    answerer: fc.constantFrom('human', 'machine'),
    by: fc.constantFrom('agent', 'auditor'),
  }),
  fc.record({
    type: fc.constant('filter.saved'),
    filter: fc.record({
      id: few('f'),
      owner: few('u_n'),
      page: fc.constant('/auditor'),
      name: few('F'),
      query: fc.string(),
    }),
  }),
  fc.record({ type: fc.constant('filter.removed'), filter: few('f'), owner: few('u_n') }),
  fc.record({ type: fc.constant('setting.saved'), key: fc.constant('calendar.ID'), value: fc.constant('2026-08-17') }),
  fc.record({
    type: fc.constant('call.refused'),
    campaign: fc.oneof(nothing, fc.constant('k_n1')),
    lead: nothing,
    agent: nothing,
    number,
    refusal: fc.constant({ rule: 'contact_hours', words: 'night' }),
    under: fc.option(fc.constant({ policy: 'A+B', version: '1+2', by: 'B' }), { nil: undefined }),
  }),
  fc.record({ type: fc.constant('suppression.removed'), number, reason: fc.constant('error') }),
  fc.record({
    type: fc.constant('agent.stateChanged'),
    agent: few('u'),
    state: fc.constantFrom(...agentPhases),
    reason: nothing,
    call: nothing,
    until: nothing,
  }),
  fc.record({ type: fc.constant('agent.signedOff'), agent: few('u'), reason: fc.constant('bye') }),
  fc.record({
    type: fc.constant('leg.measured'),
    call: few('c'),
    leg: few('w'),
    trunk: fc.oneof(nothing, few('t')),
    agent: nothing,
    audio: fc.record({
      loss: fc.double({ min: 0, max: 1, noNaN: true }),
      jitterMs: fc.nat(50),
      mosIn: fc.oneof(nothing, fc.constant(4.41)),
      mosOut: nothing,
      theirLoss: nothing,
      roundTripMs: nothing,
      oneWay: nothing,
      foreign: fc.nat(3),
      rivals: fc.nat(3),
    }),
  }),
  fc.record({
    type: fc.constant('call.dialed'),
    call: few('c'),
    mode: fc.constant('progressive'),
    campaign: fc.constant('k_n1'),
    lead: fc.oneof(
      nothing,
      fc.integer({ min: 1, max: 30 }).map(n => leadNumbered(n, 'k_n1').id),
    ),
    party: nothing,
    name: fc.constant('Carl'),
    relation: nothing,
    agent: nothing,
    number,
    trunk: few('t_n'),
    callerId: fc.constant('+861012345678'),
    leg: few('g'),
    task: fc.option(fc.record({ id: few('vt'), who: fc.constantFrom(...askedOf), place: fc.constant(0) }), {
      nil: undefined,
    }),
    debt: fc.option(fc.constant('loan 1'), { nil: undefined }),
    verdict: fc.constantFrom(
      { policy: 'P', version: '1', rules: ['hours'] },
      { policy: 'A+B', version: '1+2', rules: ['hours', 'caps'], override: 'asked for it' },
    ),
  }),
  fc.record({
    type: fc.constant('call.offered'),
    call: few('c'),
    trunk: few('t'),
    leg: few('g'),
    from: number,
    to: number,
    diverted: fc.option(fc.record({ number: fc.option(number), reason: fc.constantFrom('no-answer', 'unknown') }), {
      nil: undefined,
    }),
  }),
  ...['call.ringing', 'call.early', 'call.answered'].map(callFact),
  few('me').map(id => ({ type: 'menu.saved', menu: menuNamed(id) })),
  few('me').map(menu => ({ type: 'menu.removed', menu })),
  few('me').map(id => ({ type: 'number.saved', number: { id: 'n_1', number: '95599', target: { ivr: id } } })),
  fc.record({
    type: fc.constant('call.menuBegan'),
    call: few('c'),
    menu: few('me'),
    hop: fc.integer({ min: 1, max: 10 }),
    speech: fc.integer({ min: 1, max: 40 }),
    why: fc.constantFrom('entered', 'repeat', 'no_key', 'wrong_key'),
    until: fc.nat(),
    own: fc.option(fc.constant(['own/welcome@2']), { nil: undefined }),
  }),
  fc.record({ type: fc.constant('call.menuSaid'), call: few('c'), until: fc.nat() }),
  fc.record({
    type: fc.constant('call.menuChose'),
    call: few('c'),
    menu: few('me'),
    why: fc.constantFrom('key', 'extension', 'fallback', 'closed'),
    key: fc.constantFrom(null, '1', '#'),
    target: fc.oneof(
      fc.record({ queue: few('q') }),
      fc.record({ user: few('u') }),
      fc.record({ ivr: few('me') }),
      fc.record({ number }),
      fc.record({ act: fc.constantFrom('repeat', 'call_back', 'hang_up') }),
    ),
    other: fc.oneof(nothing, few('c')),
  }),
  fc.record({
    type: fc.constant('call.digit'),
    call: few('c'),
    from: fc.constantFrom('party', 'agent'),
    digit: fc.constantFrom('1', '•'),
  }),
  fc.record({
    type: fc.constant('call.placeSaid'),
    call: few('c'),
    queue: few('q'),
    place: fc.integer({ min: 1, max: 99 }),
    minutes: fc.oneof(nothing, fc.nat(60)),
    speech: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({ type: fc.constant('call.queued'), call: few('c'), queue: few('q'), until: fc.nat() }),
  fc.record({ type: fc.constant('call.assigned'), call: few('c'), agent: few('u'), ringing: fc.boolean() }),
  fc.record({ type: fc.constant('call.connected'), call: few('c'), agent: few('u') }),
  fc.record({
    type: fc.constant('call.transferred'),
    call: few('c'),
    from: few('u'),
    target: fc.constant({ queue: 'q1' }),
    how: fc.constantFrom('blind', 'consulted', 'taken_over'),
    other: nothing,
  }),
  fc.record({
    type: fc.constant('call.slotted'),
    call: few('c'),
    agent: few('u'),
    slot: fc.constant('701'),
    until: fc.nat(),
  }),
  fc.record({ type: fc.constant('call.fellBack'), call: few('c'), reason: fc.constant('declined') }),
  fc.record({ type: fc.constant('call.takenOn'), call: few('c'), other: few('c'), until: fc.nat() }),
  fc.record({
    type: fc.constant('call.monitored'),
    call: few('c'),
    agent: few('u'),
    by: few('u'),
    mode: fc.constantFrom('listen', 'barge'),
    reason: fc.constant('coaching'),
  }),
  fc.record({ type: fc.constant('call.unmonitored'), call: few('c'), by: few('u'), cause: fc.constant('stopped') }),
  fc.record({ type: fc.constant('call.appealed'), call: few('c'), agent: few('u'), reason: fc.constant('') }),
  fc.record({ type: fc.constant('call.appealTaken'), call: few('c'), by: few('u'), waitedMs: fc.nat() }),
  fc.record({
    type: fc.constant('call.appealEnded'),
    call: few('c'),
    how: fc.constantFrom('withdrawn', 'done', 'passed_on'),
    by: few('u'),
    lastedMs: fc.nat(),
  }),
  fc.record({ type: fc.constantFrom('call.held', 'call.resumed'), call: few('c'), by: fc.constant('agent') }),
  fc.record({
    type: fc.constant('call.abandoned'),
    call: few('c'),
    campaign: nothing,
    queue: nothing,
    waitedMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  }),
  fc.record({
    type: fc.constant('call.ended'),
    call: few('c'),
    ending: fc.constant({ by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: 16 }),
  }),
  fc.record({
    type: fc.constant('call.disposed'),
    call: few('c'),
    agent: few('u'),
    code: fc.constant('A'),
    note: fc.string(),
    fields: fc.constant({}),
  }),
  fc.record({
    type: fc.constant('lead.reserved'),
    lead: fc.constant(leadNumbered(1, 'k_n1').id),
    campaign: fc.constant('k_n1'),
    agent: nothing,
  }),
  fc.record({
    type: fc.constant('lead.released'),
    lead: fc.constant(leadNumbered(1, 'k_n1').id),
    campaign: fc.constant('k_n1'),
    state: fc.constantFrom('ready', 'callback', 'done', 'exhausted', 'dnc'),
    dueAt: fc.oneof(nothing, fc.nat()),
    reason: fc.constantFrom('x', 'VACANT'),
    next: fc.oneof(nothing, number),
    bad: fc.option(number, { nil: undefined }),
  }),
  few('cb').map(id => ({
    type: 'callback.scheduled',
    callback: {
      id,
      at: 5,
      number: '+8613800000001',
      agent: null,
      campaign: 'k_n1',
      lead: leadNumbered(1, 'k_n1').id,
      queue: null,
      reason: 'agreed',
    },
  })),
  fc.record({
    type: fc.constant('callback.closed'),
    callback: few('cb'),
    how: fc.constantFrom('dialled', 'kept', 'cancelled'),
    reason: fc.option(fc.string(), { nil: undefined }),
  }),
  fc.record({
    type: fc.constant('callback.tried'),
    callback: few('cb'),
    call: few('c'),
    result: fc.constantFrom('BUSY', 'NO_ANSWER'),
    nextAt: fc.oneof(nothing, fc.nat()),
  }),
  fc.record({
    type: fc.constant('recording.opened'),
    recording: few('r'),
    call: few('c'),
    path: fc.constant('2026/x.wav'),
    kind: fc.constantFrom(undefined, 'consultation'),
  }),
  fc.record({
    type: fc.constant('recording.derived'),
    recording: few('r'),
    call: few('c'),
    path: fc.constant('2026/x.opus'),
    source: fc.constant('00'),
    sha256: fc.constant('01'),
    bytes: fc.nat(),
  }),
  fc.record({
    ...{ type: fc.constant('recording.underivable'), recording: few('r'), call: few('c'), reason: fc.string() },
    cause: fc.constantFrom(undefined, ...underivableCauses),
  }),
  fc.record({ type: fc.constant('recording.sourceRemoved'), recording: few('r'), call: few('c'), days: fc.nat() }),
  fc.record({
    type: fc.constant('recording.destroyed'),
    recording: few('r'),
    call: few('c'),
    reason: fc.constant('unanswered'),
    days: fc.nat(),
  }),
  fc.record({
    type: fc.constant('recording.destroyed'),
    recording: few('r'),
    call: few('c'),
    reason: fc.constant('retention'),
    business: fc.constantFrom(null, 'sales'),
    kept: fc.constant({ n: 3, of: 'YEAR' }),
    policy: fc.constantFrom(null, 'CN-CFC-2024'),
  }),
  fc.record({ type: fc.constant('recording.erased'), recording: few('r'), call: few('c') }),
  fc.record({
    type: fc.constant('legalHold.placed'),
    hold: few('h'),
    kind: fc.constantFrom('recording', 'call', 'party'),
    target: few('r'),
    call: fc.constant(null),
    reason: fc.string(),
  }),
  fc.record({
    type: fc.constant('legalHold.lifted'),
    hold: few('h'),
    kind: fc.constant('party'),
    call: fc.constant(null),
    reason: fc.string(),
  }),
  fc.record({
    type: fc.constant('recording.sealed'),
    recording: few('r'),
    call: few('c'),
    sha256: fc.constant('00'),
    bytes: fc.nat(),
    durationMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    salvaged: fc.boolean(),
    wasMissing: fc.option(fc.constant(true), { nil: undefined }),
    foundAfterMs: fc.option(fc.nat(), { nil: undefined }),
    lostMs: fc.option(fc.nat(), { nil: undefined }),
    lost: fc.option(fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 3 }), { nil: undefined }),
    accepted: fc.option(fc.constant({ by: 'u_1', reason: 'heard', misfits: ['written'], mostMs: 1, writtenAt: 2 }), {
      nil: undefined,
    }),
  }),
  fc.record({ type: fc.constant('recording.misfitLeft'), recording: few('r'), call: few('c'), reason: fc.string() }),
  fc.record({
    type: fc.constant('recording.soundLost'),
    recording: few('r'),
    call: few('c'),
    lostMs: fc.nat(),
    lost: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('recording.missing'),
    recording: fc.oneof(nothing, few('r')),
    call: few('c'),
    cause: fc.constantFrom(undefined, ...missingCauses),
    reason: fc.string(),
  }),
  fc.record({ type: fc.constant('recording.listened'), recording: few('r'), user: few('u') }),
  fc.record({
    type: fc.constant('attribution.added'),
    rows: fc.array(fc.tuple(fc.integer({ min: 1_300_000, max: 1_300_003 }), fc.constantFrom(10, 21)), { maxLength: 3 }),
  }),
  fc.constant({ type: 'attribution.cleared' }),
  fc.record({
    type: fc.constant('phrase.saved'),
    name: few('p'),
    version: fc.integer({ min: 1, max: 2 }),
    words: fc.string(),
    sha256: fc.constant('00'),
    bytes: fc.nat(),
    durationMs: fc.nat(),
  }),
  fc.record({ type: fc.constantFrom('phrase.heard', 'phrase.used'), name: few('p'), version: fc.constantFrom(1, 2) }),
  fc.record({ type: fc.constant('setting.saved'), key: few('s'), value: fc.string() }),
  lenderFact,
  importFact,
) as fc.Arbitrary<Fact>

const over = "CASE WHEN state IN ('done', 'exhausted', 'dnc') THEN coalesce(reason, '') ELSE '' END"
const countsTrue = `SELECT import AS list, state, priority, place, segment, ${over} AS why, count(*) AS leads FROM leads
  GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`
const countsKept = `SELECT list, state, priority, place, segment, reason AS why, leads FROM lead_counts WHERE leads <> 0
  ORDER BY 1, 2, 3, 4, 5, 6`

test('tables rebuilt from the journal are the tables that were projected, row by row, whatever the facts', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyFact, fc.nat({ max: 9_000_000 })), { minLength: 20, maxLength: 120 }), facts => {
      const db = freshDb()
      const writer = new Writer(db)
      let kept = 0
      for (const [fact, at] of facts) {
        const [answer] = writer.commit([{ type: 'transact', transaction: { recorded: [recorded(fact, at)] } }])
        if (answer!.ok) kept++
        else assert.equal(answer!.error.kind, 'conflict', answer!.error.message)
      }
      const before = rows(db)
      assert.equal(rebuild(db), kept)
      assert.deepEqual(rows(db), before)
      assert.deepEqual(db.prepare(countsKept).all(), db.prepare(countsTrue).all())
      db.close()
    }),
    { numRuns: 60, seed: 2026 },
  )
})

test('no fact of the floor is ever refused by its tables', () => {
  const floorFact = anyFact.filter(fact => /^(call|agent|recording\.(?!l)|lead\.|callback|system)/.test(fact.type))
  fc.assert(
    fc.property(fc.array(floorFact, { minLength: 50, maxLength: 150 }), facts => {
      const db = freshDb()
      const [answer] = new Writer(db).commit([
        { type: 'transact', transaction: { recorded: facts.map(fact => recorded(fact)) } },
      ])
      assert.deepEqual(answer, { ok: true, value: { firstSeq: 1, lastSeq: facts.length } })
      db.close()
    }),
    { numRuns: 40, seed: 2026 },
  )
})

test('a call says who sent it on to us; one of before this was told says nobody, and so does one that nobody sent on', () => {
  const db = freshDb()
  const line = { type: 'call.offered', trunk: 't1', leg: 'g1', from: '+8613800000001', to: '1000' } as never as Fact
  const diverted = { number: '+8613800001234', reason: 'no-answer' } as const
  const told = [
    { ...line, call: 'c1' },
    { ...line, call: 'c2', diverted },
    { ...line, call: 'c3', diverted: { number: null, reason: 'unknown' } },
  ] as Fact[]
  new Writer(db).commit([{ type: 'transact', transaction: { recorded: told.map(fact => recorded(fact)) } }])
  const kept = () => ['c1', 'c2', 'c3'].map(id => queries['calls.byId'](drizzleOf(db), { id: id as never })!.diverted)
  assert.deepEqual(kept(), [null, diverted, { number: null, reason: 'unknown' }])
  rebuild(db)
  assert.deepEqual(kept(), [null, diverted, { number: null, reason: 'unknown' }])
  db.close()
})

test('the time an agent spends in a phase is summed by half hour, and a crash ends it at the last line known', () => {
  const db = freshDb()
  const writer = new Writer(db)
  const slot = 1_800_000
  const tell = (fact: Fact, at: number) =>
    writer.commit([{ type: 'transact', transaction: { recorded: [recorded(fact, at)] } }])
  const phase = (state: 'ready' | 'talking') =>
    ({ type: 'agent.stateChanged', agent: 'u_1' as never, state, reason: null, call: null, until: null }) as const
  tell(phase('ready'), slot - 1_000)
  tell(phase('talking'), slot + 5_000)
  tell({ type: 'audit.noted', what: 'last line before the crash', detail: '' }, slot + 8_000)
  tell({ type: 'system.started', bootId: 'b', version: '1' }, slot + 900_000)
  assert.deepEqual(db.prepare('SELECT slot_at, phase, ms FROM agent_slots ORDER BY slot_at, phase').all(), [
    { slot_at: 0, phase: 'ready', ms: 1_000 },
    { slot_at: slot, phase: 'ready', ms: 5_000 },
    { slot_at: slot, phase: 'talking', ms: 3_000 },
  ])
  const [figures] = queries['agents.figures'](drizzleOf(db), { from: 0, to: 3 * slot, now: 3 * slot })
  assert.deepEqual(
    [figures!.ms, figures!.signedOnMs, figures!.utilisation],
    [{ ready: 6_000, talking: 3_000 }, 9_000, 1 / 3],
  )
})

test('the schema that reads use names the tables and columns that the migrations made', () => {
  const db = freshDb()
  for (const table of Object.values(schema)) {
    const name = getTableName(table)
    const made = db.pragma(`table_info(${name})`) as { name: string; notnull: number; pk: number }[]
    const said = Object.values(getTableColumns(table))
    assert.deepEqual(made.map(column => column.name).sort(), said.map(column => column.name).sort(), name)
    for (const column of said) {
      const real = made.find(one => one.name === column.name)!
      assert.equal(column.notNull, real.notnull === 1 || real.pk > 0, `${name}.${column.name} not null`)
    }
    const strict = db.prepare('SELECT strict FROM pragma_table_list WHERE name = ?').get(name) as { strict: number }
    assert.equal(strict.strict, 1, `${name} is STRICT`)
  }
})
