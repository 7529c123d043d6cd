/** Leads that a thread of its own has read and checked, up to 500 at once: whoever is in the campaign already, word for word, changes nothing. */
import type { Lead, LeadList } from '../centre/entities.ts'
import type { Actor, RecordFact } from '../centre/facts.ts'
import { savedMax } from '../lender/facts.ts'
import { keepPatiently, type RecordsDoor } from './door.ts'
import type { Duplicates } from './duplicates.ts'
import { NotNow } from './errors.ts'
import { newReport, type RowReport, sameText } from './row-report.ts'
import { inTurn } from './turn.ts'

export type LeadRows = { list: LeadList; duplicates: Duplicates; leads: Lead[] }

/** No ref stands twice among `leads`. The list is made with its first leads. Throws NotNow when the campaign is closed. */
export function addLeads(door: RecordsDoor, actor: Actor, { list, duplicates, leads }: LeadRows): Promise<RowReport> {
  if (leads.length > savedMax) throw new RangeError(`${leads.length} leads at once; at most ${savedMax}`)
  return inTurn(door, async () => {
    const report = newReport()
    const { campaign } = list
    const [kept, state] = await Promise.all([
      door.store.read('leads.byRefs', { campaign, refs: leads.map(({ ref }) => ref) }),
      door.store.read('campaigns.byId', { id: campaign }),
    ])
    if (state === null || state.state === 'closed')
      throw new NotNow('campaign-closed', 'leads cannot be added to a closed campaign')
    const known = new Map(kept.map(lead => [lead.ref, lead]))
    const reject = (at: number, field: string, found: string, allowed: string) =>
      report.rejected.push({ at, problems: [{ field, found, allowed }] })
    const fresh: { row: number; lead: Lead }[] = []
    for (const [row, lead] of leads.entries()) {
      const former = known.get(lead.ref)
      if (former === undefined) fresh.push({ row, lead })
      else if (sameText(told(former)) === sameText(told(lead))) report.unchanged++
      else reject(row, 'ref', lead.ref, 'a ref that the campaign does not have yet; it has this one with other values')
    }
    const taken = await duplicates.sort(campaign, fresh, (row, field, reason) =>
      reject(row, field, reason, 'a person who is in no other list'),
    )
    if (taken.length === 0) return report
    const facts: RecordFact[] = [
      { type: 'leads.added', campaign, import: list.id, leads: taken.map(({ lead }) => lead) },
    ]
    if ((await door.store.read('lists.byId', { id: list.id })) === null) facts.unshift({ type: 'list.saved', list })
    await keepPatiently(door, actor, facts)
    report.saved = taken.length
    return report
  })
}

/** What a file says of a lead, and not what has become of it. */
function told(
  lead: Pick<Lead, 'ref' | 'name' | 'phones' | 'fields' | 'segment' | 'priority'> & {
    consent?: unknown
    debt?: unknown
  },
): unknown {
  const { ref, name, phones, segment = '', priority = 5, consent = null, debt = null } = lead
  // A cell cannot say that a field is there and empty.
  const texts = Object.entries(lead.fields).map(([field, text]) => [field.trim(), text.trim()] as const)
  const fields = Object.fromEntries(texts.filter(([, text]) => text !== ''))
  return { ref, name, phones, fields, segment, priority, consent, debt }
}
