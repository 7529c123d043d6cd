import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-heaps-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Fills the young half of its heap with what lives for a while, in the main thread and then in a worker that asks for 6 MB (two halves of 2). */
const script = `
import { Worker, isMainThread } from 'node:worker_threads'
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8'
import { boundEachHeapByItself } from ${JSON.stringify(new URL('heap-bounds.ts', import.meta.url).href)}
let kept = []
const sizes = []
for (let at = 0; at < 1_500_000; at++) {
  kept.push({ at, pair: [at, at + 1] })
  if (kept.length > 60_000) kept = kept.slice(50_000)
  if (at % 10_000 === 0) sizes.push(getHeapSpaceStatistics().find(space => space.space_name === 'new_space').space_size)
}
const usual = sizes.sort((a, b) => a - b)[Math.floor(sizes.length / 2)]
const own = [Math.round(usual / 2 ** 20), Math.round(getHeapStatistics().heap_size_limit / 2 ** 20)]
console.log(isMainThread ? 'main' : 'worker', ...own)
if (isMainThread) {
  if (process.argv[2] === 'bounded') boundEachHeapByItself()
  new Worker(new URL(import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 256 } })
}
`

/** MB of young space that was taken (the median, since a collection takes some pages more for a moment), and the limit of the whole heap. */
function heapsOf(how: 'bounded' | 'as V8 does'): Record<string, number[]> {
  const file = join(folder, 'heaps.mjs')
  writeFileSync(file, script)
  const flags = ['--max-semi-space-size=8', '--max-old-space-size=1024']
  const ran = spawnSync(process.execPath, [...flags, file, how], { encoding: 'utf8' })
  const lines = ran.stdout.trim().split('\n')
  assert.equal(lines.length, 2, ran.stderr)
  return Object.fromEntries(lines.map(line => [line.split(' ')[0]!, line.split(' ').slice(1).map(Number)]))
}

test('a worker keeps to its own limits, and the main thread to the flags of the process', () => {
  const { main, worker } = heapsOf('bounded')
  assert.ok(main![0]! >= 12, `main: ${main![0]} MB of young space`)
  assert.ok(worker![0]! <= 6, `${worker![0]} MB of young space`)
  assert.ok(worker![1]! < 300, `${worker![1]} MB at most`)
})

test('without it the flags of the process would hold for the worker too: else this file could go', () => {
  const { worker } = heapsOf('as V8 does')
  assert.ok(worker![0]! >= 12 && worker![1]! > 1000, worker!.join())
})
