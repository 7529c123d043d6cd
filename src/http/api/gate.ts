import { z } from '@hono/zod-openapi'
import { examine } from '../../centre/gate/compliance.ts'
import { stopKinds } from '../../centre/gate/stops.ts'
import { stackNames, stacks } from '../../centre/policy/policy.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { savePolicy } from '../../records/gate/policies.ts'
import { policyInput } from '../../records/gate/policy-schema.ts'
import { holdParty, releaseParty } from '../../records/gate/stops.ts'
import { parseInput } from '../../records/parse.ts'
import { contactQuestion, stopInput } from '../../records/schemas.ts'
import type { Deps } from '../deps.ts'
import { knownContact } from '../known-contact.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const instant = z.int().openapi({ description: 'Unix time, ms' })
const stopReply = z
  .object({ party: z.string(), kind: z.enum(stopKinds), reason: z.string(), until: instant.nullable() })
  .openapi('Hold')
const policyReply = z
  .object({ id: z.string(), version: z.string(), source: z.string(), confidence: z.string() })
  .loose()
  .openapi('Policy')
const policiesReply = z.object({ items: z.array(policyReply), stacks: z.record(z.string(), z.array(z.string())) })
const answerReply = z
  .object({
    allowed: z.boolean(),
    rule: z.string().nullable(),
    words: z.string().nullable(),
    retryAt: instant.nullable(),
    policies: z.array(z.object({ id: z.string(), version: z.string() })),
    asked: z.array(
      z.object({
        rule: z.string(),
        policy: z.string().nullable(),
        answer: z.enum(['yes', 'no', 'overridden']),
        words: z.string(),
        retryAt: instant.nullable(),
        used: z.int().optional(),
        max: z.int().optional(),
      }),
    ),
  })
  .openapi('GateAnswer')
const releaseQuery = z.strictObject({ reason: z.string().max(200), kind: z.enum(stopKinds).default('hold') })

/** `/policies`, `/policies/ask` (may I call this number at this time, and why?), `/holds`. */
export function gateApi(api: Api, deps: Deps): void {
  const { state } = deps.engine
  const readers = ['admin', 'supervisor', 'auditor'] as const

  define(
    api,
    deps,
    { method: 'get', path: '/policies', roles: readers, summary: 'Policies in force', reply: policiesReply },
    c => c.json(policiesReply.parse({ items: [...state.policies.values()], stacks })),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/policies',
      roles: ['admin'],
      summary: 'A policy of your own; each save is a new version',
      body: policyInput,
      reply: policyReply,
      status: 201,
    },
    async c => c.json(policyReply.parse(await savePolicy(deps.records, c.var.client.actor, await jsonBody(c))), 201),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/policies/ask',
      roles: readers,
      summary: 'May this number be called at this time, and why? Every rule is asked; nothing is dialled',
      body: contactQuestion,
      reply: answerReply,
    },
    async c => {
      const question = parseInput(contactQuestion, await jsonBody(c))
      const { at = deps.clock.now(), campaign, agreed, ...given } = question
      const known = await knownContact(deps, { campaign, lead: null, number: given.number })
      const request = {
        ...given,
        campaign,
        party: given.party ?? known.party,
        relation: given.relation ?? known.relation,
        debt: given.debt ?? known.debt,
        consent: known.consent,
        agreedAt: agreed ? at : null,
      }
      const { answer, asked } = examine(state, request, at)
      const refusal = answer.ok ? { rule: null, words: null, retryAt: null } : answer.refusal
      const text = campaign === null ? '' : (state.campaigns.get(campaign as CampaignId)?.campaign.policy ?? '')
      const policies = stackNames(text).flatMap(name => {
        const policy = state.policies.get(name)
        return policy === undefined ? [] : [{ id: policy.id, version: policy.version }]
      })
      return c.json(answerReply.parse({ allowed: answer.ok, ...refusal, policies, asked }))
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/holds',
      roles: readers,
      summary: 'People whom no channel may reach',
      query: paging,
      reply: pageOf(stopReply),
    },
    async c => {
      const page = await deps.store.read('stops.page', queryOf(c, paging))
      return c.json({ items: page.items.map(item => stopReply.parse(item)), next: page.next })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/holds',
      roles: ['admin', 'supervisor'],
      summary: 'Stop every channel to a person; what rings is withdrawn',
      body: stopInput,
      reply: stopReply,
      status: 201,
    },
    async c => c.json(await holdParty(deps.records, c.var.client.actor, await jsonBody(c)), 201),
  )
  define(
    api,
    deps,
    {
      method: 'delete',
      path: '/holds/:party',
      roles: ['admin', 'supervisor'],
      summary: 'This person may be reached again, and why',
      query: releaseQuery,
    },
    async c => {
      const { reason, kind } = queryOf(c, releaseQuery)
      await releaseParty(deps.records, c.var.client.actor, { party: c.req.param('party')!, kind, reason })
      return c.body(null, 204)
    },
  )
}
