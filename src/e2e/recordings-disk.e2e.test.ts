/** The disk of the recordings goes away under a running service, and comes back: nobody has to look at a recording to know. */
import assert from 'node:assert/strict'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { World } from './world.ts'

test('a disk that cannot be written is an alarm, /readyz and the figures say so while nobody talks, and it ends by itself', async () => {
  await using world = await World.open({ web: 'http' })
  const folder = join(world.folder, 'recordings')
  const trouble = async () => {
    const { ready, checks } = (await (await fetch(`${world.url}/readyz`)).json()) as {
      ready: boolean
      checks: { name: string; trouble: string | null }[]
    }
    return { ready, recordings: checks.find(({ name }) => name === 'recordings')?.trouble ?? null }
  }
  renameSync(folder, `${folder}.away`)
  writeFileSync(folder, 'in the way')
  await world.fact('recorder.diskChanged', ({ disk }) => disk === 'unwritable', 60_000)
  await world.fact('safety.alarmed', ({ rule }) => rule === 'disk_unwritable')
  const { ready, recordings } = await trouble()
  assert.deepEqual([ready, /disk is unwritable/.test(recordings ?? '')], [false, true])
  assert.equal((await world.house.telephone.figures())['recordings_disk_unwritable'], 1)
  rmSync(folder)
  mkdirSync(folder)
  await world.fact('recorder.diskChanged', ({ disk }) => disk === 'well', 60_000)
  assert.equal((await trouble()).recordings, null)
  assert.equal((await world.house.telephone.figures())['recordings_disk_unwritable'], 0)
})
