import type { Deps } from './deps.ts'

/** Who an actor is, as people call them. */
export function whoOf(deps: Pick<Deps, 'engine'>, actor: string): string {
  const user = /^user:(.+)$/.exec(actor)?.[1]
  return [...deps.engine.state.users.values()].find(({ id }) => id === user)?.displayName ?? actor
}
