/** Facts of the lender's records, beside those of the centre's own: in the past tense, and never with a secret in clear. */
import type { AgencyId, CallId, LeadId, UserId } from '../lib/ids.ts'
import type { AllocationLine } from './allocation.ts'
import type { Case, CaseState, HoldReason, PlacedCase } from './case.ts'
import type { Complaint } from './complaint.ts'
import type { Consent } from './consent.ts'
import type { PlainDate } from './dates.ts'
import type { FieldBusiness, FieldDefinition } from './fields.ts'
import type { Loan } from './loan.ts'
import type { LoanByHand } from './loan-change.ts'
import type { Message, MessageChannel, MessageWay } from './message.ts'
import type { Party, PhoneRelation, PhoneStatus } from './party.ts'
import type { PlacementFact } from './placement-facts.ts'
import type { PromiseState, PromiseToPay } from './promise.ts'
import type { Repayment } from './repayment.ts'
import type { SalesFact } from './sales-facts.ts'
import type { Script } from './script.ts'
import type { VerificationFact } from './verification-facts.ts'
import type { Waiver } from './waiver.ts'
import type { WriteUp } from './write-up.ts'

export type LenderDay = { day: PlainDate; opened: number; judged: number; settled: number; assigned: number }

/** Parties and loans in one fact at most. */
export const savedMax = 500

export type LenderFact =
  | VerificationFact
  | SalesFact
  | PlacementFact
  /** The whole new value of each, at most 500. */
  | { type: 'parties.saved'; parties: Party[] }
  | { type: 'party.numberMarked'; party: string; number: string; status: PhoneStatus; reason: string }
  /** An agent asked who it is: the call of a number that nobody has, or several. */
  | { type: 'call.identified'; call: CallId; agent: UserId; party: string; name: string; relation: PhoneRelation }
  /** Somebody saw a sealed field in clear: `idNo`, or `BUSINESS.KEY`. */
  | { type: 'party.secretShown'; party: string; field: string; reason: string }
  | { type: 'consent.given'; consent: Consent }
  /** `sales` false: from now on nothing allows sales calls to this party; left out: that is as it was. */
  | { type: 'consent.withdrawn'; consent: string; party: string; reason: string; sales?: false }
  /** All definitions of a business, in the order in which they are shown. */
  | { type: 'fields.defined'; business: FieldBusiness; fields: FieldDefinition[] }
  /** The whole new value of each, at most 500. What repayments paid of a loan stays. `byHand`: of one alone, which no import told. */
  | { type: 'loans.saved'; byHand?: LoanByHand; loans: Loan[] }
  | { type: 'repayment.recorded'; repayment: Repayment }
  /** Takes the place of what was allocated of it before. `left`: what nothing was owed for. */
  | { type: 'repayment.allocated'; repayment: string; party: string; lines: AllocationLine[]; left: number }
  | { type: 'repayment.reversed'; repayment: string; party: string; reason: string }
  | { type: 'case.opened'; case: Case }
  /** From one state to another, or to another collector. The whole of what may have changed stands in it. */
  | {
      type: 'case.moved'
      case: string
      party: string
      from: CaseState
      to: CaseState
      agent: string | null
      before: CaseState | null
      holdReason: HoldReason | null
      reason: string
      /** The rule of assignment that said so, and the group that it drew. */
      by?: { rule: string; group: string }
      /** Left out: no agency has it (any more). */
      placed?: PlacedCase
      /** The placement that is over with this. */
      left?: { agency: AgencyId; batch: string }
    }
  | { type: 'case.loansChanged'; case: string; party: string; loans: string[] }
  /** The daily work of a day is done, once: cases opened, promises judged, books settled, cases assigned. */
  | ({ type: 'lender.dayDone' } & LenderDay)
  /** A step of a strategy, or a reminder of a promise, is over: done, or left out for good. */
  | {
      type: 'case.stepped'
      case: string
      party: string
      strategy: string
      step: string
      version: number
      how: 'done' | 'skipped'
      why: string
      lead: LeadId | null
      message: string | null
    }
  | { type: 'waiver.asked'; waiver: Waiver }
  | { type: 'waiver.refused'; waiver: string; party: string; by: string; reason: string }
  /** What it takes off, which is owed no more. */
  | { type: 'waiver.approved'; waiver: string; party: string; by: string; reason: string; lines: AllocationLine[] }
  | { type: 'complaint.opened'; complaint: Complaint }
  | { type: 'complaint.extended'; complaint: string; party: string; dueOn: PlainDate; reason: string }
  | { type: 'complaint.resolved'; complaint: string; party: string; resolution: string }
  | { type: 'message.queued'; message: Message }
  /** `channel`, and of an SMS `number`: what caps count (journals of before have neither). */
  | {
      type: 'message.sent'
      message: string
      party: string
      way: MessageWay
      ref: string
      channel?: MessageChannel
      number?: string
    }
  /** `nextAt` null: it is given up. */
  | { type: 'message.failed'; message: string; party: string; reason: string; nextAt: number | null }
  /** It may not go now: the gate is asked again then. */
  | { type: 'message.deferred'; message: string; party: string; reason: string; until: number }
  /** It may not go, and will not: somebody is on HOLD, or its words are old. */
  | { type: 'message.dropped'; message: string; party: string; reason: string }
  | { type: 'promise.made'; promise: PromiseToPay }
  | { type: 'promise.judged'; promise: string; party: string; state: PromiseState; paid: number }
  | { type: 'promise.cancelled'; promise: string; party: string; reason: string }
  /** Versions count from 1. */
  | { type: 'script.saved'; script: Script; version: number }
  /** `answer`: which of those of step `from`; null: gone back to. `to` '': the end. `offsetMs`: into the recording; null: there was none. */
  | ({ type: 'script.turned'; to: string; from: string | null; answer: number | null } & OnScript)
  /** A sentence that must be read; `read` false takes back a tick by mistake. */
  | ({ type: 'script.read'; sentence: string; read: boolean } & OnScript)
  | { type: 'writeUp.saved'; writeUp: WriteUp }

/** `version` 0: the house's own words. */
type OnScript = { call: CallId; agent: UserId; script: string; version: number; offsetMs: number | null }
