/** A media thread died, and what became of the calls that it carried: an alarm, since nobody would look for it in a log. */
import type { CallId, LegId } from '../../lib/ids.ts'
import type { Draft } from '../draft.ts'

/** `moved`: legs that another thread goes on with. `lost`: legs that none does; their ends are told after this. */
export function mediaDied(d: Draft, { moved, lost }: { moved: readonly LegId[]; lost: readonly LegId[] }): void {
  const cut = new Set<CallId>()
  const touched = new Set<CallId>()
  for (const legs of [moved, lost])
    for (const leg of legs) {
      const what = d.state.legs.get(leg)
      if (what === undefined) continue
      const call = 'call' in what ? what.call : d.state.agents.get(what.agent)?.call
      if (!call || d.state.calls.get(call)?.phase === 'ended') continue
      // Who loses an agent's leg waits for the agent, or for the next.
      if (legs === lost && 'call' in what && what.side === 'party') cut.add(call)
      else touched.add(call)
    }
  for (const call of cut) touched.delete(call)
  const words = `A media thread died: ${touched.size} calls go on by another one, ${cut.size} were cut off.`
  const nobody = { user: null, call: null, number: '' }
  d.fact({ type: 'safety.alarmed', rule: 'media_died', ...nobody, words, goOn: touched.size, cut: cut.size })
}
