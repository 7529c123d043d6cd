import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { asset } from '../src/lib/places.ts'

test('the demo without a person ends by itself, with calls that were bridged and as many recordings', () => {
  const run = spawnSync(asset('scripts/demo'), ['--headless', '--seconds', '20'], {
    encoding: 'utf8',
    timeout: 240_000,
  })
  assert.equal(run.status, 0, run.stderr)
  const summary = JSON.parse(run.stdout.trim().split('\n').at(-1)!) as Record<string, number>
  assert.deepEqual(Object.keys(summary).sort(), ['abandoned', 'calls', 'connected', 'recordings', 'utilisation'])
  assert.ok(summary['connected']! > 0 && summary['calls']! >= summary['connected']!, run.stdout)
  assert.ok(summary['recordings']! >= summary['connected']!, run.stdout)
  assert.ok(summary['utilisation']! > 0 && summary['utilisation']! <= 1, run.stdout)
  // Its carrier and its desk phones are nobody's attackers: an alarm that is raised for them is worth nothing when there is one.
  assert.doesNotMatch(run.stdout + run.stderr, /the signalling never named/)
})

test('the demo says what it allows when it is asked for nonsense', () => {
  const run = spawnSync(asset('scripts/demo'), ['--headless', '--seconds', 'soon'], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  assert.equal(run.status, 2)
  assert.match(run.stderr, /found soon, allowed/)
})
