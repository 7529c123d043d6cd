/**
 * `npm run bench:assignment [-- --cases 200000]`: who gets the cases of a large lender? A store with so many cases that nobody has, half of which no
 * rule is for, and 500 collectors is made in a temporary folder; told are the dry run and the dealing of one plan, how late the main loop is meanwhile,
 * and what it takes in memory. `--json` prints one JSON object last.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { systemClock } from '../src/lib/clock.ts'
import { assignNow, planNow, saveAssignmentRules } from '../src/records/collections/assignment.ts'
import type { RecordsDoor } from '../src/records/door.ts'
import { createUser } from '../src/records/people/users.ts'
import { Store } from '../src/store/store.ts'

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '200000' }, json: { type: 'boolean', default: false } },
})
const cases = Number(values.cases)
if (!Number.isInteger(cases) || cases < 1 || cases > 2_000_000) throw new Error('--cases: 1 to 2000000')
const collectors = 500
const clock = systemClock
const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-assignment-'))
const file = path.join(folder, 'a.db')

try {
  await using store = await Store.open({ file, keyFile: path.join(folder, 'key'), now: clock.now() })
  const door: RecordsDoor = { store, clock, tell: async () => {}, passwordCost: 10 }
  for (let n = 0; n < collectors; n++)
    await createUser(door, 'system', {
      name: `agent${n}`,
      displayName: `Agent ${n}`,
      role: 'agent',
      language: 'en',
      password: 'a long enough one',
    })
  fill()
  await saveAssignmentRules(door, 'system', {
    capacity: 300,
    rules: [
      {
        name: 'cash',
        products: ['cash'],
        keepLast: true,
        groups: [
          { name: 'champion', percent: 70 },
          { name: 'challenger', percent: 30 },
        ],
      },
    ],
  })
  const figures: Record<string, number> = { cases, collectors }
  const plan = await measured('dryRun', figures, () => planNow(door, 'unassigned'))
  Object.assign(figures, { placed: plan.placed.length, noRule: plan.left.no_rule })
  const done = await measured('deal', figures, () =>
    assignNow(door, 'system', { scope: 'unassigned', plan: plan.fingerprint }),
  )
  if (done.assigned !== plan.placed.length) throw new Error(`${done.assigned} of ${plan.placed.length} were dealt`)
  for (const [name, value] of Object.entries(figures)) console.log(name.padEnd(22), value)
  if (values.json)
    console.log(
      JSON.stringify(
        Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(3))])),
      ),
    )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Past the journal: what is measured reads the table. */
function fill(): void {
  const db = new Database(file)
  const insert = db.prepare(
    `INSERT INTO cases (id, party, state, loans, reason, opened_at, changed_at, oldest_due_on, owed, product) VALUES (?, ?, 'IMPORTED', '[]', '', ?, ?, '2026-10-01', ?, ?)`,
  )
  const now = clock.now()
  db.transaction(() => {
    for (let n = 0; n < cases; n++)
      insert.run(
        `ca_${String(n).padStart(8, '0')}`,
        `K-${n}`,
        now,
        now,
        10_000 + ((n * 7919) % 1_000_000),
        n < cases / 2 ? 'other' : 'cash',
      )
  })()
  db.close()
}

async function measured<T>(name: string, figures: Record<string, number>, run: () => Promise<T>): Promise<T> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const [from, cpu, memory] = [clock.monotonic(), process.cpuUsage(), process.memoryUsage().rss]
  const result = await run()
  const { user, system } = process.cpuUsage(cpu)
  delay.disable()
  Object.assign(figures, {
    [`${name}Ms`]: clock.monotonic() - from,
    [`${name}CpuMs`]: (user + system) / 1_000,
    [`${name}LoopP99Ms`]: delay.percentile(99) / 1e6,
    [`${name}LoopMaxMs`]: delay.max / 1e6,
    [`${name}MoreMb`]: (process.memoryUsage().rss - memory) / 1e6,
  })
  return result
}
