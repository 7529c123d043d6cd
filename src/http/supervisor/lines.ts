import { Hono } from 'hono'
import { type LinesProps, linesPage } from '../../../web/pages/supervisor/lines.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { explainLine, figuresOf } from '../../centre/lines/explain-line.ts'
import type { LineRules } from '../../centre/lines/rest.ts'
import { normaliseNumber } from '../../centre/numbers/number.ts'
import type { FloorState } from '../../centre/state.ts'
import type { TrunkId } from '../../lib/ids.ts'
import { importAreas, saveLineRules } from '../../records/telephony/lines.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf, wordsOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { numberOf, type Typed, textOf, typedOf } from '../typed.ts'

/** Prefixes shown: those with the most calls of late. */
const prefixesShown = 24

/** `/supervisor/lines`, `/admin/lines`: how lines do and which a call would take; the administrator imports home cities there. */
export function lineRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/supervisor/lines', allow('supervisor'), c => page(c, null, {}))
  route.get('/admin/lines', allow('admin'), c => page(c, null, {}))
  route.post('/admin/lines/areas', allow('admin'), async c => {
    const w = textsOf(await frameOf(c, deps))
    const file = (await c.req.parseBody())['file']
    if (!(file instanceof File) || file.size === 0)
      return page(c, null, { file: w.admin.allowed['areaFile'] ?? '' }, 422)
    try {
      const report = await importAreas(deps.records, actorOf(c), file.stream() as unknown as AsyncIterable<Uint8Array>)
      return page(c, report, {})
    } catch (error) {
      return page(c, null, { file: Object.values(refusedFor(error, w, { words: { file: 'areaFile' } }))[0] ?? '' }, 422)
    }
  })

  route.post('/admin/lines/rules', allow('admin'), async c => {
    const typed = await typedOf(c)
    try {
      await saveLineRules(deps.records, actorOf(c), {
        restBelow: numberOf(typed, 'restBelow', 0.01),
        restSamplesMin: numberOf(typed, 'restSamplesMin'),
        callsPerHourMax: textOf(typed, 'callsPerHourMax') === '' ? null : numberOf(typed, 'callsPerHourMax'),
        restMs: numberOf(typed, 'restMs', 60_000),
        placeBonus: numberOf(typed, 'placeBonus', 0.01),
      })
    } catch (error) {
      return page(c, null, refusedFor(error, textsOf(await frameOf(c, deps)), { typed }), 422, typed)
    }
    return c.redirect('/admin/lines?saved=1', 303)
  })

  async function page(
    c: Ctx,
    report: LinesProps['report'],
    errors: Record<string, string>,
    status: 200 | 422 = 200,
    typedRules: Typed = rulesTyped(deps.engine.state.lines.rules),
  ): Promise<Response> {
    const frame = {
      ...(await frameOf(c, deps)),
      path: c.var.user.role === 'admin' ? '/admin/lines' : '/supervisor/lines',
    }
    const w = textsOf(frame)
    const typed = (c.req.query('number') ?? '').trim().slice(0, 40)
    const number = typed === '' ? null : normaliseNumber(typed)
    if (typed !== '' && number === null) errors = { ...errors, number: w.lines.badNumber }
    const { state } = deps.engine
    const told = explainLine(state, null, number, frame.now)
    const props: LinesProps = {
      frame,
      lines: told.lines.slice(0, 100),
      why: told.why,
      refusal: told.chosen.ok ? null : wordsOf(told.chosen.refusal, w),
      hours: hoursOf(state, frame.now),
      prefixes: prefixesOf(state, frame.now),
      filled: { values: { ...typedRules, number: typed }, errors },
      saved: c.req.query('saved') === '1',
      areas: c.var.user.role === 'admin' ? state.lines.mobiles.count : null,
      report,
    }
    return c.html(linesPage(props), status)
  }

  return route
}

function rulesTyped(rules: LineRules): Typed {
  const percent = (share: number) => String(Math.round(share * 10_000) / 100)
  return {
    restBelow: percent(rules.restBelow),
    restSamplesMin: String(rules.restSamplesMin),
    callsPerHourMax: String(rules.callsPerHourMax ?? ''),
    restMs: String(rules.restMs / 60_000),
    placeBonus: percent(rules.placeBonus),
  }
}

function hoursOf(state: FloorState, now: number): LinesProps['hours'] {
  return state.lines.hours
    .map((tally, hour) => ({ hour, ...figuresOf(tally, now) }))
    .filter(each => each.dialled >= 0.05)
}

function prefixesOf(state: FloorState, now: number): LinesProps['prefixes'] {
  return [...state.lines.prefixes]
    .map(([key, tally]) => ({ key, ...figuresOf(tally, now) }))
    .sort((a, b) => b.dialled - a.dialled)
    .slice(0, prefixesShown)
    .map(({ key, ...figures }) => {
      const [trunk = '', prefix = ''] = key.split(' ')
      return { prefix, trunk: state.trunks.get(trunk as TrunkId)?.trunk.name ?? trunk, ...figures }
    })
}
