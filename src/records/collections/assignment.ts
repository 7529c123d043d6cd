/**
 * Assignment (分案): rules, a dry run that shows who would get what, and the same done. What is applied is the plan that was looked at: told by its
 * fingerprint, since cases, people and rules may have changed meanwhile. Applied in slices of 500, each a turn and a commit; broken off half-way, the
 * next run deals what is left.
 */
import { createHash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import {
  type AssignmentCase,
  type AssignmentPlan,
  type AssignmentRules,
  assignmentKey,
  faultOfAssignment,
  hopelessness,
  type Placement,
  planInSteps,
  readAssignmentRules,
  type UnplacedReason,
} from '../../lender/assignment.ts'
import { moveCase, movedFact } from '../../lender/case.ts'
import { bucketOf, dpdOf } from '../../lender/overdue.ts'
import type { UserId } from '../../lib/ids.ts'
import type { CaseToAssign } from '../../store/lender/cases.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { checkUsers } from '../references.ts'
import { inTurn } from '../turn.ts'
import { bare } from './cases.ts'
import { assignmentInput, type assignmentScopes } from './collections-schemas.ts'

export type AssignmentScope = (typeof assignmentScopes)[number]
/** Of one plan, without those whom nobody may have; what is beyond waits for the next. Of those whom nobody may have as many are told one by one. */
export const plannedMax = 20_000
const sliceMax = 500
const pageMax = 1_000

export async function assignmentRules(door: RecordsDoor): Promise<AssignmentRules> {
  return readAssignmentRules((await door.store.read('settings.all', {}))[assignmentKey])
}

/** Throws InvalidInput. A rule may name a collector who is switched off: nobody gets anything by that. */
export function saveAssignmentRules(door: RecordsDoor, actor: Actor, given: unknown): Promise<AssignmentRules> {
  return inTurn(door, async () => {
    const rules = parseInput(assignmentInput, given)
    const fault = faultOfAssignment(rules)
    if (fault !== null) throw new InvalidInput([fault])
    const buckets = new Set((await reckoningOf(door)).rules.buckets.map(({ name }) => name))
    for (const [at, rule] of rules.rules.entries()) {
      const unknown = rule.buckets.find(name => !buckets.has(name))
      if (unknown !== undefined)
        throw new InvalidInput([{ field: `rules.${at}.buckets`, found: unknown, allowed: [...buckets].join(', ') }])
    }
    const named = rules.rules.flatMap(rule => rule.groups.flatMap(group => group.agents.map(({ agent }) => agent)))
    const all = new Set([...named, ...rules.capacities.map(({ agent }) => agent)])
    await checkUsers(door, 'rules', [...all] as UserId[])
    await keep(door, actor, [{ type: 'setting.saved', key: assignmentKey, value: JSON.stringify(rules) }])
    return rules
  })
}

export type DryRun = AssignmentPlan & {
  /** How many get nobody, of all; `unplaced` has the first of them. */
  left: Record<UnplacedReason, number>
  cases: Map<string, AssignmentCase>
  /** Collectors who may have cases. */
  present: ReadonlySet<string>
  fingerprint: string
  /** There are more cases than one plan deals. */
  more: boolean
}

/** Who would get what, of `most` cases that somebody may have; changes nothing. */
export async function planNow(door: RecordsDoor, scope: AssignmentScope, most = plannedMax): Promise<DryRun> {
  const [rules, { rules: lender, today }, all, loads] = await Promise.all([
    assignmentRules(door),
    reckoningOf(door),
    door.store.read('users.list', { role: 'agent', enabledOnly: true }),
    door.store.read('cases.loads', {}),
  ])
  const users = all.filter(({ agency }) => !agency) // an agency gets cases by placement
  const agents = users.map(({ id }) => id)
  const present = new Set<string>(agents)
  const load = new Map(loads.map(each => [each.agent, each.cases]))
  const collectors = users.map(({ id, skills }) => ({ id, skills, load: load.get(id) ?? 0 }))
  const known = ({ oldestDueOn, agent, lastAgent, ...each }: CaseToAssign): AssignmentCase => ({
    ...each,
    agent: agent !== null && present.has(agent) ? agent : null,
    lastAgent: lastAgent ?? agent,
    bucket: bucketOf(oldestDueOn === null ? 0 : dpdOf(oldestDueOn, today), lender),
  })
  const whyNobody = hopelessness(collectors, rules)
  const { cases, hopeless, left, more } = await toAssign(door, { agents, all: scope === 'all', most, known, whyNobody })
  const plan = await planned(planInSteps(cases, collectors, rules))
  const hash = createHash('sha256')
  for (let from = 0; from < cases.length; from += sliceMax) {
    const slice = cases.slice(from, from + sliceMax).map(({ id, agent }) => [id, agent])
    hash.update(JSON.stringify([slice, plan.placed.slice(from, from + sliceMax)]))
    await breathe()
  }
  const fingerprint = hash.digest('base64url').slice(0, 32)
  for (const { why } of plan.unplaced) left[why]++
  const unplaced = [...plan.unplaced, ...hopeless.map(({ given, why }) => ({ case: given.id, why }))]
  const seen = [...cases, ...hopeless.map(({ given }) => given)]
  return { ...plan, unplaced, left, cases: new Map(seen.map(each => [each.id, each])), present, fingerprint, more }
}

/** By pages: twenty thousand rows at once would hold this thread up. Whom nobody may have is passed over, however many they are. */
async function toAssign(
  door: RecordsDoor,
  of: {
    agents: string[]
    all: boolean
    most: number
    known: (found: CaseToAssign) => AssignmentCase
    whyNobody: (given: AssignmentCase) => UnplacedReason | null
  },
) {
  const { agents, all, most } = of
  const cases: AssignmentCase[] = []
  const hopeless: { given: AssignmentCase; why: UnplacedReason }[] = []
  const left: Record<UnplacedReason, number> = { no_rule: 0, no_collector: 0, all_full: 0 }
  for (let after = ''; ; ) {
    const page = await door.store.read('cases.toAssign', { agents, all, after, limit: pageMax })
    for (const found of page) {
      const given = of.known(found)
      const why = of.whyNobody(given)
      if (why === null) {
        if (cases.length === most) return { cases, hopeless, left, more: true }
        cases.push(given)
      } else {
        left[why]++
        if (hopeless.length < most) hopeless.push({ given, why })
      }
    }
    if (page.length < pageMax) return { cases, hopeless, left, more: false }
    after = page.at(-1)!.id
  }
}

/** Calls are signalled on this thread: they have their turn between two pieces. */
async function planned(steps: ReturnType<typeof planInSteps>): Promise<AssignmentPlan> {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await breathe()
  }
}

