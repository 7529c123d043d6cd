/**
 * How the cost of relayed and recorded calls grows with their number: `bench/media.ts` with `--grow`. `--sizes 10,50,100`; `--seconds`,
 * `--rounds` and `--workers` as there. `--json` prints one JSON object last.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10,50,100,200,500,1000' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
if (!values.sizes.split(',').every(size => /^\d{1,4}$/.test(size) && Number(size) >= 1 && Number(size) <= 1400)) {
  console.error(
    `bench:growth: --sizes found ${values.sizes}, allowed: whole numbers from 1 to 1400, with commas between`,
  )
  process.exit(2)
}
if (!/^[1-8]$/.test(values.workers)) {
  console.error(`bench:growth: --workers found ${values.workers}, allowed: a whole number from 1 to 8`)
  process.exit(2)
}
const more = values.json ? ['--json'] : []
const args = [
  '--grow',
  values.sizes,
  '--seconds',
  values.seconds,
  '--rounds',
  values.rounds,
  '--workers',
  values.workers,
  ...more,
]
const { status } = spawnSync(process.execPath, [join(import.meta.dirname, 'media.ts'), ...args], { stdio: 'inherit' })
process.exit(status ?? 1)
