import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { assertMarked, markOf, OtherFolder } from './lib/folder-mark.ts'
import { RecordingsMark } from './recordings-mark.ts'
import type { Store } from './store/store.ts'

/** A folder of recordings and what the records know of it. */
function place(t: { after(done: () => void): void }) {
  const root = mkdtempSync(join(tmpdir(), 'switchroom-mark-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const folder = join(root, 'recordings')
  const known = { saved: null as string | null, kept: [] as string[] }
  const read = async (query: string) => {
    if (query === 'settings.get') return known.saved
    if (query === 'recordings.areKept') return known.kept.length > 0
    return known.kept.map(path => ({ path }))
  }
  const start = () =>
    new RecordingsMark({
      folder,
      store: { read } as unknown as Store,
      save: async mark => {
        known.saved = mark
      },
    })
  return { folder, known, start, root }
}

test('the first start makes the folder and its mark, and each that follows knows it by that', async t => {
  const { folder, known, start } = place(t)
  const first = start()
  await first.settle()
  const mark = await markOf(folder)
  assert.ok(mark !== null && mark.length > 8)
  assert.deepEqual([first.mark, known.saved], [mark, mark])
  await first.settle()
  const again = start()
  const told: string[] = []
  again.onKnown(each => told.push(each))
  await again.settle()
  assert.deepEqual([told, await markOf(folder)], [[mark], mark])
})

test('a mount that is gone leaves a folder without a mark, or none: it is another, and nothing is made there', async t => {
  const { folder, known, start, root } = place(t)
  const service = start()
  await service.settle()
  known.kept = ['2026/r_1.wav']
  renameSync(folder, join(root, 'mounted'))
  await assert.rejects(service.settle(), OtherFolder)
  assert.equal(existsSync(folder), false)
  mkdirSync(folder)
  for (const each of [service, start()]) await assert.rejects(each.settle(), /looks like another folder .* mounted\?/)
  assert.equal(await markOf(folder), null)
  known.kept = []
  await assert.rejects(service.settle(), OtherFolder, 'nor does it take the mark when nothing is kept any more')
  rmSync(folder, { recursive: true })
  renameSync(join(root, 'mounted'), folder)
  await service.settle()
})

test('a house from before the mark knows its folder by what was recorded last, and takes no empty one', async t => {
  const { folder, known, start } = place(t)
  mkdirSync(folder)
  known.kept = ['r_2.wav', 'r_1.wav']
  const service = start()
  await assert.rejects(service.settle(), OtherFolder)
  assert.deepEqual([service.mark, known.saved], [null, null])
  writeFileSync(join(folder, 'r_1.wav'), '')
  await service.settle()
  assert.equal(known.saved, await markOf(folder))
})

test('recordings that were copied without the mark, or with that of an older database, are known by their files', async t => {
  const { folder, known, start } = place(t)
  mkdirSync(folder)
  writeFileSync(join(folder, '.switchroom'), 'of a later time\n')
  writeFileSync(join(folder, 'r_1.wav'), '')
  Object.assign(known, { saved: 'of the backup', kept: ['r_1.wav'] })
  await start().settle()
  assert.equal(await markOf(folder), 'of the backup')
  rmSync(join(folder, '.switchroom'))
  await start().settle()
  assert.equal(await markOf(folder), 'of the backup')
})

test('a folder that cannot be written at the first start is marked when it can', async t => {
  const { folder, known, start } = place(t)
  writeFileSync(folder, 'in the way')
  const service = start()
  await assert.rejects(service.settle(), { code: 'EEXIST' })
  assert.deepEqual([service.mark, known.saved], [null, null])
  rmSync(folder)
  await service.settle()
  assert.equal(known.saved, await markOf(folder))
})

test('of what lies there as a mark no more is read than a mark has, and a pipe is waited for by nobody', async t => {
  const { folder } = place(t)
  mkdirSync(folder)
  const file = join(folder, '.switchroom')
  writeFileSync(file, 'the mark\n')
  truncateSync(file, 3 * 2 ** 30) // more than can be read at once
  assert.equal(await markOf(folder), 'the mark')
  assertMarked(folder, 'the mark')
  rmSync(file)
  execFileSync('mkfifo', [file])
  assert.equal(await markOf(folder), '')
  assert.throws(() => assertMarked(folder, 'the mark'), OtherFolder)
})
