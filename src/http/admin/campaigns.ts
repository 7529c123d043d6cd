import { Hono } from 'hono'
import { type CampaignView, campaignFormPage, campaignsPage } from '../../../web/pages/admin/campaigns.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { Words } from '../../../web/words/words.ts'
import type { Campaign } from '../../centre/entities.ts'
import { stacks } from '../../centre/policy/policy.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { campaignById, changeCampaign, createCampaign, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { type CampaignCounts, noCounts } from '../../store/campaigns/campaign-minutes.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { heldWords } from '../live/held-words.ts'
import { type AboutForm, refusedFor } from '../refused.ts'
import { countsToday } from '../supervisor/floor-stored.ts'
import { type Typed, textOf, typedOf } from '../typed.ts'
import { withNewer, withSeen } from '../untouched.ts'
import { agentChoices } from './agent-choices.ts'
import { campaignGiven, campaignValues, freshCampaign } from './campaign-form.ts'
import { modeFieldNames } from './campaign-modes.ts'
import { measuredNumbers, shownNumbersWords } from './shown-numbers.ts'
import { trunkGroupChoices } from './trunk-groups.ts'

/** `/admin/campaigns`: whom to call, by whom, on which lines, under which rules; starting, pausing and closing. */
export function campaignRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/campaigns', allow('admin'), async c => {
    const frame = await frameOf(c, deps)
    const w = textsOf(frame)
    const [all, today] = await Promise.all([
      deps.store.read('campaigns.list', {}),
      countsToday(deps, frame.now, frame.zone),
    ])
    const campaigns = all.map(campaign => view(campaign, today, w))
    return c.html(campaignsPage({ frame, campaigns, saved: c.req.query('saved') === '1' }))
  })

  route.get('/admin/campaigns/new', allow('admin'), c => form(c, null, { values: freshCampaign, errors: {} }))
  route.get('/admin/campaigns/:id', allow('admin'), async c => {
    const campaign = await campaignById(deps.records, c.req.param('id') as CampaignId)
    return form(c, campaign, { values: withSeen(campaignValues(campaign)), errors: {} })
  })

  route.post('/admin/campaigns', allow('admin'), c => save(c, null))
  route.post('/admin/campaigns/:id', allow('admin'), async c =>
    save(c, await campaignById(deps.records, c.req.param('id') as CampaignId)),
  )

  route.post('/admin/campaigns/:id/state', allow('admin'), async c => {
    const state = textOf(await typedOf(c), 'state')
    await setCampaignState(deps.records, actorOf(c), c.req.param('id') as CampaignId, { state })
    return c.redirect('/admin/campaigns?saved=1', 303)
  })

  async function save(c: Ctx, campaign: Campaign | null): Promise<Response> {
    const sent = await typedOf(c)
    const typed = campaign === null ? sent : withNewer(sent, campaignValues(campaign))
    const w = textsOf(await frameOf(c, deps))
    try {
      const given = campaignGiven(typed)
      if (campaign !== null) await changeCampaign(deps.records, actorOf(c), campaign.id, given)
      else {
        const made = await createCampaign(deps.records, actorOf(c), given)
        return c.redirect(`/admin/campaigns/${made.id}/leads`, 303)
      }
    } catch (error) {
      return form(c, campaign, { values: typed, errors: refusedFor(error, w, about(typed)) }, 422)
    }
    return c.redirect('/admin/campaigns?saved=1', 303)
  }

  async function form(c: Ctx, campaign: Campaign | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    const w = textsOf(frame)
    const [trunks, everyone] = await Promise.all([
      deps.store.read('trunks.list', {}),
      deps.store.read('users.list', {}),
    ])
    // A stack of policies that the campaign has stays a choice, or the form would take it away unseen.
    const policies = [...deps.engine.state.policies.keys(), ...Object.keys(stacks)].filter(
      id => id !== 'LAB-ANY-HOUR' || deps.engine.state.lab,
    )
    const leads = campaign && (await deps.store.read('campaigns.leadCounts', { campaign: campaign.id, now: frame.now }))
    const page = campaignFormPage({
      frame,
      campaign: campaign && leads && { ...view(campaign, await countsToday(deps, frame.now, frame.zone), w), leads },
      trunks: trunks.map(trunk => ({ value: trunk.id, word: trunk.name })),
      trunkGroups: await trunkGroupChoices(deps),
      shown: campaign === null ? [] : measuredNumbers(deps.engine.state, campaign.id, frame.now),
      agents: agentChoices(everyone, campaign?.agents ?? [], w),
      policies: [...new Set([...policies, ...(campaign === null ? [] : [campaign.policy])])].map(id => ({
        value: id,
        word: id,
      })),
      filled,
    })
    return c.html(page, status)
  }

  function about(typed: Typed): AboutForm {
    return { typed, fields: modeFieldNames, words: shownNumbersWords }
  }

  function view(campaign: Campaign, today: ReadonlyMap<string, CampaignCounts>, w: Words): CampaignView {
    const floor = deps.engine.state.campaigns.get(campaign.id)
    const { dialled, answered, connected, abandoned } = today.get(campaign.id) ?? noCounts
    return {
      ...campaign,
      mode: floor?.mode ?? campaign.mode,
      modeRule: floor?.ruled.rule ?? null,
      agents: campaign.agents.length,
      why: floor === undefined ? null : heldWords(floor, w),
      ...{ dialled, answered, connected, abandoned },
    }
  }

  return route
}
