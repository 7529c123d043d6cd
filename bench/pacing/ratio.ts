/** So many lines for each free agent: 1 is progressive dialling, more is the fixed ratio of the simplest diallers. */
import type { Method } from './model.ts'

export function ratio(linesPerFreeAgent: number): Method {
  return {
    onEvents: true,
    everyMs: 1_000,
    starts: floor => Math.floor(floor.idle * linesPerFreeAgent) - floor.waiting - floor.ringing.size,
  }
}
