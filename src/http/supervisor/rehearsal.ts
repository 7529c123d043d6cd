import { Hono } from 'hono'
import { predictedPart } from '../../../web/pages/supervisor/occupancy.ts'
import { replayFormPage, replayModes, replayPage } from '../../../web/pages/supervisor/replay.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import { readLocal, startOfDay } from '../../../web/parts/time.ts'
import type { Words } from '../../../web/words/words.ts'
import type { Rehearsal, RehearsalChange, RehearsalRefusal, Rehearsals } from '../../centre/campaigns/rehearsal.ts'
import type { Campaign } from '../../centre/entities.ts'
import { linesPerAgentDefault, occupancyDefault } from '../../centre/pacing/outlook.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { campaignById, changeCampaign } from '../../records/campaigns/campaigns.ts'
import { NotFound } from '../../records/errors.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { numberOf, type Typed, textOf, typedOf } from '../typed.ts'
import { placed } from './campaign.ts'
import { occupancyOf } from './rehearsal-props.ts'

const dayMs = 86_400_000

/** Simulations of a campaign: the slider of its occupancy ceiling, and a past day again with other settings. */
export function rehearsalRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const campaignOf = (c: Ctx) => campaignById(deps.records, c.req.param('id') as CampaignId)

  route.get('/supervisor/campaigns/:id/predicted', allow('supervisor', 'admin'), async c =>
    predicted(c, await campaignOf(c), chosenOf(c.req.query('occupancyMax') ?? ''), null),
  )

  route.post('/supervisor/campaigns/:id/prediction', allow('supervisor', 'admin'), async c => {
    const campaign = await campaignOf(c)
    const chosen = chosenOf(textOf(await typedOf(c), 'occupancyMax'))
    const { count } = occupancyOf(deps, campaign, null, null)?.agents ?? { count: 0 }
    if (count === 0) return predicted(c, campaign, chosen, null)
    const { zone, now } = await frameOf(c, deps)
    const from = startOfDay(startOfDay(now, zone) - dayMs / 2, zone)
    const made = await roomOf(deps).predict({ campaign: campaign.id, agents: count, from, to: now })
    return predicted(c, campaign, chosen, isRehearsal(made) ? null : made)
  })

  route.post('/supervisor/campaigns/:id/occupancy', allow('supervisor', 'admin'), async c => {
    const campaign = await campaignOf(c)
    const occupancyMax = numberOf(await typedOf(c), 'occupancyMax', 0.01)
    await changeCampaign(deps.records, actorOf(c), campaign.id, { occupancyMax })
    return c.redirect(`/supervisor/campaigns/${campaign.id}#occupancy`, 303)
  })

  route.get('/supervisor/campaigns/:id/replay', allow('supervisor', 'admin'), async c => {
    const campaign = await campaignOf(c)
    const { zone, now } = await frameOf(c, deps)
    const yesterday = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(startOfDay(now, zone) - dayMs / 2)
    return form(c, campaign, { values: { day: yesterday, ...valuesOf(campaign) }, errors: {} }, null)
  })

  route.post('/supervisor/campaigns/:id/replay', allow('supervisor', 'admin'), async c => {
    const campaign = await campaignOf(c)
    const frame = await frameOf(c, deps)
    const typed = await typedOf(c)
    const { day, change, errors } = replayGiven(typed, frame, textsOf(frame))
    if (day === null || Object.keys(errors).length > 0) return form(c, campaign, { values: typed, errors }, null)
    const made = await roomOf(deps).replay({ campaign: campaign.id, ...day, change })
    if (!isRehearsal(made)) return form(c, campaign, { values: typed, errors: {} }, made)
    return c.redirect(`/supervisor/campaigns/${campaign.id}/replay/${made.id}`, 303)
  })

  route.get('/supervisor/campaigns/:id/replay/:rehearsal', allow('supervisor', 'admin'), async c => {
    const { id, name } = await campaignOf(c)
    const frame = placed(await frameOf(c, deps))
    return c.html(replayPage({ frame, campaign: { id, name }, replay: rehearsalOf(c, id) }))
  })

  route.post('/supervisor/campaigns/:id/rehearsals/:rehearsal/cancel', allow('supervisor', 'admin'), async c => {
    const { id } = await campaignOf(c)
    const { id: rehearsal, kind } = rehearsalOf(c, id)
    roomOf(deps).cancel(rehearsal)
    return c.redirect(`/supervisor/campaigns/${id}${kind === 'replay' ? `/replay/${rehearsal}` : '#occupancy'}`, 303)
  })

  /** Of this campaign: ids of others are not found. */
  function rehearsalOf(c: Ctx, campaign: CampaignId): Rehearsal {
    const id = c.req.param('rehearsal') ?? ''
    const found = roomOf(deps).find(id)
    if (found === null || found.campaign !== campaign) throw new NotFound('rehearsal', id.slice(0, 64))
    return found
  }

  async function predicted(
    c: Ctx,
    campaign: Campaign,
    chosen: number | null,
    refused: RehearsalRefusal | 'too_many' | null,
  ): Promise<Response> {
    const props = occupancyOf(deps, campaign, chosen, refused)
    if (props === null) throw new NotFound('prediction', campaign.id)
    return c.html(predictedPart(props, textsOf(await frameOf(c, deps))))
  }

  async function form(c: Ctx, campaign: Campaign, filled: Filled, refused: RehearsalRefusal | 'too_many' | null) {
    const frame = placed(await frameOf(c, deps))
    const { id, name } = campaign
    const isWrong = refused !== null || Object.keys(filled.errors).length > 0
    return c.html(replayFormPage({ frame, campaign: { id, name }, filled, refused }), isWrong ? 422 : 200)
  }

  return route
}

