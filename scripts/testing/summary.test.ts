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

test('a run that named no test is named by its files', () => {
  const summary = new Summary(['npm run check, see above'])
  summary.add(['d.test.mjs'], 'SIGTERM', join(folder, 'nowhere.tap'))
  const lines = summary.text().split('\n').slice(0, 3)
  assert.deepEqual(lines, ['failed:', '  d.test.mjs ended with SIGTERM after 0 tests', '  npm run check, see above'])
})
