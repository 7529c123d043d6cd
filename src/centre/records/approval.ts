/**
 * Four eyes: what one person asks for and another one approves. Exports of recordings and tokens need it where a setting says so; that
 * setting itself is never taken back by one person alone; and a token that could do more than who asks for it needs it always.
 */
import type { ApprovalId, UserId } from '../../lib/ids.ts'
import type { Role } from '../entities.ts'

export const approvalKinds = ['export', 'token', 'setting'] as const
export type ApprovalKind = (typeof approvalKinds)[number]

/** Saved as `true` or `false`; anything else, or nothing: false. */
export const secondPersonSettings = { export: 'approvals.exports', token: 'approvals.tokens' } as const
export type SecondPersonSetting = (typeof secondPersonSettings)[keyof typeof secondPersonSettings]

/** Nobody has decided by then, or what was approved was not fetched: it has to be asked for anew. */
export const approvalMs = 3 * 86_400_000
/** Who gave a password to somebody could sign in as them; by then that person has noticed. */
export const strangerMs = 3 * 86_400_000

export type ApprovalState = 'waiting' | 'approved' | 'refused' | 'withdrawn' | 'lapsed' | 'used'

export type Approval = {
  id: ApprovalId
  kind: ApprovalKind
  /** Id of the export or of the token that comes of it, or the setting's key. */
  subject: string
  /** What is to be approved, as the approver reads it: plain values by name. */
  about: Record<string, string | number | null>
  /** Any person of the roles that look after the house, or of this one alone: what a token could do is for those to allow who may do it. */
  approver: 'house' | Role
  reason: string
  /** The person, or who answers for the token that asked; null: nobody but whoever has a shell on this machine. */
  askedBy: UserId | null
  expiresAt: number
}

/** Who may use the API in the house's name: a token is asked for by these. */
export const issuers: readonly Role[] = ['admin', 'security']
const houseRoles: readonly Role[] = ['admin', 'security', 'auditor']

/** Whether everything that a token of the role `wanted` may do is within what a person of `role` may do. */
export function coversRole(role: Role, wanted: Role): boolean {
  return role === wanted || (role === 'admin' && wanted === 'agent')
}

/** A token that could do more than who asks for it is for a person to allow who may do as much; of agents that is an administrator. */
export function approverOf(role: Role, wanted: Role): Approval['approver'] {
  return coversRole(role, wanted) ? 'house' : wanted === 'agent' ? 'admin' : wanted
}

/** Whether one of this role may ask for it, and may still when it is approved. */
export function mayAsk(role: Role, { kind, approver, about }: Pick<Approval, 'kind' | 'approver' | 'about'>): boolean {
  if (kind === 'export') return role === 'auditor'
  if (!issuers.includes(role)) return false
  return kind !== 'token' || approver !== 'house' || coversRole(role, about['role'] as Role)
}

/** Whether a person of this role is asked to look at it. */
export function mayDecide(role: Role, { approver }: Pick<Approval, 'approver'>): boolean {
  return approver === 'house' ? houseRoles.includes(role) : role === approver
}

/** Who stands for a token has to be one who may ask for it, as long as it is used; `null`: one of the machine's own, issued from a shell. */
export type TokenSponsors = { issuedBy: UserId | null; approvedBy: UserId | null; role: Role }

export function tokenStands(
  token: TokenSponsors,
  personOf: (id: UserId) => { role: Role; enabled: boolean } | undefined,
): boolean {
  if (token.issuedBy === null) return true
  const issuer = personOf(token.issuedBy)
  if (issuer === undefined || !issuer.enabled || !issuers.includes(issuer.role)) return false
  if (coversRole(issuer.role, token.role)) return true
  const approver = token.approvedBy === null ? undefined : personOf(token.approvedBy)
  return approver?.enabled === true && coversRole(approver.role, token.role)
}

/** `by` can act as `as`, actors both: they set that person's password lately, or issued or took on that token. `system` is whoever has a shell. */
export type Reach = { by: string; as: string }

/**
 * Whether nobody could be both: neither is within reach of the other, and nobody reaches both. A person whose password was set with a token that
 * nobody answers for could be anybody.
 */
export function areApart(asker: string, decider: string, reach: readonly Reach[]): boolean {
  const asking = reaching(asker, reach)
  const deciding = reaching(decider, reach)
  const isAnybody = (who: string) => who.startsWith('user:') && reaching(who, reach).has('system')
  if ([...asking, ...deciding].some(isAnybody)) return false
  return ![...asking].some(who => who !== 'system' && deciding.has(who))
}

/** All who could be this one, itself among them. */
function reaching(who: string, reach: readonly Reach[]): Set<string> {
  const found = new Set([who])
  for (const each of found) for (const { by, as } of reach) if (as === each) found.add(by)
  return found
}
