/**
 * A call in a voice menu: it is said, keys are read, and the call goes where they lead.
 *
 *     comes (a number of ours, a key of another menu, an agent who passes it on)
 *        │ closed ──▶ the closed target
 *        ▼
 *     said ── over ──▶ waits ── no key, or a wrong one ──▶ said again … `triesMax` times ──▶ the fallback target
 *        ╲──── key ─────┴──▶ queue · person · another menu · outside number · called back · hung up
 *
 * Whatever loop menus are set up in, a call leaves them: after `hopsMax` menus, or `speechesMax` sayings, it is called back. A target that is
 * gone, closed or refused never leaves anyone in silence: the fallback, then an apology and a callback.
 */

import type { Call } from '../call-state.ts'
import { callBack } from '../calls/after-call.ts'
import { endCall } from '../calls/ending.ts'
import { hiddenKey } from '../calls/hidden-key.ts'
import { tryOutside } from '../calls/outside-leg.ts'
import type { Draft } from '../draft.ts'
import { normaliseNumber } from '../numbers/number.ts'
import { playTone } from '../queues/music.ts'
import { dismiss, enterPerson, enterQueue } from '../queues/waiting.ts'
import { fragment } from '../speech/fragment.ts'
import { ownPrefix, promptOf } from '../speech/message.ts'
import {
  isMenuOpen,
  type KeysRead,
  type Menu,
  type MenuKey,
  type MenuTarget,
  outsideMaxDefault,
  readKeys,
} from './menu.ts'

/** Menus that one call comes through. */
export const hopsMax = 10
/** Sayings of menus to one call; what a queue says to it is not counted. */
export const speechesMax = 40
/** A menu has been said by then, even if the media never tell of its end: ten recordings of a minute. */
export const menuMaxMs = 10 * 60_000

type Why = 'key' | 'extension' | 'fallback' | 'closed'
type Way = { menu: Menu; hop: number; why: Why; key: string | null }

/** `hop`: counts the menus of this call, this one included. */
export function enterMenu(d: Draft, call: Call, id: Menu['id'], hop = (call.menu?.hop ?? 0) + 1): void {
  const menu = d.state.menus.get(id)
  if (menu === undefined || hop > hopsMax) return owe(d, call)
  if (isMenuOpen(menu, d.state, d.now)) return say(d, call, { menu, hop }, 'entered')
  go(d, call, menu.closed, { menu, hop, why: 'closed', key: null })
}

/** What was being said is over: from now on a key is waited for. */
export function menuPlayed(d: Draft, call: Call, speech: number): void {
  const menu = call.menu === null ? undefined : d.state.menus.get(call.menu.menu)
  if (call.menu === null || call.menu.waits || call.speech !== speech) return
  d.fact({ type: 'call.menuSaid', call: call.id, until: d.now + (menu?.waitMs ?? 0) })
}

/**
 * A key of the caller. Which one is journalled only of a first key that leads somewhere when it is pressed: people type numbers of cards and
 * papers into telephones, in menus that ask for none and while they are still being said.
 */
export function menuKey(d: Draft, call: Call, digit: string): void {
  const at = call.menu
  const menu = at === null ? undefined : d.state.menus.get(at.menu)
  const counts = at !== null && menu !== undefined && (at.waits || menu.bargeIn || at.keys !== '')
  const leads = counts && at.keys === '' && menu.keys[digit as MenuKey] !== undefined
  d.fact({ type: 'call.digit', call: call.id, from: 'party', digit: leads ? digit : hiddenKey })
  if (at === null || menu === undefined) return owe(d, call)
  if (!counts) return
  const keys = at.keys + digit
  const read = readKeys(menu, keys, peopleOf(d))
  if (read.type !== 'more') return follow(d, call, menu, read)
  if (!at.waits) d.effect({ type: 'media.stopPlay', leg: call.leg })
  d.note({ type: 'note.menuKeys', call: call.id, keys, until: d.now + menu.betweenMs })
}

/** No key came in time, or no further digit. */
export function menuDue(d: Draft, call: Call): void {
  const at = call.menu
  const menu = at === null ? undefined : d.state.menus.get(at.menu)
  if (at === null || menu === undefined) return owe(d, call)
  if (at.keys !== '') return follow(d, call, menu, readKeys(menu, at.keys, peopleOf(d), true))
  missed(d, call, menu, 'no_key')
}

/** The outside number that a key led to did not take the call. */
export function menuOutsideFailed(d: Draft, call: Call): void {
  const menu = call.menu === null ? undefined : d.state.menus.get(call.menu.menu)
  if (menu === undefined || 'number' in menu.fallback) return owe(d, call)
  go(d, call, menu.fallback, { menu, hop: call.menu!.hop, why: 'fallback', key: null })
}