function roomOf({ rehearsals }: Pick<Deps, 'rehearsals'>): Rehearsals {
  if (rehearsals === undefined) throw new NotFound('rehearsal', '')
  return rehearsals
}

function isRehearsal(made: Rehearsal | RehearsalRefusal | 'too_many'): made is Rehearsal {
  return typeof made === 'object' && 'id' in made
}

/** Where the slider stands, in per cent; null: nowhere that it could. */
function chosenOf(text: string): number | null {
  const value = /^\d{2,3}$/.test(text) ? Number(text) / 100 : null
  return value !== null && value >= 0.5 && value <= 1 ? value : null
}

function valuesOf(campaign: Campaign): Filled['values'] {
  const percent = (share: number) => String(Number((share * 100).toFixed(4)))
  return {
    mode: campaign.mode,
    occupancyMax: percent(campaign.occupancyMax ?? occupancyDefault),
    abandonRateMax: percent(campaign.abandonRateMax),
    linesPerAgentMax: String(campaign.linesPerAgentMax ?? linesPerAgentDefault),
  }
}

type Given = { day: { from: number; to: number } | null; change: RehearsalChange; errors: Filled['errors'] }

function replayGiven(typed: Typed, frame: Frame, w: Words): Given {
  const errors: Filled['errors'] = {}
  const number = (name: string, least: number, most: number, factor: number) => {
    const value = numberOf(typed, name)
    if (typeof value === 'number' && value >= least && value <= most) return Number((value * factor).toFixed(6))
    errors[name] = w.rehearsal.outOf(least, most)
    return Number.NaN
  }
  const change: RehearsalChange = {
    occupancyMax: number('occupancyMax', 50, 100, 0.01),
    abandonRateMax: number('abandonRateMax', 0.1, 3, 0.01),
    linesPerAgentMax: number('linesPerAgentMax', 1, 20, 1),
  }
  const mode = replayModes.find(each => each === textOf(typed, 'mode'))
  if (mode === undefined) errors['mode'] = replayModes.map(each => w.domain.mode[each]).join(', ')
  else change.mode = mode
  const from = readLocal(textOf(typed, 'day').slice(0, 10), frame.zone)
  if (from === null || from > frame.now) errors['day'] = w.rehearsal.dayWrong
  const day = from === null ? null : { from, to: Math.min(frame.now, startOfDay(from + 1.25 * dayMs, frame.zone)) }
  return { day, change, errors }
}
