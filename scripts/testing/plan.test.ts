import assert from 'node:assert/strict'
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { planOf } from './plan.ts'
import { Summary } from './summary.ts'

const pure = "import { test } from 'node:test'\ntest('adds', () => {})\n"

test('every test of the house is in one job, and no job is empty', () => {
  const files = globSync('src/**/*.test.ts', { cwd: join(import.meta.dirname, '../..') }).sort()
  const jobs = planOf(files, () => pure)
  assert.ok(files.length > 250)
  assert.deepEqual(jobs.flatMap(job => job.files).sort(), files)
  assert.ok(jobs.every(job => job.files.length >= 1 && job.files.length <= 12))
})

test('files of a folder share a process, but not one that touches what belongs to the process, or has a clock beside it', () => {
  const texts: Record<string, string> = {
    'src/http/api/leads.test.ts': pure,
    'src/http/api/orders.test.ts': pure,
    'src/http/api/environment.test.ts': "process.env['TZ'] = 'UTC'\n",
    'src/http/api/each.test.ts': `${pure}beforeEach(() => {})\n`,
    'src/http/api/quick.test.ts': 'assert.ok(performance.now() - startedAt < 50)\n',
    'src/lender/money.test.ts': pure,
  }
  const shared = planOf(Object.keys(texts), file => texts[file]!).map(job =>
    job.files.map(file => file.split('/').at(-1)),
  )
  assert.deepEqual(shared, [
    ['each.test.ts'],
    ['environment.test.ts'],
    ['quick.test.ts'],
    ['leads.test.ts', 'orders.test.ts'],
    ['money.test.ts'],
  ])
})

test('what waits for browsers goes in pairs, phones beside it, what listens to the hundredth of a second alone, and the longest goes first', () => {
  const texts: Record<string, string> = {
    'src/e2e/targets.e2e.test.ts': pure,
    'src/e2e/volume.e2e.test.ts': "const page = await stage.page({ name: 'alice' })\n",
    'src/e2e/sound.e2e.test.ts': pure,
    'src/e2e/calls.e2e.test.ts': pure,
    'scripts/demo.e2e.test.ts': pure,
    'src/e2e/campaign.e2e.test.ts': "import { Chromium } from './chromium.ts'\n",
    'src/phone/calls.sipp.test.ts': pure,
    'src/rtp/bay.test.ts': pure,
  }
  assert.deepEqual(
    planOf(Object.keys(texts), file => texts[file]!).map(({ lane, files: [file] }) => `${lane} ${file}`),
    [
      'browsers scripts/demo.e2e.test.ts',
      'browsers src/e2e/campaign.e2e.test.ts',
      'browsers src/e2e/volume.e2e.test.ts',
      'phones src/e2e/targets.e2e.test.ts',
      'phones src/phone/calls.sipp.test.ts',
      'listening src/e2e/calls.e2e.test.ts',
      'alone src/e2e/sound.e2e.test.ts',
      'alone src/rtp/bay.test.ts',
    ],
  )
})

test('what only computes is run beside what listens, and nothing that measures, waits for a thread or has a port is among it', () => {
  const texts: Record<string, string> = {
    'src/centre/decide.test.ts': pure,
    'src/centre/pace.test.ts': 'assert.ok(performance.now() - startedAt < 50)\n',
    'src/http/any-form.test.ts': pure,
    'src/sim/chaos/world.test.ts': pure,
    'src/sim/day/rehearsals.test.ts': 'performance.eventLoopUtilization()\n',
    'src/store/project.test.ts': pure,
  }
  const idle = planOf(Object.keys(texts), file => texts[file]!).filter(({ lane }) => lane === 'idle')
  assert.deepEqual(
    idle.map(({ files }) => files),
    [['src/http/any-form.test.ts'], ['src/sim/chaos/world.test.ts'], ['src/centre/decide.test.ts']],
  )
})

test('a run that failed, one that died without a word, and one that ran nothing are all failures of the whole', t => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-plan-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const tap = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const summary = new Summary([])
  summary.add(['a.test.ts'], '0', tap('a', 'ok 1 - adds\n# tests 3\n# pass 3\n# fail 0\n'))
  assert.equal(summary.isPassed, true)
  summary.add(['b.test.ts'], '1', tap('b', '    not ok 1 - takes away\n# tests 2\n# pass 1\n# fail 1\n'))
  summary.add(['c.test.ts'], 'SIGKILL', join(folder, 'none'))
  summary.add(['d.test.ts'], '0', tap('d', '# tests 0\n# pass 0\n'))
  assert.equal(summary.isPassed, false)
  assert.deepEqual(summary.text().replace(/\d+$/, 'N').split('\n'), [
    'failed:',
    '  c.test.ts ended with SIGKILL after 0 tests',
    '  d.test.ts ended with 0 after 0 tests',
    '  takes away',
    ...['ℹ tests 5', 'ℹ pass 4', 'ℹ fail 1', 'ℹ cancelled 0', 'ℹ skipped 0', 'ℹ todo 0', 'ℹ duration_ms N'],
  ])
})
