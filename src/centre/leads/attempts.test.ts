import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CampaignId, LeadId } from '../../lib/ids.ts'
import { type Random, seededRandom } from '../../lib/random.ts'
import type { Effect } from '../effects.ts'
import type { BufferedLead, Campaign, RetryRule } from '../entities.ts'
import type { Fact } from '../facts.ts'
import type { Input } from '../inputs.ts'
import { dayPart } from '../numbers/day-part.ts'
import type { Step } from '../step.ts'
import { alice, bob, consent, setupOf, TestFloor, tenOClock } from '../testing.ts'
import { defaultRetries } from './retry.ts'

const hour = 3_600_000
const first = 'ca_1' as CampaignId
const second = 'ca_2' as CampaignId
const endings = {
  BUSY: { sipStatus: 486, q850: 17 },
  NO_ANSWER: { sipStatus: 487, q850: 19 },
  VACANT: { sipStatus: 404, q850: 1 },
  REJECTED: { sipStatus: 603, q850: 21 },
  CONGESTION: { sipStatus: 503, q850: 34 },
} as const

const chance = (random: Random, share: number) => random() < share
const oneOf = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!

/** What the store would hold of a lead, told by facts alone. */
type Kept = {
  lead: BufferedLead
  state: string
  last: { result: string; number: string; at: number } | null
  dueAt: number
  /** As the retry rule said; a preview that came to nothing moves `dueAt` alone. */
  ruledAt: number
  live: number
}

/** Facts are followed at the instant they are of. */
class FollowedFloor extends TestFloor {
  follow: (() => void) | null = null

  override do(input: Input): Step {
    const done = super.do(input)
    this.follow?.()
    return done
  }
}

/** Two campaigns with the same agents and, in part, the same people; a store that answers late, and at times with what was so a moment ago. */
class Twins {
  readonly floor: FollowedFloor
  readonly kept = new Map<LeadId, Kept>()
  readonly dialled: { lead: LeadId; attempts: number }[] = []
  readonly #random: Random
  readonly #campaigns: Campaign[]
  #facts = 0
  #effects = 0
  #late: Extract<Input, { type: 'leads.loaded' }>[] = []

