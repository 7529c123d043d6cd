/** A scenario run to its end, in the figures that pages compare; a warm-up may be left out of them. */

import type { RehearsalFigures } from '../../centre/campaigns/rehearsal.ts'
import type { Fact } from '../../centre/facts.ts'
import type { CallId } from '../../lib/ids.ts'
import { Day } from './day.ts'
import { rateOf } from './figures.ts'
import type { Scenario } from './scenario.ts'

/** Told so often at least, as a share of the day. */
const progressStep = 0.02
const minuteMs = 60_000

/** `warmMinutes` (full quarters of an hour): what happens before is not counted. Runs for seconds to minutes: call it in a worker. */
export function rehearse(
  scenario: Scenario,
  warmMinutes: number,
  onProgress: (share: number) => void = () => {},
): RehearsalFigures {
  const startAt = Date.parse(scenario.startsAt)
  const fromAt = startAt + warmMinutes * minuteMs
  const lengthMs = scenario.hours * 3_600_000
  const count = { dialled: 0, answered: 0, connected: 0, abandoned: 0 }
  const answered = new Set<CallId>()
  let told = 0
  const day = new Day(scenario, (fact, at) => {
    const share = (at - startAt) / lengthMs
    if (share >= told + progressStep) {
      told = share
      onProgress(share)
    }
    if (at >= fromAt) note(fact)
  })
  day.run()
  const result = day.figures.result(scenario.agents, 0)
  const minutes = day.figures.minutes.slice(warmMinutes)
  const quarters = day.figures.quarters.slice(warmMinutes / 15).map(rateOf)
  const sum = (key: 'busyMs' | 'readyMs' | 'presentMs') => minutes.reduce((total, minute) => total + minute[key], 0)
  const worked = minutes.filter(({ presentMs, dialled }) => presentMs > 0 || dialled > 0).length
  return {
    utilisation: ratio(sum('busyMs'), sum('presentMs')),
    abandonRate: ratio(count.abandoned, count.answered),
    worst15MinAbandonRate: quarters.length === 0 ? null : Math.max(...quarters),
    idleMsMean: warmMinutes === 0 ? result.idleMsMean : ratio(sum('readyMs'), count.connected),
    connectedPerHour: ratio(count.connected * 60, worked),
    ...count,
    linesPeak: Math.max(0, ...minutes.map(({ lines }) => lines)),
  }

  function note(fact: Fact): void {
    switch (fact.type) {
      case 'call.dialed':
        count.dialled++
        return
      case 'call.answered':
        count.answered++
        answered.add(fact.call)
        return
      case 'call.connected':
        count.connected++
        answered.delete(fact.call)
        return
      case 'call.abandoned':
        if (answered.delete(fact.call)) count.abandoned++
        return
      case 'call.ended':
        answered.delete(fact.call)
        return
      default:
        return
    }
  }
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
