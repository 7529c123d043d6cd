import { z } from '@hono/zod-openapi'
import { otherKinds } from '../../ladder/sip-note.ts'
import type { CallId, CampaignId, QueueId, UserId } from '../../lib/ids.ts'
import { NotFound, NotNow } from '../../records/errors.ts'
import { normalNumber } from '../../records/numbers-e164.ts'
import { parseInput } from '../../records/parse.ts'
import { callInput } from '../../records/schemas.ts'
import type { CallRecord } from '../../store/calls/calls.ts'
import type { TalkRecord } from '../../store/calls/talks.ts'
import { pcapAnswer } from '../auditor/ladder.ts'
import { ladderOfCall } from '../call-ladder.ts'
import type { Deps } from '../deps.ts'
import { Forbidden } from '../guard.ts'
import { knownContact } from '../known-contact.ts'
import { callQuery, paging, queryOf } from './query.ts'
import { callReply, pageOf, ringingReply, sipReply } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'
import { agentsOf, checkAgent, checkCall } from './team-sight.ts'

const otherQuery = z.strictObject({ kind: z.enum(otherKinds), limit: paging.shape.limit })
const ladderReaders = ['quality', 'auditor', 'admin'] as const
const readers = ['supervisor', 'quality', 'auditor', 'admin'] as const

/** `/calls` */
export function callsApi(api: Api, deps: Deps): void {
  const { store } = deps

  define(
    api,
    deps,
    {
      method: 'get',
      path: '/calls',
      roles: readers,
      byTeam: true,
      summary: 'Calls, newest first',
      query: callQuery,
      reply: pageOf(callReply),
    },
    async c => {
      const { agent, campaign, queue, number, ...rest } = queryOf(c, callQuery)
      const page = await store.read('calls.page', {
        ...rest,
        agents: agentsOf(c, deps),
        agent: agent as UserId | undefined,
        campaign: campaign as CampaignId | undefined,
        queue: queue as QueueId | undefined,
        number: number === undefined ? undefined : (normalNumber(number) ?? number),
      })
      return c.json({ items: page.items.map(shown), next: page.next })
    },
  )

  define(
    api,
    deps,
    { method: 'get', path: '/calls/:id', roles: readers, byTeam: true, summary: 'One call', reply: callReply },
    async c => {
      const id = c.req.param('id') as CallId
      await checkCall(c, deps, id)
      const call = await store.read('calls.byId', { id })
      if (call === null) throw new NotFound('call', id)
      return c.json(shown({ ...call, talks: await store.read('talks.ofCalls', { calls: [id] }) }))
    },
  )

  define(
    api,
    deps,
    {
      method: 'get',
      path: '/calls/:id/sip',
      roles: ladderReaders,
      summary: 'The SIP messages of a call by time, masked',
      reply: sipReply,
    },
    async c => {
      const { notes } = await ladderOfCall(deps, c.req.param('id') as CallId)
      return c.json(sipReply.parse({ items: notes }))
    },
  )

  define(
    api,
    deps,
    {
      method: 'get',
      path: '/sip',
      roles: ladderReaders,
      summary:
        'SIP messages of no call, oldest first: of trunks (registrations, OPTIONS), of desk phones, or of strangers',
      query: otherQuery,
      reply: sipReply,
    },
    async c => {
      const { kind, limit = 100 } = queryOf(c, otherQuery)
      return c.json(sipReply.parse({ items: (await deps.ladders?.others(kind, limit)) ?? [] }))
    },
  )

  define(
    api,
    deps,
    {
      method: 'get',
      path: '/calls/:id/sip.pcap',
      roles: ladderReaders,
      summary: 'The same as a capture file for Wireshark',
      replyType: 'application/vnd.tcpdump.pcap',
    },
    c => pcapAnswer(c, deps, c.req.param('id') as CallId),
  )

  define(
    api,
    deps,
    {
      method: 'post',
      path: '/calls',
      roles: ['supervisor', 'admin', 'agent'],
      byTeam: true,
      summary: 'An agent dials; 409 names the rule that refused',
      body: callInput,
      reply: callReply,
      status: 201,
      later: { status: 202, words: 'The desk phone of the agent rings first', reply: ringingReply },
    },
    async c => {
      const { agent, number, party, campaign, override } = parseInput(callInput, await jsonBody(c))
      if (!deps.engine.state.users.has(agent)) throw new NotFound('user', agent)
      checkAgent(c, deps, agent)
      const known = await knownContact(deps, { campaign, lead: null, number, agent, ...(party ? { party } : {}) })
      const { role } = c.var.client
      if (override !== null && role !== 'supervisor' && role !== 'admin') throw new Forbidden(role)
      const outcome = await deps.engine.dispatch(
        { type: 'agent.dial', agent, number, campaign, lead: null, ...known, party: party ?? known.party, override },
        c.var.client.actor,
      )
      if (!outcome.ok) throw new NotNow(outcome.refusal.rule, outcome.refusal.words)
      const dialed = outcome.facts.find(fact => fact.type === 'call.dialed')
      const refused = outcome.facts.find(fact => fact.type === 'call.refused')
      if (refused !== undefined && dialed === undefined) throw new NotNow(refused.refusal.rule, refused.refusal.words)
      // A desk phone is rung first; the call is dialled when the agent picks up.
      const rung = outcome.facts.find(fact => fact.type === 'agent.rung')
      if (rung !== undefined) return c.json(ringingReply.parse({ ringing: agent, call: rung.call }), 202)
      if (dialed === undefined) throw new Error('a call was neither dialled nor refused')
      const call = await store.read('calls.byId', { id: dialed.call })
      if (call === null) throw new NotFound('call', dialed.call)
      c.header('Location', `/api/v1/calls/${dialed.call}`)
      return c.json(shown(call), 201)
    },
  )
}

function shown(call: CallRecord & { talks?: TalkRecord[] }) {
  return callReply.parse(call)
}
