/**
 * The calls that we place: to customers by a trunk's targets, one after the other, and to agents' desk phones, whose leg of the shift is rung
 * again when it was lost. Also how long either may ring.
 */
import { isIP } from 'node:net'
import { isOfTheNetwork } from '../centre/trunks/trunk-rules.ts'
import type { PhoneEffect } from '../engine/ports.ts'
import { formatHost } from '../lib/host.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { Binding, SessionId, UaEvent } from '../sip/events.ts'
import type { Leg } from './leg.ts'
import type { Legs } from './legs.ts'
import type { PhoneOptions } from './phone-options.ts'
import { redirectOn } from './redirects.ts'
import { inviteOn } from './trunk-call.ts'

/** Time a nailed desk phone may ring until it picks up. */
const nailedRingMs = 30_000
/** After a CANCEL the carrier's last word is waited for so long; it takes a round trip. */
const lateMs = 2_000
const noAnswerQ850 = 19
export const rungOut = { by: 'system', cause: 'timeout', sipStatus: 487, q850: noAnswerQ850 } as const

type Dial = Extract<PhoneEffect, { type: 'phone.dial' }>
type Ring = Extract<PhoneEffect, { type: 'phone.ring' }>

export class Outgoing {
  readonly #options: PhoneOptions
  readonly #legs: Legs

  constructor(options: PhoneOptions, legs: Legs) {
    this.#options = options
    this.#legs = legs
  }

  dial({ leg: id, call, trunk, number, callerId, ringMs, progressMs }: Dial): void {
    const { lines } = this.#options
    const leg = this.#legs.make(id, call, { kind: 'trunk', trunk }, callerId, ringMs)
    leg.progressMs = progressMs ?? null
    const destination = lines.destination(trunk)
    const config = lines.trunk(trunk)
    if (!destination || !config) {
      this.#legs.over(leg, { by: 'system', cause: 'unreachable', sipStatus: null, q850: 38 })
      return
    }
    leg.invite = sdp => this.#invite(leg, { trunk, number, callerId, sdp })
    this.#legs.open(leg, destination.address, leg.invite)
  }

