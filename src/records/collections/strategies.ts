/**
 * Strategies at work: each case's due steps are done, once, in slices that are turns and commits of their own. What is done and what it led to (a lead, a
 * message, a case sent away) stand in one commit, so that a run that was broken off is taken up where it was, and nothing is done twice.
 */
import type { Campaign, Lead } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { moveCase, movedFact, stopsCalls } from '../../lender/case.ts'
import { addDays, daysBetween } from '../../lender/dates.ts'
import { emailOf, type FieldBusiness, type FieldDefinition } from '../../lender/fields.ts'
import type { Message } from '../../lender/message.ts'
import { amountTyped, currencyDefault } from '../../lender/money.ts'
import { bucketOf, dpdOf, standingOf } from '../../lender/overdue.ts'
import {
  faultOfStrategies,
  filledText,
  judgeSteps,
  type Placeholder,
  readStrategies,
  type StepAction,
  type StepVerdict,
  type Strategies,
  type StrategyCase,
  stepKey,
  strategiesKey,
  strategyFor,
} from '../../lender/strategy.ts'
import type { CampaignId, ImportId, LeadId } from '../../lib/ids.ts'
import type { StrategyRow } from '../../store/lender/messages.ts'
import type { PartyRecord } from '../../store/lender/parties.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { type Reckoning, reckoningOf } from '../parties/lender.ts'
import { inTurn } from '../turn.ts'
import { bare } from './cases.ts'
import { strategiesInput } from './collections-schemas.ts'

const sliceMax = 100
/** Of one party; more are no person's. */
const loansMost = 200
/** Reminders stand among the steps under this name. */
export const reminderStrategy = 'promise'

export async function strategiesOf(door: RecordsDoor): Promise<Strategies> {
  return readStrategies((await door.store.read('settings.all', {}))[strategiesKey])
}

/** Each save is a new version; steps tell by which they were done. Throws InvalidInput. */
export function saveStrategies(door: RecordsDoor, actor: Actor, given: unknown): Promise<Strategies> {
  return inTurn(door, async () => {
    const input = parseInput(strategiesInput, given)
    const fault = faultOfStrategies(input)
    if (fault !== null) throw new InvalidInput([fault])
    const { rules } = await reckoningOf(door)
    const buckets = rules.buckets.map(({ name }) => name)
    for (const [at, strategy] of input.strategies.entries()) {
      const unknown = strategy.buckets.find(name => !buckets.includes(name))
      if (unknown !== undefined)
        throw new InvalidInput([{ field: `strategies.${at}.buckets`, found: unknown, allowed: buckets.join(', ') }])
    }
    const actions = [...input.strategies.flatMap(({ steps }) => steps), ...input.reminders].map(({ action }) => action)
    for (const action of actions) {
      if (action.type !== 'call') continue
      const campaign = await door.store.read('campaigns.byId', { id: action.campaign as CampaignId })
      if (campaign?.business !== 'collections')
        throw new InvalidInput([{ field: 'campaign', found: action.campaign, allowed: 'a campaign of collections' }])
    }
    const version = (await strategiesOf(door)).version + 1
    const strategies: Strategies = { ...input, version }
    await keep(door, actor, [{ type: 'setting.saved', key: strategiesKey, value: JSON.stringify(strategies) }])
    return strategies
  })
}

/** What the strategy says about one case now: what is next, what was done, and why not. null: no strategy is for its bucket. */
export async function explainCase(
  door: RecordsDoor,
  id: string,
): Promise<{ strategy: string; version: number; verdicts: StepVerdict[] } | null> {
  const [strategies, reckoning, row, steps] = await Promise.all([
    strategiesOf(door),
    reckoningOf(door),
    door.store.read('strategies.case', { id }),
    door.store.read('strategies.steps', { cases: [id] }),
  ])
  if (row === null) return null
  const given = caseOf(row, steps, reckoning)
  const strategy = strategyFor(given.bucket, strategies)
  if (strategy === null) return null
  return {
    strategy: strategy.name,
    version: strategies.version,
    verdicts: judgeSteps(given, strategy, reckoning.today),
  }
}

