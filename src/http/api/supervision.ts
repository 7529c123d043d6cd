import { z } from '@hono/zod-openapi'
import { supervisionModes } from '../../centre/entities.ts'
import { gainDbMax } from '../../centre/supervision/supervision.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { NotFound, NotNow } from '../../records/errors.ts'
import { parseInput } from '../../records/parse.ts'
import type { Ctx, Deps } from '../deps.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'
import { checkAgent, checkCall, checkLeader } from './team-sight.ts'

const readers = ['supervisor', 'quality', 'auditor', 'admin'] as const
const writers = ['supervisor', 'admin'] as const
const id = z.string().min(1).max(64)

const loudness = 'How much louder or softer than they speak the supervisor is heard (whisper, barge), dB'

const supervisionInput = z
  .strictObject({
    supervisor: id.openapi({ description: 'The user who listens: a supervisor, or quality (which only listens)' }),
    mode: z.enum([...supervisionModes, 'take_over']).openapi({
      description:
        'Who hears the supervisor: nobody, the agent alone, all; `take_over`: the call becomes the supervisor’s',
    }),
    stays: z
      .boolean()
      .optional()
      .openapi({ description: 'Through the agent’s next calls too; left out: false, or as it is' }),
    reason: z.string().trim().max(200).optional(),
    gainDb: z
      .int()
      .min(-gainDbMax)
      .max(gainDbMax)
      .optional()
      .openapi({ description: `${loudness}; left out: as it is, at first 0` }),
  })
  .refine(({ mode, gainDb }) => mode !== 'take_over' || gainDb === undefined, {
    path: ['gainDb'],
    error: 'nothing with take_over: who has the call sets it on the desk',
  })
  .openapi('SupervisionInput')

const supervisionReply = z
  .object({
    call: z.union([id, z.null()]).openapi({ description: 'null: the agent has none now' }),
    supervisor: id,
    agent: id,
    mode: z.enum(supervisionModes),
    stays: z.boolean(),
    reason: z.string(),
    gainDb: z.int().openapi({ description: loudness }),
    startedAt: z.int().openapi({ description: 'Unix ms' }),
    heard: z.boolean().openapi({ description: 'The supervisor’s audio is up and hears the call' }),
  })
  .openapi('Supervision')

const stretchReply = z
  .object({
    call: id,
    agent: id,
    supervisor: id,
    mode: z.enum(supervisionModes),
    reason: z.string(),
    fromAt: z.int(),
    untilAt: z.union([z.int(), z.null()]),
    cause: z.union([z.string(), z.null()]).openapi({ description: 'Why it is over; null: it is not' }),
  })
  .openapi('SupervisionStretch')

/** `/calls/:id/supervision` */
export function supervisionApi(api: Api, deps: Deps): void {
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/calls/:id/supervision',
      roles: readers,
      byTeam: true,
      summary: 'Who listened to a call, when, how and why; a line for each mode, oldest first',
      reply: pageOf(stretchReply),
    },
    async c => {
      const call = c.req.param('id') as CallId
      await checkCall(c, deps, call)
      if ((await deps.store.read('calls.byId', { id: call })) === null) throw new NotFound('call', call)
      return c.json({ items: await deps.store.read('supervisions.ofCall', { call }), next: null })
    },
  )

  define(
    api,
    deps,
    {
      method: 'post',
      path: '/calls/:id/supervision',
      roles: writers,
      byTeam: true,
      summary:
        'A supervisor listens to a call, whispers, barges in, or takes it over; again: changes the mode or the loudness',
      body: supervisionInput,
      reply: supervisionReply,
      status: 201,
    },
    async c => {
      const call = c.req.param('id') as CallId
      const { supervisor, mode, stays, reason, gainDb } = parseInput(supervisionInput, await jsonBody(c))
      const by = supervisor as UserId
      const { state } = deps.engine
      if (!state.users.has(by)) throw new NotFound('user', supervisor)
      if (!state.calls.has(call)) throw new NotFound('call', call)
      await checkCall(c, deps, call)
      checkLeader(c, deps, by)
      const agent = state.calls.get(call)?.agent
      if (agent != null) checkAgent(c, deps, agent)
      const now = state.supervisions.get(by)
      if (mode === 'take_over') {
        if (now?.call !== call) throw new NotNow('not_supervising', 'Listen to this call first, then take it over.')
        const { agent, reason: why, since } = now
        await dispatched(c, { type: 'supervisor.takeOver', by })
        const taken = {
          call,
          supervisor,
          agent,
          mode: 'barge',
          stays: false,
          reason: why,
          gainDb: 0,
          startedAt: since,
          heard: true,
        }
        return c.json(supervisionReply.parse(taken), 201)
      }
      const loud = gainDb === undefined ? {} : { gainDb }
      const isSame = now?.call === call && (reason === undefined || reason === now.reason)
      await dispatched(
        c,
        isSame
          ? { type: 'supervisor.change', by, mode, ...(stays === undefined ? {} : { stays }), ...loud }
          : {
              type: 'supervisor.begin',
              by,
              call,
              agent: null,
              mode,
              stays: stays ?? false,
              reason: reason ?? '',
              ...loud,
            },
      )
      return c.json(shown(by), 201)
    },
  )

  define(
    api,
    deps,
    {
      method: 'delete',
      path: '/calls/:id/supervision/:supervisor',
      roles: writers,
      byTeam: true,
      summary: 'A supervisor stops listening',
    },
    async c => {
      const by = c.req.param('supervisor') as UserId
      checkLeader(c, deps, by)
      if (deps.engine.state.supervisions.get(by)?.call !== c.req.param('id')) throw new NotFound('supervision', by)
      await dispatched(c, { type: 'supervisor.stop', by })
      return c.body(null, 204)
    },
  )

  async function dispatched(c: Ctx, input: Parameters<Deps['engine']['dispatch']>[0]): Promise<void> {
    const outcome = await deps.engine.dispatch(input, c.var.client.actor)
    if (!outcome.ok) throw new NotNow(outcome.refusal.rule, outcome.refusal.words)
  }

  function shown(by: UserId) {
    const now = deps.engine.state.supervisions.get(by)
    if (now === undefined) throw new NotFound('supervision', by)
    const { call, agent, mode, stays, reason, gainDb, since, heard } = now
    return supervisionReply.parse({
      ...{ call, supervisor: by, agent, mode, stays, reason, gainDb },
      ...{ startedAt: since, heard: heard !== null },
    })
  }
}
