/**
 * Instants at which something must be decided, as a binary heap in the state. An entry is live while its agent, call or campaign still names
 * that instant; others are passed over when they come to the top, so moving a deadline costs one push.
 */
import type { Call } from './call-state.ts'
import type { Due, FloorState } from './state.ts'

/** The instant at which something must be decided for a call; null: none. */
export function setDeadline(state: FloorState, call: Call, at: number | null): void {
  call.deadlineAt = at
  if (at !== null) pushDue(state, { at, of: 'call', id: call.id })
}

export function pushDue(state: FloorState, due: Due): void {
  const heap = state.deadlines
  let at = heap.length
  heap.push(due)
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (heap[parent]!.at <= due.at) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = due
}

/**
 * The clock was set by `byMs` and reads `now`: agents and calls keep what was left of their time. What holds a campaign may be an hour of the
 * day, so it is looked at again at once.
 */
export function shiftDue(state: FloorState, byMs: number, now: number): void {
  state.deadlines = []
  for (const agent of state.agents.values()) {
    if (agent.until === null) continue
    agent.until += byMs
    pushDue(state, { at: agent.until, of: 'agent', id: agent.user.id })
  }
  for (const call of state.calls.values()) {
    if (call.deadlineAt === null) continue
    call.deadlineAt += byMs
    pushDue(state, { at: call.deadlineAt, of: 'call', id: call.id })
  }
  for (const call of state.calls.values()) {
    if (call.placeAt === null) continue
    call.placeAt += byMs
    pushDue(state, { at: call.placeAt, of: 'place', id: call.id })
  }
  for (const [id, { at }] of state.unrecorded) if (at !== null) pushDue(state, { at, of: 'recording', id })
  for (const { id, at } of state.toll.ends()) pushDue(state, { at, of: 'toll', id })
  for (const floor of state.campaigns.values()) {
    const { callbackAt } = floor.supply // an hour of the clock on the wall
    if (callbackAt !== null) pushDue(state, { at: callbackAt, of: 'callbacks', id: floor.campaign.id })
    floor.supply.closed.clear()
    if (floor.heldUntil === null) continue
    floor.heldUntil = now
    pushDue(state, { at: now, of: 'campaign', id: floor.campaign.id })
  }
}

/** Removes dead entries from the top, so that `deadlines[0]` is the truth. */
export function sweepDue(state: FloorState): void {
  while (state.deadlines.length > 0 && !isLive(state, state.deadlines[0]!)) popDue(state.deadlines)
}

export function isLive(state: FloorState, due: Due): boolean {
  if (due.of === 'agent') return state.agents.get(due.id)?.until === due.at
  if (due.of === 'call') return state.calls.get(due.id)?.deadlineAt === due.at
  if (due.of === 'campaign') return state.campaigns.get(due.id)?.heldUntil === due.at
  if (due.of === 'callbacks') return state.campaigns.get(due.id)?.supply.callbackAt === due.at
  if (due.of === 'toll') return state.toll.endsAt(due.id) === due.at
  if (due.of === 'recording') return state.unrecorded.get(due.id)?.at === due.at
  if (due.of === 'place')
    return isWaitingInQueue(state.calls.get(due.id)) && state.calls.get(due.id)?.placeAt === due.at
  due satisfies never
  return false
}

/** Only who waits in a queue is told a place there. */
function isWaitingInQueue(call: Call | undefined): boolean {
  return call?.phase === 'waiting' && call.queue !== null && call.slot === null && call.dismissed === null
}

/** Takes the first one away. */
export function popDue(heap: Due[]): void {
  const last = heap.pop()!
  if (heap.length === 0) return
  let at = 0
  for (;;) {
    let child = at * 2 + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++
    if (heap[child]!.at >= last.at) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
}
