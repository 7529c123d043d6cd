/** What a desk shows of a party, from what the store answered in one go: masked for this agent, and without debts where the call may not speak of them. */
import type { DeskDebts, DeskNumber, DeskRecord, HistoryLine } from '../../../web/pages/agent/party-props.ts'
import type { Frame } from '../../../web/parts/frame.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { money } from '../../../web/parts/money.ts'
import { placeOf, shownNumber } from '../../../web/parts/numbers.ts'
import type { Business, Relation, User } from '../../centre/entities.ts'
import type { FloorState } from '../../centre/state.ts'
import type { FieldBusiness, FieldDefinition, FieldValue } from '../../lender/fields.ts'
import { currencyDefault } from '../../lender/money.ts'
import type { PartyPhone } from '../../lender/party.ts'
import { maskSecret } from '../../lender/sealed.ts'
import type { UserId } from '../../lib/ids.ts'
import { maskEmail } from '../../lib/mask.ts'
import type { Reckoning } from '../../records/parties/lender.ts'
import type { DeskRead } from '../../store/desk/desk.ts'
import type { PartyRecord } from '../../store/lender/parties.ts'
import type { Sealer } from '../../store/sealer.ts'
import { shownLoan } from '../shown-loan.ts'
import { contactLine, nameOf } from './contact-line.ts'

/** Only the debtor and who answers for the debt may hear of it (invariant 4 of the domain). Who is not known is nobody of these. */
export function mayHearDebts(relation: Relation | null): boolean {
  return relation === 'SELF' || relation === 'GUARANTOR'
}

export type Seen = {
  state: FloorState
  sealer: Sealer
  user: User
  frame: Frame
  reckoning: Reckoning
  definitions: Partial<Record<FieldBusiness, FieldDefinition[]>>
  /** Of whoever is talked to, or would be. */
  relation: Relation | null
  business: Business | null
  /** E.164 of the call in hand; null: there is none. */
  calling: string | null
  /** How numbers may be dialled now; `leadNumbers`: those of the lead that is previewed, in its order. */
  dial: 'hand' | { leadNumbers: string[] } | null
}

export function recordOf(read: DeskRead, seen: Seen): DeskRecord | null {
  const { party } = read
  if (party === null) return null
  const { frame, relation } = seen
  const now = frame.now
  return {
    ref: party.ref,
    type: party.type,
    flags: party.flags,
    stops: read.stops.filter(({ until }) => until === null || until > now).map(({ reason }) => reason),
    numbers: party.phones.map(phone => numberOf(phone, party, read, seen)),
    fields: fieldsOf(party, seen),
    debts: mayHearDebts(relation) ? debtsOf(read, seen) : null,
  }
}

/** Stands for a number of a party in forms: who has the page cannot turn it into digits. */
export function handleOf(sealer: Sealer, ref: string, number: string): string {
  return sealer.hash(`handle ${ref} ${number}`).slice(0, 16)
}

function numberOf(phone: PartyPhone, party: PartyRecord, read: DeskRead, seen: Seen): DeskNumber {
  const { number, relation, name: whose, status, badReason, attribution } = phone
  const last = read.calls.find(call => call.number === number && call.endedAt !== null)
  return {
    handle: handleOf(seen.sealer, party.ref, number),
    number: shownNumber(number, seen.user.numbersMasked),
    ...{ relation, whose, status, badReason },
    place: attribution || placeOf(number, textsOf(seen.frame)),
    last: last === undefined ? null : { at: last.startedAt, result: last.result },
    current: number === seen.calling,
    dial: status === 'BAD' || status === 'REFUSED' ? null : dialOf(number, seen),
  }
}

function dialOf(number: string, { dial }: Seen): DeskNumber['dial'] {
  if (dial === null || dial === 'hand') return dial
  const at = dial.leadNumbers.indexOf(number)
  return at < 0 ? null : { preview: at }
}

