import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger } from '../lib/log.ts'
import { DiskWatch } from './disk-watch.ts'

const mb = 1024 * 1024

test('the floor hears once when there is no room, by the recorder or by the disk itself, and when there is enough again', async () => {
  const told: string[] = []
  let freeMb = 500
  using watch = new DiskWatch({
    folder: '/recordings',
    post: input => void (input.type === 'recorder.disk' && told.push(input.disk)),
    log: createLogger('silent'),
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
