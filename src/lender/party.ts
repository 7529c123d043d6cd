/**
 * A party as the lender keeps it: who it is, at which numbers it or those around it are reached, what stands in the way. Its key is the lender's
 * own customer number, `ref`, which is also the `ref` of leads, the `party` of calls and what stops and counters go by.
 */
import type { FieldValues } from './fields.ts'
import type { Sealed } from './sealed.ts'

export const partyTypes = ['person', 'company'] as const
export type PartyType = (typeof partyTypes)[number]

/** What everyone must know before a word is said. All but `vip` stop every channel when they are set. */
export const partyFlags = ['minor', 'deceased', 'bankrupt', 'complaint', 'hardship', 'dispute', 'vip'] as const
export type PartyFlag = (typeof partyFlags)[number]
/** These put the case on HOLD: every channel stops until somebody releases it. */
export const stoppingFlags: readonly PartyFlag[] = ['minor', 'deceased', 'bankrupt', 'complaint', 'hardship', 'dispute']

export const phoneRelations = ['SELF', 'GUARANTOR', 'CONTACT', 'WORKPLACE'] as const
export type PhoneRelation = (typeof phoneRelations)[number]

/** `REFUSED`: who answers there does not want to be called; a contact's refusal holds for good. `BAD`: `badReason` says why. */
export const phoneStatuses = ['UNTRIED', 'REACHED', 'BAD', 'REFUSED'] as const
export type PhoneStatus = (typeof phoneStatuses)[number]

export type PartyPhone = {
  /** E.164, or a short number of the carrier's. */
  number: string
  relation: PhoneRelation
  /** Whose number it is, where that is not the party. */
  name: string
  /** Where the lender has it from: the application form, a directory … */
  source: string
  /** Why it may be called: consent, contract, a guarantee … */
  legalBasis: string
  status: PhoneStatus
  /** 归属地, where the lender knows it. */
  attribution: string
  badReason: string
}

export type Party = {
  ref: string
  type: PartyType
  name: string
  idNo: Sealed | null
  /** IANA; null: by its number. */
  zone: string | null
  language: 'zh-CN' | 'en' | null
  flags: PartyFlag[]
  phones: PartyPhone[]
  /** By business, as the definitions of that business say. */
  fields: FieldValues
}

/** Flags that were not there before and stop every channel. */
export function newStops(before: readonly PartyFlag[], after: readonly PartyFlag[]): PartyFlag[] {
  return after.filter(flag => stoppingFlags.includes(flag) && !before.includes(flag))
}
