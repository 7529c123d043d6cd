/** What belongs to one party: marks on its numbers, consents, and looking at what is sealed. */
import type { Actor } from '../../centre/facts.ts'
import { type Consent, consentFor, isForSales } from '../../lender/consent.ts'
import type { PartyPhone } from '../../lender/party.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { consentInput, disclosureInput, numberMark, reasonInput } from './lender-schemas.ts'
import { partyByRef } from './parties.ts'

/** What a number turned out to be. Where a contact refused, the number is not called again by anyone: its owner said so, whoever the debtor is. */
export function markNumber(door: RecordsDoor, actor: Actor, ref: string, given: unknown): Promise<PartyPhone> {
  return inTurn(door, async () => {
    const { number, status, reason } = parseInput(numberMark, given)
    const phone = (await partyByRef(door, ref)).phones.find(each => each.number === number)
    if (phone === undefined) throw new NotFound('number of this party', number)
    const refused = status === 'REFUSED' && phone.relation !== 'SELF'
    await keep(door, actor, [
      { type: 'party.numberMarked', party: ref, number, status, reason },
      ...(refused ? [{ type: 'suppression.added' as const, number, reason, until: null }] : []),
    ])
    return { ...phone, status, badReason: reason }
  })
}

/** The value in clear, and the fact that it was shown. Throws NotNow when this key does not open it. */
export async function showSecret(door: RecordsDoor, actor: Actor, ref: string, given: unknown): Promise<string> {
  const { field, reason } = parseInput(disclosureInput, given)
  const party = await partyByRef(door, ref)
  const [business, key] = field.split('.') as [string, string | undefined]
  const sealed = key === undefined ? party.idNo : party.fields[business as keyof typeof party.fields]?.[key]
  if (sealed === null || sealed === undefined || typeof sealed !== 'object')
    throw new InvalidInput([{ field: 'field', found: field, allowed: 'a secret field that has a value' }])
  const value = door.store.sealer.open({ party: ref, field }, sealed)
  if (value === null)
    throw new NotNow('other-key', door.store.sealer.trouble ?? 'this value does not open with the key file')
  await keep(door, actor, [{ type: 'party.secretShown', party: ref, field, reason }])
  return value
}

export async function giveConsent(door: RecordsDoor, actor: Actor, given: unknown): Promise<Consent> {
  const { givenAt = door.clock.now(), ...rest } = parseInput(consentInput, given)
  if (givenAt > door.clock.now())
    throw new InvalidInput([{ field: 'givenAt', found: 'an instant to come', allowed: 'one that was' }])
  await partyByRef(door, rest.party)
  const consent: Consent = { id: newId<'consent'>('co'), ...rest, givenAt }
  await keep(door, actor, [{ type: 'consent.given', consent }])
  return consent
}

/** Holds from now on; that it was given stays on record. */
export function withdrawConsent(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<void> {
  return inTurn(door, async () => {
    const { reason } = parseInput(reasonInput, given)
    const consent = await door.store.read('consents.byId', { id })
    if (consent === null) throw new NotFound('consent', id)
    if (consent.withdrawnAt !== null) throw new NotNow('consent-withdrawn', 'this consent was withdrawn already')
    const { party } = consent
    const others = (await door.store.read('consents.ofParty', { party })).filter(each => each.id !== id)
    const now = door.clock.now()
    const isOver = isForSales(consent) && consentFor(others, { purpose: 'sales', channel: 'voice', now }) === null
    const sales = isOver ? { sales: false as const } : {}
    await keep(door, actor, [{ type: 'consent.withdrawn', consent: id, party, reason, ...sales }])
  })
}
