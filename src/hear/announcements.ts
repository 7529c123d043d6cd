/** The prints of all known recordings, laid end to end, and where in them an instant's bits were seen: made anew when a recording is added. */
import { libraryHopMs, type Print } from './fingerprint.ts'

/** What is known of a recording: `label` is what whoever hears it should be told, null where nobody has labelled it yet. */
export type Known = { id: string; label: string | null; print: Print }

/** Every second instant is looked up by: its neighbours are nearly the same. */
const indexStep = 2
/** 16 bits that many recordings share (a vowel that is held) say nothing: no more places than these are asked for each. */
export const placesMax = 48
/** An hour of announcements: 25 MB with its index. */
export const librarySecondsMax = 3600

export class Announcements {
  readonly known: readonly Known[]
  readonly bits: Int32Array
  readonly loud: Uint8Array
  /** Where each recording begins; one more for the end of the last. */
  readonly starts: Int32Array
  /** Places by the low and by the high 16 bits: `places[from[key], from[key + 1])`. */
  readonly low: Index
  readonly high: Index

  constructor(known: readonly Known[]) {
    this.known = known
    this.starts = new Int32Array(known.length + 1)
    for (let i = 0; i < known.length; i++) this.starts[i + 1] = this.starts[i]! + known[i]!.print.bits.length
    const total = this.starts[known.length]!
    this.bits = new Int32Array(total)
    this.loud = new Uint8Array(total)
    for (let i = 0; i < known.length; i++) {
      this.bits.set(known[i]!.print.bits, this.starts[i]!)
      this.loud.set(known[i]!.print.loud, this.starts[i]!)
    }
    this.low = index(this.bits, this.loud, 0)
    this.high = index(this.bits, this.loud, 16)
  }

  /** Which recording this place belongs to. */
  at(place: number): number {
    let from = 0
    let to = this.known.length
    while (to - from > 1) {
      const middle = (from + to) >> 1
      if (this.starts[middle]! <= place) from = middle
      else to = middle
    }
    return from
  }

  get seconds(): number {
    return (this.bits.length * libraryHopMs) / 1000
  }
}

export type Index = { from: Int32Array; places: Int32Array }

function index(bits: Int32Array, loud: Uint8Array, shift: 0 | 16): Index {
  const from = new Int32Array(65_537)
  const key = (place: number) => (bits[place]! >>> shift) & 0xffff
  for (let place = 0; place < bits.length; place += indexStep) if (loud[place]) from[key(place) + 1]!++
  for (let i = 1; i <= 65_536; i++) from[i]! += from[i - 1]!
  const places = new Int32Array(from[65_536]!)
  const next = from.slice(0, 65_536)
  for (let place = 0; place < bits.length; place += indexStep) if (loud[place]) places[next[key(place)]!++] = place
  return { from, places }
}
