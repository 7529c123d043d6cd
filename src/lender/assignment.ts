/**
 * Assignment (分案): which collector gets which case. Rules are asked in order, and the first that fits a case deals with it: one of its groups is
 * drawn by the seed and the case alone (champion and challenger), and in that group who had the party before, else by load or by shares. A pure
 * function of what it is given, so that what a dry run shows is what is done.
 */

/** `agents` empty: every collector there is. Percentages of agents matter where the rule shares by percent. */
export type AssignmentGroup = { name: string; percent: number; agents: { agent: string; percent: number }[] }

export type AssignmentRule = {
  name: string
  /** Names of buckets, products; empty: any. Amounts owed in minor units, `owedBelow` not among them. */
  buckets: string[]
  products: string[]
  owedFrom: number | null
  owedBelow: number | null
  /** Collectors without it get none; null: any. */
  skill: string | null
  /** Who had the party last has it again, if in the group, able, and not full. */
  keepLast: boolean
  /** `load`: whoever has the fewest open cases. `percent`: as the agents of the group say. */
  share: 'load' | 'percent'
  groups: AssignmentGroup[]
}

export type AssignmentRules = {
  seed: string
  rules: AssignmentRule[]
  /** Open cases that one collector may have; null: no bound. */
  capacity: number | null
  /** Of single collectors, instead. */
  capacities: { agent: string; capacity: number }[]
}

export const assignmentDefault: AssignmentRules = { seed: 'switchroom', rules: [], capacity: null, capacities: [] }
export const assignmentKey = 'lender.assignment'
export const assignmentRulesMax = 100
export const groupsMax = 10

export function readAssignmentRules(text: string | null | undefined): AssignmentRules {
  return text ? { ...assignmentDefault, ...(JSON.parse(text) as Partial<AssignmentRules>) } : assignmentDefault
}

/** One that is to be dealt. `agent`: who has it now; `lastAgent`: who had the party's case before. */
export type AssignmentCase = {
  id: string
  party: string
  agent: string | null
  lastAgent: string | null
  bucket: string
  product: string | null
  owed: number
}

/** One who may work: enabled. `load`: open cases, those that are dealt now among them. */
export type Collector = { id: string; skills: string[]; load: number }

export type Placement = {
  case: string
  agent: string
  rule: string
  group: string
  why: 'kept' | 'load' | 'percent'
}
export const unplacedReasons = ['no_rule', 'no_collector', 'all_full'] as const
export type UnplacedReason = (typeof unplacedReasons)[number]

export type AssignmentPlan = {
  placed: Placement[]
  unplaced: { case: string; why: UnplacedReason }[]
  /** Of every collector, in the order given. */
  totals: { agent: string; before: number; gets: number; after: number; owed: number }[]
}

/** Dealt in one go; among hundreds of collectors some milliseconds. */
const dealtAtOnce = 20

