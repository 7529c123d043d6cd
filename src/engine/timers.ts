/** The two ways in which the engine waits; the simulator brings its own. */
export type Timers = {
  /** After what is going on now, and before any time passes. */
  soon(run: () => void): void
  /** Answers how to call it off. */
  after(ms: number, run: () => void): () => void
}

export const systemTimers: Timers = {
  soon: run => void setImmediate(run),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
