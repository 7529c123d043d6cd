import { z } from '@hono/zod-openapi'
import { oneWays } from '../../centre/audio/leg-audio.ts'
import type { CallId } from '../../lib/ids.ts'
import type { Deps } from '../deps.ts'
import { period, queryOf } from './query.ts'
import { type Api, define } from './route.ts'
import { checkCall } from './team-sight.ts'

const readers = ['supervisor', 'quality', 'auditor', 'admin'] as const
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()
const share = z.number().openapi({ description: '0 to 1' })

const legReply = z.object({
  at: z.int(),
  leg: z.string(),
  trunk: orNull(z.string()),
  agent: orNull(z.string()),
  audio: z.object({
    codec: z.enum(['pcma', 'pcmu']),
    ms: z.int(),
    received: z.int(),
    sent: z.int(),
    missing: z.int(),
    late: z.int(),
    reordered: z.int(),
    duplicates: z.int(),
    ssrcChanges: z.int(),
    loss: share,
    jitterMs: z.number(),
    mosIn: orNull(z.number()).openapi({ description: 'Of what we heard, by ITU-T G.107; 1 to 4.41' }),
    theirLoss: orNull(share),
    theirJitterMs: orNull(z.number()),
    roundTripMs: orNull(z.number()),
    mosOut: orNull(z.number()).openapi({ description: 'Of what the far end says it heard of us, in RTCP' }),
    voip: z
      .object({
        loss: share,
        discarded: share,
        roundTripMs: z.int(),
        endSystemMs: z.int(),
        bufferMs: z.int(),
        levelDb: orNull(z.int()),
        rFactor: orNull(z.number()),
        mosListening: orNull(z.number()),
        mosConversation: orNull(z.number()),
      })
      .optional()
      .openapi({ description: 'What the far end measured of us, where it says so (RTCP XR, RFC 3611)' }),
    levelDb: orNull(z.number()),
    silence: orNull(share),
    clipped: orNull(share),
    oneWay: orNull(z.enum(oneWays)),
    from: z.string(),
    named: z.string(),
    foreign: z.int(),
    foreignFrom: orNull(z.string()),
    rivals: z.int(),
  }),
})
const audioReply = z.object({ items: z.array(legReply) }).openapi('CallAudio')

const sumReply = z.object({
  of: z.string(),
  legs: z.int(),
  mos: orNull(z.number()),
  worst: orNull(z.number()),
  poor: z.int().openapi({ description: 'Legs below a MOS of 3.6' }),
  loss: share,
  jitterMs: z.number(),
  theirLoss: orNull(share),
  roundTripMs: orNull(z.number()),
  oneWay: z.int(),
  outsiders: z.int().openapi({ description: 'Legs to which somebody sent whom the signalling never named' }),
})
const sumsReply = z.object({ trunks: z.array(sumReply), agents: z.array(sumReply) }).openapi('AudioSums')
const dayMs = 86_400_000

/** `/calls/:id/audio`, `/audio` */
export function audioApi(api: Api, deps: Deps): void {
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/calls/:id/audio',
      roles: readers,
      byTeam: true,
      summary: 'How each leg of a call sounded',
      reply: audioReply,
    },
    async c => {
      await checkCall(c, deps, c.req.param('id') as CallId)
      const items = await deps.store.read('audio.ofCall', { call: c.req.param('id') as CallId })
      return c.json(audioReply.parse({ items }))
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/audio',
      roles: readers,
      summary:
        'How legs that ended in a period sounded, by trunk and by agent; worst first. The last 24 hours unless said otherwise',
      query: period,
      reply: sumsReply,
    },
    async c => {
      const { to = deps.clock.now(), from = to - dayMs } = queryOf(c, period)
      const [trunks, agents] = await Promise.all([
        deps.store.read('audio.byTrunk', { from, to }),
        deps.store.read('audio.byAgent', { from, to }),
      ])
      return c.json(sumsReply.parse({ trunks, agents }))
    },
  )
}
