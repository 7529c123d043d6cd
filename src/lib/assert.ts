/** A bug in our own code, never a bad input: the engine logs the input and ends that one call. */
export class AssertionError extends Error {
  override name = 'AssertionError'
}

export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new AssertionError(claim)
}

/** The value, or a bug: for look-ups that cannot miss. */
export function must<T>(value: T | undefined | null, claim: string): T {
  if (value === undefined || value === null) throw new AssertionError(claim)
  return value
}
