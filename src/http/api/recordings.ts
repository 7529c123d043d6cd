import { z } from '@hono/zod-openapi'
import type { CampaignId, RecordingId, UserId } from '../../lib/ids.ts'
import { destructionOf } from '../../records/custody/destruction.ts'
import { NotFound } from '../../records/errors.ts'
import { normalNumber } from '../../records/numbers-e164.ts'
import { audioAnswer } from '../audio-file.ts'
import type { Deps } from '../deps.ts'
import { queryOf, recordingQuery } from './query.ts'
import { destructionReply, recordingReply } from './recording-replies.ts'
import { pageOf } from './replies.ts'
import { type Api, define } from './route.ts'
import { agentsOf, checkCall } from './team-sight.ts'

const roles = ['auditor', 'quality', 'supervisor'] as const

/** Which form, and whether under a name to save it; without: as it was sealed, or what is left of it. */
const audioQuery = z.strictObject({ form: z.enum(['wav', 'opus']).optional(), download: z.literal('').optional() })

/** `/recordings`, `/recordings/:id/audio` */
export function recordingsApi(api: Api, deps: Deps): void {
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/recordings',
      roles,
      byTeam: true,
      summary: 'Recordings, newest first',
      query: recordingQuery,
      reply: pageOf(recordingReply),
    },
    async c => {
      const { agent, campaign, number, ...rest } = queryOf(c, recordingQuery)
      const page = await deps.store.read('recordings.page', {
        ...rest,
        agents: agentsOf(c, deps),
        agent: agent as UserId | undefined,
        campaign: campaign as CampaignId | undefined,
        number: number === undefined ? undefined : (normalNumber(number) ?? number),
      })
      return c.json({ items: page.items.map(item => recordingReply.parse(item)), next: page.next })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/recordings/:id', roles, byTeam: true, summary: 'One recording', reply: recordingReply },
    async c => {
      const id = c.req.param('id') as RecordingId
      const recording = await deps.store.read('recordings.byId', { id })
      if (recording === null) throw new NotFound('recording', id)
      await checkCall(c, deps, recording.call)
      return c.json(recordingReply.parse(recording))
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/recordings/:id/destruction',
      roles: ['auditor'],
      summary: 'The certificate of destruction: what it was, by which rule it went, and where the journal proves it',
      reply: destructionReply,
    },
    async c => c.json(destructionReply.parse(await destructionOf(deps.store, c.req.param('id') as RecordingId))),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/recordings/:id/audio',
      roles,
      byTeam: true,
      summary: 'The audio: stereo WAV, customer left, agent right; ?form=opus: its smaller form, Ogg Opus; Range',
      query: audioQuery,
      replyType: 'audio/wav',
    },
    async c => {
      queryOf(c, audioQuery)
      const { client } = c.var
      const id = c.req.param('id') as RecordingId
      const recording = await deps.store.read('recordings.byId', { id })
      if (recording !== null) await checkCall(c, deps, recording.call)
      // The token stands in the place of the person; the actor of the fact says that it is one.
      const listener = { actor: client.actor, user: client.token as string as UserId, opening: null }
      return audioAnswer(c, deps, listener, id)
    },
  )
}
