/**
 * What the gate's counters hold: a week of `--calls N` a day (default 300,000), as the longest cap of a week asks for, with its margin of a day.
 * Told are the bytes they take in memory, the time of one more contact and of one question of a cap, and how long the store's answer at a start
 * takes to be packed and taken in. `--json` prints one JSON object last.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Fact } from '../src/centre/facts.ts'
import { countCap } from '../src/centre/gate/caps.ts'
import { type Contact, packContacts } from '../src/centre/gate/contact-columns.ts'
import { Counters } from '../src/centre/gate/counters.ts'
import type { Limit } from '../src/centre/policy/policy.ts'
import type { CallId } from '../src/lib/ids.ts'
import { seededRandom } from '../src/lib/random.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const dayMs = 86_400_000
const days = 8 // a window of seven and the day that a call may last
const asked = process.argv.indexOf('--calls')
const aDay = asked < 0 ? 300_000 : Number(process.argv[asked + 1])
if (!Number.isInteger(aDay) || aDay < 1_000 || aDay > 2_000_000) {
  console.error(`found --calls ${process.argv[asked + 1]}; allowed: 1000 to 2000000`)
  process.exit(1)
}
const total = aDay * days
const began = Date.UTC(2026, 10, 16)
const random = seededRandom(1)
const people = aDay * 2
const limit: Limit = {
  ...{ unit: 'ATTEMPT', key: ['PARTY', 'DEBT'], window: { type: 'ROLL', n: 7, of: 'DAY' }, max: 7, effect: 'BLOCK' },
}

function who(): { number: string; party: string; debt: string } {
  const n = Math.floor(random() * people)
  return { number: `+86138${String(n).padStart(8, '0')}`, party: `LN-2026-${n}`, debt: `LN-2026-${n}-1` }
}

const before = memory()
const counters = new Counters()
counters.needMs = 7 * dayMs
const startedAt = performance.now()
for (let n = 0; n < total; n++) {
  const at = began + Math.floor((n * days * dayMs) / total)
  const call = `c_${n}` as CallId
  counters.follow({ type: 'call.dialed', call, ...who(), mode: 'predictive' } as Fact, at)
  if (n % 3 === 0) counters.follow({ type: 'call.answered', call } as Fact, at + 9_000)
  counters.follow({ type: 'call.ended', call } as Fact, at + 30_000)
}
const addedMs = performance.now() - startedAt
const bytes = memory() - before
const now = began + days * dayMs
const questions = 200_000
const askedAt = performance.now()
for (let n = 0; n < questions; n++) countCap(counters, limit, who(), ['Asia/Shanghai'], now)
const questionUs = ((performance.now() - askedAt) * 1_000) / questions
const nextAt = performance.now()
for (let n = 0; n < questions; n++) {
  const person = who()
  for (let cap = 0; cap < 2; cap++) countCap(counters, limit, person, ['Asia/Shanghai'], now)
}
const nextCapUs = ((performance.now() - nextAt) * 1_000) / questions - questionUs

const packedAt = performance.now()
const pack = packContacts(history())
const packMs = performance.now() - packedAt
const loadedAt = performance.now()
const fresh = new Counters()
fresh.needMs = 7 * dayMs
fresh.load(structuredClone(pack), began, () => false)
const figures = {
  contacts: counters.size,
  megabytes: round(bytes / 1e6),
  bytesAContact: round(bytes / counters.size),
  addUs: round((addedMs * 1_000) / total),
  questionUs: round(questionUs),
  nextCapUs: round(nextCapUs),
  packMs: round(packMs),
  loadMs: round(performance.now() - loadedAt),
}
for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(16)} ${value}`)
if (fresh.size !== total || counters.size > total) throw new Error('what was added is not what is there')
if (process.argv.includes('--json')) console.log(JSON.stringify(figures))

function* history(): Generator<Contact> {
  for (let n = 0; n < total; n++) {
    const startedAt = began + Math.floor((n * days * dayMs) / total)
    const nothing = { connectedAt: null, abandonedAt: null }
    yield {
      ...{ call: `c_${n}` as CallId, ...who(), mode: 'predictive', startedAt, answeredAt: null, ...nothing },
      endedAt: startedAt + 30_000,
    }
  }
}

function memory(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
