import { Hono } from 'hono'
import { importRegions } from '../../../web/pages/admin/import.ts'
import { tableExportRegions } from '../../../web/pages/admin/table-exports.ts'
import { deskRegions } from '../../../web/pages/agent/desk.ts'
import { campaignRegions, chartsRegion } from '../../../web/pages/supervisor/campaign.ts'
import { liveCallsRegions } from '../../../web/pages/supervisor/live-calls.ts'
import { wallboardRegions } from '../../../web/pages/supervisor/wallboard.ts'
import type { Region } from '../../../web/parts/html.ts'
import type { FeedItem } from '../../engine/port.ts'
import type { CampaignId, FileImportId, TableExportId, UserId } from '../../lib/ids.ts'
import { campaignById } from '../../records/campaigns/campaigns.ts'
import { importProps } from '../admin/imports.ts'
import { tableExportProps } from '../admin/table-exports.ts'
import { deskOf } from '../agent/desk-props.ts'
import { followQuiet } from '../agent/quiet.ts'
import type { Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { appealsOf } from '../supervisor/appeals.ts'
import { type CampaignReads, campaignPropsOf, campaignReads } from '../supervisor/campaign-props.ts'
import { floorOf, liveCallsOf } from '../supervisor/floor-props.ts'
import { floorStored } from '../supervisor/floor-stored.ts'
import { supervisionOf } from '../supervisor/supervision.ts'
import { teamIn } from '../supervisor/team-choice.ts'
import { floorTrouble, frameOf } from './frame.ts'
import { liveStream } from './stream.ts'

const deskEveryMs = 40
const floorEveryMs = 1000
/** Who listens sees at once whether they are heard. */
const callsEveryMs = 300
const aheadEveryMs = 500
/** A campaign's day, log and leads are read from the store as often; what is live is painted each second. */
const readEveryMs = 5000

/** `/live/desk`, `/live/floor`, `/live/calls`, `/live/campaigns/:id`, `/live/imports/:id`, `/live/exports/:id`: each page's own stream of repainted regions. */
export function liveRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/live/desk', allow('agent', 'supervisor'), async c => {
    const { user } = c.var
    const frame = await frameOf(c, deps)
    return liveStream(c, deps, {
      // The notice belongs to the agent's own last action, so that a stream does not wipe it.
      regions: async () =>
        deskRegions(
          await deskOf(deps, deps.engine.state.users.get(user.id) ?? user, { ...frame, now: deps.clock.now() }),
        ).filter(region => region.id !== 'desk-notice'),
      concerns: item => concernsAgent(item, user.id, deps),
      also: paint => {
        const ends = [followAhead(deps, user.id, paint), followQuiet(deps, user.id, paint)]
        return () => {
          for (const end of ends) end()
        }
      },
      everyMs: deskEveryMs,
    })
  })

  route.get('/live/floor', allow('supervisor'), async c => {
    const frame = await frameOf(c, deps)
    const team = teamIn(c)
    return liveStream(c, deps, {
      regions: async () => {
        const now = deps.clock.now()
        const stored = await floorStored(deps, now, frame.zone)
        return wallboardRegions(floorOf(deps, c.var.user, { ...frame, now }, stored, team))
      },
      concerns: () => true,
      everyMs: floorEveryMs,
    })
  })

  route.get('/live/calls', allow('supervisor', 'quality'), async c => {
    const frame = await frameOf(c, deps)
    const team = teamIn(c)
    return liveStream(c, deps, {
      regions: async () => {
        const { state } = deps.engine
        const now = { ...frame, now: deps.clock.now() }
        const supervision = supervisionOf(state, c.var.user)
        const calls = liveCallsOf(state, c.var.user, deps.audio?.live(), team)
        return liveCallsRegions({ calls, supervision, ...appealsOf(state, c.var.user, now) })
      },
      concerns: ({ fact: { type } }) =>
        type.startsWith('call.') ||
        type.startsWith('team.') ||
        type.startsWith('supervision.') ||
        type === 'agent.stationChanged',
      everyMs: callsEveryMs,
    })
  })

  route.get('/live/imports/:id', allow('admin'), async c => {
    const id = c.req.param('id') as FileImportId
    await deps.imports.view(id)
    return liveStream(c, deps, {
      regions: async () => importRegions(await importProps(c, deps, id)),
      concerns: () => false,
      also: paint => deps.imports.onProgress(changed => changed === id && paint()),
      everyMs: floorEveryMs,
    })
  })

  route.get('/live/exports/:id', allow('admin'), async c => {
    const id = c.req.param('id') as TableExportId
    await deps.tableExports.view(id)
    return liveStream(c, deps, {
      regions: async () => tableExportRegions(await tableExportProps(c, deps, id)),
      concerns: () => false,
      also: paint => deps.tableExports.onProgress(changed => changed === id && paint()),
      everyMs: floorEveryMs,
    })
  })

  route.get('/live/campaigns/:id', allow('supervisor', 'admin'), async c => {
    const frame = await frameOf(c, deps)
    const campaign = await campaignById(deps.records, c.req.param('id') as CampaignId)
    let kept: CampaignReads | null = null
    let charts: { minute: number; limits: string; region: Region } | null = null
    return liveStream(c, deps, {
      regions: async () => {
        const now = deps.clock.now()
        const fresh = kept !== null && now >= kept.readAt && now - kept.readAt < readEveryMs
        if (kept === null || !fresh) kept = await campaignReads(deps, campaign, { ...frame, now })
        const props = campaignPropsOf(deps, campaign, { ...frame, now }, kept)
        const minute = Math.floor(kept.readAt / 60_000)
        const limits = `${props.now.occupancyMax} ${props.now.abandonRateMax}`
        if (charts?.minute !== minute || charts.limits !== limits)
          charts = { minute, limits, region: chartsRegion(props) }
        return campaignRegions(props, charts.region)
      },
      concerns: () => true,
      everyMs: floorEveryMs,
    })
  })

  return route
}

