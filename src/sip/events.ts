/**
 * What the user agent is told and what it tells: the words between `sip/` and `phone/`. All times are milliseconds of one monotonic clock
 * that the caller owns; SDP travels as text; addresses are literals (names are resolved by the caller).
 */
import type { Diverted } from './diverted.ts'
import type { Replaces } from './replaces.ts'
import type { SessionTimes } from './session-timer.ts'

declare const brand: unique symbol
/** One INVITE session: from the first INVITE to the last answer. */
export type SessionId = string & { readonly [brand]: 'session' }

export type Transport = 'udp' | 'tcp' | 'tls'
export type Address = { address: string; port: number }

/** Streams deliver, or say that they broke: nothing is sent twice over them. */
export const isReliable = (transport: Transport) => transport !== 'udp'

/**
 * A peer that TLS has proved: one that we went to and whose certificate names it, or one that came with a client certificate of its own. The
 * phone layer chooses the text (a trunk's id); here it is only carried along.
 */
export type PeerName = string

/**
 * Where a message came from, and so where its answer goes. `local` is the id of the listening endpoint, `connection` the connection, `peer` who
 * TLS has proved to be at its other end.
 */
export type Flow = { transport: Transport; source: Address; local: string; connection?: string; peer?: PeerName }

/**
 * Where a new request goes. Without `local` the first endpoint of that transport sends it. Over TLS a connection that is not open yet is opened
 * only to a `peer`: its certificates are known, and whoever answers must prove to be it.
 */
export type Destination = Address & { transport: Transport; local?: string; connection?: string; peer?: PeerName }

export function isAt(peer: Destination, { transport, source, connection }: Flow): boolean {
  if (peer.transport !== transport || peer.address !== source.address || peer.port !== source.port) return false
  return peer.connection === connection
}

/** Bytes that want to leave. With a `connection` that is still open they go there, else to `destination`. */
export type Outgoing = {
  transport: Transport
  destination: Address
  local: string
  connection: string | null
  peer: PeerName | null
  bytes: Buffer
}

/** A socket we listen on. `contact` answers the address that `peer` should call us at (advertised, or the interface that faces it). */
export type LocalEndpoint = {
  /** As configured: `udp:0.0.0.0:5060`. */
  id: string
  transport: Transport
  /** Peers of the other family are reached through another endpoint. Default 4. */
  family?: 4 | 6
  contact(peer: string): Address
}

export type DigestCredentials = { username: string; password: string }

/** What the registrar knows of a desk phone. The hashes are H(extension:realm:password), lower-case hex. */
export type DeviceSecret = {
  ha1Md5: string
  ha1Sha256: string
  /** Offer SHA-256 as well; baresip 1.0.0 gives up when it sees it, so MD5 alone is the default. */
  offerSha256: boolean
}

/** May this INVITE come in? `trusted`: a trunk's address; `challenge`: a desk phone, by digest; `refuse`: 403 and no more. */
export type Admission = 'trusted' | 'challenge' | 'refuse'

/** Who calls may have to prove to be this one, by digest. `password` null: it is not known, and nobody can. */
export type Account = { id: string; username: string; password: string | null }

/** Who calls from there, in words of the phone layer (a trunk's id). */
export type Caller = {
  id: string
  /** One of these it has to prove to be, and is that one then; none: it is known by where it comes from. */
  accounts: Account[]
}

/** One whole message as it went over the wire, decrypted, for who keeps them: told of those that we understood, and of all of ours. */
export type Tapped = { direction: 'in' | 'out'; transport: Transport; local: Address; remote: Address; bytes: Buffer }

