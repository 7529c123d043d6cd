/**
 * Whatever happens on the floor, no cap is passed and nobody is called out of hours: the gate against a book that is kept here, slowly and
 * simply, with the calendar of `Intl` and nothing of the gate's own arithmetic. Days pass, clocks change, people get new numbers, two agents
 * and three campaigns want the same person at once, robots and callers come in between.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CampaignId, LegId } from '../../lib/ids.ts'
import type { BufferedLead, Campaign, Notice } from '../entities.ts'
import type { Fact } from '../facts.ts'
import type { Limit, Policy } from '../policy/policy.ts'
import { alice, bob, campaign as dialler, leadOf, setupOf, TestFloor, trunk } from '../testing.ts'
import { tollRulesDefault } from '../toll/rules.ts'
import { type ContactRequest, mayContact } from './compliance.ts'

/** Numbers and every zone that their owner may be in; said here again, so that a change of the gate's table is seen. */
const zonesOf: Record<string, string[]> = {
  '+8613800000001': ['Asia/Shanghai'],
  '+8613800000002': ['Asia/Shanghai'],
  '+12025550123': ['America/St_Johns', 'America/New_York', 'America/Los_Angeles', 'Pacific/Honolulu'],
  '+447700900123': ['Europe/London'],
  '+919812345678': ['Asia/Kolkata'],
  '+9779812345678': ['Asia/Kathmandu'],
  '+61412345678': ['Australia/Perth', 'Australia/Sydney'],
}
const numbers = Object.keys(zonesOf)
const people = ['carl', 'dora', 'emil']
const robots = 'ca_robots' as CampaignId
const byHand = 'ca_hand' as CampaignId

/** Before midnights, ends of months and of a leap February, and the changes of the clock in New York, London and Sydney. */
const starts = [
  '2026-10-31T22:00Z',
  '2026-03-07T12:00Z',
  '2026-03-28T20:00Z',
  '2026-10-24T20:00Z',
  '2026-04-04T12:00Z',
  '2026-01-30T15:00Z',
  '2028-02-28T12:00Z',
  '2026-12-31T15:00Z',
]

const units = ['ATTEMPT', 'UNANSWERED', 'CONNECT', 'CONVERSATION', 'ABANDON'] as const
const window = fc.oneof(
  fc.constant({ type: 'DAY' } as const),
  fc.constantFrom({ type: 'ROLL', n: 90, of: 'MINUTE' } as const, { type: 'ROLL', n: 30, of: 'HOUR' } as const),
  fc.constantFrom({ type: 'ROLL', n: 7, of: 'DAY' } as const, { type: 'ROLL', n: 1, of: 'MONTH' } as const),
  fc.constantFrom({ type: 'REST', n: 1 } as const, { type: 'REST', n: 3 } as const),
)
const key = fc.constantFrom<Limit['key']>(['PARTY'], ['NUMBER'], ['PARTY', 'NUMBER'], ['PARTY', 'DEBT'])
const limit: fc.Arbitrary<Limit> = fc
  .record({ unit: fc.constantFrom(...units), key, window, max: fc.integer({ min: 0, max: 4 }) })
  .map(given => ({ ...given, max: given.window.type === 'REST' ? 0 : given.max, effect: 'BLOCK' as const }))

const person = fc.constantFrom(...people)
const number = fc.constantFrom(...numbers)
const known = fc.record({ party: fc.boolean(), debt: fc.constantFrom(null, 'loan 1', 'loan 2') })
const soon = fc.integer({ min: 1, max: 600_000 })
const later = fc.integer({ min: 600_000, max: 3 * 86_400_000 })
const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ is: fc.constant('time' as const), ms: fc.oneof(soon, soon, later) }) },
  {
    weight: 4,
    arbitrary: fc.record({ is: fc.constant('dial' as const), person, of: fc.nat(1), known, at: fc.nat(1) }),
  },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('lead' as const), person, robot: fc.boolean(), known }) },
  { weight: 5, arbitrary: fc.record({ is: fc.constant('answer' as const), which: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({ is: fc.constant('edge' as const), which: fc.nat(9), off: fc.constantFrom(-1, 0, 1) }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('lost' as const) }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('end' as const), which: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('caller' as const), number }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constantFrom('break' as const, 'ready' as const), of: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('renumber' as const), person, number, to: person }) },
)
/** The book knows the gate; who may dial abroad by hand is asked after it (toll/toll.test.ts). */
const anywhere = {
  ...tollRulesDefault,
  byHand: { agent: ['+'], supervisor: ['+'] },
  night: null,
  personMinutesMax: 1440,
}
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never

