/** Parties of the lender: one by one from the API and the pages, or by the hundred from a file. What is secret is sealed here, before it is a fact. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Actor } from '../../centre/facts.ts'
import { savedMax } from '../../lender/facts.ts'
import {
  type FieldBusiness,
  type FieldDefinition,
  type FieldValues,
  fieldBusinesses,
  readFields,
} from '../../lender/fields.ts'
import { newStops, type Party } from '../../lender/party.ts'
import type { Sealed } from '../../lender/sealed.ts'
import type { PartyRecord } from '../../store/lender/parties.ts'
import { keep, keepPatiently, type RecordsDoor } from '../door.ts'
import { type FieldProblem, InvalidInput, NotFound, NotNow } from '../errors.ts'
import { normalNumber } from '../numbers-e164.ts'
import { parseInput, problemsOf } from '../parse.ts'
import { breatheRows, newReport, type RowReport, readRows, sameText } from '../row-report.ts'
import { inTurn } from '../turn.ts'
import { partyChange, partyInput } from './lender-schemas.ts'
import { factsOfNumbers, factsOfStops } from './party-stops.ts'

export type Definitions = Partial<Record<FieldBusiness, FieldDefinition[]>>

export async function partyByRef(door: RecordsDoor, ref: string): Promise<PartyRecord> {
  const party = await door.store.read('parties.byRef', { ref })
  if (party === null) throw new NotFound('party', ref)
  return party
}

/** Throws InvalidInput; NotNow when the lender has this ref already. */
export function createParty(door: RecordsDoor, actor: Actor, given: unknown): Promise<Party> {
  return inTurn(door, async () => {
    const input = parseInput(partyInput, given)
    const party = sealed(door, input, await door.store.read('fields.all', {}), null)
    if ((await door.store.read('parties.byRef', { ref: party.ref })) !== null)
      throw new NotNow('party-known', `there is a party ${party.ref} already; change that one`)
    await save(door, actor, [{ party, former: null }])
    return party
  })
}

/** Fields that are left out stay, and so do the custom fields of a business that is not named. */
export function changeParty(door: RecordsDoor, actor: Actor, ref: string, given: unknown): Promise<Party> {
  return inTurn(door, async () => {
    const change = parseInput(partyChange, given)
    const { addedAt: _, changedAt: __, ...former } = await partyByRef(door, ref)
    const { idNo, fields, ...rest } = change
    const definitions = await door.store.read('fields.all', {})
    const party = sealed(door, { ...former, ...rest, idNo: idNo ?? null, fields: fields ?? {} }, definitions, former)
    if (idNo === null) party.idNo = null
    await save(door, actor, [{ party, former }])
    return party
  })
}

/**
 * Up to 500 at once, as a file has them: new ones are added, known ones become what the row says, and rows that say what is known already change
 * nothing. `at` counts the rows given from 0. A bad row never stops the rest. `told`: what the columns of a file say (`flags`, `phone1`,
 * `fields.collections.score` …); of a party that is known, everything else stays. Left out: a row says all.
 */
export function saveParties(
  door: RecordsDoor,
  actor: Actor,
  rows: readonly unknown[],
  told?: ReadonlySet<string>,
): Promise<RowReport> {
  if (rows.length > savedMax) throw new RangeError(`${rows.length} parties at once; at most ${savedMax}`)
  return inTurn(door, async () => {
    const report = newReport()
    const definitions = await door.store.read('fields.all', {})
    const read = await readRows(partyInput, rows)
    const refs = read.flatMap(each => (each.success ? [each.data.ref] : []))
    const known = new Map((await door.store.read('parties.byRefs', { refs })).map(party => [party.ref, party]))
    const saves = new Map<string, { party: Party; former: Party | null }>()
    for (const [at, each] of read.entries()) {
      if (at % breatheRows === 0) await breathe()
      if (!each.success) {
        report.rejected.push({ at, problems: problemsOf(each.error, rows[at]) })
        continue
      }
      const stored = known.get(each.data.ref) ?? null
      const former = stored === null ? null : bare(stored)
      try {
        const party =
          former === null || told === undefined
            ? sealed(door, each.data, definitions, former)
            : changedBy(door, each.data, { former, told, definitions })
        if (former !== null && sameText(party) === sameText(former)) report.unchanged++
        else saves.set(party.ref, { party, former })
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        report.rejected.push({ at, problems: error.problems })
      }
    }
    if (saves.size > 0) await save(door, actor, [...saves.values()], keepPatiently)
    report.saved = saves.size
    return report
  })
}

