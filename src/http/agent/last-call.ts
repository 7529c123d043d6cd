/** What became of the agent's last call: where nobody was reached, or the call was cut, the desk says it until the next one; and dials it again. */
import type { DeskCall, DeskLast } from '../../../web/pages/agent/desk-props.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import type { Words } from '../../../web/words/words.ts'
import { sureMin } from '../../centre/calls/announced.ts'
import type { Announced } from '../../centre/calls/heard.ts'
import type { CallResult, EndCause, User } from '../../centre/entities.ts'
import type { FloorState } from '../../centre/state.ts'
import { emergencyOf } from '../../centre/toll/rules.ts'
import { maskNumbersIn } from '../../lib/mask.ts'
import { NotFound } from '../../records/errors.ts'
import type { CallRecord } from '../../store/calls/calls.ts'
import type { CallbackRecord } from '../../store/campaigns/callbacks.ts'
import type { Deps } from '../deps.ts'
import { onlyPlaced } from './agency-desk.ts'
import { dialCampaigns } from './dial-campaigns.ts'

/** So long it is said at rest. */
const saidMs = 10 * 60_000
const longestMs = 86_400_000
/** Of these the carrier's own answer tells more. */
const vague: ReadonlySet<CallResult> = new Set(['FAILED', 'CONGESTION', 'UNREACHABLE', 'CALL_BARRED', 'INVALID'])

/** The agent's last call, if it is over and there is something to say of it: in wrap-up why it ended, at rest what came of it. */
export async function lastCall({ store, engine, clock }: Deps, user: User): Promise<CallRecord | null> {
  const inHand = handOf(engine.state, user)
  if (inHand !== null && inHand.phase !== 'ended') return null
  const now = clock.now()
  const last = await store.read('calls.lastOf', { agent: user.id, since: now - longestMs })
  if (last?.endedAt == null || last.ending === null) return null
  if (inHand !== null) return inHand.id === last.id ? last : null
  if (last.endedAt < now - saidMs || last.ending.by === 'agent') return null
  // What ended while it was talked on was said in wrap-up, but by a process that is gone.
  const isNews =
    last.connectedAt === null ? last.direction === 'out' : last.ending.cause === ('restarted' satisfies EndCause)
  return isNews ? last : null
}

/** `callbacks`: those that the agent may keep, so that one that is owed to this number is tried, and not passed by. `isUnasked`: its name is. */
export async function deskLast(
  deps: Deps,
  user: User,
  of: { call: CallRecord; w: Words; callbacks: readonly CallbackRecord[]; isUnasked: boolean },
): Promise<DeskLast | null> {
  const { call, w, callbacks } = of
  if ((await onlyPlaced(deps, user, [call])).length === 0) return null
  const { state } = deps.engine
  const { number, direction, lead, party: ref, announced } = call
  const { by, cause, result, sipStatus, text } = call.ending!
  const isForHelp = direction === 'out' && emergencyOf(state.toll.rules, state.zone, number) !== null
  const [party] = ref === null ? [] : await deps.store.read('parties.byRefs', { refs: [ref] })
  const name = call.name ?? party?.name ?? (isForHelp ? w.agent.who.emergency : null)
  const owed = callbacks.find(each => each.number === number && each.lead === lead)
  const mayRedial = direction === 'out' && isDiallable(state, user, call) && (await isOfNoTask(deps, call))
  return {
    ...{ name: of.isUnasked ? null : name, number: shownNumber(number, user.numbersMasked), direction },
    ...{ endedAt: call.endedAt!, talked: call.connectedAt !== null, result, by, cause },
    announced: announcedOf(announced),
    carrier: cause === 'not_answered' && vague.has(result) ? carrierWords(sipStatus, text, user.numbersMasked) : null,
    isForHelp,
    redial: mayRedial ? (owed === undefined ? { again: call.id } : { callback: owed.id }) : null,
  }
}

/** Some carriers put the number into their words. */
function carrierWords(sipStatus: number | null, text: string | undefined, masked: boolean): string | null {
  if (sipStatus === null) return null
  return [sipStatus, text && (masked ? maskNumbersIn(text) : text)].filter(Boolean).join(' ')
}

/** null: nothing was understood, or it was withdrawn. */
export function announcedOf(announced: Announced | null): DeskCall['announced'] {
  if (announced === null || announced.confidence === 0) return null
  const { by, result, confidence } = announced
  return { by, result, sure: confidence >= sureMin }
}

/** A call of a verification is dialled again from its task, which keeps count of whom it asked. */
async function isOfNoTask({ store }: Deps, call: CallRecord): Promise<boolean> {
  return (await store.read('tasks.ofCall', { call: call.id })).length === 0
}

/** What dials the agent's last call again; NotFound for any other, and for what may not be dialled by them now. null: none was named. */
export async function dialledAgain(deps: Deps, user: User, id: string) {
  if (id === '') return null
  const last = await lastCall(deps, user)
  if (last?.id !== id || last.direction !== 'out' || !isDiallable(deps.engine.state, user, last))
    throw new NotFound('call', id)
  if ((await onlyPlaced(deps, user, [last])).length === 0 || !(await isOfNoTask(deps, last)))
    throw new NotFound('call', id)
  const { number, campaign, lead, party, name, relation } = last
  return { number, campaign, lead, who: party === null ? {} : { party, name, relation } }
}

function isDiallable(state: FloorState, user: User, { number, campaign }: CallRecord): boolean {
  if (emergencyOf(state.toll.rules, state.zone, number) !== null) return true
  const open = dialCampaigns(state, user)
  return campaign === null ? open.length > 0 : open.some(({ id }) => id === campaign)
}

function handOf(state: FloorState, user: User) {
  const agent = state.agents.get(user.id)
  return (agent?.call && state.calls.get(agent.call)) || null
}
