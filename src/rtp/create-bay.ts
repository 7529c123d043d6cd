/** The main thread's side of the patch bay: starts the media, recording and DTLS threads, keeps them alive, and passes their words on. */
import { Worker } from 'node:worker_threads'
import { processMonotonic } from '../lib/clock.ts'
import type { LegId, RecordingId } from '../lib/ids.ts'
import { workerFile } from '../lib/places.ts'
import { type Bay, type BayEvent, type Endpoint, type LegFigures, MediaError, type OpenSpec } from './bay.ts'
import type {
  MediaReport,
  MediaRequest,
  MediaWorkerData,
  PromptOctets,
  RecorderReport,
  RecorderRequest,
} from './control.ts'
import { encode } from './g711.ts'
import { loadLibc, nativeMemory } from './libc.ts'
import { Restarts, restartsPerMinuteMax } from './restarts.ts'
import { RingPool } from './ring-pool.ts'
import type { DtlsIdentity, DtlsReply, DtlsRequest } from './secure-leg.ts'
import { ipv4Number } from './wire.ts'

export type BayOptions = {
  /** IPv4 address that sockets are bound to; `0.0.0.0` for all. */
  address: string
  /** What `open` answers as the address, for the SDP; default `address`. */
  advertise?: string
  /** Both ends included. A leg takes an even port and the next (RTCP). */
  ports: { from: number; to: number }
  /** Samples at 8 kHz by prompt id; see `prompts.ts`. */
  prompts: Record<string, Int16Array>
  /** Our certificate for browsers; without one, legs of kind webrtc are refused. */
  dtls?: DtlsIdentity
  /** `auto`: libc through koffi where it works, else node:dgram at twice the cost. */
  wire?: 'auto' | 'libc' | 'dgram'
  /** False: the media thread runs like any other even where real-time priority is permitted. Default true. */
  takesPrecedence?: boolean
  /** A bug was met and contained; for the log. */
  onFault?(words: string): void
  /** Entries of the threads, where they are not where `lib/places.ts` says. */
  mediaWorker?: string | URL
  recordingWorker?: string | URL
  dtlsWorker?: string | URL
}

