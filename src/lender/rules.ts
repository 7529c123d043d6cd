/** What a lender may set of how it reckons; a setting (`lender.rules`), with defaults from domain.md. */
import { type Component, components } from './money.ts'

/** `upTo`: days past due; the last has null. */
export type Bucket = { name: string; upTo: number | null }

export type LenderRules = {
  buckets: Bucket[]
  /** In which order a repayment pays the parts of an instalment. */
  order: Component[]
  /**
   * `instalment`: the oldest instalment as a whole, then the next. `component`: of all that is due first every fee, then every penalty …; what is
   * not due yet comes after that, an instalment at a time.
   */
  by: 'instalment' | 'component'
  /** A promise is kept by what comes in up to so many days after its date … */
  promiseGraceDays: number
  /** … and makes so much of what was promised, percent. */
  promisePercent: number
}

export const lenderRulesKey = 'lender.rules'
export const bucketsMax = 20

export const lenderRulesDefault: LenderRules = {
  buckets: [
    { name: 'M0', upTo: 0 },
    { name: 'M1', upTo: 30 },
    { name: 'M2', upTo: 60 },
    { name: 'M3', upTo: 90 },
    { name: 'M3+', upTo: null },
  ],
  order: [...components],
  by: 'instalment',
  promiseGraceDays: 1,
  promisePercent: 90,
}

/** Fields that a saved setting lacks take their defaults. */
export function readLenderRules(text: string | null | undefined): LenderRules {
  if (!text) return lenderRulesDefault
  return { ...lenderRulesDefault, ...(JSON.parse(text) as Partial<LenderRules>) }
}

/** What is wrong with rules whose single values are right; null: nothing. */
export function faultOfRules(rules: LenderRules): { field: string; found: string; allowed: string } | null {
  const limits = rules.buckets.map(({ upTo }) => upTo ?? Number.POSITIVE_INFINITY)
  if (limits.at(-1) !== Number.POSITIVE_INFINITY)
    return { field: 'buckets', found: `a last bucket up to ${limits.at(-1)}`, allowed: 'a last one with upTo null' }
  if (limits.some((limit, at) => at > 0 && limit <= limits[at - 1]!))
    return { field: 'buckets', found: limits.join(', '), allowed: 'limits that go up' }
  if (new Set(rules.buckets.map(({ name }) => name)).size !== rules.buckets.length)
    return { field: 'buckets', found: 'a name twice', allowed: 'each name once' }
  if ([...rules.order].sort().join() !== [...components].sort().join())
    return { field: 'order', found: rules.order.join(', '), allowed: `each of ${components.join(', ')} once` }
  return null
}
