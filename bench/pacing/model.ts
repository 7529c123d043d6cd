/**
 * The floor as pacing.md describes it, and nothing else: a discrete-event model in which pacing methods are compared on the same seeds. Calls
 * ring, are answered or not, talk and are written up; a call that finds nobody within two seconds is abandoned.
 */
import { type Random, seededRandom } from '../../src/lib/random.ts'

export type Cell = {
  agents: number
  /** Answer probability at an instant. */
  p: (atS: number) => number
  ahtS: number
  hours: number
  /** Talk time factor at an instant. */
  talkFactor?: (atS: number) => number
  /** Share of the agents who are there at an instant. */
  present?: (atS: number) => number
  trunkUp?: (atS: number) => boolean
  /** When the house learns of what happens at an instant, in ms: a busy house is late for answers, ends and its own timers alike. */
  seenAt?: (atMs: number) => number
  /** How long somebody who has answered hears nobody before hanging up; else longer than the grace period. */
  patienceMs?: (random: Random) => number
  callsPerSecond?: number
  linesMax?: number
  /** The list ends after so many calls, and the day with it. */
  leads?: number
}

/** What a method may know, and when it is asked: it answers how many calls to start now. */
export type Method = {
  dialed?(now: number): void
  ended?(ringMs: number, answered: boolean, now: number): void
  talked?(ms: number, now: number): void
  wrapped?(ms: number, now: number): void
  outcome?(abandoned: boolean, now: number): void
  starts(floor: Floor, now: number): number
  /** Ringing calls to be withdrawn, the oldest first, asked after `starts`; none that rings shorter than the least ring time. */
  withdraws?(): number
  withdrew?(ringMs: number): void
  /** Asked at each event that changes the floor; else every `everyMs`. */
  onEvents: boolean
  everyMs: number
}

export type Person = { state: 'off' | 'idle' | 'talk' | 'wrap'; since: number; leaving: boolean }
export type Floor = {
  people: Person[]
  idle: number
  present: number
  waiting: number
  /** Starts of the calls that ring. */
  ringing: Map<number, number>
  linesMax: number
}

export type Result = {
  utilisation: number
  abandonRate: number
  worst15: number
  dialled: number
  answered: number
  connected: number
  abandoned: number
  linesPeak: number
  withdrawn: number
  /** By minute: utilisation, live answers, abandoned ones. */
  minutes: { utilisation: number; answered: number; abandoned: number }[]
  /** When the list was through, or the day. */
  endedAtS: number
}

const graceMs = 2_000
const ringMs = 30_000
const ringLeastMs = 15_000
const slotMs = 60_000
/** A window of a quarter of an hour with fewer live answers says nothing of a rate. */
const answersLeast = 30

