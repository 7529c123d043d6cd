/**
 * A script: what is said on a call, step by step. Answers lead from a step to the next; a step without answers, or an answer that leads nowhere, is
 * the end. Sentences that a rule demands are ticked as read. Who is not the debtor has a beginning of their own, on whose way no debt is named.
 */
export type Both = { 'zh-CN': string; en: string }
export type ScriptAnswer = { words: Both /** null: the end. */; to: string | null }
export type ScriptStep = { key: string; title: Both; text: Both; answers: ScriptAnswer[] }
export const audiences = ['all', 'debtor', 'others'] as const
export type MustRead = { key: string; text: Both; to: (typeof audiences)[number] }

export type Script = {
  id: string
  name: string
  /** Ids of the campaigns and queues whose calls have it. */
  places: string[]
  must: MustRead[]
  /** The first is where a talk to the party begins. */
  steps: ScriptStep[]
  /** Where a talk to anybody else begins; null: they hear the house's own words. */
  others: string | null
}

export const [stepsMax, answersMax, mustMax] = [40, 9, 12]
export const keyPattern = /^[a-z][a-z0-9_]{0,39}$/

/** What a text may name in braces. Those of the second list say that there is a debt. */
export const openPlaceholders = ['centre', 'agent', 'name', 'party', 'ref', 'today'] as const
export const debtPlaceholders = [
  ...(['overdue', 'owed', 'days', 'bucket', 'due', 'loan', 'product', 'promise_amount', 'promise_date'] as const),
  'case',
] as const
/** `{field.KEY}` is a custom field, `{lead.COLUMN}` a column of the list: nobody knows what they say, so they count as debts. */
const prefixed = /^(?:field|lead)\.[^{}\s]{1,60}$/
const inBraces = /\{([^{}]*)\}/g

export function isPlaceholder(name: string): boolean {
  return (openPlaceholders as readonly string[]).includes(name) || mayTellDebt(name)
}

export function mayTellDebt(name: string): boolean {
  return (debtPlaceholders as readonly string[]).includes(name) || prefixed.test(name)
}

/** A text with values in it, in pieces, so that a page can mark them. `value` null: there is none, or it must not be said. */
export type Piece = { text: string } | { name: string; value: string | null }

export function filled(text: string, saidAs: (name: string) => string | null): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const found of text.matchAll(inBraces)) {
    if (found.index > at) pieces.push({ text: text.slice(at, found.index) })
    pieces.push({ name: found[1]!, value: saidAs(found[1]!) })
    at = found.index + found[0].length
  }
  if (at < text.length) pieces.push({ text: text.slice(at) })
  return pieces
}

export type ScriptFault =
  | { fault: 'unknown_placeholder' | 'debt_to_others'; step: string; found: string }
  | { fault: 'unknown_step'; step: string; found: string }
  | { fault: 'unreachable' | 'no_exit' | 'twice' | 'no_text'; step: string }
  | { fault: 'no_steps' }

/** All that is wrong with it, by name of the step; empty: it may be used. */
export function faultsOf({ steps, must, others }: Script): ScriptFault[] {
  const faults: ScriptFault[] = []
  if (steps.length === 0) return [{ fault: 'no_steps' }]
  const byKey = new Map(steps.map(step => [step.key, step]))
  const seen = new Set<string>()
  for (const { key } of [...steps, ...must]) {
    if (seen.has(key)) faults.push({ fault: 'twice', step: key })
    seen.add(key)
  }
  for (const { key, text, answers } of steps) {
    if (text['zh-CN'].trim() === '' && text.en.trim() === '') faults.push({ fault: 'no_text', step: key })
    for (const { to } of answers)
      if (to !== null && !byKey.has(to)) faults.push({ fault: 'unknown_step', step: key, found: to })
  }
  for (const { key, text } of [...steps, ...must])
    for (const name of placeholdersOf(text))
      if (!isPlaceholder(name)) faults.push({ fault: 'unknown_placeholder', step: key, found: name })
  if (others !== null && !byKey.has(others)) faults.push({ fault: 'unknown_step', step: 'others', found: others })
  const fromParty = reachedFrom(steps[0]!.key, byKey)
  const fromOthers = others === null ? new Set<string>() : reachedFrom(others, byKey)
  const ending = endingSteps(steps)
  for (const { key, text } of steps) {
    if (!fromParty.has(key) && !fromOthers.has(key)) faults.push({ fault: 'unreachable', step: key })
    if (!ending.has(key)) faults.push({ fault: 'no_exit', step: key })
    if (fromOthers.has(key))
      for (const name of placeholdersOf(text).filter(mayTellDebt))
        faults.push({ fault: 'debt_to_others', step: key, found: name })
  }
  for (const { key, text, to } of must)
    if (to !== 'debtor')
      for (const name of placeholdersOf(text).filter(mayTellDebt))
        faults.push({ fault: 'debt_to_others', step: key, found: name })
  return faults
}

function placeholdersOf(text: Both): string[] {
  return [...new Set([text['zh-CN'], text.en].flatMap(each => [...each.matchAll(inBraces)].map(found => found[1]!)))]
}

function reachedFrom(first: string, byKey: Map<string, ScriptStep>): Set<string> {
  const reached = new Set<string>()
  const left = [first]
  for (let key = left.pop(); key !== undefined; key = left.pop()) {
    const step = byKey.get(key)
    if (step === undefined || reached.has(key)) continue
    reached.add(key)
    for (const { to } of step.answers) if (to !== null) left.push(to)
  }
  return reached
}

/** Steps from which some way leads to an end. */
function endingSteps(steps: readonly ScriptStep[]): Set<string> {
  const ending = new Set<string>()
  for (let grew = true; grew; ) {
    grew = false
    for (const { key, answers } of steps) {
      if (ending.has(key)) continue
      if (answers.length > 0 && !answers.some(({ to }) => to === null || ending.has(to))) continue
      ending.add(key)
      grew = true
    }
  }
  return ending
}

/** What is shown from a step on: it, and what follows without a choice. */
export function stretchFrom(script: Pick<Script, 'steps'>, key: string): ScriptStep[] {
  const stretch: ScriptStep[] = []
  for (let at: string | null = key; at !== null; ) {
    const step: ScriptStep | undefined = script.steps.find(each => each.key === at)
    if (step === undefined || stretch.includes(step)) break
    stretch.push(step)
    at = step.answers.length === 1 ? step.answers[0]!.to : null
  }
  return stretch
}
