/**
 * `npm run fuzz [-- --messages N] [--of NAME …] [--seed N]`: so many mutated datagrams (500,000) for each reader of the wire. Exits 1 when one
 * threw, took longer than 5 ms, or grew.
 */
import { parseArgs } from 'node:util'
import { seededRandom } from '../../src/lib/random.ts'
import { fuzz, stallMs } from './fuzz.ts'
import { targets } from './targets.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '500000' },
    of: { type: 'string', multiple: true, default: Object.keys(targets) },
    seed: { type: 'string', default: '1' },
  },
})
const messages = Number(values.messages)
if (!Number.isSafeInteger(messages) || messages < 1) fail(`--messages ${values.messages}: a whole number from 1`)
/** What a run of any length may keep: tables of the last so many, and the collector's own slack. */
const grownBytesMax = 8 * 1024 * 1024
let isBad = false
for (const name of values.of) {
  const make = Object.hasOwn(targets, name)
    ? targets[name]!
    : fail(`--of ${name}: one of ${Object.keys(targets).join(', ')}`)
  const random = seededRandom(Number(values.seed))
  const target = await make(random)
  const report = fuzz(target, messages, random)
  target.close?.()
  const bad =
    report.thrown.length > 0 || report.stalls.length > 0 || report.grownBytes > grownBytesMax || !report.isWell
  isBad ||= bad
  const { thrown, stalls, worstMs, grownBytes, isWell } = report
  console.log(
    `${bad ? 'BAD ' : 'good'} ${name.padEnd(8)} ${messages} messages · worst ${worstMs.toFixed(2)} of ${stallMs} ms · grown ${(grownBytes / 1024).toFixed(0)} KB · ${thrown.length} thrown · ${isWell ? 'works after it' : 'DOES NOT WORK after it'}`,
  )
  for (const { error, bytes } of thrown) console.log(`  threw on ${bytes.slice(0, 400)}\n  ${error}`)
  for (const bytes of stalls) console.log(`  held up by ${bytes.slice(0, 400)}`)
}
process.exit(isBad ? 1 : 0)

function fail(words: string): never {
  console.error(words)
  process.exit(2)
}