export function run(cell: Cell, method: Method, seed: number): Result {
  const random = seededRandom(seed)
  const seenAt = cell.seenAt ?? (at => at)
  let endAt = cell.hours * 3_600_000
  const heap = new Heap()
  const floor: Floor = {
    people: Array.from({ length: cell.agents }, () => ({ state: 'idle', since: 0, leaving: false })),
    idle: cell.agents,
    present: cell.agents,
    waiting: 0,
    ringing: new Map(),
    linesMax: cell.linesMax ?? 1e9,
  }
  const idle: number[] = floor.people.map((_, i) => i)
  let idleHead = 0
  const queue: { id: number; at: number; served: boolean }[] = []
  let nextCall = 0
  let dialled = 0
  let answered = 0
  let connected = 0
  let abandoned = 0
  let linesPeak = 0
  let busyMs = 0
  let signedMs = 0
  let lastAt = 0
  let tokens = 0
  let tokensAt = 0
  let withdrawn = 0
  let listEndedAt: number | null = null
  const slots: { busy: number; signed: number; answered: number; abandoned: number }[] = []
  const slotAt = (at: number) => {
    const index = Math.floor(at / slotMs)
    while (slots.length <= index) slots.push({ busy: 0, signed: 0, answered: 0, abandoned: 0 })
    return slots[index]!
  }
  const account = (now: number) => {
    const ms = now - lastAt
    if (ms > 0 && listEndedAt === null) {
      const busy = floor.present - floor.idle
      busyMs += busy * ms
      signedMs += floor.present * ms
      const slot = slotAt(lastAt)
      slot.busy += busy * ms
      slot.signed += floor.present * ms
    }
    lastAt = now
  }
  const free = (person: number, now: number) => {
    const one = floor.people[person]!
    if (one.leaving) {
      one.state = 'off'
      one.leaving = false
      floor.present--
      return
    }
    one.state = 'idle'
    one.since = now
    floor.idle++
    idle.push(person)
  }
  const match = (now: number) => {
    while (queue.length > 0 && floor.idle > 0) {
      const call = queue.shift()!
      floor.waiting--
      call.served = true
      while (floor.people[idle[idleHead]!]!.state !== 'idle') idleHead++
      const person = idle[idleHead++]!
      if (idleHead > 10_000) {
        idle.splice(0, idleHead)
        idleHead = 0
      }
      floor.idle--
      const one = floor.people[person]!
      one.state = 'talk'
      one.since = now
      connected++
      method.outcome?.(false, now)
      const meanS = 0.8 * cell.ahtS * (cell.talkFactor?.(now / 1000) ?? 1)
      const talkMs =
        1000 * (random() < 0.4 ? logNormal(random, 0.25 * meanS, 0.6) : logNormal(random, 1.5 * meanS, 0.9))
      heap.push(seenAt(now + talkMs), () => {
        method.talked?.(heap.now - now, heap.now)
        one.state = 'wrap'
        one.since = heap.now
        const began = heap.now
        const wrapMs = 1000 * logNormal(random, 0.2 * cell.ahtS, 0.8)
        heap.push(seenAt(began + wrapMs), () => {
          method.wrapped?.(heap.now - began, heap.now)
          free(person, heap.now)
          match(heap.now)
        })
      })
    }
  }
  const dial = (now: number) => {
    const id = nextCall++
    dialled++
    floor.ringing.set(id, now)
    if (dialled === cell.leads) {
      listEndedAt = now
      endAt = Math.min(endAt, now + 60_000)
    }
    if (floor.ringing.size > linesPeak) linesPeak = floor.ringing.size
    method.dialed?.(now)
    if (random() < cell.p(now / 1000)) {
      let ring = 0
      do ring = 1000 * logNormal(random, 10, 0.5)
      while (ring < 1000 || ring > 29_900)
      heap.push(seenAt(now + ring), () => {
        if (!floor.ringing.delete(id)) return
        if (!(cell.trunkUp?.(heap.now / 1000) ?? true)) return
        method.ended?.(heap.now - now, true, heap.now)
        answered++
        slotAt(heap.now).answered++
        const call = { id, at: heap.now, served: false }
        queue.push(call)
        floor.waiting++
        match(heap.now)
        if (call.served) return
        // The house counts from when it learned of the answer; who answered counts from the answer.
        const goneAt = now + ring + (cell.patienceMs?.(random) ?? Number.POSITIVE_INFINITY)
        heap.push(seenAt(Math.max(heap.now, Math.min(heap.now + graceMs, goneAt))), () => {
          if (call.served) return
          queue.splice(queue.indexOf(call), 1)
          floor.waiting--
          abandoned++
          slotAt(call.at).abandoned++
          method.outcome?.(true, heap.now)
        })
      })
    } else {
      const ring = random() < 0.4 ? Math.min(ringMs, 1000 * logNormal(random, 6, 0.6)) : ringMs
      heap.push(seenAt(now + ring), () => {
        if (!floor.ringing.delete(id)) return
        if (cell.trunkUp?.(heap.now / 1000) ?? true) method.ended?.(heap.now - now, false, heap.now)
      })
    }
  }
  const decide = (now: number) => {
    if (!(cell.trunkUp?.(now / 1000) ?? true)) return
    let starts = method.starts(floor, now)
    const cps = cell.callsPerSecond ?? 1e9
    tokens = Math.min(cps, tokens + ((now - tokensAt) / 1000) * cps)
    tokensAt = now
    while (starts-- > 0 && tokens >= 1 && floor.ringing.size < floor.linesMax && listEndedAt === null) {
      tokens--
      dial(now)
    }
    let surplus = method.withdraws?.() ?? 0
    for (const [id, at] of floor.ringing) {
      if (surplus-- <= 0 || at + ringLeastMs > now) break // in the order in which they were started
      floor.ringing.delete(id)
      method.withdrew?.(now - at)
      withdrawn++
    }
  }
  let nextDecision = 0
  let nextPresence = 0
  for (;;) {
    const event = heap.peekAt()
    const at = Math.min(event ?? Number.POSITIVE_INFINITY, nextDecision)
    if (at >= endAt) break
    account(at)
    heap.now = at
    if (event !== null && event <= nextDecision) {
      heap.pop()!()
      if (method.onEvents) decide(at)
    } else {
      if (at >= nextPresence && cell.present !== undefined) {
        nextPresence = at + 1000
        const wanted = Math.round(cell.agents * cell.present(at / 1000))
        let here = 0
        for (const one of floor.people) if (one.state !== 'off' && !one.leaving) here++
        for (let i = 0; i < floor.people.length && here !== wanted; i++) {
          const one = floor.people[i]!
          if (here > wanted && one.state !== 'off' && !one.leaving) {
            here--
            if (one.state === 'idle') {
              one.state = 'off'
              floor.idle--
              floor.present--
            } else one.leaving = true
          } else if (here < wanted && (one.state === 'off' || one.leaving)) {
            here++
            if (one.leaving) one.leaving = false
            else {
              floor.present++
              free(i, at)
            }
          }
        }
        match(at)
      }
      decide(at)
      nextDecision = seenAt(at + method.everyMs)
    }
  }
  account(endAt)
  return {
    utilisation: busyMs / signedMs,
    abandonRate: abandoned / Math.max(1, answered),
    worst15: worstWindow(slots, 15),
    dialled,
    answered,
    connected,
    abandoned,
    linesPeak,
    withdrawn,
    minutes: slots.map(({ busy, signed, answered, abandoned }) => ({
      utilisation: busy / Math.max(1, signed),
      answered,
      abandoned,
    })),
    endedAtS: (listEndedAt ?? endAt) / 1000,
  }
}

