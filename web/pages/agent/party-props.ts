/** A party as the desk shows it: masked and cut down already to what this agent may see on this call. */
import type { CallResult, Direction, Relation } from '../../../src/centre/entities.ts'
import type { CaseState, HoldReason } from '../../../src/lender/case.ts'
import type { PartyFlag, PartyType, PhoneStatus } from '../../../src/lender/party.ts'
import type { PromiseState } from '../../../src/lender/promise.ts'

export type DeskRecord = {
  ref: string
  type: PartyType
  flags: PartyFlag[]
  /** Reasons for which no channel may reach this party. */
  stops: string[]
  numbers: DeskNumber[]
  /** Custom fields of the businesses that this call may speak of. */
  fields: [label: string, value: string][]
  /** null: they must not be seen on this call. */
  debts: DeskDebts | null
}

export type DeskDebts = {
  case: { state: CaseState; agent: string | null; holdReason: HoldReason | null } | null
  loans: DeskLoan[]
  /** Those that are open, the next due first. */
  promises: { id: string; amount: number; paid: number; currency: string; dueOn: string }[]
}

export type DeskLoan = {
  ref: string
  product: string
  currency: string
  daysPastDue: number
  bucket: string
  overdueTotal: number
  owedTotal: number
}

/** `handle` stands for the number, which the page need not know. */
export type DeskNumber = {
  handle: string
  number: string
  relation: Relation
  whose: string
  place: string
  status: PhoneStatus
  badReason: string
  last: { at: number; result: CallResult | null } | null
  /** Of the call in hand. */
  current: boolean
  /** May be dialled from here now: by hand, or as this number of the lead that is previewed. */
  dial: 'hand' | { preview: number } | null
}

/** How the party of the call in hand is known. `choose`: several have the number; `unknown`: nobody has. */
export type Identified = {
  how: 'known' | 'by_number' | 'choose' | 'unknown'
  callers: { ref: string; name: string; relation: Relation }[]
}

export type HistoryLine =
  | ({ kind: 'call' } & ContactLine)
  | {
      kind: 'promise'
      at: number
      amount: number
      currency: string
      dueOn: string
      state: PromiseState
      agent: string | null
    }
  | { kind: 'repayment'; at: number; amount: number; currency: string; channel: string; reversed: boolean }

export type ContactLine = {
  at: number
  direction: Direction
  result: CallResult | null
  agent: string | null
  talkMs: number | null
  outcome: string | null
  note: string | null
}
