/**
 * Session timers (RFC 4028): a call whose far end is gone without a BYE is noticed by a refresh that fails or does not come. Who refreshes is
 * agreed on in each INVITE and UPDATE; a far end that knows no session timers is asked by OPTIONS now and then whether it still knows the call.
 */
import { parseCount, parseParameters, Scanner } from './grammar.ts'
import { parseTokens } from './headers.ts'
import { type HeaderLine, header, headerLines, type Message, type Request, type Response } from './message.ts'
import type { Sleeper, Timers } from './timers.ts'

/** Seconds; the defaults of RFC 4028 §4 and §5. */
export type SessionTimes = { wantedS: number; leastS: number }
export const sessionTimes: SessionTimes = { wantedS: 1_800, leastS: 90 }

/** Nobody needs more than a day, and a number of milliseconds must stay one. */
const longestS = 86_400
/** A refresh that was refused for the moment is tried again after this, until the session is over. */
const retryMs = 10_000
/** 422 answers to one request: each may ask for more than the last. */
export const raisesMax = 3

export type SessionExpires = { seconds: number; refresher: 'uac' | 'uas' | null }

/** `1800;refresher=uac`; null when it is none. */
export function parseSessionExpires(value: string): SessionExpires | null {
  const scan = new Scanner(value)
  const seconds = parseCount(scan.token(), 2 ** 31 - 1)
  const parameters = parseParameters(scan)
  scan.space()
  if (seconds === null || parameters === null || !scan.done) return null
  const refresher = parameters.get('refresher')?.toLowerCase()
  return { seconds, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : null }
}

/** Min-SE: `90` with parameters that nobody uses. */
export function parseMinSe(value: string | null): number | null {
  return value === null ? null : parseCount(new Scanner(value).token(), 2 ** 31 - 1)
}

/** The Min-SE line of a 422, when their interval is below what we take (§8.1; only for those who understand it). */
export function tooBrief(request: Request, { leastS }: SessionTimes): HeaderLine | null {
  const line = header(request, 'session-expires')
  const asked = line === null ? null : parseSessionExpires(line)
  return asked !== null && asked.seconds < leastS && knowsTimers(request) ? ['Min-SE', String(leastS)] : null
}

/** What a 422 asks for, when it is more than `leastS` and no more than a day. */
export function raisedLeast(answer: Response, leastS: number): number | null {
  const least = parseMinSe(header(answer, 'min-se'))
  return least !== null && least > leastS && least <= longestS ? least : null
}

/** Lines of an INVITE or UPDATE of ours. */
export function sessionLines(times: SessionTimes, refresher: 'uac' | 'uas' | null = null): HeaderLine[] {
  const seconds = Math.max(times.wantedS, times.leastS)
  return [
    ['Session-Expires', `${seconds}${refresher === null ? '' : `;refresher=${refresher}`}`],
    ['Min-SE', String(times.leastS)],
  ]
}

export type SessionTimerOptions = {
  timers: Timers
  times: SessionTimes
  /** Send a refresh. */
  refresh(now: number): void
  /** Ask a far end without session timers whether it still knows the call. */
  probe(now: number): void
  /** No refresh came, or none of ours succeeded: the call is over. */
  expire(now: number): void
}

export class SessionTimer implements Sleeper {
  readonly #options: SessionTimerOptions
  /** Ours, raised by 422 and by the far end's Min-SE. */
  #leastS: number
  #intervalS: number
  #weRefresh: boolean | null = null
  #mode: 'off' | 'refresh' | 'expect' | 'probe' = 'off'
  #refreshAt: number | null = null
  #endAt: number | null = null
  #raises = 0
  wakeAt: number | null = null
  queuedAt: number | null = null

  constructor(options: SessionTimerOptions) {
    this.#options = options
    this.#leastS = options.times.leastS
    this.#intervalS = Math.max(options.times.wantedS, options.times.leastS)
  }

