import { z } from '@hono/zod-openapi'
import { streamSSE } from 'hono/streaming'
import type { Fact } from '../../centre/facts.ts'
import { maskingNumbers } from '../../lib/mask.ts'
import { tokenOf } from '../../records/people/tokens.ts'
import type { Deps } from '../deps.ts'
import { BadRequest } from '../problem.ts'
import { peopleOf } from './authenticate.ts'
import { queryOf } from './query.ts'
import { type Api, define } from './route.ts'

const beatMs = 15_000
const sliceRows = 500
const streamsMax = 100
/** Facts about who may come in, and what auditors do, are not for the floor's people. */
const guarded = /^(?:user|session|token|wall|export|audit|setting)\./
const eventsQuery = z.strictObject({
  types: z
    .string()
    .max(500)
    .optional()
    .openapi({ description: 'Types or nouns with a dot, comma between: `call.,agent.stateChanged`' }),
  after: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .openapi({ description: 'As Last-Event-ID' }),
})

/**
 * `/events`: facts as server-sent events, `id` the line of the journal, `event` its type. A client that comes back with `Last-Event-ID` misses
 * none. It is read from the journal, so that a slow client costs no memory.
 */
export function eventsApi(api: Api, deps: Deps): void {
  let streams = 0
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/events',
      roles: ['admin', 'supervisor', 'auditor', 'security'],
      summary: 'Facts as they happen',
      query: eventsQuery,
      replyType: 'text/event-stream',
    },
    async c => {
      const { types, after } = queryOf(c, eventsQuery)
      const last = c.req.header('last-event-id') ?? after
      if (last !== undefined && !/^\d{1,15}$/.test(last))
        throw new BadRequest(400, 'Last-Event-ID: allowed is the id of an event of ours, a whole number')
      if (streams >= streamsMax) throw new BadRequest(429, `${streamsMax} streams are open; close one first`)
      let seq = last === undefined ? (await deps.store.read('journal.head', {})).seq : Number(last)
      const { role } = c.var.client
      // Who looks after accounts needs to know who did what, not whom the centre calls.
      const masking = role === 'security' ? maskingNumbers : undefined
      const secret = c.req.header('authorization')!.slice('Bearer '.length)
      const isWanted = (fact: Fact) =>
        (role !== 'supervisor' || !guarded.test(fact.type)) && (types === undefined || matches(types, fact.type))
      streams++
      return streamSSE(c, async stream => {
        const bell = doorbell()
        const unsubscribe = deps.engine.subscribe(bell.ring)
        stream.onAbort(bell.ring)
        try {
          await stream.write(': here\n\n')
          for (;;) {
            if (stream.aborted) return
            const lines = await deps.store.read('journal.after', { seq, limit: sliceRows })
            // Asked each time: on a busy floor the bell never falls silent.
            if ((await tokenOf(deps.records, secret, peopleOf(deps))) === null) return
            for (const { seq: id, at, actor, fact } of lines) {
              seq = id
              if (isWanted(fact))
                await stream.writeSSE({
                  id: String(id),
                  event: fact.type,
                  data: JSON.stringify({ seq: id, at, actor, fact }, masking),
                })
            }
            if (lines.length > 0) continue
            if (await bell.wait(beatMs)) continue
            await stream.write(': beat\n\n')
          }
        } finally {
          unsubscribe()
          streams--
        }
      })
    },
  )
}

/** Wakes who waits; a ring while nobody waits is not lost. */
function doorbell() {
  let rung = false
  let wake: (() => void) | null = null
  return {
    ring: () => {
      rung = true
      wake?.()
    },
    /** true: it rang; false: the time is over. */
    async wait(ms: number): Promise<boolean> {
      if (!rung) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>(resolve => {
          wake = resolve
          timer = setTimeout(resolve, ms)
        })
        clearTimeout(timer)
        wake = null
      }
      const was = rung
      rung = false
      return was
    },
  }
}

function matches(types: string, type: string): boolean {
  return types.split(',').some(wanted => (wanted.endsWith('.') ? type.startsWith(wanted) : type === wanted))
}
