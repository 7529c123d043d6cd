/** Who works for an agency: agents of its own, within its seats, who never see a number in clear; and where the lender's people and they may not mix. */
import type { Business, User } from '../../centre/entities.ts'
import type { AgencyId, UserId } from '../../lib/ids.ts'
import type { RecordsDoor } from '../door.ts'
import { InvalidInput } from '../errors.ts'

/** The person as it may be saved. Throws InvalidInput. Called within a turn: of two at once one would be a seat too many. */
export async function checkAgencyOf(door: RecordsDoor, user: User, former: User | null): Promise<User> {
  const agency = user.agency ?? null
  if (former !== null && (former.agency ?? null) !== agency)
    throw wrong('agency', agency ?? 'none', 'the one that this person began with: make a new sign-in instead')
  if (agency === null) return user
  if (user.role !== 'agent') throw wrong('role', user.role, 'agent, for whoever works for an agency')
  const found = await door.store.read('agencies.byId', { id: agency })
  if (found === null) throw wrong('agency', agency, 'the id of an agency that there is')
  const takesSeat = user.enabled && !(former?.enabled ?? false)
  if (takesSeat && found.removedAt !== null) throw wrong('agency', found.name, 'an agency that was not removed')
  if (takesSeat && found.people >= found.seats)
    throw wrong(
      'agency',
      `${found.people} of ${found.seats} seats taken`,
      `an agency with a free seat: ${found.name} has none`,
    )
  return { ...user, numbersMasked: true }
}

/** Agents of a campaign are all of its agency, or all of the lender. Throws InvalidInput. */
export async function checkCampaignPeople(
  door: RecordsDoor,
  campaign: { agents: UserId[]; agency?: AgencyId | null; business: Business },
): Promise<void> {
  const agency = campaign.agency ?? null
  if (agency !== null) {
    if ((await door.store.read('agencies.byId', { id: agency })) === null)
      throw wrong('agency', agency, 'the id of an agency that there is')
    if (campaign.business !== 'collections') throw wrong('business', campaign.business, 'collections, for an agency')
  }
  await checkOwnPeople(door, 'agents', campaign.agents, agency)
}

/** All of them of this agency; null: of the lender. */
export async function checkOwnPeople(
  door: RecordsDoor,
  field: string,
  ids: readonly UserId[],
  agency: AgencyId | null = null,
): Promise<void> {
  if (ids.length === 0) return
  const named = new Set(ids)
  const others = (await door.store.read('users.list', {})).filter(
    user => named.has(user.id) && (user.agency ?? null) !== agency,
  )
  if (others.length === 0) return
  const found = others
    .slice(0, 5)
    .map(({ name }) => name)
    .join(', ')
  throw wrong(field, found, agency === null ? 'people of the lender, none of an agency' : 'people of this agency alone')
}

function wrong(field: string, found: string, allowed: string): InvalidInput {
  return new InvalidInput([{ field, found: found.slice(0, 100), allowed }])
}