function follow(d: Draft, call: Call, menu: Menu, read: KeysRead): void {
  const { hop } = call.menu!
  switch (read.type) {
    case 'key':
      return go(d, call, read.target, { menu, hop, why: 'key', key: read.key })
    case 'person':
      return go(d, call, { user: read.user }, { menu, hop, why: 'extension', key: null })
    case 'wrong':
    case 'more': // not when the keys are over
      return missed(d, call, menu, 'wrong_key')
    default:
      read satisfies never
  }
}

function missed(d: Draft, call: Call, menu: Menu, why: 'no_key' | 'wrong_key'): void {
  const { hop, tries } = call.menu!
  if (tries + 1 < menu.triesMax) return say(d, call, { menu, hop }, why)
  go(d, call, menu.fallback, { menu, hop, why: 'fallback', key: null })
}

function say(
  d: Draft,
  call: Call,
  { menu, hop }: Pick<Way, 'menu' | 'hop'>,
  why: 'entered' | 'repeat' | 'no_key' | 'wrong_key',
): void {
  if ((call.menu?.said ?? 0) >= speechesMax) return owe(d, call)
  const speech = call.speech + 1
  const { language, greeting } = menu
  const { phrases } = d.state
  const parts = greeting.map(prompt => promptOf(language, prompt, phrases))
  if (why === 'no_key' || why === 'wrong_key')
    parts.unshift(fragment(language, why === 'no_key' ? 'menu-no-key' : 'menu-wrong-key', phrases))
  const own = parts.filter(part => part.startsWith(ownPrefix))
  d.fact({
    type: 'call.menuBegan',
    call: call.id,
    menu: menu.id,
    ...{ hop, speech, why, until: d.now + menuMaxMs },
    ...(own.length === 0 ? {} : { own }),
  })
  d.effect({ type: 'media.say', leg: call.leg, speech, parts })
}

function go(d: Draft, call: Call, target: MenuTarget, way: Way): void {
  const { menu, hop, why, key } = way
  const chose = { type: 'call.menuChose', call: call.id, menu: menu.id, why, key, target, hop } as const
  if ('number' in target) {
    const most = menu.outsideMax ?? outsideMaxDefault
    if (outsideOf(d, menu) >= most) {
      const words = `The menu ${menu.name} has ${most} calls outside already.`
      const about = { campaign: null, lead: null, agent: null, number: target.number }
      d.fact({ type: 'call.refused', ...about, refusal: { rule: 'menu_outside_full', words }, under: menuBound })
      return refused(d, call, way)
    }
    const placed = tryOutside(d, call, null, target.number, 'transfer')
    if ('refusal' in placed) return refused(d, call, way)
    d.fact({ ...chose, other: placed.call })
    return playTone(d, call.leg, 'ringback')
  }
  d.fact({ ...chose, other: null })
  if ('queue' in target) return enterQueue(d, call, target.queue)
  if ('user' in target) return enterPerson(d, call, target.user)
  if ('ivr' in target) return enterMenu(d, call, target.ivr, hop + 1)
  switch (target.act) {
    case 'repeat':
      return say(d, call, { menu, hop }, 'repeat')
    case 'call_back':
      return owe(d, call, 'agreed')
    case 'hang_up':
      return endCall(d, call, { by: 'system', cause: 'menu_over', result: 'ANSWERED', sipStatus: null, q850: 16 })
    default:
      target.act satisfies never
  }
}

/** What the bound of a menu stands under in a refusal. */
const menuBound = { policy: 'MENU', version: '1', by: null }

/** Calls that this menu has led to an outside number, and that are not over. */
function outsideOf(d: Draft, menu: Menu): number {
  let count = 0
  for (const { of } of d.state.calls.values()) {
    const led = of === null ? undefined : d.state.calls.get(of)
    if (led?.agent === null && led.menu?.menu === menu.id) count++
  }
  return count
}

/** The bound of the menu, the gate, the guard against toll fraud or the lines said no (the refusal is a fact of its own where it is of those who must be told). */
function refused(d: Draft, call: Call, { menu, hop, why }: Way): void {
  if (why === 'fallback' || 'number' in menu.fallback) return owe(d, call)
  go(d, call, menu.fallback, { menu, hop, why: 'fallback', key: null })
}

/** The caller is told that we call back, and is owed it; who shows no number only hears that nobody is free. */
function owe(d: Draft, call: Call, reason: 'agreed' | 'overflow' = 'overflow'): void {
  const canCall = normaliseNumber(call.number) !== null
  if (canCall) callBack(d, call, reason, { campaign: call.campaign, agent: call.passed?.by ?? null })
  dismiss(d, call, reason === 'agreed' ? 'menu_over' : 'overflow', canCall ? 'we-call-back' : 'all-agents-busy')
}

function* peopleOf(d: Draft) {
  for (const { user } of d.state.agents.values()) yield user
}
