/** The SIP messages of one call, for its page, its capture file and the API. */
import type { CallId, UserId } from '../lib/ids.ts'
import { NotFound } from '../records/errors.ts'
import type { SipNote } from '../store/telephony/ladder-file.ts'
import type { Deps } from './deps.ts'
import { agentsOf, type LegOfCall, legsOf } from './ladder-legs.ts'

export type CallLadder = { notes: SipNote[]; legs: LegOfCall[] }

/** The last answers of a call come after its end; a phone may take so long. */
const lateMs = 35_000
/** A re-INVITE or a BYE of the shift's leg belongs to the call from and until about here. */
const aroundMs = 1_000

/** Throws NotFound; rejects with LadderError. */
export async function ladderOfCall(deps: Deps, id: CallId): Promise<CallLadder> {
  const [call, lines] = await Promise.all([
    deps.store.read('calls.byId', { id }),
    deps.store.read('journal.ofCall', { call: id }),
  ])
  if (call === null) throw new NotFound('call', id)
  if (deps.ladders === undefined || deps.ladders.days === 0) return { notes: [], legs: [] }
  const legs = legsOf(lines)
  for (const { agent, seq } of agentsOf(lines)) {
    const leg = await deps.store.read('journal.stationLeg', { agent: agent as UserId, before: seq })
    if (leg !== null && !legs.some(known => known.leg === leg)) legs.push({ leg, trunk: null, agent, shift: true })
  }
  const [from, to] = [call.startedAt, (call.endedAt ?? deps.clock.now()) + lateMs]
  const notes = await deps.ladders.ofLegs(
    legs.map(({ leg }) => leg),
    from,
    to,
  )
  const shift = new Set(legs.filter(leg => leg.shift).map(({ leg }) => leg as string))
  const until = (call.endedAt ?? deps.clock.now()) + aroundMs
  return {
    legs,
    notes: notes.filter(note => !shift.has(note.leg ?? '') || (note.at >= from - aroundMs && note.at <= until)),
  }
}
