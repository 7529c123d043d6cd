import { Hono } from 'hono'
import { bestTimesPage, type SegmentRow } from '../../../web/pages/supervisor/best-times.ts'
import { type AnswerHour, bestTime } from '../../centre/leads/best-time.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { campaignById } from '../../records/campaigns/campaigns.ts'
import type { Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'

const segmentsMax = 50

/** `/supervisor/campaigns/:id/best-times`: who answers when. */
export function bestTimeRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  route.get('/supervisor/campaigns/:id/best-times', allow('supervisor', 'admin'), async c => {
    const { id, name, bestTime = true } = await campaignById(deps.records, c.req.param('id') as CampaignId)
    const frame = await frameOf(c, deps)
    const path = frame.person?.role === 'admin' ? '/admin/campaigns' : '/supervisor'
    const all = rowsOf(await deps.store.read('leads.answerHours', { campaign: id }))
    const rows = all.slice(0, segmentsMax + 1)
    return c.html(
      bestTimesPage({
        frame: { ...frame, path },
        campaign: { id, name, bestTime },
        rows,
        more: all.length - rows.length,
      }),
    )
  })
  return route
}

/** All together first, then the segments, those with most calls first; a single one is all. */
export function rowsOf(hours: readonly AnswerHour[]): SegmentRow[] {
  const segments = new Map<string, AnswerHour[]>()
  for (const one of hours) {
    const mine = segments.get(one.segment)
    if (mine === undefined) segments.set(one.segment, [one])
    else mine.push(one)
  }
  const score = bestTime(hours)
  const rows = [...segments].map(([segment, mine]) => rowOf(segment, mine, score))
  rows.sort((a, b) => b.dialled - a.dialled || (a.segment! < b.segment! ? -1 : 1))
  if (rows.length === 0) return []
  const sums = new Map<number, AnswerHour>()
  for (const { hour, dialled, answered } of hours) {
    const sum = sums.get(hour) ?? { segment: '', hour, dialled: 0, answered: 0 }
    sums.set(hour, { ...sum, dialled: sum.dialled + dialled, answered: sum.answered + answered })
  }
  const together = [...sums.values()]
  return [{ ...rowOf('', together, bestTime(together)), segment: null }, ...rows]
}

function rowOf(segment: string, hours: readonly AnswerHour[], score: ReturnType<typeof bestTime>): SegmentRow {
  const cells = hours.map(({ hour, dialled, answered }) => {
    const { rate, lift } = score(segment, hour)
    return { hour, dialled, answered, rate, lift }
  })
  const dialled = hours.reduce((sum, one) => sum + one.dialled, 0)
  return { segment, dialled, usual: score(segment, -1).usual, hours: cells }
}