/** A call for help goes on ahead of a disk that takes nothing, and so without a fact: while that lasts the agent's call is looked at. */
function followAhead(deps: Pick<Deps, 'engine'>, agent: UserId, paint: () => void): () => void {
  const { agents, calls } = deps.engine.state
  const how = () => {
    const { phase, call = null } = agents.get(agent) ?? {}
    return `${phase} ${call} ${call === null ? '' : calls.get(call)?.phase}`
  }
  let seen = how()
  const timer = setInterval(() => {
    const before = seen
    seen = how()
    if (seen !== before && floorTrouble(deps) !== null) paint()
  }, aheadEveryMs)
  return () => clearInterval(timer)
}

/** Money that came in, a case that moved, a number that was marked: of whom the agent has on the line or before the eyes. */
function aboutParty({ fact }: FeedItem, agent: UserId, deps: Pick<Deps, 'engine'>): boolean {
  const party: unknown =
    fact.type === 'repayment.recorded'
      ? fact.repayment.party
      : fact.type === 'promise.made'
        ? fact.promise.party
        : 'party' in fact
          ? fact.party
          : null
  if (typeof party !== 'string') return false
  const { state } = deps.engine
  const has = state.agents.get(agent)
  const call = has?.call ? state.calls.get(has.call) : undefined
  return (call?.party ?? call?.lead?.ref ?? has?.preview?.lead.ref) === party
}

/** Facts that name the agent or are of the person, or the call in the agent's hands, or its party. */
export function concernsAgent(item: FeedItem, agent: UserId, deps: Pick<Deps, 'engine'>): boolean {
  const { fact } = item
  if ('agent' in fact && fact.agent === agent) return true
  if (fact.type === 'user.saved') return fact.user.id === agent
  if (fact.type === 'call.consulted' && fact.to === agent) return true
  if (aboutParty(item, agent, deps)) return true
  if (fact.type === 'case.moved' && fact.left) return deps.engine.state.users.get(agent)?.agency === fact.left.agency
  if (!('call' in fact) || fact.call === null) return false
  const inHand = deps.engine.state.agents.get(agent)?.call
  if (inHand === fact.call) return true
  const call = deps.engine.state.calls.get(fact.call)
  return call?.agent === agent || (call?.of != null && call.of === inHand)
}