/** The largest amounts are dealt first, so that what is left over is small. */
export function planAssignment(
  cases: readonly AssignmentCase[],
  collectors: readonly Collector[],
  rules: AssignmentRules,
): AssignmentPlan {
  const steps = planInSteps(cases, collectors, rules)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The same in pieces, between which others have their turn: 20,000 cases among 500 collectors take a second and more. */
export function* planInSteps(
  cases: readonly AssignmentCase[],
  collectors: readonly Collector[],
  rules: AssignmentRules,
): Generator<void, AssignmentPlan> {
  const table = new Table(cases, collectors, rules)
  const plan: AssignmentPlan = { placed: [], unplaced: [], totals: [] }
  let dealtNow = 0
  for (const each of [...cases].sort((a, b) => b.owed - a.owed || (a.id < b.id ? -1 : 1))) {
    const dealt = table.deal(each)
    if (typeof dealt === 'string') plan.unplaced.push({ case: each.id, why: dealt })
    else plan.placed.push(dealt)
    if (++dealtNow % dealtAtOnce === 0) yield
  }
  plan.totals = table.totals()
  return plan
}

/**
 * Why a case gets nobody however the others are dealt, null: it may get somebody. What is asked before a plan is made of a part of very many, so
 * that those whom nobody may have do not stand before the others for good.
 */
export function hopelessness(
  collectors: readonly Collector[],
  rules: AssignmentRules,
): (given: AssignmentCase) => UnplacedReason | null {
  const table = new Table([], collectors, rules)
  return given => table.whyNobody(given)
}

class Table {
  readonly #rules: AssignmentRules
  readonly #seats: Map<
    string,
    { skills: string[]; before: number; load: number; capacity: number; owed: number; gets: number }
  >
  /** Who may get anything of each group of each rule. */
  readonly #able = new Map<string, string[]>()
  /** Dealt so far in each group of each rule, by agent. */
  readonly #dealt = new Map<string, Map<string, number>>()

  constructor(cases: readonly AssignmentCase[], collectors: readonly Collector[], rules: AssignmentRules) {
    this.#rules = rules
    const own = new Map(rules.capacities.map(({ agent, capacity }) => [agent, capacity]))
    const asked = new Map<string, number>()
    for (const { agent } of cases) if (agent !== null) asked.set(agent, (asked.get(agent) ?? 0) + 1)
    this.#seats = new Map(
      collectors.map(({ id, skills, load }) => {
        const others = load - (asked.get(id) ?? 0)
        const capacity = own.get(id) ?? rules.capacity ?? Number.POSITIVE_INFINITY
        return [id, { skills, before: load, load: others, capacity, owed: 0, gets: 0 }]
      }),
    )
  }

  deal(given: AssignmentCase): Placement | UnplacedReason {
    const place = this.#placeOf(given)
    if (typeof place === 'string') return place
    const { rule, group, key, able } = place
    const free = able.filter(this.#isFree)
    if (free.length === 0) return 'all_full'
    const last = given.agent ?? given.lastAgent
    const kept = rule.keepLast && last !== null && free.includes(last)
    const agent = kept
      ? last
      : rule.share === 'percent' && group.agents.length > 0
        ? this.#byPercent(group, free, key)
        : this.#byLoad(free)
    const seat = this.#seats.get(agent)!
    seat.load++
    seat.gets++
    seat.owed += given.owed
    const dealt = this.#dealt.get(key) ?? new Map<string, number>()
    this.#dealt.set(key, dealt.set(agent, (dealt.get(agent) ?? 0) + 1))
    return { case: given.id, agent, rule: rule.name, group: group.name, why: kept ? 'kept' : rule.share }
  }

  /** Of one that somebody has now the seat is free as soon as it is dealt anew. */
  whyNobody(given: AssignmentCase): UnplacedReason | null {
    const place = this.#placeOf(given)
    if (typeof place === 'string') return place
    return given.agent === null && !place.able.some(this.#isFree) ? 'all_full' : null
  }

  /** The group whose case it is, and who of it may have one. */
  #placeOf(given: AssignmentCase) {
    const rule = this.#rules.rules.find(each => fits(each, given))
    const group = rule && drawGroup(rule, this.#rules.seed, given.id)
    if (rule === undefined || group === undefined) return 'no_rule'
    const key = JSON.stringify([rule.name, group.name])
    const able = this.#able.get(key) ?? this.#ableOf(rule, group)
    this.#able.set(key, able)
    return able.length === 0 ? 'no_collector' : { rule, group, key, able }
  }

  readonly #isFree = (agent: string): boolean => {
    const { load, capacity } = this.#seats.get(agent)!
    return load < capacity
  }

  #ableOf({ skill }: AssignmentRule, { agents }: AssignmentGroup): string[] {
    const members = agents.length === 0 ? [...this.#seats.keys()] : agents.map(({ agent }) => agent)
    return members.filter(agent => {
      const seat = this.#seats.get(agent)
      return seat !== undefined && (skill === null || seat.skills.includes(skill))
    })
  }

  totals(): AssignmentPlan['totals'] {
    return [...this.#seats].map(([agent, { before, load, gets, owed }]) => ({ agent, before, gets, after: load, owed }))
  }

  /** The emptiest, as a part of what each may have; where none is bounded, who has the fewest. */
  #byLoad(free: readonly string[]): string {
    const fullness = (agent: string) => {
      const { load, capacity } = this.#seats.get(agent)!
      return Number.isFinite(capacity) ? load / capacity : load
    }
    let best = free[0]!
    let least = fullness(best)
    for (const agent of free) {
      const full = fullness(agent)
      if (full < least) [best, least] = [agent, full]
    }
    return best
  }

  /** Who is furthest behind the share of what was dealt here: nobody is ever a whole case ahead of it. */
  #byPercent(group: AssignmentGroup, free: readonly string[], key: string): string {
    const dealt = this.#dealt.get(key) ?? new Map<string, number>()
    const shares = group.agents.filter(({ agent, percent }) => free.includes(agent) && percent > 0)
    const among = shares.length > 0 ? shares : free.map(agent => ({ agent, percent: 1 }))
    const whole = among.reduce((sum, { percent }) => sum + percent, 0)
    const count = among.reduce((sum, { agent }) => sum + (dealt.get(agent) ?? 0), 0) + 1
    const behind = ({ agent, percent }: { agent: string; percent: number }) =>
      percent * count - (dealt.get(agent) ?? 0) * whole
    return among.reduce((best, each) => (behind(each) > behind(best) ? each : best)).agent
  }
}