  /** To the target of the trunk that is the best now; null when there is none, or none that our media address is of use to. */
  #invite(
    leg: Leg,
    { trunk, number, callerId, sdp }: { trunk: TrunkId; number: string; callerId: string; sdp: string },
  ): SessionId | null {
    const { lines, ua } = this.#options
    const [destination, config, at] = [lines.destination(trunk), lines.trunk(trunk), lines.host(trunk)]
    if (!destination || !config || at === null) return null
    const host = this.#options.localAddress(destination.address)
    leg.target = destination
    const password = lines.password(trunk)
    const routes = lines.routes(trunk)
    const spec = inviteOn({ trunk: config, destination, at, routes, host, number, callerId, password, sdp })
    return ua.invite({ ...spec, redirect: redirectOn(config, spec, lines.addresses(trunk)) }, this.#options.now())
  }

  /** The next target of the same trunk, when this one could not be reached or says that it cannot now, and nobody was rung (RFC 3263 §4.3). */
  triesNext(
    leg: Leg,
    event: Pick<Extract<UaEvent, { type: 'failed' }>, 'by' | 'status' | 'q850' | 'retryAfterS'>,
  ): boolean {
    const { target, invite } = leg
    if (leg.phase !== 'calling' || leg.far.kind !== 'trunk' || !target || !invite || leg.heard === 'progress')
      return false
    const saysNotHere = event.by === 'remote' && event.status === 503 && isOfTheNetwork(event.q850)
    if (event.by !== 'transport' && event.by !== 'timeout' && !saysNotHere) return false
    const { lines } = this.#options
    const isSilent = event.by !== 'remote' && leg.heard === 'nothing'
    const { trunk } = leg.far
    if (!(isSilent ? lines.unheard(trunk, target) : lines.failed(trunk, target, event.retryAfterS))) return false
    const next = lines.destination(trunk)
    if (!next) return false
    if (isIP(next.address) === isIP(target.address)) return this.#legs.inviteAgain(leg, invite)
    this.#legs.openAgain(leg, next.address, invite)
    return true
  }

  ring({ leg: id, agent, call, forShift, from, ringMs }: Ring): void {
    const nailed = forShift === true
    const extension = this.#options.extensionOf(agent)
    const leg = this.#legs.make(
      id,
      call,
      { kind: 'desk', agent, extension: extension ?? '', nailed },
      from,
      nailed ? nailedRingMs : ringMs,
    )
    this.#callDesk(leg)
  }

  #callDesk(leg: Leg): void {
    const { ua, now, log } = this.#options
    if (leg.far.kind !== 'desk') return
    const { extension } = leg.far
    const found = extension === '' ? null : ua.binding(extension)
    const binding = found && this.#legs.mayRing(leg.far.agent, found.flow.transport) ? found : null
    if (found && !binding)
      log.warn({ extension }, 'a desk phone whose calls must be encrypted is registered without TLS, and is not called')
    if (!binding) {
      this.#legs.over(leg, { by: 'system', cause: 'fault', sipStatus: 480, q850: 20 })
      return
    }
    leg.phase = 'opening'
    const host = this.#options.localAddress(binding.flow.source.address)
    this.#legs.open(leg, binding.flow.source.address, sdp =>
      ua.inviteExtension(
        extension,
        {
          from: `sip:${leg.from === '' ? 'switchroom' : leg.from}@${formatHost(host)}`,
          sdp,
          symmetric: true,
          // The leg of a shift is one phone's; for a call all of them ring.
          toAll: leg.far.kind === 'desk' && !leg.far.nailed,
          // A phone that can picks up by itself when its leg is to stay up for the shift.
          headers:
            leg.far.kind === 'desk' && leg.far.nailed
              ? [
                  ['Call-Info', `<sip:${formatHost(host)}>;answer-after=0`],
                  ['Alert-Info', '<http://localhost>;info=alert-autoanswer;delay=0'],
                ]
              : [],
        },
        now(),
      ),
    )
  }

  bindingChanged(extension: string, binding: Binding | null): void {
    const { agentAt, log } = this.#options
    log.info(
      { extension, up: binding !== null, userAgent: binding?.userAgent ?? null },
      binding ? 'desk phone registered' : 'desk phone gone',
    )
    if (!binding || agentAt(extension) === null) return
    for (const leg of this.#legs.all()) {
      if (leg.phase === 'parted' && leg.far.kind === 'desk' && leg.far.extension === extension) {
        leg.ringUntil = null
        this.#callDesk(leg)
      }
    }
  }

  /** Ring time-outs and nailed phones that are to be rung again. */
  advance(now: number): void {
    for (const leg of this.#legs.all()) {
      if (leg.phase === 'calling' && leg.respondBy !== null && now >= leg.respondBy) {
        this.#giveUpOnTrunk(leg, now)
        continue
      }
      if (leg.phase === 'calling' && leg.progressBy !== null && now >= leg.progressBy) {
        this.#leaveStuck(leg, now)
        continue
      }
      if (leg.phase === 'calling' && leg.respondBy !== null && this.#isOverdue(leg, now)) this.#legs.respondsLate(leg)
      if (leg.ringUntil === null || now < leg.ringUntil) continue
      if (leg.phase === 'calling') {
        leg.ringUntil = null
        this.#rungEnough(leg, now)
      } else if (leg.phase === 'parted') {
        leg.ringUntil = null
        this.#callDesk(leg)
      }
    }
  }

  #isOverdue({ far, invitedAt }: Leg, now: number): boolean {
    return far.kind === 'trunk' && this.#options.lines.isOverdue(far.trunk, now - invitedAt)
  }

  /**
   * Nothing came back, not even a 100, although the INVITE was repeated three times: the trunk is not there. Should its answer come after all,
   * the user agent cancels the call before it can ring for long, and no phone is rung by a repetition.
   */
  #giveUpOnTrunk(leg: Leg, now: number): void {
    if (leg.session) this.#options.ua.hangUp(leg.session, 102, now)
    const silent = { by: 'timeout', status: null, q850: null, retryAfterS: null } as const
    if (this.triesNext(leg, silent)) return
    this.#legs.over(leg, { by: 'system', cause: 'no_response', sipStatus: 408, q850: 102 })
  }

  /**
   * The trunk has the INVITE and calls nobody. Who called for help is on the way elsewhere at once, so the carrier's last word is not waited for; should
   * it have reached the callee after all, the CANCEL that crosses the answer is a BYE.
   */
  #leaveStuck(leg: Leg, now: number): void {
    if (leg.session) this.#options.ua.hangUp(leg.session, 102, now)
    const heard =
      leg.heard === 'nothing'
        ? ({ cause: 'no_response', sipStatus: 408 } as const)
        : ({ cause: 'no_progress', sipStatus: 100 } as const)
    this.#legs.over(leg, { by: 'system', ...heard, q850: 102 })
  }

  /**
   * A customer who picks up just as we give up is somebody who was called and answered: the CANCEL that crosses the answer is for nothing then,
   * and the call is taken, or it would be a silent call that nobody counts.
   */
  #rungEnough(leg: Leg, now: number): void {
    const { ua } = this.#options
    if (leg.session && leg.far.kind === 'trunk' && leg.lateUntil === null) {
      ua.withdraw(leg.session, noAnswerQ850, now)
      leg.lateUntil = leg.ringUntil = now + lateMs
      return
    }
    if (leg.session) ua.hangUp(leg.session, noAnswerQ850, now)
    this.#legs.over(leg, rungOut)
  }
}
