/** Once a minute, what a running campaign's dialler saw and did goes to the journal: so that a day can be explained, and replayed. */
import type { Draft } from '../draft.ts'
import type { Paced } from '../facts.ts'
import type { CampaignFloor, FloorState } from '../state.ts'

const logMs = 60_000

/** Manual campaigns dial nothing by themselves; of a predictive one nothing is known before its first look. */
export function isLogDue(floor: CampaignFloor, now: number): boolean {
  const { campaign, mode, advice } = floor
  if (campaign.state !== 'running' || mode === 'manual' || now < floor.loggedAt + logMs) return false
  if (floor.signedOn === 0 && mode !== 'notice') return false
  return mode !== 'predictive' || advice !== null
}

export function logPace(d: Draft, floor: CampaignFloor): void {
  const { campaign, pacer } = floor
  const { answered, abandoned } = pacer.account
  d.fact({
    type: 'campaign.paced',
    campaign: campaign.id,
    ...seen(floor),
    ...onFloor(d.state, floor),
    answered,
    abandoned,
    mode: floor.mode,
    dialled: Math.max(0, floor.dialled - floor.loggedDialled),
    held: floor.held?.rule ?? null,
  })
}

/** What the last look reckoned; modes that do not look reckon with nothing. */
function seen(
  floor: CampaignFloor,
): Pick<Paced, 'answerChance' | 'risk' | 'theta' | 'limiter' | 'freeSoon' | 'withinS'> {
  const { advice, pacer, mode } = floor
  const answerChance = pacer.answers.chance
  if (mode !== 'predictive' || advice === null) return { answerChance, risk: 0, theta: 0, limiter: 'none' }
  const { risk, theta, limiter, freeSoon, withinS } = advice
  return { answerChance, risk, theta, limiter, freeSoon, withinS }
}

/** Counted anew: once a minute, over the campaign's people and the calls under way. */
function onFloor(
  state: FloorState,
  floor: CampaignFloor,
): Pick<Paced, 'agents' | 'free' | 'ringing' | 'waiting' | 'lines' | 'talking' | 'wrapping'> {
  let talking = 0
  let wrapping = 0
  for (const id of floor.campaign.agents) {
    const phase = state.agents.get(id)?.phase
    if (phase === 'talking') talking++
    else if (phase === 'wrapping') wrapping++
  }
  let lines = 0
  for (const call of state.calls.values()) if (call.campaign === floor.campaign.id && call.phase !== 'ended') lines++
  const { signedOn: agents, free, lines: ringing, waiting } = floor
  return { agents, free: free.size, ringing: ringing.size, waiting: waiting.length, lines, talking, wrapping }
}
