/** What the records know of a number that is dialled by hand: the gate asks for the person, the consent and the loan. */
import type { Consent, Relation } from '../centre/entities.ts'
import { normaliseNumber } from '../centre/number.ts'
import type { CampaignId, LeadId } from '../lib/ids.ts'
import type { Deps } from './deps.ts'

type Known = {
  party: string | null
  name: string | null
  relation: Relation | null
  consent: Consent | null
  debt: string | null
  attempts?: number
}
const nothing: Known = { party: null, name: null, relation: null, consent: null, debt: null }

/**
 * The lead itself, else the campaign's lead with this number, else the one party whose own number it is: what is dialled by hand counts for that
 * party too, without its name.
 */
export async function knownContact(
  { store }: Pick<Deps, 'store'>,
  of: { campaign: CampaignId | null; lead: LeadId | null; number: string },
): Promise<Known> {
  const lead =
    of.campaign === null
      ? undefined
      : of.lead !== null
        ? await store.read('leads.byId', { id: of.lead })
        : (await store.read('leads.byNumber', { number: of.number })).find(each => each.campaign === of.campaign)
  if (!lead) {
    const owners = await store.read('parties.owners', { number: normaliseNumber(of.number) ?? of.number })
    return owners.length === 1 ? { ...nothing, party: owners[0]!, relation: 'SELF' } : nothing
  }
  const relation = lead.phones.find(phone => phone.number === of.number)?.relation ?? null
  const { ref: party, name, consent = null, debt = null, attempts } = lead
  return { party, name, relation, consent, debt, attempts }
}
