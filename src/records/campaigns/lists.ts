/** Lists of a campaign: an import is one. Their name, priority and weight, pausing them, and making leads that are over ready again. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { LeadList } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { CampaignId, ImportId } from '../../lib/ids.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { campaignById } from './campaigns.ts'
import { listChange, recycleInput } from './lead-schemas.ts'

type Where = { campaign: CampaignId; list: ImportId }

/** NotFound also when the list is another campaign's. */
export async function listById(door: RecordsDoor, { campaign, list }: Where): Promise<LeadList> {
  const found = await door.store.read('lists.byId', { id: list })
  if (found === null || found.campaign !== campaign) throw new NotFound('list', list)
  const { addedAt: _, ...rest } = found
  return rest
}

export function changeList(door: RecordsDoor, actor: Actor, where: Where, given: unknown): Promise<LeadList> {
  return inTurn(door, async () => {
    const change = parseInput(listChange, given)
    const list = { ...(await listById(door, where)), ...change }
    await keep(door, actor, [{ type: 'list.saved', list }])
    return list
  })
}

/**
 * Leads of the list that are over for one of the reasons (results, rules or outcomes as `leads.filters` tells them) are ready again, with no
 * attempts made. Who asked not to be called stays out. In slices of 500, so that neither floor nor disk is held up.
 */
export async function recycleList(
  door: RecordsDoor,
  actor: Actor,
  where: Where,
  given: unknown,
): Promise<{ recycled: number }> {
  const { reasons } = parseInput(recycleInput, given)
  await listById(door, where)
  const { state } = await campaignById(door, where.campaign)
  if (state === 'closed') throw new NotNow('campaign-closed', 'leads of a closed campaign stay as they are')
  let recycled = 0
  for (const reason of new Set(reasons))
    for (const over of ['exhausted', 'done'] as const)
      for (let after = ''; ; ) {
        const leads = await door.store.read('lists.over', { list: where.list, state: over, reason, after })
        if (leads.length === 0) break
        await keep(door, actor, [{ type: 'leads.recycled', ...where, leads }])
        recycled += leads.length
        after = leads.at(-1)!
        await breathe()
      }
  return { recycled }
}
