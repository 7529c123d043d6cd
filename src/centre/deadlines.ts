/**
 * Instants at which something must be decided, as a binary heap in the state. An entry is live while its agent, call or campaign still names
 * that instant; others are passed over when they come to the top, so moving a deadline costs one push.
 */
import type { Due, FloorState } from './state.ts'

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

/** Removes dead entries from the top, so that `deadlines[0]` is the truth. */
export function sweepDue(state: FloorState): void {
  while (state.deadlines.length > 0 && !isLive(state, state.deadlines[0]!)) popDue(state.deadlines)
}

export function isLive(state: FloorState, due: Due): boolean {
  if (due.of === 'agent') return state.agents.get(due.id)?.until === due.at
  if (due.of === 'call') return state.calls.get(due.id)?.deadlineAt === due.at
  if (due.of === 'campaign') return state.campaigns.get(due.id)?.heldUntil === due.at
  due satisfies never
  return false
}

function popDue(heap: Due[]): void {
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
