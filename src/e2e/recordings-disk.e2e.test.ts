/** The disk of the recordings goes away under a running service, and comes back: nobody has to look at a recording to know. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LegId, RecordingId } from '../lib/ids.ts'
import { acceptFolder } from '../recordings-mark.ts'
import { World } from './world.ts'

/** Each has a house of its own, and waits for the looks at its disk, which are half a minute apart. */
describe('the disk of the recordings', { concurrency: true }, () => {
  test('a disk that cannot be written is an alarm, /readyz and the figures say so while nobody talks, and it ends by itself', async () => {
    await using world = await World.open({ web: 'http' })
    const folder = join(world.folder, 'recordings')
    const trouble = () => troubleOf(world)
    renameSync(folder, `${folder}.away`)
    writeFileSync(folder, 'in the way')
    await world.fact('recorder.diskChanged', ({ disk }) => disk === 'unwritable', 60_000)
    await world.fact('safety.alarmed', ({ rule }) => rule === 'disk_unwritable')
    const { ready, recordings } = await trouble()
    assert.deepEqual([ready, /disk is unwritable/.test(recordings ?? '')], [false, true])
    assert.equal((await world.house.telephone.figures())['recordings_disk_unwritable'], 1)
    rmSync(folder)
    renameSync(`${folder}.away`, folder)
    await world.fact('recorder.diskChanged', ({ disk }) => disk === 'well', 60_000)
    assert.equal((await trouble()).recordings, null)
    assert.equal((await world.house.telephone.figures())['recordings_disk_unwritable'], 0)
  })

  test('a disk that cannot be written at the start keeps nobody from the telephone, and recordings begin by themselves when it can', async () => {
    const data = mkdtempSync(join(tmpdir(), 'switchroom-world-'))
    const folder = join(data, 'recordings')
    writeFileSync(folder, 'in the way')
    await using world = await World.open({ web: 'http', folder: data })
    await world.until('the disk is told', () => world.house.engine.state.recorder.disk === 'unwritable')
    assert.match((await troubleOf(world)).recordings ?? '', /disk is unwritable/)
    const { bay } = world.house.telephone
    const closed: RecordingId[] = []
    bay.onEvent(event => event.type === 'recording.closed' && closed.push(event.recording))
    const [leg, recording] = ['w_test' as LegId, 'r_test' as RecordingId]
    await bay.open(leg, { kind: 'rtp', silenceMs: 0 })
    bay.record(recording, leg, join(folder, '2026', 'r_test.wav'))
    await sleep(500)
    rmSync(folder)
    await world.fact('recorder.diskChanged', ({ disk }) => disk === 'well', 60_000)
    assert.equal((await troubleOf(world)).recordings, null)
    await world.until('the recording has begun', () => existsSync(join(folder, '2026', 'r_test.wav')))
    bay.stopRecording(recording)
    await world.until('it is sealed', () => closed.includes(recording))
  })

  test('a folder that is not the one that recordings were kept in takes none, until the disk is back or somebody says that it is', async () => {
    await using world = await World.open({ web: 'http' })
    const folder = join(world.folder, 'recordings')
    const disks = () => world.facts.flatMap(fact => (fact.type === 'recorder.diskChanged' ? [fact.disk] : []))
    const until = (disk: string) => world.until(`the disk is ${disk}`, () => disks().at(-1) === disk, 60_000)
    renameSync(folder, `${folder}.away`)
    mkdirSync(folder) // the mount is gone: what lies beneath
    await until('unwritable')
    assert.match((await troubleOf(world)).recordings ?? '', /disk is unwritable.*looks like another folder/)
    assert.deepEqual(readdirSync(folder), [], 'nothing goes beneath')
    rmSync(folder, { recursive: true })
    renameSync(`${folder}.away`, folder)
    await until('well')
    assert.equal((await troubleOf(world)).recordings, null)

    renameSync(folder, `${folder}.old`)
    mkdirSync(folder)
    await until('unwritable')
    await acceptFolder(world.house.door, folder)
    await until('well')
    assert.equal((await troubleOf(world)).recordings, null)
    rmSync(folder, { recursive: true })
    renameSync(`${folder}.old`, folder)
    await until('unwritable')
  })
})

async function troubleOf(world: World) {
  const { ready, checks } = (await (await fetch(`${world.url}/readyz`)).json()) as {
    ready: boolean
    checks: { name: string; trouble: string | null }[]
  }
  return { ready, recordings: checks.find(({ name }) => name === 'recordings')?.trouble ?? null }
}
