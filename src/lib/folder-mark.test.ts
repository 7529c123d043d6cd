import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { markName, markOf, setMark, setMarkNow } from './folder-mark.ts'

test('a link or a pipe that somebody laid where the mark is written leads to no file of ours and holds up nobody: the mark is set all the same', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-mark-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [ours, part] = [join(folder, 'ours'), join(folder, `${markName}.part`)]
  writeFileSync(ours, 'as it was')
  const laid = [
    () => symlinkSync(ours, part),
    () => void execFileSync('mkfifo', [part]),
    () => writeFileSync(part, 'left by a process that died'),
  ]
  for (const [n, lay] of laid.entries()) {
    lay()
    await setMark(folder, `m${n}`)
    assert.equal(await markOf(folder), `m${n}`)
    lay()
    setMarkNow(folder, `n${n}`)
    assert.equal(await markOf(folder), `n${n}`)
  }
  assert.equal(readFileSync(ours, 'utf8'), 'as it was')
})
