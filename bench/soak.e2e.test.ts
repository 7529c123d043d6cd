import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { asset } from '../src/lib/places.ts'

const soak = (...args: string[]) =>
  spawnSync(process.execPath, [asset('bench/soak.ts'), ...args], { encoding: 'utf8', timeout: 120_000 })

test('a short soak connects people, says a line of figures each while, and judges no growth', () => {
  const run = soak('--calls', '3', '--minutes', '0.2', '--json')
  assert.equal(run.status, 0, run.stdout + run.stderr)
  const lines = run.stdout.trim().split('\n')
  const found = JSON.parse(lines.at(-1)!) as Record<string, number | boolean | unknown[]>
  assert.equal(found['isGood'], true)
  assert.equal(found['isJudged'], false)
  assert.deepEqual(found['wrong'], [])
  assert.ok((found['connected'] as number) > 0)
  assert.ok((found['rssMb'] as number) > 50)
  assert.equal(lines.filter(line => /^ *0\.\d +\d/.test(line)).length, 6)
})

test('a soak says what it allows when it is asked for nonsense', () => {
  const run = soak('--calls', 'many')
  assert.equal(run.status, 2)
  assert.match(run.stderr, /found many, allowed/)
})
