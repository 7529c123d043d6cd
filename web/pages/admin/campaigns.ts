import { businesses, type Campaign, campaignModes, type LeadState, leadStates } from '../../../src/centre/entities.ts'
import { changesOf } from '../../parts/changes.ts'
import {
  areaField,
  type Choice,
  checksField,
  type Filled,
  notice,
  seenField,
  selectField,
  textField,
} from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { percent, thousands } from '../../parts/numbers.ts'
import { resultNames } from '../../parts/result-names.ts'
import { campaignNow, chip, type Why } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'
import { hearingFields } from './campaign-hearing.ts'
import { modeFields } from './campaign-modes.ts'
import { orderFields } from './campaign-order.ts'
import { type ShownNumber, shownNumbersField, shownNumbersTable } from './shown-numbers.ts'
import { trunkGroupField } from './trunk-group-field.ts'
import { problems } from './users.ts'

/** Settings with the live figures since the program started. */
export type CampaignView = Pick<Campaign, 'id' | 'name' | 'mode' | 'business' | 'state' | 'abandonRateMax'> & {
  agents: number
  /** The rule that set the mode in force, counted from 1. */
  modeRule: number | null
  why: Why | null
  dialled: number
  answered: number
  connected: number
  abandoned: number
}

export type CampaignsProps = { frame: Frame; campaigns: CampaignView[]; saved: boolean }

export function campaignsPage(props: CampaignsProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.campaigns
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({
      title: words.title,
      count: w.frame.list.count(props.campaigns.length),
      about: words.about,
      actions: html`<a class="button primary" href="/admin/campaigns/new">${icon('plus')}${words.add}</a>`,
    })}
${props.saved ? notice('green', w.frame.form.saved) : null}
<div id="campaign-list" hx-get="/admin/campaigns" hx-trigger="every 5s" hx-select="#campaign-list" hx-swap="outerMorph">${table(
      {
        caption: words.title,
        rows: props.campaigns,
        empty: html`<p>${words.none}</p><a class="button primary" href="/admin/campaigns/new">${words.add}</a>`,
        columns: [
          {
            head: words.name,
            cell: row => html`<a class="name" href="/admin/campaigns/${row.id}"><b>${row.name}</b></a>`,
          },
          { head: words.business, cell: row => html`<span class="keep">${w.domain.business[row.business]}</span>` },
          {
            head: words.mode,
            cell: row =>
              html`<span class="keep">${w.domain.mode[row.mode]}</span>${row.modeRule ? html`<p class="small muted">${w.admin.modes.byRule(row.modeRule)}</p>` : null}`,
          },
          { head: words.state, cell: row => campaignNow(row, w) },
          { head: words.agents, kind: 'figure', cell: row => row.agents },
          { head: words.dialled, kind: 'figure', cell: row => thousands(row.dialled) },
          { head: words.connected, kind: 'figure', cell: row => thousands(row.connected) },
          {
            head: words.rate,
            kind: 'figure',
            cell: row => percent(row.answered === 0 ? null : row.abandoned / row.answered),
          },
          {
            head: words.leads,
            kind: 'action',
            cell: row =>
              html`<a class="button small" href="/supervisor/campaigns/${row.id}" title="${words.live}" aria-label="${words.live}: ${row.name}">${icon('activity')}</a> <a class="button small" href="/admin/campaigns/${row.id}/leads">${words.leads}</a> ${stateButtons(row, w)}`,
          },
        ],
      },
    )}</div>`,
  })
}

/** Starting and pausing are one click; closing asks. */
function stateButtons(row: Pick<CampaignView, 'id' | 'name' | 'state'>, w: Words, withClose = false): Html {
  const words = w.admin.campaigns
  const form = (state: string, inner: Html, kind = '') =>
    html`<form method="post" action="/admin/campaigns/${row.id}/state"><input type="hidden" name="state" value="${state}"><button class="button small ${kind}"${state === 'closed' ? html` data-asks="${words.closeQuestion(row.name)}"` : null}>${inner}</button></form>`
  if (row.state === 'closed') return html`<span></span>`
  return html`${row.state === 'running' ? form('paused', html`${icon('pause')}${words.pause}`) : form('running', html`${icon('play')}${words.start}`, 'primary')} ${withClose ? form('closed', html`${icon('archive')}${words.close}`, 'danger') : null}`
}

export type CampaignFormProps = {
  frame: Frame
  /** null: a new one. */
  campaign: (CampaignView & { leads: Record<LeadState, number> }) | null
  trunks: Choice[]
  trunkGroups: Choice[]
  /** How the numbers that it shows have been doing. */
  shown: ShownNumber[]
  agents: Choice[]
  policies: Choice[]
  filled: Filled
}

/** Times are typed in seconds, the abandon rate in per cent, lists one a line. */
export function campaignFormPage(props: CampaignFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.campaigns
  const { campaign } = props
  const title = campaign ? words.edit(campaign.name) : words.add
  return layout(props.frame, {
    title,
    main: html`${heading({
      title,
      actions: campaign
        ? html`${campaignNow(campaign, w)}${stateButtons(campaign, w, true)}<a class="button small" href="/supervisor/campaigns/${campaign.id}">${icon('activity')}${words.live}</a><a class="button small" href="/admin/campaigns/${campaign.id}/leads">${words.leads}</a>`
        : null,
    })}${problems(props.filled, w)}
