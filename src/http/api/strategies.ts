import { z } from '@hono/zod-openapi'
import { wordsIn } from '../../../web/words/words.ts'
import { mailSecurities } from '../../lender/mail.ts'
import { messageChannels, messageStates, messageWays } from '../../lender/message.ts'
import { stepStates } from '../../lender/strategy.ts'
import { caseById } from '../../records/collections/cases.ts'
import { senderInput, strategiesInput } from '../../records/collections/collections-schemas.ts'
import { explainCase, runStrategies, saveStrategies, strategiesOf } from '../../records/collections/strategies.ts'
import { mailInput, mailShown, mailTestInput, saveMail, tryMail } from '../../records/messages/mail.ts'
import { exportMessages, messageById } from '../../records/messages/messages.ts'
import { saveSender, senderShown } from '../../records/messages/sender.ts'
import { parseInput } from '../../records/parse.ts'
import type { Deps } from '../deps.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin'] as const
const readers = ['admin', 'supervisor', 'auditor'] as const
const messagesQuery = paging.extend({
  state: z.enum(messageStates).optional(),
  channel: z.enum(messageChannels).optional(),
})

const instant = z.int().openapi({ description: 'Unix time, ms' })
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

const messageReply = z
  .object({
    id: z.string(),
    party: z.string(),
    case: orNull(z.string()),
    why: z.string(),
    channel: z.enum(messageChannels),
    to: z.string(),
    text: z.string(),
    subject: z.string(),
    state: z.enum(messageStates),
    tries: z.int(),
    nextAt: orNull(instant),
    reason: orNull(z.string()),
    way: orNull(z.enum(messageWays)),
    queuedAt: instant,
    doneAt: orNull(instant),
  })
  .openapi('Message')
const stepsReply = z
  .object({
    strategy: orNull(z.string()).openapi({ description: 'null: none is for the bucket of this case' }),
    version: z.int(),
    steps: z.array(
      z.object({
        name: z.string(),
        day: z.int(),
        action: z.string(),
        state: z.enum(stepStates),
        why: orNull(z.string()),
        on: orNull(z.string()),
      }),
    ),
  })
  .openapi('CaseSteps')
const senderReply = z.object({ url: z.string(), hasSecret: z.boolean(), policy: z.string() }).openapi('Sender')
const mailReply = z
  .object({
    ...{ host: z.string(), port: z.int(), security: z.enum(mailSecurities), user: z.string(), from: z.string() },
    ...{ fromName: z.string(), ca: z.string(), hasPassword: z.boolean() },
  })
  .openapi('Mail')

/** `/strategies` by bucket, `/cases/:id/steps` that explains them, `/messages` that they led to, `/sender` that carries these. */
export function strategiesApi(api: Api, deps: Deps): void {
  const { records, store } = deps

  define(
    api,
    deps,
    {
      method: 'get',
      path: '/strategies',
      roles: readers,
      summary: 'What is done on which day past due',
      reply: strategiesInput,
    },
    async c => c.json(await strategiesOf(records)),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/strategies',
      roles: writers,
      summary: 'All strategies and reminders; each save is a new version',
      body: strategiesInput,
      reply: strategiesInput,
    },
    async c => c.json(await saveStrategies(records, c.var.client.actor, await jsonBody(c))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/strategies/runs',
      roles: writers,
      summary: 'Does now what is due, as every quarter of an hour; nothing twice',
      reply: z.object({ done: z.int() }),
    },
    async c => c.json({ done: await runStrategies(records) }),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/cases/:id/steps',
      roles: readers,
      summary: 'Which step of its strategy is next, which were done, and why others were not',
      reply: stepsReply,
    },
    async c => {
      const { id } = await caseById(records, c.req.param('id')!)
      const found = await explainCase(records, id)
      const steps = (found?.verdicts ?? []).map(({ step, state, why, on }) => ({
        ...{ name: step.name, day: step.day, action: step.action.type, state, why, on },
      }))
      return c.json({ strategy: found?.strategy ?? null, version: found?.version ?? 0, steps })
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/messages',
      roles: readers,
      summary: 'Texts and letters, the newest first',
      query: messagesQuery,
      reply: pageOf(messageReply),
    },
    async c => {
      const page = await store.read('messages.page', queryOf(c, messagesQuery))
      return c.json({ items: page.items.map(each => messageReply.parse(each)), next: page.next })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/messages/:id', roles: readers, summary: 'One message', reply: messageReply },
    async c => c.json(messageReply.parse(await messageById(records, c.req.param('id')!))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/messages/exports',
      roles: writers,
      summary: 'Takes the texts that may go now out of the outbox, to be sent by other means; each is given once',
      reply: pageOf(messageReply),
    },
    async c => {
      const out = await exportMessages(records, c.var.client.actor)
      return c.json({ items: out.map(each => messageReply.parse(each)), next: null })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/sender', roles: writers, summary: 'Where texts are handed over', reply: senderReply },
    async c => c.json(await senderShown(records)),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/sender',
      roles: writers,
      summary: 'The gateway that texts are posted to, and the secret that signs them (HMAC-SHA256 of TIMESTAMP.BODY)',
      body: senderInput,
      reply: senderReply,
    },
    async c => {
      await saveSender(records, c.var.client.actor, await jsonBody(c))
      return c.json(await senderShown(records))
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/sender/mail',
      roles: writers,
      summary: 'The mail server that e-mails go by; its password is shown to nobody',
      reply: mailReply,
    },
    async c => c.json(await mailShown(records)),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/sender/mail',
      roles: writers,
      summary: 'Sets the mail server; an empty host: none is sent',
      body: mailInput,
      reply: mailReply,
    },
    async c => {
      await saveMail(records, c.var.client.actor, await jsonBody(c))
      return c.json(await mailShown(records))
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/sender/mail/tests',
      roles: writers,
      summary: 'Sends a test e-mail now, and tells what the server said; `ok` false: it was not taken',
      body: mailTestInput,
      reply: z.object({ ok: z.boolean(), reason: orNull(z.string()) }),
    },
    async c => {
      const { to } = parseInput(mailTestInput, await jsonBody(c))
      const { testSubject: subject, testText: text } = wordsIn('en').mail
      const outcome = await tryMail(records, c.var.client.actor, deps.mail, { to, subject, text })
      return c.json({ ok: outcome.ok, reason: outcome.ok ? null : outcome.reason })
    },
  )
}
