/**
 * The media threads of a bay: whether each still turns, and who follows when one dies. A fresh thread takes a third of a second to load, and
 * seconds on a busy machine; so on libc, where a successor can take up the calls, one more stands ready.
 */
import type { PacketWay } from './bay.ts'
import { BayThread } from './bay-thread.ts'
import type { MediaReport, MediaRequest, MediaWorkerData } from './control.ts'
import { Heart, HeartWatch, heartLookMs } from './heart.ts'
import { closeIoRing, createIoRing, type IoRingPlace } from './io-ring.ts'
import type { Libc } from './libc.ts'
import { Restarts } from './restarts.ts'
import { ranMsOf } from './thread-time.ts'
import { Wake } from './wake.ts'

export type MediaThreadsPorts = {
  count: number
  entry: string | URL
  /** Null: the threads work on node:dgram. */
  libc: Libc | null
  /** What all threads are told alike. */
  data: Pick<MediaWorkerData, 'takesPrecedence' | 'address' | 'ports' | 'prompts'>
  monotonic(): number
  hear(report: MediaReport): void
  /** `inHand`: the number of the leg it was busy with; 0: none. The owner decides whether it is followed. */
  died(thread: number, reason: string, inHand: number): void
}

/** One thread and what of it the kernel holds. */
type Place = {
  readonly thread: BayThread<MediaRequest, MediaReport>
  readonly wake: Wake | null
  readonly epollFd: number
  readonly ring: IoRingPlace | null
  readonly heart: Heart
  readonly watch: HeartWatch
}

export class MediaThreads {
  readonly #ports: MediaThreadsPorts
  readonly #places: Place[]
  readonly #restarts: Restarts[]
  readonly #spareRestarts: Restarts
  #spare: Place | null = null
  readonly #timer: NodeJS.Timeout

  constructor(ports: MediaThreadsPorts) {
    this.#ports = ports
    const { count, monotonic } = ports
    this.#places = Array.from({ length: count }, (_, index) =>
      this.#start(count === 1 ? 'media' : `media ${index + 1}`),
    )
    this.#restarts = this.#places.map(() => new Restarts(monotonic))
    this.#spareRestarts = new Restarts(monotonic)
    this.#timer = setInterval(() => this.#look(), heartLookMs)
    this.#timer.unref()
  }

  get count(): number {
    return this.#places.length
  }

  get hasSpare(): boolean {
    return this.#spare !== null && this.#spare.heart.beats > 0
  }

  get way(): PacketWay {
    const { wake, ring } = this.#places[0]!
    return ring !== null ? 'batch' : wake !== null ? 'single' : 'dgram'
  }

  tell(thread: number, request: MediaRequest): void {
    tell(this.#places[thread]!, request)
  }

  /** The one that stands ready too. */
  tellAll(request: MediaRequest): void {
    for (const place of this.#places) tell(place, request)
    if (this.#spare !== null) tell(this.#spare, request)
  }

  /** Puts another thread where one died. False: that has happened too often within a minute. */
  follow(thread: number): boolean {
    if (!this.#restarts[thread]!.take()) return false
    this.#places[thread] = this.#spare ?? this.#start('media again')
    this.#spare = null
    return true
  }

  /** Resolves when all are gone. */
  async gone(): Promise<void> {
    await Promise.all(this.#places.map(({ thread }) => thread.gone()))
  }

  /** A socket whose leg nobody takes. */
  closeFd(fd: number): void {
    this.#places[0]!.wake?.closeFd(fd)
  }

  async terminate(): Promise<void> {
    clearInterval(this.#timer)
    const places = this.#spare === null ? this.#places : [...this.#places, this.#spare]
    await Promise.all(places.map(({ thread }) => thread.terminate()))
    for (const place of places) this.#close(place)
  }

  #start(name: string): Place {
    const { entry, libc, data, monotonic, hear } = this.#ports
    const memory = Heart.memory()
    const heart = new Heart(memory)
    const wake = libc && new Wake(libc)
    const epollFd = wake?.epoll() ?? -1
    const ring = libc && createIoRing(libc)
    const kind = wake ? ('libc' as const) : ('dgram' as const)
    const workerData: MediaWorkerData = { ...data, wire: kind, wakeFd: wake?.fd ?? -1, epollFd, ring, heart: memory }
    const died = (reason: string) => this.#died(place, reason)
    const thread = new BayThread({ name, entry, workerData: () => workerData, hear, died }, monotonic)
    const place = { thread, wake, epollFd, ring, heart, watch: new HeartWatch(heart, monotonic(), ranMsOf) }
    return place
  }

  #died(place: Place, reason: string): void {
    const index = this.#places.indexOf(place)
    if (index >= 0) this.#ports.died(index, reason, place.heart.inHand)
    else this.#spare = null
    if (!this.#places.includes(place)) this.#close(place) // else nobody followed it, and it is closed at the end
  }

  #close({ wake, epollFd, ring }: Place): void {
    wake?.closeFd(epollFd)
    wake?.close()
    if (ring !== null) closeIoRing(this.#ports.libc!, ring)
  }

  #look(): void {
    const now = this.#ports.monotonic()
    const { libc } = this.#ports
    for (const { thread, watch } of this.#places) {
      const stillMs = thread.isAlive ? watch.stoodStill(now) : null
      if (stillMs !== null) thread.kill(`its loop stood still for ${(stillMs / 1000).toFixed(1)} s`)
    }
    const areUp = this.#places.every(({ heart }) => heart.beats > 0)
    if (libc !== null && areUp && this.#spare === null && this.#spareRestarts.take())
      this.#spare = this.#start('media spare')
  }
}

function tell({ thread, wake }: Place, request: MediaRequest): void {
  thread.post(request)
  wake?.wake()
}
