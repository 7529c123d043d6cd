import { z } from '@hono/zod-openapi'
import { unplacedReasons } from '../../lender/assignment.ts'
import { assignmentRules, assignNow, planNow, saveAssignmentRules } from '../../records/collections/assignment.ts'
import {
  assignmentInput,
  assignmentOrder,
  assignmentScope,
  dailyInput,
} from '../../records/collections/collections-schemas.ts'
import { dailyWork, runDay, saveDailyWork } from '../../records/collections/daily.ts'
import { parseInput } from '../../records/parse.ts'
import type { Deps } from '../deps.ts'
import { queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin'] as const
const readers = ['admin', 'supervisor', 'auditor'] as const
const planQuery = z.strictObject({ scope: assignmentScope })
const minor = z.int().openapi({ description: 'Minor units' })

const planReply = z
  .object({
    plan: z.string().openapi({ description: 'Of these cases, people and rules; give it to apply what was shown' }),
    totals: z.array(z.object({ agent: z.string(), before: z.int(), gets: z.int(), after: z.int(), owed: minor })),
    placed: z.array(
      z.object({
        case: z.string(),
        party: z.string(),
        agent: z.string(),
        rule: z.string(),
        group: z.string(),
        why: z.enum(['kept', 'load', 'percent']),
      }),
    ),
    unplaced: z
      .array(z.object({ case: z.string(), party: z.string(), why: z.enum(unplacedReasons) }))
      .openapi({ description: 'Those who get nobody, of very many the first' }),
    left: z
      .object({ no_rule: z.int(), no_collector: z.int(), all_full: z.int() })
      .openapi({ description: 'How many get nobody, of all' }),
    more: z.boolean().openapi({ description: 'There are more cases than one plan deals' }),
  })
  .openapi('AssignmentPlan')
const assignedReply = z
  .object({ assigned: z.int(), unchanged: z.int(), unplaced: z.int(), more: z.boolean() })
  .openapi('Assigned')
const groupReply = z
  .object({ rule: z.string(), group: z.string(), cases: z.int(), cured: z.int(), owed: minor, repaid: minor })
  .openapi('AssignmentGroupResult')
const dayReply = z
  .object({ day: z.string(), opened: z.int(), judged: z.int(), settled: z.int(), assigned: z.int() })
  .openapi('LenderDay')

/** `/assignment`: rules, the dry run, the same done, and how the groups of rules fare; `/lender/daily`, `/lender/days`: the work of a day. */
export function assignmentApi(api: Api, deps: Deps): void {
  const { records, store } = deps

  define(
    api,
    deps,
    {
      method: 'get',
      path: '/assignment/rules',
      roles: readers,
      summary: 'How cases are dealt',
      reply: assignmentInput,
    },
    async c => c.json(await assignmentRules(records)),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/assignment/rules',
      roles: writers,
      summary: 'All rules of assignment, in the order in which they are asked',
      body: assignmentInput,
      reply: assignmentInput,
    },
    async c => c.json(await saveAssignmentRules(records, c.var.client.actor, await jsonBody(c))),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/assignment/plan',
      roles: readers,
      summary: 'The dry run: who would get what, and why; changes nothing',
      query: planQuery,
      reply: planReply,
    },
    async c => {
      const run = await planNow(records, queryOf(c, planQuery).scope)
      const of = <T extends { case: string }>(all: T[]) =>
        all.map(each => ({ ...each, party: run.cases.get(each.case)!.party }))
      return c.json({
        plan: run.fingerprint,
        totals: run.totals,
        placed: of(run.placed),
        unplaced: of(run.unplaced),
        left: run.left,
        more: run.more,
      })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/assignment/runs',
      roles: writers,
      summary: 'Deals the cases as `plan` showed it; 409 when it would come out another way now',
      body: assignmentOrder,
      reply: assignedReply,
    },
    async c => c.json(await assignNow(records, c.var.client.actor, parseInput(assignmentOrder, await jsonBody(c)))),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/assignment/groups',
      roles: readers,
      summary: 'How the groups of each rule fare: champion and challenger',
      reply: pageOf(groupReply),
    },
    async c => c.json({ items: await store.read('cases.groups', {}), next: null }),
  )
  define(
    api,
    deps,
    { method: 'get', path: '/lender/daily', roles: readers, summary: 'What is done each day', reply: dailyInput },
    async c => c.json(await dailyWork(records)),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/lender/daily',
      roles: writers,
      summary: 'What is done each day when the date turns in the centre’s zone',
      body: dailyInput,
      reply: dailyInput,
    },
    async c => c.json(await saveDailyWork(records, c.var.client.actor, await jsonBody(c))),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/lender/days',
      roles: readers,
      summary: 'Days whose work is done, the newest first, at most 100',
      reply: pageOf(dayReply),
    },
    async c => {
      const days = await store.read('lender.days', { limit: 100 })
      return c.json({ items: days.map(day => dayReply.parse(day)), next: null })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/lender/days',
      roles: writers,
      summary: 'Does what is left of today’s work now, also when it was done before',
      reply: dayReply,
    },
    async c => c.json(dayReply.parse(await runDay(records, true))),
  )
}
