/**
 * An import of `--rows N` leads (default 1,000,000) while a floor dials from another list of 100,000: how long it takes, what memory it needs beyond
 * that of the floor, and what calls feel of it (delay of the main loop, time until a commit is durable). `--form xlsx` sends a sheet. `--shuffled`: its rows
 * are in no order, so that each goes to another place of every index. `--alone` has no floor. `--json` prints one JSON object last.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Fact } from '../src/centre/facts.ts'
import { systemClock } from '../src/lib/clock.ts'
import { workerFile } from '../src/lib/places.ts'
import type { RecordsDoor } from '../src/records/door.ts'
import { Imports } from '../src/records/import/imports.ts'
import { xlsxOf } from '../src/records/sheets/xlsx-writer.ts'
import { Store } from '../src/store/store.ts'
import { fillLeads } from './leads/fill.ts'
import { benchAgents, benchCampaign, benchTrunks, campaignId, dialFor } from './leads/floor.ts'

const value = (name: string) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined)
const rows = Number(value('--rows') ?? 1_000_000)
const form = value('--form') ?? 'csv'
const quietSeconds = 10
const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-import-'))
const clock = systemClock

try {
  const file = path.join(folder, 'source')
  await write(file)
  const open = () =>
    Store.open({ file: path.join(folder, 'a.db'), keyFile: path.join(folder, 'key'), now: clock.now() })
  await fill(open)
  await using store = await open()
  const door: RecordsDoor = { store, clock, tell: () => {} }
  await using imports = new Imports({
    ...{ door, folder: path.join(folder, 'imports'), worker: workerFile('records/import/import-worker') },
    log: { error: (...words: unknown[]) => console.error(...words) },
  })
  const figures: Record<string, number> = { rows }
  const job = async () => {
    global.gc?.()
    const before = process.memoryUsage().rss
    let most = before
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss)
    }, 100)
    const cpu = process.cpuUsage()
    const began = clock.monotonic()
    const { id } = await imports.receive(
      'system',
      { kind: 'leads', campaign: campaignId, name: `bench.${form}` },
      createReadStream(file),
    )
    figures['receivedS'] = (clock.monotonic() - began) / 1000
    await imports.start('system', id, { columns: ['ref', 'name', 'phone1', 'phone2', 'relation2', 'field', 'field'] })
    await imports.idle()
    figures['wallS'] = (clock.monotonic() - began) / 1000
    const { user, system } = process.cpuUsage(cpu)
    figures['cpuS'] = (user + system) / 1e6
    clearInterval(watch)
    figures['memoryMb'] = (most - before) / 2 ** 20
    const view = await imports.view(id)
    if (view.state !== 'finished' || view.counts.saved !== rows) throw new Error(JSON.stringify(view))
  }
  if (process.argv.includes('--alone')) {
    const loop = monitorEventLoopDelay({ resolution: 1 })
    loop.enable()
    await job()
    figures['loopDelayP99Ms'] = loop.percentile(99) / 1e6
    figures['loopDelayMaxMs'] = loop.max / 1e6
  } else {
    const quiet = await dialFor(store, quietSeconds, async () => {})
    const busy = await dialFor(store, 5, job)
    for (const name of [
      'callsPerSecond',
      'loopDelayP50Ms',
      'loopDelayP99Ms',
      'loopDelayMaxMs',
      'durableP99Ms',
      'fetchMaxMs',
    ] as const) {
      figures[`quiet_${name}`] = quiet[name]
      figures[`importing_${name}`] = busy[name]
    }
  }
  const result = Object.fromEntries(Object.entries(figures).map(([name, each]) => [name, Number(each.toPrecision(3))]))
  if (!process.argv.includes('--json')) console.table(result)
  console.log(JSON.stringify(result))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Names and numbers are made up. */
function* lines(): Generator<string[]> {
  yield ['编号', '姓名', '手机号', '联系人电话', '关系', '城市', '产品']
  const isShuffled = process.argv.includes('--shuffled')
  for (let n = 0; n < rows; n++) {
    const at = isShuffled ? (n * 7_654_321) % rows : n
    yield [
      ...[`N${String(at).padStart(8, '0')}`, `王小明${at % 997}`, `1${30 + (at % 10)}${String(at).padStart(8, '0')}`],
      ...[`010-6${String(at % 10_000_000).padStart(7, '0')}`, '联系人', '上海', '现金贷'],
    ]
  }
}

async function write(file: string): Promise<void> {
  if (form === 'xlsx')
    return pipeline(
      xlsxOf(
        (async function* () {
          yield* lines()
        })(),
        new Date(0),
      ),
      createWriteStream(file),
    )
  await pipeline(
    Readable.from(lines()),
    async function* (source) {
      let text = ''
      for await (const line of source) {
        text += `${(line as string[]).join(',')}\n`
        if (text.length < 65_536) continue
        yield text
        text = ''
      }
      yield text
    },
    createWriteStream(file),
  )
}

async function fill(open: () => Promise<Store>): Promise<void> {
  const facts: Fact[] = [
    ...benchAgents().map((user): Fact => ({ type: 'user.saved', user })),
    ...benchTrunks().map((trunk): Fact => ({ type: 'trunk.saved', trunk })),
    { type: 'campaign.saved', campaign: benchCampaign },
  ]
  {
    await using store = await open()
    await store.commit({ recorded: facts.map(fact => ({ at: clock.now(), actor: 'system', fact })) })
  }
  fillLeads({ file: path.join(folder, 'a.db'), campaign: campaignId, rows: 100_000, now: clock.now() }, () => false)
}
