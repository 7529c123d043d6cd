/**
 * Who is signed in. A session is a cookie with an unguessable token, of which only the hash is kept; one a person; idle for 10 minutes it
 * ends, unless the person is an agent whose desk is open (its live connection holds it), or is on a call. Five failures lock a name for 30
 * minutes.
 */
import { createHash } from 'node:crypto'
import type { Role, User } from '../centre/entities.ts'
import type { Actor } from '../centre/facts.ts'
import type { Clock } from '../lib/clock.ts'
import type { UserId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import { secretText } from '../lib/random.ts'
import { keep, type RecordsDoor } from '../records/door.ts'
import { hashPassword, passwordMatches } from '../records/people/password.ts'
import { Attempts } from './attempts.ts'
import { type Guessed, Guesses } from './guesses.ts'
import type { OnCall } from './on-call.ts'
import { OwedSessions } from './owed-sessions.ts'

export const idleMs = 10 * 60_000
/** However busy: longer than the longest shift. */
export const sessionMaxMs = 16 * 3600_000
/** Who listens to calls need touch nothing; for longer than this it may be a headset on an empty desk. */
export const listenMaxMs = 60 * 60_000
const endedMax = 10_000
const seenWriteEveryMs = 60_000

export type SessionEnd = 'signed_out' | 'expired' | 'replaced' | 'agency'

export type Session = {
  id: string
  user: UserId
  role: Role
  createdAt: number
  seenAt: number
  /** When a call last kept it from going idle. */
  onCallAt: number
  address: string
  /** Aborted when the session ends: streams that belong to it end too. */
  ended: AbortController
  /** Open desks. */
  holders: number
  writtenAt: number
}

export type SignIn =
  | { ok: true; token: string; user: User }
  /** `until`: Unix ms. `busy`: too many tries from this address, or at once. */
  | { ok: false; why: 'wrong' | 'locked' | 'busy' | 'agency'; until: number | null }

export type Sessions = {
  signIn(given: { name: string; password: string; address: string }): Promise<SignIn>
  /** The session of a cookie's token; a string says why there is none any more, null that we do not know it. Counts as activity. */
  find(token: string): { session: Session; user: User } | SessionEnd | null
  /** Keeps an agent's session from going idle until the answer is called; other roles are not held. `onEnd`: the session is over. */
  hold(sessionId: string, onEnd?: () => void): () => void
  end(sessionId: string, reason: SessionEnd): void
  /** A person's session, e.g. after a new password. */
  endOf(user: UserId, reason: SessionEnd): void
  /** Ends what is idle, and those whose agency may not work now; called every minute, and when an agency was changed. */
  sweep(): void
  readonly count: number
  /** Since the start: tries to sign in that were refused, and alarms of guessing. */
  readonly guesses: Guesses['figures']
}

export type SessionsArgs = {
  door: RecordsDoor
  clock: Clock
  /** By id, as the floor holds it now; a disabled person is signed out at the next request. */
  userById: (id: UserId) => User | undefined
  userByName: (name: string) => User | undefined
  /** Whether the person's agency may not work now. `busy`: and the person has a call in hand, which is finished first. Left out: nobody's. */
  agencyBar?: (user: User) => 'barred' | 'busy' | null
  /** Who is on a call works, though they touch nothing. Left out: nobody is. */
  onCall?: (user: UserId) => OnCall | null
  /** Hears at once, once in a window, of an address or an account at which passwords are guessed. Left out: nobody does. */
  onGuessed?: (guessed: Guessed) => void
  /** Hears of what could not be written: an audit line, or a session that would outlive its end at the next start. */
  log: Pick<Logger, 'error'>
  /** log2 of scrypt's N; lower in tests. */
  passwordCost?: number
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

export async function createSessions(args: SessionsArgs): Promise<Sessions> {
  const { door, clock } = args
  const live = new Map<string, Session>()
  const ofUser = new Map<UserId, string>()
  const ended = new Map<string, SessionEnd>()
  const attempts = new Attempts(clock)
  const owed = new OwedSessions(door, args.log)
  const guesses = new Guesses({
    clock,
    userOf: name => args.userByName(name)?.id,
    tell: guessed => args.onGuessed?.(guessed),
  })
  // A name that nobody has costs the same work as one that somebody has.
  const nobody = await hashPassword(secretText(24), args.passwordCost)

  function add(session: Session): void {
    live.set(session.id, session)
    ofUser.set(session.user, session.id)
  }

  function end(id: string, reason: SessionEnd): void {
    const session = live.get(id)
    if (session === undefined) return
    live.delete(id)
    if (ofUser.get(session.user) === id) ofUser.delete(session.user)
    ended.set(id, reason)
    if (ended.size > endedMax) ended.delete(ended.keys().next().value as string)
    session.ended.abort()
    journal(`user:${session.user}`, { type: 'session.closed', user: session.user, reason })
    door.store.sessions
      .remove(id)
      .catch(error => args.log.error({ err: error }, 'an ended session could not be removed from the disk'))
  }

  /** The journal's own trouble (disk full) must not keep a person from signing out. */
  function journal(actor: Actor, fact: Parameters<typeof keep>[2][number]): void {
    keep(door, actor, [fact]).catch(error =>
      args.log.error({ err: error, fact: fact.type, actor }, 'a line of the audit trail could not be written'),
    )
  }

  function isOver(session: Session, now: number): boolean {
    if (now - session.createdAt > sessionMaxMs) return true
    const doing = args.onCall?.(session.user) ?? null
    if (doing === 'talks' || (doing === 'listens' && now - session.seenAt <= listenMaxMs)) session.onCallAt = now
    return session.holders === 0 && now - Math.max(session.seenAt, session.onCallAt) > idleMs
  }

  const people = await door.store.read('users.list', {})
  for (const { name, lockedUntil } of people)
    if (lockedUntil !== null && lockedUntil > clock.now()) attempts.lock(name, lockedUntil)
  for (const kept of await door.store.sessions.list()) {
    const user = args.userById(kept.user)
    if (user !== undefined) attempts.cameFrom(user.name, kept.address, kept.createdAt)
    if (user === undefined || !user.enabled || ofUser.has(user.id)) continue
    const now = clock.now() // idleness is counted from here: while we were away nobody could come
    add(newSession({ id: kept.tokenHash, user, createdAt: kept.createdAt, now, address: kept.address }))
  }

  // Wherever a new password was set (a page, the API, a shell): who was in with the old one is out, and a lock is lifted. Who was disabled or
  // given another role is out too, at once: an open live page asks for nothing, so no request would find it out.
  door.store.onCommitted(lines => {
    for (const { fact } of lines) {
      if (fact.type === 'user.saved') {
        const id = ofUser.get(fact.user.id)
        const session = id === undefined ? undefined : live.get(id)
        if (session && (!fact.user.enabled || fact.user.role !== session.role)) end(session.id, 'signed_out')
      }
      if (fact.type === 'agent.signedOff') endBarred()
      if (fact.type !== 'user.passwordSet') continue
      const id = ofUser.get(fact.user)
      if (id !== undefined) end(id, 'signed_out')
      const name = args.userById(fact.user)?.name
      if (name !== undefined) attempts.succeeded(name, null)
    }
  })

  /** Whose agency was suspended, or whose contract is over, is out, as soon as no call is in hand. */
  function endBarred(): void {
    for (const session of live.values()) {
      const user = args.userById(session.user)
      if (user?.agency && args.agencyBar?.(user) === 'barred') end(session.id, 'agency')
    }
  }

  return {
    async signIn({ name, password, address }) {
      const release = await attempts.begin()
      if (release === null) return { ok: false, why: 'busy', until: null }
      try {
        const barred = attempts.barred(name, address)
        if (barred !== null) {
          guesses.refused(name, address)
          return { ok: false, why: barred.why, until: barred.until }
        }
        const user = args.userByName(name)
        const hash = user === undefined ? null : door.store.secret(user.id, 'password')
        const matches = await passwordMatches(password, hash ?? nobody)
        if (!matches || user === undefined || hash === null || !user.enabled) {
          const failure = attempts.failed(name, address)
          guesses.refused(name, address)
          // What was typed may be a password: only a name that exists goes into the journal.
          const known = user?.name ?? '(unknown)'
          if (failure.worthNoting)
            journal('system', { type: 'session.refused', name: known, address, reason: 'wrong name or password' })
          if (failure.lockedUntil !== null && user !== undefined)
            journal('system', { type: 'user.locked', user: user.id, until: failure.lockedUntil })
          return failure.lockedUntil === null
            ? { ok: false, why: 'wrong', until: null }
            : { ok: false, why: 'locked', until: failure.lockedUntil }
        }
        if (user.agency && args.agencyBar?.(user)) {
          journal('system', {
            type: 'session.refused',
            name: user.name,
            address,
            reason: 'the agency may not work now',
          })
          return { ok: false, why: 'agency', until: null }
        }
        attempts.succeeded(name, address)
        const token = secretText(32)
        const now = clock.now()
        const id = hashToken(token)
        await owed.open({ user: user.id, address })
        const former = ofUser.get(user.id)
        if (former !== undefined) end(former, 'replaced')
        add(newSession({ id, user, createdAt: now, now, address }))
        const row = { tokenHash: id, user: user.id, createdAt: now, seenAt: now, address }
        await door.store.sessions
          .put(row)
          .catch(error => args.log.error({ err: error }, 'a session could not be written: a restart ends it'))
        return { ok: true, token, user }
      } finally {
        release()
      }
    },

    find(token) {
      const id = hashToken(token)
      const session = live.get(id)
      if (session === undefined) return ended.get(id) ?? null
      const now = clock.now()
      const user = args.userById(session.user)
      if (user === undefined || !user.enabled) {
        end(id, 'signed_out')
        return 'signed_out'
      }
      if (user.agency && args.agencyBar?.(user) === 'barred') {
        end(id, 'agency')
        return 'agency'
      }
      if (isOver(session, now)) {
        end(id, 'expired')
        return 'expired'
      }
      session.seenAt = now
      session.role = user.role
      if (now - session.writtenAt > seenWriteEveryMs) {
        session.writtenAt = now
        const { createdAt, address } = session
        door.store.sessions.put({ tokenHash: id, user: user.id, createdAt, seenAt: now, address }).catch(() => {})
      }
      return { session, user }
    },

    hold(id, onEnd) {
      const session = live.get(id)
      if (session === undefined) {
        onEnd?.()
        return () => {}
      }
      const { signal } = session.ended
      if (onEnd !== undefined) signal.addEventListener('abort', onEnd, { once: true })
      const forget = () => onEnd && signal.removeEventListener('abort', onEnd)
      if (session.role !== 'agent') return forget
      session.holders++
      let held = true
      return () => {
        if (!held) return
        held = false
        forget()
        session.holders--
        session.seenAt = clock.now()
      }
    },

    end,

    endOf(user, reason) {
      const id = ofUser.get(user)
      if (id !== undefined) end(id, reason)
    },

    sweep() {
      const now = clock.now()
      for (const session of live.values()) if (isOver(session, now)) end(session.id, 'expired')
      endBarred()
      attempts.sweep()
      owed.write().catch(() => {}) // there is still no room: in a minute again
    },

    get count() {
      return live.size
    },

    get guesses() {
      return guesses.figures
    },
  }
}

function newSession(given: { id: string; user: User; createdAt: number; now: number; address: string }): Session {
  const { id, user, createdAt, now, address } = given
  return {
    id,
    user: user.id,
    role: user.role,
    createdAt,
    seenAt: now,
    onCallAt: 0,
    address,
    ended: new AbortController(),
    holders: 0,
    writtenAt: now,
  }
}
