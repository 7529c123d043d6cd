/**
 * What the desk shows to who works for an agency: cases that are placed with it and in this person's hands, and of calls and callbacks those about them
 * alone. After a recall nothing of it is left. For the lender's own people nothing is different.
 */
import type { User } from '../../centre/entities.ts'
import type { AgencyId, UserId } from '../../lib/ids.ts'
import type { CallbackRecord } from '../../store/campaigns/callbacks.ts'
import type { DeskRead, Near } from '../../store/desk/desk.ts'
import type { Store } from '../../store/store.ts'
import type { Deps } from '../deps.ts'
import { agencyView } from './agency-view.ts'

const nearMax = 12

/** Which of these parties the person may look at; the lender's own people all of them. */
async function seenBy(store: Store, user: User, parties: readonly (string | null)[]): Promise<ReadonlySet<string>> {
  const refs = [...new Set(parties.filter(ref => ref !== null))]
  const { agency } = user
  if (!agency) return new Set(refs)
  const seen: string[] = []
  for (let from = 0; from < refs.length; from += 500) {
    const slice = refs.slice(from, from + 500)
    seen.push(...(await store.read('placements.parties', { agency, parties: slice, agent: user.id })))
  }
  return new Set(seen)
}

/** Calls and the like of parties that are none of the agency's (any more) are left out. */
export async function onlyPlaced<T extends { party: string | null }>(
  { store }: Pick<Deps, 'store'>,
  user: User,
  items: readonly T[],
): Promise<T[]> {
  if (!user.agency) return [...items]
  const seen = await seenBy(
    store,
    user,
    items.map(({ party }) => party),
  )
  return items.filter(({ party }) => party !== null && seen.has(party))
}

/** A callback names its party by the lead, or by the number alone. */
export async function onlyPlacedCallbacks(
  { store }: Pick<Deps, 'store'>,
  user: User,
  callbacks: readonly CallbackRecord[],
): Promise<CallbackRecord[]> {
  if (!user.agency) return [...callbacks]
  const parties = await Promise.all(
    callbacks.map(async ({ lead, number }) => {
      if (lead === null) return store.read('parties.owners', { number })
      const known = await store.read('leads.byId', { id: lead })
      return known === null ? [] : [known.ref]
    }),
  )
  const seen = await seenBy(store, user, parties.flat())
  return callbacks.filter((_, at) => parties[at]!.some(party => seen.has(party)))
}

/** What the store says of a party, as this person may know it. */
export async function ofAgency({ store, engine }: Deps, user: User, read: DeskRead): Promise<DeskRead> {
  const { agency } = user
  if (!agency) return read
  const placedAt = read.party && (await store.read('placements.since', { party: read.party.ref, agency }))
  return agencyView(read, { agency, placedAt, state: engine.state })
}

/** Whom the person may look at without a call. */
export async function nearOf({ store }: Pick<Deps, 'store'>, user: User, since: number): Promise<Near[]> {
  const { agency, id } = user
  if (!agency) return store.read('desk.near', { agent: id, since })
  const cases = await store.read('placements.ofAgency', { agency, agent: id, limit: nearMax })
  return cases.map(({ party, name }) => ({ ref: party, name, why: 'case', state: 'OUTSOURCED' }))
}

export async function isNearTo(
  { store }: Pick<Deps, 'store'>,
  user: { id: UserId; agency?: AgencyId | null },
  party: string,
  since: number,
): Promise<boolean> {
  const { agency, id } = user
  if (!agency) return store.read('desk.isNear', { agent: id, since, party })
  return (await store.read('placements.parties', { agency, parties: [party], agent: id })).length > 0
}
