/**
 * When people of a segment answer: the answer rate of each hour of the callee's day, drawn towards the segment's usual one while few calls
 * have been made, and that towards the campaign's. What counts for the order of dialling is the lift: how much better than usual this hour is
 * for this segment; so a segment that seldom answers gets its turn too, at its own best hour.
 */
export type AnswerHour = { segment: string; hour: number; dialled: number; answered: number }

/** `rate` and `usual` from 0 to 1; `lift` is their quotient; `dialled` what it rests on. */
export type HourScore = { rate: number; usual: number; lift: number; dialled: number; answered: number }

/** As many calls of the usual kind are mixed in: an hour with so few calls of its own is believed by half. */
const priorCalls = 20
/** Before anything is known. */
const priorRate = 0.3
/** Steps of a tenth: what differs by less is the same, and the leads that are due longest come first. */
const steps = 10

export function bestTime(hours: readonly AnswerHour[]): (segment: string, hour: number) => HourScore {
  const bySegment = new Map<string, { dialled: number; answered: number }>()
  const byHour = new Map<string, AnswerHour>()
  const all = { dialled: 0, answered: 0 }
  for (const one of hours) {
    const sum = bySegment.get(one.segment) ?? { dialled: 0, answered: 0 }
    bySegment.set(one.segment, { dialled: sum.dialled + one.dialled, answered: sum.answered + one.answered })
    byHour.set(`${one.hour} ${one.segment}`, one)
    all.dialled += one.dialled
    all.answered += one.answered
  }
  const overall = smoothed(all, priorRate)
  return (segment, hour) => {
    const usual = smoothed(bySegment.get(segment) ?? { dialled: 0, answered: 0 }, overall)
    const { dialled, answered } = byHour.get(`${hour} ${segment}`) ?? { dialled: 0, answered: 0 }
    const rate = smoothed({ dialled, answered }, usual)
    return { rate, usual, lift: Math.round((rate / usual) * steps) / steps, dialled, answered }
  }
}

function smoothed({ dialled, answered }: { dialled: number; answered: number }, towards: number): number {
  return (answered + priorCalls * towards) / (dialled + priorCalls)
}
