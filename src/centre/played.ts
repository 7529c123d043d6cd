/** What `media.say` was told to say is over: a menu waits for a key now, a queue's music goes on, a notice has been said. */

import type { Call } from './call-state.ts'
import { noticePlayed } from './dialler/notice.ts'
import type { Draft } from './draft.ts'
import { menuPlayed } from './menu/menu-call.ts'
import { placePlayed } from './queues/queue-place.ts'

export function legPlayed(d: Draft, leg: Call['leg'], speech: number): void {
  const what = d.state.legs.get(leg)
  const call = what?.side === 'party' ? d.state.calls.get(what.call) : undefined
  if (call === undefined) return
  if (call.phase === 'menu') return menuPlayed(d, call, speech)
  if (call.phase === 'waiting' && call.queue !== null && call.dismissed === null && call.placeAt !== null)
    return placePlayed(d, call, speech)
  noticePlayed(d, call, speech)
}
