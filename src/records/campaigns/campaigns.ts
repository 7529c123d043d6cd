import type { Business, Campaign, DispositionChoice, RetryRule } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { checkCampaignPeople } from '../people/agency-people.ts'
import { checkPolicy, checkShown, checkTrunkGroup, checkTrunks, checkUsers } from '../references.ts'
import { ownPhrases } from '../telephony/phrases.ts'
import { inTurn } from '../turn.ts'
import { campaignChange, campaignInput, campaignState } from './campaign-schemas.ts'
import { checkNotice, defaultNotice, mayNotify } from './notice.ts'

/** A new campaign is paused: someone has a look, adds leads, then starts it. */
export async function createCampaign(door: RecordsDoor, actor: Actor, given: unknown): Promise<Campaign> {
  const { retries, dispositions, ...rest } = parseInput(campaignInput, given)
  const campaign: Campaign = {
    id: newId<'campaign'>('cp'),
    ...rest,
    trunks: once(rest.trunks),
    agents: once(rest.agents),
    state: 'paused',
    retries: retries ?? defaultRetries,
    dispositions: dispositions ?? defaultDispositions[rest.business],
  }
  if (mayNotify(campaign)) campaign.notice ??= defaultNotice
  checkNotice(campaign, await ownPhrases(door))
  checkMachines(campaign)
  await checkPolicy(door, campaign.policy)
  await checkTrunks(door, 'trunks', campaign.trunks)
  await checkTrunkGroup(door, campaign.trunkGroup)
  await checkShown(door, campaign)
  await checkUsers(door, 'agents', campaign.agents)
  await checkCampaignPeople(door, campaign)
  await keep(door, actor, [{ type: 'campaign.saved', campaign }])
  return campaign
}

/** Fields that are left out stay. */
export function changeCampaign(door: RecordsDoor, actor: Actor, id: CampaignId, given: unknown): Promise<Campaign> {
  return inTurn(door, () => change(door, actor, id, given))
}

async function change(door: RecordsDoor, actor: Actor, id: CampaignId, given: unknown): Promise<Campaign> {
  const changed = parseInput(campaignChange, given)
  const campaign = { ...(await campaignById(door, id)), ...changed }
  campaign.trunks = once(campaign.trunks)
  campaign.agents = once(campaign.agents)
  if (mayNotify(campaign)) campaign.notice ??= defaultNotice
  if (changed.notice) checkNotice(campaign, await ownPhrases(door))
  if (changed.machines) checkMachines(campaign)
  if (changed.policy) await checkPolicy(door, campaign.policy)
  if (changed.trunks) await checkTrunks(door, 'trunks', campaign.trunks)
  if (changed.trunkGroup) await checkTrunkGroup(door, changed.trunkGroup)
  if (changed.callerIds) campaign.callerIds = once(changed.callerIds)
  if (changed.callerIds || changed.trunks || changed.trunkGroup !== undefined) await checkShown(door, campaign)
  if (changed.agents) await checkUsers(door, 'agents', campaign.agents)
  if (changed.agents || changed.agency !== undefined || changed.business) await checkCampaignPeople(door, campaign)
  await keep(door, actor, [{ type: 'campaign.saved', campaign }])
  return campaign
}

/** Who is named twice would be counted twice: one agent as two, one trunk with two turns. */
function once<Name>(names: readonly Name[]): Name[] {
  return [...new Set(names)]
}

/** `{state}`. A closed campaign stays closed: its figures are final. */
export function setCampaignState(door: RecordsDoor, actor: Actor, id: CampaignId, given: unknown): Promise<Campaign> {
  return inTurn(door, () => setState(door, actor, id, given))
}

async function setState(door: RecordsDoor, actor: Actor, id: CampaignId, given: unknown): Promise<Campaign> {
  const { state } = parseInput(campaignState, given)
  const former = await campaignById(door, id)
  if (former.state === state) return former
  if (former.state === 'closed') throw new NotNow('campaign-closed', 'a closed campaign stays closed; make a new one')
  const campaign = { ...former, state }
  await keep(door, actor, [{ type: 'campaign.saved', campaign }])
  return campaign
}

export async function campaignById(door: RecordsDoor, id: CampaignId): Promise<Campaign> {
  const campaign = await door.store.read('campaigns.byId', { id })
  if (campaign === null) throw new NotFound('campaign', id)
  return campaign
}