export type UserAgentOptions = {
  /** For Server and User-Agent. */
  name: string
  endpoints: LocalEndpoint[]
  /** Unguessable text of so many bytes of entropy: `secretText` in `lib/random`. */
  secret: (bytes: number) => string
  /** [0, 1), for back-off and glare. */
  random: () => number
  registrar?: {
    realm: string
    lookup(extension: string): DeviceSecret | null
    sha256Share?(): number
    /** Bounds of a binding's life in seconds; default 60 and 3600. */
    minExpiresS?: number
    maxExpiresS?: number
  }
  /** Default: everything is `trusted`. */
  admit?(flow: Pick<Flow, 'source' | 'transport' | 'peer'>): Admission
  /**
   * Of an INVITE that is `trusted`: whose it is; null: nobody's who is known. `called`: users that it names as called, that of the Request-URI first,
   * by which those who come from one place are told apart. Default: nobody's.
   */
  caller?(flow: Pick<Flow, 'source' | 'transport' | 'peer'>, called: readonly string[]): Caller | null
  /** Whether one call more of `caller` is looked at now; else it is answered 503 and nothing is kept of it. Default: each is. */
  mayBring?(caller: string): boolean
  /** In a call that came from `caller`: what answers a challenge by who is at `to`; null: nothing, or it is somebody else. Default: nothing. */
  credentials?(caller: string, to: Destination): DigestCredentials | null
  /** How the trunk that a call came from is reached, once the connection by which it came is closed; null: not known. Default: it is not. */
  wayBack?(dialog: Pick<KeptDialog, 'caller' | 'peer'>): Destination | null
  /** Answer to the port a request came from even when its Via asks for no rport; beside those who are challenged (desk phones). Default: nobody else. */
  forceRport?(source: Address): boolean
  /** Calls at once; over it an INVITE gets 503. Default 4,000. */
  maxSessions?: number
  /** Session timers (RFC 4028), seconds: what we ask for, and the least that we take. Default 1,800 and 90. */
  sessionTimes?: SessionTimes
  /** Transactions at once; over it requests get 503 and ours fail. Default 65,536. */
  maxTransactions?: number
  /** Called from within every message; must not throw, nor keep the bytes. */
  tap?(message: Tapped): void
  keeper?: DialogKeeper
}

/**
 * What it takes to end a call that is up: who talks to whom, by what route, and how far our counting has come (RFC 3261 §12). From and To are as
 * we write them, with their tags.
 */
export type KeptDialog = {
  callId: string
  localTag: string
  remoteTag: string | null
  local: string
  remote: string
  localSeq: number
  /** The far end's Contact, or where it was first called. */
  remoteTarget: string
  routes: string[]
  /** Where its messages come from: used when the route is a name, or when `symmetric`. */
  peer: Destination
  symmetric: boolean
  /** Of the desk phone at its other end; null: it is none of ours. */
  extension: string | null
  /** Whose credentials it was placed with; null: none, or it came to us. */
  account: string | null
  /** Who called us, as a `Caller` is named; null: it is ours, or a desk phone's, or nobody is known. */
  caller: string | null
  /** Our address, as its far end knows it. */
  ourAddress: string
}

/** Who keeps the calls that are up, so that the next process ends them when this one is killed. Must not throw, nor keep the object. */
export type DialogKeeper = {
  /** It is up, or its far end is called elsewhere now. */
  keep(dialog: KeptDialog): void
  drop(dialog: Pick<KeptDialog, 'callId' | 'localTag' | 'remoteTag'>): void
}

export type InviteSpec = {
  /** Request-URI and To, `sip:13800138000@10.0.0.1`. */
  target: string
  destination: Destination
  /** From, `sip:4001@10.0.0.2`. */
  from: string
  displayName?: string
  /** Our offer; null asks the far end for one. */
  sdp: string | null
  headers?: [name: string, value: string][]
  /** URIs that it passes on its way before any dialog knows better: an outbound proxy, or the Service-Route of our registration. */
  routes?: readonly string[]
  auth?: DigestCredentials
  /** Whose `auth` this is, in words of the phone layer (a trunk's id): kept with the dialog, and no more. */
  account?: string
  /** RFC 3325, as a URI. */
  assertedIdentity?: string
  /** The call that this one takes the place of, as its far end knows it (RFC 3891). */
  replaces?: Replaces
  /** Where to go when a 3xx points to `uri`; null: not there. Without it every redirection is a refusal. */
  redirect?: (uri: string) => Destination | null
  /** Send what follows to the address the answers come from, whatever the Contact says (phones behind NAT). Default false. */
  symmetric?: boolean
  /** Whose desk phone is called: who speaks for it from elsewhere has to prove to be that one. Default null: it is none. */
  extension?: string | null
  /** Tell of a 100, too: the far end has it, and nothing is known of the callee. Default false. */
  tellTrying?: boolean
}

