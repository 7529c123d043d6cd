/**
 * What one person asked for and another approves: exports of recordings, tokens, and the end of these settings themselves. Programs ask, only
 * people decide; nobody decides what they, or a token they answer for, asked for.
 */
import { z } from '@hono/zod-openapi'
import type { Role } from '../centre/entities.ts'
import type { Actor } from '../centre/facts.ts'
import {
  type Approval,
  approvalMs,
  areApart,
  issuers,
  mayAsk,
  mayDecide,
  type SecondPersonSetting,
  secondPersonSettings,
  strangerMs,
  tokenStands,
} from '../centre/records/approval.ts'
import type { RecordFact } from '../centre/records/record-facts.ts'
import type { ApprovalId, ExportId, TokenId, UserId } from '../lib/ids.ts'
import type { ApprovalRecord } from '../store/people/approvals.ts'
import type { TokenRecord } from '../store/people/tokens.ts'
import { keep, newId, type RecordsDoor } from './door.ts'
import { NotFound, NotNow } from './errors.ts'
import { parseInput } from './parse.ts'
import { saveSettings } from './settings.ts'
import { inTurn } from './turn.ts'

/** `person`: who it is, or who answers for the token; null: nobody but whoever has a shell on this machine. */
export type Asker = { actor: Actor; person: UserId | null; role: Role }
export type Decider = { actor: Actor; user: UserId }

/** Of all, and of what one person asked for, also by tokens they answer for: nobody takes the others' places. */
const waitingMax = 400
const waitingMaxOfOne = 20

const decisionInput = z.strictObject({ approve: z.boolean(), reason: z.string().trim().min(1).max(200) })

export async function needsSecondPerson(door: RecordsDoor, kind: keyof typeof secondPersonSettings): Promise<boolean> {
  return (await door.store.read('settings.get', { key: secondPersonSettings[kind] })) === 'true'
}

/** The fact that asks, to be kept with what it is about. Throws NotNow when too many wait. */
export async function askedFact(
  door: RecordsDoor,
  by: Pick<Asker, 'person'>,
  what: Pick<Approval, 'kind' | 'subject' | 'about' | 'approver' | 'reason'>,
): Promise<RecordFact & { type: 'approval.asked' }> {
  const now = door.clock.now()
  const waiting = await door.store.read('approvals.waiting', { now })
  if (waiting.filter(({ askedBy }) => askedBy === by.person).length >= waitingMaxOfOne)
    throw new NotNow(
      'approvals_own_full',
      `${waitingMaxOfOne} things that you asked for wait for a second person already; take one back first`,
    )
  if (waiting.length >= waitingMax)
    throw new NotNow('approvals_full', `${waitingMax} things wait for a second person already`)
  const approval = { id: newId<'approval'>('ap'), ...what, askedBy: by.person, expiresAt: now + approvalMs }
  return { type: 'approval.asked', approval }
}

/** From now on a second person is needed; that it ends again has to be approved. Answers whether that was only asked for. */
export function setSecondPerson(
  door: RecordsDoor,
  by: Asker,
  { setting, on, reason }: { setting: SecondPersonSetting; on: boolean; reason: string },
): Promise<'saved' | 'asked'> {
  return inTurn(door, async () => {
    const isOn = (await door.store.read('settings.get', { key: setting })) === 'true'
    if (on || !isOn) {
      if (on !== isOn) await saveSettings(door, by.actor, { [setting]: String(on) })
      return 'saved'
    }
    const waiting = await door.store.read('approvals.of', { kind: 'setting', subject: setting })
    if (waiting?.state === 'waiting' && waiting.expiresAt > door.clock.now())
      throw new NotNow('approval_waiting', 'this has been asked for and waits for a second person')
    const about = { value: 'false' }
    await keep(door, by.actor, [
      await askedFact(door, by, { kind: 'setting', subject: setting, about, approver: 'house', reason }),
    ])
    return 'asked'
  })
}

/**
 * Approves, or refuses; who asked takes it back by refusing. `onExport` begins one that was approved. Throws NotNow: `approval_decided`,
 * `approval_expired`, `approval_role`, `approval_own`, `approval_stranger` (one person could be both, by a password that was set lately), `approval_lapsed`.
 */