export type Assigned = { assigned: number; unchanged: number; unplaced: number; more: boolean }

/** Throws NotNow `plan-changed` when it would not come out as it was shown. `plan` null: whatever it comes to, as in the daily work. */
export async function assignNow(
  door: RecordsDoor,
  actor: Actor,
  given: { scope: AssignmentScope; plan: string | null },
): Promise<Assigned> {
  const run = await planNow(door, given.scope)
  if (given.plan !== null && given.plan !== run.fingerprint)
    throw new NotNow('plan-changed', 'cases, people or rules have changed since: look at the plan again')
  let assigned = 0
  for (let from = 0; from < run.placed.length; from += sliceMax)
    assigned += await placeSlice(door, actor, run, run.placed.slice(from, from + sliceMax))
  return {
    assigned,
    unchanged: run.placed.length - assigned,
    unplaced: Object.values(run.left).reduce((sum, n) => sum + n, 0),
    more: run.more,
  }
}

/** A case that was closed, held or given to somebody by hand since the plan was made stays as it is. */
function placeSlice(
  door: RecordsDoor,
  actor: Actor,
  { cases, present }: DryRun,
  placed: readonly Placement[],
): Promise<number> {
  return inTurn(door, async () => {
    const ids = placed.map(each => each.case)
    const now = new Map((await door.store.read('cases.byIds', { ids })).map(each => [each.id, each]))
    const facts: RecordFact[] = []
    for (const { case: id, agent, rule, group, why } of placed) {
      const found = now.get(id)
      if (found === undefined || found.agent === agent || found.state === 'HOLD') continue
      const holder = found.agent !== null && present.has(found.agent) ? found.agent : null
      if (holder !== (cases.get(id)?.agent ?? null)) continue
      const before = bare(found)
      const moved = moveCase(before, { type: 'assign', agent })
      if (moved.ok) facts.push(...movedFact(before, moved.case, `assigned (${why})`, { rule, group }))
    }
    if (facts.length > 0) await keep(door, actor, facts)
    return facts.length
  })
}
