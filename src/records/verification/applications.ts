/** Applications (进件): one by one, or by the hundred from a file; each new one opens a verification task. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { type Application, faultOfLine } from '../../lender/application.ts'
import type { Checklist } from '../../lender/checklist.ts'
import { savedMax } from '../../lender/facts.ts'
import { type FieldDefinition, readFields } from '../../lender/fields.ts'
import { minorDigits } from '../../lender/money.ts'
import type { Sealed } from '../../lender/sealed.ts'
import type { VerificationTask } from '../../lender/task.ts'
import type { PartyRecord } from '../../store/lender/parties.ts'
import type { ApplicationRecord } from '../../store/lender/verification.ts'
import { keep, keepPatiently, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { normalNumber } from '../numbers-e164.ts'
import { parseInput, problemsOf } from '../parse.ts'
import { breatheRows, newReport, type RowReport, readRows, sameText } from '../row-report.ts'
import { inTurn } from '../turn.ts'
import { checklistFor } from './checklists.ts'
import { withdrawals } from './confirmations.ts'
import { applicationChange, applicationInput } from './verification-schemas.ts'

export async function applicationByRef(door: RecordsDoor, ref: string): Promise<ApplicationRecord> {
  const found = await door.store.read('applications.byRef', { ref })
  if (found === null) throw new NotFound('application', ref)
  return found
}

/** Throws InvalidInput, also when there is no such party; NotNow when the lender has it already. */
export function createApplication(door: RecordsDoor, actor: Actor, given: unknown): Promise<ApplicationRecord> {
  return inTurn(door, async () => {
    const input = parseInput(applicationInput, given)
    if ((await door.store.read('applications.byRef', { ref: input.ref })) !== null)
      throw new NotNow('application-known', `there is an application ${input.ref} already; change that one`)
    const application = whole(door, input, await aboutOf(door, [input.party]))
    await keep(door, actor, [
      { type: 'applications.saved', applications: [application] },
      opened(application, await checklistFor(door, application.product)),
    ])
    return applicationByRef(door, application.ref)
  })
}

/** Fields that are left out stay. Its tasks go on as they are. */
export function changeApplication(
  door: RecordsDoor,
  actor: Actor,
  ref: string,
  given: unknown,
): Promise<ApplicationRecord> {
  return inTurn(door, async () => {
    const change = parseInput(applicationChange, given)
    const { doc } = await applicationByRef(door, ref)
    const about = await aboutOf(door, [doc.party])
    const application = whole(door, { ...doc, ...change, fields: change.fields ?? {} }, { ...about, former: doc })
    await keep(door, actor, [{ type: 'applications.saved', applications: [application] }])
    return applicationByRef(door, ref)
  })
}

/** Another task for an application whose last one is decided: asked for again, or called off too soon. What was decided is not told any more. */
export function reopenApplication(door: RecordsDoor, actor: Actor, ref: string): Promise<string> {
  return inTurn(door, async () => {
    const { doc } = await applicationByRef(door, ref)
    const tasks = await door.store.read('tasks.ofApplication', { application: ref })
    const going = tasks.find(({ decidedAt }) => decidedAt === null)
    if (going !== undefined) throw new NotNow('task-open', `the task ${going.id} of this application is open`)
    const fact = opened(doc, await checklistFor(door, doc.product))
    const before = tasks.map(({ id }) => id)
    await keep(door, actor, [fact, ...(await withdrawals(door, before))])
    return fact.task.id
  })
}

/**
 * As `saveParties`: up to 500 rows of a file, each an application; one that is new opens a task. `told`: what the columns of the file say (`employerLine`,
 * `contact1`, `fields.verification.income` …); of an application that is known, everything else stays. Left out: a row says all.
 */
export function saveApplications(
  door: RecordsDoor,
  actor: Actor,
  rows: readonly unknown[],
  told?: ReadonlySet<string>,
): Promise<RowReport> {
  if (rows.length > savedMax) throw new RangeError(`${rows.length} applications at once; at most ${savedMax}`)
  return inTurn(door, async () => {
    const report = newReport()
    const read = await readRows(applicationInput, rows)
    const good = read.flatMap(each => (each.success ? [each.data] : []))
    const refs = good.map(({ ref }) => ref)
    const about = await aboutOf(
      door,
      good.map(({ party }) => party),
    )
    const known = new Map(
      (await door.store.read('applications.byRefs', { refs })).map(each => [each.ref, each.doc] as const),
    )
    const saves = new Map<string, Application>()
    for (const [at, each] of read.entries()) {
      if (at % breatheRows === 0) await breathe()
      if (!each.success) {
        report.rejected.push({ at, problems: problemsOf(each.error, rows[at]) })
        continue
      }
      const former = known.get(each.data.ref) ?? null
      try {
        const given = former === null || told === undefined ? each.data : kept(each.data, former, told)
        const application = whole(door, given, { ...about, former, ...(former && { told }) })
        if (former !== null && sameText(former) === sameText(application)) report.unchanged++
        else saves.set(application.ref, application)
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        report.rejected.push({ at, problems: error.problems })
      }
    }
    if (saves.size === 0) return report
    const facts: RecordFact[] = [{ type: 'applications.saved', applications: [...saves.values()] }]
    const checklists = new Map<string, Checklist>()
    for (const application of saves.values()) {
      if (known.has(application.ref)) continue
      const checklist = checklists.get(application.product) ?? (await checklistFor(door, application.product))
      checklists.set(application.product, checklist)
      facts.push(opened(application, checklist))
    }
    await keepPatiently(door, actor, facts)
    report.saved = saves.size
    return report
  })
}

