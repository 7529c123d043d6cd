/** A campaign as its form has it: times in seconds, the abandon rate in per cent, lists one a line. */
import type { Filled } from '../../../web/parts/form.ts'
import type { Campaign, RetryRule } from '../../centre/entities.ts'
import { InvalidInput } from '../../records/errors.ts'
import { linesOf, listOf, numberOf, numbersOf, type Typed, textOf } from '../typed.ts'
import { freshHearing, hearingGiven, hearingValues } from './campaign-hearing.ts'
import { freshModes, modesGiven, modeValues } from './campaign-modes.ts'
import { freshOrder, orderGiven, orderValues } from './campaign-order.ts'
import { shownNumbersGiven } from './shown-numbers.ts'
import { trunkGroupGiven } from './trunk-groups.ts'

export const freshCampaign: Filled['values'] = {
  business: 'collections',
  mode: 'progressive',
  policy: 'CN-GBT45251-2025',
  ringMs: '30',
  wrapMs: '15',
  previewMs: '30',
  abandonRateMax: '3',
  occupancyMax: '90',
  linesPerAgentMax: '3',
  priority: '5',
  share: '1',
  ...freshModes,
  ...freshOrder,
  callerIds: '',
  transferNumbers: '',
  music: '',
  ...freshHearing,
}

export function campaignValues(campaign: Campaign): Filled['values'] {
  return {
    name: campaign.name,
    business: campaign.business,
    mode: campaign.mode,
    policy: campaign.policy,
    trunks: campaign.trunks,
    trunkGroup: campaign.trunkGroup ?? '',
    callerIds: (campaign.callerIds ?? []).join('\n'),
    agents: campaign.agents,
    ringMs: String(campaign.ringMs / 1000),
    wrapMs: String(campaign.wrapMs / 1000),
    previewMs: String(campaign.previewMs / 1000),
    abandonRateMax: String(Number((campaign.abandonRateMax * 100).toFixed(4))),
    occupancyMax: String(Number(((campaign.occupancyMax ?? 0.9) * 100).toFixed(4))),
    linesPerAgentMax: String(campaign.linesPerAgentMax ?? 3),
    priority: String(campaign.priority ?? 5),
    share: String(campaign.share ?? 1),
    ...modeValues(campaign),
    ...orderValues(campaign),
    music: campaign.music ?? '',
    transferNumbers: (campaign.transferNumbers ?? []).join('\n'),
    ...hearingValues(campaign),
    retries: campaign.retries.map(lineOf).join('\n'),
    dispositions: campaign.dispositions
      .map(({ code, words, followUp }) => [code, words['zh-CN'], words.en, followUp].join(' | '))
      .join('\n'),
  }
}

/** Lists left empty take the defaults of the business. Throws InvalidInput for a line that has not the right parts. */
export function campaignGiven(typed: Typed): Record<string, unknown> {
  const retries = linesOf(typed, 'retries').map(retryOf)
  const dispositions = linesOf(typed, 'dispositions').map(dispositionOf)
  return {
    name: textOf(typed, 'name'),
    business: textOf(typed, 'business'),
    mode: textOf(typed, 'mode'),
    policy: textOf(typed, 'policy'),
    trunks: listOf(typed, 'trunks'),
    ...trunkGroupGiven(typed),
    ...shownNumbersGiven(typed),
    agents: listOf(typed, 'agents'),
    ringMs: numberOf(typed, 'ringMs', 1000),
    wrapMs: numberOf(typed, 'wrapMs', 1000),
    previewMs: numberOf(typed, 'previewMs', 1000),
    abandonRateMax: numberOf(typed, 'abandonRateMax', 0.01),
    ...numbersOf(typed, { occupancyMax: 0.01, linesPerAgentMax: 1, priority: 1, share: 1 }),
    ...modesGiven(typed),
    ...orderGiven(typed),
    ...(typed.music === undefined ? {} : { music: textOf(typed, 'music') || null }),
    ...(typed.transferNumbers === undefined ? {} : { transferNumbers: linesOf(typed, 'transferNumbers') }),
    ...hearingGiven(typed),
    ...(retries.length === 0 ? {} : { retries }),
    ...(dispositions.length === 0 ? {} : { dispositions }),
  }
}

/** `BUSY 10 3`, and after it `same` or `next_number`, and `other_slot`. */
function lineOf(rule: RetryRule): string {
  const more = [rule.then, rule.otherSlot ? 'other_slot' : undefined].filter(word => word !== undefined)
  return [rule.result, rule.delayMs / 60_000, rule.max, ...more].join(' ')
}

function retryOf(line: string) {
  const [result = '', minutes = '', max = '', ...more] = line.split(/\s+/)
  const then = more.find(word => word === 'same' || word === 'next_number')
  const otherSlot = more.includes('other_slot')
  const known = (then === undefined ? 0 : 1) + (otherSlot ? 1 : 0)
  if (more.length !== known || !/^\d+(\.\d+)?$/.test(minutes) || !/^\d+$/.test(max))
    throw new InvalidInput([
      { field: 'retries', found: line.slice(0, 60), allowed: 'RESULT minutes times [same | next_number] [other_slot]' },
    ])
  return {
    result: result.toUpperCase(),
    delayMs: Math.round(Number(minutes) * 60_000),
    max: Number(max),
    ...(then === undefined ? {} : { then }),
    ...(otherSlot ? { otherSlot } : {}),
  }
}

function dispositionOf(line: string) {
  const parts = line.split(/[|｜]/).map(part => part.trim())
  const [code, zh, en, followUp] = parts
  if (parts.length !== 4)
    throw new InvalidInput([
      { field: 'dispositions', found: line.slice(0, 60), allowed: 'code | words | words | then' },
    ])
  return { code, words: { 'zh-CN': zh, en }, followUp }
}
