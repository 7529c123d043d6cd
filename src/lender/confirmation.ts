/**
 * Confirmations: what an applicant is told of a decision in writing. A text by decision and product, chosen in settings (`verification.confirmations`);
 * of a suspected fraud and of a task that was called off nobody is told. Why somebody was declined is told in the words that its reason has for
 * applicants, or in general ones; what verifiers and reviewers noted never is.
 */
import { amountTyped } from './money.ts'
import type { DecisionReason } from './reasons.ts'
import type { TaskState } from './task.ts'

export const confirmedStates = ['PASS', 'REJECT', 'SUPPLEMENT'] as const
export type ConfirmedState = (typeof confirmedStates)[number]
export const confirmationChannels = ['sms', 'email'] as const
export type ConfirmationChannel = (typeof confirmationChannels)[number]

export type ConfirmationTemplate = {
  as: ConfirmedState
  /** null: of any product that has none of its own. */
  product: string | null
  channel: ConfirmationChannel
  /** Of an e-mail. */
  subject?: { 'zh-CN': string; en: string } | undefined
  text: { 'zh-CN': string; en: string }
}
export type Confirmations = {
  /** Only to those whose consent to be written to about their application is on record; else to all who have not taken it back. */
  needsConsent: boolean
  templates: ConfirmationTemplate[]
}

export const confirmationsKey = 'verification.confirmations'
/** Nothing is written to anybody until the lender has put down its words. */
export const confirmationsNone: Confirmations = { needsConsent: true, templates: [] }
export const templatesMax = 100
export const templateTextMax = 300
export const emailTextMax = 2000
export const subjectMax = 200
/** Of what a person typed in (what is missing), so that a text stays one of a few parts. */
const typedMax = 200

export const confirmationPlaceholders = [
  'name',
  'application',
  'product',
  'amount',
  'term',
  'reason',
  'missing',
  'dueOn',
] as const
export type ConfirmationPlaceholder = (typeof confirmationPlaceholders)[number]

/** Why nothing was written, where words for the decision are there. */
export const unwrittenWhys = ['no_number', 'no_address', 'no_consent', 'consent_withdrawn'] as const
export type UnwrittenWhy = (typeof unwrittenWhys)[number]

export function readConfirmations(text: string | null | undefined): Confirmations {
  return text ? { ...confirmationsNone, ...(JSON.parse(text) as Partial<Confirmations>) } : confirmationsNone
}

export function isConfirmed(state: TaskState): state is ConfirmedState {
  return (confirmedStates as readonly TaskState[]).includes(state)
}

/** The product's own, else one of any product; one for each channel that has one. */
export function templatesFor(
  { templates }: Confirmations,
  { as, product }: { as: ConfirmedState; product: string },
): ConfirmationTemplate[] {
  return confirmationChannels.flatMap(channel => {
    const able = templates.filter(each => each.as === as && each.channel === channel)
    return able.find(each => each.product === product) ?? able.find(each => each.product === null) ?? []
  })
}

export type ConfirmationValues = {
  name: string
  application: string
  product: string
  /** Minor units; the template names the currency. */
  amount: number
  currency: string
  term: number
  /** Codes of the decision. */
  reasons: readonly string[]
  missing: readonly string[]
  dueOn: string | null
}

/** The words that go out. `secrets`: what must not stand in them, such as the applicant's ID number. */
export function confirmationText(
  { text }: Pick<ConfirmationTemplate, 'text'>,
  given: ConfirmationValues,
  { language, known, secrets }: { language: 'zh-CN' | 'en'; known: readonly DecisionReason[]; secrets: string[] },
): string {
  const zh = language === 'zh-CN'
  const values: Record<ConfirmationPlaceholder, string> = {
    ...{ name: withoutIds(given.name), application: given.application, product: given.product },
    ...{ amount: amountTold(given.amount, given.currency), term: String(given.term), dueOn: given.dueOn ?? '' },
    reason: reasonTold(given.reasons, known, language),
    missing: cut(withoutIds(given.missing.join(zh ? '、' : ', '))),
  }
  // In one pass, so that a value with braces in it is not filled again.
  const filled = text[language].replace(/\{(\w+)\}/g, (all, name: string) =>
    Object.hasOwn(values, name) ? values[name as ConfirmationPlaceholder] : all,
  )
  return secrets
    .filter(secret => secret.length >= 4)
    .reduce((all, secret) => all.replace(spacedOut(secret), '******'), filled)
}

/** Of an e-mail, in one line whatever was filled in; of a text message there is none. */
export function confirmationSubject(
  { subject }: Pick<ConfirmationTemplate, 'subject'>,
  ...rest: Parameters<typeof confirmationText> extends [unknown, ...infer Rest] ? Rest : never
): string | null {
  if (subject === undefined) return null
  return confirmationText({ text: subject }, ...rest)
    .replace(/\s+/g, ' ')
    .slice(0, subjectMax)
}

function reasonTold(codes: readonly string[], known: readonly DecisionReason[], language: 'zh-CN' | 'en'): string {
  const told = codes.flatMap(code => known.find(each => each.code === code)?.told?.[language] ?? [])
  if (told.length > 0) return [...new Set(told)].join(language === 'zh-CN' ? '、' : ', ')
  return language === 'zh-CN' ? '综合评估未通过' : 'our overall assessment'
}

function amountTold(amount: number, currency: string): string {
  const [whole, part] = amountTyped(amount, currency).split('.')
  return `${whole!.replace(/\B(?=(\d{3})+$)/g, ',')}${part === undefined ? '' : `.${part}`}`
}

function cut(text: string): string {
  const letters = [...text]
  return letters.length <= typedMax ? text : `${letters.slice(0, typedMax - 1).join('')}…`
}

/** Whatever looks like an ID number of the mainland, in any spacing. */
function withoutIds(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/(?<!\d)(?:\d(?:[\s-]?\d){16}[\s-]?[\dXx]|\d(?:[\s-]?\d){14})(?!\d)/g, '******')
}

function spacedOut(secret: string): RegExp {
  const letters = [...secret].map(letter => letter.replace(/[^\p{L}\p{N}]/u, '\\$&'))
  return new RegExp(letters.join('[\\s-]?'), 'giu')
}

/** Whether what was written is still so: the last thing decided of the task, and no other task has been opened for its application since. */
export function stands(
  { as, no }: { as: ConfirmedState; no: number },
  { state, last, isLatest }: { state: TaskState; last: number; isLatest: boolean },
): boolean {
  return state === as && no === last && isLatest
}
