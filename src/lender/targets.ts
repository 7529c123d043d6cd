/**
 * Whom a verification calls, and in which order: the applicant, then the employer on a line that the applicant did not name, then contacts one
 * after the other. Whoever is asked before would warn the others.
 */
import type { Application } from './application.ts'
import type { Asked, Checklist } from './checklist.ts'
import { nextAttempt } from './recall.ts'

/** One who may be called: contacts by their place in the application. */
export type Target = { who: Asked; place: number }

/** A call of the task to somebody. `reached`: somebody talked. */
export type TargetCall = Target & { at: number; reached: boolean }

export type TargetState =
  | { type: 'open' }
  | { type: 'later'; at: number }
  /** Every attempt was made. */
  | { type: 'over' }
  | { type: 'reached' }
  | { type: 'refused' }
  | { type: 'no-line' }
  /** Others come first. */
  | { type: 'waits'; for: Asked }

export type TargetNow = Target & { state: TargetState; attempts: number }

type Known = {
  application: Pick<Application, 'employer' | 'contacts'>
  checklist: Pick<Checklist, 'recall' | 'contactOrder'>
  calls: readonly TargetCall[]
  /** Places of contacts who do not want to be called. */
  refused: readonly number[]
}

/** Everyone of the task in the order of calling, with what may be done now. Who was reached may be called again. */
export function targetsOf(
  { application, checklist, calls, refused }: Known,
  when: { now: number; zone: string },
): TargetNow[] {
  const now = (target: Target): TargetNow => {
    const own = calls.filter(({ who, place }) => who === target.who && place === target.place)
    const attempts = own.length
    if (target.who === 'contact' && refused.includes(target.place))
      return { ...target, attempts, state: { type: 'refused' } }
    if (own.some(({ reached }) => reached)) return { ...target, attempts, state: { type: 'reached' } }
    const next = nextAttempt(
      own.map(({ at }) => at),
      checklist.recall,
      when,
    )
    return { ...target, attempts, state: next.type === 'now' ? { type: 'open' } : next }
  }
  const applicant = now({ who: 'applicant', place: 0 })
  const employer: TargetNow[] =
    application.employer === null
      ? []
      : application.employer.line === null
        ? [{ who: 'employer', place: 0, attempts: 0, state: { type: 'no-line' } }]
        : [now({ who: 'employer', place: 0 })]
  const rank = (place: number) => {
    const at = checklist.contactOrder.indexOf(application.contacts[place]!.relation)
    return at < 0 ? checklist.contactOrder.length : at
  }
  const contacts = application.contacts
    .map((_, place) => place)
    .sort((a, b) => rank(a) - rank(b) || a - b)
    .map(place => now({ who: 'contact', place }))
  const all = [applicant]
  for (const target of [...employer, ...contacts]) {
    const before = all.find(each => !isDone(each))
    all.push(
      before !== undefined && target.state.type === 'open'
        ? { ...target, state: { type: 'waits', for: before.who } }
        : target,
    )
  }
  return all
}

/** Those who come after may be called: this one was reached or tried, refused, or cannot be called. The applicant has to be reached, or tried in full. */
function isDone({ who, state, attempts }: TargetNow): boolean {
  if (state.type === 'reached' || state.type === 'over' || state.type === 'refused' || state.type === 'no-line')
    return true
  return who !== 'applicant' && attempts > 0
}

/** Whether nobody can be called any more who would have to be reached: then a task may say that it cannot be verified. */
export function isOver(targets: readonly TargetNow[]): boolean {
  return targets.find(({ who }) => who === 'applicant')?.state.type === 'over'
}
