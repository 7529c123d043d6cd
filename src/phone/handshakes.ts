/**
 * TLS handshakes under way at our door. Each costs the main thread about a millisecond of arithmetic and holds a socket until it is done, so
 * both are bounded: how many may be half-open, in all and from one address (`sourceOf`), and how many may begin a second. Where there are too many the
 * oldest gives way, and a stranger's to that of somebody who is known.
 */
import type { Socket } from 'node:net'
import { Allowance } from '../lib/allowance.ts'
import { sourceOf } from '../lib/source.ts'

const halfOpenMax = 512
/** Some hundred telephones behind one NAT come back together after a power cut; the rest of them try again. */
const halfOpenPerAddressMax = 64
const beginPerSecond = 200
const beginBurst = 400
const beginPerAddressPerSecond = 40
const beginPerAddressBurst = 200
const addressesMax = 4_096

export class Handshakes {
  readonly #now: () => number
  /** By the caller's name for it, the oldest first. */
  readonly #open = new Map<string, { source: string; socket: Socket; isKnown: boolean }>()
  readonly #all: Allowance
  /** The oldest goes when there are too many: were it a flooder's, it would have one burst more. */
  readonly #bySource = new Map<string, { halfOpen: number; begins: Allowance }>()

  /** Refused, or made to give way. */
  turnedAway = 0

  constructor(now: () => number) {
    this.#now = now
    this.#all = new Allowance({ burst: beginBurst, perSecond: beginPerSecond, now: now() })
  }

  get halfOpen(): number {
    return this.#open.size
  }

  /**
   * False: there are too many, close it. Else it counts, under `name`, until `done` or until it is closed. `isKnown`: it comes from a trunk, or
   * from where somebody proved who they are, and counts by its own address; what strangers begin does not count against it.
   */
  begin(name: string, socket: Socket, isKnown: boolean): boolean {
    const address = socket.remoteAddress ?? ''
    const source = isKnown ? address : sourceOf(address)
    const its = this.#of(source)
    if (!this.#mayBegin(its, isKnown) || !this.#hasPlace(source, its)) {
      this.turnedAway++
      return false
    }
    its.halfOpen++
    this.#open.set(name, { source, socket, isKnown })
    socket.once('close', () => this.done(name))
    return true
  }

  #mayBegin(its: { begins: Allowance }, isKnown: boolean): boolean {
    const now = this.#now()
    return its.begins.take(now) && (isKnown || this.#all.take(now))
  }

  #hasPlace(source: string, its: { halfOpen: number }): boolean {
    if (its.halfOpen >= halfOpenPerAddressMax) return this.#turnOut(one => one.source === source)
    return this.#open.size < halfOpenMax || this.#turnOut(one => !one.isKnown)
  }

  #turnOut(isMeant: (one: { source: string; isKnown: boolean }) => boolean): boolean {
    for (const [name, one] of this.#open) {
      if (!isMeant(one)) continue
      this.turnedAway++
      this.done(name)
      one.socket.destroy()
      return true
    }
    return false
  }

  done(name: string): void {
    const open = this.#open.get(name)
    if (open === undefined) return
    this.#open.delete(name)
    const its = this.#bySource.get(open.source)
    if (its !== undefined) its.halfOpen--
  }

  endAll(): void {
    for (const { socket } of this.#open.values()) socket.destroy()
  }

  #of(source: string): { halfOpen: number; begins: Allowance } {
    let its = this.#bySource.get(source)
    if (its === undefined) {
      const begins = new Allowance({
        burst: beginPerAddressBurst,
        perSecond: beginPerAddressPerSecond,
        now: this.#now(),
      })
      its = { halfOpen: 0, begins }
      this.#bySource.set(source, its)
      if (this.#bySource.size > addressesMax)
        for (const [other, { halfOpen }] of this.#bySource)
          if (halfOpen === 0) {
            this.#bySource.delete(other)
            break
          }
    }
    return its
  }
}
