import { Hono } from 'hono'
import { phrasesPage } from '../../../web/pages/admin/phrases.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { InvalidInput } from '../../records/errors.ts'
import { addPhrase, hearPhrase, usePhrase } from '../../records/telephony/phrases.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { textOf, typedOf } from '../typed.ts'

/** `/admin/phrases`: the lender's recordings, sent as WAV, listened to, put to use. */
export function phraseRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { folder } = deps.phrases

  route.get('/admin/phrases', allow('admin'), c => page(c, nothingFilled))

  route.post('/admin/phrases', allow('admin'), async c => {
    const typed = await typedOf(c)
    const file = (await c.req.parseBody())['file']
    try {
      if (!(file instanceof File) || file.size === 0)
        throw new InvalidInput([{ field: 'file', found: 'nothing', allowed: 'a WAV file' }])
      const made = await deps.phrases.convert(new Uint8Array(await file.arrayBuffer()))
      if (!made.ok) throw new InvalidInput([{ field: 'file', found: made.found, allowed: made.allowed }])
      const given = { folder, name: textOf(typed, 'name'), words: textOf(typed, 'words') }
      await addPhrase(deps.records, actorOf(c), { ...given, wav: made.wav, durationMs: made.durationMs })
    } catch (error) {
      return page(c, { values: typed, errors: await problemsIn(c, error) }, 422)
    }
    return c.redirect('/admin/phrases?saved=1', 303)
  })

  route.get('/admin/phrases/:name/:version/sound.wav', allow('admin'), async c => {
    const wav = await hearPhrase(deps.records, actorOf(c), { folder, ...which(c) })
    return c.body(wav.slice().buffer as ArrayBuffer, 200, { 'Content-Type': 'audio/wav', 'Cache-Control': 'no-store' })
  })

  route.post('/admin/phrases/:name/:version/use', allow('admin'), async c => {
    try {
      await usePhrase(deps.records, actorOf(c), which(c))
    } catch (error) {
      return page(c, { values: {}, errors: await problemsIn(c, error) }, 422)
    }
    return c.redirect('/admin/phrases?saved=1', 303)
  })

  /** Beside the file stand the words about what was found in it: they say more than a form's own. */
  async function problemsIn(c: Ctx, error: unknown): Promise<Filled['errors']> {
    const errors = refusedFor(error, textsOf(await frameOf(c, deps)))
    const file = error instanceof InvalidInput ? error.problems.find(problem => problem.field === 'file') : undefined
    return file === undefined ? errors : { ...errors, file: `${file.found} → ${file.allowed}` }
  }

  async function page(c: Ctx, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/phrases' }
    const { phrases } = deps.engine.state
    const all = await deps.store.read('phrases.list', {})
    const rows = all.map(row => ({ ...row, inUse: phrases.get(row.name) === row.version }))
    return c.html(phrasesPage({ frame, rows, filled, saved: c.req.query('saved') === '1' }), status)
  }

  return route
}

function which(c: Ctx): { name: string; version: number } {
  const version = c.req.param('version') ?? ''
  return { name: c.req.param('name') ?? '', version: /^\d{1,3}$/.test(version) ? Number(version) : 0 }
}
