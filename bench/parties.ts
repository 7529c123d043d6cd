/**
 * Is a party found as quickly among a million? A store with `--rows N` parties (default 1,000,000), each with two numbers and a sealed ID number, is
 * made in a temporary folder; told are searches by each way, a page, a party with its loans, and rows of an import
 * that change nothing. `--json` prints one JSON object last.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemClock } from '../src/lib/clock.ts'
import type { RecordsDoor } from '../src/records/door.ts'
import { saveParties } from '../src/records/parties/parties.ts'
import type { QueryArgs, QueryName } from '../src/store/queries.ts'
import { Store } from '../src/store/store.ts'
import { fillParties, idOf, nameOf, numberOf, refOf } from './parties/fill.ts'

const rows = Number(process.argv[process.argv.indexOf('--rows') + 1] ?? Number.NaN) || 1_000_000
const times = 15
const sliceRows = 500
const clock = systemClock
const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-parties-'))
const file = path.join(folder, 'a.db')

try {
  await (await open())[Symbol.asyncDispose]()
  await using store = await open()
  const began = clock.monotonic()
  fillParties(store, file, rows)
  const figures: Record<string, number> = {
    rows,
    fillS: (clock.monotonic() - began) / 1_000,
    gigabytes: statSync(file).size / 1e9,
  }
  console.log(`${rows} parties after ${figures['fillS']!.toFixed(0)} s`)
  const middle = Math.floor(rows / 2)
  const search = (text: string) => ({ text, hash: store.sealer.hash(text) })
  for (const [name, text] of [
    ['ref', refOf(middle)],
    ['refBeginning', 'K1'],
    ['name', nameOf(middle)],
    ['surname', '王'],
    ['givenName', nameOf(middle).slice(1)],
    ['lastDigits', numberOf(middle).slice(-4)],
    ['moreLastDigits', numberOf(middle).slice(-7)],
    ['number', numberOf(middle)],
    ['numberBeginning', '1380'],
    ['idNo', idOf(middle)],
    ['nobody', '欧阳无人'],
  ] as const)
    await time(store, figures, `search_${name}`, 'parties.page', search(text))
  await time(store, figures, 'page', 'parties.page', {})
  await time(store, figures, 'party', 'parties.byRef', { ref: refOf(middle) })
  await time(store, figures, 'book', 'books.of', { parties: [refOf(middle)] })
  const door: RecordsDoor = { store, clock, tell: async () => {} }
  const before = process.cpuUsage()
  for (let from = 0; from < 10_000; from += sliceRows) {
    const same = Array.from({ length: sliceRows }, (_, at) => ({
      ...{ ref: refOf(from + at), name: nameOf(from + at), idNo: idOf(from + at) },
      phones: [{ number: numberOf(from + at) }, { number: numberOf(rows + from + at), relation: 'CONTACT' }],
    }))
    const { unchanged } = await saveParties(door, 'system', same)
    if (unchanged !== sliceRows) throw new Error(`${unchanged} of ${sliceRows} rows are told to be as they were`)
  }
  const { user, system } = process.cpuUsage(before)
  figures['sameAgainUsARow'] = (user + system) / 10_000
  console.log(
    JSON.stringify(
      Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(3))])),
    ),
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function open(): Promise<Store> {
  return Store.open({ file, keyFile: path.join(folder, 'key'), now: clock.now() })
}

/** Median of the time that the reader takes, of the wall and of CPU: in company the wall says how busy the others are. */
async function time<Name extends QueryName>(
  store: Store,
  figures: Record<string, number>,
  name: string,
  query: Name,
  args: QueryArgs<Name>,
): Promise<void> {
  const took: { wall: number; cpu: number }[] = []
  for (let n = 0; n < times; n++) {
    const cpu = process.cpuUsage()
    const from = clock.monotonic()
    await store.read(query, args)
    const wall = clock.monotonic() - from
    const { user, system } = process.cpuUsage(cpu)
    took.push({ wall, cpu: (user + system) / 1_000 })
  }
  const median = (of: (one: (typeof took)[number]) => number) => took.map(of).sort((a, b) => a - b)[times >> 1]!
  figures[`${name}Ms`] = median(({ wall }) => wall)
  figures[`${name}CpuMs`] = median(({ cpu }) => cpu)
  console.log(`${name}: ${figures[`${name}Ms`]!.toFixed(2)} ms, ${figures[`${name}CpuMs`]!.toFixed(2)} ms of CPU`)
}
