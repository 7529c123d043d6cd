/** An application (进件): who asks for how much, and whom a verifier may call about it. */
import type { FieldValue } from './fields.ts'

/** How somebody stands to the applicant; contacts are called in the order that a checklist says. */
export const contactRelations = [
  'spouse',
  'parent',
  'child',
  'sibling',
  'relative',
  'colleague',
  'friend',
  'other',
] as const
export type ContactRelation = (typeof contactRelations)[number]

/** Where the employer's line was found. None of them is the applicant: a number that the applicant named proves nothing. */
export const lineSources = ['directory', 'company-register', 'company-site', 'own-records'] as const
export type LineSource = (typeof lineSources)[number]

export type Contact = { name: string; number: string; relation: ContactRelation }

export type Employer = {
  name: string
  /** As the applicant wrote it on the form; never called. */
  statedNumber: string | null
  /** A land line from a source of its own; null: none was found yet. */
  line: { number: string; source: LineSource } | null
}

export type Application = {
  /** The lender's own number of it. */
  ref: string
  /** The applicant: ref of a party. */
  party: string
  product: string
  /** Minor units. */
  amount: number
  currency: string
  /** Instalments asked for. */
  term: number
  employer: Employer | null
  contacts: Contact[]
  /** As the definitions of verification say. */
  fields: Record<string, FieldValue>
}

export const contactsMax = 20

/** Mainland mobiles have 11 digits from 13 to 19; whatever else is E.164 or shorter may be a land line. */
export function isMobile(number: string): boolean {
  return /^\+861[3-9]\d{9}$/.test(number)
}

/** What is wrong with the line of an employer; null: nothing. */
export function faultOfLine(
  { employer, contacts }: Pick<Application, 'employer' | 'contacts'>,
  ownNumbers: readonly string[],
): { field: string; found: string; allowed: string } | null {
  if (employer === null || employer.line === null) return null
  const { number } = employer.line
  const wrong = (found: string) => ({
    field: 'employer.line',
    found,
    allowed:
      'a land line of the employer from a source of its own: directory, company register, company site, own records',
  })
  if (isMobile(number)) return wrong('a mobile number')
  if (ownNumbers.includes(number)) return wrong('a number of the applicant')
  if (contacts.some(contact => contact.number === number)) return wrong('a number of a contact')
  return null
}
