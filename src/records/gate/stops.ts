import type { Actor } from '../../centre/facts.ts'
import type { Stop, StopKind } from '../../centre/gate/stops.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { holdReasons, moveCase, movedFact } from '../../lender/case.ts'
import { callbacksBack } from '../agencies/agency-callbacks.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { heldFact } from '../parties/party-stops.ts'
import { stopInput } from '../schemas.ts'
import { inTurn } from '../turn.ts'

/** From now on no channel reaches this person; what rings is withdrawn by the floor. Its case is on HOLD, or for a time at least the lender's again. */
export function holdParty(door: RecordsDoor, actor: Actor, given: unknown): Promise<Stop> {
  return inTurn(door, async () => {
    const stop = parseInput(stopInput, given)
    if (stop.until !== null && stop.until <= door.clock.now())
      throw new InvalidInput([
        { field: 'until', found: 'an instant that is over', allowed: 'a later one, or null until it is released' },
      ])
    const fact = await heldFact(door, stop)
    const { party, kind, reason } = stop
    if (kind !== 'hold') await keep(door, actor, [fact])
    else if (stop.until === null) await keep(door, actor, [fact, ...(await caseFacts(door, party, reason))])
    // Told last: who talks to this person hears of the hold, not of the recall.
    else await keep(door, actor, [...(await recallFacts(door, party, reason)), fact])
    return stop
  })
}

export function releaseParty(
  door: RecordsDoor,
  actor: Actor,
  given: { party: string; kind: StopKind; reason: string },
): Promise<void> {
  return inTurn(door, async () => {
    const reason = given.reason.trim().slice(0, 200)
    if (reason === '')
      throw new InvalidInput([{ field: 'reason', found: 'nothing', allowed: 'why this person may be reached again' }])
    const { party, kind } = given
    const found = await door.store.read('stops.of', { party })
    if (!found.some(stop => stop.kind === kind)) throw new NotFound(`${kind} of`, party)
    const released = kind === 'hold' ? await caseFacts(door, party, null, reason) : []
    await keep(door, actor, [{ type: 'party.released', party, kind, reason }, ...released])
  })
}

/** A hold that ends by itself leaves the case where it is, but not with an agency: for the agency too every channel stops, and it is not its case to wait for. */
async function recallFacts(door: RecordsDoor, party: string, reason: string): Promise<RecordFact[]> {
  const open = await door.store.read('cases.openOf', { party })
  if (!open?.placed) return []
  const moved = moveCase(open, { type: 'recall' })
  if (!moved.ok) return []
  const callbacks = await callbacksBack(door, new Map([[party, moved.case.agent]]))
  return [...callbacks, ...movedFact(open, moved.case, `hold: ${reason}`.slice(0, 200))]
}

/** The open case follows: on HOLD for `hold`, which is a dispute unless it names another of the reasons; with null it is released. */
async function caseFacts(
  door: RecordsDoor,
  party: string,
  hold: string | null,
  reason: string = hold ?? '',
): Promise<RecordFact[]> {
  const open = await door.store.read('cases.openOf', { party })
  if (open === null || (hold === null && open.state !== 'HOLD')) return []
  const named = holdReasons.find(each => each === hold) ?? 'dispute'
  const moved = moveCase(open, hold === null ? { type: 'release' } : { type: 'hold', reason: named })
  return moved.ok ? movedFact(open, moved.case, reason) : []
}
