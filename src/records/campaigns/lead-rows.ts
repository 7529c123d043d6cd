/** Leads that a thread of its own has read and checked, up to 500 at once: whoever is in the campaign already, word for word, changes nothing. */
import type { Lead, LeadList } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { savedMax } from '../../lender/facts.ts'
import { keepPatiently, type RecordsDoor } from '../door.ts'
import { NotNow } from '../errors.ts'
import { newReport, type RowReport, sameText } from '../row-report.ts'
import { inTurn } from '../turn.ts'
import type { Duplicates } from './duplicates.ts'

export type LeadRows = { list: LeadList; duplicates: Duplicates; leads: Lead[] }

/** No ref stands twice among `leads`. The list is made with its first leads. Throws NotNow when the campaign is closed. */
export async function addLeads(door: RecordsDoor, actor: Actor, { leads, ...rest }: LeadRows): Promise<RowReport> {
  const { report, kept } = await new LeadAdder(door, actor, rest).add(leads)
  await kept
  return report
}

/** For one file, slice after slice: the next one is looked up while the last one is on its way to the disk. */
export class LeadAdder {
  readonly #door: RecordsDoor
  readonly #actor: Actor
  readonly #list: LeadList
  readonly #duplicates: Duplicates
  /** Not answered yet, at most a few slices: no read is sure to see them. */
  #under: ReadonlyMap<string, Lead> = new Map()
  #isListed = false

  constructor(door: RecordsDoor, actor: Actor, { list, duplicates }: Omit<LeadRows, 'leads'>) {
    this.#door = door
    this.#actor = actor
    this.#list = list
    this.#duplicates = duplicates
  }

  /** As `addLeads`; resolves when the slice is decided and on its way, `kept` when it is on disk and the floor knows. Nobody need wait for `kept` first. */
  add(leads: Lead[]): Promise<{ report: RowReport; kept: Promise<unknown> }> {
    const door = this.#door
    if (leads.length > savedMax) throw new RangeError(`${leads.length} leads at once; at most ${savedMax}`)
    return inTurn(door, async () => {
      const report = newReport()
      const { campaign, id } = this.#list
      const under = this.#under // as of now: what is answered while the read is under way may not be in it
      const [found, state] = await Promise.all([
        door.store.read('leads.byRefs', { campaign, refs: leads.map(({ ref }) => ref) }),
        door.store.read('campaigns.byId', { id: campaign }),
      ])
      if (state === null || state.state === 'closed')
        throw new NotNow('campaign-closed', 'leads cannot be added to a closed campaign')
      const known = new Map(found.map(lead => [lead.ref, lead]))
      const reject = (at: number, field: string, found: string, allowed: string) =>
        report.rejected.push({ at, problems: [{ field, found, allowed }] })
      const fresh: { row: number; lead: Lead }[] = []
      for (const [row, lead] of leads.entries()) {
        const former = known.get(lead.ref) ?? under.get(lead.ref)
        if (former === undefined) fresh.push({ row, lead })
        else if (sameText(told(former)) === sameText(told(lead))) report.unchanged++
        else
          reject(row, 'ref', lead.ref, 'a ref that the campaign does not have yet; it has this one with other values')
      }
      const taken = await this.#duplicates.sort(campaign, fresh, (row, field, reason) =>
        reject(row, field, reason, 'a person who is in no other list'),
      )
      if (taken.length === 0) return { report, kept: Promise.resolve() }
      const facts: RecordFact[] = [{ type: 'leads.added', campaign, import: id, leads: taken.map(({ lead }) => lead) }]
      if (!this.#isListed && (await door.store.read('lists.byId', { id })) === null)
        facts.unshift({ type: 'list.saved', list: this.#list })
      report.saved = taken.length
      const kept = this.#kept(
        facts,
        taken.map(({ lead }) => lead),
      )
      // A list whose first slice the disk refused would be made by the next one, without its name, its weight and its pause.
      if (!this.#isListed) await kept
      this.#isListed = true
      return { report, kept }
    })
  }

  async #kept(facts: RecordFact[], leads: Lead[]): Promise<void> {
    this.#under = new Map([...this.#under, ...leads.map(lead => [lead.ref, lead] as const)])
    try {
      await keepPatiently(this.#door, this.#actor, facts)
    } finally {
      const under = new Map(this.#under)
      for (const { ref } of leads) under.delete(ref)
      this.#under = under
    }
  }
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