export type RegisterSpec = {
  /** The trunk's registrar, `sip:carrier.example`. */
  registrar: string
  destination: Destination
  /** `sip:user@carrier.example`. */
  aor: string
  auth: DigestCredentials
  expiresS?: number
  routes?: readonly string[]
}

export type QualifyTarget = { uri: string; destination: Destination; everyMs: number; routes?: readonly string[] }

export type Ended = 'remote' | 'local' | 'timeout' | 'transport'

export type Binding = {
  extension: string
  /** The Contact as registered; the Request-URI of calls to it. */
  contact: string
  /** Where the REGISTER came from: calls to the phone go there. */
  flow: Flow
  userAgent: string | null
  expiresInMs: number
}

/** Where a phone behind a connection is, by an address that says nothing of a way to it. */
export type PhoneHome = { extension: string; address: string; expiresInMs: number }

export type UaEvent =
  /** A call comes in. Answer with `progress`, `accept` or `reject`. `extension` is set when a desk phone proved who it is. */
  | {
      type: 'incoming'
      session: SessionId
      from: { user: string; host: string; displayName: string | null }
      /**
       * User part of the Request-URI: the number dialled (or what P-Called-Party-ID or To says, when the Request-URI is the Contact of our
       * registration).
       */
      to: string
      /** What the Request-URI names where `to` is told by something else: the user of our registration, often a number of ours. */
      registeredAs?: string
      assertedIdentity: string | null
      /** Who sent it on to us; null: nobody. */
      diverted: Diverted | null
      extension: string | null
      /** Who called, as a `Caller` is named; null: nobody who is known. */
      caller: string | null
      /** It has shown that it knows the password of `caller`. */
      isProved?: true
      /** null: the far end wants our offer in the 200. */
      sdp: string | null
      flow: Flow
      callId: string
      /** It asks to take the place of this call of ours (RFC 3891); `accept` ends that one. Whether it may is for you to say. */
      replaces: SessionId | null
    }
  | { type: 'provisional'; session: SessionId; status: number; sdp: string | null; q850: number | null }
  /** Our INVITE got its 2xx; the ACK is on its way. */
  | { type: 'accepted'; session: SessionId; sdp: string | null }
  /** The far end's ACK to our 2xx came; `sdp` is its answer when the offer was ours. */
  | { type: 'confirmed'; session: SessionId; sdp: string | null }
  /** A call that was never answered is over. `status` is null when no final response came. */
  | {
      type: 'failed'
      session: SessionId
      status: number | null
      reason: string
      q850: number | null
      by: Ended
      /** Seconds, from Retry-After of a 503 and its like. */
      retryAfterS: number | null
      /** It was picked up just as we withdrew it: somebody heard nobody. */
      answered?: true
    }
  /**
   * The far end offers media: it wants to change them (hold, resume, another address), or our INVITE held no offer. Answer with
   * `answerReoffer`.
   */
  | { type: 'reoffer'; session: SessionId; sdp: string | null }
  /** The far end agreed to our `reinvite`; `sdp` is its answer. */
  | { type: 'reanswered'; session: SessionId; sdp: string | null }
  /** Our `reinvite` was refused; the session goes on as before. */
  | { type: 'reinviteFailed'; session: SessionId; status: number | null }
  | { type: 'ended'; session: SessionId; by: Ended; q850: number | null; reason: string }
  /** Of a call that is over: a desk phone did not hear our BYE, and is in the call still. Kept until `drop`. */
  | { type: 'byeUnheard'; dialog: KeptDialog }
  /**
   * The far end asks that whom it talks to (the other side of this call) be taken somewhere else: it pressed its transfer key (RFC 3515).
   * Answer with `answerRefer`, and when you accepted say with `notifyRefer` how it goes. `replaces`: an attended transfer; `session` is the
   * other call of that phone with us, or null when it is no call of ours.
   */
  | {
      type: 'refer'
      session: SessionId
      /** Names this wish within the session. */
      refer: string
      /** Where to: the number or extension, and the URI as it was written. Unchecked: it is what a telephone says. */
      to: { uri: string; user: string; host: string }
      replaces: { session: SessionId | null } | null
      referredBy: string | null
    }
  /** How a transfer that we asked for with `refer` goes; `status` null: nothing was heard. After `final` there is no more. */
  | { type: 'referred'; session: SessionId; status: number | null; reason: string; final: boolean }
  /** RFC 6086 style INFO with a digit (`application/dtmf-relay`, `application/dtmf`). */
  | { type: 'digit'; session: SessionId; digit: string; durationMs: number | null }
  /** `contacts`: how many places the carrier knows us at; `serviceRoute`: how it wants our calls to go (RFC 3608). */
  | { type: 'registered'; registration: string; expiresInMs: number; contacts: number; serviceRoute: string[] }
  | { type: 'registrationFailed'; registration: string; status: number | null; reason: string; retryInMs: number }
  | { type: 'unregistered'; registration: string }
  /** A desk phone came, stayed at another address, or went (`binding` null). */
  /** Passwords of a phone are being guessed; the guesser is not listened to for a while. `extension` as it was claimed: it may not exist. */
  | { type: 'lockedOut'; extension: string; source: Address }
  | { type: 'bindingChanged'; extension: string; binding: Binding | null }
  /** A desk phone registered again, where it was. */
  | { type: 'bindingRefreshed'; binding: Binding }
  /** Told for each OPTIONS: `up` when the answer says that somebody takes calls there; `status` null: there was none. */
  | { type: 'qualified'; target: string; up: boolean; status: number | null; rttMs: number | null }
  /** For the log: something hostile or broken arrived and was dropped. At most one a second. */
  | { type: 'dropped'; source: Address; reason: string; count: number }