/** Does what is due. Answers how many steps were done. */
export async function runStrategies(door: RecordsDoor): Promise<number> {
  let done = 0
  if ((await strategiesOf(door)).strategies.length > 0)
    for (let after: string | null = ''; after !== null; ) {
      const slice: { done: number; last: string | null } = await inTurn(door, () => runSlice(door, after!))
      done += slice.done
      after = slice.last
    }
  return done + (await runReminders(door))
}

async function runSlice(door: RecordsDoor, after: string): Promise<{ done: number; last: string | null }> {
  const [strategies, reckoning] = await Promise.all([strategiesOf(door), reckoningOf(door)])
  const rows = await door.store.read('strategies.cases', { after, limit: sliceMax })
  const steps = await door.store.read('strategies.steps', { cases: rows.map(({ id }) => id) })
  const hands = new Hands(door, reckoning)
  let done = 0
  for (const row of rows) {
    const given = caseOf(
      row,
      steps.filter(step => step.case === row.id),
      reckoning,
    )
    const strategy = strategyFor(given.bucket, strategies)
    if (strategy === null) continue
    for (const { step, state, why } of judgeSteps(given, strategy, reckoning.today)) {
      if (state !== 'due' && state !== 'missed') continue
      const over = {
        case: row.id,
        party: row.party,
        strategy: strategy.name,
        step: step.name,
        version: strategies.version,
      }
      const result =
        state === 'due'
          ? await hands.act(row, step.action, `${strategy.name}: ${step.name}`)
          : { how: 'skipped' as const, why: why ?? 'late', lead: null, message: null }
      if (result === null) continue // not now; asked again until its days are over
      hands.facts.push({ type: 'case.stepped', ...over, ...result })
      if (result.how === 'done') done++
      if (step.action.type === 'send' && result.how === 'done') break // others have the case from here on
    }
  }
  await hands.keep()
  return { done, last: rows.length < sliceMax ? null : rows.at(-1)!.id }
}

/** Promises that fall due soon are reminded of, each reminder once, and not while the party is on HOLD. */
async function runReminders(door: RecordsDoor): Promise<number> {
  const { reminders } = await strategiesOf(door)
  if (reminders.length === 0) return 0
  let done = 0
  for (let after: string | null = ''; after !== null; )
    after = await inTurn(door, async () => {
      const [strategies, reckoning] = await Promise.all([strategiesOf(door), reckoningOf(door)])
      const { today } = reckoning
      const most = Math.max(...strategies.reminders.map(({ daysBefore }) => daysBefore))
      const window = { from: today, to: addDays(today, most), after: after!, limit: sliceMax }
      const promises = await door.store.read('strategies.promises', window)
      const keys = promises.map(({ id, case: of }) => of ?? id)
      const over = await door.store.read('strategies.steps', { cases: keys })
      const hands = new Hands(door, reckoning)
      for (const promise of promises) {
        if (promise.state !== null && stopsCalls(promise.state)) continue
        const of = promise.case ?? promise.id
        for (const { name, daysBefore, action } of strategies.reminders) {
          const step = `${promise.id} ${name}`
          const isOver = over.some(each => each.case === of && each.strategy === reminderStrategy && each.step === step)
          if (isOver || daysBetween(today, promise.dueOn) > daysBefore) continue
          const row = { id: of, party: promise.party, oldestDueOn: promise.dueOn, promise }
          const result = await hands.act(row, action, `${reminderStrategy}: ${name}`)
          if (result === null) continue
          const what = { case: of, party: promise.party, strategy: reminderStrategy, step, version: strategies.version }
          hands.facts.push({ type: 'case.stepped', ...what, ...result })
          done++
        }
      }
      await hands.keep()
      return promises.length < sliceMax ? null : promises.at(-1)!.id
    })
  return done
}

