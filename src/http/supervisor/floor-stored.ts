import type { FloorProps } from '../../../web/pages/supervisor/floor-props.ts'
import { startOfDay } from '../../../web/parts/time.ts'
import { dateOf } from '../../centre/day.ts'
import { callbackCounts } from '../callbacks.ts'
import type { Deps } from '../deps.ts'

/** What the store counts: recordings missing today, sound lost within those that are there, callbacks, and complaints past their day. */
export type FloorStored = {
  missing: number
  lostMs: number
  callbacks: FloorProps['figures']['callbacks']
  complaints: FloorProps['figures']['complaints']
}

export async function floorStored(deps: Deps, now: number, zone: string): Promise<FloorStored> {
  const today = { from: startOfDay(now, zone), to: now }
  const [missing, { lostMs }, callbacks, complaints] = await Promise.all([
    deps.store.read('recordings.missing', today),
    deps.store.read('recordings.lost', today),
    callbackCounts(deps, now),
    deps.store.read('complaints.counts', { today: dateOf(zone, now) }),
  ])
  return { missing, lostMs, callbacks, complaints }
}
