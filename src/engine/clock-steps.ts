/** Someone, or NTP, set the clock of the machine. Nothing is lost by it, and it is told: the law looks at the hour. */
import { type Clock, stepOf } from '../lib/clock.ts'
import type { Logger } from '../lib/log.ts'

/** As `stepOf`, and a step is told. */
export function clockStepsOf(clock: Clock, log: Pick<Logger, 'error'>): () => number {
  const step = stepOf(clock)
  return () => {
    const byMs = step()
    if (byMs === 0) return 0
    const seconds = Math.round(Math.abs(byMs) / 1000)
    log.error(
      { byMs },
      `the clock of this machine was set ${byMs > 0 ? 'forward' : 'back'} by ${seconds} s: contact hours and recordings as evidence depend on it; see what keeps it right with timedatectl timesync-status or chronyc tracking`,
    )
    return byMs
  }
}