type Done = { how: 'done' | 'skipped'; why: string; lead: LeadId | null; message: string | null }
/** `promise`: that is reminded of. */
type About = Pick<StrategyRow, 'id' | 'party' | 'oldestDueOn'> & { promise?: { id: string; amount: number } }

/** What steps do, gathered for one commit. */
class Hands {
  readonly facts: RecordFact[] = []
  readonly #door: RecordsDoor
  readonly #reckoning: Reckoning
  /** Leads of this commit, by campaign. */
  readonly #added = new Map<string, Lead[]>()
  #definitions: Partial<Record<FieldBusiness, FieldDefinition[]>> | null = null

  constructor(door: RecordsDoor, reckoning: Reckoning) {
    this.#door = door
    this.#reckoning = reckoning
  }

  /** null: it cannot be done now. */
  async act(about: About, action: StepAction, why: string): Promise<Done | null> {
    const party = await this.#door.store.read('parties.byRef', { ref: about.party })
    const stops = await this.#door.store.read('stops.of', { party: about.party })
    const now = this.#door.clock.now()
    if (party === null || stops.some(({ until }) => until === null || until > now)) return null
    switch (action.type) {
      case 'sms':
      case 'email':
      case 'letter':
        return this.#write(about, party, action, why)
      case 'call':
        return this.#call(about, party, action.campaign)
      case 'send': {
        const found = await this.#door.store.read('cases.byId', { id: about.id })
        if (found === null) return null
        const moved = moveCase(bare(found), { type: 'send', to: action.to })
        if (!moved.ok) return null
        this.facts.push(...movedFact(bare(found), moved.case, why))
        return { how: 'done', why: '', lead: null, message: null }
      }
      default:
        return action satisfies never
    }
  }

