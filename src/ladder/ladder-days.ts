/**
 * The SIP messages of the last days on disk, one file a day (UTC), with its bounds: a call keeps so many messages and bytes, a day so many bytes,
 * and a day that is over its time goes with its file. A file that SQLite cannot read is put aside, not mended: these are diagnostics.
 */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { LadderFile, type SipNote } from '../store/telephony/ladder-file.ts'
import { MaskedLines, maskMessage } from './mask-message.ts'
import { glance, type OtherKind, otherKinds } from './sip-note.ts'

/** One leg: an INVITE with its challenges and re-INVITEs takes about ten; a nailed leg of a shift some dozens. */
export const legMessagesMax = 400
export const legBytesMax = 512 * 1024
/** Of each kind that belongs to no call. */
export const othersMax = 5_000
/** Dialogs that the process remembers; the one not heard of for longest goes first. */
const dialogsMax = 20_000
const dayMs = 86_400_000

export type LadderBounds = { days: number; bytesPerDay: number }

/** As it came from the wire. */
export type RawNote = Omit<SipNote, 'leg'>

type Dialog = { leg: string; messages: number; bytes: number }

export type LadderFigures = {
  kept: number
  /** Not kept: the call or the day had its fill, or the disk refused. */
  leftOut: number
  todayBytes: number
  todayFull: boolean
  /** The last thing that went wrong with the disk, in the system's words; null: nothing did. */
  trouble: string | null
}

export class LadderDays {
  readonly #folder: string
  readonly #bounds: LadderBounds
  readonly #dialogs = new Map<string, Dialog>()
  /** At most two: of today, and of the day before while its last messages come. */
  readonly #open = new Map<number, LadderFile>()
  #prunedFor = -1
  #appends = 0
  readonly figures: LadderFigures = { kept: 0, leftOut: 0, todayBytes: 0, todayFull: false, trouble: null }

  constructor(folder: string, bounds: LadderBounds) {
    this.#folder = folder
    this.#bounds = bounds
  }

  /** From now on what carries this Call-ID belongs to the leg. */
  name(callId: string, leg: string): void {
    this.#dialogs.delete(callId)
    this.#dialogs.set(callId, { leg, messages: 0, bytes: 0 })
    for (const [oldest] of this.#dialogs) {
      if (this.#dialogs.size <= dialogsMax) break
      this.#dialogs.delete(oldest)
    }
  }

  /** Takes in messages in their order; what is kept is on disk when this returns. Never throws. */
  append(notes: readonly RawNote[]): void {
    const byDay = new Map<number, { legs: Map<string, SipNote[]>; others: Map<string, SipNote[]> }>()
    const known = new MaskedLines()
    for (const note of notes) {
      const taken = this.#take(note)
      if (taken === null) {
        this.figures.leftOut++
        continue
      }
      const day = Math.floor(note.at / dayMs)
      let batch = byDay.get(day)
      if (batch === undefined) byDay.set(day, (batch = { legs: new Map(), others: new Map() }))
      const [into, key] =
        taken.leg === null ? ([batch.others, taken.kind] as const) : ([batch.legs, taken.leg] as const)
      const kept: SipNote = { ...note, leg: taken.leg, text: maskMessage(note.text, known) }
      const list = into.get(key)
      if (list === undefined) into.set(key, [kept])
      else list.push(kept)
    }
    for (const [day, { legs, others }] of [...byDay].sort(([a], [b]) => a - b)) this.#write(day, legs, others)
  }

  #take(note: RawNote): { leg: string; kind: '' } | { leg: null; kind: OtherKind } | null {
    const { method, status, callId } = glance(note.text)
    const dialog = this.#dialogs.get(callId)
    if (dialog === undefined) {
      const isRegister = method === 'REGISTER'
      if (!isRegister && method !== 'OPTIONS') return { leg: null, kind: 'stranger' }
      const isOurs = (note.direction === 'out') === (status === null)
      return { leg: null, kind: isOurs ? 'trunk' : isRegister ? 'phone' : 'stranger' }
    }
    if (dialog.messages >= legMessagesMax || dialog.bytes + note.text.length > legBytesMax) return null
    this.#dialogs.delete(callId) // it was heard of just now, so it is the last to be forgotten
    this.#dialogs.set(callId, dialog)
    dialog.messages++
    dialog.bytes += note.text.length
    return { leg: dialog.leg, kind: '' }
  }

