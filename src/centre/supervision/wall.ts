/**
 * A screen on the wall that shows the wallboard with nobody signed in: of the team that it was made for, or of all that its maker sees. It shows
 * nothing that its maker may not see, as things stand now: who is disabled, or leads the team no longer, takes it along.
 */
import type { TeamId, UserId } from '../../lib/ids.ts'
import { leadingRoles, teamsSeen } from '../agents/team.ts'
import type { Role, User } from '../entities.ts'
import type { FloorState } from '../state.ts'

export const wallRoles: readonly Role[] = ['supervisor', 'admin']
/** Of a centre at once, without those that were revoked. */
export const wallsMax = 100
/** For how long a screen may be off and come back by itself. */
export const wallIdleMs = 90 * 86_400_000
/** For how long its link is good, and for one opening. */
export const wallLinkMs = 10 * 60_000

/** Instants are Unix ms. `team` null: all that the maker sees; `linkedAt`: when it was last given a link. */
export type Wall = {
  team: TeamId | null
  madeBy: UserId
  linkedAt: number
  openedAt: number | null
  seenAt: number | null
  revokedAt: number | null
}

/** Why nobody's eyes are left to look through. `noTeamLed`: supervisors without a team see nobody, by the setting. */
export type WallFall = 'makerDisabled' | 'makerRole' | 'teamRemoved' | 'teamNotLed' | 'noTeamLed'

/** `linked`: its link waits; `lapsed`: nobody opened it in time; `idle`: not seen for too long; the others: its maker may not see this any more. */
export type WallStanding = 'linked' | 'lapsed' | 'open' | 'idle' | 'revoked' | WallFall

export function wallStanding(state: FloorState, wall: Wall, now: number): WallStanding {
  if (wall.revokedAt !== null) return 'revoked'
  const fall = wallFall(state, wall)
  if (fall !== null) return fall
  if (wall.openedAt === null) return now - wall.linkedAt > wallLinkMs ? 'lapsed' : 'linked'
  return now - Math.max(wall.openedAt, wall.seenAt ?? 0) > wallIdleMs ? 'idle' : 'open'
}

/** Through whose eyes it looks; null: nobody's any more. */
export function wallMaker(state: FloorState, wall: Pick<Wall, 'madeBy' | 'team'>): User | null {
  return wallFall(state, wall) === null ? (state.users.get(wall.madeBy) ?? null) : null
}

/** null: its maker sees what it shows. */
export function wallFall(state: FloorState, { madeBy, team }: Pick<Wall, 'madeBy' | 'team'>): WallFall | null {
  const maker = state.users.get(madeBy)
  if (maker === undefined || !maker.enabled) return 'makerDisabled'
  if (!wallRoles.includes(maker.role)) return 'makerRole'
  const seen = teamsSeen(state, maker)
  if (team !== null && !state.teams.has(team)) return 'teamRemoved'
  if (team !== null) return seen.some(({ id }) => id === team) ? null : 'teamNotLed'
  return leadingRoles.includes(maker.role) && seen.length === 0 && !state.leaderlessSeeAll ? 'noTeamLed' : null
}