  async keep(): Promise<void> {
    const lists: RecordFact[] = []
    for (const [campaign, leads] of this.#added) {
      const list = listOf(campaign)
      if ((await this.#door.store.read('lists.byId', { id: list })) === null)
        lists.push({
          type: 'list.saved',
          list: {
            id: list,
            campaign: campaign as CampaignId,
            name: 'strategies',
            priority: 5,
            weight: 1,
            paused: false,
          },
        })
      lists.push({ type: 'leads.added', campaign: campaign as CampaignId, import: list, leads })
    }
    if (lists.length + this.facts.length > 0) await keep(this.#door, 'system', [...lists, ...this.facts])
  }

  async #write(
    about: About,
    party: PartyRecord,
    action: Extract<StepAction, { type: 'sms' | 'email' | 'letter' }>,
    why: string,
  ): Promise<Done | null> {
    const to = await this.#addressOf(party, action.type)
    if (to === null) return null
    const values = await this.#valuesOf(about, party)
    const id = newId<'message'>('ms')
    const message: Message = {
      ...{ id, party: party.ref, case: about.id, why, channel: action.type, to, text: filledText(action.text, values) },
      // One line: a name with a line break in it begins no header of its own.
      ...(action.type === 'email' ? { subject: filledText(action.subject, values).replace(/\s+/g, ' ') } : {}),
      ...(about.promise === undefined ? {} : { promise: about.promise.id }),
    }
    this.facts.push({ type: 'message.queued', message })
    return { how: 'done', why: '', lead: null, message: id }
  }

  async #addressOf(party: PartyRecord, channel: 'sms' | 'email' | 'letter'): Promise<string | null> {
    if (channel === 'letter') return party.name
    if (channel === 'sms') return ownPhone(party)
    this.#definitions ??= await this.#door.store.read('fields.all', {})
    return emailOf(party.fields, this.#definitions, 'collections')
  }

  async #valuesOf(
    { party: ref, oldestDueOn, promise }: About,
    party: PartyRecord,
  ): Promise<Record<Placeholder, string>> {
    const { today } = this.#reckoning
    const { items } = await this.#door.store.read('loans.page', { party: ref, limit: loansMost })
    const standings = items.map(loan => standingOf(loan, new Map(loan.paid), today))
    const sum = (pick: 'overdueTotal' | 'owedTotal') => standings.reduce((all, standing) => all + standing[pick], 0)
    const inWords = (amount: number) => amountTyped(amount, items[0]?.currency ?? currencyDefault)
    return {
      ...{ name: party.name, ref: party.ref, dueOn: oldestDueOn ?? '' },
      overdue: inWords(sum('overdueTotal')),
      owed: inWords(sum('owedTotal')),
      promised: promise === undefined ? '' : inWords(promise.amount),
      days: String(oldestDueOn === null ? 0 : dpdOf(oldestDueOn, today)),
    }
  }

  async #call(about: About, party: PartyRecord, id: string): Promise<Done | null> {
    const campaign: Campaign | null = await this.#door.store.read('campaigns.byId', { id: id as CampaignId })
    if (campaign === null || campaign.state === 'closed') return null
    const before = this.#added.get(id)?.find(({ ref }) => ref === party.ref)
    if (before !== undefined) return { how: 'done', why: 'queued_already', lead: before.id, message: null }
    const known = await this.#door.store.read('leads.byRef', { campaign: id, ref: party.ref })
    if (known !== null) {
      const isOver = known.state === 'done' || known.state === 'exhausted'
      if (known.state === 'dnc') return { how: 'skipped', why: 'do_not_call', lead: known.id as LeadId, message: null }
      if (isOver) {
        const list = (await this.#door.store.read('leads.byId', { id: known.id as LeadId }))!.import
        this.facts.push({ type: 'leads.recycled', campaign: campaign.id, list, leads: [known.id as LeadId] })
      }
      return { how: 'done', why: isOver ? '' : 'queued_already', lead: known.id as LeadId, message: null }
    }
    const phones = ownPhones(party).map(number => ({ number, relation: 'SELF' as const }))
    if (phones.length === 0) return null
    const values = await this.#valuesOf(about, party)
    const lead: Lead = {
      id: newId<'lead'>('l'),
      campaign: campaign.id,
      ref: party.ref,
      name: party.name,
      phones,
      fields: values,
    }
    this.#added.set(id, [...(this.#added.get(id) ?? []), lead])
    return { how: 'done', why: '', lead: lead.id, message: null }
  }
}

/** The list of a campaign that strategies fill; one of each. */
function listOf(campaign: string): ImportId {
  return `i_strategies-${campaign}`.slice(0, 64) as ImportId
}

function ownPhones({ phones }: PartyRecord): string[] {
  return phones
    .filter(({ relation, status }) => relation === 'SELF' && status !== 'BAD' && status !== 'REFUSED')
    .map(({ number }) => number)
    .slice(0, 20)
}

function ownPhone(party: PartyRecord): string | null {
  return ownPhones(party)[0] ?? null
}

function caseOf(
  row: StrategyRow,
  steps: readonly { strategy: string; step: string; how: 'done' | 'skipped'; why: string }[],
  { rules, today }: Reckoning,
): StrategyCase {
  const channels = (row.channels ?? '').split(',')
  const { id, state, oldestDueOn, owed, lastResult } = row
  return {
    ...{ id, state, oldestDueOn, owed, lastResult, promiseOpen: row.promiseOpen === 1 },
    bucket: bucketOf(oldestDueOn === null ? 0 : dpdOf(oldestDueOn, today), rules),
    consents: {
      sms: channels.includes('sms') || channels.includes('any'),
      email: channels.includes('email') || channels.includes('any'),
      voice: channels.includes('voice') || channels.includes('any'),
    },
    done: new Map(steps.map(({ strategy, step, how, why }) => [stepKey(strategy, step), { how, why }])),
  }
}
