/** A lead's numbers in the order they are tried. */
import type { PhoneStatus } from '../../lender/party.ts'
import type { CampaignId } from '../../lib/ids.ts'
import type { BufferedLead, CampaignMode, LeadPhone } from '../entities.ts'
import type { ContactRequest } from '../gate/compliance.ts'
import { numberKey } from '../numbers/number.ts'
import type { FloorState } from '../state.ts'

type Numbers = Pick<BufferedLead, 'phones' | 'attempts'> &
  Partial<Pick<BufferedLead, 'bad' | 'next' | 'callback' | 'callbackNumber'>>

/**
 * The person's own numbers, taking turns by attempt, then a guarantor's, an employer's, a contact's: whether those may be called is the gate's.
 * First of all comes the number that a retry rule chose, else the one on which a callback was agreed. A number that is not there is left out.
 */
export function candidatePhones(lead: Numbers): readonly LeadPhone[] {
  if (lead.phones.length === 1 && !lead.bad?.length) return lead.phones
  const good = lead.bad?.length ? lead.phones.filter(phone => !lead.bad!.includes(phone.number)) : lead.phones
  const own = good.filter(phone => phone.relation === 'SELF')
  const turn = own.length === 0 ? 0 : lead.attempts % own.length
  const of = (relation: LeadPhone['relation']) => good.filter(phone => phone.relation === relation)
  const all = [...own.slice(turn), ...own.slice(0, turn), ...of('GUARANTOR'), ...of('WORKPLACE'), ...of('CONTACT')]
  const first = lead.next ?? (lead.callback ? lead.callbackNumber : null) ?? null
  const at = first === null ? -1 : all.findIndex(phone => phone.number === first)
  return at <= 0 ? all : [all[at]!, ...all.slice(0, at), ...all.slice(at + 1)]
}

/** Whether the person is on one of the own numbers now, as another list's lead too: the other numbers are not tried meanwhile. */
export function isOnCall(state: Pick<FloorState, 'numbersInCall'>, { phones }: Pick<BufferedLead, 'phones'>): boolean {
  return phones.some(({ number, relation }) => relation === 'SELF' && state.numbersInCall.has(numberKey(number)))
}

/** What the gate is asked about a lead's number. */
export function requestOf(
  lead: BufferedLead,
  phone: LeadPhone,
  campaign: CampaignId,
  mode: CampaignMode,
): ContactRequest {
  const { number, relation } = phone
  return { number, relation, campaign, mode, ...personOf(lead, phone) }
}

/** Whom a lead is about, as a call to this number of it and the gate know it. */
export function personOf(lead: BufferedLead, phone: LeadPhone) {
  const { ref, name, callback, consent = null, debt = null, promised = null } = lead
  return { party: ref, name, callback, consent, debt, agreedAt: agreedFor(lead, phone), promised }
}

/** A time was agreed on for one number: it opens no night for a guarantor's, nor for another of the same person. */
function agreedFor({ agreedAt = null, callbackNumber = null }: BufferedLead, phone: LeadPhone): number | null {
  const isMeant = callbackNumber === null ? phone.relation === 'SELF' : phone.number === callbackNumber
  return isMeant ? agreedAt : null
}

/** A person said that this number of the party is no good, or that it is: so it is with all its leads that the floor has in hand. */
export function markNumber(
  state: FloorState,
  { party, number, status }: { party: string; number: string; status: PhoneStatus },
): void {
  const mark = (lead: BufferedLead) => {
    if (lead.ref !== party || !lead.phones.some(phone => phone.number === number)) return
    const others = (lead.bad ?? []).filter(each => each !== number)
    lead.bad = status === 'BAD' ? [...others, number] : others
    if (status === 'BAD' && lead.next === number) lead.next = null
  }
  for (const { buffer, reserved } of state.campaigns.values()) {
    for (const lead of buffer) mark(lead)
    for (const lead of reserved.values()) mark(lead)
  }
  for (const { preview } of state.agents.values()) if (preview !== null) mark(preview.lead)
}
