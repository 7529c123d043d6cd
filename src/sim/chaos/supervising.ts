/** Supervisors of a chaotic floor: they listen, whisper, barge in, take over, stay and stop, in any order; and what must hold meanwhile. */
import type { Fact } from '../../centre/facts.ts'
import type { FloorState } from '../../centre/state.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { claim } from './claim.ts'
import { between, chance, oneOf } from './people.ts'
import type { Scene } from './scene.ts'

/** One order of anybody: the floor says whether it may be. */
export function superviseSomething({ random, state, plan, post, soon }: Scene): void {
  const users = plan.setup.users
  const supervisors = users.filter(({ role }) => role === 'supervisor')
  const by = (chance(random, 0.9) && supervisors.length > 0 ? oneOf(random, supervisors) : oneOf(random, users)).id
  const talking = [...state.calls.values()].filter(({ phase }) => phase === 'talking')
  const forHelp = talking.filter(({ desk }) => desk !== null)
  const draw = random()
  const mode = oneOf(random, ['listen', 'whisper', 'barge'] as const)
  if (forHelp.length > 0 && chance(random, 0.5)) {
    const about = { call: forHelp[0]!.id, agent: null, mode: 'barge', stays: false, reason: 'help' } as const
    post({ type: 'supervisor.begin', by, ...about })
    soon(between(random, 100, 10_000), () => post({ type: 'supervisor.takeOver', by }))
  } else if (draw < 0.35 && talking.length > 0)
    post({
      ...{ type: 'supervisor.begin', by, call: oneOf(random, talking).id, agent: null, mode },
      ...{ stays: chance(random, 0.3), reason: 'coaching' },
    })
  else if (draw < 0.5)
    post({
      ...{ type: 'supervisor.begin', by, call: null, agent: oneOf(random, users).id, mode },
      ...{ stays: chance(random, 0.8), reason: '' },
    })
  else if (draw < 0.75) post({ type: 'supervisor.change', by, mode, stays: chance(random, 0.5) })
  else if (draw < 0.87) post({ type: 'supervisor.takeOver', by })
  else post({ type: 'supervisor.stop', by })
}

export class SupervisionWatch {
  /** What the journal says each supervisor hears. */
  readonly #heard = new Map<UserId, CallId>()

  restart(): void {
    this.#heard.clear()
  }

  follow(fact: Fact): void {
    if (fact.type === 'call.monitored') {
      const open = this.#heard.get(fact.by)
      claim(open === undefined || open === fact.call, 'who begins to hear a call has let go of the one before')
      this.#heard.set(fact.by, fact.call)
    } else if (fact.type === 'call.unmonitored') {
      claim(this.#heard.get(fact.by) === fact.call, 'who lets go of a call has heard it')
      this.#heard.delete(fact.by)
    }
  }

  /** After each step the floor is as the journal and the bay were told. */
  check(state: FloorState): void {
    for (const by of this.#heard.keys()) claim(state.supervisions.has(by), 'who hears a call supervises')
    for (const [by, { heard, told, leg, agent }] of state.supervisions) {
      claim(
        (heard?.call ?? null) === (this.#heard.get(by) ?? null),
        'the floor knows what is heard as the journal does',
      )
      claim((heard === null) === (told === null), 'the bay was told of what is heard, and of nothing else')
      const { call: own, phase } = state.agents.get(by)!
      claim(own === null, 'who has a call supervises nobody')
      claim(phase !== 'ready' && phase !== 'preview', `who supervises is not ${phase}`)
      claim(leg === null || state.legs.has(leg), 'the phone of a supervisor is known')
      if (heard === null) continue
      const call = state.calls.get(heard.call)
      claim(call?.phase === 'talking', 'only what is talked on is heard')
      const heardAgent = state.agents.get(agent)!
      claim(heardAgent.user.role === 'agent', 'only calls of agents are heard')
      claim(
        [call!.agentLeg, heardAgent.stationLeg, call!.consult?.own, call!.consult?.leg].includes(told!.target),
        'it is the leg of the agent that is stayed with',
      )
    }
  }
}
