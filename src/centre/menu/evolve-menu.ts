/** What facts about voice menus do to a call. Answers whether the change was one of them. */
import { setDeadline } from '../deadlines.ts'
import type { Note } from '../decision.ts'
import type { Fact } from '../facts.ts'
import type { Call, FloorState } from '../state.ts'

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
      if (change.other === null) return true // the next fact says where it is
      call.phase = 'passing'
      call.other = change.other
      setDeadline(state, call, (state.calls.get(change.other)?.deadlineAt ?? at) + passingGraceMs)
      return true
    default:
      return false
  }
}
