/** What the journal says of a floor between two instants: pure, from its lines. */
import type { Fact } from '../../src/centre/facts.ts'
import type { CallId, UserId } from '../../src/lib/ids.ts'

export type FloorAccount = {
  /** Talk and wrap-up, of the time signed on without breaks. */
  utilisation: number
  dialled: number
  /** Live answers: connected or abandoned. */
  answered: number
  connected: number
  abandoned: number
  abandonRate: number
  /** How long the connected waited for an agent, ms, by number called. */
  waits: Map<string, number>
}

export function accountOf(
  lines: Iterable<{ at: number; fact: Fact }>,
  { from, until }: { from: number; until: number },
): FloorAccount {
  const people = new Map<UserId, { state: string; since: number }>()
  const calls = new Map<CallId, { number: string; answeredAt: number | null }>()
  const waits = new Map<string, number>()
  let busyMs = 0
  let signedMs = 0
  let dialled = 0
  let connected = 0
  let abandoned = 0
  const spend = ({ state, since }: { state: string; since: number }, at: number) => {
    const ms = Math.max(0, Math.min(at, until) - Math.max(since, from))
    if (state === 'signed_off' || state === 'break') return
    signedMs += ms
    if (state === 'talking' || state === 'wrapping') busyMs += ms
  }
  for (const { at, fact } of lines) {
    const isIn = at >= from && at < until
    switch (fact.type) {
      case 'agent.stateChanged': {
        const before = people.get(fact.agent)
        if (before !== undefined) spend(before, at)
        people.set(fact.agent, { state: fact.state, since: at })
        break
      }
      case 'call.dialed':
        calls.set(fact.call, { number: fact.number, answeredAt: null })
        if (isIn) dialled++
        break
      case 'call.answered': {
        const call = calls.get(fact.call)
        if (call !== undefined) call.answeredAt = at
        break
      }
      case 'call.connected': {
        const call = calls.get(fact.call)
        if (call?.answeredAt == null || !isIn) break
        connected++
        waits.set(call.number, at - call.answeredAt)
        break
      }
      case 'call.abandoned':
        if (calls.has(fact.call) && isIn) abandoned++
        break
      default:
    }
  }
  for (const one of people.values()) spend(one, until)
  const answered = connected + abandoned
  return {
    utilisation: signedMs === 0 ? 0 : busyMs / signedMs,
    dialled,
    answered,
    connected,
    abandoned,
    abandonRate: answered === 0 ? 0 : abandoned / answered,
    waits,
  }
}
