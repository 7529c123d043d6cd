/**
 * `npm run sim:nightly`: a thousand chaotic floors, one after the other, with the invariants asked after every decision.
 * `-- --seed 123` lives through one again and shows the facts that led there; `-- --from 1001 --seeds 500` lives through others.
 * Exit code 1 when an invariant was broken: each such seed is named.
 */
import { parseArgs } from 'node:util'
import { systemClock } from '../../lib/clock.ts'
import { planOf } from './plan.ts'
import { Tally } from './tally.ts'
import { World } from './world.ts'

const seedsDefault = 1_000
const shownFacts = 40
const seedMax = 2 ** 32 - 1

const { values } = parseArgs({
  options: { seed: { type: 'string' }, seeds: { type: 'string' }, from: { type: 'string' } },
})
process.exitCode = values.seed === undefined ? night() : again(whole('seed', values.seed))

function night(): number {
  const from = whole('from', values.from ?? '1')
  const seeds = whole('seeds', values.seeds ?? String(seedsDefault))
  const tally = new Tally()
  const broken: number[] = []
  const startedAt = systemClock.monotonic()
  for (let seed = from; seed < from + seeds; seed++) {
    try {
      tally.live(seed)
    } catch (error) {
      broken.push(seed)
      console.log(`seed ${seed}: ${(error as Error).message}\n  again: npm run sim:nightly -- --seed ${seed}`)
    }
    if ((seed - from + 1) % 100 === 0) console.log(`${seed - from + 1} floors, ${broken.length} broken`)
  }
  for (const [what, count] of [...tally.counts].sort()) console.log(`${String(count).padStart(10)} ${what}`)
  const seconds = ((systemClock.monotonic() - startedAt) / 1000).toFixed(0)
  console.log(`${seeds} floors in ${seconds} s; ${broken.length === 0 ? 'every invariant held' : `broken: ${broken}`}`)
  return broken.length === 0 ? 0 : 1
}

function again(seed: number): number {
  const world = new World(planOf(seed))
  try {
    world.run()
  } catch (error) {
    for (const { at, fact } of world.lately.slice(-shownFacts))
      console.log(`${new Date(at).toISOString()} ${JSON.stringify(fact)}`)
    console.log((error as Error).stack)
    return 1
  }
  console.log(`seed ${seed}: ${world.steps} steps, ${world.crashes} crashes, every invariant held`)
  return 0
}

function whole(name: string, text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= seedMax) return Number(text)
  console.error(`--${name} found ${text}, allowed: a whole number up to ${seedMax}`)
  process.exit(2)
}
