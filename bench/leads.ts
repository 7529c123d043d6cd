/**
 * Does anything get slower with the number of leads? A store with `--rows N` leads (default 1,000,000) is made in a temporary folder, and told
 * are: fetches of due leads, what pages read, an import of one more list, and the delay of the main loop while a floor dials from it. The folder is
 * taken away after. `--json` prints one JSON object last.
 */
import { mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Fact } from '../src/centre/facts.ts'
import { systemClock } from '../src/lib/clock.ts'
import type { RecordsDoor } from '../src/records/door.ts'
import { importLeads } from '../src/records/leads.ts'
import type { QueryArgs, QueryName } from '../src/store/queries.ts'
import { Store } from '../src/store/store.ts'
import { fillLeads } from './leads/fill.ts'
import { benchAgents, benchCampaign, benchTrunks, campaignId, dialFor, percentile } from './leads/floor.ts'

/** On disk, indexes included; measured, and rounded up. */
const bytesARow = 1_200
const imported = 20_000
const times = 15

const asked = process.argv.indexOf('--rows')
const rows = asked < 0 ? 1_000_000 : Number(process.argv[asked + 1])
if (!Number.isInteger(rows) || rows < 1_000 || rows > 20_000_000)
  fail(`found --rows ${process.argv[asked + 1]}; allowed: 1000 to 20000000`)
const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-leads-'))
const file = path.join(folder, 'a.db')
const { bavail, bsize } = statfsSync(folder)
if (bavail * bsize < rows * bytesARow * 1.5)
  fail(`${rows} leads need ${Math.ceil((rows * bytesARow * 1.5) / 1e9)} GB in ${folder}`)

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
  figures['due2000Ms'] = await time(store, 'leads.due', due)
  figures['dueBeyond2000Ms'] = await time(store, 'leads.due', { ...due, except: taken })
  figures['dueCallbacksMs'] = await time(store, 'leads.due', { ...due, now: now + 3_600_000, callbacksOnly: true })
  figures['filtersMs'] = await time(store, 'leads.filters', { campaign, now })
  figures['countsMs'] = await time(store, 'campaigns.leadCounts', { campaign, now })
  figures['listsMs'] = await time(store, 'lists.ofCampaign', { campaign })
  figures['pageMs'] = await time(store, 'leads.page', { campaign })
  for (const state of ['done', 'dnc'] as const)
    figures[`page_${state}Ms`] = await time(store, 'leads.page', { campaign, state })
  for (const [name, text] of [
    ['ref', 'R0000000777'],
    ['number', '13000000777'],
    ['name', '王伟777'],
    ['nobody', '欧阳无人'],
  ] as const)
    figures[`search_${name}Ms`] = await time(store, 'leads.page', { campaign, text })
  const door: RecordsDoor = { store, clock, tell: async () => {} }
  figures['importPerSecond'] = await more(door, 'a')
  Object.assign(figures, await dialFor(store, 20, async () => {}))
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
  rmSync(folder, { recursive: true, force: true })
}

async function fill(): Promise<number> {
  const began = clock.monotonic()
  {
    await using store = await open()
    const facts: Fact[] = [
      ...benchAgents().map((user): Fact => ({ type: 'user.saved', user })),
      ...benchTrunks().map((trunk): Fact => ({ type: 'trunk.saved', trunk })),
      { type: 'campaign.saved', campaign: benchCampaign },
    ]
    await store.commit({ recorded: facts.map(fact => ({ at: clock.now(), actor: 'system', fact })) })
  }
  fillLeads(file, campaignId, rows, clock.now())
  return clock.monotonic() - began
}

/** Median of several, the first apart: it is told by `due2000Ms` of a fresh process only. */
async function time<Name extends QueryName>(store: Store, name: Name, args: QueryArgs<Name>): Promise<number> {
  const took: number[] = []
  for (let n = 0; n < times; n++) {
    const began = clock.monotonic()
    await store.read(name, args)
    took.push(clock.monotonic() - began)
    if (took.at(-1)! > 5_000) break // so slow that once says enough
  }
  return percentile(took, 0.5)
}

/** One more list, with a look for the same numbers in all that runs. Answers rows a second. */
async function more(door: RecordsDoor, name: string): Promise<number> {
  const list = Array.from({ length: imported }, (_, n) => ({
    ref: `${name}${n}`,
    name: `张三${n}`,
    phones: [{ number: `+861${5_000_000_000 + n * 17 + name.charCodeAt(0) * 1_000_000}`, relation: 'SELF' }],
    segment: `s${n % 20}`,
  }))
  const began = clock.monotonic()
  const options = { duplicates: 'mark', duplicatesIn: 'running' } as const
  const report = await importLeads(door, 'system', {
    campaign: campaignId,
    source: { kind: 'json', rows: list },
    name,
    options,
  })
  if (report.accepted !== imported)
    throw new Error(`imported ${report.accepted} of ${imported}: ${JSON.stringify(report.rejected[0])}`)
  return imported / ((clock.monotonic() - began) / 1_000)
}

function fail(words: string): never {
  console.error(words)
  process.exit(2)
}
