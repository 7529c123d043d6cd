/**
 * Live-answered and abandoned calls of a campaign, day by day of the centre: what policies hold a campaign to over 30 days (16 CFR 310.4(b)(4))
 * and over a day. Counted are calls dialled ahead of a person: those that found one in time, and those that did not. Who hears a notice and asks
 * for nobody is in neither; who pressed 1 is answered by a person, or abandoned. The store keeps the same counts, and a start brings them back.
 */

import type { Call } from '../call-state.ts'
import type { Note } from '../decision.ts'
import type { CampaignMode } from '../entities.ts'
import type { Fact } from '../facts.ts'
import { localDay } from '../numbers/zone.ts'
import type { FloorState } from '../state.ts'

export type AbandonCount = { answered: number; abandoned: number }

/** The longest window that a policy may have, days. */
export const abandonDaysMax = 30
/** By hand and from a preview an agent is there before the call is. */
export const aheadModes = ['predictive', 'progressive', 'notice'] as const satisfies readonly CampaignMode[]

export class Abandonment {
  /** By day of the centre, at most `abandonDaysMax`. */
  readonly #days = new Map<number, AbandonCount>()

  note(day: number, abandoned: boolean): void {
    this.add(day, { answered: 1, abandoned: abandoned ? 1 : 0 })
  }

  add(day: number, { answered, abandoned }: AbandonCount): void {
    const known = this.#days.get(day)
    if (known !== undefined) {
      known.answered += answered
      known.abandoned += abandoned
      return
    }
    this.#days.set(day, { answered, abandoned })
    for (const old of this.#days.keys()) if (old <= day - abandonDaysMax) this.#days.delete(old)
  }

  /** Of so many days, the last of which is `day`. */
  of(day: number, days: number): AbandonCount {
    const sum = { answered: 0, abandoned: 0 }
    for (const [each, { answered, abandoned }] of this.#days) {
      if (each > day || each <= day - days) continue
      sum.answered += answered
      sum.abandoned += abandoned
    }
    return sum
  }
}

/** What a fact adds. Asked before it is applied. */
export function followAbandonment(state: FloorState, change: Fact | Note, at: number): void {
  if (change.type !== 'call.connected' && change.type !== 'call.abandoned') return
  const call = state.calls.get(change.call)
  if (call === undefined || !isCounted(call) || call.connectedAt !== null) return
  const day = localDay(state.zone, at)
  state.campaigns.get(call.campaign!)?.abandonment.note(day, change.type === 'call.abandoned')
}

export function isCounted({ direction, campaign, mode }: Pick<Call, 'direction' | 'campaign' | 'mode'>): boolean {
  return direction === 'out' && campaign !== null && (aheadModes as readonly unknown[]).includes(mode)
}
