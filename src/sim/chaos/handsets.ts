/**
 * What people do with the telephone itself on a chaotic floor: a second line, the transfer key, the hold key, a call for help; and what ears, disks
 * and testers tell meanwhile.
 */
import type { HeardOnLine, Judged } from '../../centre/calls/heard.ts'
import type { LegId, UserId } from '../../lib/ids.ts'
import type { Carrier } from './carrier.ts'
import { between, chance, oneOf } from './people.ts'
import { record, type Scene } from './scene.ts'

const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }

export class Handsets {
  readonly #scene: Scene
  readonly #carrier: Carrier

  constructor(scene: Scene, carrier: Carrier) {
    this.#scene = scene
    this.#carrier = carrier
  }

  happen(): void {
    const { random, plan, post } = this.#scene
    const draw = random()
    const agent = oneOf(random, plan.setup.users).id
    if (draw < 0.15) this.#carrier.dialledBy(agent, this.#number())
    else if (draw < 0.2) this.#carrier.dialledBy(agent, '110')
    else if (draw < 0.25) post({ type: 'agent.dial', agent, number: oneOf(random, ['110', '120']), ...nobody })
    else if (draw < 0.45) this.#transferKey()
    else if (draw < 0.6) this.#holdKey()
    else if (draw < 0.7) this.#metMachine(agent)
    else if (draw < 0.85) this.#heard()
    else if (draw < 0.93) this.#tested()
    else this.#disk()
  }

  /** A colleague, one of ours, a slot, outside, or nobody. */
  #number(): string {
    const { random, plan, state } = this.#scene
    const extensions = plan.setup.users.map(user => user.extension!)
    const ours = plan.setup.numbers.map(({ number }) => number)
    return oneOf(random, [...extensions, ...ours, ...state.slots.keys(), '701', '+862155550009', '*'])
  }

  #agentLegs(): { leg: LegId; agent: UserId | null }[] {
    const { state } = this.#scene
    return [...state.legs].flatMap(([leg, what]) => {
      if (what.side === 'party') return []
      return [{ leg, agent: 'agent' in what ? what.agent : (state.calls.get(what.call)?.agent ?? null) }]
    })
  }

  #transferKey(): void {
    const { random, post } = this.#scene
    const legs = this.#agentLegs()
    if (legs.length === 0) return
    const { leg, agent } = oneOf(random, legs)
    const other = legs.find(each => each.leg !== leg && each.agent === agent)
    const isAttended = other !== undefined && chance(random, 0.7)
    post({ type: 'leg.transferAsked', leg, refer: 'r', to: this.#number(), with: isAttended ? other.leg : null })
  }

  #holdKey(): void {
    const { random, post, soon } = this.#scene
    const legs = this.#agentLegs()
    if (legs.length === 0) return
    const { leg } = oneOf(random, legs)
    post({ type: 'leg.held', leg })
    if (chance(random, 0.9)) soon(between(random, 100, 8_000), () => post({ type: 'leg.resumed', leg }))
  }

  #metMachine(agent: UserId): void {
    const call = this.#scene.state.agents.get(agent)?.call
    if (call) this.#scene.post({ type: 'agent.metMachine', agent, call })
  }

  #heard(): void {
    const { random, state, post } = this.#scene
    const dialled = [...state.calls.values()].filter(({ direction, phase }) => direction === 'out' && phase !== 'ended')
    if (dialled.length === 0) return
    const call = oneOf(random, dialled)
    const how = { confidence: random(), afterMs: between(random, 200, 2_500) }
    const heard: HeardOnLine =
      call.answeredAt === null
        ? oneOf<HeardOnLine>(random, [
            { type: 'tone', tone: oneOf(random, ['busy', 'congestion', 'ringback']), ...how },
            { type: 'announcement', id: 'an_1', label: oneOf(random, ['VACANT', 'BUSY', null]), ...how },
            { type: 'special', class: 'vacant', ...how },
          ])
        : oneOf<HeardOnLine>(random, [
            { type: 'answerer', ...judged(oneOf(random, ['human', 'machine', 'fax', 'unsure'])), ...how },
            { type: 'machine', signal: oneOf(random, ['ced', 'ansam', 'cng', 'modem']), ...how },
          ])
    post({ type: 'leg.heard', leg: call.leg, heard })
  }

  #tested(): void {
    const { random, plan, state, post, soon } = this.#scene
    const trunk = oneOf(random, plan.setup.trunks).id
    const before = state.trunks.get(trunk)?.tests
    post({ type: 'trunk.test', trunk, isOver: false })
    if (state.trunks.get(trunk)?.tests === before) return // refused
    soon(between(random, 500, 8_000), () => post({ type: 'trunk.test', trunk, isOver: true }))
  }

  #disk(): void {
    const { random, post, soon } = this.#scene
    if (chance(random, 0.3))
      record(this.#scene, {
        ...{ type: 'setting.saved', key: 'recording.whenFull', value: oneOf(random, ['goOn', 'refuse']) },
      })
    post({ type: 'recorder.disk', disk: oneOf(random, ['slow', 'full', 'unwritable']) })
    soon(between(random, 500, 20_000), () => post({ type: 'recorder.disk', disk: 'well' }))
  }
}

function judged(verdict: Judged['verdict']): Pick<Judged, 'verdict' | 'reason' | 'features'> {
  return { verdict, reason: 'drawn', features: {} }
}
