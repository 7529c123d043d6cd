/**
 * What somebody of an agency may know of a party, cut down before anything is made of it for a page: the case that is placed with the agency now, with
 * its loans and what is owed; its own contacts and promises since it was placed; what came in since. Nothing of before, nothing of the lender's own
 * people, other loans, flags, or reasons that somebody of the lender wrote. Of a party that is not placed with it (any more): nothing.
 */
import type { FloorState } from '../../centre/state.ts'
import type { AgencyId, UserId } from '../../lib/ids.ts'
import type { CallRecord } from '../../store/calls/calls.ts'
import type { DeskRead } from '../../store/desk/desk.ts'

/** `placedAt`: since when its case is in its batch; null: it is in none. */
export function agencyView(
  read: DeskRead,
  { agency, placedAt, state }: { agency: AgencyId; placedAt: number | null; state: FloorState },
): DeskRead {
  const open = read.case
  if (read.party === null || open?.placed?.agency !== agency || placedAt === null) return nothing
  const isOwn = (agent: string | null) => agent !== null && state.users.get(agent as UserId)?.agency === agency
  const isOwnCall = ({ agent, campaign, startedAt }: CallRecord) =>
    startedAt >= placedAt &&
    (agent !== null ? isOwn(agent) : campaign !== null && state.campaigns.get(campaign)?.campaign.agency === agency)
  return {
    party: {
      ...read.party,
      flags: [],
      phones: read.party.phones.map(phone => ({ ...phone, badReason: '' })),
    },
    callers: [],
    loans: read.loans.filter(({ ref }) => open.loans.includes(ref)),
    case: { ...open, agent: isOwn(open.agent) ? open.agent : null, holdReason: null },
    // What is promised already it must know; who was told so is the lender's.
    promises: read.promises
      .filter(
        each =>
          (isOwn(each.agent) && each.madeAt >= placedAt) ||
          (each.state === 'OPEN' && (each.loan === null || open.loans.includes(each.loan))),
      )
      .map(each => ({ ...each, agent: isOwn(each.agent) ? each.agent : null })),
    repayments: read.repayments
      .filter(({ recordedAt }) => recordedAt >= placedAt)
      .map(each => ({ ...each, channel: '' })),
    // Nobody reads why: a stop's reason may be anybody's words.
    stops: read.stops.map(stop => ({ ...stop, reason: '—' })),
    calls: read.calls.filter(isOwnCall),
  }
}

const nothing: DeskRead = {
  ...{ party: null, callers: [], loans: [], case: null, promises: [], repayments: [], stops: [], calls: [] },
}
