/** The rooms of one media thread, served every 20 ms in slots of their own so that not all fall due in one instant. */
import type { Leg } from './leg.ts'
import { framePeriodMs, Pacer } from './pacer.ts'
import { Room, type RoomPorts, roomLegsMax, type Seat } from './room.ts'

export class Rooms {
  readonly #ports: RoomPorts
  readonly #rooms = new Map<string, Room>()
  readonly #pacer = new Pacer<Room>()
  #nextSlot = 0

  constructor(ports: RoomPorts) {
    this.#ports = ports
  }

  hasRoomFor(legs: number): boolean {
    return legs <= roomLegsMax
  }

  /** Who is in the room from now on; nobody: it is no more. */
  mix(name: string, seats: readonly Seat[], nowMs: number): void {
    for (const { leg } of seats) if (leg.room !== name) this.leave(leg, nowMs)
    const room = this.#rooms.get(name) ?? new Room(name, this.#nextSlot++ % framePeriodMs, this.#ports)
    this.#rooms.set(name, room)
    room.seat(seats)
    this.#pace(room, nowMs)
  }

  /** The leg goes out of its room, if it is in one; the others talk on. */
  leave(leg: Leg, nowMs: number): void {
    const room = this.#rooms.get(leg.room)
    if (room === undefined) return
    room.leave(leg)
    this.#pace(room, nowMs)
  }

  /** One of them is to mix. */
  areDue(nowMs: number): boolean {
    return this.#pacer.isDue(nowMs)
  }

  serve(nowMs: number): void {
    this.#pacer.serve(nowMs, room => {
      try {
        room.tick()
      } catch (error) {
        for (const leg of room.legs) this.#ports.fault(leg, error) // the other rooms of the thread go on
      }
      if (!room.isMixing) this.#pace(room, nowMs)
    })
  }

  /** Whole ms until a room is due, at most `mostMs`. */
  waitMs(nowMs: number, mostMs: number): number {
    return this.#pacer.waitMs(nowMs, mostMs)
  }

  #pace(room: Room, nowMs: number): void {
    if (room.isMixing) this.#pacer.add(room, room.index, nowMs)
    else this.#pacer.delete(room, room.index)
    if (room.size === 0 && !room.isMixing) this.#rooms.delete(room.name)
  }
}
