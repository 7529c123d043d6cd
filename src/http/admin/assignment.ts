import { Hono } from 'hono'
import { assignmentPage, planPage, ruleFormPage } from '../../../web/pages/admin/assignment.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { money } from '../../../web/parts/money.ts'
import { type AssignmentRule, type AssignmentRules, assignmentRulesMax } from '../../lender/assignment.ts'
import { amountTyped, currencyDefault } from '../../lender/money.ts'
import {
  type AssignmentScope,
  assignmentRules,
  assignNow,
  planNow,
  saveAssignmentRules,
} from '../../records/collections/assignment.ts'
import { dailyWork, saveDailyWork } from '../../records/collections/daily.ts'
import { InvalidInput, NotFound, NotNow } from '../../records/errors.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import type { UserRecord } from '../../store/people/users.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, linesOf, listOf, minorOf, type Typed, textOf, typedOf } from '../typed.ts'

const rowsShown = 200
const daysShown = 14

/** `/admin/assignment`: rules in their order, bounds, the daily work, how groups fare; `/plan`: the dry run, and the button that does it. */
export function assignmentRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps

  route.get('/admin/assignment', allow('admin'), c => page(c, {}))
  route.get('/admin/assignment/rules/new', allow('admin'), async c => {
    const { everyone } = textsOf(await frameOf(c, deps)).collections.assignment
    return form(c, null, { values: { keepLast: 'true', groups: `${everyone} 100` }, errors: {} })
  })
  route.get('/admin/assignment/rules/:at', allow('admin'), async c => {
    const { at, rule } = await ruleAt(c)
    return form(c, at, { values: valuesOf(rule, await names()), errors: {} })
  })
  route.post('/admin/assignment/rules', allow('admin'), c => saveRule(c, null))
  route.post('/admin/assignment/rules/:at', allow('admin'), async c => saveRule(c, (await ruleAt(c)).at))
  route.post('/admin/assignment/rules/:at/removal', allow('admin'), async c => {
    const { at, all } = await ruleAt(c)
    return change(c, { ...all, rules: all.rules.filter((_, other) => other !== at) })
  })
  route.post('/admin/assignment/rules/:at/rise', allow('admin'), async c => {
    const { at, rule, all } = await ruleAt(c)
    const others = all.rules.filter((_, other) => other !== at)
    return change(c, { ...all, rules: others.toSpliced(Math.max(0, at - 1), 0, rule) })
  })
  route.post('/admin/assignment/bounds', allow('admin'), async c => {
    const typed = await typedOf(c)
    const known = await names()
    try {
      const all = await assignmentRules(records)
      const capacities = linesOf(typed, 'capacities').map((line, at) => {
        const [, name, count] = /^(\S+)\s+(\d{1,7})$/.exec(line) ?? []
        const user = known.find(each => each.name === name)
        if (user === undefined) throw wrong(`capacities.${at}`, line, 'SIGN-IN NUMBER of a person that there is')
        return { agent: user.id, capacity: Number(count) }
      })
      const text = textOf(typed, 'capacity')
      await saveAssignmentRules(records, actorOf(c), {
        ...all,
        ...{ capacities, capacity: text === '' ? null : Number(text), seed: textOf(typed, 'seed') },
      })
    } catch (error) {
      return refused(c, 'bounds', typed, error)
    }
    return c.redirect('/admin/assignment?saved=1', 303)
  })
  route.post('/admin/assignment/daily', allow('admin'), async c => {
    const typed = await typedOf(c)
    try {
      await saveDailyWork(records, actorOf(c), {
        openCases: isChecked(typed, 'openCases'),
        fromDays: Number(textOf(typed, 'fromDays')),
        owedFrom: minor(textOf(typed, 'owedFrom')),
        assign: isChecked(typed, 'assign'),
      })
    } catch (error) {
      return refused(c, 'daily', typed, error)
    }
    return c.redirect('/admin/assignment?saved=1', 303)
  })

  route.get('/admin/assignment/plan', allow('admin'), c => plan(c, scopeOf(c.req.query('scope')), null))
  route.post('/admin/assignment/runs', allow('admin'), async c => {
    const typed = await typedOf(c)
    const scope = scopeOf(textOf(typed, 'scope'))
    const { assignment: words } = textsOf(await frameOf(c, deps)).collections
    try {
      const { assigned } = await assignNow(records, actorOf(c), { scope, plan: textOf(typed, 'plan') })
      return plan(c, scope, { tone: 'green', words: words.done(assigned) })
    } catch (error) {
      if (!(error instanceof NotNow) || error.rule !== 'plan-changed') throw error
      return plan(c, scope, { tone: 'red', words: words.changedSince }, 409)
    }
  })

  const names = () => store.read('users.list', {})

  async function ruleAt(c: Ctx): Promise<{ at: number; rule: AssignmentRule; all: AssignmentRules }> {
    const all = await assignmentRules(records)
    const text = c.req.param('at') ?? ''
    const rule = /^\d{1,3}$/.test(text) ? all.rules[Number(text)] : undefined
    if (rule === undefined) throw new NotFound('rule', text)
    return { at: Number(text), rule, all }
  }

  async function change(c: Ctx, all: AssignmentRules): Promise<Response> {
    await saveAssignmentRules(records, actorOf(c), all)
    return c.redirect('/admin/assignment?saved=1', 303)
  }

  async function saveRule(c: Ctx, at: number | null): Promise<Response> {
    const typed = await typedOf(c)
    try {
      const all = await assignmentRules(records)
      const rule = givenRule(typed, await names())
      if (at === null && all.rules.length >= assignmentRulesMax)
        throw wrong('name', String(all.rules.length), `at most ${assignmentRulesMax} rules`)
      const rules = at === null ? [...all.rules, rule] : all.rules.with(at, rule as AssignmentRule)
      return await change(c, { ...all, rules } as AssignmentRules)
    } catch (error) {
      const w = textsOf(await frameOf(c, deps))
      const named = error instanceof InvalidInput ? inForm(error) : error
      return form(c, at, { values: typed, errors: refusedFor(named, w, { typed }) }, 422)
    }
  }

  async function refused(c: Ctx, which: 'bounds' | 'daily', typed: Typed, error: unknown): Promise<Response> {
    const w = textsOf(await frameOf(c, deps))
    return page(c, { [which]: { values: typed, errors: refusedFor(error, w, { typed }) } }, 422)
  }

  async function form(c: Ctx, at: number | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const [frame, { rules }] = await Promise.all([frameOf(c, deps), reckoningOf(records)])
    const buckets = rules.buckets.map(({ name }) => ({ value: name, word: name }))
    const name = filled.values['name']
    return c.html(ruleFormPage({ frame, at, name: typeof name === 'string' ? name : '', buckets, filled }), status)
  }

  async function page(c: Ctx, given: { bounds?: Filled; daily?: Filled }, status: 200 | 422 = 200): Promise<Response> {
    const [frame, all, work, users, days, groups] = await Promise.all([
      frameOf(c, deps),
      assignmentRules(records),
      dailyWork(records),
      names(),
      store.read('lender.days', { limit: daysShown }),
      store.read('cases.groups', {}),
    ])
    const w = textsOf(frame).collections.assignment
    const bounds = {
      capacity: all.capacity === null ? '' : String(all.capacity),
      capacities: all.capacities.map(({ agent, capacity }) => `${nameIn(users, agent)} ${capacity}`).join('\n'),
      seed: all.seed,
    }
    const daily = {
      openCases: String(work.openCases),
      fromDays: String(work.fromDays),
      owedFrom: major(work.owedFrom),
      assign: String(work.assign),
    }
    return c.html(
      assignmentPage({
        frame,
        rules: all.rules.map(rule => ({
          ...{ name: rule.name, share: rule.share, keepLast: rule.keepLast },
          when: [
            rule.buckets.join(', '),
            rule.products.join(', '),
            rule.owedFrom === null ? '' : `${w.owedFrom} ${money(rule.owedFrom, currencyDefault)}`,
            rule.owedBelow === null ? '' : `${w.owedBelow} ${money(rule.owedBelow, currencyDefault)}`,
            rule.skill === null ? '' : `${w.skill}: ${rule.skill}`,
          ].filter(text => text !== ''),
          groups: groupLines(rule, users),
        })),
        bounds: given.bounds ?? { ...nothingFilled, values: bounds },
        daily: given.daily ?? { ...nothingFilled, values: daily },
        ...{ days, groups, saved: c.req.query('saved') === '1' },
      }),
      status,
    )
  }

  async function plan(
    c: Ctx,
    scope: AssignmentScope,
    said: { tone: 'green' | 'red'; words: string } | null,
    status: 200 | 409 = 200,
  ): Promise<Response> {
    const [frame, run, users] = await Promise.all([frameOf(c, deps), planNow(records, scope), names()])
    const shown = new Map(users.map(({ id, displayName }) => [id as string, displayName]))
    const unplaced = Object.fromEntries(Object.entries(run.left).filter(([, n]) => n > 0))
    const named = <T extends { agent: string }>(row: T) => ({ ...row, agent: shown.get(row.agent) ?? row.agent })
    return c.html(
      planPage({
        ...{ frame, scope, said, unplaced, fingerprint: run.fingerprint, more: run.more },
        totals: run.totals.map(named),
        placed: run.placed.length,
        rows: run.placed.slice(0, rowsShown).map(row => ({ ...named(row), party: run.cases.get(row.case)!.party })),
      }),
      status,
    )
  }

  return route
}

