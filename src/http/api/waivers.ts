import { z } from '@hono/zod-openapi'
import { complaintKinds, complaintStates, isOverdue } from '../../lender/complaint.ts'
import { components } from '../../lender/money.ts'
import { waiverStates } from '../../lender/waiver.ts'
import {
  complaintExtension,
  complaintInput,
  complaintResolution,
  waiverDecision,
  waiverInput,
  waiverLimitsInput,
} from '../../records/collections/collections-schemas.ts'
import {
  complaintById,
  extendComplaint,
  openComplaint,
  resolveComplaint,
} from '../../records/collections/complaints.ts'
import {
  askWaiver,
  decideWaiver,
  saveWaiverLimits,
  waiverById,
  waiverLimits,
} from '../../records/collections/waivers.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import type { ComplaintRecord } from '../../store/lender/waivers.ts'
import type { Deps } from '../deps.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const instant = z.int().openapi({ description: 'Unix time, ms' })
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()
const waiversQuery = paging.extend({ state: z.enum(waiverStates).optional(), party: z.string().max(64).optional() })
const complaintsQuery = paging.extend({ state: z.enum(complaintStates).optional() })

const waiverReply = z
  .object({
    id: z.string(),
    party: z.string(),
    loan: z.string(),
    amount: z.int().openapi({ description: 'Minor units' }),
    currency: z.string(),
    components: z.array(z.enum(components)),
    reason: z.string(),
    askedBy: z.string(),
    state: z.enum(waiverStates),
    decidedBy: orNull(z.string()),
    decidedReason: orNull(z.string()),
    askedAt: instant,
    decidedAt: orNull(instant),
  })
  .openapi('Waiver')
const complaintReply = z
  .object({
    id: z.string(),
    party: z.string(),
    kind: z.enum(complaintKinds),
    text: z.string(),
    source: z.string(),
    openedOn: z.string(),
    dueOn: z.string(),
    overdue: z.boolean(),
    state: z.enum(complaintStates),
    extendedReason: orNull(z.string()),
    resolution: orNull(z.string()),
    openedAt: instant,
    resolvedAt: orNull(instant),
  })
  .openapi('Complaint')

/** `/waivers` with limits by role and person, decided by another; `/complaints` and disputes with their clocks. */
export function waiversApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const shown = async (found: ComplaintRecord) =>
    complaintReply.parse({ ...found, overdue: isOverdue(found, (await reckoningOf(records)).today) })

  define(
    api,
    deps,
    {
      method: 'post',
      path: '/waivers',
      roles: writers,
      summary: 'Ask that so much of a loan is asked for no more; another person decides',
      body: waiverInput,
      reply: waiverReply,
      status: 201,
    },
    async c => c.json(waiverReply.parse(await askWaiver(records, c.var.client.actor, await jsonBody(c))), 201),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/waivers',
      roles: readers,
      summary: 'Waivers, the newest first',
      query: waiversQuery,
      reply: pageOf(waiverReply),
    },
    async c => {
      const page = await store.read('waivers.page', queryOf(c, waiversQuery))
      return c.json({ items: page.items.map(each => waiverReply.parse(each)), next: page.next })
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/waivers/limits',
      roles: readers,
      summary: 'Up to how much who may approve',
      reply: waiverLimitsInput,
    },
    async c => c.json(await waiverLimits(records)),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/waivers/limits',
      roles: ['admin'],
      summary: 'A person’s own limit counts instead of the role’s; who has none may approve nothing',
      body: waiverLimitsInput,
      reply: waiverLimitsInput,
    },
    async c => c.json(await saveWaiverLimits(records, c.var.client.actor, await jsonBody(c))),
  )
  define(
    api,
    deps,
    { method: 'get', path: '/waivers/:id', roles: readers, summary: 'One waiver', reply: waiverReply },
    async c => c.json(waiverReply.parse(await waiverById(records, c.req.param('id')!))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/waivers/:id/decision',
      roles: writers,
      summary:
        'Refuse it. It is approved by a person, on the page of waivers: `approve: true` is answered with the rule `waiver-person`',
      body: waiverDecision,
      reply: waiverReply,
    },
    async c => {
      const { actor, role } = c.var.client
      const by = { actor, role, user: null }
      return c.json(waiverReply.parse(await decideWaiver(records, by, c.req.param('id')!, await jsonBody(c))))
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/complaints',
      roles: writers,
      summary: 'A complaint or dispute came in: due in 15 days, and the party is on HOLD until it is resolved',
      body: complaintInput,
      reply: complaintReply,
      status: 201,
    },
    async c => c.json(await shown(await openComplaint(records, c.var.client.actor, await jsonBody(c))), 201),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/complaints',
      roles: readers,
      summary: 'Those that are not resolved, or those of a state, the first that is due first',
      query: complaintsQuery,
      reply: pageOf(complaintReply),
    },
    async c => {
      const page = await store.read('complaints.page', queryOf(c, complaintsQuery))
      return c.json({ items: await Promise.all(page.items.map(shown)), next: page.next })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/complaints/:id', roles: readers, summary: 'One complaint', reply: complaintReply },
    async c => c.json(await shown(await complaintById(records, c.req.param('id')!))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/complaints/:id/extension',
      roles: writers,
      summary: 'A later day, once, with a reason',
      body: complaintExtension,
      reply: complaintReply,
    },
    async c =>
      c.json(await shown(await extendComplaint(records, c.var.client.actor, c.req.param('id')!, await jsonBody(c)))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/complaints/:id/resolution',
      roles: writers,
      summary: 'It is resolved; with the last of a party its HOLD is lifted',
      body: complaintResolution,
      reply: complaintReply,
    },
    async c =>
      c.json(await shown(await resolveComplaint(records, c.var.client.actor, c.req.param('id')!, await jsonBody(c)))),
  )
}
