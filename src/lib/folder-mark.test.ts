import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { markName, markOf, setMark, setMarkNow } from './folder-mark.ts'

test('a link that somebody laid where the mark is written leads to no file of ours', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-mark-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const ours = join(folder, 'ours')
  writeFileSync(ours, 'as it was')
  symlinkSync(ours, join(folder, `${markName}.part`))
  await assert.rejects(setMark(folder, 'm'), { code: 'ELOOP' })
  assert.throws(() => setMarkNow(folder, 'm'), { code: 'ELOOP' })
  assert.equal(readFileSync(ours, 'utf8'), 'as it was')
  rmSync(join(folder, `${markName}.part`))
  writeFileSync(join(folder, `${markName}.part`), 'left by a process that died')
  await setMark(folder, 'm')
  assert.equal(await markOf(folder), 'm')
  setMarkNow(folder, 'n')
  assert.equal(await markOf(folder), 'n')
})
