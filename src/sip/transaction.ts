/**
 * The four state machines of RFC 3261 §17 with the corrections of RFC 6026: one function per state, from an input to the next state. They know
 * bytes and timers; what a message means is their owner's affair.
 */
import type { Destination, Flow } from './events.ts'
import type { HeaderLine, Request, Response } from './message.ts'
import type { Sleeper } from './timers.ts'

/** RFC 3261 §17.1.1.1, milliseconds. */
export const t1Ms = 500
export const t2Ms = 4_000
export const t4Ms = 5_000
export const giveUpMs = 64 * t1Ms

/** A request of ours, before its Via. */
export type RequestDraft = {
  method: string
  uri: string
  /** Everything but Via and Content-Length. */
  lines: HeaderLine[]
  body: string
  destination: Destination
}

export type Failure = 'timeout' | 'transport'

/** Who is told. A method must not throw; it may use the transaction layer. */
export type ClientOwner = {
  onResponse(response: Response, transaction: ClientTransaction, now: number): void
  onFailure(failure: Failure, transaction: ClientTransaction, now: number): void
}
export type ServerOwner = {
  /** Our final response to an INVITE was never acknowledged. */
  onUnacknowledged(transaction: ServerTransaction, now: number): void
}

type Common = Sleeper & {
  key: string
  /** UDP: we retransmit. */
  reliable: boolean
  resendAt: number | null
  resendMs: number
  endAt: number | null
}

export type ClientTransaction = Common & {
  side: 'client'
  invite: boolean
  state: 'trying' | 'proceeding' | 'accepted' | 'completed' | 'terminated'
  draft: RequestDraft
  /** Value of our Via; CANCEL and the ACK to a refusal repeat it. */
  via: string
  bytes: Buffer | null
  ack: Buffer | null
  owner: ClientOwner
  /** Not waited for any longer than this, whatever provisional response still comes; null: its owner waits. */
  expiresAt: number | null
}

export type ServerTransaction = Common & {
  side: 'server'
  invite: boolean
  state: 'trying' | 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated'
  request: Request
  flow: Flow
  /** The last response, repeated when the request is. */
  bytes: Buffer | null
  owner: ServerOwner | null
}

export type Transaction = ClientTransaction | ServerTransaction

export type ClientInput =
  | { type: 'start' }
  | { type: 'response'; response: Response }
  | { type: 'resend' }
  | { type: 'end' }
  | { type: 'transportFailed' }

export type ServerInput =
  | { type: 'request'; request: Request }
  | { type: 'respond'; status: number; bytes: Buffer }
  | { type: 'resend' }
  | { type: 'end' }

/** What a state may do beside going to another. */
export type ClientActions = {
  send(transaction: ClientTransaction, bytes: Buffer): void
  acknowledge(transaction: ClientTransaction, response: Response): Buffer
}
export type ServerActions = { send(transaction: ServerTransaction, bytes: Buffer): void }

type ClientStep = (
  t: ClientTransaction,
  input: ClientInput,
  act: ClientActions,
  now: number,
) => ClientTransaction['state']
type ServerStep = (
  t: ServerTransaction,
  input: ServerInput,
  act: ServerActions,
  now: number,
) => ServerTransaction['state']

export const inviteClient: Record<ClientTransaction['state'], ClientStep> = {
  /** §17.1.1.2 "Calling": timers A and B. */
  trying(t, input, act, now) {
    switch (input.type) {
      case 'start':
        act.send(t, t.bytes!)
        startTimers(t, now, t1Ms, giveUpMs)
        return 'trying'
      case 'resend':
        act.send(t, t.bytes!)
        resendAfter(t, now, t.resendMs * 2)
        return 'trying'
      case 'response':
        return inviteAnswered(t, input.response, act, now)
      case 'end':
        t.owner.onFailure('timeout', t, now)
        return 'terminated'
      case 'transportFailed':
        t.owner.onFailure('transport', t, now)
        return 'terminated'
    }
  },
  /** The far end has it: no more retransmissions, and its user decides how long it rings. */
  proceeding(t, input, act, now) {
    if (input.type === 'response') return inviteAnswered(t, input.response, act, now)
    if (input.type !== 'end') return 'proceeding'
    t.owner.onFailure('timeout', t, now) // nobody waits for it any longer: its call is over
    return 'terminated'
  },
  /** RFC 6026 §7.2: repeated and forked 2xx are the user's to acknowledge, until timer M. */
  accepted(t, input, _act, now) {
    if (input.type === 'end') return 'terminated'
    if (input.type === 'response' && isSuccess(input.response)) t.owner.onResponse(input.response, t, now)
    return 'accepted'
  },
  /** A refusal repeated is acknowledged again, until timer D. */
  completed(t, input, act) {
    if (input.type === 'end') return 'terminated'
    if (input.type === 'response' && input.response.status >= 300) act.send(t, t.ack!)
    return 'completed'
  },
  terminated: () => 'terminated',
}

