import type { Deps } from './deps.ts'

/** Who an actor is, as people call them. */
export function whoOf(deps: Pick<Deps, 'engine'>, actor: string): string {
  const user = /^user:(.+)$/.exec(actor)?.[1]
  return [...deps.engine.state.users.values()].find(({ id }) => id === user)?.displayName ?? actor
}

/** The names of programs by their actor, `token:ID`; those that were revoked too. Reads nothing where no program is among the actors. */
export async function programNames({ store }: Pick<Deps, 'store'>, actors: string[]): Promise<Map<string, string>> {
  if (!actors.some(actor => actor.startsWith('token:'))) return new Map()
  return new Map((await store.read('tokens.list', {})).map(({ id, name }) => [`token:${id}`, name]))
}
