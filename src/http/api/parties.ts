import { z } from '@hono/zod-openapi'
import { fieldBusinesses } from '../../lender/fields.ts'
import { loanStatuses } from '../../lender/loan.ts'
import { type Party, partyFlags } from '../../lender/party.ts'
import { defineFields } from '../../records/parties/field-definitions.ts'
import {
  consentInput,
  disclosureInput,
  fieldsInput,
  numberMark,
  partyChange,
  partyInput,
  partyPhoneInput,
  reasonInput,
} from '../../records/parties/lender-schemas.ts'
import { changeParty, createParty, partyByRef } from '../../records/parties/parties.ts'
import { giveConsent, markNumber, showSecret, withdrawConsent } from '../../records/parties/party-details.ts'
import type { Ctx, Deps } from '../deps.ts'
import { masksNumbers, mayShowSecrets, shownParty, shownPhone } from '../shown-party.ts'
import { consentReply, fieldsReply, partyReply } from './lender-replies.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const searchQuery = paging.extend({
  text: z.string().max(100).optional().openapi({
    description:
      'The beginning of a ref; any part of a name; the beginning of a number, or four of its last digits and more; an ID number or searchable field as a whole',
  }),
  flag: z.enum(partyFlags).optional().openapi({ description: 'Only who has this flag' }),
  loanStatus: z.enum(loanStatuses).optional().openapi({ description: 'Only who has a loan in this state' }),
  product: z.string().min(1).max(64).optional().openapi({
    description: 'Only who has a loan of this product, by its whole name; with loanStatus, one that is both',
  }),
})
const phoneReply = partyPhoneInput.openapi('PartyPhone')

/** `/parties` with their numbers, consents and sealed fields; `/fields`. */
export function partiesApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const shown = (c: Ctx, party: Party) =>
    partyReply.parse(shownParty(store.sealer, party, masksNumbers(c.var.client.role)))
  const refOf = (c: Ctx) => c.req.param('ref')!

  define(
    api,
    deps,
    {
      method: 'post',
      path: '/parties',
      roles: writers,
      summary: 'Add a party, keyed by your own customer number',
      body: partyInput,
      reply: partyReply,
      status: 201,
    },
    async c => {
      const party = await createParty(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/parties/${encodeURIComponent(party.ref)}`)
      return c.json(shown(c, party), 201)
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/parties',
      roles: readers,
      summary: 'All parties, or those that a text finds, that have a flag or a loan of a state or product',
      query: searchQuery,
      reply: pageOf(partyReply),
    },
    async c => {
      const query = queryOf(c, searchQuery)
      const hash = query.text ? store.sealer.hash(query.text) : undefined
      const page = await store.read('parties.page', { ...query, ...(hash ? { hash } : {}) })
      return c.json({ items: page.items.map(party => shown(c, party)), next: page.next })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/parties/:ref', roles: readers, summary: 'One party', reply: partyReply },
    async c => c.json(shown(c, await partyByRef(records, refOf(c)))),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: '/parties/:ref',
      roles: writers,
      summary: 'Change a party; a flag such as dispute or hardship stops every channel',
      body: partyChange,
      reply: partyReply,
    },
    async c => c.json(shown(c, await changeParty(records, c.var.client.actor, refOf(c), await jsonBody(c)))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/parties/:ref/numbers',
      roles: writers,
      summary: 'What one of its numbers turned out to be; a contact who refuses is not called again by anyone',
      body: numberMark,
      reply: phoneReply,
    },
    async c => {
      const phone = await markNumber(records, c.var.client.actor, refOf(c), await jsonBody(c))
      return c.json(shownPhone(phone, masksNumbers(c.var.client.role)))
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/parties/:ref/disclosures',
      roles: mayShowSecrets,
      summary: 'A sealed field in clear; that it was shown, to whom and why stands in the journal',
      body: disclosureInput,
      reply: z.object({ value: z.string() }),
      secret: true,
    },
    async c => c.json({ value: await showSecret(records, c.var.client.actor, refOf(c), await jsonBody(c)) }),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/parties/:ref/consents',
      roles: readers,
      summary: 'What the party agreed to, also what was withdrawn',
      reply: pageOf(consentReply),
    },
    async c => {
      await partyByRef(records, refOf(c))
      const all = await store.read('consents.ofParty', { party: refOf(c) })
      return c.json({ items: all.map(consent => consentReply.parse(consent)), next: null })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/consents',
      roles: writers,
      summary: 'A party agreed to be contacted: for what, how, and the proof',
      body: consentInput,
      reply: consentReply,
      status: 201,
    },
    async c => c.json(consentReply.parse(await giveConsent(records, c.var.client.actor, await jsonBody(c))), 201),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/consents/:id/withdrawal',
      roles: writers,
      summary: 'It holds no longer, and why',
      body: reasonInput,
    },
    async c => {
      await withdrawConsent(records, c.var.client.actor, c.req.param('id')!, await jsonBody(c))
      return c.body(null, 204)
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/fields',
      roles: readers,
      summary: 'Fields of your own, by business',
      reply: pageOf(fieldsReply),
    },
    async c => {
      const all = await store.read('fields.all', {})
      const items = fieldBusinesses.map(business => fieldsReply.parse({ business, fields: all[business] ?? [] }))
      return c.json({ items, next: null })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/fields',
      roles: ['admin'],
      summary: 'All fields of a business, in the order in which they are shown',
      body: fieldsInput,
      reply: fieldsReply,
    },
    async c => c.json(fieldsReply.parse(await defineFields(records, c.var.client.actor, await jsonBody(c)))),
  )
}
