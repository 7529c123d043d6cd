import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { Lead } from '../../centre/entities.ts'
import type { Fact } from '../../centre/facts.ts'
import { asset } from '../../lib/places.ts'
import { drizzleOf, migrate, readMigrations } from '../db.ts'
import { campaignNamed, leadNumbered, recorded } from '../testing/people.ts'
import { Writer } from '../threads/writer.ts'
import { filterQueries } from './lead-filters.ts'
import { type DueArgs, dueQueries } from './leads-due.ts'
import { listQueries } from './lists.ts'

const sales = 'k_sales' as never
const nineInShanghai = Date.UTC(2026, 10, 24, 1)
const list = (id: string, more: object = {}) =>
  ({
    type: 'list.saved',
    list: { id, campaign: sales, name: id, priority: 5, weight: 1, paused: false, ...more },
  }) as never

function aStore(campaign: object = {}) {
  const connection = new Sqlite(':memory:')
  migrate(connection, readMigrations(asset('migrations')), 1)
  const writer = new Writer(connection)
  const db = drizzleOf(connection)
  const tell = (at: number, ...facts: unknown[]) => {
    const lines = facts.map(fact => recorded(fact as Fact, at))
    const [answer] = writer.commit([{ type: 'transact', transaction: { recorded: lines } }])
    assert.ok(answer!.ok, JSON.stringify(answer))
  }
  tell(1, { type: 'campaign.saved', campaign: { ...campaignNamed('sales'), ...campaign } })
  const add = (id: string, ...leads: Lead[]) => tell(10, { type: 'leads.added', campaign: sales, import: id, leads })
  const due = (want: number, more: Partial<DueArgs> = {}) =>
    dueQueries['leads.due'](db, { campaign: sales, now: nineInShanghai, want, except: [], ...more })
  return {
    tell,
    add,
    due,
    refs: (want: number, more = {}) =>
      due(want, more)
        .leads.map(lead => lead.ref)
        .join(' '),
    db,
  }
}

const lead = (n: number, more: Partial<Lead> = {}) => ({ ...leadNumbered(n), ...more })
const release = (n: number, state: string, reason: string, more: object = {}) => ({
  type: 'lead.released',
  lead: leadNumbered(n).id,
  campaign: sales,
  state,
  dueAt: null,
  reason,
  ...more,
})

test('the list of the highest priority comes first, and within a list the lead of the highest', () => {
  const { add, tell, refs, due } = aStore()
  add('i_1', lead(1), lead(2, { priority: 9 }))
  add('i_2', lead(3), lead(4))
  tell(20, list('i_2', { priority: 8 }))
  assert.equal(refs(10), 'R3 R4 R2 R1')
  assert.deepEqual(
    due(10).leads.map(({ rank }) => rank),
    [8, 8, 5, 5],
  )
  tell(30, list('i_2', { priority: 8, paused: true }))
  assert.equal(refs(10), 'R2 R1')
})

test('lists of one priority are mixed by weight, and who has less leaves its share to the others', () => {
  const { add, tell, refs } = aStore()
  add('i_1', ...[1, 2, 3, 4, 5, 6].map(n => lead(n)))
  add('i_2', ...[11, 12].map(n => lead(n)))
  tell(20, list('i_1', { weight: 2 }), list('i_2'))
  assert.equal(refs(6), 'R1 R11 R2 R3 R12 R4')
  assert.equal(refs(10), 'R1 R11 R2 R3 R12 R4 R5 R6')
})

test('newest first where the campaign says so', () => {
  const { add, refs } = aStore({ order: 'newest' })
  add('i_1', lead(1), lead(2), lead(3))
  assert.equal(refs(2), 'R3 R2')
})

test('closed places, full segments and what the floor has already are passed over', () => {
  const { add, refs, due } = aStore()
  const london = { phones: [{ number: '+447700900001', relation: 'SELF' as const }] }
  add('i_1', lead(1, london), lead(2, { segment: 'north' }), lead(3), lead(4))
  assert.equal(refs(10, { closed: ['44'], full: ['north'] }), 'R3 R4')
  assert.equal(refs(10, { except: [lead(3).id] }), 'R1 R2 R4'.split(' ').sort().join(' '))
  assert.equal(due(10).outlook.places, 2)
})