test('no cap is ever passed and nobody is called out of hours, whatever happens on the floor', () => {
  const seen = { dialled: 0, notices: 0, capped: 0, closed: 0, connected: 0, abandoned: 0 }
  fc.assert(
    fc.property(
      fc.constantFrom(...starts),
      fc.array(limit, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      fc.array(event, { minLength: 30, maxLength: 80 }),
      (start, limits, night, events) => {
        const hours = night ? { from: 0, to: 1440 } : { from: 480, to: 1260 }
        const day = new Day(Date.parse(start), limits, hours, seen)
        for (const each of events) day.live(each)
      },
    ),
    { numRuns: 400, seed: 20261126 },
  )
  // A gate that says no to everything passes no cap either.
  assert.ok(seen.dialled > 1_500 && seen.notices > 500 && seen.connected > 300, JSON.stringify(seen))
  assert.ok(seen.capped > 300 && seen.closed > 500 && seen.abandoned > 20, JSON.stringify(seen))
})

/** A call as the book has it. */
type Entry = {
  number: string
  party: string | null
  debt: string | null
  startedAt: number
  answeredAt: number | null
  connectedAt: number | null
  abandonedAt: number | null
  over: boolean
}

type Seen = Record<'dialled' | 'notices' | 'capped' | 'closed' | 'connected' | 'abandoned', number>

class Day {
  readonly #floor: TestFloor
  readonly #limits: Limit[]
  readonly #hours: { from: number; to: number }
  readonly #book = new Map<string, Entry>()
  readonly #phones = new Map<string, string[]>([
    ['carl', ['+8613800000001', '+12025550123']],
    ['dora', ['+447700900123', '+8613800000002']],
    ['emil', ['+919812345678', '+61412345678', '+9779812345678']],
  ])
  readonly #seen: Seen
  #serial = 0

  constructor(at: number, limits: Limit[], hours: { from: number; to: number }, seen: Seen) {
    const policy: Policy = {
      ...{ id: 'OWN', version: '1', source: 'test', confidence: 'O', business: ['collections'], relations: ['SELF'] },
      ...{ hours, limits },
    }
    const base = setupOf({}).campaigns[0]!
    const notice: Notice = { language: 'en', parts: [{ prompt: 'notice-greeting' }], maxLines: 5, waitMs: 5_000 }
    const of = (id: CampaignId, mode: Campaign['mode']): Campaign => ({
      ...{ ...base, id, mode, notice, business: 'collections', policy: 'OWN', name: id, abandonRateMax: 1 },
    })
    const campaigns = [{ ...of(dialler, 'predictive'), agents: [bob] }, of(robots, 'notice'), of(byHand, 'manual')]
    const trunks = setupOf({}).trunks.map(each => ({ ...each, maxCalls: 500, callsPerSecond: 500 }))
    const floor = new TestFloor({ at, setup: { campaigns, trunks, policies: [policy], tollRules: anywhere } })
    const turn = floor.do.bind(floor)
    floor.do = input => {
      const done = turn(input)
      for (const { fact, at: when } of done.recorded) this.#note(fact, when)
      return done
    }
    this.#floor = floor
    this.#limits = limits
    this.#hours = hours
    this.#seen = seen
    this.#floor.ready(alice, bob)
  }

  live(what: Event): void {
    const floor = this.#floor
    switch (what.is) {
      case 'time':
        // What falls due on the way is met late, as on a machine that slept.
        if (what.ms > 600_000) floor.clock.advance(what.ms)
        else floor.pass(what.ms)
        floor.do({ type: 'tick' })
        break
      case 'dial':
        this.#dial(what)
        break
      case 'lead':
        this.#lead(what)
        break
      case 'answer': {
        const call = this.#call(what.which)
        if (call?.answeredAt === null) floor.do({ type: 'leg.answered', leg: call.leg })
        break
      }
      case 'end': {
        const call = this.#call(what.which)
        if (call !== undefined)
          floor.partyEnds(call, call.answeredAt === null ? { cause: 'rejected', sipStatus: 486 } : {})
        break
      }
      case 'caller':
        floor.do({ type: 'leg.offered', leg: `in_${this.#serial++}` as LegId, trunk, from: what.number, to: '95588' })
        break
      case 'edge': {
        const at = this.#edge(what.which)
        if (at !== null && at + what.off > floor.clock.now()) floor.clock.set(at + what.off)
        floor.do({ type: 'tick' })
        break
      }
      case 'lost':
        // Whoever was being dialled for an agent who leaves, and answers, is abandoned.
        floor.do({ type: 'agent.break', agent: bob, reason: 'tea' })
        for (const call of [...floor.state.calls.values()])
          if (call.mode === 'predictive' && call.answeredAt === null) floor.do({ type: 'leg.answered', leg: call.leg })
        floor.pass(3_000)
        break
      case 'break':
      case 'ready': {
        const agent = what.of === 0 ? alice : bob
        floor.do(what.is === 'ready' ? { type: 'agent.ready', agent } : { type: 'agent.break', agent, reason: 'tea' })
        break
      }
      case 'renumber': {
        // The number is somebody else's now; what was said under it before stays with the person it was said to.
        for (const [one, phones] of this.#phones)
          this.#phones.set(
            one,
            phones.filter(each => each !== what.number),
          )
        this.#phones.get(what.to)!.push(what.number)
        break
      }
      default:
        what satisfies never
    }
    for (const agent of [alice, bob]) {
      const { phase, call } = floor.agent(agent)
      if (phase === 'wrapping' && call !== null) floor.dispose(floor.state.calls.get(call)!, agent, 'sold')
    }
  }

  #dial({ person, of, known, at }: Extract<Event, { is: 'dial' }>): void {
    const number = this.#phones.get(person)!.at(at)
    if (number === undefined) return
    const agent = of === 0 ? alice : bob
    const about = { party: known.party ? person : null, debt: known.debt }
    this.#ask({ number, campaign: byHand, mode: 'manual', relation: 'SELF', ...about })
    this.#floor.do({
      type: 'agent.dial',
      agent,
      number,
      campaign: byHand,
      lead: null,
      name: null,
      relation: null,
      ...about,
    })
  }

  #lead({ person, robot, known }: Extract<Event, { is: 'lead' }>): void {
    const phones = this.#phones.get(person)!.map(number => ({ number, relation: 'SELF' as const }))
    if (phones.length === 0) return
    const campaign = robot ? robots : dialler
    const lead: BufferedLead = {
      ...leadOf(`le_${this.#serial++}`, ''),
      campaign,
      ref: person,
      phones,
      debt: known.debt,
    }
    const mode = robot ? 'notice' : 'predictive'
    this.#ask({ number: phones[0]!.number, campaign, mode, relation: 'SELF', party: person, debt: known.debt })
    this.#floor.do({ type: 'leads.loaded', campaign, leads: [lead], exhausted: true })
  }

  /** The instant at which a window of some cap lets go of something that lies in it. */
  #edge(which: number): number | null {
    const entry = [...this.#book.values()].at(-1 - (which >> 1))
    if (entry === undefined) return null
    const { unit, window } = this.#limits[which % this.#limits.length]!
    const at = eventOf(entry, unit) ?? entry.startedAt
    if (window.type === 'ROLL') return window.of === 'MONTH' ? null : at + window.n * minutesOf[window.of] * 60_000
    const days = window.type === 'DAY' ? 1 : window.n
    return Math.max(...zonesOf[entry.number]!.map(zone => midnightAfter(zone, at, days)))
  }

  #call(which: number) {
    const live = [...this.#floor.state.calls.values()].filter(call => call.phase !== 'ended')
    return live[which % Math.max(1, live.length)]
  }

  /** The gate is asked, and must say what the book says. */
  #ask(request: ContactRequest): void {
    const now = this.#floor.clock.now()
    const answer = mayContact(this.#floor.state, request, now)
    const rule = answer.ok ? 'yes' : answer.refusal.rule
    if (rule === 'number_in_call' || rule === 'party_in_call') return
    const about = { number: request.number, party: request.party ?? null, debt: request.debt ?? null }
    const open = this.#isOpen(request.number, now)
    assert.equal(rule === 'contact_hours', !open, `${rule} for ${request.number} at ${new Date(now).toISOString()}`)
    if (!open) {
      this.#seen.closed++
      return
    }
    const free = this.#limits.map(limit => this.#room(limit, about, now))
    if (free.includes('too close to say')) return
    assert.equal(rule === 'yes', !free.includes('no'), `${rule}, the book says ${free}`)
    if (rule !== 'yes') this.#seen.capped++
  }

  #note(fact: Fact, now: number): void {
    if (fact.type === 'call.dialed') {
      const { number, party, debt = null } = fact
      assert.ok(this.#isOpen(number, now), `${number} is dialled out of hours`)
      for (const limit of this.#limits) {
        const room = this.#room(limit, { number, party, debt }, now)
        assert.notEqual(room, 'no', `${number} of ${party} is dialled over ${JSON.stringify(limit)}`)
      }
      const nothing = { answeredAt: null, connectedAt: null, abandonedAt: null, over: false }
      this.#book.set(fact.call, { number, party, debt, startedAt: now, ...nothing })
      this.#seen.dialled++
      if (fact.mode === 'notice') this.#seen.notices++
      return
    }
    if (!('call' in fact) || fact.call === null) return
    const entry = this.#book.get(fact.call)
    if (entry === undefined) return
    if (fact.type === 'call.answered') entry.answeredAt = now
    if (fact.type === 'call.connected') {
      entry.connectedAt ??= now
      this.#seen.connected++
    }
    if (fact.type === 'call.abandoned') {
      entry.abandonedAt = now
      this.#seen.abandoned++
    }
    if (fact.type === 'call.ended') entry.over = true
    this.#assertHeld(entry)
  }

  /** No window that ends with this event holds more than it may of what came before it. */
  #assertHeld(entry: Entry): void {
    for (const limit of this.#limits) {
      const at = eventOf(entry, limit.unit)
      if (at === null) continue
      const earlier = [...this.#book.values()].filter(
        each => each.startedAt <= entry.startedAt && isRelevant(each, entry, limit),
      )
      const within = earlier.filter(each => {
        const other = eventOf(each, limit.unit)
        return other !== null && other <= at && isWithin(limit, zonesOf[entry.number]!, other, at) === 'yes'
      })
      const most = Math.max(1, limit.max)
      assert.ok(within.length <= most, `${within.length} within a window of ${JSON.stringify(limit)}`)
    }
  }

  #isOpen(number: string, at: number): boolean {
    return zonesOf[number]!.every(zone => {
      const { hour, minute } = wall(zone, at)
      const now = hour * 60 + minute
      return now >= this.#hours.from && now < this.#hours.to
    })
  }

  /** Whether one more is within the cap, as the book has it: what is under way counts as all that it may become. */
  #room(limit: Limit, about: Pick<Entry, 'number' | 'party' | 'debt'>, now: number): 'yes' | 'no' | 'too close to say' {
    let used = 0
    let unsure = 0
    for (const entry of this.#book.values()) {
      if (!isRelevant(entry, about, limit)) continue
      const at = eventOf(entry, limit.unit)
      if (at === null) {
        if (mayBecome(entry, limit.unit)) used++
        continue
      }
      const within = isWithin(limit, zonesOf[about.number]!, at, now)
      if (within === 'yes') used++
      if (within === 'too close to say') unsure++
    }
    const most = Math.max(1, limit.max)
    if (used >= most) return 'no'
    return used + unsure >= most ? 'too close to say' : 'yes'
  }
}

