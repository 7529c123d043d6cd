import type { RecordsDoor } from './door.ts'

type InTurn = <T>(door: RecordsDoor, work: () => Promise<T>) => Promise<T>

/**
 * One change of records after the other: of two at once, each would write back what the other one changed, and a pause would be undone by
 * whoever saves the form. Changes do not ask for a turn within their turn.
 */
export const inTurn: InTurn = turns()

/**
 * One list of cases for an agency after the other, each in many commits: whoever plans one sees the whole of those before. Within it turns may be asked
 * for; a list within a list may not.
 */
export const inListing: InTurn = turns()

function turns(): InTurn {
  const last = new WeakMap<RecordsDoor, Promise<unknown>>()
  return (door, work) => {
    const turn = (last.get(door) ?? Promise.resolve()).then(work)
    last.set(
      door,
      turn.catch(() => {}),
    )
    return turn
  }
}