function inviteAnswered(
  t: ClientTransaction,
  response: Response,
  act: ClientActions,
  now: number,
): ClientTransaction['state'] {
  stopTimers(t)
  t.bytes = null
  if (response.status < 200) {
    t.endAt = t.expiresAt
    t.owner.onResponse(response, t, now)
    return t.state === 'terminated' ? 'terminated' : 'proceeding'
  }
  if (isSuccess(response)) {
    endAfter(t, now, giveUpMs)
    t.owner.onResponse(response, t, now)
    return 'accepted'
  }
  t.ack = act.acknowledge(t, response)
  act.send(t, t.ack)
  endAfter(t, now, t.reliable ? 0 : giveUpMs)
  t.owner.onResponse(response, t, now)
  return 'completed'
}

export const nonInviteClient: Record<ClientTransaction['state'], ClientStep> = {
  /** §17.1.2.2: timers E and F. */
  trying(t, input, act, now) {
    switch (input.type) {
      case 'start':
        act.send(t, t.bytes!)
        startTimers(t, now, t1Ms, giveUpMs)
        return 'trying'
      case 'resend':
        act.send(t, t.bytes!)
        resendAfter(t, now, t.state === 'proceeding' ? t2Ms : Math.min(t.resendMs * 2, t2Ms))
        return t.state
      case 'response':
        if (input.response.status < 200) {
          t.owner.onResponse(input.response, t, now)
          return 'proceeding'
        }
        stopTimers(t)
        t.bytes = null
        endAfter(t, now, t.reliable ? 0 : t4Ms)
        t.owner.onResponse(input.response, t, now)
        return 'completed'
      case 'end':
        t.owner.onFailure('timeout', t, now)
        return 'terminated'
      case 'transportFailed':
        t.owner.onFailure('transport', t, now)
        return 'terminated'
    }
  },
  /** Goes on retransmitting, every T2, until a final response or timer F. */
  proceeding: (t, input, act, now) => nonInviteClient.trying(t, input, act, now),
  /** Absorbs repeated responses until timer K. */
  completed: (_t, input) => (input.type === 'end' ? 'terminated' : 'completed'),
  accepted: () => 'terminated',
  terminated: () => 'terminated',
}

export const inviteServer: Record<ServerTransaction['state'], ServerStep> = {
  trying: (t, input, act, now) => inviteServer.proceeding(t, input, act, now),
  /** §17.2.1. */
  proceeding(t, input, act, now) {
    if (input.type === 'request' && t.bytes !== null && input.request.method === 'INVITE') act.send(t, t.bytes)
    if (input.type !== 'respond') return 'proceeding'
    act.send(t, input.bytes)
    if (input.status < 200) {
      t.bytes = input.bytes
      return 'proceeding'
    }
    if (input.status < 300) {
      t.bytes = null
      endAfter(t, now, giveUpMs)
      return 'accepted'
    }
    t.bytes = input.bytes
    startTimers(t, now, t1Ms, giveUpMs)
    return 'completed'
  },
  /** RFC 6026 §7.1: repeated INVITEs are absorbed; the user repeats its 2xx until the ACK or timer L. */
  accepted(t, input, act) {
    if (input.type === 'respond') act.send(t, input.bytes)
    return input.type === 'end' ? 'terminated' : 'accepted'
  },
  /** Timers G and H. */
  completed(t, input, act, now) {
    switch (input.type) {
      case 'request':
        if (input.request.method === 'ACK') {
          stopTimers(t)
          endAfter(t, now, t.reliable ? 0 : t4Ms)
          return 'confirmed'
        }
        act.send(t, t.bytes!)
        return 'completed'
      case 'resend':
        act.send(t, t.bytes!)
        resendAfter(t, now, Math.min(t.resendMs * 2, t2Ms))
        return 'completed'
      case 'respond':
        return 'completed'
      case 'end':
        t.owner?.onUnacknowledged(t, now)
        return 'terminated'
    }
  },
  /** Absorbs repeated ACKs until timer I. */
  confirmed: (_t, input) => (input.type === 'end' ? 'terminated' : 'confirmed'),
  terminated: () => 'terminated',
}

export const nonInviteServer: Record<ServerTransaction['state'], ServerStep> = {
  /** §17.2.2: nothing to repeat yet. */
  trying(t, input, act, now) {
    if (input.type === 'request' && t.bytes !== null) act.send(t, t.bytes)
    if (input.type !== 'respond') return t.state
    act.send(t, input.bytes)
    t.bytes = input.bytes
    if (input.status < 200) return 'proceeding'
    endAfter(t, now, t.reliable ? 0 : giveUpMs)
    return 'completed'
  },
  proceeding: (t, input, act, now) => nonInviteServer.trying(t, input, act, now),
  /** The answer is repeated for each repeated request until timer J. */
  completed(t, input, act) {
    if (input.type === 'request') act.send(t, t.bytes!)
    return input.type === 'end' ? 'terminated' : 'completed'
  },
  accepted: () => 'terminated',
  confirmed: () => 'terminated',
  terminated: () => 'terminated',
}

export function isSuccess(response: Response): boolean {
  return response.status >= 200 && response.status < 300
}

function startTimers(t: Common, now: number, firstMs: number, lastMs: number): void {
  if (!t.reliable) resendAfter(t, now, firstMs)
  endAfter(t, now, lastMs)
}

function resendAfter(t: Common, now: number, ms: number): void {
  t.resendMs = ms
  t.resendAt = now + ms
}

function endAfter(t: Common, now: number, ms: number): void {
  t.endAt = now + ms
}

function stopTimers(t: Common): void {
  t.resendAt = null
  t.endAt = null
}
