/**
 * A checklist: what is asked in a verification, of whom, and what the answer is held against. What is expected stays hidden until an answer is
 * kept, so that nobody reads the answer out; a trap offers a wrong value that a true applicant puts right.
 */

import type { ContactRelation } from './application.ts'
import { type Compare, type CompareWhy, compare } from './compare.ts'
import { type RecallRules, recallDefault } from './recall.ts'
import type { Sealed } from './sealed.ts'

export const askedOf = ['applicant', 'employer', 'contact'] as const
export type Asked = (typeof askedOf)[number]
export const answerKinds = ['text', 'number', 'money', 'date', 'phone', 'choice', 'yes-no'] as const
export type AnswerKind = (typeof answerKinds)[number]

/** `field`: a value of the application or its applicant, by `expectedFields` or `fields.KEY`. */
export type Expected = { type: 'field'; field: string } | { type: 'fixed'; value: string }

export const expectedFields = [
  'party.name',
  'party.idNo',
  'party.number',
  'product',
  'amount',
  'term',
  'employer.name',
  'employer.number',
  'contact.name',
  'contact.relation',
] as const

export type ChecklistItem = {
  key: string
  /** `{offered}` is where the wrong value of a trap is read out. */
  question: { 'zh-CN': string; en: string }
  kind: AnswerKind
  choices: string[]
  /** null: nothing to hold it against; the verifier says whether it is right. */
  expected: Expected | null
  /** Wrong values, of which the first that is really wrong is offered; none: no trap. */
  offers: string[]
  compare: Compare
  asked: Asked
  required: boolean
  /** 0 to 100: what a mismatch weighs. */
  weight: number
}

export type Checklist = {
  id: string
  name: string
  /** Counts from 1; 0: the one that is shipped. */
  version: number
  /** Of applications for this product; null: of any that has none of its own. */
  product: string | null
  /** Verifiers with this skill alone; null: all. */
  skill: string | null
  recall: RecallRules
  /** In which order contacts are called. */
  contactOrder: ContactRelation[]
  items: ChecklistItem[]
}

export const itemsMax = 60
export const offersMax = 3
export const answerMax = 500

export const answerResults = ['MATCH', 'MISMATCH', 'REFUSED', 'NOT_ASKED'] as const
export type AnswerResult = (typeof answerResults)[number]
/** `trap`: the wrong value that was offered was taken for right. `verifier`: a person judged. */
export type AnswerWhy = CompareWhy | 'trap' | 'verifier' | 'refused' | 'not-asked'

export type ChecklistAnswer = {
  item: string
  /** Counts from 1: a later answer to the same item stands beside the first one, which everyone sees. */
  no: number
  /** As it was said; sealed where what was expected is a secret. */
  given: string | Sealed | null
  /** What was offered as a trap. */
  offered: string | null
  result: AnswerResult
  why: AnswerWhy
  figure: number | null
  note: string
  by: string
  /** The call on which it was said, and how far into it, ms from its answer. */
  call: string
  offsetMs: number
}

/** What is offered for an item: a value that is none of the expected one; null: no trap, or all of its values happen to be true. */
export function offeredFor(item: ChecklistItem, expected: string | null): string | null {
  if (expected === null) return item.offers[0] ?? null
  return item.offers.find(offer => !compare(expected, offer, item.compare).matches) ?? null
}

export type Given = { said: string; judged: 'MATCH' | 'MISMATCH' | null }

/** How an answer came out. Without anything to hold it against, the verifier's own judgement counts; else it does not. */
export function judgeAnswer(
  item: ChecklistItem,
  { expected, offered }: { expected: string | null; offered: string | null },
  { said, judged }: Given,
): { result: 'MATCH' | 'MISMATCH'; why: AnswerWhy; figure: number | null } {
  if (expected === null) return { result: judged ?? 'MISMATCH', why: 'verifier', figure: null }
  const compared = compare(expected, said, item.compare)
  if (!compared.matches && offered !== null && compare(offered, said, item.compare).matches)
    return { result: 'MISMATCH', why: 'trap', figure: compared.figure }
  return { result: compared.matches ? 'MATCH' : 'MISMATCH', why: compared.why, figure: compared.figure }
}

type Standing = { item: string; no: number; result: AnswerResult; why: AnswerWhy }

/** Of each item the answer that counts: the last one. */
export function lastAnswers<A extends Standing>(answers: readonly A[]): Map<string, A> {
  const last = new Map<string, A>()
  for (const answer of answers) if ((last.get(answer.item)?.no ?? 0) < answer.no) last.set(answer.item, answer)
  return last
}

export type TaskFlags = {
  /** Keys of items. */
  mismatches: string[]
  traps: string[]
  refused: string[]
  /** Answered again after what was expected had been seen. */
  amended: string[]
  /** Required, and without an answer. */
  open: string[]
  /** Sum of what mismatches weigh. */
  weight: number
}

/** Of items that are asked of each contact, an answer stands under `KEY@PLACE`. */
export function answerKey(item: Pick<ChecklistItem, 'key' | 'asked'>, place: number): string {
  return item.asked === 'contact' ? `${item.key}@${place}` : item.key
}