type Given = Omit<Party, 'idNo' | 'fields'> & {
  idNo: string | null
  fields: Record<string, Record<string, unknown> | undefined>
}

/** What no column is about stays: a file of names and numbers does not take a flag away, and none says what became of a number. */
function changedBy(
  door: RecordsDoor,
  given: Given,
  { former, told, definitions }: { former: Party; told: ReadonlySet<string>; definitions: Definitions },
): Party {
  const { type, zone, language, flags } = former
  const stays = Object.entries({ type, zone, language, flags }).filter(([key]) => !told.has(key))
  const known = new Map(former.phones.map(phone => [phone.number, phone]))
  const phones = given.phones.map(phone => {
    const before = known.get(phone.number)
    return before === undefined ? phone : { ...before, relation: phone.relation, name: phone.name || before.name }
  })
  const isAboutNumbers = [...told].some(target => /^phone\d/.test(target))
  const changed = { ...given, ...Object.fromEntries(stays), phones: isAboutNumbers ? phones : former.phones }
  const isTold = (business: FieldBusiness, key: string) => told.has(`fields.${business}.${key}`)
  const asked: Definitions = {}
  for (const business of fieldBusinesses)
    asked[business] = (definitions[business] ?? []).filter(({ key }) => isTold(business, key))
  const party = sealed(door, changed, asked, former)
  for (const business of fieldBusinesses) {
    const before = Object.entries(former.fields[business] ?? {}).filter(([key]) => !isTold(business, key))
    if (party.fields[business] !== undefined)
      party.fields[business] = { ...Object.fromEntries(before), ...party.fields[business] }
  }
  return party
}

/** Throws InvalidInput with the custom fields that are wrong. What is the same secret as before keeps its seal, so that it is no change. */
function sealed(door: RecordsDoor, given: Given, definitions: Definitions, former: Party | null): Party {
  const { sealer } = door.store
  const seal = (field: string, value: string | null, before: Sealed | null): Sealed | null => {
    if (value === null) return before
    return before !== null && before.hash === sealer.hash(value)
      ? before
      : sealer.seal({ party: given.ref, field }, value)
  }
  const problems: FieldProblem[] = []
  const fields: FieldValues = { ...former?.fields }
  for (const business of fieldBusinesses) {
    const values = given.fields[business]
    if (values === undefined) continue
    const read = readFields(definitions[business] ?? [], values, normalNumber)
    problems.push(...read.faults.map(fault => ({ ...fault, field: `fields.${business}.${fault.field}` })))
    const own: NonNullable<FieldValues[FieldBusiness]> = read.values
    for (const [key, value] of Object.entries(read.secrets)) {
      const before = former?.fields[business]?.[key]
      own[key] = seal(`${business}.${key}`, value, typeof before === 'object' ? before : null)!
    }
    // A secret that is left out or empty stays, as the ID number does; null takes it away.
    for (const { key, type } of definitions[business] ?? []) {
      const before = former?.fields[business]?.[key]
      if (type === 'secret' && !Object.hasOwn(own, key) && values[key] !== null && typeof before === 'object')
        own[key] = before
    }
    fields[business] = own
  }
  if (problems.length > 0) throw new InvalidInput(problems)
  const idNo = seal('idNo', given.idNo, former?.idNo ?? null)
  const { ref, type, name, zone, language, flags, phones } = given
  return { ref, type, name, idNo, zone, language, flags, phones, fields }
}

function bare({ addedAt: _, changedAt: __, ...party }: PartyRecord): Party {
  return party
}

async function save(
  door: RecordsDoor,
  actor: Actor,
  saves: { party: Party; former: Party | null }[],
  write: typeof keepPatiently = keep,
): Promise<void> {
  const stops = []
  for (const { party, former } of saves) {
    if (former !== null) stops.push(...(await factsOfNumbers(door, former, party)))
    for (const flag of newStops(former?.flags ?? [], party.flags))
      stops.push(...(await factsOfStops(door, party.ref, flag)))
  }
  await write(door, actor, [{ type: 'parties.saved', parties: saves.map(({ party }) => party) }, ...stops])
}
