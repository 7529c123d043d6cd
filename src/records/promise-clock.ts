import type { RecordsDoor } from './door.ts'
import { judgeDuePromises } from './promises.ts'

const everyMs = 3_600_000

/**
 * Judges promises whose last day is over: at once, since the service may have been away at midnight, and each hour, which in any zone is soon after
 * it. One run at a time; a fault is told, and the next hour tries again.
 */
export function judgePromisesHourly(door: RecordsDoor, onFault: (error: unknown) => void): AsyncDisposable {
  let running: Promise<unknown> | null = null
  const run = () => {
    running ??= judgeDuePromises(door)
      .catch(onFault)
      .finally(() => {
        running = null
      })
  }
  run()
  const timer = setInterval(run, everyMs)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}
