/** Agencies: their contract and quota, their people, and what becomes of both when one is suspended or removed. */
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { type Agency, agenciesMax, faultOfAgency } from '../../lender/agency.ts'
import type { AgencyId } from '../../lib/ids.ts'
import type { AgencyRecord } from '../../store/lender/placements.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { inTurn } from '../turn.ts'
import { passOnCallbacks } from './agency-callbacks.ts'
import { agencyChange, agencyInput } from './placement-schemas.ts'
import { recallAgency } from './recalls.ts'

/** Also one that was removed: its history stays. */
export async function agencyById(door: RecordsDoor, id: string): Promise<AgencyRecord> {
  const found = await door.store.read('agencies.byId', { id })
  if (found === null) throw new NotFound('agency', id)
  return found
}

/** Throws InvalidInput; StoreError `conflict` when the name is taken. */
export function createAgency(door: RecordsDoor, actor: Actor, given: unknown): Promise<AgencyRecord> {
  return inTurn(door, async () => {
    const agency = settled({ id: newId<'agency'>('ag'), ...parseInput(agencyInput, given) })
    if ((await door.store.read('agencies.list', {})).length >= agenciesMax)
      throw new NotNow('agencies-full', `there are ${agenciesMax} agencies already`)
    await check(door, agency, null)
    await keep(door, actor, [{ type: 'agency.saved', agency }])
    return agencyById(door, agency.id)
  })
}

/** Fields that are left out stay. Suspended, its people finish the call in hand and are signed out. */
export function changeAgency(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<AgencyRecord> {
  return inTurn(door, async () => {
    const change = Object.entries(parseInput(agencyChange, given)).filter(([, value]) => value !== undefined)
    const former = await agencyById(door, id)
    if (former.removedAt !== null) throw new NotNow('agency-removed', `${former.name} was removed`)
    const { savedAt, removedAt, people, placed, ...plain } = former
    const agency = settled({ ...plain, ...Object.fromEntries(change) })
    await check(door, agency, former)
    await keep(door, actor, [{ type: 'agency.saved', agency }])
    await passOnCallbacks(door)
    return agencyById(door, id)
  })
}

/** Its cases come back first, a slice a turn; then its people are switched off with it, in one commit. */
export async function removeAgency(door: RecordsDoor, actor: Actor, id: string, reason: string): Promise<void> {
  const agency = await agencyById(door, id)
  if (agency.removedAt !== null) return
  if (agency.state === 'active') await changeAgency(door, actor, id, { state: 'suspended', suspendedFor: reason })
  await recallAgency(door, actor, agency.id, reason)
  await inTurn(door, async () => {
    const left = await door.store.read('placements.cases', { agency: agency.id, state: 'PLACED' })
    if (left.length > 0) throw new NotNow('agency-has-cases', `${agency.name} has cases again: recall them first`)
    const people = await peopleOf(door, agency.id)
    const off: RecordFact[] = people.map(
      ({ failedSignIns, lockedUntil, passwordSetAt, sipPasswordSetAt, ...user }) => ({
        type: 'user.saved',
        user: { ...user, enabled: false },
      }),
    )
    await keep(door, actor, [{ type: 'agency.removed', agency: agency.id, reason }, ...off])
    await passOnCallbacks(door)
  })
}

/** What was said of a suspension goes with it. */
function settled(agency: Agency): Agency {
  return agency.state === 'active' ? { ...agency, suspendedFor: null } : agency
}

/** Those who may sign in. */
export async function peopleOf(door: RecordsDoor, agency: AgencyId) {
  const users = await door.store.read('users.list', { enabledOnly: true })
  return users.filter(user => user.agency === agency)
}

async function check(door: RecordsDoor, agency: Agency, former: AgencyRecord | null): Promise<void> {
  const people = former?.people ?? 0
  const fault = faultOfAgency(agency, former?.state ?? null)
  if (fault !== null) throw new InvalidInput([fault])
  const buckets = (await reckoningOf(door)).rules.buckets.map(({ name }) => name)
  const unknown = agency.buckets.find(name => !buckets.includes(name))
  if (unknown !== undefined) throw new InvalidInput([{ field: 'buckets', found: unknown, allowed: buckets.join(', ') }])
  if (agency.seats < people)
    throw new InvalidInput([
      { field: 'seats', found: String(agency.seats), allowed: `at least ${people}, who may sign in now` },
    ])
  if (agency.lead === null) return
  const own = await peopleOf(door, agency.id)
  if (!own.some(({ id }) => id === agency.lead))
    throw new InvalidInput([{ field: 'lead', found: agency.lead, allowed: 'one of the people of this agency' }])
}