function isRelevant(entry: Entry, about: Pick<Entry, 'number' | 'party' | 'debt'>, { key }: Limit): boolean {
  const sameNumber = entry.number === about.number
  if (!sameNumber && (about.party === null || entry.party !== about.party)) return false
  if (key.includes('NUMBER') && !sameNumber) return false
  if (key.includes('PARTY') && entry.party !== null && about.party !== null && entry.party !== about.party) return false
  return !(key.includes('DEBT') && entry.debt !== null && about.debt !== null && entry.debt !== about.debt)
}

function eventOf(entry: Entry, unit: Limit['unit']): number | null {
  if (unit === 'ATTEMPT') return entry.startedAt
  if (unit === 'UNANSWERED') return entry.answeredAt === null ? entry.startedAt : null
  if (unit === 'CONNECT') return entry.answeredAt
  return unit === 'CONVERSATION' ? entry.connectedAt : entry.abandonedAt
}

function mayBecome(entry: Entry, unit: Limit['unit']): boolean {
  if (entry.over || unit === 'ATTEMPT' || unit === 'UNANSWERED') return false
  return unit !== 'ABANDON' || entry.connectedAt === null
}

/** Whether a window that ends at `now` holds what was at `at`, in any of the zones. Around a change of the clock a month is no exact thing. */
function isWithin({ window }: Limit, zones: string[], at: number, now: number): 'yes' | 'no' | 'too close to say' {
  switch (window.type) {
    case 'DAY':
      // Where several zones are possible, the widest of their days: from the midnight of the first that had one.
      return isSinceDay(zones, at, now, 0)
    case 'REST':
      return isSinceDay(zones, at, now, window.n - 1)
    case 'ROLL': {
      if (window.of !== 'MONTH') return now - at < window.n * minutesOf[window.of] * 60_000 ? 'yes' : 'no'
      const sure = zones.some(zone => monthsLater(zone, at, window.n) > wallMs(zone, now) + 3_600_000)
      if (sure) return 'yes'
      return zones.some(zone => monthsLater(zone, at, window.n) >= wallMs(zone, now) - 4 * 86_400_000)
        ? 'too close to say'
        : 'no'
    }
    default:
      return window satisfies never
  }
}