test('a segment that answers well at this hour of its day comes first; a few lucky calls change nothing', () => {
  const { add, tell, refs } = aStore()
  add('i_1', lead(1, { segment: 'a' }), lead(2, { segment: 'b' }), lead(3, { segment: 'a' }))
  const call = (n: number, of: number, at: number, answered: boolean) => {
    const id = `c_${of}_${at}_${n}`
    const dialed = {
      type: 'call.dialed',
      call: id,
      mode: 'progressive',
      campaign: sales,
      lead: lead(of).id,
      party: null,
    }
    const rest = {
      name: null,
      relation: null,
      agent: null,
      number: lead(of).phones[0]!.number,
      trunk: 't',
      callerId: '1',
    }
    tell(at, { ...dialed, ...rest, leg: 'g', verdict: { policy: 'P', version: '1', rules: [] } })
    if (answered) tell(at, { type: 'call.answered', call: id })
    const ending = {
      by: 'party',
      cause: 'hangup',
      result: answered ? 'ANSWERED' : 'NO_ANSWER',
      sipStatus: null,
      q850: null,
    }
    tell(at, { type: 'call.ended', call: id, ending })
  }
  assert.equal(refs(3), 'R1 R2 R3', 'nothing is known: by due time')
  const day = 86_400_000
  for (let n = 0; n < 60; n++) call(n, 2, nineInShanghai - day, n < 40)
  for (let n = 0; n < 60; n++) call(n, 2, nineInShanghai - day + 6 * 3_600_000, n < 10)
  assert.equal(refs(3), 'R2 R1 R3')
  assert.equal(refs(3, { now: nineInShanghai + 6 * 3_600_000 }), 'R1 R3 R2')
})

test('a campaign that does not go by the best hour takes what is due longest', () => {
  for (const [bestTime, order] of [
    [false, 'R1 R2'],
    [true, 'R2 R1'],
  ] as const) {
    const { add, tell, refs } = aStore({ bestTime })
    add('i_1', lead(1, { segment: 'north' }), lead(2, { segment: 'south' }))
    for (const [n, answered] of [1, 2]
      .flatMap(n => Array.from({ length: 60 }, (_, at) => [n, at < 20 * n] as const))
      .entries()) {
      const [to, isAnswered] = answered
      const call = `c_${n}`
      const who = {
        lead: lead(to).id,
        party: null,
        name: null,
        relation: 'SELF',
        agent: null,
        number: '+8613800000001',
      }
      const line = { trunk: 't', callerId: '1', leg: call, verdict: { policy: 'p', version: '1', rules: [] } }
      const result = isAnswered ? 'ANSWERED' : 'NO_ANSWER'
      // South answers at nine as seldom as ever, but north hardly at all then, and better later in the day.
      const at = nineInShanghai - 86_400_000 + (to === 1 && isAnswered ? 6 * 3_600_000 : 0)
      tell(at, { type: 'call.dialed', call, mode: 'progressive', campaign: sales, ...who, ...line })
      if (isAnswered) tell(at, { type: 'call.answered', call })
      tell(at, {
        type: 'call.ended',
        call,
        ending: { by: 'party', cause: 'hangup', result, sipStatus: null, q850: null },
      })
    }
    assert.equal(refs(2), order)
  }
})

test('a callback is fetched with the number on which it was agreed, and the next one is foretold', () => {
  const { add, tell, due } = aStore()
  add('i_1', lead(1), lead(2), lead(3))
  const agreed = (n: number, at: number) => [
    {
      type: 'callback.scheduled',
      callback: {
        id: `cb_${n}`,
        at,
        number: '+861390000',
        agent: 'u_alice',
        campaign: sales,
        lead: lead(n).id,
        queue: null,
        reason: 'agreed',
      },
    },
    release(n, 'callback', 'later', { dueAt: at }),
  ]
  tell(20, ...agreed(1, nineInShanghai), ...agreed(2, nineInShanghai + 60_000))
  const { leads, outlook } = due(10, { callbacksOnly: true })
  assert.deepEqual(
    leads.map(({ ref, callbackNumber, callbackAgent }) => [ref, callbackNumber, callbackAgent]),
    [['R1', '+861390000', 'u_alice']],
  )
  assert.equal(outlook.nextCallbackAt, nineInShanghai + 60_000)
})

