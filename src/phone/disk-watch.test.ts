import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Input } from '../centre/inputs.ts'
import { OtherFolder } from '../lib/folder-mark.ts'
import { createLogger } from '../lib/log.ts'
import { DiskWatch, type DiskWatchOptions, diskFigures } from './disk-watch.ts'

const mb = 1024 * 1024

test('the floor hears once when there is no room, by the recorder or by the disk itself, and when there is enough again', async () => {
  const told: string[] = []
  let freeMb = 500
  using watch = new DiskWatch({
    folder: '/recordings',
    post: input => void (input.type === 'recorder.disk' && told.push(input.disk)),
    log: createLogger('silent'),
    write: async () => undefined,
    look: async () => ({ bavail: freeMb, blocks: 100_000, bsize: mb }),
  })
  await watch.look()
  assert.deepEqual(told, [])
  freeMb = 63
  await watch.look()
  await watch.look()
  assert.deepEqual(told, ['full'], 'nothing is being recorded, and it is known all the same')
  freeMb = 100
  await watch.look()
  assert.deepEqual(told, ['full'], 'not yet')
  freeMb = 128
  await watch.look()
  watch.recorderTold('slow')
  watch.recorderTold('full')
  watch.recorderTold('well')
  assert.deepEqual(told, ['full', 'well', 'slow', 'full', 'well'])
})

test('of a small disk a fiftieth is enough, and one that cannot be asked is left to the recorder', async () => {
  const told: string[] = []
  let isGone = false
  using watch = new DiskWatch({
    folder: '/recordings',
    post: input => void (input.type === 'recorder.disk' && told.push(input.disk)),
    log: createLogger('silent'),
    write: async () => undefined,
    look: async () => {
      if (isGone) throw new Error('EIO')
      return { bavail: 2, blocks: 48, bsize: mb }
    },
  })
  await watch.look()
  isGone = true
  await watch.look()
  assert.deepEqual(told, [])
  watch.recorderTold('full')
  assert.deepEqual(told, ['full'])
})

/** A disk that answers writes as a test wants. */
function watched(more: Partial<DiskWatchOptions> = {}) {
  const told: string[] = []
  const disk = { refusal: null as string | null, asked: [] as boolean[] }
  const watch = new DiskWatch({
    folder: '/recordings',
    post: input => void (input.type === 'recorder.disk' && told.push(input.disk)),
    log: createLogger('silent'),
    look: async () => ({ bavail: 500, blocks: 100_000, bsize: mb }),
    write: async (_folder, sync) => {
      disk.asked.push(sync)
      if (disk.refusal !== null) throw Object.assign(new Error(disk.refusal), { code: disk.refusal })
    },
    ...more,
  })
  return { watch, told, disk }
}

test('a disk that refuses writes is known while nothing is recorded, and until a write reaches it again', async () => {
  for (const code of ['EROFS', 'EIO', 'ENOENT', 'EACCES']) {
    const { watch, told, disk } = watched()
    using _ = watch
    await watch.look()
    for (let looks = 0; looks < 5; looks++) await watch.look()
    assert.deepEqual([told, disk.asked], [[], [false]], 'a disk that is well is written to now and then')
    disk.refusal = code
    await watch.look()
    await watch.look()
    assert.deepEqual(told, ['unwritable'], code)
    disk.refusal = null
    await watch.look()
    assert.deepEqual(
      [told, disk.asked],
      [
        ['unwritable', 'well'],
        [false, false, true, true],
      ],
    )
  }
})

test('what a recording met stands until a write of our own reaches the disk, whatever became of the recording', async () => {
  const { watch, told, disk } = watched()
  using _ = watch
  disk.refusal = 'EIO'
  watch.recorderTold('unwritable')
  watch.recorderTold('well') // its call ended
  await watch.look()
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(told, ['unwritable'])
  disk.refusal = null
  await watch.look()
  assert.deepEqual(told, ['unwritable', 'well'])
  watch.recorderTold('unwritable')
  await watch.look()
  assert.deepEqual(told, ['unwritable', 'well', 'unwritable'], 'one file is refused still')
  watch.recorderTold('well')
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(told.at(-1), 'well')
})

