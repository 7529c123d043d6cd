/**
 * Does anything get slower with the number of leads? A store with `--rows N` leads (default 1,000,000) is made in a temporary folder, and told
 * are: fetches of due leads, what pages read, an import of one more list, and the delay of the main loop while a floor dials from it. The folder is
 * taken away after. With `--folder F` it is F, and stays: a store that is not full after `--seconds` (default 300) is filled on by the next run
 * (exit 3). `--json` prints one JSON object last.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Fact } from '../src/centre/facts.ts'
import { systemClock } from '../src/lib/clock.ts'
import { importLeads } from '../src/records/campaigns/leads.ts'
import type { RecordsDoor } from '../src/records/door.ts'
import type { QueryArgs, QueryName } from '../src/store/queries.ts'
import { Store } from '../src/store/store.ts'
import { fillLeads } from './leads/fill.ts'
import { benchAgents, benchCampaign, benchTrunks, campaignId, dialFor, percentile } from './leads/floor.ts'

/** On disk, indexes included; measured, and rounded up. */
const bytesARow = 1_200
const imported = 5_000
const times = 15

const rows = Number(argument('--rows') ?? 1_000_000)
const seconds = Number(argument('--seconds') ?? 300)
if (!Number.isInteger(rows) || rows < 10_000 || rows > 20_000_000)
  fail(`found --rows ${argument('--rows')}; allowed: 10000 to 20000000`)
const kept = argument('--folder')
const folder = kept ?? mkdtempSync(path.join(tmpdir(), 'switchroom-leads-'))
mkdirSync(folder, { recursive: true })
const file = path.join(folder, 'a.db')
const { bavail, bsize } = statfsSync(folder)
const needed = rows * bytesARow * 1.5 - (existsSync(file) ? statSync(file).size : 0)
if (bavail * bsize < needed) fail(`${rows} leads need ${Math.ceil(needed / 1e9)} GB more in ${folder}`)

const clock = systemClock
const open = () => Store.open({ file, keyFile: path.join(folder, 'key'), now: clock.now() })
try {
  const filledMs = await fill()
  await using store = await open()
  const figures: Record<string, number> = { rows, fillS: filledMs / 1_000, gigabytes: statSync(file).size / 1e9 }
  const now = clock.now()
  const campaign = campaignId
  const due = { campaign, now, except: [], want: 2_000 }
  const taken = (await store.read('leads.due', due)).leads.map(lead => lead.id)
  figures['due2000CpuMs'] = await time(store, 'leads.due', due)
  figures['dueBeyond2000CpuMs'] = await time(store, 'leads.due', { ...due, except: taken })
  figures['dueCallbacksCpuMs'] = await time(store, 'leads.due', { ...due, now: now + 3_600_000, callbacksOnly: true })
  figures['filtersCpuMs'] = await time(store, 'leads.filters', { campaign, now })
  figures['countsCpuMs'] = await time(store, 'campaigns.leadCounts', { campaign, now })
  figures['listsCpuMs'] = await time(store, 'lists.ofCampaign', { campaign })
  figures['pageCpuMs'] = await time(store, 'leads.page', { campaign })
  for (const state of ['done', 'dnc'] as const)
    figures[`page_${state}CpuMs`] = await time(store, 'leads.page', { campaign, state })
  for (const [name, text] of [
    ['ref', 'R0000000777'],
    ['number', '13000000777'],
    ['name', '王伟777'],
    ['nobody', '欧阳无人'],
  ] as const)
    figures[`search_${name}CpuMs`] = await time(store, 'leads.page', { campaign, text })
  const door: RecordsDoor = { store, clock, tell: async () => {} }
  figures['importCpuUsARow'] = await more(door, 'a')
  console.log(`import: ${figures['importCpuUsARow']!.toFixed(0)} µs of CPU a row`)
  Object.assign(figures, await dialFor(store, 20, async () => {}))
  console.log(`dialling: ${JSON.stringify(figures)}`)
  const busy = await dialFor(store, 20, async () => {
    await more(door, 'b')
    await store.read('leads.filters', { campaign, now })
    await store.read('leads.page', { campaign, text: '欧阳无人' })
  })
  figures['importing_loopDelayP99Ms'] = busy.loopDelayP99Ms
  figures['importing_loopDelayMaxMs'] = busy.loopDelayMaxMs
  figures['importing_fetchMaxMs'] = busy.fetchMaxMs
  figures['importing_callsPerSecond'] = busy.callsPerSecond
  const result = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(3))]),
  )
  if (!process.argv.includes('--json')) console.table(result)
  console.log(JSON.stringify(result))
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true })
}

async function fill(): Promise<number> {
  const began = clock.monotonic()
  if (!existsSync(file)) {
    await using store = await open()
    const facts: Fact[] = [
      ...benchAgents().map((user): Fact => ({ type: 'user.saved', user })),
      ...benchTrunks().map((trunk): Fact => ({ type: 'trunk.saved', trunk })),
      { type: 'campaign.saved', campaign: benchCampaign },
    ]
    await store.commit({ recorded: facts.map(fact => ({ at: clock.now(), actor: 'system', fact })) })
  }
  const isLate = () => clock.monotonic() - began > seconds * 1_000
  if (!fillLeads({ file, campaign: campaignId, rows, now: clock.now() }, isLate)) {
    console.log('not full yet: run it again with the same --folder')
    process.exit(3)
  }
  console.log(`${rows} leads after ${Math.round((clock.monotonic() - began) / 1_000)} s`)
  return clock.monotonic() - began
}

/** CPU of the whole process, median of several: on a machine in company the clock on the wall says how busy the others are. */
async function time<Name extends QueryName>(store: Store, name: Name, args: QueryArgs<Name>): Promise<number> {
  const took: number[] = []
  const startedAt = clock.monotonic()
  for (let n = 0; n < times && clock.monotonic() - startedAt < 5_000; n++) {
    const before = process.cpuUsage()
    await store.read(name, args)
    const { user, system } = process.cpuUsage(before)
    took.push((user + system) / 1_000)
  }
  console.log(`${name} ${JSON.stringify(args).slice(0, 80)}: ${percentile(took, 0.5).toFixed(1)} ms of CPU`)
  return percentile(took, 0.5)
}

/** One more list, with a look for the same numbers in all that runs. Answers µs of CPU a row. */
async function more(door: RecordsDoor, name: string): Promise<number> {
  const list = Array.from({ length: imported }, (_, n) => ({
    ref: `${name}${n}`,
    name: `张三${n}`,
    phones: [{ number: `+861${5_000_000_000 + n * 17 + name.charCodeAt(0) * 1_000_000}`, relation: 'SELF' }],
    segment: `s${n % 20}`,
  }))
  const began = process.cpuUsage()
  const options = { duplicates: 'mark', duplicatesIn: 'running' } as const
  const report = await importLeads(door, 'system', {
    campaign: campaignId,
    source: { kind: 'json', rows: list },
    name,
    options,
  })
  if (report.accepted !== imported)
    throw new Error(`imported ${report.accepted} of ${imported}: ${JSON.stringify(report.rejected[0])}`)
  const { user, system } = process.cpuUsage(began)
  return (user + system) / imported
}

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}

function fail(words: string): never {
  console.error(words)
  process.exit(2)
}
