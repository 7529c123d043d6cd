/** Whether the threads without which there is no call centre still answer: asked in the background, told at once. */
import type { Clock } from './clock.ts'

const askEveryMs = 5_000

export type Pulse = Disposable & {
  /** False once a part has not answered for `deadAfterMs`; one that answers with an error is alive. */
  isBeating(): boolean
}

/** `parts`: each resolves or rejects soon while its thread lives. */
export function takePulse(parts: (() => Promise<unknown>)[], options: { clock: Clock; deadAfterMs: number }): Pulse {
  const { clock, deadAfterMs } = options
  const hearts = parts.map(ask => ({ ask, askedAt: null as number | null }))
  const timer = setInterval(() => {
    for (const heart of hearts) {
      if (heart.askedAt !== null) continue
      heart.askedAt = clock.monotonic()
      const answered = () => {
        heart.askedAt = null
      }
      heart.ask().then(answered, answered)
    }
  }, askEveryMs)
  timer.unref()
  return {
    isBeating: () => hearts.every(({ askedAt }) => askedAt === null || clock.monotonic() - askedAt < deadAfterMs),
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
