/** The product's own controller, in the model's terms. */
import { Ages } from '../../src/centre/pacing/ages.ts'
import { type Limits, type Outlook, Pacer } from '../../src/centre/pacing/pacer.ts'
import type { Floor, Method } from './model.ts'

export function lookAhead(options: {
  max: number
  occupancyMax?: number
  everyMs?: number
}): Method & { pacer: Pacer } {
  const pacer = new Pacer(options.max)
  const outlook: Outlook = {
    free: 0,
    waiting: 0,
    talking: new Ages(),
    wrapping: new Ages(),
    ringing: new Ages(),
    rivals: [],
  }
  let decidedAt = -1e9
  let surplus = 0
  return {
    pacer,
    onEvents: true,
    everyMs: 1000,
    ended: (ms, answered) => pacer.learnRing(ms, answered),
    talked: ms => pacer.learnTalk(ms),
    wrapped: ms => pacer.learnWrap(ms),
    outcome: (abandoned, now) => pacer.account.note(abandoned, now),
    withdraws: () => surplus,
    withdrew: ms => pacer.learnWithdrawn(ms),
    starts(floor: Floor, now: number): number {
      surplus = 0
      if (now - decidedAt < (options.everyMs ?? 0)) return 0
      decidedAt = now
      outlook.free = floor.idle
      outlook.waiting = floor.waiting
      outlook.talking.clear()
      outlook.wrapping.clear()
      outlook.ringing.clear()
      for (const one of floor.people) {
        if (one.state === 'talk') outlook.talking.push(now - one.since)
        else if (one.state === 'wrap') outlook.wrapping.push(now - one.since)
      }
      for (const at of floor.ringing.values()) outlook.ringing.push(now - at)
      const limits: Limits = {
        agents: floor.present,
        linesMax: floor.linesMax,
        occupancyMax: options.occupancyMax ?? 1,
      }
      const advice = pacer.advise(outlook, limits, now)
      surplus = advice.surplus
      return advice.starts
    },
  }
}