  constructor(seed: number, retries: RetryRule[]) {
    this.#random = seededRandom(seed)
    const plain = { ...setupOf({}).campaigns[0]!, policy: 'LAB-ANY-HOUR', retries, reserved: seed % 2 === 0 }
    this.#campaigns = [
      plain,
      { ...plain, id: second, name: 'the other', mode: seed % 3 === 0 ? 'preview' : 'progressive' },
    ]
    this.floor = new FollowedFloor({ setup: { campaigns: this.#campaigns, lab: true } })
    this.floor.follow = () => this.#follow()
    for (const [n, campaign] of [first, second].entries())
      for (let at = 0; at < 4; at++) this.#add(`le_${n}${at}`, campaign, at + n * 2)
    this.floor.ready(alice, bob)
  }

  /** Person number 2 and 3 are in both campaigns: other leads, the same numbers. */
  #add(id: string, campaign: CampaignId, person: number): void {
    const phones = [
      { number: `+86138000000${person}1`, relation: 'CONTACT' as const },
      { number: `+86138000000${person}2`, relation: 'SELF' as const },
      { number: `+86138000000${person}3`, relation: 'SELF' as const },
    ].slice(person % 3)
    const history = { attempts: 0, dueAt: 0, callback: null, callbackAgent: null, bad: [], next: null }
    const who = { id: id as LeadId, campaign, ref: `R${person}`, name: 'carl', fields: {}, consent, phones }
    this.kept.set(who.id, { lead: { ...who, ...history }, state: 'ready', last: null, dueAt: 0, ruledAt: 0, live: 0 })
  }

  step(): void {
    const { floor } = this
    const random = this.#random
    const calls = [...floor.state.calls.values()].filter(call => call.phase === 'dialing' || call.phase === 'ringing')
    const draw = random()
    if (draw < 0.45 && calls.length > 0) {
      const call = oneOf(random, calls)
      const result = oneOf(random, Object.keys(endings) as (keyof typeof endings)[])
      floor.partyEnds(call, { by: 'carrier', cause: 'rejected', ...endings[result] })
    } else if (draw < 0.55 && calls.length > 0) floor.do({ type: 'leg.answered', leg: oneOf(random, calls).leg })
    else if (draw < 0.7) this.#people()
    else if (draw < 0.8 && this.#late.length > 0) {
      const at = Math.floor(random() * this.#late.length)
      floor.do(this.#late.splice(at, 1)[0]!)
    } else floor.pass(oneOf(random, [1_000, 20_000, 15 * 60_000, 3 * hour, 26 * hour]))
  }

  #people(): void {
    const { floor } = this
    for (const id of [alice, bob]) {
      const agent = floor.agent(id)
      const call = agent.call === null ? undefined : floor.state.calls.get(agent.call)
      if (agent.phase === 'preview') floor.do({ type: 'agent.acceptPreview', agent: id })
      else if (agent.phase === 'talking' && call) floor.partyEnds(call)
      else if (agent.phase === 'wrapping' && call) floor.dispose(call, id, oneOf(this.#random, ['again', 'sold']))
      else if (agent.phase === 'break') floor.do({ type: 'agent.ready', agent: id })
      else if (chance(this.#random, 0.1)) floor.do({ type: 'agent.break', agent: id, reason: 'tea' })
    }
  }

  /** Facts that are new, then what was asked of the store: answered at once, or with what is so now much later. */
  #follow(): void {
    for (let turn = 0; turn < 50; turn++) {
      const facts = this.floor.facts.slice(this.#facts)
      this.#facts += facts.length
      for (const fact of facts) this.#keep(fact)
      const asked = this.floor.effects.slice(this.#effects)
      this.#effects += asked.length
      const fetches = asked.filter(effect => effect.type === 'leads.fetch')
      if (facts.length === 0 && fetches.length === 0) return
      for (const fetch of fetches) this.#answer(fetch as Extract<Effect, { type: 'leads.fetch' }>)
    }
  }

  #answer({ campaign, askedAt }: Extract<Effect, { type: 'leads.fetch' }>): void {
    const now = this.floor.clock.now()
    const leads = [...this.kept.values()]
      .filter(({ lead, state, dueAt }) => lead.campaign === campaign && state === 'ready' && dueAt <= now)
      .map(({ lead, dueAt }) => ({ ...lead, dueAt }))
    const answer = { type: 'leads.loaded', campaign, leads, exhausted: true, askedAt } as const
    if (chance(this.#random, 0.3)) this.#late.push({ ...answer, leads: structuredClone(leads) })
    else this.floor.do(answer)
  }

  #keep(fact: Fact): void {
    if (!('lead' in fact) || typeof fact.lead !== 'string') return
    const kept = this.kept.get(fact.lead)
    if (kept === undefined) return
    if (fact.type === 'lead.reserved') kept.state = 'in_call'
    if (fact.type === 'call.dialed') this.#dialed(kept, fact)
    if (fact.type !== 'lead.released') return
    kept.live = 0
    kept.state = fact.state
    kept.dueAt = fact.dueAt ?? 0
    const wasDialled = fact.reason in endings || fact.reason === 'ANSWERED'
    if (wasDialled && kept.last !== null) kept.last.result = fact.reason
    if (wasDialled) kept.ruledAt = kept.dueAt
    const bad = fact.bad === undefined ? kept.lead.bad : [...(kept.lead.bad ?? []), fact.bad]
    kept.lead = { ...kept.lead, next: fact.next ?? null, bad }
  }

  #dialed(kept: Kept, { number, lead }: Extract<Fact, { type: 'call.dialed' }>): void {
    const now = this.floor.clock.now()
    const { attempts, bad, phones } = kept.lead
    assert.equal(kept.live, 0, `${lead} is in two calls`)
    assert.equal(kept.state, 'in_call', `${lead} was dialled without being reserved`)
    assert.ok(now >= kept.dueAt, `${lead} was dialled before its time`)
    assert.ok(phones.some(phone => phone.number === number) && !bad?.includes(number), `${number} is not to be dialled`)
    const rule = kept.last === null ? null : this.#ruleOf(kept.last.result)
    if (rule !== null && kept.last !== null) {
      assert.ok(attempts < rule.max, `${lead} after ${kept.last.result}: attempt ${attempts + 1} of ${rule.max}`)
      const others = phones.filter(phone => !bad?.includes(phone.number) && phone.number !== kept.last!.number)
      if (rule.then === 'next_number' && others.length > 0) assert.notEqual(number, kept.last.number)
      if (rule.then === 'same') assert.equal(number, kept.last.number)
      const isOther = dayPart('Asia/Shanghai', kept.ruledAt) !== dayPart('Asia/Shanghai', kept.last.at)
      if (rule.otherSlot)
        assert.ok(
          isOther,
          `${lead} is due in the same part of the day: ${JSON.stringify([kept.last, kept.ruledAt, now])}`,
        )
    }
    kept.live = 1
    kept.lead = { ...kept.lead, attempts: attempts + 1 }
    kept.last = { result: '', number, at: now }
    this.dialled.push({ lead: kept.lead.id, attempts: attempts + 1 })
  }

  #ruleOf(result: string): RetryRule | null {
    const { retries } = this.#campaigns[0]!
    return retries.find(rule => rule.result === result) ?? defaultRetries.find(rule => rule.result === result) ?? null
  }

  /** No lead and no number is on two calls at once. */
  check(): void {
    const leads = new Set<string>()
    const numbers = new Set<string>()
    const people = new Set<string>()
    for (const call of this.floor.state.calls.values()) {
      if (call.phase === 'ended') continue
      assert.ok(!numbers.has(call.number), `${call.number} is on two calls`)
      numbers.add(call.number)
      if (call.lead === null) continue
      assert.ok(!people.has(call.lead.ref), `${call.lead.ref} is on two calls, as two leads`)
      people.add(call.lead.ref)
      assert.ok(!leads.has(call.lead.id), `${call.lead.id} is in two calls`)
      leads.add(call.lead.id)
    }
  }
}

const retry = fc.record({
  delayMs: fc.constantFrom(60_000, 30 * 60_000, 4 * hour),
  max: fc.integer({ min: 1, max: 5 }),
  // biome-ignore lint/suspicious/noThenProperty: the word of the contract
  then: fc.constantFrom('same' as const, 'next_number' as const, undefined),
  otherSlot: fc.boolean(),
})

test('whatever answers, no lead passes its retry rule, comes before its time or is in two calls, with two campaigns and the same people', () => {
  let most = 0
  let calls = 0
  const rules = fc.tuple(retry, retry, retry, fc.nat())
  fc.assert(
    fc.property(rules, ([busy, noAnswer, answered, seed]) => {
      const retries: RetryRule[] = [
        { result: 'BUSY', ...busy },
        { result: 'NO_ANSWER', ...noAnswer },
        { result: 'ANSWERED', ...answered },
      ]
      const twins = new Twins(seed, retries)
      for (let n = 0; n < 250; n++) {
        twins.step()
        twins.check()
      }
      calls += twins.dialled.length
      most = Math.max(most, ...twins.dialled.map(({ attempts }) => attempts))
    }),
    { numRuns: 60, seed: tenOClock % 1_000_000 },
  )
  assert.ok(calls > 500 && most >= 4, `${calls} calls, at most ${most} for one lead: too few to show anything`)
})
