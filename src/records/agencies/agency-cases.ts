/** Whoever leads an agency deals its placed cases out among its people; of others' cases there are none. */
import type { Actor } from '../../centre/facts.ts'
import { moveCase, movedFact } from '../../lender/case.ts'
import type { AgencyId } from '../../lib/ids.ts'
import { bare } from '../collections/cases.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput } from '../errors.ts'
import { inTurn } from '../turn.ts'
import { peopleOf } from './agencies.ts'
import { passOnCallbacks } from './agency-callbacks.ts'

const casesMax = 500

/** Callbacks go with them. `refused`: ids that are not placed with this agency (any more). Throws InvalidInput. */
export function reassignWithin(
  door: RecordsDoor,
  actor: Actor,
  agency: AgencyId,
  { ids, to }: { ids: readonly string[]; to: string },
): Promise<{ moved: number; refused: number }> {
  return inTurn(door, async () => {
    if (!(await peopleOf(door, agency)).some(({ id }) => id === to))
      throw new InvalidInput([{ field: 'agent', found: to.slice(0, 64), allowed: 'one of the people of this agency' }])
    const asked = [...new Set(ids)].slice(0, casesMax)
    const found = await door.store.read('cases.byIds', { ids: asked })
    let moved = 0
    const facts = found.flatMap(each => {
      if (each.placed?.agency !== agency) return []
      const before = bare(each)
      const next = moveCase(before, { type: 'assign', agent: to, agency })
      if (!next.ok) return []
      moved++
      return movedFact(before, next.case, 'dealt out within the agency')
    })
    if (facts.length > 0) {
      await keep(door, actor, facts)
      await passOnCallbacks(door)
    }
    return { moved, refused: asked.length - moved }
  })
}
