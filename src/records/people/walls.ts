/** Screens on the wall: made by a person, opened once by a link, good until they are revoked. Their cookie is kept as a hash, as tokens are. */
import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import { wallsMax } from '../../centre/supervision/wall.ts'
import type { TeamId, UserId, WallId } from '../../lib/ids.ts'
import { idPattern } from '../../lib/ids.ts'
import { secretText } from '../../lib/random.ts'
import type { WallRecord } from '../../store/people/walls.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'

const wallInput = z.strictObject({
  name: z.string().trim().min(1).max(64),
  /** null: all that its maker sees. */
  team: z
    .string()
    .regex(idPattern)
    .transform(id => id as TeamId)
    .nullable(),
})

/** `teams`: those that the maker sees, one of which it may be bound to. */
export function makeWall(
  door: RecordsDoor,
  by: { actor: Actor; person: UserId; teams: readonly TeamId[] },
  given: unknown,
): Promise<WallId> {
  return inTurn(door, async () => {
    const { name, team } = parseInput(wallInput, given)
    if (team !== null && !by.teams.includes(team))
      throw new InvalidInput([{ field: 'team', found: team, allowed: 'a team that you see' }])
    const standing = (await door.store.read('walls.list', {})).filter(({ revokedAt }) => revokedAt === null)
    if (standing.length >= wallsMax) throw new NotNow('walls_full', `there are ${wallsMax} screens: revoke one first`)
    const wall = newId<'wall'>('w')
    await keep(door, by.actor, [{ type: 'wall.made', wall, name, team, by: by.person }])
    return wall
  })
}

/** For another link: the screen shows on with what it has until the link is opened. */
export function linkWall(door: RecordsDoor, actor: Actor, id: WallId): Promise<void> {
  return inTurn(door, async () => {
    await standingWall(door, id)
    await keep(door, actor, [{ type: 'wall.linked', wall: id }])
  })
}

/** The secret for the screen's cookie, which takes the place of the one before. Whoever calls this has seen that the link is good. */
export function openWall(door: RecordsDoor, id: WallId, address: string): Promise<string> {
  return inTurn(door, async () => {
    await standingWall(door, id)
    const secret = secretText(32)
    const hashed = { owner: id, kind: 'wall' as const, value: wallHash(secret) }
    await keep(door, 'system', [{ type: 'wall.opened', wall: id, address }], [hashed])
    return secret
  })
}

export function revokeWall(door: RecordsDoor, actor: Actor, id: WallId): Promise<void> {
  return inTurn(door, async () => {
    await standingWall(door, id)
    await keep(door, actor, [{ type: 'wall.revoked', wall: id }], [{ owner: id, kind: 'wall', value: null }])
  })
}

/** Whose cookie this is, by what is on disk now; null: nobody's. */
export function wallIdOf(door: RecordsDoor, secret: string): WallId | null {
  return door.store.ownerOf('wall', wallHash(secret.slice(0, 200))) as WallId | null
}

async function standingWall(door: RecordsDoor, id: WallId): Promise<WallRecord> {
  const wall = await door.store.read('walls.byId', { id })
  if (wall === null || wall.revokedAt !== null) throw new NotFound('screen', id)
  return wall
}

/** 256 bits of chance: a plain hash cannot be searched. */
function wallHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
