/**
 * Feeds a target with mutated octets and watches: what is thrown, what takes long, what grows. A message that seems slow is fed again: what
 * it takes is the least of five times, since a collection of garbage or another process hits it once.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Random } from '../../src/lib/random.ts'
import { mutate } from './mutate.ts'
import type { Target } from './target.ts'

export type FuzzReport = {
  target: string
  messages: number
  /** The first of what was thrown, with the octets that did it as hex. */
  thrown: { error: string; bytes: string }[]
  /** Of the slowest message, the least of five times, or of more where it would be a stall. */
  worstMs: number
  /** Octets as hex, when one took longer than `stallMs`. */
  stalls: string[]
  /** Growth of heap and of what stands outside it, from a fifth of the way to the end. */
  grownBytes: number
  isWell: boolean
}

/** No message may hold up the thread that talks for longer. */
export const stallMs = 5
/** A host may slow its cores down to a tenth for some 60 ms: what takes longer so many times in a row is the message itself. */
const stalledTimes = 20
const keptMax = 10

export function fuzz(target: Target, messages: number, random: Random): FuzzReport {
  const thrown: FuzzReport['thrown'] = []
  const stalls: string[] = []
  let worstMs = 0
  let before = 0
  const feed = (bytes: Uint8Array): number => {
    const began = performance.now()
    try {
      target.feed(bytes)
    } catch (error) {
      if (thrown.length < keptMax)
        thrown.push({ error: String((error as Error).stack ?? error), bytes: Buffer.from(bytes).toString('hex') })
    }
    return performance.now() - began
  }
  for (let n = 0; n < messages; n++) {
    if (n === Math.floor(messages / 5)) before = footprint()
    const bytes = mutate(target.seeds, random)
    let ms = feed(bytes)
    const wouldStall = () => ms > stallMs && stalls.length < keptMax
    for (let again = 0; wouldStall() ? again < stalledTimes : again < 4 && ms > worstMs; again++) {
      target.renew?.()
      ms = Math.min(ms, feed(bytes))
    }
    worstMs = Math.max(worstMs, ms)
    if (ms > stallMs && stalls.length < keptMax) stalls.push(Buffer.from(bytes).toString('hex'))
  }
  const grownBytes = footprint() - before
  return { target: target.name, messages, thrown, worstMs, stalls, grownBytes, isWell: target.isWell() }
}

/** After the garbage is collected. */
function footprint(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + external + arrayBuffers
}
