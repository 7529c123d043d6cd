/**
 * Listens to one line for recordings that are known: from any point of a loop, whatever came before. An instant's bits name places in the
 * library; a place whose last 0.4 s fit becomes a guess; a guess that has fitted for a second is a recognition, unless another recording with
 * another label fits as well (many begin with the same words): then it waits until they part.
 */
import { type Announcements, type Index, placesMax } from './announcements.ts'
import { distance, libraryHopMs, Printer } from './fingerprint.ts'
import { frameMs, type History } from './sound.ts'

/** Places that a guess moves on by with each frame. */
const stride = frameMs / libraryHopMs
/** Instants that a recognition looks back over (1.28 s), and how many of them must have a print. */
const windowFrames = 64
const heardMin = 46
/** Share of bits that differ: of the same recording 0.06 over G.711, 0.11 with 5 % of packets lost, 0.21 at most; of other speech 0.27 at least. */
const differMax = 0.235
/** A place is worth a guess when its last frames differ by no more. */
const guessFrames = 20
const guessHeardMin = 12
const guessDifferMax = 0.3
/** A guess is given up when as many frames as another's are not its own any more. */
const partFrames = 12
const partHeardMin = 8
const partDiffer = 0.12
const lostFrames = 24
const lostDiffer = 0.38
/** Guesses at once: recordings that begin alike are few. */
const guessesMax = 12

type Guess = {
  /** Place of the newest frame; -1: none. */
  place: number
  entry: number
  /** Shares of bits that differ: over the whole window, of late, and over the last 0.24 s. */
  differ: number
  recent: number
  last: number
}

export class AnnouncementEar {
  /** The recording last recognised, -1: none; how sure, 0 to 1; after how many ms of listening. */
  entry = -1
  confidence = 0
  atMs = 0
  /** The recording that was recognised, and then parted from what is heard before its end: it only began like it. -1: none. */
  withdrawn = -1
  readonly printer = new Printer(frameMs)
  #library: Announcements
  readonly #bits = new Int32Array(windowFrames)
  readonly #loud = new Uint8Array(windowFrames)
  readonly #guesses: Guess[] = Array.from({ length: guessesMax }, () => ({
    place: -1,
    entry: -1,
    differ: 1,
    recent: 1,
    last: 1,
  }))
  #frames = 0
  #parted = false

  constructor(library: Announcements) {
    this.#library = library
  }

  get library(): Announcements {
    return this.#library
  }

  /** Another library from the next frame on: what was guessed is forgotten. */
  use(library: Announcements): void {
    this.#library = library
    this.entry = -1
    for (const guess of this.#guesses) guess.place = -1
  }

  /** After each frame, which is the newest of `history`; true when a recording was recognised that is not the one before. */
  push(history: History, level: number): boolean {
    const { printer } = this
    printer.push(history, level)
    this.withdrawn = -1
    const at = this.#frames % windowFrames
    this.#frames++
    this.#bits[at] = printer.bits
    this.#loud[at] = printer.isQuiet ? 0 : 1
    for (const guess of this.#guesses) if (guess.place >= 0) this.#follow(guess)
    if (this.#parted) this.#withdraw()
    if (printer.isQuiet) return false
    this.#look(this.#library.low, printer.bits & 0xffff)
    this.#look(this.#library.high, printer.bits >>> 16)
    return this.#decide()
  }

  /** Unless another guess at the same recording, a few milliseconds on, still fits. */
  #withdraw(): void {
    this.#parted = false
    for (const guess of this.#guesses) if (guess.place >= 0 && guess.entry === this.entry) return
    this.withdrawn = this.entry
    this.entry = -1
  }

  #follow(guess: Guess): void {
    guess.place += stride
    if (guess.place >= this.#library.starts[guess.entry + 1]!) guess.place = -1
    else {
      this.#weigh(guess)
      if (guess.recent <= lostDiffer) return
      guess.place = -1
      // 1: too quiet to tell, which parts nobody.
      if (guess.entry === this.entry && guess.recent < 1) this.#parted = true
    }
  }

  #weigh(guess: Guess): void {
    guess.last = this.#differ(guess.place, guess.entry, partFrames, partHeardMin)
    guess.recent = this.#differ(guess.place, guess.entry, lostFrames, guessHeardMin)
    guess.differ = this.#differ(guess.place, guess.entry, windowFrames, heardMin)
  }

  #look({ from, places }: Index, key: number): void {
    const end = Math.min(from[key + 1]!, from[key]! + placesMax)
    for (let i = from[key]!; i < end; i++) {
      const place = places[i]!
      if (this.#isGuessed(place)) continue
      const entry = this.#library.at(place)
      if (this.#differ(place, entry, guessFrames, guessHeardMin) > guessDifferMax) continue
      this.#guess(place, entry)
    }
  }

  #isGuessed(place: number): boolean {
    for (const guess of this.#guesses) if (guess.place >= 0 && Math.abs(guess.place - place) <= 2 * stride) return true
    return false
  }

  /** The best place within 10 ms of this one. Where all places are taken, the worst guess goes. */
  #guess(place: number, entry: number): void {
    let best = place
    let least = 1
    for (let near = place - 2; near <= place + 2; near++) {
      const differ = this.#differ(near, entry, guessFrames, guessHeardMin)
      if (differ >= least) continue
      best = near
      least = differ
    }
    let worst = this.#guesses[0]!
    for (const guess of this.#guesses) {
      if (guess.place < 0) {
        worst = guess
        break
      }
      if (guess.recent > worst.recent) worst = guess
    }
    if (worst.place >= 0 && worst.recent <= least) return
    worst.place = best
    worst.entry = entry
    this.#weigh(worst)
  }

  /** Share of the bits that differ over the newest `frames`, against the recording up to this place; 1 when too few of them have a print. */
  #differ(place: number, entry: number, frames: number, heardMin: number): number {
    const { bits, loud, starts } = this.#library
    const start = starts[entry]!
    const most = Math.min(frames, this.#frames)
    let count = 0
    let sum = 0
    for (let back = 0, at = place; back < most && at >= start; back++, at -= stride) {
      const mine = (this.#frames - 1 - back) % windowFrames
      if (loud[at] === 0 || this.#loud[mine] === 0) continue
      count++
      sum += distance(bits[at]!, this.#bits[mine]!)
    }
    return count < heardMin ? 1 : sum / (32 * count)
  }

  #decide(): boolean {
    let best: Guess | null = null
    for (const guess of this.#guesses) {
      if (guess.place < 0 || guess.differ > differMax || guess.recent > guessDifferMax) continue
      if (best === null || guess.differ < best.differ) best = guess
    }
    if (best === null || best.entry === this.entry) return false
    const { known } = this.#library
    const { label } = known[best.entry]!
    for (const guess of this.#guesses) {
      if (guess.place < 0 || guess.last > best.last + partDiffer) continue
      if (known[guess.entry]!.label !== label) return false
    }
    this.entry = best.entry
    this.confidence = sureness(best.differ)
    this.atMs = this.#frames * frameMs
    return true
  }
}

/** A logistic curve through what was measured: 0.5 in the middle between the same recording's worst and other speech's best. */
function sureness(differ: number): number {
  return Math.round(1000 / (1 + Math.exp((differ - 0.29) / 0.028))) / 1000
}
