/** What facts about voice menus do to a call. Answers whether the change was one of them. */

import type { MenuId } from '../../lib/ids.ts'
import type { Call } from '../call-state.ts'
import { setDeadline } from '../deadlines.ts'
import type { Note } from '../decision.ts'
import type { Fact } from '../facts.ts'
import type { FloorState } from '../state.ts'

/** Beyond the outside call's own last instant, as in evolve-transfer.ts. */
const passingGraceMs = 60_000

/** Choices that an agent is shown: more than menus lead on to one another. */
const pathMax = 12

export function evolveMenu(state: FloorState, call: Call, change: Fact | Note, at: number): boolean {
  switch (change.type) {
    case 'call.menuBegan': {
      const { menu, hop, speech, why, until } = change
      const before = call.menu
      const missed = why === 'no_key' || why === 'wrong_key'
      const tries = why === 'entered' ? 0 : (before?.tries ?? 0) + Number(missed)
      call.menu = { menu, hop, tries, said: (before?.said ?? 0) + 1, keys: '', waits: false }
      call.speech = speech
      call.phase = 'menu'
      setDeadline(state, call, until)
      return true
    }
    case 'call.menuSaid':
      if (call.menu !== null) call.menu.waits = true
      setDeadline(state, call, change.until)
      return true
    case 'note.menuKeys':
      if (call.menu === null || call.phase !== 'menu') return true
      call.menu.keys = change.keys
      call.menu.waits = true
      setDeadline(state, call, change.until)
      return true
    case 'call.menuChose':
      call.menuPath = [...(call.menuPath ?? []), { menu: change.menu, why: change.why, key: change.key }].slice(
        -pathMax,
      )
      leadOn(call, change.menu, change.hop ?? call.menu?.hop ?? 1)
      if (change.other === null) return true // the next fact says where it is
      call.phase = 'passing'
      call.other = change.other
      setDeadline(state, call, (state.calls.get(change.other)?.deadlineAt ?? at) + passingGraceMs)
      return true
    default:
      return false
  }
}

/** A menu that was closed has said nothing, and the call came through it all the same: what it led to may fail. */
function leadOn(call: Call, menu: MenuId, hop: number): void {
  const before = call.menu
  if (before?.menu === menu && before.hop === hop) return
  call.menu = { menu, hop, tries: 0, said: before?.said ?? 0, keys: '', waits: false }
}
