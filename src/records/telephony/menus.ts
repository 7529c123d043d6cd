/** Voice menus: what is saved of them leads somewhere that there is, and says what can be said. */
import type { Actor } from '../../centre/facts.ts'
import type { Menu, MenuTarget } from '../../centre/menu/menu.ts'
import { phraseNames } from '../../centre/speech/vocabulary.ts'
import type { MenuId } from '../../lib/ids.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { type FieldProblem, InvalidInput, NotFound, NotNow } from '../errors.ts'
import { calendarsOf } from '../gate/calendars.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { menuChange, menuInput } from './menu-schemas.ts'
import { ownPhrases } from './phrases.ts'

const menusMax = 200

export function createMenu(door: RecordsDoor, actor: Actor, given: unknown): Promise<Menu> {
  return inTurn(door, async () => {
    const menu: Menu = { id: newId<'menu'>('me'), ...parseInput(menuInput, given) }
    if ((await door.store.read('menus.list', {})).length >= menusMax)
      throw new InvalidInput([{ field: 'name', found: `${menusMax} menus`, allowed: `${menusMax} at most` }])
    await checkMenu(door, menu)
    await keep(door, actor, [{ type: 'menu.saved', menu }])
    return menu
  })
}

export function changeMenu(door: RecordsDoor, actor: Actor, id: MenuId, given: unknown): Promise<Menu> {
  return inTurn(door, async () => {
    const menu: Menu = { ...(await menuById(door, id)), ...parseInput(menuChange, given) }
    await checkMenu(door, menu)
    await keep(door, actor, [{ type: 'menu.saved', menu }])
    return menu
  })
}

/** Refused while a number or another menu leads to it. */
export function removeMenu(door: RecordsDoor, actor: Actor, id: MenuId): Promise<void> {
  return inTurn(door, async () => {
    await menuById(door, id)
    const numbers = await door.store.read('numbers.list', {})
    const leading = [
      ...numbers.filter(({ target }) => 'ivr' in target && target.ivr === id).map(({ number }) => number),
      ...(await menusLeadingTo(door, target => 'ivr' in target && target.ivr === id, id)),
    ]
    if (leading.length > 0) throw new NotNow('in-use', `${leading.slice(0, 10).join(', ')} leads to it`)
    await keep(door, actor, [{ type: 'menu.removed', menu: id }])
  })
}

export async function menuById(door: RecordsDoor, id: MenuId): Promise<Menu> {
  const menu = await door.store.read('menus.byId', { id })
  if (menu === null) throw new NotFound('menu', id)
  return menu
}

/** Names of the menus of which some target is meant; `but`: one that does not count. */
export async function menusLeadingTo(
  door: RecordsDoor,
  isMeant: (target: MenuTarget) => boolean,
  but: MenuId | null = null,
): Promise<string[]> {
  const menus = await door.store.read('menus.list', {})
  return menus
    .filter(menu => menu.id !== but && targetsOf(menu).some(([, target]) => isMeant(target)))
    .map(each => each.name)
}

function targetsOf(menu: Menu): [field: string, MenuTarget][] {
  const keys = Object.entries(menu.keys).map(([key, target]): [string, MenuTarget] => [`keys.${key}`, target])
  return [...keys, ['fallback', menu.fallback], ['closed', menu.closed]]
}

async function checkMenu(door: RecordsDoor, menu: Menu): Promise<void> {
  const [queues, users, menus, own] = await Promise.all([
    door.store.read('queues.list', {}),
    door.store.read('users.list', {}),
    door.store.read('menus.list', {}),
    ownPhrases(door),
  ])
  const problems: FieldProblem[] = []
  const known = new Set<string>([...phraseNames, ...own.map(name => `own/${name}`)])
  for (const [n, prompt] of menu.greeting.entries())
    if (!known.has(prompt)) problems.push({ field: `greeting.${n}`, found: prompt, allowed: [...known].join(', ') })
  const ids = new Map<string, Set<string>>([
    ['queue', new Set(queues.map(each => each.id))],
    ['user', new Set(users.map(each => each.id))],
    ['ivr', new Set([menu.id, ...menus.map(each => each.id)])],
  ])
  for (const [field, target] of targetsOf(menu)) {
    const [noun, id] = Object.entries(target)[0]!
    if (ids.get(noun)?.has(id) === false)
      problems.push({ field, found: id, allowed: `the id of a ${noun === 'ivr' ? 'menu' : noun} that there is` })
  }
  const calendar = menu.hours?.holidays
  if (calendar !== undefined) {
    const codes = (await calendarsOf(door)).map(({ code }) => code)
    if (!codes.includes(calendar))
      problems.push({ field: 'hours.holidays', found: calendar, allowed: codes.join(', ') || 'none: add a calendar' })
  }
  if (problems.length > 0) throw new InvalidInput(problems)
}