function fits(rule: AssignmentRule, given: AssignmentCase): boolean {
  return (
    (rule.buckets.length === 0 || rule.buckets.includes(given.bucket)) &&
    (rule.products.length === 0 || (given.product !== null && rule.products.includes(given.product))) &&
    (rule.owedFrom === null || given.owed >= rule.owedFrom) &&
    (rule.owedBelow === null || given.owed < rule.owedBelow)
  )
}

/** By the seed, the rule and the case alone: asked again, the same case is drawn into the same group. */
export function drawGroup(rule: AssignmentRule, seed: string, id: string): AssignmentGroup | undefined {
  let drawn =
    (hashOf(`${seed} ${rule.name} ${id}`) / 2 ** 32) * rule.groups.reduce((sum, { percent }) => sum + percent, 0)
  return rule.groups.find(({ percent }) => {
    drawn -= percent
    return drawn < 0
  })
}

/** FNV-1a with a last mixing (murmur3's), 32 bits: spreads ids that differ in their last letter alone. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** What is wrong with rules whose single values are right; null: nothing. */
export function faultOfAssignment(given: AssignmentRules): { field: string; found: string; allowed: string } | null {
  const names = given.rules.map(({ name }) => name)
  if (new Set(names).size !== names.length) return { field: 'rules', found: 'a name twice', allowed: 'each name once' }
  for (const [at, rule] of given.rules.entries()) {
    const field = `rules.${at}`
    const groups = rule.groups.map(({ name }) => name)
    if (new Set(groups).size !== groups.length)
      return { field: `${field}.groups`, found: 'a name twice', allowed: 'each name once' }
    const sum = rule.groups.reduce((all, { percent }) => all + percent, 0)
    if (sum !== 100)
      return { field: `${field}.groups`, found: `${sum} %`, allowed: 'percentages of groups that come to 100' }
    for (const group of rule.groups) {
      const agents = group.agents.map(({ agent }) => agent)
      if (new Set(agents).size !== agents.length)
        return { field: `${field}.groups`, found: 'a collector twice', allowed: 'each once in a group' }
      const shares = group.agents.reduce((all, { percent }) => all + percent, 0)
      if (rule.share === 'percent' && (group.agents.length === 0 || shares !== 100))
        return { field: `${field}.groups`, found: `${shares} %`, allowed: 'shares of collectors that come to 100' }
    }
    if (rule.owedFrom !== null && rule.owedBelow !== null && rule.owedFrom >= rule.owedBelow)
      return { field: `${field}.owedBelow`, found: String(rule.owedBelow), allowed: `more than ${rule.owedFrom}` }
  }
  return null
}
