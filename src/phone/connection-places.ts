/**
 * Who may hold a connection. Anyone on the network can open one, keep it and say a byte now and then, so those by which nothing was accepted
 * yet are strangers: there are few of them, in all and from one address (`sourceOf`), and the oldest gives way to the next. The rest of the places are for
 * trunks and for phones that proved who they are, each counted by its own address, and nobody's connection of these is closed, nor one of ours refused, for a stranger's sake.
 */
import { sourceOf } from '../lib/source.ts'
import type { Address } from '../sip/events.ts'

/** Whoever holds a place; `destroy` is called when it has to give way. */
export type Guest = { readonly peer: Address; readonly socket: { destroy(): void } }

type At = { unproven: Set<Guest>; proven: Set<Guest> }

export type PlacesMax = { all: number; perAddress: number; strangers: number; unprovenPerAddress: number }

/** Some hundred telephones behind one NAT come back together after a power cut; each is a stranger for the time of a REGISTER. */
export const placesMax: PlacesMax = { all: 4_096, perAddress: 512, strangers: 1_024, unprovenPerAddress: 256 }
const homesMax = 4_096

export class ConnectionPlaces {
  readonly #max: PlacesMax
  /** The oldest first, as in every set here. Those from elsewhere than a home are strangers. */
  readonly #unproven = new Set<Guest>()
  readonly #strangers = new Set<Guest>()
  readonly #at = new Map<string, At>()
  /** What each guest counts by. */
  readonly #sources = new Map<Guest, string>()
  /** Where somebody proved who they are; who comes from there competes with no stranger. The one of longest ago is forgotten first. */
  readonly #homes = new Set<string>()
  #count = 0
  /** Refused, or made to give way. */
  turnedAway = 0

  constructor(max: Partial<PlacesMax> = {}) {
    this.#max = { ...placesMax, ...max }
  }

  get size(): number {
    return this.#count
  }

  isHome(address: string): boolean {
    return this.#homes.has(address)
  }

  /** No place can be made for who comes from there, and it is turned away: a handshake would be for nothing. */
  refuses(address: string): boolean {
    if ((this.#at.get(address)?.proven.size ?? 0) < this.#max.perAddress) return false
    this.turnedAway++
    return true
  }

  /** False: there is no place and none can be made. Unless `isProven` it counts as unproven until `prove`. */
  take(guest: Guest, { isProven, isOurs }: { isProven: boolean; isOurs: boolean }): boolean {
    const { address } = guest.peer
    const isStranger = !isProven && !this.#homes.has(address)
    const source = isStranger ? sourceOf(address) : address
    const its = this.#of(source)
    const { all, perAddress, strangers, unprovenPerAddress } = this.#max
    const mayStay =
      (isProven || its.unproven.size < unprovenPerAddress || this.#turnOut(its.unproven)) &&
      (isOurs || its.unproven.size + its.proven.size < perAddress || this.#turnOut(its.unproven)) &&
      (!isStranger || this.#strangers.size < strangers || this.#turnOut(this.#strangers)) &&
      (this.#count < all || this.#turnOut(this.#strangers) || (isProven && this.#turnOut(this.#unproven)))
    if (!mayStay) {
      this.turnedAway++
      this.#forgetWhenEmpty(source)
      return false
    }
    this.#count++
    this.#at.set(source, its) // whoever gave way may have been the last one there
    this.#sources.set(guest, source)
    if (isProven) this.#settle(guest)
    else {
      its.unproven.add(guest)
      this.#unproven.add(guest)
      if (isStranger) this.#strangers.add(guest)
    }
    return true
  }

  /** Something that came by it was accepted. */
  prove(guest: Guest): void {
    const source = this.#sources.get(guest)
    if (source === undefined || !this.#at.get(source)?.unproven.delete(guest)) return
    this.#forgetWhenEmpty(source)
    this.#settle(guest)
  }

  /** Its connection is closed. No effect for one that gave way. */
  leave(guest: Guest): void {
    const source = this.#sources.get(guest)
    if (source === undefined) return
    this.#sources.delete(guest)
    this.#at.get(source)?.unproven.delete(guest)
    this.#at.get(source)?.proven.delete(guest)
    this.#unproven.delete(guest)
    this.#strangers.delete(guest)
    this.#count--
    this.#forgetWhenEmpty(source)
  }

  #settle(guest: Guest): void {
    const { address } = guest.peer
    this.#unproven.delete(guest)
    this.#strangers.delete(guest)
    this.#sources.set(guest, address)
    this.#of(address).proven.add(guest)
    this.welcome(address)
  }

  /** Somebody there has proved who they are. */
  welcome(address: string): void {
    this.#homes.delete(address)
    this.#homes.add(address)
    if (this.#homes.size > homesMax) this.#homes.delete(this.#homes.values().next().value!)
  }

  /** The oldest of them goes; false when there is none. */
  #turnOut(guests: Set<Guest>): boolean {
    const [oldest] = guests
    if (oldest === undefined) return false
    this.turnedAway++
    this.leave(oldest)
    oldest.socket.destroy()
    return true
  }

  #of(source: string): At {
    const its = this.#at.get(source) ?? { unproven: new Set(), proven: new Set() }
    this.#at.set(source, its)
    return its
  }

  #forgetWhenEmpty(source: string): void {
    const its = this.#at.get(source)
    if (its !== undefined && its.unproven.size + its.proven.size === 0) this.#at.delete(source)
  }
}
