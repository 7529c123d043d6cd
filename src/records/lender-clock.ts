import { runDay } from './daily.ts'
import type { RecordsDoor } from './door.ts'
import { judgeDuePromises } from './promises.ts'

/** A day turns in some zone at each quarter of an hour. */
const everyMs = 900_000

/**
 * The daily work and the judging of promises: at once, since the service may have been away at midnight, and each quarter of an hour, so that a day is
 * begun soon after it has turned. One run at a time; a fault is told, and the next run takes up what is left.
 */
export function keepLenderClock(door: RecordsDoor, onFault: (error: unknown) => void): AsyncDisposable {
  let running: Promise<unknown> | null = null
  const run = () => {
    running ??= runDay(door)
      .then(day => (day === null ? judgeDuePromises(door) : null))
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
