import { join } from 'node:path'
import { Hono } from 'hono'
import { announcementsPage } from '../../../web/pages/admin/announcements.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { Words } from '../../../web/words/words.ts'
import { fileBelow } from '../../lib/folder-link.ts'
import type { CallId } from '../../lib/ids.ts'
import { type FieldProblem, InvalidInput, NotFound } from '../../records/errors.ts'
import {
  addAnnouncement,
  announcementLabels,
  announcementLanguages,
  announcementSound,
  type Label,
  labelAnnouncement,
  removeAnnouncement,
} from '../../records/telephony/announcements.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { numberOf, type Typed, textOf, typedOf } from '../typed.ts'

type Tried = Parameters<typeof announcementsPage>[0]['tried']

/** `/admin/announcements`: what networks say before the answer: sent as WAV or taken from a call, listened to, labelled, tried. */
export function announcementRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { folder } = deps.announcements

  route.get('/admin/announcements', allow('admin'), c => page(c, nothingFilled))

  route.post('/admin/announcements', allow('admin'), async c => {
    const typed = await typedOf(c)
    return await done(c, typed, async () => {
      const { wav, durationMs } = await converted(c, 'file')
      await addAnnouncement(deps.records, actorOf(c), { ...labelIn(typed), folder, wav, durationMs, from: null })
    })
  })

  route.post('/admin/announcements/from-call', allow('admin'), async c => {
    const typed = await typedOf(c)
    return await done(c, typed, async () => {
      const cut = await cutOf(typed)
      await addAnnouncement(deps.records, actorOf(c), { ...labelIn(typed), folder, ...cut })
    })
  })

  route.post('/admin/announcements/try', allow('admin'), async c => {
    try {
      const { wav } = await converted(c, 'sample')
      return await page(c, nothingFilled, 200, (await deps.announcements.identify(wav)) ?? 'unknown')
    } catch (error) {
      return await page(c, { values: {}, errors: await problemsIn(c, error) }, 422)
    }
  })

  route.get('/admin/announcements/:id/sound.wav', allow('admin'), async c => {
    const wav = await announcementSound(deps.records, idIn(c), folder)
    return c.body(wav.slice().buffer as ArrayBuffer, 200, { 'Content-Type': 'audio/wav', 'Cache-Control': 'no-store' })
  })

  route.post('/admin/announcements/:id/label', allow('admin'), async c => {
    const typed = await typedOf(c)
    return await done(c, {}, () => labelAnnouncement(deps.records, actorOf(c), idIn(c), labelIn(typed)))
  })

  route.post('/admin/announcements/:id/remove', allow('admin'), c =>
    done(c, {}, () => removeAnnouncement(deps.records, actorOf(c), idIn(c), folder)),
  )

  async function done(c: Ctx, typed: Typed, work: () => Promise<void>): Promise<Response> {
    try {
      await work()
    } catch (error) {
      return await page(c, { values: typed, errors: await problemsIn(c, error) }, 422)
    }
    return c.redirect('/admin/announcements?saved=1', 303)
  }

  async function converted(c: Ctx, field: string): Promise<{ wav: Uint8Array; durationMs: number }> {
    const file = (await c.req.parseBody())[field]
    if (!(file instanceof File) || file.size === 0)
      throw new InvalidInput([{ field, found: 'nothing', allowed: 'a WAV file' }])
    const made = await deps.phrases.convert(new Uint8Array(await file.arrayBuffer()))
    if (!made.ok) throw new InvalidInput([{ field, found: made.found, allowed: made.allowed }])
    return made
  }

  /** The customer's side of a call's recording before the answer: what people say to each other is no announcement. */
  async function cutOf(typed: Typed): Promise<{ wav: Uint8Array; durationMs: number; from: CallId }> {
    const id = textOf(typed, 'call').slice(0, 60) as CallId
    const [from, to] = [numberOf(typed, 'fromS', 1000), numberOf(typed, 'toS', 1000)]
    const call = await deps.store.read('calls.byId', { id })
    const recording = call?.recording && (await deps.store.read('recordings.byId', { id: call.recording }))
    if (!call || !recording || recording.sealedAt === null)
      throw new InvalidInput([
        { field: 'call', found: id || 'nothing', allowed: 'a call that is over and was recorded' },
      ])
    const untilMs = Math.max(0, (call.answeredAt ?? call.endedAt ?? 0) - recording.openedAt)
    if (typeof from !== 'number' || typeof to !== 'number' || from < 0 || to <= from || to > untilMs)
      throw new InvalidInput([
        {
          field: 'toS',
          found: `${textOf(typed, 'fromS')}–${textOf(typed, 'toS')}`,
          allowed: (untilMs / 1000).toFixed(1),
        },
      ])
    const file = join(deps.config.recordingsDir, recording.path)
    const isThere = (await fileBelow(deps.config.recordingsDir, file).catch(() => null)) !== null
    const wav = isThere ? await deps.announcements.cut(file, from, to) : null
    if (wav === null) throw new NotFound('the sound of', id)
    return { wav, durationMs: to - from, from: id }
  }

  /** Beside the file stand the words about what was found in it: they say more than a form's own. */
  async function problemsIn(c: Ctx, error: unknown): Promise<Filled['errors']> {
    const w = textsOf(await frameOf(c, deps))
    const errors = refusedFor(error, w)
    const plain = error instanceof InvalidInput ? error.problems.filter(({ field }) => own.has(field)) : []
    return {
      ...errors,
      ...Object.fromEntries(plain.map(problem => [problem.field, wordsOf(problem, w)])),
    }
  }

  async function page(c: Ctx, filled: Filled, status: 200 | 422 = 200, tried: Tried = 'none'): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/announcements' }
    const rows = await deps.store.read('announcements.list', {})
    const kinds = { labels: announcementLabels, languages: announcementLanguages }
    const props = { frame, rows, ...kinds, filled, saved: c.req.query('saved') === '1', tried }
    return c.html(announcementsPage(props), status)
  }

  return route
}

/** Fields whose problem is what was found in a file or a call. */
const own = new Set(['file', 'sample', 'call', 'toS'])

function wordsOf({ field, found, allowed }: FieldProblem, { announcements: words }: Words): string {
  if (field === 'call') return words.callAllowed
  return field === 'toS' ? words.pieceAllowed(allowed) : `${found} → ${allowed}`
}

function labelIn(typed: Typed): Label {
  return { label: textOf(typed, 'label'), language: textOf(typed, 'language'), words: textOf(typed, 'words') }
}

function idIn(c: Ctx): string {
  return (c.req.param('id') ?? '').slice(0, 60)
}
