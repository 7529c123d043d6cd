/**
 * Voice menus of a chaotic floor: set up in any way, also such that lead in circles or nowhere, and callers who press whatever they like. And what
 * must hold of them: nobody goes round in menus without an end, and who comes out of one without a person is owed a call.
 */
import type { Fact } from '../../centre/facts.ts'
import { type Menu, type MenuTarget, menuKeys } from '../../centre/menu/menu.ts'
import { hopsMax, speechesMax } from '../../centre/menu/menu-call.ts'
import { normaliseNumber } from '../../centre/numbers/number.ts'
import type { FloorState } from '../../centre/state.ts'
import type { CallId, MenuId, QueueId, UserId } from '../../lib/ids.ts'
import type { Random } from '../../lib/random.ts'
import { claim } from './claim.ts'
import { between, chance, oneOf, some } from './people.ts'
import { record, type Scene } from './scene.ts'

const keysMax = 12

export function menusOf(around: { queues: readonly QueueId[]; users: readonly UserId[] }, random: Random): Menu[] {
  const ids = Array.from({ length: between(random, 0, 3) }, (_, n) => `me_${n}` as MenuId)
  const target = (acts: readonly Extract<MenuTarget, { act: unknown }>['act'][]): MenuTarget => {
    const draw = random()
    if (draw < 0.3 && around.queues.length > 0) return { queue: oneOf(random, around.queues) }
    if (draw < 0.5) return { user: oneOf(random, around.users) }
    if (draw < 0.65) return { ivr: oneOf(random, ids) }
    if (draw < 0.8)
      return { number: oneOf(random, ['+862155550001', '+862155550002', '+447911123456', '+12025550100']) }
    return { act: oneOf(random, acts) }
  }
  const last = () => target(['call_back', 'hang_up'])
  return ids.map(id => ({
    ...{ id, name: id, language: 'en', greeting: [], extensions: chance(random, 0.5), bargeIn: chance(random, 0.7) },
    keys: Object.fromEntries(some(menuKeys, 0.5, random).map(key => [key, target(['repeat', 'call_back', 'hang_up'])])),
    ...{ waitMs: between(random, 1_000, 10_000), betweenMs: between(random, 500, 5_000) },
    ...{ triesMax: between(random, 1, 4), fallback: last(), closed: last() },
    hours: chance(random, 0.2)
      ? { weekdays: [1, 2, 3, 4, 5], from: '09:00', to: oneOf(random, ['12:00', '18:00']) }
      : null,
  }))
}

/** Keys of somebody who calls, each after so long: one, a few, somebody's extension, or none. */
export function keysPressed({ random, plan }: Pick<Scene, 'random' | 'plan'>): { digit: string; afterMs: number }[] {
  const extension = oneOf(random, plan.setup.users).extension ?? ''
  const anything = () => Array.from({ length: between(random, 0, keysMax) }, () => oneOf(random, menuKeys)).join('')
  const keys = chance(random, 0.25) ? extension : anything()
  let afterMs = between(random, 200, 20_000)
  return [...keys].map(digit => {
    afterMs += between(random, 50, 4_000)
    return { digit, afterMs }
  })
}

/** An administrator at work: a menu goes while people are in it, or comes again in another shape. */
export function changeMenu(scene: Scene): void {
  const { random, plan, state } = scene
  const { users, queues, menus = [] } = plan.setup
  if (menus.length === 0) return
  const { id } = oneOf(random, menus)
  if (state.menus.has(id) && chance(random, 0.3)) return record(scene, { type: 'menu.removed', menu: id })
  const around = { queues: queues.map(queue => queue.id), users: users.map(user => user.id) }
  const menu = menusOf(around, random).find(each => each.id === id)
  if (menu !== undefined) record(scene, { type: 'menu.saved', menu })
}

export class MenuWatch {
  readonly #said = new Map<CallId, number>()
  readonly #numbers = new Map<CallId, string>()
  readonly #owed = new Set<string>()

  follow(fact: Fact): void {
    switch (fact.type) {
      case 'call.offered':
        this.#numbers.set(fact.call, fact.from)
        return
      case 'callback.scheduled':
        this.#owed.add(fact.callback.number)
        return
      case 'call.menuBegan': {
        const said = (this.#said.get(fact.call) ?? 0) + 1
        this.#said.set(fact.call, said)
        claim(fact.hop <= hopsMax, `a call comes through ${hopsMax} menus at most`)
        claim(said <= speechesMax, `menus are said ${speechesMax} times to one call at most`)
        return
      }
      case 'call.menuSaid':
        claim(this.#said.has(fact.call), 'a menu was said that had begun')
        return
      case 'call.menuChose':
        if (fact.why === 'key' || fact.why === 'extension')
          claim(this.#said.has(fact.call), 'a key was pressed in a menu that was said')
        claim('number' in fact.target === (fact.other !== null), 'a menu that leads outside has dialled')
        return
      case 'call.ended': {
        const number = normaliseNumber(this.#numbers.get(fact.call) ?? '')
        if (this.#said.delete(fact.call) && number !== null && fact.ending.cause === 'overflow')
          claim(this.#owed.has(number), 'whom a menu could lead to nobody is owed a callback')
        this.#numbers.delete(fact.call)
        return
      }
      default:
        return
    }
  }

  check(state: FloorState): void {
    const { calls } = state
    for (const call of calls.values()) {
      if (call.phase !== 'menu') continue
      claim(call.menu !== null && call.answeredAt !== null, 'a call in a menu was answered, and knows its menu')
      claim(
        call.agent === null && call.agentLeg === null && call.consult === null,
        'who is in a menu is in nobody’s hand',
      )
      claim(call.slot === null && call.dismissed === null, 'who is in a menu waits nowhere else')
    }
  }

  /** The process died: it says no more to anybody. */
  restart(): void {
    this.#said.clear()
  }
}
