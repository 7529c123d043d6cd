import type { MediaReport } from './control.ts'
import type { Leg } from './leg.ts'

/** What went wrong with one leg (a fault in the program) costs that leg what it was doing, is told once, and the thread goes on with the others. */
export function tellFault(leg: Leg, error: unknown, report: (report: MediaReport) => void): void {
  leg.dropped++
  if (leg.hasFault) return
  leg.hasFault = true
  report({ type: 'fault', leg: leg.id, words: (error as Error).stack ?? String(error) })
}