const EFD_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000
/** Longest time a file may take to be sealed when the bay is closed. */
const sealMsMax = 8000
/** These threads make next to no garbage once they run; loading their modules would grow each heap's young half to 48 MB for good. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 }

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

type Waiting<Answer> = { resolve(answer: Answer): void; reject(error: Error): void }

class BayHost implements Bay {
  readonly failed: Promise<Error>
  readonly #options: BayOptions
  readonly #listeners = new Set<(event: BayEvent) => void>()
  readonly #openings = new Map<LegId, Waiting<Endpoint>>()
  readonly #legs = new Set<LegId>()
  readonly #browsers = new Set<LegId>()
  /** Neither closed nor failed; `begun` once the recording thread knows of it. */
  readonly #recordings = new Map<RecordingId, 'asked' | 'begun'>()
  readonly #rings = new RingPool()
  readonly #asks = new Map<number, Waiting<LegFigures[]>>()
  readonly #monotonic = processMonotonic()
  readonly #wire: 'libc' | 'dgram'
  readonly #wakeFd: number
  readonly #wakeWord = wakeWord()
  readonly #workerData: MediaWorkerData
  #media: Worker
  #recorder: Worker
  #dtls: Worker | null
  #nextAsk = 1
  #isClosing = false
  #onStopped: () => void = () => {}
  readonly #restarts = {
    media: new Restarts(this.#monotonic),
    recording: new Restarts(this.#monotonic),
    dtls: new Restarts(this.#monotonic),
  }
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
    this.#wire = libc === null ? 'dgram' : 'libc'
    this.#wakeFd = libc === null ? -1 : libc.eventfd(0, EFD_NONBLOCK_CLOEXEC)
    this.#workerData = {
      wire: this.#wire,
      wakeFd: this.#wakeFd,
      takesPrecedence: options.takesPrecedence ?? true,
      address: options.address,
      ports: options.ports,
      prompts: Object.fromEntries(Object.entries(options.prompts).map(([id, samples]) => [id, inBothLaws(samples)])),
    }
    this.#media = this.#startMedia()
    this.#recorder = this.#startRecorder()
    this.#dtls = options.dtls === undefined ? null : this.#startDtls(options.dtls)
  }

  open(leg: LegId, spec: OpenSpec): Promise<Endpoint> {
    if (this.#legs.has(leg)) return Promise.reject(new MediaError(`leg ${leg} is open already`))
    const refusal = this.#refusal() ?? (spec.kind === 'webrtc' ? this.#browserRefusal() : null)
    if (refusal !== null) return Promise.reject(refusal)
    this.#legs.add(leg)
    if (spec.kind === 'webrtc') {
      this.#browsers.add(leg)
      this.#askDtls({ type: 'open', leg, remoteFingerprint: spec.parameters.remoteFingerprint })
    }
    return new Promise((resolve, reject) => {
      this.#openings.set(leg, { resolve, reject })
      const secure = spec.kind === 'rtp' ? null : spec
      this.#tell({ type: 'open', leg, silenceMs: spec.silenceMs, secure })
    })
  }

  configure: Bay['configure'] = (leg, parameters) => this.#tell({ type: 'configure', leg, parameters })
  patch: Bay['patch'] = (a, b) => this.#tell({ type: 'patch', a, b })
  unpatch: Bay['unpatch'] = leg => this.#tell({ type: 'unpatch', leg })
  play: Bay['play'] = (leg, prompt, loop) => this.#tell({ type: 'play', leg, prompt, loop })
  say: Bay['say'] = (leg, speech, parts) => this.#tell({ type: 'say', leg, speech, parts })
  stopPlay: Bay['stopPlay'] = leg => this.#tell({ type: 'stopPlay', leg })
  sendDigits: Bay['sendDigits'] = (leg, digits) => this.#tell({ type: 'sendDigits', leg, digits })

  /** A media thread that is started anew knows it too. */
  learn(prompt: string, samples: Int16Array): void {
    const octets = inBothLaws(samples)
    this.#workerData.prompts[prompt] = octets
    this.#tell({ type: 'learn', prompt, octets })
  }

  record(recording: RecordingId, leg: LegId, file: string): void {
    const refusal = this.#refusal()
    if (refusal !== null) return this.#emit({ type: 'recording.failed', recording, reason: refusal.message })
    this.#recordings.set(recording, 'asked')
    this.#tell({ type: 'record', recording, leg, file, memory: this.#rings.lend(recording) })
  }

  stopRecording(recording: RecordingId): void {
    this.#tell({ type: 'stopRecording', recording })
  }

  close(leg: LegId): void {
    if (!this.#legs.delete(leg)) return
    if (this.#browsers.delete(leg)) this.#askDtls({ type: 'close', leg })
    this.#tell({ type: 'close', leg })
  }

  figures(): Promise<LegFigures[]> {
    const refusal = this.#refusal()
    if (refusal !== null) return Promise.reject(refusal)
    const ask = this.#nextAsk++
    return new Promise((resolve, reject) => {
      this.#asks.set(ask, { resolve, reject })
      this.#tell({ type: 'figures', ask })
    })
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
    const gone = new Promise<unknown>(resolve =>
      this.#media.threadId === -1 ? resolve(null) : this.#media.once('exit', resolve),
    )
    await Promise.race([stopped, gone, pause(2000)])
    const until = this.#monotonic() + sealMsMax
    while (this.#recordings.size > 0 && this.#monotonic() < until) await pause(10)
    await Promise.all([this.#media.terminate(), this.#recorder.terminate(), this.#dtls?.terminate()])
    this.#settleAll('the media threads are shutting down')
    if (this.#wakeFd >= 0) loadLibc()?.close(this.#wakeFd)
  }

  #refusal(): MediaError | null {
    return this.#isClosing ? new MediaError('the media threads are shutting down') : this.#failure
  }

  /** A DTLS thread that died too often costs the browsers, not the desk phones' calls; it is tried again when its minute is over. */
  #browserRefusal(): MediaError | null {
    const { dtls } = this.#options
    if (dtls === undefined) return new MediaError('browsers cannot be connected: no DTLS certificate was given')
    if (this.#dtls === null && this.#restarts.dtls.take()) this.#dtls = this.#startDtls(dtls)
    return this.#dtls === null
      ? new MediaError('browsers cannot be connected: the DTLS thread dies again and again; try again in a minute')
      : null
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
    this.#media.postMessage(request)
    if (this.#wakeFd >= 0) loadLibc()!.write(this.#wakeFd, this.#wakeWord, 8)
  }

  #tellRecorder(request: RecorderRequest): void {
    this.#recorder.postMessage(request)
  }

  #askDtls(request: DtlsRequest): void {
    this.#dtls?.postMessage(request)
  }

  #startMedia(): Worker {
    const file = this.#options.mediaWorker ?? workerFile('rtp/media-worker')
    const worker = new Worker(file, { workerData: this.#workerData, name: 'media', resourceLimits })
    worker.on('message', (report: MediaReport) => this.#hearMedia(report))
    watch(worker, reason => this.#mediaDied(worker, reason))
    return worker
  }

  #startRecorder(): Worker {
    const worker = new Worker(this.#options.recordingWorker ?? workerFile('rtp/recording-worker'), {
      name: 'recording',
      resourceLimits,
    })
    worker.on('message', (report: RecorderReport) => this.#hearRecorder(report))
    watch(worker, reason => this.#recorderDied(worker, reason))
    return worker
  }

  #startDtls(identity: DtlsIdentity): Worker {
    const { certificatePem, privateKeyPem } = identity
    const file = this.#options.dtlsWorker ?? workerFile('webrtc/dtls-worker')
    const worker = new Worker(file, { workerData: { certificatePem, privateKeyPem }, name: 'dtls', resourceLimits })
    worker.on('message', (reply: DtlsReply) => this.#hearDtls(reply))
    watch(worker, reason => {
      if (this.#isClosing || worker !== this.#dtls) return
      this.#fault(`the DTLS thread died: ${reason}`)
      for (const leg of this.#browsers) this.#tell({ type: 'dtls.lost', leg, reason: 'the DTLS thread died' })
      this.#dtls = this.#restarts.dtls.take() ? this.#startDtls(identity) : null
    })
    return worker
  }

  #hearMedia(report: MediaReport): void {
    switch (report.type) {
      case 'opened':
        return this.#opened(report)
      case 'event':
        if (report.event.type === 'recording.failed') this.#notBegun(report.event.recording)
        return this.#emit(report.event)
      case 'figures':
        this.#asks.get(report.ask)?.resolve(report.figures)
        this.#asks.delete(report.ask)
        return
      case 'tap.begun':
        if (!this.#recordings.has(report.request.recording as RecordingId)) return // told as failed meanwhile
        this.#recordings.set(report.request.recording as RecordingId, 'begun')
        return this.#tellRecorder(report.request)
      case 'tap.ended':
        return this.#tellRecorder(report.request)
      case 'dtls.packet':
        return this.#askDtls({ type: 'packet', leg: report.leg, packet: report.packet })
      case 'fault':
        return this.#fault(`leg ${report.leg}: ${report.words}`)
      case 'stopped':
        return this.#onStopped()
      default:
        report satisfies never
    }
  }

  #opened({ leg, port, problem }: Extract<MediaReport, { type: 'opened' }>): void {
    const opening = this.#openings.get(leg as LegId)
    this.#openings.delete(leg as LegId)
    if (problem === null) return opening?.resolve({ address: this.#options.advertise ?? this.#options.address, port })
    this.#legs.delete(leg as LegId)
    if (this.#browsers.delete(leg as LegId)) this.#askDtls({ type: 'close', leg })
    opening?.reject(new MediaError(this.#bindWords(problem)))
  }

  #bindWords(problem: string): string {
    const { address, ports } = this.#options
    if (problem === 'EADDRINUSE') return `no free port in media.ports ${ports.from}-${ports.to}: widen the range`
    if (problem === 'EADDRNOTAVAIL') return `media.address ${address} is not an address of this machine`
    if (problem === 'EMFILE' || problem === 'ENFILE') return 'too many open sockets: raise LimitNOFILE'
    return `no socket for media: ${problem}`
  }

  #hearRecorder(report: RecorderReport): void {
    const recording = report.recording as RecordingId
    this.#recordings.delete(recording)
    if (report.type === 'closed') {
      this.#rings.takeBack(recording)
      const { sha256, bytes, durationMs, lostMs } = report
      return this.#emit({ type: 'recording.closed', recording, sha256, bytes, durationMs, lostMs })
    }
    this.#rings.forget(recording) // the relay loop writes on until it is told
    this.#tell({ type: 'stopRecording', recording })
    this.#emit({ type: 'recording.failed', recording, reason: report.reason })
  }

  #notBegun(recording: RecordingId): void {
    this.#recordings.delete(recording)
    this.#rings.takeBack(recording)
  }

  #hearDtls(reply: DtlsReply): void {
    switch (reply.type) {
      case 'packet':
        return this.#tell({ type: 'dtls.packet', leg: reply.leg, packet: reply.packet })
      case 'keys':
        return this.#tell({ type: 'dtls.keys', leg: reply.leg, keys: reply.keys })
      case 'lost':
        return this.#tell({ type: 'dtls.lost', leg: reply.leg, reason: reply.reason })
      default:
        reply satisfies never
    }
  }

  /** What the recordings hold so far is sealed; the legs are gone with their sockets; a fresh thread takes the next ones. */
  #mediaDied(worker: Worker, reason: string): void {
    if (this.#isClosing || worker !== this.#media) return
    const legs = [...this.#legs]
    const recordings = [...this.#recordings.keys()]
    for (const [recording, phase] of [...this.#recordings])
      if (phase === 'begun') this.#tellRecorder({ type: 'stop', recording, endMs: this.#monotonic() })
      else {
        this.#recordings.delete(recording)
        this.#rings.forget(recording)
        this.#emit({ type: 'recording.failed', recording, reason: `the media thread died: ${reason}` })
      }
    for (const leg of this.#browsers) this.#askDtls({ type: 'close', leg })
    this.#legs.clear()
    this.#browsers.clear()
    this.#settleAll(`the media thread died: ${reason}`)
    if (this.#restarts.media.take()) this.#media = this.#startMedia()
    else this.#giveUp('media', reason)
    this.#emit({ type: 'worker.died', legs, recordings, reason })
  }

  /** Recordings that the dead thread never heard of are begun by the fresh one; without a fresh one, all have failed. */
  #recorderDied(worker: Worker, reason: string): void {
    if (this.#isClosing || worker !== this.#recorder) return
    if (this.#restarts.recording.take()) this.#recorder = this.#startRecorder()
    else this.#giveUp('recording', reason)
    for (const [recording, phase] of [...this.#recordings]) {
      if (phase === 'asked' && this.#failure === null) continue
      this.#recordings.delete(recording)
      this.#rings.forget(recording)
      this.#tell({ type: 'stopRecording', recording })
      this.#emit({ type: 'recording.failed', recording, reason: `the recording thread died: ${reason}` })
    }
  }

  /** Nobody waits for an answer that cannot come. */
  #settleAll(reason: string): void {
    for (const opening of this.#openings.values()) opening.reject(new MediaError(reason))
    this.#openings.clear()
    for (const ask of this.#asks.values()) ask.reject(new MediaError(reason))
    this.#asks.clear()
  }

  #emit(event: BayEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  #fault(words: string): void {
    this.#options.onFault?.(words)
  }
}

function watch(worker: Worker, died: (reason: string) => void): void {
  let reason = ''
  worker.on('error', (error: unknown) => {
    reason = (error as Error).stack ?? String(error)
  })
  worker.once('exit', code => died(reason || `exit code ${code}`))
}

/** The 64-bit 1 that is written to the eventfd. */
let word: { address: number } | null = null
function wakeWord(): number {
  if (loadLibc() === null) return 0
  if (word === null) {
    const memory = nativeMemory(8)
    memory.bytes[0] = 1
    word = memory
  }
  return word.address
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