<div class="wide-narrow">${form(props, w)}<div class="stack">${campaign ? live(campaign, w) : null}${shownNumbersTable(props.shown, props.frame, w)}</div></div>`,
  })
}

function form(props: CampaignFormProps, w: Words): Html {
  const words = w.admin.campaigns
  const { filled, campaign } = props
  return html`<form class="form panel" method="post" action="${campaign ? `/admin/campaigns/${campaign.id}` : '/admin/campaigns'}">${seenField(filled)}
${textField({ name: 'name', label: words.name, required: true, maxlength: 64 }, filled)}
<div class="row">${selectField({ name: 'business', label: words.business, choices: businesses.map(value => ({ value, word: w.domain.business[value] })) }, filled)}
${selectField({ name: 'mode', label: words.mode, help: words.modeHelp, choices: campaignModes.map(value => ({ value, word: w.domain.mode[value] })) }, filled)}
${selectField({ name: 'policy', label: words.policy, help: words.policyHelp, choices: props.policies }, filled)}</div>
${checksField({ name: 'trunks', label: words.trunks, choices: props.trunks, empty: words.trunksEmpty }, filled)}
${trunkGroupField({ label: w.trunkRules.groups.ofCampaign, help: w.trunkRules.groups.ofCampaignHelp, groups: props.trunkGroups }, filled, w)}
${shownNumbersField(filled, w)}
${checksField({ name: 'agents', label: words.agents, choices: props.agents, empty: words.agentsEmpty }, filled)}
<div class="row">${textField({ name: 'ringMs', label: words.ring, help: words.ringHelp, type: 'number', step: 'any', min: 15, max: 120, figure: true, required: true }, filled)}
${textField({ name: 'wrapMs', label: words.wrap, type: 'number', step: 'any', min: 0, max: 60, figure: true, required: true }, filled)}
${textField({ name: 'previewMs', label: words.preview, type: 'number', step: 'any', min: 9, max: 120, figure: true, required: true }, filled)}
${textField({ name: 'abandonRateMax', label: words.abandon, type: 'number', min: 0, max: 3, step: 'any', figure: true, required: true }, filled)}</div>
<div class="row">${textField({ name: 'occupancyMax', label: words.occupancy, help: words.occupancyHelp, type: 'number', min: 50, max: 100, step: 'any', figure: true, required: true }, filled)}
${textField({ name: 'linesPerAgentMax', label: words.linesPerAgent, help: words.linesPerAgentHelp, type: 'number', min: 1, max: 20, step: 'any', figure: true, required: true }, filled)}
${textField({ name: 'priority', label: words.priority, help: words.priorityHelp, type: 'number', min: 1, max: 9, figure: true, required: true }, filled)}
${textField({ name: 'share', label: words.share, help: words.shareHelp, type: 'number', min: 1, max: 100, figure: true, required: true }, filled)}</div>
${modeFields(filled, w, campaign?.id ?? null)}
${orderFields(filled, w, campaign?.id ?? null)}
${textField({ name: 'music', label: w.transfer.music, help: w.transfer.musicHelp, maxlength: 40, figure: true }, filled)}
${areaField({ name: 'transferNumbers', label: w.transfer.campaignNumbers, help: w.transfer.numbersHelp, rows: 2, figure: true }, filled)}
${hearingFields(filled, w)}
${areaField({ name: 'dispositions', label: words.dispositions, help: words.dispositionsHelp, rows: 6 }, filled)}
${areaField({ name: 'retries', label: words.retries, help: words.retriesHelp, rows: 4, figure: true }, filled)}
${resultNames(w)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="/admin/campaigns">${w.frame.form.cancel}</a></div></form>${campaign === null ? null : changesOf(props.frame, { of: `campaign:${campaign.id}` })}`
}

function live(campaign: NonNullable<CampaignFormProps['campaign']>, w: Words): Html {
  const words = w.admin.campaigns
  const rate = campaign.answered === 0 ? null : campaign.abandoned / campaign.answered
  const over = rate !== null && rate > campaign.abandonRateMax
  const all = leadStates.reduce((sum, state) => sum + campaign.leads[state], 0)
  return html`<section class="panel"><h2>${words.figures}</h2><dl class="facts figures">
<dt>${words.dialled}</dt><dd>${thousands(campaign.dialled)}</dd><dt>${words.answered}</dt><dd>${thousands(campaign.answered)}</dd>
<dt>${words.connected}</dt><dd>${thousands(campaign.connected)}</dd><dt>${words.abandoned}</dt><dd>${thousands(campaign.abandoned)}</dd>
<dt>${words.rate}</dt><dd>${over ? chip('red', 'triangle-alert', percent(rate)) : percent(rate)}</dd></dl><p class="help">${words.today}</p></section>
<section class="panel"><h2>${words.byState}</h2><ul class="meters">${leadStates.map(
    state =>
      html`<li><span>${w.domain.leadState[state]}</span><span class="figure">${thousands(campaign.leads[state])}</span><progress max="${Math.max(1, all)}" value="${campaign.leads[state]}" aria-label="${w.domain.leadState[state]}"></progress></li>`,
  )}</ul></section>`
}
