/** The agents of a chaotic floor at their desks: they come and go, dial by hand, lose their audio, and write down what was said, or forget to. */

import { stationOf } from '../../centre/agents/station-now.ts'
import type { Fact } from '../../centre/facts.ts'
import type { UserId } from '../../lib/ids.ts'
import type { Carrier } from './carrier.ts'
import { Passing } from './passing.ts'
import { between, chance, habitOf, oneOf } from './people.ts'
import type { Scene } from './scene.ts'

export class Desks {
  readonly #scene: Scene
  readonly #carrier: Carrier
  readonly #passing: Passing

  constructor(scene: Scene, carrier: Carrier) {
    this.#scene = scene
    this.#passing = new Passing(scene)
    this.#carrier = carrier
  }

  /** A shift begins, or the service is there again: all look at their desks. */
  open(): void {
    const { random, plan } = this.#scene
    for (const { id } of plan.setup.users) this.#scene.after(between(random, 0, 5_000), () => this.#habit(id))
  }

  /** Who is still there goes home, after the call in hand. */
  close(): void {
    for (const { user, phase } of this.#scene.state.agents.values())
      if (phase !== 'signed_off') this.#scene.post({ type: 'agent.signOff', agent: user.id, reason: 'end of shift' })
  }

  /** A desk repaints when its agent's state has changed. */
  follow(fact: Fact): void {
    if (fact.type === 'agent.signedOn') {
      if (this.#stationOf(fact.agent) === 'browser') this.#scene.after(300, () => this.#stationUp(fact.agent))
    } else if (fact.type === 'agent.stateChanged') this.#desk(fact)
  }

  loseAudio(id: UserId): void {
    const { random } = this.#scene
    const leg = this.#scene.state.agents.get(id)?.stationLeg
    if (!leg) return
    if (this.#stationOf(id) === 'phone-nailed') return this.#carrier.putDown(id, leg)
    this.#scene.post({ type: 'station.down', agent: id, leg, reason: 'reload' })
    if (chance(random, 0.7)) this.#scene.after(between(random, 500, 20_000), () => this.#stationUp(id))
  }

  /** What an agent at rest does next; the desk asks again at each change of phase. */
  #habit(id: UserId): void {
    const agent = this.#scene.state.agents.get(id)!
    if (agent.phase !== 'signed_off' && agent.phase !== 'break' && agent.phase !== 'ready') return
    const signOff = (reason: string) => this.#scene.post({ type: 'agent.signOff', agent: id, reason })
    if (!this.#scene.isOpen) {
      if (agent.phase !== 'signed_off') this.#scene.after(100, () => signOff('end of shift'))
      return
    }
    const habit = habitOf(this.#scene.random, agent.phase)
    const since = agent.phaseSince
    if (habit === null) return
    const isAsItWas = () => this.#scene.state.agents.get(id) === agent && agent.phaseSince === since
    this.#scene.after(habit.afterMs, () => {
      if (!isAsItWas()) return
      if (habit.does === 'sign on') this.#scene.post({ type: 'agent.signOn', agent: id })
      else if (habit.does === 'ready') this.#scene.post({ type: 'agent.ready', agent: id })
      else if (habit.does === 'break') this.#scene.post({ type: 'agent.break', agent: id, reason: 'tea' })
      else if (habit.does === 'sign off') signOff('home')
      else if (habit.does === 'dial') this.#dial(id)
      else if (habit.does === 'pick up') this.#passing.pickUp(id)
      else this.loseAudio(id)
      if (isAsItWas()) this.#scene.after(2_000, () => this.#habit(id))
    })
  }

  /** Somebody from the lists, with or without saying of which list; and now and then what is no number. */
  #dial(agent: UserId): void {
    const { random, plan } = this.#scene
    if (plan.leads.length === 0) return
    const lead = oneOf(random, plan.leads)
    const { number, relation } = chance(random, 0.05)
      ? { number: 'nonsense', relation: null }
      : oneOf(random, lead.phones)
    const { campaign, id, ref, name, consent = null, debt = null } = lead
    const known = chance(random, 0.5)
    const about = known
      ? { campaign, lead: id, party: ref, name, relation, consent, debt }
      : { campaign: null, lead: null, party: chance(random, 0.5) ? ref : null, name: null, relation: null }
    this.#scene.post({ type: 'agent.dial', agent, number, ...about })
  }

  #stationUp(id: UserId): void {
    if (this.#scene.state.agents.get(id)?.stationLeg) return
    this.#scene.post({ type: 'station.up', agent: id, leg: this.#scene.newLeg() })
  }

  /** The page says that the phone is on hold still. */
  #takeUp(id: UserId): void {
    const agent = this.#scene.state.agents.get(id)
    if (agent?.stationLeg && agent.stationHeld) this.#scene.post({ type: 'leg.resumed', leg: agent.stationLeg })
  }

  #stationOf(id: UserId) {
    const agent = this.#scene.state.agents.get(id)
    return agent && stationOf(agent)
  }

  #desk({ agent, state, call }: Extract<Fact, { type: 'agent.stateChanged' }>): void {
    const { random } = this.#scene
    const later = (ms: number, input: Parameters<Scene['post']>[0]) =>
      this.#scene.after(ms, () => this.#scene.post(input))
    if (state === 'signed_off' || state === 'break' || state === 'ready') {
      this.#scene.after(0, () => this.#habit(agent))
      if (state === 'break' && this.#scene.state.agents.get(agent)?.reason === 'audio_lost')
        this.#scene.after(5_000, () => this.#stationOf(agent) === 'browser' && this.#stationUp(agent))
      if (state === 'break' && this.#scene.state.agents.get(agent)?.reason === 'phone_holds')
        this.#scene.after(between(random, 1_000, 30_000), () => this.#takeUp(agent))
    } else if (state === 'preview') {
      const draw = random()
      const phone = chance(random, 0.3) ? between(random, 0, 3) : null
      if (draw < 0.7) later(between(random, 500, 8_000), { type: 'agent.acceptPreview', agent, phone })
      else if (draw < 0.9) later(1_000, { type: 'agent.skipPreview', agent, reason: 'wrong person' })
    } else if (state === 'talking' && call !== null) {
      if (chance(random, 0.2)) {
        later(1_000, { type: 'agent.hold', agent, call })
        later(3_000, { type: 'agent.resume', agent, call })
        later(3_500, { type: 'agent.sendDigits', agent, call, digits: '12#' })
      }
      if (chance(random, 0.4)) later(between(random, 500, 60_000), { type: 'agent.hangUp', agent, call })
      if (chance(random, 0.7)) this.#passing.passOn(agent, call)
    } else if (state === 'dialing' && call !== null) {
      if (chance(random, 0.1)) later(between(random, 100, 10_000), { type: 'agent.hangUp', agent, call })
      if (chance(random, 0.1))
        later(between(random, 100, 10_000), { type: 'agent.sendDigits', agent, call, digits: '1#' })
    } else if (state === 'wrapping' && call !== null && chance(random, 0.9)) {
      const code = oneOf(random, ['sold', 'busy', 'callback', 'refused', 'dnc', 'unheard-of'])
      const wish = {
        callbackAt: chance(random, 0.8) ? this.#scene.now + between(random, 60_000, 600_000) : null,
        callbackMine: chance(random, 0.5),
      }
      const next = chance(random, 0.9) ? 'ready' : 'break'
      const form = { type: 'agent.dispose', agent, call, code, note: '', fields: {}, ...wish, next } as const
      later(between(random, 200, 20_000), form)
      if (chance(random, 0.3)) later(between(random, 200, 70_000), { ...form, code: 'sold' })
    }
  }
}
