/** Who is on a call that no number names, or several: an agent asked. */

import type { Call } from '../../centre/call-state.ts'
import type { Actor } from '../../centre/facts.ts'
import type { PhoneRelation } from '../../lender/party.ts'
import type { UserId } from '../../lib/ids.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { NotNow } from '../errors.ts'
import { normalNumber } from '../numbers-e164.ts'
import { inTurn } from '../turn.ts'
import { createParty, partyByRef } from './parties.ts'

/**
 * A number that stands with the party as a contact's or a workplace's stays that: an agent's word makes nobody the debtor who is recorded as
 * somebody else. A number that is not the party's is taken as its own, since the agent asked who it is.
 */
export function identifyCall(
  door: RecordsDoor,
  actor: Actor,
  given: { call: Pick<Call, 'id' | 'number' | 'lead' | 'party'>; agent: UserId; party: string },
): Promise<void> {
  return inTurn(door, async () => {
    const { call, agent } = given
    if (call.lead !== null || (call.party !== null && call.party !== given.party))
      throw new NotNow('party-known', 'It is known already whose call this is.')
    if (call.party === given.party) return
    const { ref: party, name, phones } = await partyByRef(door, given.party)
    const number = normalNumber(call.number) ?? call.number
    const relation: PhoneRelation = phones.find(phone => phone.number === number)?.relation ?? 'SELF'
    await keep(door, actor, [{ type: 'call.identified', call: call.id, agent, party, name, relation }])
  })
}

/**
 * A caller whom nobody knows becomes a party with the number of the call. The ref is the call's, so that the same form sent twice makes one party;
 * the lender's own system knows it by no other yet.
 */
export async function addCaller(
  door: RecordsDoor,
  actor: Actor,
  given: {
    call: Pick<Call, 'id' | 'number' | 'lead' | 'party'>
    agent: UserId
    name: string
    relation: string
  },
): Promise<void> {
  const { call, agent, name, relation } = given
  if (call.lead !== null || call.party !== null)
    throw new NotNow('party-known', 'It is known already whose call this is.')
  const number = normalNumber(call.number)
  const ref = `NEW-${call.id}`
  const phones = number === null ? [] : [{ number, relation, source: `call ${call.id}`, legalBasis: 'called us' }]
  const made = await door.store.read('parties.byRef', { ref })
  if (made === null) await createParty(door, actor, { ref, name, phones })
  await identifyCall(door, actor, { call, agent, party: ref })
}