/** The highest abandon rate of any window of so many minutes, wherever it begins. */
function worstWindow(slots: { answered: number; abandoned: number }[], minutes: number): number {
  let worst = 0
  for (let from = 0; from + minutes <= slots.length; from++) {
    let answered = 0
    let abandoned = 0
    for (let at = from; at < from + minutes; at++) {
      answered += slots[at]!.answered
      abandoned += slots[at]!.abandoned
    }
    if (answered >= answersLeast) worst = Math.max(worst, abandoned / answered)
  }
  return worst
}

export function logNormal(random: Random, mean: number, cv: number): number {
  const variance = Math.log(1 + cv * cv)
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.exp(Math.log(mean) - variance / 2 + Math.sqrt(variance) * normal)
}

class Heap {
  now = 0
  #at: number[] = []
  #run: (() => void)[] = []
  peekAt(): number | null {
    return this.#at.length === 0 ? null : this.#at[0]!
  }
  push(at: number, run: () => void): void {
    let i = this.#at.length
    this.#at.push(at)
    this.#run.push(run)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (this.#at[parent]! <= at) break
      this.#at[i] = this.#at[parent]!
      this.#run[i] = this.#run[parent]!
      i = parent
    }
    this.#at[i] = at
    this.#run[i] = run
  }
  pop(): (() => void) | null {
    if (this.#at.length === 0) return null
    const first = this.#run[0]!
    const at = this.#at.pop()!
    const run = this.#run.pop()!
    const n = this.#at.length
    if (n === 0) return first
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= n) break
      if (child + 1 < n && this.#at[child + 1]! < this.#at[child]!) child++
      if (this.#at[child]! >= at) break
      this.#at[i] = this.#at[child]!
      this.#run[i] = this.#run[child]!
      i = child
    }
    this.#at[i] = at
    this.#run[i] = run
    return first
  }
}