const minute = 60_000
const hour = 60 * minute

/** Busy 10 minutes, no answer 2 hours, at most 3 tries (VICIdial, Tencent); a call we abandoned rests for 72 hours (Ofcom). */
export const defaultRetries: RetryRule[] = [
  { result: 'BUSY', delayMs: 10 * minute, max: 3 },
  { result: 'NO_ANSWER', delayMs: 2 * hour, max: 3 },
  { result: 'REJECTED', delayMs: 4 * hour, max: 2 },
  { result: 'POWER_OFF', delayMs: 4 * hour, max: 3 },
  { result: 'UNREACHABLE', delayMs: 4 * hour, max: 3 },
  { result: 'VOICEMAIL', delayMs: 4 * hour, max: 2 },
  { result: 'FAX', delayMs: 24 * hour, max: 2 },
  { result: 'CONGESTION', delayMs: 5 * minute, max: 3 },
  { result: 'FAILED', delayMs: 5 * minute, max: 3 },
  { result: 'ABANDONED', delayMs: 72 * hour, max: 1 },
]

const callback: DispositionChoice = {
  code: 'callback',
  words: { 'zh-CN': '约定回呼', en: 'Call back' },
  followUp: 'callback',
}
const wrongNumber: DispositionChoice = {
  code: 'wrong_number',
  words: { 'zh-CN': '号码错误', en: 'Wrong number' },
  followUp: 'done',
}
const doNotCall: DispositionChoice = {
  code: 'do_not_call',
  words: { 'zh-CN': '谢绝来电', en: 'Do not call' },
  followUp: 'dnc',
}

/** What an agent may write down when the administrator has named nothing else. */
export const defaultDispositions: Record<Business, DispositionChoice[]> = {
  sales: [
    { code: 'buy_now', words: { 'zh-CN': 'A 立即办理', en: 'A Buys now' }, followUp: 'done' },
    { code: 'interested', words: { 'zh-CN': 'B 有意向', en: 'B Interested' }, followUp: 'retry' },
    { code: 'cold', words: { 'zh-CN': 'C 意向低', en: 'C Cold' }, followUp: 'done' },
    { code: 'refused', words: { 'zh-CN': 'D 拒绝', en: 'D Refused' }, followUp: 'done' },
    callback,
    wrongNumber,
    doNotCall,
  ],
  verification: [
    { code: 'verified', words: { 'zh-CN': '核实一致', en: 'Verified' }, followUp: 'done' },
    { code: 'mismatch', words: { 'zh-CN': '信息不符', en: 'Mismatch' }, followUp: 'done' },
    { code: 'refused', words: { 'zh-CN': '拒绝配合', en: 'Refused' }, followUp: 'done' },
    { code: 'not_the_person', words: { 'zh-CN': '非本人接听', en: 'Not the person' }, followUp: 'retry' },
    callback,
    wrongNumber,
    doNotCall,
  ],
  collections: [
    { code: 'promise', words: { 'zh-CN': '承诺还款', en: 'Promise to pay' }, followUp: 'done' },
    { code: 'paid', words: { 'zh-CN': '已还款', en: 'Already paid' }, followUp: 'done' },
    { code: 'refused', words: { 'zh-CN': '拒绝还款', en: 'Refuses to pay' }, followUp: 'retry' },
    { code: 'hardship', words: { 'zh-CN': '还款困难', en: 'Hardship' }, followUp: 'done' },
    { code: 'not_the_person', words: { 'zh-CN': '非本人接听', en: 'Not the person' }, followUp: 'retry' },
    callback,
    wrongNumber,
    doNotCall,
  ],
}

/** Answering machines are told from people where an agent who did not dial is to meet whoever answers. Throws InvalidInput. */
function checkMachines({ mode, modeRules = [], machines = 'off' }: Campaign): void {
  const isLive = [mode, ...modeRules.map(rule => rule.mode)].some(one => one === 'predictive' || one === 'progressive')
  if (machines === 'off' || isLive) return
  throw new InvalidInput([
    {
      field: 'machines',
      found: `${machines} in mode ${mode}`,
      allowed: 'off, unless a mode is predictive or progressive',
    },
  ])
}
