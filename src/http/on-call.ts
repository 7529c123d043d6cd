import type { FloorState } from '../centre/state.ts'
import type { UserId } from '../lib/ids.ts'

/** `talks`: has a call in hand, as who took one over; `listens`: to the call of an agent. */
export type OnCall = 'talks' | 'listens'

/** For the sessions: what somebody does on a call now; null: nothing. */
export function onCallOn(state: () => FloorState) {
  return (user: UserId): OnCall | null => {
    const { agents, supervisions } = state()
    const agent = agents.get(user)
    if (agent?.phase === 'talking' && agent.call !== null) return 'talks'
    return (supervisions.get(user)?.heard ?? null) === null ? null : 'listens'
  }
}
