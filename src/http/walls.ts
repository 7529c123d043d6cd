/**
 * The sessions of screens on the wall: a second kind beside those of people, with a cookie of its own name that no page of a person asks for. A
 * link is good for ten minutes and for one opening, and is known in memory only; what it is exchanged for is good for ninety days after it was
 * used last. Whether a screen still stands is asked anew of the floor and the store whenever it asks for anything, and while its stream is open.
 */
import { createHash } from 'node:crypto'
import type { User } from '../centre/entities.ts'
import type { FloorState } from '../centre/state.ts'
import { type WallStanding, wallLinkMs, wallMaker, wallStanding } from '../centre/supervision/wall.ts'
import type { Clock } from '../lib/clock.ts'
import type { WallId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import { secretBytes } from '../lib/random.ts'
import type { RecordsDoor } from '../records/door.ts'
import { openWall, wallIdOf } from '../records/people/walls.ts'
import type { WallRecord } from '../store/people/walls.ts'

const seenWriteEveryMs = 10 * 60_000
/** Links that wait at once; the oldest goes first. */
const linksMax = 200

/** A screen that stands, and through whose eyes it looks. */
export type WallSeat = { wall: WallRecord; maker: User; token: string }

type Seen = { at: number; address: string; writtenAt: number }

export class Walls {
  readonly #door: RecordsDoor
  readonly #clock: Clock
  readonly #floor: () => FloorState
  readonly #log: Pick<Logger, 'error'>
  /** By the hash of their key. */
  readonly #links = new Map<string, { wall: WallId; until: number }>()
  readonly #seen = new Map<WallId, Seen>()
  /** How to end the open streams of each. */
  readonly #streams = new Map<WallId, Set<() => void>>()

  constructor(args: { door: RecordsDoor; clock: Clock; floor: () => FloorState; log: Pick<Logger, 'error'> }) {
    this.#door = args.door
    this.#clock = args.clock
    this.#floor = args.floor
    this.#log = args.log
    args.door.store.onCommitted(lines => {
      for (const { fact } of lines)
        if (fact.type === 'wall.revoked' || fact.type === 'wall.opened') this.#endStreams(fact.wall)
    })
  }

  /** The key of a new link; the one before of the same screen is good no more. */
  link(wall: WallId): string {
    const now = this.#clock.now()
    for (const [hash, link] of this.#links) if (link.wall === wall || link.until <= now) this.#links.delete(hash)
    if (this.#links.size >= linksMax) this.#links.delete(this.#links.keys().next().value!)
    const key = linkKey()
    this.#links.set(hashOf(key), { wall, until: now + wallLinkMs })
    return key
  }

  /** The secret for the screen's cookie; null: the link is not good, or not any more. Rejects when it cannot be written; then the link stays good. */
  async open(key: string, address: string): Promise<string | null> {
    const hash = hashOf(key)
    const link = this.#links.get(hash)
    if (link === undefined) return null
    this.#links.delete(hash) // before anything is waited for: of two at once one gets in
    if (link.until <= this.#clock.now()) return null
    const wall = await this.#door.store.read('walls.byId', { id: link.wall })
    if (wall === null || wall.revokedAt !== null || wallMaker(this.#floor(), wall) === null) return null
    try {
      const token = await openWall(this.#door, wall.id, address)
      this.#note(wall.id, address)
      return token
    } catch (error) {
      this.#links.set(hash, link)
      throw error
    }
  }

  /** Whose cookie this is; counts as use. null: nobody's, or of a screen that stands no more. */
  async find(token: string, address: string): Promise<WallSeat | null> {
    const id = wallIdOf(this.#door, token)
    const wall = id === null ? null : await this.#door.store.read('walls.byId', { id })
    if (wall === null) return null
    const seat = { wall: this.withSeen(wall), token }
    const maker = this.#makerOf(seat)
    if (maker === null) return null
    this.#note(wall.id, address)
    return { ...seat, maker }
  }

  /** An open stream: counts as use, and is ended by `onEnd` when the screen is revoked or opened elsewhere. */
  hold({ wall, token }: WallSeat, onEnd: () => void): () => void {
    const streams = this.#streams.get(wall.id) ?? new Set()
    this.#streams.set(wall.id, streams.add(onEnd))
    if (wallIdOf(this.#door, token) !== wall.id) onEnd() // revoked since it was found
    return () => {
      streams.delete(onEnd)
      if (streams.size === 0) this.#streams.delete(wall.id)
      this.#note(wall.id, this.#seen.get(wall.id)?.address ?? '')
    }
  }

  /** Whether a stream that is open may go on: its maker may be gone, or lead the team no longer. */
  stands({ wall, token }: WallSeat): boolean {
    return wallIdOf(this.#door, token) === wall.id && this.#makerOf({ wall: this.withSeen(wall) }) !== null
  }

  standing(wall: WallRecord): WallStanding {
    return wallStanding(this.#floor(), this.withSeen(wall), this.#clock.now())
  }

  isShowing(wall: WallId): boolean {
    return this.#streams.has(wall)
  }

  /** With when it was seen last by what is known here, which is newer than what is on disk. */
  withSeen(wall: WallRecord): WallRecord {
    const seen = this.#seen.get(wall.id)
    return seen === undefined ? wall : { ...wall, seenAt: seen.at, seenFrom: seen.address }
  }

  /** Called every minute: who has a stream open is there. */
  sweep(): void {
    for (const id of this.#streams.keys()) this.#note(id, this.#seen.get(id)?.address ?? '')
  }

  #makerOf({ wall }: { wall: WallRecord }): User | null {
    const floor = this.#floor()
    return wallStanding(floor, wall, this.#clock.now()) === 'open' ? wallMaker(floor, wall) : null
  }

  #note(wall: WallId, address: string): void {
    const at = this.#clock.now()
    const before = this.#seen.get(wall)
    const isDue = before === undefined || before.address !== address || at - before.writtenAt > seenWriteEveryMs
    this.#seen.set(wall, { at, address, writtenAt: isDue ? at : before.writtenAt })
    if (!isDue) return
    this.#door.store
      .operate('wall.seen', { wall, seenAt: at, address })
      .catch(error => this.#log.error({ err: error, wall }, 'when a screen was seen could not be written'))
  }

  #endStreams(wall: WallId): void {
    for (const end of [...(this.#streams.get(wall) ?? [])]) end()
  }
}

/** No letter that is read as another: it may have to be typed with the remote control of a television. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** 59 bits of chance for ten minutes, in three groups of four: `k7mp-3q9x-w2dn`. */
function linkKey(): string {
  let key = ''
  while (key.length < 14) {
    if (key.length === 4 || key.length === 9) key += '-'
    const [byte = 255] = secretBytes(1)
    if (byte < letters.length * 8) key += letters[byte % letters.length]
  }
  return key
}

/** As it was typed: in capitals, with or without the dashes. */
function hashOf(key: string): string {
  const typed = key
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
  return createHash('sha256').update(typed).digest('base64')
}
