import type { RecordsDoor } from './door.ts'

const turns = new WeakMap<RecordsDoor, Promise<unknown>>()

/**
 * One change of records after the other: of two at once, each would write back what the other one changed, and a pause would be undone by
 * whoever saves the form. Changes do not ask for a turn within their turn.
 */
export function inTurn<T>(door: RecordsDoor, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(door) ?? Promise.resolve()).then(work)
  turns.set(
    door,
    turn.catch(() => {}),
  )
  return turn
}
