/**
 * Which mode a campaign dials in now: its own, or what the first of its rules that holds says. A rule that holds goes on holding a little
 * beyond its limit, and a mode stays for two minutes at least, so that nothing flaps when one agent comes and goes.
 */
import type { CampaignId } from '../../lib/ids.ts'
import type { Decision, Moment } from '../decision.ts'
import { Draft } from '../draft.ts'
import type { BufferedLead, CampaignMode, ModeRule } from '../entities.ts'
import { localTime } from '../numbers/zone.ts'
import type { CampaignFloor, FloorState } from '../state.ts'

/** A mode that a rule has set is kept this long. */
export const dwellMs = 2 * 60_000
const lookEveryMs = 1_000
/** Beyond its limit by this share (an agent at least) a rule that holds lets go. */
const slack = 0.1
/** Answer rates of fewer calls say nothing yet. */
const callsMin = 50

/** What a campaign's rules of mode had come to when the last run ended; `calls` of the last few hundred, and how many were answered. */
export type ResumedMode = {
  campaign: CampaignId
  changed: { mode: CampaignMode; rule: number | null; since: number } | null
  calls: number
  answers: number
}

export function modeNow(floor: CampaignFloor): CampaignMode {
  return floor.mode
}

/** Whether this lead is dialled for an agent who is taken first. */
export function isAgentFirst(floor: CampaignFloor, lead: Pick<BufferedLead, 'callback'>): boolean {
  const mode = modeNow(floor)
  if (mode === 'progressive' && floor.campaign.reserved) return true
  return lead.callback !== null && (mode === 'predictive' || mode === 'notice')
}

/** The change of mode that is due now, or the note that there is none; null: it was looked at a moment ago, or there are no rules. */
export function changeMode(state: FloorState, floor: CampaignFloor, moment: Moment): Decision | null {
  const { campaign } = floor
  if (campaign.state !== 'running' || !campaign.modeRules?.length) return null
  const { ruled } = floor
  if (moment.now - ruled.lookedAt < lookEveryMs && moment.now >= ruled.lookedAt) return null
  const d = new Draft(state, moment)
  const { mode, rule } = wantedMode(floor, state.zone, moment.now)
  const mayChange = ruled.since === null || Math.abs(moment.now - ruled.since) >= dwellMs
  if ((mode !== floor.mode || rule !== ruled.rule) && mayChange)
    d.fact({ type: 'campaign.modeChanged', campaign: campaign.id, from: floor.mode, mode, rule })
  d.note({ type: 'note.modeLooked', campaign: campaign.id })
  return d.decision()
}

/** The first rule that holds, counted from 1, and its mode; rule null: the campaign's own. `zone`: the centre's, for hours that name none. */
export function wantedMode(
  floor: CampaignFloor,
  zone: string,
  now: number,
): { mode: CampaignMode; rule: number | null } {
  const { campaign, ruled } = floor
  const rules = campaign.modeRules ?? []
  for (const [n, rule] of rules.entries())
    if (holds(rule.when, floor, zone, now, ruled.rule === n + 1)) return { mode: rule.mode, rule: n + 1 }
  return { mode: campaign.mode, rule: null }
}

/** All that a rule names must be so. */
function holds(when: ModeRule['when'], floor: CampaignFloor, zone: string, now: number, held: boolean): boolean {
  const { signedOn, ruled } = floor
  const { from, to, agentsBelow, agentsFrom, answerRateBelow, answerRateFrom } = when
  const people = (limit: number) => Math.max(1, Math.round(limit * slack))
  if ((from !== undefined || to !== undefined) && !isWithin(when.zone ?? zone, from ?? '00:00', to ?? '24:00', now))
    return false
  if (agentsBelow !== undefined && signedOn >= agentsBelow + (held ? people(agentsBelow) : 0)) return false
  if (agentsFrom !== undefined && signedOn < agentsFrom - (held ? people(agentsFrom) : 0)) return false
  if (answerRateBelow === undefined && answerRateFrom === undefined) return true
  if (ruled.calls < callsMin) return false
  const rate = ruled.answers / ruled.calls
  if (answerRateBelow !== undefined && rate >= answerRateBelow * (held ? 1 + slack : 1)) return false
  return answerRateFrom === undefined || rate >= answerRateFrom * (held ? 1 - slack : 1)
}

/** From 22:00 to 06:00 goes over midnight. */
function isWithin(zone: string, from: string, to: string, now: number): boolean {
  const minute = localTime(zone, now).minute
  const [start, end] = [minuteOf(from), minuteOf(to)]
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end
}

function minuteOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))
}

/** Of the last few hundred calls: how many were answered. Only `evolve` calls this. */
export function noteOutcome(floor: CampaignFloor, answered: boolean): void {
  const { ruled } = floor
  ruled.calls++
  if (answered) ruled.answers++
  if (ruled.calls < 400) return
  ruled.calls /= 2
  ruled.answers /= 2
}
