/** Zips of evidence that are over are removed by the service itself, at each start too, unless its clock may be wrong. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { World } from './world.ts'

const dayMs = 86_400_000

/** A data folder with a zip of a month ago and one of now, and what the house knew of the clock when it last ran so long ago. */
function left(ranAgoMs: number) {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-world-'))
  const zip = (name: string, ageMs: number) => {
    const file = join(folder, 'exports', name)
    writeFileSync(file, 'PK')
    utimesSync(file, (Date.now() - ageMs) / 1000, (Date.now() - ageMs) / 1000)
    return file
  }
  mkdirSync(join(folder, 'exports'))
  writeFileSync(join(folder, 'clock.json'), JSON.stringify({ at: Date.now() - ranAgoMs, doubtedMs: null }))
  return { folder, old: zip('e_old.zip', 30 * dayMs), fresh: zip('e_fresh.zip', 0) }
}

test('a zip of evidence that is over is gone after a start, and one that is not stays', async () => {
  const { folder, old, fresh } = left(1000)
  await using _ = await World.open({ folder, web: 'http' })
  assert.deepEqual([existsSync(old), existsSync(fresh)], [false, true])
})

test('while the clock may be wrong none is removed', async () => {
  const { folder, old } = left(10 * dayMs)
  await using _ = await World.open({ folder, web: 'http' })
  assert.equal(existsSync(old), true)
})