const minutesOf = { MINUTE: 1, HOUR: 60, DAY: 1440 }

function isSinceDay(zones: string[], at: number, now: number, before: number): 'yes' | 'no' {
  return zones.some(zone => dayNumber(zone, at) >= dayNumber(zone, now) - before) ? 'yes' : 'no'
}

const formats = new Map<string, Intl.DateTimeFormat>()

function wall(zone: string, at: number) {
  let format = formats.get(zone)
  if (format === undefined) {
    const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...numeric })
    formats.set(zone, format)
  }
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value)
  return { year: part['year']!, month: part['month']!, day: part['day']!, hour: part['hour']!, minute: part['minute']! }
}

function dayNumber(zone: string, at: number): number {
  const { year, month, day } = wall(zone, at)
  return Date.UTC(year, month - 1, day) / 86_400_000
}

/** The first instant of the day that comes `days` after that of `at`, to the ms. */
function midnightAfter(zone: string, at: number, days: number): number {
  const day = dayNumber(zone, at) + days
  let before = at
  let after = at + (days + 2) * 86_400_000
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (dayNumber(zone, middle) >= day) after = middle
    else before = middle
  }
  return after
}

function wallMs(zone: string, at: number): number {
  const { year, month, day, hour, minute } = wall(zone, at)
  return Date.UTC(year, month - 1, day, hour, minute) + (at % 60_000)
}

/** The same hour of the same day of a later month; a month that is too short rolls over into the next, so the end of it is not exact. */
function monthsLater(zone: string, at: number, months: number): number {
  const { year, month, day, hour, minute } = wall(zone, at)
  return Date.UTC(year, month - 1 + months, day, hour, minute) + (at % 60_000)
}