  #write(day: number, legs: Map<string, SipNote[]>, others: Map<string, SipNote[]>): void {
    const { figures } = this
    const count = [...legs.values(), ...others.values()].reduce((sum, list) => sum + list.length, 0)
    try {
      const file = this.#fileOf(day)
      if (figures.todayBytes >= this.#bounds.bytesPerDay) {
        figures.todayFull = true
        figures.leftOut += count
        return
      }
      figures.todayBytes += file.append(legs, others)
      figures.kept += count
      figures.trouble = null
      if (++this.#appends % 50 !== 0) return
      for (const kind of otherKinds) file.trimOthers(kind, othersMax)
      figures.todayBytes = file.bytes
    } catch (error) {
      figures.trouble = error instanceof Error ? error.message : String(error)
      figures.leftOut += count
    }
  }

  /** Opening a day ends the ones before the last, and those whose time is over. */
  #fileOf(day: number): LadderFile {
    const known = this.#open.get(day)
    if (known !== undefined) return known
    this.prune(day * dayMs)
    for (const [other, file] of this.#open)
      if (other < day - 1) {
        file.close()
        this.#open.delete(other)
      }
    const file = new LadderFile(this.#pathOf(day))
    this.#open.set(day, file)
    this.figures.todayBytes = file.bytes
    this.figures.todayFull = false
    return file
  }

  /** What the legs said between two instants, by time. A day that cannot be read is left out. */
  ofLegs(legs: readonly string[], from: number, to: number): SipNote[] {
    const days = this.#days().filter(day => day >= Math.floor(from / dayMs) - 1 && day <= Math.floor(to / dayMs) + 1)
    return days.flatMap(day => this.#reading(day, file => file.ofLegs(legs))).sort((a, b) => a.at - b.at)
  }

  /** The last messages of a kind, oldest first. */
  others(kind: OtherKind, limit: number): SipNote[] {
    const found: SipNote[] = []
    for (const day of this.#days().reverse()) {
      if (found.length >= limit) break
      found.unshift(...this.#reading(day, file => file.others(kind, limit - found.length)))
    }
    return found
  }

  #reading(day: number, read: (file: LadderFile) => SipNote[]): SipNote[] {
    const open = this.#open.get(day)
    let opened: LadderFile | null = null
    try {
      return read(open ?? (opened = new LadderFile(this.#pathOf(day))))
    } catch (error) {
      this.figures.trouble = error instanceof Error ? error.message : String(error)
      return []
    } finally {
      opened?.close()
    }
  }

  /** Removes the days whose time is over. */
  prune(now: number): void {
    const today = Math.floor(now / dayMs)
    if (today === this.#prunedFor) return
    this.#prunedFor = today
    for (const day of this.#days()) {
      if (this.#bounds.days > 0 && day >= today - this.#bounds.days) continue
      this.#open.get(day)?.close()
      this.#open.delete(day)
      for (const ending of ['', '-wal', '-shm']) rmSync(this.#pathOf(day) + ending, { force: true })
    }
  }

  #days(): number[] {
    return readdirSync(this.#folder)
      .flatMap(name => {
        const at = /^\d{4}-\d\d-\d\d\.db$/.test(name) ? Date.parse(`${name.slice(0, 10)}T00:00:00Z`) : Number.NaN
        return Number.isNaN(at) ? [] : [at / dayMs]
      })
      .sort((a, b) => a - b)
  }

  #pathOf(day: number): string {
    return join(this.#folder, `${new Date(day * dayMs).toISOString().slice(0, 10)}.db`)
  }

  close(): void {
    for (const file of this.#open.values()) file.close()
    this.#open.clear()
  }
}
