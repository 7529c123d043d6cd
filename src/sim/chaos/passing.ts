/** Agents of a chaotic floor who do not keep their calls: they consult, turn from one to the other, pass on, park and pick up, in any order. */
import type { TransferTarget } from '../../centre/entities.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { between, chance, oneOf } from './people.ts'
import type { Scene } from './scene.ts'

export class Passing {
  readonly #scene: Scene

  constructor(scene: Scene) {
    this.#scene = scene
  }

  /** Something that an agent does with a call that began to talk. */
  passOn(agent: UserId, call: CallId): void {
    const { random } = this.#scene
    const at = between(random, 200, 20_000)
    const draw = random()
    if (draw < 0.2) return this.#later(at, { type: 'agent.transfer', agent, call, target: this.#target() })
    if (draw < 0.35) {
      const slot = chance(random, 0.5) ? null : oneOf(random, ['9', '张三', 'no slot!'])
      return this.#later(at, { type: 'agent.park', agent, call, slot })
    }
    this.#later(at, { type: 'agent.consult', agent, call, target: this.#target() })
    for (let n = between(random, 0, 3); n > 0; n--) {
      const to = oneOf(random, ['party', 'other', 'both'] as const)
      this.#later(at + between(random, 100, 15_000), { type: 'agent.turn', agent, call, to })
    }
    const end = at + between(random, 500, 30_000)
    const how = random()
    if (how < 0.4) this.#later(end, { type: 'agent.transfer', agent, call, target: 'consulted' })
    else if (how < 0.6) this.#later(end, { type: 'agent.endConsult', agent, call })
    else if (how < 0.7) this.#later(end, { type: 'agent.hangUp', agent, call })
    else if (how < 0.8) this.#later(end, { type: 'agent.park', agent, call, slot: null })
  }

  /** Any call there is: the floor says whether it may be. */
  pickUp(agent: UserId): void {
    const { random, state } = this.#scene
    const waiting = [...state.calls.values()].filter(({ phase }) => phase === 'waiting' || phase === 'assigned')
    const calls = waiting.length > 0 && chance(random, 0.9) ? waiting : [...state.calls.values()]
    if (calls.length > 0) this.#scene.post({ type: 'agent.pickUp', agent, call: oneOf(random, calls).id })
  }

  #target(): TransferTarget {
    const { random, plan } = this.#scene
    const draw = random()
    if (draw < 0.4) return { agent: oneOf(random, plan.setup.users).id }
    if (draw < 0.6 && plan.setup.queues.length > 0) return { queue: oneOf(random, plan.setup.queues).id }
    const { menus = [] } = plan.setup
    if (draw < 0.7 && menus.length > 0) return { ivr: oneOf(random, menus).id }
    if (draw < 0.75) return { number: oneOf(random, ['nonsense', '95580', '+12025550100']) }
    return { number: oneOf(random, ['+86215550', '+4479111']) + String(between(random, 10_000, 99_999)) }
  }

  #later(ms: number, input: Parameters<Scene['post']>[0]): void {
    this.#scene.after(ms, () => this.#scene.post(input))
  }
}
