/**
 * Sign-ins that the journal could not take, since the disk was full: whoever comes to make room must get in. Each is written when there is room
 * again, with the instant at which it was; until then the log has it. Bounded: a full disk is no time to let in a crowd.
 */
import type { Fact } from '../centre/facts.ts'
import type { Logger } from '../lib/log.ts'
import { keep, type RecordsDoor } from '../records/door.ts'
import { StoreError } from '../store/port.ts'

type Opened = Extract<Fact, { type: 'session.opened' }>
const owedMax = 200

export class OwedSessions {
  readonly #door: RecordsDoor
  readonly #log: Pick<Logger, 'error'>
  #owed: Opened[] = []
  #isWriting = false

  constructor(door: RecordsDoor, log: Pick<Logger, 'error'>) {
    this.#door = door
    this.#log = log
  }

  /** Resolves when it is written or owed. Rejects when it is neither: too many are owed, or it is not the room that is missing. */
  async open({ user, address }: Omit<Opened, 'type'>): Promise<void> {
    const openedAt = this.#door.clock.now()
    try {
      await this.write()
      await keep(this.#door, `user:${user}`, [{ type: 'session.opened', user, address }])
    } catch (error) {
      if (!(error instanceof StoreError && error.kind === 'full') || this.#owed.length >= owedMax) throw error
      this.#owed.push({ type: 'session.opened', user, address, openedAt })
      this.#log.error({ err: error, user, address }, 'a sign-in goes into the journal later: the disk is full')
    }
  }

  /** Writes what is owed, oldest first; rejects when there is still no room. */
  async write(): Promise<void> {
    if (this.#isWriting) return
    this.#isWriting = true
    try {
      for (let next = this.#owed[0]; next !== undefined; next = this.#owed[0]) {
        await keep(this.#door, `user:${next.user}`, [next])
        this.#owed.shift()
      }
    } finally {
      this.#isWriting = false
    }
  }
}