type Given = Omit<Application, 'fields'> & { fields: Record<string, unknown> }

/** What applications are checked against; `former` and `told` are of the one in hand. */
type About = {
  parties: ReadonlyMap<string, PartyRecord>
  definitions: readonly FieldDefinition[]
  former?: Application | null
  told?: ReadonlySet<string> | undefined
}

async function aboutOf(door: RecordsDoor, refs: string[]): Promise<About> {
  const [parties, definitions] = await Promise.all([
    door.store.read('parties.byRefs', { refs: [...new Set(refs)] }),
    door.store.read('fields.all', {}),
  ])
  return { parties: new Map(parties.map(party => [party.ref, party])), definitions: definitions.verification ?? [] }
}

/**
 * What no column is about stays, and an empty cell takes no land line away that somebody found. The line of one employer is not that of the next.
 */
function kept(given: Given, former: Application, told: ReadonlySet<string>): Given {
  const isAbout = (pattern: RegExp) => [...told].some(target => pattern.test(target))
  // Its amount was read in the decimals of another currency.
  if (!told.has('currency') && minorDigits(given.currency) !== minorDigits(former.currency))
    throw new InvalidInput([
      { field: 'currency', found: 'nothing', allowed: `${former.currency}, in which this application is` },
    ])
  return {
    ...given,
    currency: told.has('currency') ? given.currency : former.currency,
    employer: isAbout(/^employer/) ? employerAfter(given.employer, former.employer, told) : former.employer,
    contacts: isAbout(/^contact/) ? given.contacts : former.contacts,
  }
}

function employerAfter(
  given: Application['employer'],
  former: Application['employer'],
  told: ReadonlySet<string>,
): Application['employer'] {
  if (given === null || former === null || given.name !== former.name) return given ?? former
  const statedNumber = told.has('employerStated') ? given.statedNumber : former.statedNumber
  return { ...given, statedNumber, line: given.line ?? former.line }
}

/** Checked as a whole, its secrets sealed. What is the same secret as before keeps its seal, so that it is no change. */
function whole(door: RecordsDoor, given: Given, about: About): Application {
  const former = about.former ?? null
  const party = about.parties.get(given.party)
  if (party === undefined)
    throw new InvalidInput([{ field: 'party', found: given.party, allowed: 'the ref of a party that there is' }])
  if (former !== null && former.party !== given.party)
    throw new InvalidInput([
      { field: 'party', found: given.party, allowed: `${former.party}, whose application this is` },
    ])
  const fault = faultOfLine(given, ownNumbers(party))
  if (fault !== null) throw new InvalidInput([fault])
  const { ref, product, amount, currency, term, employer, contacts } = given
  const fields = sealed(door, given, about)
  return { ref, party: given.party, product, amount, currency, term, employer, contacts, fields }
}

function ownNumbers({ phones }: PartyRecord): string[] {
  return phones.filter(({ relation }) => relation === 'SELF').map(({ number }) => number)
}

function sealed(door: RecordsDoor, given: Given, about: About): Application['fields'] {
  const { former = null, told: columns } = about
  // A field that is a secret already was told in an earlier call and is kept as it is.
  const told = Object.fromEntries(Object.entries(given.fields).filter(([, value]) => typeof value !== 'object'))
  const kept = former?.fields ?? {}
  if (Object.keys(told).length === 0 && former !== null && columns === undefined) return kept
  const isTold = (key: string) => columns === undefined || columns.has(`fields.verification.${key}`)
  const definitions = about.definitions.filter(({ key }) => isTold(key))
  const read = readFields(definitions, told, normalNumber)
  if (read.faults.length > 0)
    throw new InvalidInput(read.faults.map(each => ({ ...each, field: `fields.${each.field}` })))
  const secrets = Object.entries(read.secrets).map(([key, value]): [string, Sealed] => {
    const before = kept[key]
    if (typeof before === 'object' && before.hash === door.store.sealer.hash(value)) return [key, before]
    return [key, door.store.sealer.seal({ party: given.party, field: applicationField(given.ref, key) }, value)]
  })
  // Of a file: what has no column stays, and so does a secret whose cell is empty.
  const stays = Object.entries(kept).filter(
    ([key, value]) => !isTold(key) || (columns !== undefined && typeof value === 'object'),
  )
  return { ...Object.fromEntries(stays), ...read.values, ...Object.fromEntries(secrets) }
}

/** What a secret of an application is sealed under, beside its party. */
export function applicationField(ref: string, key: string): string {
  return `application.${ref}.${key}`
}

function opened(application: Application, checklist: Checklist): { type: 'task.opened'; task: VerificationTask } {
  return {
    type: 'task.opened',
    task: {
      ...{ id: newId<'task'>('vt'), application: application.ref, party: application.party, state: 'NEW' },
      ...{ checklist: checklist.id, version: checklist.version, agent: null, verifiers: [], reviewer: null },
      ...{ recallAt: null, proposal: null, reasons: [], note: '', missing: [], dueOn: null },
    },
  }
}
