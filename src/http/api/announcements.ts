import { z } from '@hono/zod-openapi'
import { InvalidInput } from '../../records/errors.ts'
import { parseInput } from '../../records/parse.ts'
import {
  addAnnouncement,
  announcementById,
  announcementLabels,
  announcementLanguages,
  announcementSound,
  labelAnnouncement,
  removeAnnouncement,
} from '../../records/telephony/announcements.ts'
import type { Ctx, Deps } from '../deps.ts'
import { BadRequest } from '../problem.ts'
import { queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin'] as const
const readers = ['admin', 'supervisor'] as const

const said = {
  label: z.enum(announcementLabels).openapi({ description: 'What it tells; NONE: nothing about the number' }),
  language: z.enum(announcementLanguages).default('other'),
  words: z.string().max(400).default(''),
}
const labelInput = z.strictObject(said).openapi('AnnouncementLabel')
const sampleQuery = z.strictObject(said)
const announcementReply = z
  .object({
    id: z.string(),
    label: z.string().nullable().openapi({ description: 'null: heard on a call, and nobody has labelled it' }),
    language: z.string(),
    words: z.string(),
    sha256: z.string(),
    bytes: z.int(),
    durationMs: z.number(),
    call: z.string().nullable().openapi({ description: 'The call it was first heard on; null: a person sent it' }),
    savedAt: z.int(),
    heard: z.int().openapi({ description: 'Calls it was recognised on' }),
    heardAt: z.int().nullable(),
  })
  .openapi('Announcement')

/** `/announcements`: the library by which announcements of networks are known again. */
export function announcementsApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const { folder } = deps.announcements
  const path = '/announcements'
  const reply = announcementReply
  const idOf = (c: Ctx) => (c.req.param('id') ?? '').slice(0, 64)
  const shown = async (id: string) => reply.parse(await announcementById(records, id))

  define(
    api,
    deps,
    { method: 'get', path, roles: readers, summary: 'All announcements, those to label first', reply: pageOf(reply) },
    async c => {
      const all = await store.read('announcements.list', {})
      return c.json({ items: all.map(one => reply.parse(one)), next: null })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path,
      roles: writers,
      summary: 'Add a sample: a WAV of 1.5 to 30 s, 8 to 48 kHz, mono or stereo, 16-bit PCM or G.711',
      query: sampleQuery,
      bodyTypes: ['audio/wav'],
      reply,
      status: 201,
    },
    async c => {
      const given = queryOf(c, sampleQuery)
      const made = await deps.phrases.convert(await wavIn(c))
      if (!made.ok) throw new InvalidInput([{ field: 'body', found: made.found, allowed: made.allowed }])
      const { wav, durationMs } = made
      const id = await addAnnouncement(records, c.var.client.actor, { ...given, folder, wav, durationMs, from: null })
      c.header('Location', `/api/v1/announcements/${id}`)
      return c.json(await shown(id), 201)
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: `${path}/:id`, roles: readers, summary: 'One announcement', reply },
    async c => c.json(await shown(idOf(c))),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: `${path}/:id/audio`,
      roles: readers,
      summary: 'Its sound: A-law WAV, 8 kHz',
      replyType: 'audio/wav',
    },
    async c => {
      const wav = await announcementSound(records, idOf(c), folder)
      return c.body(wav.slice().buffer as ArrayBuffer, 200, { 'Content-Type': 'audio/wav' })
    },
  )
  define(
    api,
    deps,
    { method: 'patch', path: `${path}/:id`, roles: writers, summary: 'Label it', body: labelInput, reply },
    async c => {
      await labelAnnouncement(records, c.var.client.actor, idOf(c), parseInput(labelInput, await jsonBody(c)))
      return c.json(await shown(idOf(c)))
    },
  )
  define(
    api,
    deps,
    { method: 'delete', path: `${path}/:id`, roles: writers, summary: 'Remove an announcement' },
    async c => {
      await removeAnnouncement(records, c.var.client.actor, idOf(c), folder)
      return c.body(null, 204)
    },
  )
}

async function wavIn(c: Ctx): Promise<Uint8Array> {
  const type = c.req.header('content-type') ?? ''
  if (!/^audio\/(?:x-)?wav\b/i.test(type))
    throw new BadRequest(415, `found the content type ${type.slice(0, 60) || 'none'}; allowed: audio/wav`)
  return new Uint8Array(await c.req.arrayBuffer())
}
