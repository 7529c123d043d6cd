import type { Context, MiddlewareHandler } from 'hono'
import type { LiveAudio, TrunkAudio } from '../centre/audio/live.ts'
import type { TriedOut } from '../centre/audio/try-out.ts'
import type { Rehearsals } from '../centre/campaigns/rehearsal.ts'
import type { Role, User } from '../centre/entities.ts'
import type { Actor } from '../centre/facts.ts'
import type { Trouble } from '../centre/trunks/trunk-trouble.ts'
import type { OptionsSeen, RegistrationSeen } from '../centre/trunks/trunk-wire.ts'
import type { MisfitDesk } from '../engine/misfits.ts'
import type { EnginePort } from '../engine/port.ts'
import type { Ladders } from '../ladder/ladder.ts'
import type { MessageSender } from '../lender/message.ts'
import type { Clock } from '../lib/clock.ts'
import type { Histogram } from '../lib/histogram.ts'
import type { CallId, CampaignId, LegId, TeamId, TokenId, TrunkId, UserId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { Exports } from '../records/custody/exports.ts'
import type { RecordsDoor } from '../records/door.ts'
import type { Imports } from '../records/import/imports.ts'
import type { TableExports } from '../records/table-export/table-exports.ts'
import type { Store } from '../store/store.ts'
import type { Assets } from './assets.ts'
import type { CertificateSeen } from './certificate-keeper.ts'
import type { Probe } from './health.ts'
import type { ProvisioningLinks } from './phones/links.ts'
import type { Sessions } from './session.ts'
import type { WallSeat, Walls } from './walls.ts'

/** Everything that a route may use. Routers are functions of it: `agentRoutes(deps)`. */
export type Deps = {
  engine: EnginePort
  store: Store
  records: RecordsDoor
  sessions: Sessions
  /** Screens on the wall. */
  walls: Walls
  exports: Exports
  imports: Imports
  tableExports: TableExports
  /** Carries e-mail; absent: nobody does. */
  mail?: MessageSender
  clock: Clock
  log: Logger
  config: HttpConfig
  /** Audio of browser agents: one offer, one answer, for the whole shift. */
  stations: Stations
  /** The sound of these prompts one after the other, as a WAV: to listen to a message before it is sent. */
  speech(prompts: readonly string[]): Uint8Array
  /** The lender's own recordings: where they lie, and how a WAV becomes one. */
  phrases: {
    folder: string
    convert(
      file: Uint8Array,
    ): Promise<{ ok: true; wav: Uint8Array; durationMs: number } | { ok: false; found: string; allowed: string }>
  }
  /** Recordings of what networks announce: where they lie, what a sound is recognised as, and a piece of a call's recording. */
  announcements: {
    folder: string
    identify(wav: Uint8Array): Promise<{ label: string | null; confidence: number; afterMs: number } | null>
    /** The customer's side, as an A-law WAV; null: there is no such sound. */
    cut(file: string, fromMs: number, toMs: number): Promise<Uint8Array | null>
  }
  /** What lies under the names of recordings and cannot be of their calls; absent: this house has no disk of recordings. */
  misfits?: MisfitDesk
  /** Figures for `/metrics` that others know: name → value. */
  figures?: () => Promise<Record<string, number>>
  /** From a customer's 200 OK to the agent's voice, by campaign, ms: with the wait for a free agent, and without; and by five minutes. */
  answerTimes?: () => ReadonlyMap<CampaignId, TwoTimes & { lately?: readonly (TwoTimes & { at: number })[] }>
  /** How calls sound now, and how trunks have sounded since the start; absent: nobody listens. */
  audio?: {
    live(): ReadonlyMap<CallId, LiveAudio>
    byTrunk(): ReadonlyMap<TrunkId, TrunkAudio>
    /** For how long nothing has come from the far end of a leg, ms; null: nobody listens to it. */
    quietMs(leg: LegId): number | null
  }
  /** Desk phones: who is registered from where, what a phone must know, and the addresses that it fetches that from. */
  phones: {
    bindings(extension?: string): {
      extension: string
      userAgent: string | null
      address: string
      transport: string
      expiresInMs: number
    }[]
    password(user: UserId): string | null
    /** Where phones register: over `wanted` when we listen for it, else over what there is. */
    door(wanted: SipTransport): { transport: SipTransport; port: number }
    links: ProvisioningLinks
  }
  /** Simulations of a campaign's days; absent: this house has none. */
  rehearsals?: Rehearsals
  /** What is seen of a trunk on the wire; absent: nobody looks. */
  trunkWire?: (trunk: TrunkId) => TrunkWireSeen | null
  /** Tests of trunks while calls go on; absent: this house has no wires. */
  trunkTests?: {
    obstacle(trunk: TrunkId): { rule: string; words: string } | null
    run(trunk: TrunkId, number: string | null): Promise<TrunkTestSeen>
    of(trunk: TrunkId): TrunkTestSeen | null
  }
  /** SIP messages of calls; absent: nobody keeps them. */
  ladders?: Ladders
  assets: Assets
  probes: Probe[]
  /** PEM of our own certificate authority; null when the certificate of the pages is the company's, or there is none. */
  certificateAuthority: () => Promise<string | null>
  /** The certificates in service, by who is shown them: `web`, `sip`. Absent: there are none. */
  certificates?: () => Record<string, CertificateSeen>
  version: string
}

/** Instants are Unix ms. */
export type TrunkWireSeen = {
  target: { address: string; port: number } | null
  registration: RegistrationSeen | null
  options: OptionsSeen | null
  /** Why no call that comes from it is let in. */
  refusing: Trouble | null
}

/** What a test of a trunk has found so far: `code` names it for words of each language, `found` has the figures. */
export type TrunkTestSeen = {
  number: string | null
  begunAt: number
  isOver: boolean
  steps: { step: string; state: 'running' | 'ok' | 'warn' | 'bad'; code: string | null; found: string }[]
}

type TwoTimes = { whole: Histogram; own: Histogram }

export type SipTransport = 'udp' | 'tcp' | 'tls'

export type HttpConfig = {
  /** False only for `http.tls = "off"`: cookies then lack `Secure`. */
  tls: boolean
  /** Absolute path of the folder that recordings' paths are relative to. */
  recordingsDir: string
  /** Absolute path of the folder that finished exports lie in. */
  exportsDir: string
}

export type Stations = {
  /** Answers a browser's offer. Rejects with an Error whose message a person can act on. */
  answer(agent: UserId, offerSdp: string): Promise<{ sdp: string }>
  /** Goes on with the same connection by another path; throws when there is none. */
  restart(agent: UserId, offerSdp: string): { sdp: string }
  close(agent: UserId): void
  /** Four seconds of what the person says are measured and played back. Rejects with an Error whose `rule` says why it cannot be now. */
  tryOut(agent: UserId): Promise<TriedOut>
}

export type Language = 'zh-CN' | 'en'

/** What middleware puts beside a request. `user` is there only behind `allow(…)`. */
export type Env = {
  Variables: {
    /** Put there by `provide`. */
    deps: Deps
    user: User
    sessionId: string
    /** Behind `allowWall()`: the screen that asks. */
    seat: WallSeat
    lang: Language
    /** Names this request in the log and on the page that says something went wrong. */
    requestId: string
    /** Set on API routes: whose token it is. `person`: who answers for it; null: whoever has a shell on this machine. `team`: the only one that it sees. */
    client: { actor: Actor; role: Role; token: TokenId; person: UserId | null; team: TeamId | null }
  }
}

export type Ctx = Context<Env>
export type Guard = MiddlewareHandler<Env>

/** Who a signed-in person is to the journal. */
export function actorOf(c: Ctx): Actor {
  return `user:${c.var.user.id}`
}
