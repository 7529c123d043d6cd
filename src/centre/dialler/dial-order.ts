/**
 * Who starts the next call where campaigns share agents and lines: the lower priority number first; among equals each in its share, by
 * start-time fair queueing (Goyal, Vin and Cheng 1996): a campaign's clock moves by 1/share with each call, and the one that is behind goes
 * first. One that had nothing to call does not save up turns.
 */
import type { CampaignFloor, FloorState } from '../state.ts'

const priorityDefault = 5

/** Keeps `dialOrder` in order; it is almost in order always. Only `evolve` calls these. */
export function sortDialOrder(state: FloorState): void {
  const order = state.dialOrder
  for (let i = 1; i < order.length; i++) {
    const floor = order[i]!
    let at = i
    for (; at > 0 && isBefore(floor, order[at - 1]!); at--) order[at] = order[at - 1]!
    order[at] = floor
  }
}

/** A call was started for this campaign: its clock moves on, and others that look at the same agents have one start less. */
export function noteTurn(state: FloorState, floor: CampaignFloor): void {
  if (floor.advice !== null && floor.advice.starts > 0) floor.advice.starts--
  if (state.dialOrder.length < 2) return
  floor.turn = Math.max(floor.turn, state.turn)
  state.turn = floor.turn
  floor.turn += 1 / (floor.campaign.share ?? 1)
  for (const id of floor.sharesWith) {
    const rival = state.campaigns.get(id)
    if (rival?.advice && rival.advice.starts > 0) rival.advice.starts--
  }
  sortDialOrder(state)
}

function isBefore(a: CampaignFloor, b: CampaignFloor): boolean {
  const [first, second] = [a.campaign.priority ?? priorityDefault, b.campaign.priority ?? priorityDefault]
  return first !== second ? first < second : a.turn < b.turn
}
