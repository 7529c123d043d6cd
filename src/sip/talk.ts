/**
 * A call's dialog: what each side asks within it, from the first answer that names it until a BYE (RFC 3261 §12.2, §14, §15). It is early until
 * the 2xx; then only PRACK, UPDATE and INFO have a meaning.
 */
import { type CallHost, type DialogReceiver, reasonLines } from './call.ts'
import { type Dialog, dialogKey } from './dialog.ts'
import type { DigestFor } from './digest.ts'
import { type Ended, type Flow, isAt, type KeptDialog, type SessionId } from './events.ts'
import type { HeaderLine, Message, Request, Response } from './message.ts'
import { Modify } from './modify.ts'
import { OurRequests } from './our-requests.ts'
import { Referrals } from './referrals.ts'
import { SessionTimer } from './session-timer.ts'
import type { TalkState } from './talk-state.ts'
import { type EarlyOwner, TheirRequests } from './their-requests.ts'
import type { ServerTransaction } from './transaction.ts'
import { backTo } from './wire.ts'

export type TalkOptions = {
  host: CallHost
  session: SessionId
  dialog: Dialog
  contact: string
  digestFor: DigestFor
  weCalled: boolean
  /** The message that made the dialog: what the far end says of itself. */
  far: Message
  /** Our first SDP, if we said any. */
  localSdp: string | null
  /** The offer of the INVITE that has no answer yet. */
  openOffer: 'ours' | 'theirs' | null
  early: EarlyOwner
}

export class Talk implements DialogReceiver {
  readonly session: SessionId
  readonly weCalled: boolean
  readonly dialog: Dialog
  readonly #host: CallHost
  readonly #state: TalkState
  readonly #modify: Modify
  readonly #timer: SessionTimer
  readonly #referrals: Referrals
  readonly #ours: OurRequests
  readonly #theirs: TheirRequests
  #silent = false
  /** Where the far end was called when the dialog was last kept. */
  #keptTarget: string | null = null