/** Items of parties that the application does not have are not asked: no employer, no contacts. Of several contacts one answer is enough. */
export function flagsOf(
  { items }: Pick<Checklist, 'items'>,
  answers: readonly Standing[],
  there: { employer: boolean; contacts: boolean },
): TaskFlags {
  const last = [...lastAnswers(answers).values()]
  const keysWith = (all: readonly Standing[], test: (answer: Standing) => boolean) =>
    items
      .filter(({ key }) => all.some(answer => answer.item.split('@')[0] === key && test(answer)))
      .map(({ key }) => key)
  const mismatches = keysWith(last, ({ result }) => result === 'MISMATCH')
  const asked = new Set(keysWith(last, ({ result }) => result !== 'NOT_ASKED'))
  return {
    mismatches,
    // Who took the bait once has taken it, whatever was said later.
    traps: keysWith(answers, ({ why }) => why === 'trap'),
    refused: keysWith(last, ({ result }) => result === 'REFUSED'),
    amended: keysWith(last, ({ no }) => no > 1),
    open: items
      .filter(({ required, asked }) => required && (asked === 'applicant' || there[whereOf(asked)]))
      .filter(({ key }) => !asked.has(key))
      .map(({ key }) => key),
    weight: items.filter(({ key }) => mismatches.includes(key)).reduce((sum, { weight }) => sum + weight, 0),
  }
}

function whereOf(asked: 'employer' | 'contact'): 'employer' | 'contacts' {
  return asked === 'employer' ? 'employer' : 'contacts'
}

/** What is wrong with a checklist whose single values are right; null: nothing. */
export function faultOfItems(
  items: readonly ChecklistItem[],
): { field: string; found: string; allowed: string } | null {
  const keys = new Set<string>()
  for (const [at, item] of items.entries()) {
    const wrong = (field: string, found: string, allowed: string) => ({ field: `items.${at}.${field}`, found, allowed })
    if (keys.has(item.key)) return wrong('key', item.key, 'each key once')
    keys.add(item.key)
    if ((item.kind === 'choice') !== item.choices.length > 0)
      return wrong('choices', `${item.choices.length} choices`, 'choices for the kind choice, and for no other')
    if (item.expected?.type === 'field' && !isExpectedField(item.expected.field))
      return wrong('expected', item.expected.field, `${expectedFields.join(', ')} or fields.KEY`)
    if (item.expected === null && item.offers.length > 0)
      return wrong('offers', 'a trap', 'a trap only where something is expected')
    if (item.offers.length > 0 && !Object.values(item.question).every(text => text.includes('{offered}')))
      return wrong('question', 'a trap that is not read out', '{offered} in the question of a trap, in both languages')
    if (item.expected?.type === 'field' && item.expected.field.startsWith('contact.') && item.asked !== 'contact')
      return wrong('asked', item.asked, 'contact, where something of a contact is expected')
  }
  return null
}

function isExpectedField(field: string): boolean {
  return (expectedFields as readonly string[]).includes(field) || /^fields\.[a-z][a-z0-9_]{0,39}$/.test(field)
}

/** What is used until the lender has written one of its own. */
export const checklistDefault: Checklist = {
  id: 'standard',
  name: '标准信审',
  version: 0,
  product: null,
  skill: null,
  recall: recallDefault,
  contactOrder: ['spouse', 'parent', 'child', 'sibling', 'relative', 'colleague', 'friend', 'other'],
  items: [
    itemOf('name', ['请问您的姓名？', 'May I have your full name?'], 'party.name', 'name', { weight: 100 }),
    itemOf('id_no', ['请报一下您的证件号码。', 'Please tell me your ID number.'], 'party.idNo', 'digits', {
      weight: 100,
    }),
    itemOf('amount', ['您申请了多少金额？', 'How much did you apply for?'], 'amount', 'amount', {
      ...{ kind: 'money', percent: 5, weight: 60 },
    }),
    itemOf('term', ['您申请分多少期？', 'Over how many instalments?'], 'term', 'digits', {
      kind: 'number',
      weight: 40,
    }),
    itemOf(
      'employer',
      ['您在{offered}工作，对吗？', 'You work at {offered}, is that right?'],
      'employer.name',
      'name',
      {
        ...{ offers: ['蓝鲸物流有限公司', '红枫贸易有限公司'], weight: 80 },
      },
    ),
    itemOf('employed', ['请问贵单位全称是？', 'What is the full name of your company?'], 'employer.name', 'name', {
      ...{ asked: 'employer', weight: 80 },
    }),
    itemOf('known', ['请问申请人在贵处任职吗？', 'Does the applicant work there?'], null, 'exact', {
      ...{ asked: 'employer', kind: 'yes-no', weight: 80 },
    }),
    itemOf('relation', ['您和申请人是什么关系？', 'How are you related to the applicant?'], null, 'exact', {
      ...{ asked: 'contact', required: false, weight: 40 },
    }),
  ],
}

function itemOf(
  key: string,
  [zh, en]: [string, string],
  field: string | null,
  rule: Compare['rule'],
  { percent = rule === 'name' ? 80 : 0, ...more }: Partial<ChecklistItem> & { percent?: number },
): ChecklistItem {
  return {
    ...{ key, question: { 'zh-CN': zh, en }, kind: 'text', choices: [] },
    expected: field === null ? null : { type: 'field', field },
    ...{ offers: [], compare: { rule, percent }, asked: 'applicant', required: true, weight: 50 },
    ...more,
  }
}
