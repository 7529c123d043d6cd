/** Whether the other side of an agent's call is heard: nothing comes from a line that has gone dead, and the call ends by that after a minute. */
import type { UserId } from '../../lib/ids.ts'
import type { Deps } from '../deps.ts'

/** Many gateways send nothing while nobody speaks; that lasts for seconds. */
const quietMinMs = 8_000
const lookEveryMs = 1_000

/** Since when nothing has been heard of whom this agent talks to, Unix ms to the second; null: they are heard, or hold. */
export function quietSince(
  { engine, audio, clock }: Pick<Deps, 'engine' | 'audio' | 'clock'>,
  agent: UserId,
): number | null {
  const { agents, calls } = engine.state
  const id = agents.get(agent)?.call
  const call = id ? calls.get(id) : undefined
  if (call?.phase !== 'talking' || call.heldBy === 'party') return null
  const ms = audio?.quietMs(call.leg) ?? null
  return ms === null || ms < quietMinMs ? null : Math.round((clock.now() - ms) / 1000) * 1000
}

/** Calls `changed` when that begins and when it is over, which no fact tells; answers how to end it. */
export function followQuiet(
  deps: Pick<Deps, 'engine' | 'audio' | 'clock'>,
  agent: UserId,
  changed: () => void,
): () => void {
  let isQuiet = quietSince(deps, agent) !== null
  const timer = setInterval(() => {
    const was = isQuiet
    isQuiet = quietSince(deps, agent) !== null
    if (isQuiet !== was) changed()
  }, lookEveryMs)
  return () => clearInterval(timer)
}
