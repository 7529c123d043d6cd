/** Callbacks of agencies' people go where their case goes: in the commit of a recall, and for all else (a person or an agency that is switched off) soon after. */
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { agencyBar } from '../../lender/agency.ts'
import { nextHolder } from '../../lender/agency-callback.ts'
import type { UserId } from '../../lib/ids.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { reckoningOf } from '../parties/lender.ts'

/** Those that are not where they belong are passed on. Called within a turn. */
export async function passOnCallbacks(door: RecordsDoor): Promise<void> {
  const found = await door.store.read('callbacks.ofAgencies', {})
  if (found.length === 0) return
  const mayWork = await whoMayWork(door)
  const facts = found.flatMap((each): RecordFact[] => {
    const to = nextHolder(each, mayWork)
    return to === null ? [] : [{ type: 'callback.passed', callback: each.id, from: each.agent, to }]
  })
  for (let from = 0; from < facts.length; from += 500) await keep(door, 'system', facts.slice(from, from + 500))
}

/** Of parties whose cases come back, to whom: told before the cases move, since then their leads are over. Called within a turn. */
export async function callbacksBack(
  door: RecordsDoor,
  collectors: ReadonlyMap<string, string | null>,
): Promise<RecordFact[]> {
  const found = await door.store.read('callbacks.ofAgencies', {})
  const back = found.filter(({ party }) => party !== null && collectors.has(party))
  if (back.length === 0) return []
  const mayWork = await whoMayWork(door)
  return back.flatMap((each): RecordFact[] => {
    const collector = (collectors.get(each.party!) ?? null) as UserId | null
    const to = nextHolder({ ...each, holder: null, hasCase: true, collector }, mayWork)
    return to === null ? [] : [{ type: 'callback.passed', callback: each.id, from: each.agent, to }]
  })
}

async function whoMayWork(door: RecordsDoor): Promise<(person: UserId) => boolean> {
  const [{ today }, agencies, users] = await Promise.all([
    reckoningOf(door),
    door.store.read('agencies.list', {}),
    door.store.read('users.list', { enabledOnly: true }),
  ])
  const open = new Set(agencies.filter(agency => agencyBar(agency, today) === null).map(({ id }) => id))
  const able = new Set(users.filter(({ agency }) => !agency || open.has(agency)).map(({ id }) => id))
  return person => able.has(person)
}