  /** Lines of an INVITE or UPDATE of ours. Within a session the refresher stays who it was (§7.4). */
  requestLines(): HeaderLine[] {
    const refresher = this.#weRefresh === null ? null : this.#weRefresh ? 'uac' : 'uas'
    return sessionLines({ wantedS: this.#intervalS, leastS: this.#leastS }, refresher)
  }

  /** Their 2xx to an INVITE or UPDATE of ours. */
  onAnswer(answer: Response, now: number): void {
    this.#raises = 0
    const line = header(answer, 'session-expires')
    const agreed = line === null ? null : parseSessionExpires(line)
    if (agreed === null) this.#begin('probe', this.#options.times.wantedS, now)
    else this.#begin(agreed.refresher === 'uas' ? 'expect' : 'refresh', agreed.seconds, now)
  }

  /** Their 422 to ours (§7.3): true when it is worth another try with a longer interval. */
  onTooBrief(answer: Response): boolean {
    const least = raisedLeast(answer, this.#leastS)
    if (least === null || this.#raises++ >= raisesMax) return false
    this.#leastS = least
    this.#intervalS = Math.max(this.#intervalS, least)
    return true
  }

  /** Lines of our 2xx to their INVITE or UPDATE; the time runs from now (§9). */
  answer(request: Request, now: number): HeaderLine[] {
    if (!knowsTimers(request)) {
      this.#begin('probe', this.#options.times.wantedS, now)
      return []
    }
    const { times } = this.#options
    const line = header(request, 'session-expires')
    const asked = line === null ? null : parseSessionExpires(line)
    const least = Math.min(longestS, Math.max(times.leastS, parseMinSe(header(request, 'min-se')) ?? 0))
    const seconds = Math.max(least, Math.min(asked?.seconds ?? times.wantedS, Math.max(times.wantedS, least)))
    const refresher = asked?.refresher ?? 'uas'
    this.#leastS = Math.max(this.#leastS, least)
    this.#begin(refresher === 'uas' ? 'refresh' : 'expect', seconds, now)
    return [
      ['Require', 'timer'],
      ['Session-Expires', `${seconds};refresher=${refresher}`],
    ]
  }

  /** Our refresh was refused, though the far end still knows the call; or what we asked did not get there. */
  onRefused(now: number): void {
    if (this.#mode !== 'refresh' && this.#mode !== 'probe') return
    this.#refreshAt = now + retryMs
    this.#sleep()
  }

  /** Our OPTIONS was answered. */
  onAlive(now: number): void {
    if (this.#mode === 'probe') this.#begin('probe', this.#intervalS, now)
  }

  stop(): void {
    this.#mode = 'off'
    this.#options.timers.set(this, null)
  }

  wake(now: number): void {
    if (this.#mode === 'off') return
    if (this.#endAt !== null && now >= this.#endAt) {
      this.stop()
      this.#options.expire(now)
      return
    }
    const due = this.#refreshAt !== null && now >= this.#refreshAt
    if (due) this.#refreshAt = null
    this.#sleep()
    if (!due) return
    if (this.#mode === 'probe') this.#options.probe(now)
    else this.#options.refresh(now)
  }

  /** §10: the refresher at half time; the end is told a little before the far end would believe it. */
  #begin(mode: 'refresh' | 'expect' | 'probe', seconds: number, now: number): void {
    // Less than the least was never agreed on by us: a far end that says so would have us refresh without pause.
    this.#intervalS = Math.min(longestS, Math.max(seconds, this.#options.times.leastS))
    this.#mode = mode
    this.#weRefresh = mode === 'probe' ? null : mode === 'refresh'
    const ms = this.#intervalS * 1_000
    this.#refreshAt = mode === 'expect' ? null : now + ms / 2
    this.#endAt = mode === 'probe' ? null : now + ms - Math.min(32_000, ms / 3)
    this.#sleep()
  }

  #sleep(): void {
    const [refreshAt, endAt] = [this.#refreshAt ?? Number.POSITIVE_INFINITY, this.#endAt ?? Number.POSITIVE_INFINITY]
    const at = Math.min(refreshAt, endAt)
    this.#options.timers.set(this, at === Number.POSITIVE_INFINITY ? null : at)
  }
}

function knowsTimers(message: Message): boolean {
  return headerLines(message, 'supported').flatMap(parseTokens).includes('timer')
}
