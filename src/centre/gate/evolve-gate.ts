/** What saved policies, calendars and stopped people mean for the gate, and how far its counters must look back. */
import { isForSales } from '../../lender/consent.ts'
import type { Note } from '../decision.ts'
import type { Fact } from '../facts.ts'
import { calendarKey, readDates, shippedHolidays } from '../policy/holidays.ts'
import { manualStack, reachOf, stackOf, textPolicyKey } from '../policy/policy.ts'
import type { CampaignFloor, FloorState } from '../state.ts'

/** Answers whether the change was one of the gate's. */
export function evolveGate(state: FloorState, change: Fact | Note): boolean {
  switch (change.type) {
    case 'policy.saved':
      state.policies.set(change.policy.id, change.policy)
      countFor(state)
      for (const floor of state.campaigns.values()) limitAbandonment(state, floor)
      lookAgain(state)
      return true
    case 'party.held':
      state.stops.add(change)
      return true
    case 'leads.added':
      for (const { ref, phones } of change.leads)
        for (const { number, relation } of phones) if (relation === 'SELF') state.stops.addNumber(ref, number)
      return false // they are the dialler's before all
    case 'party.released':
      state.stops.release(change.party, change.kind)
      return true
    case 'consent.given':
      if (isForSales(change.consent)) state.stops.setSold(change.consent.party, true)
      return true
    case 'consent.withdrawn':
      if (change.sales === false) state.stops.setSold(change.party, false)
      return true
    case 'setting.saved': {
      if (change.key === textPolicyKey) {
        state.textPolicy = change.value
        countFor(state)
        return true
      }
      const code = calendarKey.exec(change.key)?.[1]
      if (code === undefined) return false
      setCalendar(state, code, change.value)
      lookAgain(state)
      return true
    }
    default:
      return false
  }
}

/** An empty text brings back the calendar that is shipped. */
export function setCalendar(state: FloorState, code: string, text: string): void {
  const dates = readDates(text)
  if (dates === null) return
  const own = dates.size > 0 ? dates : shippedHolidays().get(code)
  if (own !== undefined) state.holidays.set(code, own)
  else state.holidays.delete(code)
}

/** The counters look back as far as the policies in use do: those of campaigns that are not closed, and what manual calls keep to. */
export function countFor(state: FloorState): void {
  const used = state.lab ? new Set<string>() : new Set([manualStack])
  for (const { campaign } of state.campaigns.values()) if (campaign.state !== 'closed') used.add(campaign.policy)
  if (state.textPolicy !== '') used.add(state.textPolicy)
  state.counters.needMs = reachOf(state.policies, used)
}

/**
 * The dialler keeps to the tighter of its campaign's limit and its policies', over the day and over their windows. What a window holds of the
 * days before today is fixed until midnight.
 */
export function limitAbandonment(state: FloorState, floor: CampaignFloor): void {
  const { campaign, pacer, abandonment, day } = floor
  const stack = stackOf(state.policies, campaign.policy, campaign.business)
  const asked = typeof stack === 'string' ? [] : stack.flatMap(({ abandon }) => abandon ?? [])
  pacer.account.max = Math.min(campaign.abandonRateMax, ...asked.map(({ max }) => max))
  pacer.account.windows = asked
    .filter(({ days }) => days > 1)
    .map(({ max, days }) => ({ max, ...abandonment.of(day - 1, days - 1) }))
}

/** What held a campaign back may hold no more. */
function lookAgain(state: FloorState): void {
  for (const floor of state.campaigns.values()) floor.heldUntil = null
}
