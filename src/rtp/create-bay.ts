/** The main thread's side of the patch bay: starts the media, recording and DTLS threads, keeps them alive, and passes their words on. */
import { isIP } from 'node:net'
import { processMonotonic } from '../lib/clock.ts'
import type { Fit, Seen } from '../lib/fit.ts'
import type { LegId, RecordingId } from '../lib/ids.ts'
import { workerFile } from '../lib/places.ts'
import {
  type Bay,
  type BayEvent,
  type Endpoint,
  type Identified,
  type LegFigures,
  MediaError,
  type OpenSpec,
  type PacketWay,
  type Recording,
  type Wants,
} from './bay.ts'
import type { BayOptions } from './bay-options.ts'
import { Browsers } from './browsers.ts'
import type { MediaReport, MediaRequest, PromptOctets } from './control.ts'
import { Ears } from './ears.ts'
import { encode } from './g711.ts'
import { Homes } from './homes.ts'
import { type Libc, loadLibc } from './libc.ts'
import { MediaThreads } from './media-threads.ts'
import type { Sealed } from './recording-file.ts'
import { Recordings } from './recordings.ts'
import { restartsPerMinuteMax } from './restarts.ts'
import { Waiting } from './waiting.ts'

export type { BayOptions } from './bay-options.ts'

/** Longest time a file may take to be sealed when the bay is closed. */
const sealMsMax = 8000
/** Longest time that the closing of a bay waits for legs on their way from one thread to another. */
const moveMsMax = 500
/** A media thread that told the figures of a thousand legs at once kept every packet waiting for 4 ms. */
const figuresAtOnce = 50

/** Rejects with MediaError when the options cannot be met or the media thread dies before it answers. */
export async function createBay(options: BayOptions): Promise<Bay> {
  if (isIP(options.address) === 0 || options.address.includes('%'))
    throw new MediaError(`media address ${options.address}: an IPv4 or IPv6 address is needed`)
  if (options.ports.to - options.ports.from < 1)
    throw new MediaError(`media ports ${options.ports.from}-${options.ports.to}: at least two are needed`)
  const host = new BayHost(options)
  try {
    await host.figures() // the media thread answers
  } catch (error) {
    await host[Symbol.asyncDispose]()
    throw error
  }
  return host
}

class BayHost implements Bay {
  readonly failed: Promise<Error>
  readonly #options: BayOptions
  readonly #listeners = new Set<(event: BayEvent) => void>()
  readonly #openings = new Waiting<LegId, Endpoint>()
  /** Addresses of legs that are being opened. */
  readonly #boundTo = new Map<LegId, string>()
  readonly #asks = new Waiting<number, LegFigures[]>()
  readonly #monotonic = processMonotonic()
  readonly #prompts: Record<string, PromptOctets>
  readonly #media: MediaThreads
  readonly #homes: Homes
  readonly #recordings: Recordings
  readonly #browsers: Browsers
  readonly #ears: Ears
  #nextAsk = 1
  #stoppedCount = 0
  #isClosing = false
  #onStopped: () => void = () => {}
  /** The media or the recording thread died too often: nothing new is taken, what goes on may end. */
  #failure: MediaError | null = null
  readonly #onFailed: (failure: Error) => void

