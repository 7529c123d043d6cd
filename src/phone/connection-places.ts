/**
 * Who may hold a connection. Anyone on the network can open one, keep it and say a byte now and then, so those by which nothing was accepted
 * yet are strangers: there are few of them, in all and from one address, and the oldest gives way to the next. The rest of the places are for
 * trunks and for phones that proved who they are, and nobody's connection of these is closed, nor one of ours refused, for a stranger's sake.
 */
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
    const its = this.#of(guest.peer.address)
    const isStranger = !isProven && !this.#homes.has(guest.peer.address)
    const { all, perAddress, strangers, unprovenPerAddress } = this.#max
    const mayStay =
      (isProven || its.unproven.size < unprovenPerAddress || this.#turnOut(its.unproven)) &&
      (isOurs || its.unproven.size + its.proven.size < perAddress || this.#turnOut(its.unproven)) &&
      (!isStranger || this.#strangers.size < strangers || this.#turnOut(this.#strangers)) &&
      (this.#count < all || this.#turnOut(this.#strangers) || (isProven && this.#turnOut(this.#unproven)))
    if (!mayStay) {
      this.turnedAway++
      this.#forgetWhenEmpty(guest.peer.address)
      return false
    }
    this.#count++
    this.#at.set(guest.peer.address, its) // whoever gave way may have been the last one there
    if (isProven) this.#settle(guest, its)
    else {
      its.unproven.add(guest)
      this.#unproven.add(guest)
      if (isStranger) this.#strangers.add(guest)
    }
    return true
  }

  /** Something that came by it was accepted. */
  prove(guest: Guest): void {
    const its = this.#at.get(guest.peer.address)
    if (its?.unproven.delete(guest)) this.#settle(guest, its)
  }

  /** Its connection is closed. No effect for one that gave way. */
  leave(guest: Guest): void {
    const its = this.#at.get(guest.peer.address)
    if (its === undefined || !(its.unproven.delete(guest) || its.proven.delete(guest))) return
    this.#unproven.delete(guest)
    this.#strangers.delete(guest)
    this.#count--
    this.#forgetWhenEmpty(guest.peer.address)
  }

  #settle(guest: Guest, its: At): void {
    this.#unproven.delete(guest)
    this.#strangers.delete(guest)
    its.proven.add(guest)
    this.welcome(guest.peer.address)
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

  #of(address: string): At {
    const its = this.#at.get(address) ?? { unproven: new Set(), proven: new Set() }
    this.#at.set(address, its)
    return its
  }

  #forgetWhenEmpty(address: string): void {
    const its = this.#at.get(address)
    if (its !== undefined && its.unproven.size + its.proven.size === 0) this.#at.delete(address)
  }
}
