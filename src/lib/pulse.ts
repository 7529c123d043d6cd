/** Whether the threads without which there is no call centre still answer: asked in the background, told at once. */
import type { Clock } from './clock.ts'

const askEveryMs = 5_000

export type Pulse = Disposable & {
  /** False once a part has not answered in its time; one that answers with an error is alive. */
  isBeating(): boolean
}

/** `ask` resolves or rejects while the part's thread lives, within `deadAfterMs`. */
export type Part = { ask: () => Promise<unknown>; deadAfterMs: number }

export function takePulse(parts: Part[], clock: Clock): Pulse {
  const hearts = parts.map(part => ({ ...part, askedAt: null as number | null }))
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
    isBeating: () =>
      hearts.every(({ askedAt, deadAfterMs }) => askedAt === null || clock.monotonic() - askedAt < deadAfterMs),
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
