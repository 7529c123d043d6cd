/** Agents of a chaotic floor who ask for help, and supervisors who come, or say that it is done; and what must hold meanwhile. */
import type { Fact } from '../../centre/facts.ts'
import type { FloorState } from '../../centre/state.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { claim } from './claim.ts'
import { chance, oneOf } from './people.ts'
import type { Scene } from './scene.ts'

/** One order of anybody: the floor says whether it may be. */
export function appealSomething({ random, state, plan, post }: Scene): void {
  const talking = [...state.calls.values()].filter(({ phase }) => phase === 'talking')
  if (talking.length === 0) return
  const { users } = plan.setup
  const draw = random()
  if (draw < 0.4) {
    const { id: call, agent } = oneOf(random, talking)
    const whose = agent !== null && chance(random, 0.9) ? agent : oneOf(random, users).id
    return post({ type: 'agent.appeal', agent: whose, call, reason: chance(random, 0.5) ? 'asks for a waiver' : '' })
  }
  const open = [...state.appeals]
  const [call, appeal] = open.length > 0 ? oneOf(random, open) : [oneOf(random, talking).id, null]
  const by = oneOf(random, users).id
  if (draw < 0.75) {
    const from = chance(random, 0.9) ? (appeal?.takenBy ?? null) : by
    post({ type: 'supervisor.takeAppeal', by, call, from })
  } else if (draw < 0.87) post({ type: 'supervisor.closeAppeal', by, call })
  else post({ type: 'agent.withdrawAppeal', agent: appeal?.agent ?? by, call })
}

export class AppealWatch {
  /** What the journal says is asked, and by whom. */
  readonly #open = new Map<CallId, UserId>()

  restart(): void {
    this.#open.clear()
  }

  follow(fact: Fact): void {
    if (fact.type === 'call.appealed') {
      claim(!this.#open.has(fact.call), 'help is asked for once at a time on a call')
      this.#open.set(fact.call, fact.agent)
    } else if (fact.type === 'call.appealTaken')
      claim(this.#open.has(fact.call) && fact.waitedMs >= 0, 'what is taken was asked')
    else if (fact.type === 'call.appealEnded')
      claim(this.#open.delete(fact.call), 'what ends was asked, and had not ended')
    else if (fact.type === 'call.ended') this.#open.delete(fact.call)
  }

  /** After each step. */
  check(state: FloorState): void {
    claim(state.appeals.size === this.#open.size, 'the floor knows who asks for help as the journal does')
    for (const [id, { agent, takenBy }] of state.appeals) {
      claim(this.#open.get(id) === agent, 'it is the agent who asked')
      const call = state.calls.get(id)
      claim(call?.phase === 'talking' && call.agent === agent, 'who asks for help talks on that call')
      const role = (user: UserId) => state.users.get(user)?.role
      claim(takenBy === null || takenBy !== agent, 'nobody helps themselves')
      claim(role(agent) !== undefined, 'who asks for help is known')
    }
  }
}