function scopeOf(text: string | undefined): AssignmentScope {
  return text === 'all' ? 'all' : 'unassigned'
}

function nameIn(users: readonly UserRecord[], id: string): string {
  return users.find(user => user.id === id)?.name ?? id
}

/** `champion 70: alice 50, bob 50`, as it is written and read. */
function groupLines({ groups, share }: AssignmentRule, users: readonly UserRecord[]): string[] {
  return groups.map(({ name, percent, agents }) => {
    const people = agents.map(each => nameIn(users, each.agent) + (share === 'percent' ? ` ${each.percent}` : ''))
    return `${name} ${percent}${people.length === 0 ? '' : `: ${people.join(', ')}`}`
  })
}

function valuesOf(rule: AssignmentRule, users: readonly UserRecord[]): Filled['values'] {
  const { name, buckets, products, owedFrom, owedBelow, skill, keepLast, share } = rule
  return {
    ...{ name, buckets, share, products: products.join(', '), skill: skill ?? '', keepLast: String(keepLast) },
    owedFrom: owedFrom === null ? '' : major(owedFrom),
    owedBelow: owedBelow === null ? '' : major(owedBelow),
    groups: groupLines(rule, users).join('\n'),
  }
}

/** Throws InvalidInput for a line that is no group, and a name that is nobody's. */
function givenRule(typed: Typed, users: readonly UserRecord[]): Record<string, unknown> {
  const optional = (name: string) => (textOf(typed, name) === '' ? null : minor(textOf(typed, name)))
  return {
    name: textOf(typed, 'name'),
    buckets: listOf(typed, 'buckets'),
    products: textOf(typed, 'products')
      .split(/[,，]/)
      .map(each => each.trim())
      .filter(each => each !== ''),
    owedFrom: optional('owedFrom'),
    owedBelow: optional('owedBelow'),
    skill: textOf(typed, 'skill') || null,
    keepLast: isChecked(typed, 'keepLast'),
    share: textOf(typed, 'share') || 'load',
    groups: linesOf(typed, 'groups').map(line => {
      const [, name, percent, people = ''] = /^(.{1,40}?)\s+(\d{1,3})\s*%?\s*(?:[:：](.*))?$/.exec(line) ?? []
      if (name === undefined) throw wrong('groups', line, 'NAME PERCENT: SIGN-IN PERCENT, …')
      const agents = people
        .split(/[,，]/)
        .map(each => each.trim())
        .filter(each => each !== '')
        .map(each => {
          const [, who, share = '0'] = /^(\S+?)(?:\s+(\d{1,3})\s*%?)?$/.exec(each) ?? []
          const user = users.find(known => known.name === who)
          if (user === undefined) throw wrong('groups', each, 'the sign-in name of a person that there is')
          return { agent: user.id, percent: Number(share) }
        })
      return { name, percent: Number(percent), agents }
    }),
  }
}

/** `rules.3.groups` is the field `groups` of the one rule that the form shows; what is wrong with all of them is about its name. */
function inForm(error: InvalidInput): InvalidInput {
  return new InvalidInput(
    error.problems.map(problem => ({
      ...problem,
      field: /^rules\.\d+\.(\w+)/.exec(problem.field)?.[1] ?? (problem.field === 'rules' ? 'name' : problem.field),
    })),
  )
}

/** Text of an amount in minor units; what is no amount is told by the schema. */
function minor(text: string): number | string {
  return minorOf(text, currencyDefault) ?? text
}

function major(amount: number): string {
  return amountTyped(amount, currencyDefault)
}

function wrong(field: string, found: string, allowed: string): InvalidInput {
  return new InvalidInput([{ field, found: found.slice(0, 60), allowed }])
}
