/**
 * What must hold while calls are consulted about, passed on, parked and picked up: nobody is in two places, no party waits for nobody, whoever
 * talked to a party writes an outcome of their own, and whom we could not connect is owed a callback.
 */

import type { Call } from '../../centre/call-state.ts'
import type { Fact } from '../../centre/facts.ts'
import { normaliseNumber } from '../../centre/numbers/number.ts'
import type { FloorState } from '../../centre/state.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { claim } from './claim.ts'

export class PassingWatch {
  /** Calls on their way to their next agent. */
  readonly #underWay = new Set<CallId>()
  /** Whom a menu led outside. */
  readonly #led = new Set<CallId>()
  readonly #numbers = new Map<CallId, string>()
  /** Whose outcome of which call is still to be written; and which was. */
  readonly #writes = new Map<UserId, CallId>()
  readonly #written = new Set<string>()
  readonly #campaigns = new Set<CallId>()
  readonly #owed = new Set<string>()

  wroteUp(agent: UserId): CallId | undefined {
    return this.#writes.get(agent)
  }

  restart(): void {
    this.#underWay.clear()
    this.#led.clear()
    this.#writes.clear()
  }

  follow(fact: Fact): void {
    switch (fact.type) {
      case 'call.dialed':
        this.#numbers.set(fact.call, fact.number)
        if (fact.campaign !== null) this.#campaigns.add(fact.call)
        if (fact.of !== undefined)
          claim(fact.campaign === null && fact.lead === null, 'an outside leg is no lead of a campaign')
        return
      case 'call.offered':
        this.#numbers.set(fact.call, fact.from)
        return
      case 'call.transferred':
      case 'call.slotted':
        this.#underWay.add(fact.call)
        return
      case 'call.fellBack':
        // Whom a menu led outside is a caller like any other: who waits in a queue and gives up at once is owed nothing.
        if (!this.#led.delete(fact.call)) this.#underWay.add(fact.call)
        return
      case 'call.menuChose':
        if (fact.other !== null) this.#led.add(fact.call)
        return
      case 'call.connected':
      case 'call.takenOn':
        this.#underWay.delete(fact.call)
        return
      case 'callback.scheduled':
        this.#owed.add(fact.callback.number)
        return
      case 'call.disposed':
        this.#written.add(`${fact.call} ${fact.agent}`)
        return
      case 'call.ended': {
        const number = normaliseNumber(this.#numbers.get(fact.call) ?? '')
        const { cause } = fact.ending
        if (this.#underWay.delete(fact.call) && number !== null && (cause === 'overflow' || cause === 'caller_gave_up'))
          claim(this.#owed.has(number), 'who was passed on and reached nobody is owed a callback')
        return
      }
      case 'agent.stateChanged': {
        const of = this.#writes.get(fact.agent)
        if (fact.state === 'wrapping') {
          this.#writes.set(fact.agent, fact.call!)
          if (of !== fact.call) this.#written.delete(`${fact.call} ${fact.agent}`)
          return
        }
        this.#writes.delete(fact.agent)
        const goesOn = (fact.state === 'talking' || fact.state === 'ringing') && fact.call === of
        if (of === undefined || goesOn || !this.#campaigns.has(of)) return
        claim(
          this.#written.has(`${of} ${fact.agent}`),
          'each agent who talked on a call of a campaign writes an outcome',
        )
        return
      }
      default:
        return
    }
  }
}

export function checkPassing(state: FloorState): void {
  claim(state.loose.length === 0, 'no loose end is left')
  const hands = new Map<CallId, number>()
  for (const agent of state.agents.values())
    if (agent.call !== null) hands.set(agent.call, (hands.get(agent.call) ?? 0) + 1)
  for (const [slot, id] of state.slots) claim(state.calls.get(id)?.slot === slot, 'a slot holds a call that knows it')
  for (const call of state.calls.values()) {
    claim(call.hands === (hands.get(call.id) ?? 0), 'a call knows in how many hands it is')
    claim(call.phase !== 'ended' || call.hands > 0, 'a call that is over and in no hand is forgotten')
    if (call.phase !== 'ended') checkCall(state, call)
  }
}

function checkCall(state: FloorState, call: Call): void {
  const { consult, of, other, phase } = call
  if (of !== null) {
    const about = state.calls.get(of)
    claim(about !== undefined && about.phase !== 'ended', 'an outside leg has a call that is live')
    claim(about.consult?.other === call.id || about.other === call.id, 'an outside leg is known to its call')
    claim(call.agent === null && call.consult === null && call.other === null, 'an outside leg is in nobody’s hand')
  }
  if (phase === 'passing' || (phase === 'away' && of === null)) {
    claim(other !== null && state.calls.get(other)?.of === call.id, 'a call that goes outside has its outside leg')
    claim(call.agent === null, 'a call that goes outside is in no hand')
  }
  if (call.slot !== null)
    claim(phase === 'waiting' && state.slots.get(call.slot) === call.id, 'a parked call waits in its slot')
  if (consult === null) return
  claim(phase === 'talking', 'an agent consults on a call that talks')
  claim(
    (call.heldBy === 'agent') === (consult.with === 'other'),
    'the party waits exactly while the agent talks to the other',
  )
  claim(consult.answered || consult.with === 'other', 'the agent turns only to whom is there')
  claim((consult.agent === null) === (consult.other !== null), 'a colleague or an outside number is consulted')
  if (consult.agent === null) return
  const colleague = state.agents.get(consult.agent)
  claim(consult.agent !== call.agent && colleague?.call === call.id, 'whom is consulted has the call in hand')
  claim(colleague.phase === (consult.answered ? 'talking' : 'ringing'), 'whom is consulted talks, or is rung')
}
