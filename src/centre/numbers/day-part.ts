/** The parts of a callee's day: who is not reached in one may be in another. */
import { localTime } from './zone.ts'

/** Local minutes at which morning, afternoon and evening begin; the night belongs to the morning that follows or the evening before. */
const begins = [8 * 60, 12 * 60, 18 * 60] as const
const minutesADay = 1440

/** 0 morning, 1 afternoon, 2 evening. */
export function dayPart(zone: string, at: number): number {
  const { minute } = localTime(zone, at)
  return minute >= begins[2] ? 2 : minute >= begins[1] ? 1 : 0
}

/** The first instant from `earliest` on that lies in another part of the day than `part`. */
export function inOtherPart(zone: string, part: number, earliest: number): number {
  let at = earliest
  // Once is enough, but where summer time moves the clock in between.
  for (let turn = 0; turn < 3 && dayPart(zone, at) === part; turn++) {
    const { minute } = localTime(zone, at)
    const next = begins.find(begin => begin > minute && begin !== begins[0]) ?? begins[0] + minutesADay
    at = Math.floor(at / 60_000) * 60_000 + (next - minute) * 60_000
  }
  return Math.max(earliest, at)
}
