/** The main thread's side of the patch bay: starts the media, recording and DTLS threads, keeps them alive, and passes their words on. */
import { processMonotonic } from '../lib/clock.ts'
import type { LegId, RecordingId } from '../lib/ids.ts'
import { workerFile } from '../lib/places.ts'
import {
  type Bay,
  type BayEvent,
  type Endpoint,
  type LegFigures,
  MediaError,
  type OpenSpec,
  type Recording,
  type Wants,
} from './bay.ts'
import type { BayOptions } from './bay-options.ts'
import { BayThread } from './bay-thread.ts'
import { Browsers } from './browsers.ts'
import type { MediaReport, MediaRequest, MediaWorkerData, PromptOctets } from './control.ts'
import { Ears } from './ears.ts'
import { encode } from './g711.ts'
import { loadLibc } from './libc.ts'
import { Recordings } from './recordings.ts'
import { restartsPerMinuteMax } from './restarts.ts'
import { Waiting } from './waiting.ts'
import { Wake } from './wake.ts'
import { ipv4Number } from './wire.ts'

export type { BayOptions } from './bay-options.ts'

/** Longest time a file may take to be sealed when the bay is closed. */
const sealMsMax = 8000

/** Rejects with MediaError when the options cannot be met or the media thread dies before it answers. */
export async function createBay(options: BayOptions): Promise<Bay> {
  if (ipv4Number(options.address) === null)
    throw new MediaError(
      `media address ${options.address}: an IPv4 address is needed (IPv6 media is not supported yet)`,
    )
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
  readonly #asks = new Waiting<number, LegFigures[]>()
  readonly #legs = new Set<LegId>()
  readonly #monotonic = processMonotonic()
  readonly #wake: Wake | null
  readonly #prompts: Record<string, PromptOctets>
  readonly #media: BayThread<MediaRequest, MediaReport>
  readonly #recordings: Recordings
  readonly #browsers: Browsers
  readonly #ears: Ears
  #nextAsk = 1
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
    this.#wake = libc === null ? null : new Wake(libc)
    this.#prompts = Object.fromEntries(
      Object.entries(options.prompts).map(([id, samples]) => [id, inBothLaws(samples)]),
    )
    this.#media = this.#startMedia()
    const tell = (request: MediaRequest) => this.#tell(request)
    const monotonic = this.#monotonic
    this.#recordings = new Recordings({
      entry: options.recordingWorker ?? workerFile('rtp/recording-worker'),
      monotonic,
      tell,
      emit: event => this.#emit(event),
      givenUp: reason => this.#giveUp('recording', reason),
    })
    this.#ears = new Ears({
      entry: options.earWorker ?? workerFile('rtp/ear-worker'),
      monotonic,
      tell,
      emit: event => this.#emit(event),
      fault: words => this.#fault(words),
    })
    this.#browsers = new Browsers({
      entry: options.dtlsWorker ?? workerFile('webrtc/dtls-worker'),
      identity: options.dtls ?? null,
      monotonic,
      tell,
      fault: words => this.#fault(words),
    })
  }

  open(leg: LegId, spec: OpenSpec): Promise<Endpoint> {
    if (this.#legs.has(leg)) return Promise.reject(new MediaError(`leg ${leg} is open already`))
    const refusal = this.#refusal() ?? (spec.kind === 'webrtc' ? this.#browsers.refusal() : null)
    if (refusal !== null) return Promise.reject(refusal)
    this.#legs.add(leg)
    if (spec.kind === 'webrtc') this.#browsers.open(leg, spec.parameters.remoteFingerprint)
    const opened = this.#openings.wait(leg)
    const secure = spec.kind === 'rtp' ? null : spec
    this.#tell({ type: 'open', leg, silenceMs: spec.silenceMs, secure })
    return opened
  }

  restartIce: Bay['restartIce'] = (leg, credentials) => this.#tell({ type: 'ice.restart', leg, credentials })
  configure: Bay['configure'] = (leg, parameters) => this.#tell({ type: 'configure', leg, parameters })
  patch: Bay['patch'] = (a, b) => this.#tell({ type: 'patch', a, b })
  mix: Bay['mix'] = (room, members) => this.#tell({ type: 'mix', room, members })
  supervise: Bay['supervise'] = (leg, target, mode) => this.#tell({ type: 'supervise', leg, target, mode })
  unpatch: Bay['unpatch'] = leg => this.#tell({ type: 'unpatch', leg })
  play: Bay['play'] = (leg, prompt, loop) => this.#tell({ type: 'play', leg, prompt, loop })
  say: Bay['say'] = (leg, speech, parts) => this.#tell({ type: 'say', leg, speech, parts })
  stopPlay: Bay['stopPlay'] = leg => this.#tell({ type: 'stopPlay', leg })
  sendDigits: Bay['sendDigits'] = (leg, digits) => this.#tell({ type: 'sendDigits', leg, digits })
  stopRecording: Bay['stopRecording'] = recording => this.#tell({ type: 'stopRecording', recording })

  /** A media thread that is started anew knows it too. */
  learn(prompt: string, samples: Int16Array): void {
    const octets = inBothLaws(samples)
    this.#prompts[prompt] = octets
    this.#tell({ type: 'learn', prompt, octets })
  }

  record(recording: RecordingId, leg: LegId, file: string): void {
    const refusal = this.#refusal()
    if (refusal !== null) return this.#emit({ type: 'recording.failed', recording, reason: refusal.message })
    this.#recordings.begin(recording, leg, file)
  }

  listen(leg: LegId, wants: Wants | null): void {
    if (this.#legs.has(leg)) this.#ears.listen(leg, wants)
  }

  teach(library: readonly Recording[]): void {
    this.#ears.teach(library)
  }

  close(leg: LegId): void {
    if (!this.#legs.delete(leg)) return
    this.#ears.closed(leg)
    this.#browsers.close(leg)
    this.#tell({ type: 'close', leg })
  }

  figures(): Promise<LegFigures[]> {
    const refusal = this.#refusal()
    if (refusal !== null) return Promise.reject(refusal)
    const ask = this.#nextAsk++
    const figures = this.#asks.wait(ask)
    this.#tell({ type: 'figures', ask })
    return figures
  }

  onEvent(listener: (event: BayEvent) => void): void {
    this.#listeners.add(listener)
  }

  /** Closes every leg, waits until every recording is sealed (at most 8 s), then ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosing) return
    const stopped = new Promise<void>(resolve => (this.#onStopped = resolve))
    this.#tell({ type: 'stop' })
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
    this.#wake?.close()
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

  #tell(request: MediaRequest): void {
    if (this.#isClosing) return
    this.#media.post(request)
    this.#wake?.wake()
  }

  #startMedia(): BayThread<MediaRequest, MediaReport> {
    const { takesPrecedence = true, address, ports, mediaWorker } = this.#options
    const workerData: MediaWorkerData = {
      wire: this.#wake === null ? 'dgram' : 'libc',
      wakeFd: this.#wake?.fd ?? -1,
      takesPrecedence,
      address,
      ports,
      prompts: this.#prompts,
    }
    return new BayThread(
      {
        name: 'media',
        entry: mediaWorker ?? workerFile('rtp/media-worker'),
        workerData,
        hear: report => this.#hearMedia(report),
        died: reason => this.#mediaDied(reason),
      },
      this.#monotonic,
    )
  }

  #hearMedia(report: MediaReport): void {
    switch (report.type) {
      case 'opened':
        return this.#opened(report)
      case 'event':
        if (report.event.type === 'leg.digit') this.#ears.keyed(report.event.leg)
        if (report.event.type === 'recording.failed') this.#recordings.refused(report.event.recording)
        return this.#emit(report.event)
      case 'figures':
        return this.#asks.resolve(report.ask, report.figures)
      case 'ear.begun':
        return this.#ears.begun(report)
      case 'ear.ended':
        return this.#ears.ended(report.leg)
      case 'tap.begun':
        return this.#recordings.tapped(report.request)
      case 'tap.ended':
        return this.#recordings.untapped(report.request)
      case 'dtls.packet':
        return this.#browsers.heard(report.leg, report.packet)
      case 'fault':
        return this.#fault(`leg ${report.leg}: ${report.words}`)
      case 'stopped':
        return this.#onStopped()
      default:
        report satisfies never
    }
  }

  #opened({ leg: id, port, problem }: Extract<MediaReport, { type: 'opened' }>): void {
    const leg = id as LegId
    const { address, advertise } = this.#options
    if (problem === null) return this.#openings.resolve(leg, { address: advertise ?? address, port })
    this.#legs.delete(leg)
    this.#browsers.close(leg)
    this.#openings.reject(leg, new MediaError(this.#bindWords(problem)))
  }

  #bindWords(problem: string): string {
    const { address, ports } = this.#options
    if (problem === 'EADDRINUSE') return `no free port in media.ports ${ports.from}-${ports.to}: widen the range`
    if (problem === 'EADDRNOTAVAIL') return `media.address ${address} is not an address of this machine`
    if (problem === 'EMFILE' || problem === 'ENFILE') return 'too many open sockets: raise LimitNOFILE'
    return `no socket for media: ${problem}`
  }

  /** What the recordings hold so far is sealed; the legs are gone with their sockets; a fresh thread takes the next ones. */
  #mediaDied(reason: string): void {
    if (this.#isClosing) return
    const legs = [...this.#legs]
    const recordings = this.#recordings.ids
    this.#recordings.mediaDied(reason)
    this.#ears.mediaDied()
    for (const leg of legs) this.#browsers.close(leg)
    this.#legs.clear()
    this.#settleAll(`the media thread died: ${reason}`)
    if (!this.#media.restart()) this.#giveUp('media', reason)
    this.#emit({ type: 'worker.died', legs, recordings, reason })
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
