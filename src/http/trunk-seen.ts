import type { TrunkSeen } from '../../web/parts/trunk-state.ts'
import type { TrunkFloor } from '../centre/state.ts'
import type { Deps } from './deps.ts'

/** A trunk as the floor and the wire know it, for the pages that show it; the floor may not have heard of it yet. */
export function trunkSeen(floor: TrunkFloor | undefined, wireOf: Deps['trunkWire']): TrunkSeen {
  if (floor === undefined) return { up: false, why: null, unproved: false, lapsing: null, refusing: null }
  const { trunk, up } = floor
  const why = trunk.enabled ? floor.why : 'switched_off'
  const { options, registration, refusing } = wireOf?.(trunk.id) ?? {}
  const unproved = options?.status === null && registration?.state !== 'registered'
  const lapsing = registration?.refresh == null ? null : registration.until
  return { up, why, unproved, lapsing, refusing: refusing?.why ?? null }
}
