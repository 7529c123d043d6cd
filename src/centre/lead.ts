/** A lead's numbers in the order they are tried. */
import type { BufferedLead, LeadPhone } from './entities.ts'

/** The person's own numbers, taking turns by attempt, then a guarantor's, an employer's, a contact's: whether those may be called is the gate's. */
export function candidatePhones(lead: Pick<BufferedLead, 'phones' | 'attempts'>): LeadPhone[] {
  const own = lead.phones.filter(phone => phone.relation === 'SELF')
  const turn = own.length === 0 ? 0 : lead.attempts % own.length
  const of = (relation: LeadPhone['relation']) => lead.phones.filter(phone => phone.relation === relation)
  return [...own.slice(turn), ...own.slice(0, turn), ...of('GUARANTOR'), ...of('WORKPLACE'), ...of('CONTACT')]
}