function debtsOf(read: DeskRead, { reckoning, state }: Seen): DeskDebts {
  const open = read.case
  const loans = read.loans
    .map(loan => shownLoan(loan, reckoning))
    .filter(({ status }) => status === 'ACTIVE')
    .sort((a, b) => b.daysPastDue - a.daysPastDue || (a.ref < b.ref ? -1 : 1))
  return {
    case:
      open === null
        ? null
        : { state: open.state, agent: nameOf(state, open.agent as UserId | null), holdReason: open.holdReason },
    loans: loans.map(({ ref, product, currency, daysPastDue, bucket, overdueTotal, owedTotal }) => ({
      ...{ ref, product, currency, daysPastDue, bucket, overdueTotal, owedTotal },
    })),
    promises: read.promises
      .filter(each => each.state === 'OPEN')
      .sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1))
      .map(({ id, amount, paid, currency, dueOn }) => ({ id, amount, paid, currency, dueOn })),
  }
}

/** As they are defined, those that are for the desk. */
function fieldsOf(party: PartyRecord, seen: Seen): DeskRecord['fields'] {
  return shownFields(party, seen).map(({ label, value }) => [label, value])
}

/** The same by key: for sentences, where debts may be spoken of. */
export function valuesByKey(party: PartyRecord | null, seen: Seen): Record<string, string> {
  return party === null ? {} : Object.fromEntries(shownFields(party, seen).map(({ key, value }) => [key, value]))
}

/** What collections know is for whoever may hear of the debt; secrets are masked for all. */
function shownFields(party: PartyRecord, seen: Seen): { key: string; label: string; value: string }[] {
  const { sealer, definitions, frame, relation } = seen
  const shown = (business: FieldBusiness, { key, type }: FieldDefinition, value: FieldValue) => {
    if (typeof value === 'object') {
      const clear = sealer.open({ party: party.ref, field: `${business}.${key}` }, value)
      return clear === null ? '******' : maskSecret(clear)
    }
    if (type === 'money' && typeof value === 'number') return money(value, currencyDefault)
    if (type === 'email' && seen.user.numbersMasked) return maskEmail(String(value))
    if (type === 'phone') return shownNumber(String(value), seen.user.numbersMasked)
    return value === true ? '✓' : value === false ? '—' : String(value)
  }
  return (Object.entries(definitions) as [FieldBusiness, FieldDefinition[]][])
    .filter(([business]) => business !== 'collections' || mayHearDebts(relation))
    .filter(([business]) => seen.business === null || business === seen.business)
    .flatMap(([business, fields]) =>
      fields.flatMap(field => {
        const value = party.fields[business]?.[field.key]
        if (!field.shown || value === undefined) return []
        return [{ key: field.key, label: field.label[frame.language], value: shown(business, field, value) }]
      }),
    )
}

/**
 * Newest first. To who may not hear of the debt neither promises nor money are shown, and of calls about it (or outside any campaign) no outcome
 * and no note: a note may say what the fields say.
 */
export function historyOf(read: DeskRead, seen: Seen, except: string | null): HistoryLine[] {
  const { state, frame, relation } = seen
  const open = mayHearDebts(relation)
  const calls = read.calls
    .filter(({ id }) => id !== except)
    .map((call): HistoryLine => {
      const line = contactLine(call, state, frame)
      const business = call.campaign === null ? null : state.campaigns.get(call.campaign)?.campaign.business
      const told = open || (business != null && business !== 'collections')
      return { kind: 'call', ...line, ...(told ? {} : { outcome: null, note: null }) }
    })
  if (!open) return calls
  const promises = read.promises.map(({ madeAt, amount, currency, dueOn, state: is, agent }): HistoryLine => {
    return { kind: 'promise', at: madeAt, amount, currency, dueOn, state: is, agent: nameOf(state, agent as never) }
  })
  const repayments = read.repayments.map(({ paidAt, amount, currency, channel, reversedAt }): HistoryLine => {
    return { kind: 'repayment', at: paidAt, amount, currency, channel, reversed: reversedAt !== null }
  })
  return [...calls, ...promises, ...repayments].sort((a, b) => b.at - a.at).slice(0, historyMax)
}

/** The page stays small, and an agent reads the newest. */
const historyMax = 60