  constructor(options: BayOptions) {
    this.#options = options
    const failing = Promise.withResolvers<Error>()
    this.failed = failing.promise
    this.#onFailed = failing.resolve
    const libc = options.wire === 'dgram' ? null : loadLibc()
    if (options.wire === 'libc' && libc === null) throw new MediaError('koffi or libc is not usable on this machine')
    this.#prompts = Object.fromEntries(
      Object.entries(options.prompts).map(([id, samples]) => [id, inBothLaws(samples)]),
    )
    const monotonic = this.#monotonic
    const threads = this.#threadCount(libc)
    this.#media = this.#startMedia(libc, threads)
    this.#homes = new Homes({
      threads,
      tell: (thread, request) => this.#tell(thread, request),
      closeFd: fd => this.#media.closeFd(fd),
    })
    this.#recordings = new Recordings({
      entry: options.recordingWorker ?? workerFile('rtp/recording-worker'),
      folder: options.recordingsDir ?? null,
      monotonic,
      tap: (leg, tap) => this.#homes.record(leg, tap),
      stopTap: recording => this.#homes.stopRecording(recording),
      emit: event => this.#emit(event),
      givenUp: reason => this.#giveUp('recording', reason),
    })
    this.#ears = new Ears({
      entry: options.earWorker ?? workerFile('rtp/ear-worker'),
      monotonic,
      tell: request => this.#homes.order(request),
      emit: event => this.#emit(event),
      fault: words => this.#fault(words),
    })
    this.#browsers = new Browsers({
      entry: options.dtlsWorker ?? workerFile('webrtc/dtls-worker'),
      identity: options.dtls ?? null,
      monotonic,
      tell: request => this.#homes.order(request),
      emit: event => this.#emit(event),
    })
  }

  open(leg: LegId, spec: OpenSpec): Promise<Endpoint> {
    if (this.#homes.has(leg)) return Promise.reject(new MediaError(`leg ${leg} is open already`))
    const refusal = this.#refusal() ?? (spec.kind === 'webrtc' ? this.#browsers.refusal() : null)
    if (refusal !== null) return Promise.reject(refusal)
    if (spec.kind === 'webrtc') this.#browsers.open(leg, spec.parameters.remoteFingerprint)
    const opened = this.#openings.wait(leg)
    const secure = spec.kind === 'rtp' ? null : spec
    const address = this.#addressFor(spec.kind === 'rtp' ? (spec.family ?? 4) : 4)
    this.#boundTo.set(leg, address)
    this.#homes.open(leg, spec.silenceMs, secure, address)
    return opened
  }

  restartIce: Bay['restartIce'] = (leg, credentials) => this.#homes.order({ type: 'ice.restart', leg, credentials })
  configure: Bay['configure'] = (leg, parameters) => this.#homes.order({ type: 'configure', leg, parameters })
  patch: Bay['patch'] = (a, b) => this.#homes.patch(a, b)
  mix: Bay['mix'] = (room, members) => this.#homes.mix(room, members)
  supervise: Bay['supervise'] = (leg, target, mode, gainDb) => this.#homes.supervise(leg, target, mode, gainDb)
  unpatch: Bay['unpatch'] = leg => this.#homes.unpatch(leg)
  play: Bay['play'] = (leg, prompt, loop) => this.#homes.order({ type: 'play', leg, prompt, loop })
  say: Bay['say'] = (leg, speech, parts) => this.#homes.order({ type: 'say', leg, speech, parts })
  stopPlay: Bay['stopPlay'] = leg => this.#homes.order({ type: 'stopPlay', leg })
  expectSound: Bay['expectSound'] = leg => this.#homes.order({ type: 'expectSound', leg })
  sendDigits: Bay['sendDigits'] = (leg, digits) => this.#homes.order({ type: 'sendDigits', leg, digits })
  stopRecording: Bay['stopRecording'] = recording => this.#homes.stopRecording(recording)

  /** A media thread that is started anew knows it too. */
  learn(prompt: string, samples: Int16Array): void {
    const octets = inBothLaws(samples)
    this.#prompts[prompt] = octets
    this.#tellAll({ type: 'learn', prompt, octets })
  }

  record(recording: RecordingId, leg: LegId, file: string): void {
    const refusal = this.#refusal()
    if (refusal !== null)
      return this.#emit({ type: 'recording.failed', recording, cause: 'thread', reason: refusal.message })
    this.#recordings.begin(recording, leg, file)
  }

  keepIn(mark: string): void {
    this.#recordings.keepIn(mark)
  }

  salvage(file: string, fit?: Fit | Seen): Promise<Sealed> {
    const refusal = this.#refusal()
    return refusal === null ? this.#recordings.salvage(file, fit) : Promise.reject(refusal)
  }

  listen(leg: LegId, wants: Wants | null): void {
    if (this.#homes.has(leg)) this.#ears.listen(leg, wants)
  }

  teach(library: readonly Recording[]): void {
    this.#ears.teach(library)
  }

  identify(sound: Uint8Array): Promise<Identified | null> {
    return this.#ears.identify(sound)
  }

  close(leg: LegId): void {
    if (!this.#homes.close(leg)) return
    this.#ears.closed(leg)
    this.#browsers.close(leg)
  }

  async figures(legs: readonly LegId[] = [...this.#homes.legs()]): Promise<LegFigures[]> {
    const all: LegFigures[] = []
    for (let from = 0; from === 0 || from < legs.length; from += figuresAtOnce)
      all.push(...(await this.#figuresOf(legs.slice(from, from + figuresAtOnce))))
    return all
  }

  async #figuresOf(legs: LegId[]): Promise<LegFigures[]> {
    const refusal = this.#refusal()
    if (refusal !== null) throw refusal
    const asked = Array.from({ length: this.#media.count }, (_, thread) => {
      const ask = this.#nextAsk++
      const figures = this.#asks.wait(ask)
      this.#tell(thread, { type: 'figures', ask, legs })
      return figures
    })
    return (await Promise.all(asked)).flat()
  }

  loads(): readonly number[] {
    return this.#homes.loads
  }

  hasSpare(): boolean {
    return this.#media.hasSpare
  }

  way(): PacketWay {
    return this.#media.way
  }

  onEvent(listener: (event: BayEvent) => void): void {
    this.#listeners.add(listener)
  }

  /** Closes every leg, waits until every recording is sealed (at most 8 s), then ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosing) return
    const comeBy = this.#monotonic() + moveMsMax
    while (this.#homes.isMoving && this.#monotonic() < comeBy) await pause(2)
    const stopped = new Promise<void>(resolve => (this.#onStopped = resolve))
    this.#tellAll({ type: 'stop' })
    this.#isClosing = true
    await Promise.race([stopped, this.#media.gone(), pause(2000)])
    const until = this.#monotonic() + sealMsMax
    while (this.#recordings.count > 0 && this.#monotonic() < until) await pause(10)
    await Promise.all([
      this.#media.terminate(),
      this.#recordings.terminate(),
      this.#browsers.terminate(),
      this.#ears.terminate(),
    ])
    this.#settleAll('the media threads are shutting down')
  }

  #refusal(): MediaError | null {
    return this.#isClosing ? new MediaError('the media threads are shutting down') : this.#failure
  }

  #giveUp(thread: 'media' | 'recording', reason: string): void {
    if (this.#failure !== null) return
    const often = `more than ${restartsPerMinuteMax} times within a minute`
    this.#failure = new MediaError(`the ${thread} thread died ${often} and is given up; the last time: ${reason}`)
    this.#fault(this.#failure.message)
    this.#onFailed(this.#failure)
  }

  #tell(thread: number, request: MediaRequest): void {
    if (!this.#isClosing) this.#media.tell(thread, request)
  }

  #tellAll(request: MediaRequest): void {
    if (!this.#isClosing) this.#media.tellAll(request)
  }

  /** A socket of node:dgram cannot go from thread to thread, so legs could not be patched. */
  #threadCount(libc: Libc | null): number {
    const { workers = 1 } = this.#options
    if (libc !== null || workers === 1) return workers
    this.#fault(`media.workers is ${workers}, but one media thread runs: several need koffi and Linux on x64 or arm64`)
    return 1
  }

  #startMedia(libc: Libc | null, count: number): MediaThreads {
    const { takesPrecedence = true, address, ports, mediaWorker } = this.#options
    return new MediaThreads({
      count,
      entry: mediaWorker ?? workerFile('rtp/media-worker'),
      libc,
      data: { takesPrecedence, address, ports, prompts: this.#prompts },
      monotonic: this.#monotonic,
      hear: report => this.#hearMedia(report),
      died: (thread, reason, inHand) => this.#mediaDied(thread, reason, inHand),
    })
  }

  #hearMedia(report: MediaReport): void {
    switch (report.type) {
      case 'opened':
        return this.#opened(report)
      case 'released':
        return this.#homes.released(report)
      case 'event':
        return this.#hearEvent(report.event)
      case 'figures':
        return this.#asks.resolve(report.ask, report.figures)
      case 'ear.begun':
        this.#homes.eared(report.leg, report)
        return this.#ears.begun(report)
      case 'ear.ended':
        this.#homes.eared(report.leg, null)
        return this.#ears.ended(report.leg)
      case 'tap.begun':
        this.#homes.tapped(report.request.recording, report.request)
        return this.#recordings.tapped(report.request)
      case 'tap.missed':
        return this.#recordings.missed(report.request)
      case 'tap.ended':
        this.#homes.untapped(report.request.recording)
        return this.#recordings.untapped(report.request)
      case 'dtls.packet':
        return this.#browsers.heard(report.leg, report.packet)
      case 'fault':
        return this.#fault(`leg ${report.leg}: ${report.words}`)
      case 'stopped':
        if (++this.#stoppedCount === this.#media.count) this.#onStopped()
        return
      default:
        report satisfies never
    }
  }

  #hearEvent(event: BayEvent): void {
    if (event.type === 'leg.digit') this.#ears.keyed(event.leg)
    if (event.type === 'recording.failed') {
      this.#homes.untapped(event.recording)
      this.#recordings.refused(event.recording)
    } else if (event.type === 'prompt.finished' || event.type === 'speech.finished')
      this.#homes.finished(event.leg, event)
    this.#emit(event)
  }

  #opened(report: Extract<MediaReport, { type: 'opened' }>): void {
    const { port, problem } = report
    const leg = report.leg as LegId
    const address = this.#boundTo.get(leg) ?? this.#options.address
    this.#boundTo.delete(leg)
    const shown = isIP(address) === isIP(this.#options.address) ? (this.#options.advertise ?? address) : address
    this.#homes.opened(report)
    if (problem === null) return this.#openings.resolve(leg, { address: shown, port })
    this.#browsers.close(leg)
    this.#openings.reject(leg, new MediaError(this.#bindWords(problem)))
  }

  /** What the administrator named, for legs of that family; else every address of theirs. */
  #addressFor(family: 4 | 6): string {
    const { address } = this.#options
    return isIP(address) === family ? address : family === 6 ? '::' : '0.0.0.0'
  }

  #bindWords(problem: string): string {
    const { address, ports } = this.#options
    if (problem === 'EADDRINUSE') return `no free port in media.ports ${ports.from}-${ports.to}: widen the range`
    if (problem === 'EADDRNOTAVAIL') return `media.address ${address} is not an address of this machine`
    if (problem === 'EMFILE' || problem === 'ENFILE') return 'too many open sockets: raise LimitNOFILE'
    return `no socket for media: ${problem}`
  }

  /** A fresh thread takes up the legs with their sockets, and goes on with their recordings; what it cannot take up is told as lost. */
  #mediaDied(thread: number, reason: string, inHand: number): void {
    if (this.#isClosing) return
    const isRestarted = this.#media.follow(thread)
    const { moved, lost } = this.#homes.died(thread, inHand, isRestarted)
    const recordings = this.#recordings.mediaDied(reason, recording => this.#homes.isTapped(recording))
    this.#ears.mediaDied(leg => this.#homes.has(leg))
    for (const leg of lost) {
      this.#boundTo.delete(leg)
      this.#browsers.close(leg)
      this.#openings.reject(leg, new MediaError(`the media thread died: ${reason}`))
    }
    this.#asks.rejectAll(new MediaError(`the media thread died: ${reason}`))
    if (!isRestarted) this.#giveUp('media', reason)
    this.#emit({ type: 'worker.died', legs: lost, moved, recordings, reason })
  }

  #settleAll(reason: string): void {
    this.#openings.rejectAll(new MediaError(reason))
    this.#asks.rejectAll(new MediaError(reason))
  }

  #emit(event: BayEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  #fault(words: string): void {
    this.#options.onFault?.(words)
  }
}

function inBothLaws(samples: Int16Array): PromptOctets {
  return { pcma: shared(encode(samples, 'pcma')), pcmu: shared(encode(samples, 'pcmu')) }
}

/** Prompts are read by the media thread where they lie. */
function shared(octets: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(octets.length))
  copy.set(octets)
  return copy
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
