/** What the house gives the telephone, and what it may ask of it. */
import type { TriedOut } from '../centre/audio/try-out.ts'
import type { Trunk } from '../centre/entities.ts'
import type { Actor } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'
import type { RecordFact } from '../centre/records/record-facts.ts'
import type { PhoneEffect } from '../engine/ports.ts'
import type { Clock } from '../lib/clock.ts'
import type { CallId, CampaignId, LegId, TrunkId, UserId } from '../lib/ids.ts'
import type { Random } from '../lib/random.ts'
import type { Bay } from '../rtp/bay.ts'
import type { Tapped } from '../sip/events.ts'
import type { AnswerTimes } from './answer-times.ts'
import type { AudioWatch } from './audio-watch.ts'
import type { Identity } from './connections.ts'
import type { Dns } from './locate.ts'
import type { MediaEffect } from './media.ts'
import type { PromptShelfOptions } from './prompt-shelf.ts'
import type { ListenAddress } from './sockets.ts'
import type { LadderCounts } from './telephone-figures.ts'
import type { TrunkWire } from './trunk-line.ts'
import type { Asking } from './trunk-lines.ts'
import type { TrunkTests } from './trunk-tests.ts'

export type TelephoneOptions = PromptShelfOptions & {
  listen: ListenAddress[]
  advertise: string | null
  /** What is shown at a `tls:` address. */
  identity?: Identity | null
  /** Where names are looked up; left out: as this machine does. */
  dns?: Dns
  /** When trunks are asked by OPTIONS; left out: as usual. */
  asking?: Asking
  media: { address: string | null; ports: { from: number; to: number }; workers: number }
  recordingsDir: string
  /** Told how many ms the clock of its disk is ahead of ours. */
  recordingsClock?: { measured(aheadMs: number): unknown }
  /** By what that folder is known; left out: whatever is there is the one. */
  recordingsMark?: { settle(): Promise<void>; onKnown(listener: (mark: string) => void): void }
  /** Where the desk phones' registrations outlive a restart. */
  phoneBookFile: string
  /** Where the calls that are up outlive a kill, until they are ended. */
  dialogBookFile: string
  clock: Clock
  random: Random
  version: string
  /** Who keeps what was said in SIP; absent: nobody does. */
  ladder?: {
    note(message: Tapped): void
    name(callId: string, leg: LegId): void
    readonly figures: LadderCounts
  }
  secret(owner: string, kind: 'sip-password' | 'trunk-password' | 'trunk-key' | 'trunk-inbound'): string | null
  post(input: Input, actor: Actor): void
  /** What a network said before an unanswered end, and no recording explains: A-law. */
  unknown?(sound: Uint8Array, call: CallId | null): void
}

export type Telephone = AsyncDisposable & {
  readonly ports: { phone: { perform(effect: PhoneEffect): void }; media: { perform(effect: MediaEffect): void } }
  readonly stations: {
    answer(agent: UserId, offerSdp: string): Promise<{ sdp: string }>
    restart(agent: UserId, offerSdp: string): { sdp: string }
    close(agent: UserId): void
    /** Records four seconds of what this person says, and plays it back. Rejects with TryOutRefused. */
    tryOut(agent: UserId): Promise<TriedOut>
  }
  readonly bay: Bay
  /** What callers would hear of these prompts, one after the other, as an A-law WAV; names that are not known are left out. */
  speech(prompts: readonly string[]): Uint8Array
  /** Begins to register, to qualify and to take calls. */
  start(trunks: Trunk[]): void
  /** Takes note of changed trunks, passwords and people. */
  noteRecords(facts: readonly RecordFact[]): void
  figures(): Promise<Record<string, number>>
  /** Ends every session on the wire, with no word of the floor, and takes no more. Resolves when the far ends have answered, or did not in time. */
  hangUp(): Promise<void>
  /** Ends every leg but those of calls for help, which go on until `hangUp`, and calls nobody else from now on. */
  hangUpAllButHelp(): void
  /** How calls sound now, and how trunks have sounded since the start. */
  readonly audio: Pick<AudioWatch, 'ofCall' | 'live' | 'byTrunk' | 'quietMs'>
  /** How long customers who picked up waited for the agent's voice, by campaign, since the start. */
  answerTimes(): ReadonlyMap<CampaignId, AnswerTimes>
  /** What is seen of a trunk on the wire, instants in Unix ms; null when it is switched off or gone. */
  trunkWire(id: TrunkId): TrunkWire | null
  /** Tests of trunks that people ask for. */
  readonly trunkTests: Pick<TrunkTests, 'obstacle' | 'run' | 'of'>
  /** The certificate was renewed. */
  secure(identity: Identity): void
  /** Desk phones that are registered now, all or those of an extension. */
  bindings(
    extension?: string,
  ): { extension: string; userAgent: string | null; address: string; transport: string; expiresInMs: number }[]
  /** Where desk phones register: over `wanted` when it is listened for, else over what is. */
  doorFor(wanted: 'udp' | 'tcp' | 'tls'): { transport: 'udp' | 'tcp' | 'tls'; port: number }
  /** null while SIP is listened for. */
  readonly bound: { id: string; address: string; port: number }[]
}
