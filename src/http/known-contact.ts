/** What the records know of a number that is dialled by hand: the gate asks for the person, the consent and the loan. */
import type { FormerLead } from '../centre/calls/dial-intent.ts'
import type { Consent, Relation } from '../centre/entities.ts'
import { normaliseNumber } from '../centre/numbers/number.ts'
import type { CampaignId, LeadId, UserId } from '../lib/ids.ts'
import type { LeadRecord } from '../store/campaigns/leads.ts'
import type { Store } from '../store/store.ts'
import type { Deps } from './deps.ts'

type Known = {
  party: string | null
  name: string | null
  relation: Relation | null
  consent: Consent | null
  debt: string | null
  attempts?: number
  /** Of the lead itself. */
  former?: FormerLead | null
}
const nothing: Known = { party: null, name: null, relation: null, consent: null, debt: null }

type Asked = {
  campaign: CampaignId | null
  lead: LeadId | null
  number: string
  /** Who dials: of several who have the number, the one whose case is this person's. */
  agent?: UserId | null
  /** Which of several it is to be, as somebody said; one who has not the number is nobody. */
  party?: string
}

/**
 * The lead itself, else the campaign's lead with this number, else the one party whose own number it is: what is dialled by hand counts for that
 * party too, without its name.
 */
export async function knownContact(deps: Pick<Deps, 'store'>, of: Asked): Promise<Known> {
  return (await contactOf(deps, of)).known
}

/** `several`: parties who have the number, where nothing says which of them is meant; the first lead's is then taken for known, or nobody. */
export async function contactOf(
  { store }: Pick<Deps, 'store'>,
  of: Asked,
): Promise<{ known: Known; several: string[] }> {
  if (of.campaign !== null && of.lead !== null) {
    const lead = await store.read('leads.byId', { id: of.lead })
    if (lead) return { known: { ...ofLead(lead, of.number), former: formerOf(lead) }, several: [] }
  }
  const all = of.campaign === null ? [] : await store.read('leads.byNumber', { number: of.number })
  const leads = all.filter(each => each.campaign === of.campaign)
  const owners =
    leads.length > 0
      ? [...new Set(leads.map(({ ref }) => ref))]
      : await store.read('parties.owners', { number: normaliseNumber(of.number) ?? of.number })
  const meant = owners.length > 1 ? await meantOf(store, owners, of) : (owners[0] ?? null)
  const lead = leads.find(({ ref }) => meant === null || ref === meant)
  const several = owners.length > 1 && meant === null ? owners : []
  if (lead !== undefined) return { known: ofLead(lead, of.number), several }
  return { known: meant === null ? nothing : { ...nothing, party: meant, relation: 'SELF' }, several }
}

async function meantOf(store: Store, owners: string[], { party, agent }: Asked): Promise<string | null> {
  if (party !== undefined && owners.includes(party)) return party
  if (!agent) return null
  const cases = await Promise.all(owners.map(owner => store.read('cases.openOf', { party: owner })))
  const own = owners.filter((_, at) => cases[at]?.agent === agent)
  return own.length === 1 ? own[0]! : null
}

function ofLead(lead: LeadRecord, number: string): Known {
  const relation = lead.phones.find(phone => phone.number === number)?.relation ?? null
  const { ref: party, name, consent = null, debt = null, attempts } = lead
  return { party, name, relation, consent, debt, attempts }
}

/** null: it is in a call. */
function formerOf({ state, dueAt, nextNumber: next }: LeadRecord): FormerLead | null {
  return state === 'in_call' ? null : { state, dueAt, next }
}
