import { Hono } from 'hono'
import { type ApprovalRow, type ApprovalsProps, approvalsPage } from '../../web/pages/approvals.ts'
import { type Filled, nothingFilled } from '../../web/parts/form.ts'
import { textsOf } from '../../web/parts/frame.ts'
import type { User } from '../centre/entities.ts'
import { mayDecide, secondPersonSettings } from '../centre/records/approval.ts'
import type { ApprovalId, CampaignId, TeamId, UserId } from '../lib/ids.ts'
import { decideApproval, mayIssue, needsSecondPerson, setSecondPerson } from '../records/approvals.ts'
import { takeToken } from '../records/people/tokens.ts'
import type { ApprovalRecord } from '../store/people/approvals.ts'
import { personOf } from './admin/tokens.ts'
import { actorOf, type Ctx, type Deps, type Env } from './deps.ts'
import { allow } from './guard.ts'
import { frameOf } from './live/frame.ts'
import { type OneTime, OneTimeViews } from './one-time-views.ts'
import { refusedFor } from './refused.ts'
import { oneOf, type Typed, textOf, typedOf } from './typed.ts'

const readers = ['admin', 'security', 'auditor', 'supervisor', 'quality'] as const
const latelyMax = 50

/** `/approvals`: what waits for a second person, and where one is needed. */
export function approvalRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps
  const secrets = new OneTimeViews<string>(deps.clock)
  const idOf = (c: Ctx) => c.req.param('id') as ApprovalId

  route.get('/approvals', allow(...readers), c => page(c, nothingFilled, secrets.take(c)))
  route.post('/approvals/rules', allow('admin', 'security'), c =>
    done(c, async typed => {
      const setting = oneOf(textOf(typed, 'setting'), Object.values(secondPersonSettings))
      const reason = textOf(typed, 'reason').slice(0, 200)
      await setSecondPerson(records, personOf(c), { setting, on: textOf(typed, 'on') === 'true', reason })
    }),
  )
  route.post('/approvals/:id/decision', allow(...readers), c =>
    done(c, typed => {
      const given = { approve: textOf(typed, 'approve') === 'true', reason: textOf(typed, 'reason') }
      const by = { actor: actorOf(c), user: c.var.user.id }
      return decideApproval(records, by, idOf(c), given, id => deps.exports.begin(id))
    }),
  )
  route.post('/approvals/:id/token', allow('admin', 'security'), async c => {
    try {
      return secrets.sendTo(c, '/approvals', (await takeToken(records, personOf(c), idOf(c))).secret)
    } catch (error) {
      return page(c, { values: {}, errors: refusedFor(error, textsOf(await frameOf(c, deps))) })
    }
  })

  async function done(c: Ctx, work: (typed: Typed) => Promise<unknown>): Promise<Response> {
    const typed = await typedOf(c)
    try {
      await work(typed)
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed })
      return page(c, { values: {}, errors })
    }
    return c.redirect('/approvals', 303)
  }

  async function page(c: Ctx, filled: Filled, once?: OneTime<string>): Promise<Response> {
    const { user } = c.var
    const now = deps.clock.now()
    const [waiting, latest] = [await store.read('approvals.waiting', { now }), await store.read('approvals.latest', {})]
    const isSeen = (approval: ApprovalRecord) => approval.askedBy === user.id || mayDecide(user.role, approval)
    const rows = (approvals: ApprovalRecord[]) => approvals.filter(isSeen).map(each => rowOf(each, user, now))
    const over = latest.filter(({ state, expiresAt }) => state !== 'waiting' || expiresAt <= now)
    const rules: ApprovalsProps['rules'] = []
    for (const [kind, setting] of Object.entries(secondPersonSettings))
      rules.push({ setting, on: await needsSecondPerson(records, kind as keyof typeof secondPersonSettings) })
    return c.html(
      approvalsPage({
        frame: await frameOf(c, deps),
        waiting: rows(waiting),
        lately: rows(over).slice(0, latelyMax),
        rules: mayIssue(user.role) ? rules : null,
        ...{ filled, secret: once?.value ?? null, isSecretOver: once?.isOver ?? false },
      }),
      once === undefined ? 422 : 200,
    )
  }

  function rowOf(approval: ApprovalRecord, viewer: User, now: number): ApprovalRow {
    const { users, campaigns, teams } = deps.engine.state
    const nameOf = (id: UserId | null) => (id === null ? null : (users.get(id)?.displayName ?? id))
    const { agent, campaign, team } = approval.about
    const expired = approval.state === 'waiting' && approval.expiresAt <= now
    const { id, kind, about, subject, reason, askedAt, expiresAt, why } = approval
    return {
      ...{ id, kind, about, subject, reason, askedAt, expiresAt, why },
      by: nameOf(approval.askedBy),
      byProgram: approval.actor.startsWith('token:'),
      agent: agent ? nameOf(agent as UserId) : null,
      campaign: campaign ? (campaigns.get(campaign as CampaignId)?.campaign.name ?? String(campaign)) : null,
      team: team ? (teams.get(team as TeamId)?.name ?? String(team)) : null,
      decidedBy: nameOf(approval.decidedBy),
      state: expired ? 'expired' : approval.state,
      may: expired ? null : mayOf(approval, viewer),
    }
  }

  return route
}

function mayOf(approval: ApprovalRecord, viewer: User): ApprovalRow['may'] {
  const isOwn = approval.askedBy === viewer.id
  if (approval.state === 'waiting') return isOwn ? 'withdraw' : mayDecide(viewer.role, approval) ? 'decide' : null
  const isTheirs = approval.actor === `user:${viewer.id}`
  return approval.kind === 'token' && approval.state === 'approved' && isTheirs ? 'take' : null
}
