/** The far ends of a chaotic floor: customers who are called, callers, desk phones that are rung, and the phone layer that tells of them. */
import type { Effect } from '../../centre/effects.ts'
import type { Input } from '../../centre/inputs.ts'
import type { LegId, UserId } from '../../lib/ids.ts'
import { keysPressed } from './menus.ts'
import { answering, between, chance, oneOf } from './people.ts'
import type { Scene } from './scene.ts'

type Far = { leg: LegId; alive: boolean }
type PhoneEffect = Extract<Effect, { type: `phone.${string}` }>

export class Carrier {
  readonly #scene: Scene
  readonly #fars = new Map<LegId, Far>()

  constructor(scene: Scene) {
    this.#scene = scene
  }

  perform(effect: PhoneEffect): void {
    const { random } = this.#scene
    switch (effect.type) {
      case 'phone.dial':
        return this.#customer(effect)
      case 'phone.ring': {
        const far = this.#far(effect.leg)
        if (chance(random, 0.8)) {
          const afterMs = between(random, 300, 6_000)
          this.#tell(far, afterMs, { type: 'leg.answered', leg: effect.leg })
          const cause = oneOf(random, ['bye', 'rtp_timeout', 'fault'] as const)
          if (!effect.forShift && chance(random, 0.2))
            this.#endLater(far, afterMs + between(random, 100, 60_000), { cause })
        } else if (chance(random, 0.5)) this.#endLater(far, effect.ringMs, { cause: 'timeout' })
        else this.#endLater(far, 2_000, { cause: 'rejected', sipStatus: 486 })
        return
      }
      case 'phone.answer': {
        const far = this.#fars.get(effect.leg)
        if (far !== undefined) this.#tell(far, 50, { type: 'leg.answered', leg: effect.leg })
        return
      }
      case 'phone.reject':
      case 'phone.hangUp': {
        const far = this.#fars.get(effect.leg)
        if (far !== undefined) this.#endLater(far, 20, { cause: 'bye', by: 'near' })
        return
      }
      case 'phone.sendDigits':
      case 'phone.answerTransfer':
        return
      default:
        effect satisfies never
    }
  }

  /** Somebody calls one of our numbers, or one that is none. */
  call(): void {
    const { random, plan, newLeg } = this.#scene
    const leg = newLeg()
    const far = this.#far(leg)
    const ours = plan.setup.numbers.map(({ number }) => number)
    const to = chance(random, 0.9) ? oneOf(random, [...ours, '021-55551234']) : '400-000-0000'
    const known = plan.leads.length > 0 && chance(random, 0.3) ? oneOf(random, plan.leads).phones[0]!.number : null
    const stranger = `+86139${String(between(random, 0, 99_999_999)).padStart(8, '0')}`
    const from = chance(random, 0.9) ? (known ?? stranger) : 'anonymous'
    this.#scene.post({ type: 'leg.offered', leg, trunk: oneOf(random, plan.setup.trunks).id, from, to })
    for (const { digit, afterMs } of keysPressed(this.#scene))
      this.#tell(far, afterMs, { type: 'leg.digit', leg, digit })
    this.#endLater(far, between(random, 500, 120_000), { cause: 'bye' })
  }

  /** A desk phone dials by itself, and is put down some time later. */
  dialledBy(user: UserId, to: string): void {
    const { random, newLeg, post } = this.#scene
    const leg = newLeg()
    const far = this.#far(leg)
    post({ type: 'desk.dialled', leg, user, to })
    this.#endLater(far, between(random, 200, 60_000), { cause: 'bye' })
  }

  /** A nailed desk phone is put down, or loses its line; the phone layer rings it again on the same leg until that leg is hung up. */
  putDown(agent: UserId, leg: LegId): void {
    const { random } = this.#scene
    const far = this.#fars.get(leg) ?? this.#far(leg)
    const reason = chance(random, 0.5) ? 'hung_up' : 'media_lost'
    this.#scene.post({ type: 'station.down', agent, leg, reason })
    this.#tell(far, 5_000, { type: 'station.down', agent, leg, reason: 'not_answered' })
    this.#tell(far, between(random, 6_000, 20_000), { type: 'station.up', agent, leg, phone: true })
  }

  /** The process is gone, and with it whatever it heard of its legs. */
  forget(): void {
    for (const far of this.#fars.values()) far.alive = false
    this.#fars.clear()
  }

  #customer({ leg, ringMs, progressMs }: Extract<Effect, { type: 'phone.dial' }>): void {
    const { random } = this.#scene
    const far = this.#far(leg)
    const will = answering(random)
    if (will.what === 'vanishes') {
      if (progressMs) this.#endLater(far, progressMs, { cause: 'no_progress', sipStatus: 100, by: 'system' })
      return
    }
    this.#tell(far, 100, { type: 'leg.ringing', leg })
    if (will.what === 'rings out') return this.#endLater(far, ringMs, { cause: 'timeout' })
    if (will.early) this.#tell(far, 150, { type: 'leg.early', leg })
    if (will.what === 'fails') {
      const { afterMs, sipStatus, q850 } = will
      return this.#endLater(far, afterMs, { cause: 'rejected', sipStatus, q850, by: 'carrier' })
    }
    this.#tell(far, will.ringMs, { type: 'leg.answered', leg })
    if (will.holds) {
      this.#tell(far, will.ringMs + 1_000, { type: 'leg.held', leg })
      this.#tell(far, will.ringMs + 4_000, { type: 'leg.resumed', leg })
    }
    this.#tell(far, will.ringMs + 500, { type: 'leg.digit', leg, digit: oneOf(random, ['1', '1', '2', '9', '5']) })
    this.#endLater(far, will.ringMs + will.talkMs, { cause: will.silent ? 'rtp_timeout' : 'bye' })
  }

  #far(leg: LegId): Far {
    const far = { leg, alive: true }
    this.#fars.set(leg, far)
    return far
  }

  #tell(far: Far, ms: number, input: Input): void {
    this.#scene.after(ms, () => far.alive && this.#scene.post(input))
  }

  #endLater(far: Far, ms: number, how: Partial<Extract<Input, { type: 'leg.ended' }>>): void {
    this.#scene.after(ms, () => {
      if (!far.alive) return
      far.alive = false
      this.#fars.delete(far.leg)
      const { leg } = far
      this.#scene.post({ type: 'leg.ended', leg, by: 'far', sipStatus: null, q850: null, cause: 'bye', ...how })
    })
  }
}
