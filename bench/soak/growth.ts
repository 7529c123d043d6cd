/** Whether a figure of a long run grows: the slope of a straight line through it (least squares) and how sure that slope is. Pure. */

export type Point = { hours: number; value: number }

export type Growth = {
  /** Of the line, by the hour. */
  perHour: number
  /** Standard error of `perHour`: what noise alone would make of a line that is flat. */
  errorPerHour: number
  /** Where the line ends, so that a slope can be seen beside the size. */
  last: number
}

/** Fewer points say nothing about a slope. */
export const pointsLeast = 8

export function growthOf(points: Point[]): Growth | null {
  if (points.length < pointsLeast) return null
  const count = points.length
  const meanX = points.reduce((sum, { hours }) => sum + hours, 0) / count
  const meanY = points.reduce((sum, { value }) => sum + value, 0) / count
  const spread = points.reduce((sum, { hours }) => sum + (hours - meanX) ** 2, 0)
  if (spread === 0) return null
  const perHour = points.reduce((sum, { hours, value }) => sum + (hours - meanX) * (value - meanY), 0) / spread
  const rest = points.reduce((sum, { hours, value }) => sum + (value - meanY - perHour * (hours - meanX)) ** 2, 0)
  return {
    perHour,
    errorPerHour: Math.sqrt(rest / (count - 2) / spread),
    last: meanY + perHour * (points.at(-1)!.hours - meanX),
  }
}

/** By more than is allowed, and by more than noise would (two standard errors: 95 of 100 flat runs lie within). */
export function grows({ perHour, errorPerHour }: Growth, mostPerHour: number): boolean {
  return perHour > mostPerHour && perHour > 2 * errorPerHour
}

/** Not shown to grow, but the run was too short or too restless to say that it does not. */
export function isUnsure({ perHour, errorPerHour }: Growth, mostPerHour: number): boolean {
  return perHour + 2 * errorPerHour > mostPerHour
}
