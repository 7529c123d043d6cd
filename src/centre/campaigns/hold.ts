/** What keeps a campaign from dialling now, in words for the page; `until`: nothing changes before that instant. */
import type { Draft } from '../draft.ts'
import type { Refusal } from '../entities.ts'
import type { CampaignFloor } from '../state.ts'

export type Hold = Refusal & { until?: number | null }

export function hold(rule: string, words: string): Hold {
  return { rule, words }
}

export function sameHold(floor: CampaignFloor, held: Hold | null): boolean {
  const until = held?.until ?? null
  return floor.held?.rule === held?.rule && floor.held?.words === held?.words && floor.heldUntil === until
}

export function keepHold(d: Draft, floor: CampaignFloor, held: Hold | null): void {
  const what = held === null ? null : { rule: held.rule, words: held.words }
  d.note({ type: 'note.campaignHeld', campaign: floor.campaign.id, held: what, until: held?.until ?? null })
}

/** A campaign whose next call cannot be decided rests this long, or no other would have its turn. */
const faultMs = 60_000

export function faultHold(now: number): Hold {
  const words = 'A fault in the program: the campaign rests for a minute, and the log of the program says why.'
  return { ...hold('campaign_fault', words), until: now + faultMs }
}

/** Such a fault has put it aside. */
export function isAtFault({ held, heldUntil }: CampaignFloor, now: number): boolean {
  return held?.rule === 'campaign_fault' && heldUntil !== null && now < heldUntil
}
