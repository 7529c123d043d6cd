/** So many lines for each free agent: 1 is progressive dialling, more is the fixed ratio of the simplest diallers. */
import type { Method } from './model.ts'

export function ratio(linesPerFreeAgent: number): Method {
  return {
    onEvents: true,
    everyMs: 1_000,
    starts: floor => Math.floor(floor.idle * linesPerFreeAgent) - floor.waiting - floor.ringing.size,
  }
}

/**
 * The same with a ratio that follows the abandonment, as Cisco's Contact Center Express documents its parameters: corrected once in 100 live
 * answers (predictiveCorrection) with a gain of 1 (predictiveGain). Its ceiling of 3 lines would hold it below every other method here, so it has none.
 */
export function adaptiveRatio(max: number): Method {
  let lines = 1.5
  let [answered, abandoned] = [0, 0]
  return {
    onEvents: true,
    everyMs: 1_000,
    outcome(wasAbandoned) {
      answered++
      if (wasAbandoned) abandoned++
      if (answered < 100) return
      const under = Math.max(-1, Math.min(1, 1 - abandoned / answered / (0.9 * max)))
      lines = Math.max(1, Math.min(50, lines * (1 + 0.2 * under)))
      answered = 0
      abandoned = 0
    },
    starts: floor => Math.floor(floor.idle * lines) - floor.waiting - floor.ringing.size,
  }
}
