import type { TrunkSeen } from '../../web/parts/trunk-state.ts'
import { shareNow } from '../centre/lines/ease.ts'
import type { TrunkFloor } from '../centre/state.ts'
import type { Deps } from './deps.ts'

/** A trunk as the floor and the wire know it, for the pages that show it; the floor may not have heard of it yet. */
export function trunkSeen(floor: TrunkFloor | undefined, wireOf: Deps['trunkWire'], now: number): TrunkSeen {
  if (floor === undefined) return { up: false, why: null, unproved: false, lapsing: null, eased: null, refusing: null }
  const { trunk, up } = floor
  const why = trunk.enabled ? floor.why : 'switched_off'
  const { options, registration, refusing } = wireOf?.(trunk.id) ?? {}
  const unproved = options?.status === null && registration?.state !== 'registered'
  const lapsing = registration?.refresh == null ? null : registration.until
  const share = shareNow(floor.ease, now)
  const eased = share === 1 ? null : share * trunk.callsPerSecond
  return { up, why, unproved, lapsing, eased, refusing: refusing?.why ?? null }
}
