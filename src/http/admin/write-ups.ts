import { Hono } from 'hono'
import { writeUpPage } from '../../../web/pages/admin/write-up.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { Campaign } from '../../centre/entities.ts'
import { defaultWriteUp, type WriteUp } from '../../lender/write-up.ts'
import { saveWriteUp } from '../../records/campaigns/scripts.ts'
import { NotFound } from '../../records/errors.ts'
import { inboundDispositions } from '../agent/contact-line.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { linesOf, type Typed, textOf, typedOf } from '../typed.ts'
import { placesOf } from './scripts.ts'

/** `/admin/scripts/forms/PLACE`: what agents have to write down. */
export function writeUpRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/scripts/forms/:place', allow('admin'), async c => {
    const place = placeOf(c)
    const kept = await deps.store.read('writeUps.ofPlace', { place: place.id })
    const shown = kept ?? defaultWriteUp(place.id, place.campaign?.business ?? null)
    return page(c, { values: typedFrom(shown), errors: nothingFilled.errors })
  })

  route.post('/admin/scripts/forms/:place', allow('admin'), async c => {
    const typed = await typedOf(c)
    const { id } = placeOf(c)
    try {
      await saveWriteUp(deps.records, actorOf(c), givenOf(id, typed))
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { fields: { fields: 'writeUpFields' } })
      return page(c, { values: typed, errors }, 422)
    }
    return c.redirect('/admin/scripts?saved=1', 303)
  })

  async function page(c: Ctx, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/scripts' }
    const { campaign, ...place } = placeOf(c)
    const all = campaign?.dispositions ?? inboundDispositions
    const codes = all.map(({ code, words }) => ({ code, word: words[frame.language] }))
    return c.html(writeUpPage({ frame, place, codes, filled }), status)
  }

  function placeOf(c: Ctx): { id: string; name: string; campaign: Campaign | null } {
    const id = c.req.param('place') ?? ''
    const place = placesOf(deps).find(({ value }) => value === id)
    if (place === undefined) throw new NotFound('campaign or queue', id)
    return { id, name: place.word, campaign: deps.engine.state.campaigns.get(id as Campaign['id'])?.campaign ?? null }
  }

  return route
}

/** `why | 原因 | Why | choice | required | 失业, 疾病 | promise`. */
function givenOf(place: string, typed: Typed) {
  const codes = (name: string) =>
    textOf(typed, name)
      .split(/[\s,，]+/)
      .filter(each => each !== '')
  return {
    place,
    fields: linesOf(typed, 'writeUpFields').map(line => {
      const [key = '', zh = '', en = '', type = '', required = '', choices = '', only = ''] = line
        .split(/[|｜]/)
        .map(each => each.trim())
      const list = (text: string) =>
        text
          .split(/[,，、]/)
          .map(each => each.trim())
          .filter(each => each !== '')
      return {
        ...{ key, label: { 'zh-CN': zh, en: en || zh }, type: type || 'text' },
        ...{ required: required === 'required', choices: list(choices), codes: list(only) },
      }
    }),
    ...{ promise: codes('promise'), grade: codes('grade') },
  }
}

function typedFrom({ fields, promise, grade }: WriteUp): Typed {
  const line = ({ key, label, type, required, choices, codes }: WriteUp['fields'][number]) =>
    [
      ...[key, label['zh-CN'], label.en, type, required ? 'required' : 'optional'],
      ...[choices.join(', '), codes.join(', ')],
    ].join(' | ')
  return { writeUpFields: fields.map(line).join('\n'), promise: promise.join(' '), grade: grade.join(' ') }
}
