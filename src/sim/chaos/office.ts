/** What the office of a chaotic floor changes while people work: lines and queues go and come, teams, rules of lines and of calls abroad, callbacks, the clock. */
import type { Callback, Team } from '../../centre/entities.ts'
import type { Fact } from '../../centre/facts.ts'
import { lineRulesDefault } from '../../centre/lines/rest.ts'
import { tollRulesDefault } from '../../centre/toll/rules.ts'
import type { CallbackId, TeamId } from '../../lib/ids.ts'
import { between, chance, oneOf, some } from './people.ts'
import { record, type Scene } from './scene.ts'

/** What was taken away is set up again within this time. */
const goneMs = { from: 500, to: 60_000 }
/** Callbacks that somebody may close: the last ones. */
const owedMax = 50

const stepsMs = [1_500, 40_000, 11 * 60_000, 2 * 3_600_000]

export class Office {
  readonly #scene: Scene
  readonly #owed = new Map<CallbackId, Callback>()

  constructor(scene: Scene) {
    this.#scene = scene
  }

  follow(fact: Fact): void {
    if (fact.type === 'callback.closed') this.#owed.delete(fact.callback)
    if (fact.type !== 'callback.scheduled') return
    this.#owed.set(fact.callback.id, fact.callback)
    if (this.#owed.size > owedMax) this.#owed.delete(this.#owed.keys().next().value!)
  }

  happen(): void {
    const draw = this.#scene.random()
    if (draw < 0.15) this.#number()
    else if (draw < 0.35) this.#queue()
    else if (draw < 0.5) this.#trunk()
    else if (draw < 0.65) this.#team()
    else if (draw < 0.75) this.#toll()
    else if (draw < 0.82) this.#lines()
    else if (draw < 0.95) this.#callback()
    else this.#clock()
  }

  #number(): void {
    const numbers = [...this.#scene.state.numbers.values()]
    if (numbers.length === 0) return
    const number = oneOf(this.#scene.random, numbers)
    record(this.#scene, { type: 'number.removed', number: number.id })
    this.#later({ type: 'number.saved', number })
  }

  /** Nothing leads to it any more; whoever waits there waits. */
  #queue(): void {
    const { random, state } = this.#scene
    const queues = [...state.queues.values()]
    if (queues.length === 0) return
    const { queue } = oneOf(random, queues)
    const leads = (target: object) => 'queue' in target && target.queue === queue.id
    const numbers = [...state.numbers.values()].filter(({ target }) => leads(target))
    for (const { id } of numbers) record(this.#scene, { type: 'number.removed', number: id })
    record(this.#scene, { type: 'queue.removed', queue: queue.id })
    this.#later({ type: 'queue.saved', queue }, ...numbers.map(number => ({ type: 'number.saved' as const, number })))
  }

  /** Only one that no campaign names; calls may be on it. */
  #trunk(): void {
    const { random, state } = this.#scene
    const named = new Set([...state.campaigns.values()].flatMap(({ campaign }) => campaign.trunks))
    const free = [...state.trunks.values()].filter(({ trunk }) => !named.has(trunk.id))
    if (free.length === 0) return
    const { trunk } = oneOf(random, free)
    record(this.#scene, { type: 'trunk.removed', trunk: trunk.id })
    this.#later({ type: 'trunk.saved', trunk })
    this.#scene.soon(goneMs.to, () => this.#scene.post({ type: 'trunk.up', trunk: trunk.id }))
  }

  #team(): void {
    const { random, plan } = this.#scene
    const { users } = plan.setup
    const ids = (role: string) => users.filter(user => user.role === role).map(({ id }) => id)
    const team: Team = {
      id: `te_${between(random, 1, 2)}` as TeamId,
      name: 'team',
      members: some(ids('agent'), 0.5, random),
      leaders: some(ids('supervisor'), 0.5, random),
    }
    record(this.#scene, { type: 'team.saved', team })
  }

  #toll(): void {
    const { random } = this.#scene
    const patterns = oneOf(random, [['home'], ['home', '+'], []])
    const rules = {
      ...tollRulesDefault,
      byHand: { agent: patterns, supervisor: patterns },
      callMinutesMax: oneOf(random, [1, 60]),
      personMinutesMax: oneOf(random, [1, 60]),
      night: chance(random, 0.5) ? null : tollRulesDefault.night,
      barred: chance(random, 0.2) ? [...tollRulesDefault.barred, '+86138'] : tollRulesDefault.barred,
    }
    record(this.#scene, { type: 'toll.rulesSaved', rules })
  }

  #lines(): void {
    const { random } = this.#scene
    const rest = oneOf(random, [
      { callsPerHourMax: 5, restMs: 60_000 },
      { restBelow: 0.9, restSamplesMin: 5 },
      { placeBonus: 1 },
      {},
    ])
    record(this.#scene, { type: 'lines.rulesSaved', rules: { ...lineRulesDefault, ...rest } })
  }

  #callback(): void {
    const { random, post } = this.#scene
    if (this.#owed.size === 0) return
    const { id: callback, campaign, lead } = oneOf(random, [...this.#owed.values()])
    post({ type: 'callback.close', callback, campaign, lead, reason: oneOf(random, ['paid meanwhile', ' ']) })
  }

  /** Set right after a day on a battery, or wrong by hand. */
  #clock(): void {
    const { random, setClock } = this.#scene
    setClock(oneOf(random, stepsMs) * (chance(random, 0.5) ? 1 : -1))
  }

  #later(...facts: Parameters<typeof record>[1][]): void {
    this.#scene.after(between(this.#scene.random, goneMs.from, goneMs.to), () => record(this.#scene, ...facts))
  }
}