test('a full disk refuses nothing by that, and one that never answers refuses after half a minute and is asked but once', async () => {
  const { watch, told, disk } = watched()
  disk.refusal = 'ENOSPC'
  await watch.look()
  assert.deepEqual(told, [])
  watch[Symbol.dispose]()
  const hung = Promise.withResolvers<void>()
  let asked = 0
  const other = watched({
    write: async () => {
      asked++
      await hung.promise
    },
  })
  using _ = other.watch
  for (let looks = 0; looks < 6; looks++) other.watch.due()
  assert.deepEqual([other.told, asked], [[], 1])
  other.watch.due()
  other.watch.due()
  assert.deepEqual([other.told, asked], [['unwritable'], 1])
  hung.resolve()
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(other.told, ['unwritable', 'well'])
})

test('of the figures of the disk one alone is 1, and none while it is well', () => {
  const ones = (figures: Record<string, number>) => Object.keys(figures).filter(name => figures[name] === 1)
  for (const state of ['full', 'unwritable', 'slow'] as const)
    assert.deepEqual(ones(diskFigures(state)), [`recordings_disk_${state}`])
  assert.deepEqual(diskFigures('well'), {
    recordings_disk_full: 0,
    recordings_disk_unwritable: 0,
    recordings_disk_slow: 0,
  })
})

test('a folder that is not the one is told as one that refuses, is not written to, and is well when it is the one', async () => {
  let isOurs = false
  const { watch, told, disk } = watched({
    settle: async () => {
      if (!isOurs) throw new OtherFolder('/recordings')
    },
  })
  using _ = watch
  await watch.look()
  assert.deepEqual([told, disk.asked], [['unwritable'], []])
  isOurs = true
  await watch.look()
  assert.deepEqual(told, ['unwritable', 'well'])
})

test('a real folder is written to, nothing stays in it, and one that cannot be made is told', async () => {
  const folder = mkdtempSync('/tmp/switchroom-disk-')
  try {
    const told: string[] = []
    const options = { post: (input: Input) => void (input.type === 'recorder.disk' && told.push(input.disk)) }
    const well = new DiskWatch({ ...options, folder: `${folder}/made`, log: createLogger('silent') })
    await well.look()
    well[Symbol.dispose]()
    assert.deepEqual([readdirSync(`${folder}/made`), told], [[], []])
    writeFileSync(`${folder}/taken`, '')
    const refused = new DiskWatch({ ...options, folder: `${folder}/taken/in`, log: createLogger('silent') })
    await refused.look()
    refused[Symbol.dispose]()
    assert.deepEqual(told, ['unwritable'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a link or a pipe that somebody laid where the disk is tried leads to no file of ours, and the disk is well', async t => {
  const folder = mkdtempSync('/tmp/switchroom-disk-')
  t.after(() => rmSync(folder, { recursive: true }))
  const [database, tried] = [`${folder}/switchroom.db`, `${folder}/recordings/.written`]
  writeFileSync(database, 'all that is known')
  const told: string[] = []
  const post = (input: Input) => void (input.type === 'recorder.disk' && told.push(input.disk))
  using watch = new DiskWatch({ folder: `${folder}/recordings`, post, log: createLogger('silent') })
  await watch.look()
  for (const lay of [() => symlinkSync(database, tried), () => execFileSync('mkfifo', [tried])]) {
    lay()
    for (let looks = 0; looks < 6; looks++) await watch.look() // each sixth writes
    assert.deepEqual([readdirSync(`${folder}/recordings`), told], [[], []])
  }
  assert.equal(readFileSync(database, 'utf8'), 'all that is known')
})
