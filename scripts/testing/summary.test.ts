import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Summary } from './summary.ts'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-summary-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** The TAP of a test file, as Node really writes it. */
function figuresOf(name: string, body: string): string {
  const file = join(folder, `${name}.test.mjs`)
  writeFileSync(file, `import { describe, test } from 'node:test'\nimport assert from 'node:assert/strict'\n${body}\n`)
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const ran = spawnSync(process.execPath, ['--test', '--test-reporter=tap', file], { env, encoding: 'utf8' })
  const figures = join(folder, `${name}.tap`)
  writeFileSync(figures, ran.stdout)
  return figures
}

test('says of each failed test why and where, and of its suite the name alone', () => {
  const summary = new Summary([])
  const failing =
    "test('adds', () => assert.equal(1 + 1, 3))\n  test('waits', () => { throw new Error('waited\\nin vain') })"
  summary.add(['a.test.mjs'], '1', figuresOf('a', `describe('sums', () => {\n  ${failing}\n})`))
  summary.add(['b.test.mjs'], '0', figuresOf('b', "test('passes', () => {})"))
  const text = summary.text()
  assert.equal(summary.isPassed, false)
  assert.match(text, /^failed:\n {2}adds\n {4}location: .*a\.test\.mjs:4:3'\n {4}error: \|-\n/)
  assert.match(text, /\n {6}2 !== 3\n/)
  assert.match(text, /\n {2}waits\n {4}location: .*\n {4}error: \|-\n {6}waited\n {6}in vain\n.*a\.test\.mjs:5:/)
  assert.doesNotMatch(text, /node:internal|duration_ms:|failureType/)
  assert.match(text, /\n {2}sums\n {2}waits\n/)
  assert.match(text, /\nℹ tests 3\nℹ pass 1\nℹ fail 2\n/)
})

test('of a long error it says the beginning', () => {
  const summary = new Summary([])
  summary.add(['c.test.mjs'], '1', figuresOf('c', "test('long', () => { throw new Error('line\\n'.repeat(500)) })"))
  const lines = summary.text().split('\n')
  assert.ok(lines.length < 45, `${lines.length} lines`)
})

const skips = `test('rings', { skip: 'needs sipp and baresip' }, () => {})
  test('becomes another', t => t.skip('needs root'))
  test('is here', () => {})
  describe('by Kamailio', { skip: 'needs kamailio' }, () => test('calls', () => {}))`

test('names what was skipped and why, suites too, of which Node counts nothing', () => {
  const summary = new Summary([])
  summary.add(['e.test.mjs'], '0', figuresOf('e', skips))
  assert.equal(summary.isPassed, true)
  assert.match(
    summary.text(),
    /^skipped:\n {2}needs kamailio\n {4}by Kamailio\n {2}needs root\n {4}becomes another\n {2}needs sipp and baresip\n {4}rings\nℹ tests /,
  )
})

test('in CI what is skipped because another end is missing has failed, and what the machine does not permit has not', () => {
  const summary = new Summary([], true)
  const tap = figuresOf('f', skips)
  summary.add(['f.test.mjs'], '0', tap)
  assert.equal(summary.isPassed, false)
  const [failed] = summary.text().split('skipped:\n')
  assert.equal(
    failed,
    'failed:\n  skipped: by Kamailio\n    needs kamailio\n  skipped: rings\n    needs sipp and baresip\n',
  )
  const permitted = new Summary([], true)
  permitted.add(
    ['g.test.mjs'],
    '0',
    figuresOf(
      'g',
      "test('sits apart', { skip: 'may make no network namespace' }, () => {})\ntest('is here', () => {})",
    ),
  )
  assert.equal(permitted.isPassed, true)
})

test('a run that named no test is named by its files', () => {
  const summary = new Summary(['npm run check, see above'])
  summary.add(['d.test.mjs'], 'SIGTERM', join(folder, 'nowhere.tap'))
  const lines = summary.text().split('\n').slice(0, 3)
  assert.deepEqual(lines, ['failed:', '  d.test.mjs ended with SIGTERM after 0 tests', '  npm run check, see above'])
})
