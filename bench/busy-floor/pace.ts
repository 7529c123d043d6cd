/**
 * Whether the processor itself keeps its pace. A host may slow a virtual machine's cores down without any of its clocks showing it: not a
 * microsecond is stolen, and the same sum takes ten times as long. So a thread that goes before all others does one fixed sum every other
 * millisecond, in compiled code and a few kilobytes of memory: what that takes ten times as long depends on little but the core's own clock.
 */
import { hash } from 'node:crypto'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { loadLibc, nativeMemory } from '../../src/rtp/libc.ts'
import { nowUs } from './mass-socket.ts'

const slotUs = 10_000
const everyMs = 2
const summedBytes = 8192
/** So many times as long as in the middle of all slots. */
const slowFrom = 1.5
/** What waited while it was slow is worked off within this: 200 ms. */
const recoverySlots = 20
const lateSlots = 3

type Order = { sums: SharedArrayBuffer; fromUs: number }

export type PaceFound = {
  /** Of the time since it began. */
  slowPercent: number
  /** How many times as long as in the middle the sum took where it took longest. */
  slowestTimes: number
  /** Whether neither in that moment nor in the 200 ms before it the core was slow. */
  isAtPace(atUs: number): boolean
  /** And whether the generator was not late either, in the last 20 ms. */
  isSteady(atUs: number): boolean
}

export class Pace {
  readonly #sums: Float32Array
  readonly #worker: Worker
  readonly #fromUs = nowUs()

  /** For at most so many seconds. */
  constructor(seconds: number) {
    const sums = new SharedArrayBuffer(4 * Math.ceil((seconds * 1e6) / slotUs))
    this.#sums = new Float32Array(sums)
    const order: Order = { sums, fromUs: this.#fromUs }
    this.#worker = new Worker(import.meta.filename, { name: 'pace', workerData: order })
  }

  /**
   * `lateAtUs`: when the generator was late. What it then sent at once had to wait for itself. Null where a thread may not go before others (no
   * real-time priority): nothing is known there.
   */
  async end(lateAtUs: readonly number[]): Promise<PaceFound | null> {
    const last = this.#slotOf(nowUs())
    await this.#worker.terminate()
    // Not those in which the thread started and ended.
    const first = this.#sums.findIndex(us => us > 0) + 1
    const sums = this.#sums.subarray(first, last)
    if (first === 0 || sums.length === 0) return null
    const sorted = sums.toSorted()
    const middle = sorted[sorted.length >> 1] ?? 0
    // A thread that goes before all others and has not run in 10 ms had no core.
    const isSlow = Array.from(sums, us => us === 0 || us > slowFrom * middle)
    const isRecovering = isSlow.map((_, slot) =>
      isSlow.slice(Math.max(0, slot - recoverySlots), slot + 1).includes(true),
    )
    const isUnsteady = [...isRecovering]
    for (const slot of lateAtUs.map(atUs => Math.max(0, this.#slotOf(atUs) - first)))
      isUnsteady.fill(true, slot, slot + lateSlots)
    return {
      slowPercent: (100 * isSlow.filter(Boolean).length) / isSlow.length,
      slowestTimes: (sorted.at(-1) ?? 0) / middle,
      isAtPace: atUs => isRecovering[this.#slotOf(atUs) - first] === false,
      isSteady: atUs => isUnsteady[this.#slotOf(atUs) - first] === false,
    }
  }

  #slotOf(atUs: number): number {
    return Math.floor((atUs - this.#fromUs) / slotUs)
  }
}

if (!isMainThread) watch(workerData as Order)

/** Leaves in each slot how long the sum took there in the mean. */
function watch({ sums, fromUs }: Order): void {
  const [thisThread, roundRobin] = [0, 2]
  const priority = nativeMemory(4)
  new DataView(priority.bytes.buffer).setInt32(0, 2, true)
  // Else it would be held up by what it watches, and take the relay's own busy moments for the processor's.
  if (loadLibc()?.sched_setscheduler(thisThread, roundRobin, priority.address) !== 0) return
  const slots = new Float32Array(sums)
  const rest = new Int32Array(new SharedArrayBuffer(4))
  const summed = new Uint8Array(summedBytes)
  let last = -1
  let count = 0
  for (;;) {
    Atomics.wait(rest, 0, 0, everyMs)
    const began = performance.now()
    hash('sha256', summed)
    const us = (performance.now() - began) * 1000
    const slot = Math.floor((nowUs() - fromUs) / slotUs)
    if (slot >= slots.length) return
    if (slot !== last) count = 0
    last = slot
    slots[slot]! += (us - slots[slot]!) / ++count
  }
}
