/** Which legs a call had, and whose: read from its own lines of the journal, so that a leg of any kind is found by being named there. */
import type { LegId, TrunkId, UserId } from '../lib/ids.ts'
import type { JournalLine } from '../store/journal/chain.ts'

export type LegOfCall = {
  leg: LegId
  trunk: TrunkId | null
  agent: UserId | null
  /** A leg that is up for a shift says things that are none of this call's: only what was said meanwhile counts. */
  shift: boolean
}

type Body = Record<string, unknown> & { type: string }

/** In the order of their first appearance. */
export function legsOf(lines: readonly Pick<JournalLine, 'body'>[]): LegOfCall[] {
  const legs = new Map<LegId, LegOfCall>()
  for (const line of lines) {
    const fact = JSON.parse(line.body) as Body
    for (const [key, value] of Object.entries(fact)) {
      if (typeof value !== 'string' || !/^(?:leg|\w+Leg)$/.test(key) || legs.has(value as LegId)) continue
      const isParty = key === 'leg' && typeof fact['trunk'] === 'string'
      legs.set(value as LegId, {
        leg: value as LegId,
        trunk: isParty ? (fact['trunk'] as TrunkId) : null,
        agent: !isParty && typeof fact['agent'] === 'string' ? (fact['agent'] as UserId) : null,
        shift: false,
      })
    }
  }
  return [...legs.values()]
}

/** Who talked in it, each with the line that said so first. */
export function agentsOf(
  lines: readonly Pick<JournalLine, 'seq' | 'type' | 'body'>[],
): { agent: UserId; seq: number }[] {
  const agents = new Map<UserId, number>()
  for (const { seq, type, body } of lines) {
    if (type !== 'call.connected' && type !== 'call.assigned') continue
    const { agent } = JSON.parse(body) as { agent: UserId }
    if (!agents.has(agent)) agents.set(agent, seq)
  }
  return [...agents].map(([agent, seq]) => ({ agent, seq }))
}
