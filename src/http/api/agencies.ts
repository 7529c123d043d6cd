import { z } from '@hono/zod-openapi'
import { agencyStates } from '../../lender/agency.ts'
import { placementRefusals } from '../../lender/placement.ts'
import { agencyById, changeAgency, createAgency, removeAgency } from '../../records/agencies/agencies.ts'
import { planBatch } from '../../records/agencies/placement-plan.ts'
import { agencyChange, agencyInput, placementFilter } from '../../records/agencies/placement-schemas.ts'
import type { Ctx, Deps } from '../deps.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin'] as const
const placers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const instant = z.int().openapi({ description: 'Unix time, ms' })

const agencyReply = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(agencyStates),
    suspendedFor: z.string().nullable(),
    from: z.string(),
    until: z.string(),
    products: z.array(z.string()),
    buckets: z.array(z.string()),
    commissionPermille: z.int(),
    seats: z.int(),
    caseQuota: z.int(),
    lines: z.int(),
    lead: z.string().nullable(),
    people: z.int().openapi({ description: 'Seats that are taken' }),
    placed: z.int().openapi({ description: 'Cases that are placed now' }),
    savedAt: instant,
    removedAt: instant.nullable(),
  })
  .openapi('Agency')
const planReply = z
  .object({
    go: z.int(),
    sums: z.array(z.object({ currency: z.string(), owed: z.int() })),
    stay: z.array(z.object({ why: z.enum(placementRefusals), cases: z.int() })),
    examples: z.array(z.object({ case: z.string(), party: z.string(), why: z.enum(placementRefusals) })),
    free: z.int(),
    more: z.boolean(),
    fingerprint: z.string(),
  })
  .openapi('PlacementPlan')

/** `/agencies`: contract, quota, people; and a dry run of a placement. */
export function agenciesApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const path = '/agencies'
  const idOf = (c: Ctx) => c.req.param('id')!

  define(
    api,
    deps,
    { method: 'get', path, roles: readers, summary: 'All agencies that were not removed', reply: pageOf(agencyReply) },
    async c =>
      c.json({ items: (await store.read('agencies.list', {})).map(each => agencyReply.parse(each)), next: null }),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path,
      roles: writers,
      summary: 'Add an agency',
      body: agencyInput,
      reply: agencyReply,
      status: 201,
    },
    async c => {
      const agency = await createAgency(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/agencies/${agency.id}`)
      return c.json(agencyReply.parse(agency), 201)
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: `${path}/:id`,
      roles: readers,
      summary: 'One agency, also one that was removed',
      reply: agencyReply,
    },
    async c => c.json(agencyReply.parse(await agencyById(records, idOf(c)))),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: `${path}/:id`,
      roles: writers,
      summary: 'Change an agency; suspended, its people finish the call in hand and are signed out',
      body: agencyChange,
      reply: agencyReply,
    },
    async c => {
      const agency = await changeAgency(records, c.var.client.actor, idOf(c), await jsonBody(c))
      deps.sessions.sweep()
      return c.json(agencyReply.parse(agency))
    },
  )
  define(
    api,
    deps,
    {
      method: 'delete',
      path: `${path}/:id`,
      roles: writers,
      summary: 'Remove an agency: its cases come back, its people are switched off, its history stays',
    },
    async c => {
      await removeAgency(records, c.var.client.actor, idOf(c), 'agency_removed')
      deps.sessions.sweep()
      return c.body(null, 204)
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: `${path}/:id/plan`,
      roles: placers,
      summary: 'A dry run: what would go to this agency, and what would not and why; changes nothing',
      body: placementFilter,
      reply: planReply,
    },
    async c => c.json(planReply.parse(await planBatch(records, idOf(c), await jsonBody(c)))),
  )
}