export function decideApproval(
  door: RecordsDoor,
  by: Decider,
  id: ApprovalId,
  given: unknown,
  onExport: (id: ExportId) => Promise<void>,
): Promise<void> {
  return inTurn(door, async () => {
    const { approve, reason } = parseInput(decisionInput, given)
    const approval = await approvalById(door, id)
    if (approval.state !== 'waiting') throw new NotNow('approval_decided', `it is ${approval.state} already`)
    const isOwn = approval.askedBy === by.user
    const decided = { type: 'approval.decided', approval: id, user: by.user, why: reason } as const
    if (!approve && isOwn) return void (await keep(door, by.actor, [{ ...decided, as: 'withdrawn' }]))
    await checkDecider(door, by.user, approval)
    if (!approve) return void (await keep(door, by.actor, [{ ...decided, as: 'refused' }]))
    if (isOwn) throw new NotNow('approval_own', 'another person approves what you asked for')
    if (approval.expiresAt <= door.clock.now()) throw new NotNow('approval_expired', 'it has expired; ask for it anew')
    await checkApart(door, by.user, approval)
    if (!(await mayAskStill(door, approval))) {
      await keep(door, by.actor, [{ ...decided, as: 'lapsed' }])
      throw new NotNow('approval_lapsed', 'who asked for it may no longer ask for it')
    }
    const facts: RecordFact[] = [{ ...decided, as: 'approved' }]
    if (approval.kind === 'setting') facts.push({ type: 'setting.saved', key: approval.subject, value: 'false' })
    await keep(door, by.actor, facts)
    if (approval.kind === 'export') await onExport(approval.subject as ExportId)
  })
}

/** The same person, still allowed, within the time: else NotNow. */
export async function approvedFor(door: RecordsDoor, by: Asker, id: ApprovalId): Promise<ApprovalRecord> {
  const approval = await approvalById(door, id)
  if (approval.actor !== by.actor) throw new NotFound('approval', id)
  if (approval.state !== 'approved') throw new NotNow('approval_not_approved', `it is ${approval.state}`)
  if ((approval.decidedAt ?? 0) + approvalMs <= door.clock.now())
    throw new NotNow('approval_expired', 'it has expired; ask for it anew')
  if (!mayAsk(by.role, approval)) throw new NotNow('approval_lapsed', 'you may no longer ask for it')
  return approval
}

async function approvalById(door: RecordsDoor, id: ApprovalId): Promise<ApprovalRecord> {
  const approval = await door.store.read('approvals.byId', { id })
  if (approval === null) throw new NotFound('approval', id)
  return approval
}

/** As the records have this person now: a session may be older. */
async function checkDecider(door: RecordsDoor, user: UserId, approval: Approval): Promise<void> {
  const person = await door.store.read('users.byId', { id: user })
  if (person?.enabled !== true || !mayDecide(person.role, approval))
    throw new NotNow('approval_role', 'this is for a person of another role to decide')
}

/** Who may set passwords could sign in as anybody, and be the second person too: as who approves, or as who asks. */
async function checkApart(door: RecordsDoor, user: UserId, { actor, askedAt }: ApprovalRecord): Promise<void> {
  const reach = await door.store.read('approvals.reach', { since: askedAt - strangerMs })
  if (!areApart(actor, `user:${user}`, reach))
    throw new NotNow('approval_stranger', 'one person could be both of you: somebody else has to decide')
}

async function mayAskStill(door: RecordsDoor, approval: ApprovalRecord): Promise<boolean> {
  const [kind, id = ''] = approval.actor.split(':', 2)
  if (kind === 'user') {
    const person = await door.store.read('users.byId', { id: id as UserId })
    return person?.enabled === true && mayAsk(person.role, approval)
  }
  const token = await door.store.read('tokens.byId', { id: id as TokenId })
  return token !== null && token.revokedAt === null && mayAsk(token.role, approval) && (await stands(door, token))
}

async function stands(door: RecordsDoor, token: TokenRecord): Promise<boolean> {
  const people = await door.store.read('users.list', {})
  return tokenStands(token, id => people.find(person => person.id === id))
}

/** Who answers for programs: the roles that may ask for a token. */
export function mayIssue(role: Role): boolean {
  return issuers.includes(role)
}
