/** What keeps a campaign from dialling now, in words for the page; `until`: nothing changes before that instant. */
import type { Draft } from './draft.ts'
import type { Refusal } from './entities.ts'
import type { CampaignFloor } from './state.ts'

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
