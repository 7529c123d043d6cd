/** What a trunk is doing now, and what went wrong on it last: in the words of the page, and what was seen of it in a fold. */
import type { TrunkFault } from '../../src/centre/trunks/trunk-now.ts'
import type { TrunkTrouble } from '../../src/centre/trunks/trunk-trouble.ts'
import type { Words } from '../words/words.ts'
import type { Frame } from './frame.ts'
import { type Html, html } from './html.ts'
import { thousands } from './numbers.ts'
import { chip } from './state.ts'
import { instant } from './time.ts'

export type TrunkSeen = {
  up: boolean
  /** Why it is not up; null: it is, or nothing was heard of it yet. */
  why: TrunkTrouble | null
  /** It was asked by OPTIONS and did not answer, and it has not taken a registration of ours either. */
  unproved: boolean
  /** Until when its registration holds, which cannot be refreshed, Unix ms; null: it is refreshed, or there is none. */
  lapsing: number | null
  /** Of its calls a second, how many it is asked for now, since it left calls without a response; null: all. */
  eased: number | null
  /** Why none of its calls is let in, up or not; null: they are. */
  refusing: TrunkTrouble | null
}

/** One that answers no OPTIONS takes calls all the same, since some gateways never do: whether it is there at all is not known then. */
export function trunkState(seen: TrunkSeen, w: Words): Html {
  const { why, refusing } = seen
  if (refusing === null || why === 'switched_off') return placing(seen, w)
  return html`${placing(seen, w)} ${chip('red', 'circle-x', w.trunkTroubles.refusing)} <span class="small">${w.trunkTroubles.why[refusing]}</span>`
}

/** Whether calls can be placed on it. */
function placing({ up, why, unproved, lapsing, eased }: TrunkSeen, w: Words): Html {
  const words = w.admin.trunks
  if (why === 'switched_off') return chip('grey', 'circle-x', words.off)
  if (up && lapsing !== null) return chip('amber', 'triangle-alert', w.trunkTroubles.lapsing)
  if (up && eased !== null) return chip('amber', 'triangle-alert', w.trunkTroubles.eased(eased))
  if (up)
    return unproved
      ? chip('amber', 'triangle-alert', w.trunkTroubles.unproved)
      : chip('green', 'circle-check', words.up)
  if (why === null) return chip('grey', 'circle', words.unknown)
  return html`${chip('red', 'circle-x', words.down)} <span class="small">${w.trunkTroubles.why[why]}</span>`
}

/** Nothing where it is why the trunk is down, which stands there already. */
export function lastFault(fault: TrunkFault | null, { why }: TrunkSeen, frame: Frame, w: Words): Html | null {
  if (fault === null || fault.why === why) return null
  return html`<div class="small">${w.trunkTroubles.last}: ${w.trunkTroubles.why[fault.why]} <span class="muted">${instant(fault.at, frame)}</span></div>`
}

/** For whoever mends it: as the machine saw it, in English. */
export function faultSeen(fault: TrunkFault | null, frame: Frame, w: Words): Html | null {
  if (fault === null) return null
  const words = w.trunkTroubles
  return html`<dl class="facts"><dt>${words.last}</dt><dd>${words.why[fault.why]} <span class="small muted">${instant(fault.at, frame)}</span>
<details><summary>${words.seen}</summary><code lang="en">${fault.words}</code></details></dd></dl>`
}

/** Also that it was nobody: who hears of callers that were lost looks here. */
export function turnedAwaySeen(calls: number, w: Words): Html {
  const words = w.trunkTroubles
  return html`<dl class="facts"><dt>${words.turnedAway}</dt><dd>${calls === 0 ? words.nobodyTurnedAway : html`${words.turnedAwayCalls(thousands(calls))} <a href="/admin/safety">${words.turnedAwayAlarms}</a>`}</dd></dl>`
}
