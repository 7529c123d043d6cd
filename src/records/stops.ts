import type { Actor } from '../centre/facts.ts'
import type { Stop, StopKind } from '../centre/stops.ts'
import { keep, type RecordsDoor } from './door.ts'
import { InvalidInput, NotFound } from './errors.ts'
import { parseInput } from './parse.ts'
import { stopInput } from './schemas.ts'

/** From now on no channel reaches this person; what rings is withdrawn by the floor. */
export async function holdParty(door: RecordsDoor, actor: Actor, given: unknown): Promise<Stop> {
  const stop = parseInput(stopInput, given)
  if (stop.until !== null && stop.until <= door.clock.now())
    throw new InvalidInput([
      { field: 'until', found: 'an instant that is over', allowed: 'a later one, or null until it is released' },
    ])
  await keep(door, actor, [{ type: 'party.held', ...stop }])
  return stop
}

export async function releaseParty(
  door: RecordsDoor,
  actor: Actor,
  given: { party: string; kind: StopKind; reason: string },
): Promise<void> {
  const reason = given.reason.trim().slice(0, 200)
  if (reason === '')
    throw new InvalidInput([{ field: 'reason', found: 'nothing', allowed: 'why this person may be reached again' }])
  const { party, kind } = given
  const found = await door.store.read('stops.of', { party })
  if (!found.some(stop => stop.kind === kind)) throw new NotFound(`${kind} of`, party)
  await keep(door, actor, [{ type: 'party.released', party, kind, reason }])
}
