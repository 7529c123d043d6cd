/**
 * A policy is data: the hours, days, people, consent and caps of a place and a business, with the source they were read in. A campaign
 * names one or several joined with `+`; each is asked in turn, so the strictest answer wins whatever the field.
 */
import { type Business, type CampaignMode, campaignModes, type Relation } from '../entities.ts'
import type { Period } from '../recording/retention.ts'

/** Minutes since local midnight, `from` included, `to` excluded. */
export type Hours = { from: number; to: number }

export const limitUnits = ['ATTEMPT', 'UNANSWERED', 'CONNECT', 'CONVERSATION', 'ABANDON', 'MESSAGE'] as const
/** A dial placed; one that nobody answered; answered; talked with an agent; answered and left without one; an SMS or e-mail that went. */
export type LimitUnit = (typeof limitUnits)[number]
export const contactModes = [...campaignModes, 'message'] as const
/** How somebody was contacted: by a call of this mode, or by a text. */
export type ContactMode = (typeof contactModes)[number]

export const limitKeys = ['PARTY', 'DEBT', 'NUMBER'] as const
export type LimitKey = (typeof limitKeys)[number]
export const rollUnits = ['MINUTE', 'HOUR', 'DAY', 'MONTH'] as const
export type RollUnit = (typeof rollUnits)[number]

/** `DAY`: the calendar day at the callee. `ROLL`: the last n minutes … months. `REST`: n calendar days, the day of the event the first. */
export type Window = { type: 'DAY' } | { type: 'ROLL'; n: number; of: RollUnit } | { type: 'REST'; n: number }

export type Limit = {
  unit: LimitUnit
  key: readonly LimitKey[]
  window: Window
  max: number
  /** `WARN`: a supervisor may override it, and the override is kept with the attempt. */
  effect: 'BLOCK' | 'WARN'
  /** Not asked of a call at a time that the party agreed on. */
  unlessAgreed?: true
  /** Only calls of these modes are held back by it. */
  modes?: readonly CampaignMode[]
  /** Only contacts of these modes are counted; left out: all calls. A text counts where it is named, as a call that was answered. */
  counts?: readonly ContactMode[]
  note?: string
}

export type Policy = {
  id: string
  version: string
  source: string
  /** V verified in a primary text, S in a secondary one, M from memory, O our engineering default and not law. */
  confidence: string
  /** In a stack the policy is asked for these businesses only; a call outside any campaign serves none that is known, and all are asked. */
  business: readonly Business[]
  /** Contact is allowed within these hours only; with `hoursUnlessAgreed` also at a time that the party agreed on. */
  hours: Hours
  hoursUnlessAgreed?: true
  /** Days of the week on which contact is allowed, 0 Sunday to 6; default all. */
  weekdays?: readonly number[]
  /** Calendar of holidays on which there is no contact (`ID`). A year that the calendar does not know is all holidays. */
  holidays?: string
  /** Relations that may be dialled; a contact or employer is reached through the business that allows it. */
  relations: readonly Relation[]
  /** Businesses whose calls need a proof of consent; unknown is refused. */
  consentFor?: readonly Business[]
  limits?: readonly Limit[]
  /** Share of live-answered calls of a campaign that may be abandoned over its window; over it no call is dialled ahead of agents. */
  abandon?: { max: number; days: number }
  /** Recordings of its calls are kept at least so long. */
  keep?: Period
  /** Only on a laboratory floor (demo, tests). */
  labOnly?: true
  /** Written here and not shipped: edited on a page, each save a new version. */
  own?: true
  note?: string
}

/** The longest that a rolling window or a rest may be: what memory holds of the past is bounded by it. */
export const windowDaysMax = 93
const msOf: Record<RollUnit, number> = { MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000, MONTH: 31 * 86_400_000 }

/** How far back a window may look, ms; a calendar day is up to 25 hours and zones lie a day apart. */
export function reachMs(window: Window): number {
  if (window.type === 'DAY') return 2 * msOf.DAY
  if (window.type === 'REST') return (window.n + 1) * msOf.DAY
  return window.n * msOf[window.of]
}

/** Fixed length of a rolling window, ms; months have none. */
export function rollMs(n: number, of: RollUnit): number {
  return n * msOf[of]
}

/** Stacks that have a name. */
export const stacks: Readonly<Record<string, readonly string[]>> = {
  install_default_CN: ['CN-GBT45251-2025', 'CN-CBA-2026', 'CN-CFC-2024', 'CN-MIIT-CALLCENTRE-2020', 'CN-SALES-DEFAULT'],
}
/** What a call outside any campaign keeps to. */
export const manualStack = 'install_default_CN'
/** The setting that names what texts keep to; empty: the same. */
export const textPolicyKey = 'messages.policy'

export function stackNames(text: string): readonly string[] {
  return text.split('+').flatMap(name => (Object.hasOwn(stacks, name) ? stacks[name]! : [name]))
}

/** The policies of a stack that concern this business; when none does, all, since what is not known is not allowed. An unknown name: its text. */
export function stackOf(
  policies: ReadonlyMap<string, Policy>,
  text: string,
  business: Business | null,
): Policy[] | string {
  const all: Policy[] = []
  for (const name of stackNames(text)) {
    const policy = policies.get(name)
    if (policy === undefined) return name
    all.push(policy)
  }
  if (all.length === 1 || business === null) return all
  const mine = all.filter(policy => policy.business.includes(business))
  return mine.length > 0 ? mine : all
}

/** How far back the counters of these stacks look, ms; 0: no caps. */
export function reachOf(policies: ReadonlyMap<string, Policy>, texts: Iterable<string>): number {
  let reach = 0
  for (const text of texts)
    for (const name of stackNames(text))
      for (const { window } of policies.get(name)?.limits ?? []) reach = Math.max(reach, reachMs(window))
  return reach
}