/** What a drain takes out of the agent: nothing of it may be left unsent. */
export type Drained = {
  send: Outgoing[]
  events: UaEvent[]
  /** TCP connections whose stream cannot be understood any more: to be closed. */
  close: string[]
}

/**
 * The user agent as the phone layer and the carrier simulator see it. Every method returns at once; what comes of it is read with `drain()`.
 * A session id that is unknown or over is ignored: races with the far end are no error.
 */
export type UserAgentPort = {
  receive(bytes: Buffer, flow: Flow, now: number): void
  /** A send or connect failed, or a connection closed. */
  transportFailed(at: { transport: Transport; destination: Address; connection?: string }, now: number): void
  /** `at`: where it led to. */
  connectionClosed(connection: string, now: number, at?: Address & { transport: Transport }): void
  advance(now: number): void
  nextDeadline(): number | null
  drain(): Drained

  /** Throws SipUsageError when target, from or destination cannot be sent to. */
  invite(spec: InviteSpec, now: number): SessionId
  /** Calls a registered phone at its binding's flow; null when it is not registered. */
  /**
   * Calls the phone that registered last, or with `toAll` every phone of the extension at once: the first that answers has the call. null: none
   * is registered.
   */
  inviteExtension(
    extension: string,
    spec: Omit<InviteSpec, 'target' | 'destination'> & { toAll?: boolean },
    now: number,
  ): SessionId | null
  progress(session: SessionId, status: number, sdp: string | null, now: number): void
  accept(session: SessionId, sdp: string, now: number): void
  reject(session: SessionId, status: number, q850: number | null, now: number): void
  /** The Call-IDs of a session that is not over: several where several phones ring. */
  callIdsOf(session: SessionId): readonly string[]
  /** CANCEL, BYE or a final response, as the state demands. */
  hangUp(session: SessionId, q850: number | null, now: number): void
  /** Every session that there is; `status` for those that ring here. */
  hangUpAll(status: number, q850: number | null, now: number): void
  /** A session goes on, or the far end of one has not answered our last word yet. */
  readonly isInCall: boolean
  /**
   * CANCEL, and nothing more: when the far end picks up in that very moment the call is `accepted` as if it had not been withdrawn, else `failed`
   * tells that it was.
   */
  withdraw(session: SessionId, q850: number | null, now: number): void
  reinvite(session: SessionId, sdp: string, now: number): void
  answerReoffer(session: SessionId, answer: { sdp: string } | { status: number }, now: number): void
  sendInfo(session: SessionId, digit: string, durationMs: number, now: number): void
  /**
   * Asks the far end to call `to` itself and leave us out of it (RFC 3515); with `replaces` to take the place that we have in that other call
   * of ours (an attended transfer), and then `to` may be left out: it is that call's far end. Throws SipUsageError when `to` is no URI.
   */
  refer(session: SessionId, wish: { to?: string; replaces?: SessionId; referredBy?: string }, now: number): void
  /** Answers a `refer` event: 202 accepts it, anything from 300 on refuses. */
  answerRefer(session: SessionId, refer: string, status: number, now: number): void
  /** Tells who asked how the transfer goes: 1xx while it does, 200 when it is done, 4xx to 6xx when it failed. Ignored when it did not want to hear. */
  notifyRefer(session: SessionId, refer: string, status: number, now: number): void

  /** Registers `id` and keeps it so until `unregister`. */
  register(id: string, spec: RegisterSpec, now: number): void
  unregister(id: string, now: number): void
  /** A carrier has not answered yet that it took back a registration of ours. */
  readonly isLeaving: boolean
  qualify(id: string, target: QualifyTarget, now: number): void
  stopQualify(id: string): void

  binding(extension: string): Binding | null
  /** All phones of an extension, the one that registered last first. */
  bindingsOf(extension: string): Binding[]
  bindings(): Binding[]
  /** Takes back a binding that `bindings` told before a restart; over UDP only, and not over a newer one. */
  restoreBinding(binding: Binding, now: number): void
  /** Where a phone behind a connection was before a restart: who guesses or floods from beside it does not silence it there. */
  restoreHome(home: PhoneHome, now: number): void
  /** OPTIONS to a phone, so that the routers on the way remember it: by our request, or by its answer (RFC 4787 §4.3). */
  keepAlive(phone: Pick<Binding, 'contact' | 'flow'>, now: number): void
  /**
   * Ends a call that an earlier process had up: BYE, and whatever is answered is well. False, and nothing is said, when it was had at another
   * address than ours: a copy of the data folder, on a machine beside the one that works, ends nobody's call. `auth`: what
   * answers a challenge by who is reached there; `by`: the way to a phone that registered since, and its Contact where it has moved; `at`: where it is reached now when its route is a name; `then`: what was answered at last, null: nothing.
   */
  bye(
    left: KeptDialog,
    how: {
      auth?(to: Destination): DigestCredentials | null
      by?: { flow: Flow; contact?: string }
      at?: Destination | null
      then?(status: number | null, now: number): void
    },
    now: number,
  ): boolean
  /** Drops a phone's binding: its user was disabled or has another password. */
  unbind(extension: string, now: number): void
  readonly figures: { sessions: number; transactions: number; bindings: number; dropped: number; retransmitted: number }
}

/** The caller asked for something that must not be sent: a host or port that is none, a header with a line break. */
export class SipUsageError extends Error {
  override name = 'SipUsageError'
}
