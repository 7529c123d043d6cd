/** Applications (进件): one by one, or by the hundred from a file; each new one opens a verification task. */
import type { Actor, RecordFact } from '../centre/facts.ts'
import { type Application, faultOfLine } from '../lender/application.ts'
import type { Checklist } from '../lender/checklist.ts'
import { savedMax } from '../lender/facts.ts'
import { type FieldDefinition, readFields } from '../lender/fields.ts'
import type { Sealed } from '../lender/sealed.ts'
import type { VerificationTask } from '../lender/task.ts'
import type { PartyRecord } from '../store/parties.ts'
import type { ApplicationRecord } from '../store/verification.ts'
import { checklistFor } from './checklists.ts'
import { withdrawals } from './confirmations.ts'
import { keep, newId, type RecordsDoor } from './door.ts'
import { type FieldProblem, InvalidInput, NotFound, NotNow } from './errors.ts'
import { normalNumber } from './numbers-e164.ts'
import { parseInput, problemsOf } from './parse.ts'
import { inTurn } from './turn.ts'
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
    const application = await whole(door, input, null)
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
    const application = await whole(door, { ...doc, ...change, fields: change.fields ?? {} }, doc)
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

export type ApplicationRowReport = {
  saved: number
  unchanged: number
  rejected: { at: number; problems: FieldProblem[] }[]
}

/** As `saveParties`: up to 500 rows of a file, each a whole application. One that is new opens a task. */
export function saveApplications(
  door: RecordsDoor,
  actor: Actor,
  rows: readonly unknown[],
): Promise<ApplicationRowReport> {
  if (rows.length > savedMax) throw new RangeError(`${rows.length} applications at once; at most ${savedMax}`)
  return inTurn(door, async () => {
    const report: ApplicationRowReport = { saved: 0, unchanged: 0, rejected: [] }
    const read = rows.map(row => applicationInput.safeParse(row, { reportInput: true }))
    const refs = read.flatMap(each => (each.success ? [each.data.ref] : []))
    const known = new Map(
      (await door.store.read('applications.byRefs', { refs })).map(each => [each.ref, each.doc] as const),
    )
    const saves = new Map<string, Application>()
    for (const [at, each] of read.entries()) {
      if (!each.success) {
        report.rejected.push({ at, problems: problemsOf(each.error, rows[at]) })
        continue
      }
      const former = known.get(each.data.ref) ?? null
      try {
        const application = await whole(door, each.data, former)
        if (former !== null && JSON.stringify(former) === JSON.stringify(application)) report.unchanged++
        else saves.set(application.ref, application)
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        report.rejected.push({ at, problems: error.problems })
      }
    }
    if (saves.size === 0) return report
    const facts: RecordFact[] = [{ type: 'applications.saved', applications: [...saves.values()] }]
    for (const application of saves.values())
      if (!known.has(application.ref)) facts.push(opened(application, await checklistFor(door, application.product)))
    await keep(door, actor, facts)
    report.saved = saves.size
    return report
  })
}

type Given = Omit<Application, 'fields'> & { fields: Record<string, unknown> }

/** Checked as a whole, its secrets sealed. What is the same secret as before keeps its seal, so that it is no change. */
async function whole(door: RecordsDoor, given: Given, former: Application | null): Promise<Application> {
  const party = await door.store.read('parties.byRef', { ref: given.party })
  if (party === null)
    throw new InvalidInput([{ field: 'party', found: given.party, allowed: 'the ref of a party that there is' }])
  if (former !== null && former.party !== given.party)
    throw new InvalidInput([
      { field: 'party', found: given.party, allowed: `${former.party}, whose application this is` },
    ])
  const fault = faultOfLine(given, ownNumbers(party))
  if (fault !== null) throw new InvalidInput([fault])
  const definitions = (await door.store.read('fields.all', {})).verification ?? []
  const { ref, product, amount, currency, term, employer, contacts } = given
  const fields = sealed(door, given, definitions, former)
  return { ref, party: given.party, product, amount, currency, term, employer, contacts, fields }
}

function ownNumbers({ phones }: PartyRecord): string[] {
  return phones.filter(({ relation }) => relation === 'SELF').map(({ number }) => number)
}

function sealed(
  door: RecordsDoor,
  given: Given,
  definitions: readonly FieldDefinition[],
  former: Application | null,
): Application['fields'] {
  // A field that is a secret already was told in an earlier call and is kept as it is.
  const told = Object.fromEntries(Object.entries(given.fields).filter(([, value]) => typeof value !== 'object'))
  const kept = former?.fields ?? {}
  if (Object.keys(told).length === 0 && former !== null) return kept
  const read = readFields(definitions, told, normalNumber)
  if (read.faults.length > 0)
    throw new InvalidInput(read.faults.map(each => ({ ...each, field: `fields.${each.field}` })))
  const secrets = Object.entries(read.secrets).map(([key, value]): [string, Sealed] => {
    const before = kept[key]
    if (typeof before === 'object' && before.hash === door.store.sealer.hash(value)) return [key, before]
    return [key, door.store.sealer.seal({ party: given.party, field: applicationField(given.ref, key) }, value)]
  })
  return { ...read.values, ...Object.fromEntries(secrets) }
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