  constructor(options: TalkOptions) {
    const { session, dialog, digestFor, weCalled } = options
    const host: CallHost = {
      ...options.host,
      emit: event => {
        if (!this.#silent) options.host.emit(event)
      },
      closeSession: closed => {
        if (!this.#silent) options.host.closeSession(closed)
      },
    }
    this.#host = host
    this.session = session
    this.weCalled = weCalled
    this.dialog = dialog
    const contact: HeaderLine = ['Contact', options.contact]
    const { localSdp, openOffer, early } = options
    const state: TalkState = {
      phase: 'early',
      localSdp,
      remoteSdp: null,
      openOffer,
      asked: null,
      unacknowledged: null,
      byeWhenAcknowledged: null,
      allows: new Set(),
    }
    this.#state = state
    this.#ours = new OurRequests({
      ...{ host, dialog, digestFor, contact },
      isOver: () => state.phase === 'over',
      byeOver: isHeard => {
        if (isHeard) host.keeper.drop(dialog)
        else options.host.emit({ type: 'byeUnheard', dialog: this.#kept }) // also of a call that the phone layer hears nothing of
      },
    })
    this.#timer = new SessionTimer({
      timers: host.timers,
      times: host.sessionTimes,
      refresh: now => this.#modify.refresh(now),
      probe: now =>
        this.#ours.probe(
          {
            alive: at => this.#timer.onAlive(at),
            unsent: at => this.#timer.onRefused(at),
            lost: (by, reason, at) => this.#lose(by, reason, at),
          },
          now,
        ),
      expire: now => this.#lose('timeout', 'the session was not refreshed', now),
    })
    this.#modify = new Modify({
      host,
      dialog,
      contact,
      digestFor,
      weCalled,
      timer: this.#timer,
      method: () =>
        state.phase === 'confirmed' ? 'INVITE' : state.openOffer === null && this.#knowsUpdate ? 'UPDATE' : null,
      knowsUpdate: () => this.#knowsUpdate,
      forgetUpdate: () => state.allows.delete('UPDATE'),
      localSdp: () => state.localSdp,
      isBusy: () => state.asked !== null || state.unacknowledged !== null || this.#ours.hasPracksOpen,
      acknowledge: (seq, credentials, now) => this.acknowledge(seq, credentials, null, now),
      acknowledgeAgain: seq => this.acknowledgeAgain(seq),
      onAnswered: (sdp, ours) => {
        state.localSdp = ours
        state.remoteSdp = sdp ?? state.remoteSdp
        this.#keep()
        if (sdp !== null) host.emit({ type: 'reanswered', session, sdp })
      },
      onRefused: status => host.emit({ type: 'reinviteFailed', session, status }),
      onLost: (by, reason, now) => this.#lose(by, reason, now),
    })
    this.#referrals = new Referrals({
      host,
      session,
      request: (method, extra, body, owner, now) =>
        this.#ours.request({ method, extra: [contact, ...extra], body }, now, owner),
      respond: (transaction, status, extra, now) => this.#ours.respond(transaction, status, extra, null, now),
    })
    this.#theirs = new TheirRequests({
      host,
      session,
      dialog,
      contact,
      state,
      early,
      ours: this.#ours,
      modify: this.#modify,
      timer: this.#timer,
      referrals: this.#referrals,
      end: (by, q850, reason, now) => this.#end(by, q850, reason, now),
      leave: () => this.#leave(),
    })
    this.#theirs.learn(options.far)
    host.enterDialog(this.#key, this)
  }

  get #key(): string {
    return dialogKey(this.dialog.callId, this.dialog.localTag, this.dialog.remoteTag)
  }

  get state(): 'early' | 'confirmed' | 'over' {
    return this.#state.phase
  }

  /** Their last offer waits for our answer. */
  get isAsked(): boolean {
    return this.#state.asked !== null
  }

  /** Their media as last agreed on, or as they said it before that. */
  get remoteSdp(): string | null {
    return this.#state.remoteSdp
  }

  set remoteSdp(sdp: string | null) {
    this.#state.remoteSdp = sdp
  }

  get #knowsUpdate(): boolean {
    return this.#state.allows.has('UPDATE')
  }

  // The way from the INVITE to the call

  /** The offer of the INVITE has its answer: media may be changed by UPDATE from now on. */
  agreed(localSdp: string | null, remoteSdp: string | null, now: number): void {
    this.#state.openOffer = null
    this.#state.remoteSdp = remoteSdp ?? this.#state.remoteSdp
    this.#state.localSdp = localSdp ?? this.#state.localSdp
    this.#modify.proceed(now)
  }

  /** Their reliable provisional response is acknowledged, at once or, when it brings an offer, with our answer. */
  acknowledgeProvisional(rack: string, offer: string | null, now: number): void {
    const line: HeaderLine = ['RAck', rack]
    if (offer === null || this.#state.asked !== null) this.#ours.prack(line, null, at => this.#modify.proceed(at), now)
    else {
      this.#state.asked = { in: 'provisional', rack: line, sdp: offer }
      this.#host.emit({ type: 'reoffer', session: this.session, sdp: offer })
    }
  }

  /** Their 2xx: the call begins, and is acknowledged at once or, when it brings an offer, with our answer. */
  answered(answer: Response, options: { credentials: HeaderLine[]; offer: string | null }, now: number): void {
    this.#state.phase = 'confirmed'
    this.#state.openOffer = null
    this.#theirs.learn(answer)
    this.#keep()
    this.#timer.onAnswer(answer, now)
    const { number: seq } = answer.cseq
    const { credentials, offer } = options
    if (offer === null) this.acknowledge(seq, credentials, null, now)
    else this.#state.asked = { in: 'success', seq, credentials, sdp: offer }
  }

  /** Our 2xx to their INVITE; `sdp` is null when all was agreed on before. */
  succeed(transaction: ServerTransaction, sdp: string | null, now: number): void {
    this.#state.phase = 'confirmed'
    this.#state.openOffer = null
    this.#theirs.succeed(transaction, sdp, true, now)
    this.#keep()
  }

  /** The call was not answered, or by another phone. */
  abandon(now: number): void {
    this.#silent = true
    this.#end('local', null, '', now)
  }

  /** From now on the phone layer hears nothing of it. */
  silence(): void {
    this.#silent = true
  }

  // What the phone layer wants

  /** BYE, at once, or after the ACK to our 2xx (§15). */
  hangUp(q850: number | null, reason: string, now: number): void {
    if (this.#state.phase !== 'confirmed') return
    const lines = reasonLines(q850)
    const unacknowledged = this.#state.asked?.in === 'success' ? this.#state.asked : null
    if (unacknowledged !== null) this.acknowledge(unacknowledged.seq, unacknowledged.credentials, null, now)
    if (this.#state.unacknowledged?.first) {
      this.#state.byeWhenAcknowledged = lines
      this.#end('local', q850, reason, now, { keepDialog: true })
    } else {
      this.#ours.bye(lines, now)
      this.#end('local', q850, reason, now)
    }
  }

  reinvite(sdp: string, now: number): void {
    if (this.#state.phase !== 'over') this.#modify.want(sdp, now)
  }

  answerReoffer(answer: { sdp: string } | { status: number }, now: number): void {
    const theirs = this.#state.asked
    if (this.#state.phase === 'over' || theirs === null) return
    this.#state.asked = null
    const sdp = 'sdp' in answer ? answer.sdp : null
    if (sdp !== null) [this.#state.localSdp, this.#state.remoteSdp] = [sdp, theirs.sdp ?? this.#state.remoteSdp]
    switch (theirs.in) {
      case 'request':
        if (sdp === null)
          this.#ours.respond(theirs.transaction, 'status' in answer ? answer.status : 488, [], null, now)
        else this.#theirs.succeed(theirs.transaction, sdp, false, now)
        break
      case 'provisional':
        this.#ours.prack(theirs.rack, sdp, at => this.#modify.proceed(at), now)
        if (sdp !== null) this.#state.openOffer = null
        break
      case 'success':
        this.acknowledge(theirs.seq, theirs.credentials, sdp, now)
        if (sdp === null) this.hangUp(65, 'no media could be agreed on', now)
        break
      default:
        theirs satisfies never
    }
    this.#modify.proceed(now)
  }

  sendInfo(digit: string, durationMs: number, now: number): void {
    this.#ours.info(digit, durationMs, now)
  }

  refer(to: string, referredBy: string | null, now: number): void {
    if (this.#state.phase === 'confirmed') this.#referrals.refer(to, referredBy, now)
  }

  answerRefer(refer: string, status: number, now: number): void {
    this.#referrals.answer(refer, status, now)
  }

  notifyRefer(refer: string, status: number, now: number): void {
    if (this.#state.phase === 'confirmed') this.#referrals.notify(refer, status, now)
  }

  /** ACK to a 2xx of theirs (§13.2.2.4). */
  acknowledge(seq: number, credentials: HeaderLine[], sdp: string | null, now: number): void {
    this.#ours.acknowledge(seq, credentials, sdp)
    this.#modify.proceed(now)
  }

  /** Their 2xx came again: our ACK was lost. */
  acknowledgeAgain(seq: number): void {
    this.#ours.acknowledgeAgain(seq)
  }

  /** Its requests go by the way that it has proved by registering: its router has forgotten the other. */
  follow(extension: string, from: Flow, to: Flow): void {
    const { dialog } = this
    if (!dialog.symmetric || dialog.extension !== extension || !isAt(dialog.peer, from) || isAt(dialog.peer, to)) return
    dialog.peer = backTo(to)
    this.#keptTarget = null
    if (this.#state.phase === 'confirmed') this.#keep()
  }

  // What the far end wants

  onRequest(request: Request, transaction: ServerTransaction | null, now: number): void {
    this.#theirs.onRequest(request, transaction, now)
    if (this.#state.phase === 'confirmed') this.#keep()
  }

  /** From the 2xx on only a BYE ends it, and should we be killed, somebody else must say it. */
  #keep(): void {
    if (this.#keptTarget === this.dialog.remoteTarget) return
    this.#keptTarget = this.dialog.remoteTarget
    this.#host.keeper.keep(this.#kept)
  }

  get #kept(): KeptDialog {
    return { ...this.dialog, ourAddress: this.#host.wire.contact(this.dialog.peer).address }
  }

  #lose(by: Ended, reason: string, now: number): void {
    if (this.#state.phase !== 'confirmed') return
    this.#ours.bye([], now)
    this.#end(by, null, reason, now)
  }

  #end(by: Ended, q850: number | null, reason: string, now: number, options: { keepDialog?: boolean } = {}): void {
    this.#state.phase = 'over'
    this.#modify.stop(now)
    this.#timer.stop()
    this.#referrals.stop(now)
    const theirs = this.#state.asked
    this.#state.asked = null
    if (theirs?.in === 'request') this.#ours.respond(theirs.transaction, 487, [], null, now)
    if (!options.keepDialog) {
      this.#state.unacknowledged?.answer.stop()
      this.#state.unacknowledged = null
      this.#leave()
    }
    this.#host.emit({ type: 'ended', session: this.session, by, q850, reason })
    this.#host.closeSession(this.session)
  }

  #leave(): void {
    if (this.#keptTarget !== null && !this.#ours.endsWhenHeard) this.#host.keeper.drop(this.dialog)
    this.#host.leaveDialog(this.#key)
  }
}