test('a number that is not there and the number to try next come back with the lead', () => {
  const { add, tell, due } = aStore()
  add('i_1', lead(1))
  tell(20, release(1, 'ready', 'VACANT', { bad: '+861', next: '+862' }))
  tell(21, release(1, 'ready', 'BUSY', { bad: '+863' }))
  assert.deepEqual([due(1).leads[0]!.bad, due(1).leads[0]!.next], [['+861', '+863'], null])
})

test('where a lead’s attempts came to a fax comes back with it, as often as they did; one that begins anew has heard none', () => {
  const { add, tell, due } = aStore()
  add('i_1', lead(1), lead(2))
  const { id, phones } = lead(1)
  const { number } = phones[0]!
  const dialed = {
    type: 'call.dialed',
    mode: 'predictive',
    campaign: sales,
    lead: id,
    party: null,
    name: null,
    relation: null,
  }
  const rest = {
    agent: null,
    number,
    trunk: 't',
    callerId: '1',
    leg: 'l',
    verdict: { policy: 'P', version: '1', rules: [] },
  }
  const call = (n: number, result: string) => {
    tell(20 + n, { ...dialed, ...rest, call: `c_${n}` })
    const ending = { by: 'party', cause: 'machine', result, sipStatus: null, q850: 16 }
    tell(20 + n, { type: 'call.ended', call: `c_${n}`, ending }, release(1, 'ready', result))
  }
  const faxes = () => due(2).leads.map(each => each.faxes)
  call(1, 'BUSY')
  assert.deepEqual(faxes(), [undefined, undefined])
  call(2, 'FAX')
  call(3, 'FAX')
  assert.deepEqual(faxes().filter(Boolean), [[number, number]])
  tell(30, release(1, 'exhausted', 'FAX', { bad: number }), {
    type: 'leads.recycled',
    campaign: sales,
    list: 'i_1',
    leads: [id],
  })
  assert.deepEqual(faxes(), [undefined, undefined])
})

test('what each filter takes away is told, and a recycled list starts again', () => {
  const quotas = [{ segment: 'north', count: 'done', max: 1 }]
  const { add, tell, refs, db } = aStore({ quotas })
  add('i_1', ...[1, 2, 3, 4, 5, 6].map(n => lead(n, n > 4 ? { segment: 'north' } : {})))
  add('i_2', lead(7))
  tell(20, list('i_2', { paused: true }))
  tell(
    30,
    release(1, 'exhausted', 'NO_ANSWER'),
    release(2, 'exhausted', 'VACANT', { bad: '+861' }),
    release(3, 'dnc', 'do_not_call'),
  )
  tell(30, release(5, 'done', 'sold'), release(4, 'ready', 'BUSY', { dueAt: nineInShanghai + 5 }))
  const filters = () => filterQueries['leads.filters'](db, { campaign: sales, now: nineInShanghai })
  const { total, notDue, pausedLists, overQuota, doNotCall, exhausted, places } = filters()
  assert.deepEqual([total, pausedLists, overQuota, doNotCall], [7, 1, 1, 1])
  assert.deepEqual(notDue, { leads: 1, more: false, nextAt: nineInShanghai + 5 })
  assert.deepEqual(exhausted, [
    { reason: 'NO_ANSWER', leads: 1 },
    { reason: 'VACANT', leads: 1 },
  ])
  assert.deepEqual(places, [{ place: '86', leads: 3 }])
  const over = (reason: string) =>
    listQueries['lists.over'](db, { list: 'i_1' as never, state: 'exhausted', reason, after: '' })
  tell(40, { type: 'leads.recycled', campaign: sales, list: 'i_1', leads: [...over('VACANT'), lead(3).id] })
  assert.equal(refs(10), 'R6 R2', 'who asked not to be called stays out')
  assert.deepEqual(filters().exhausted, [{ reason: 'NO_ANSWER', leads: 1 }])
  const [, first] = listQueries['lists.ofCampaign'](db, { campaign: sales }).sort((a, b) => b.id.localeCompare(a.id))
  assert.deepEqual([first!.leads, first!.counts.done], [6, 1])
})
