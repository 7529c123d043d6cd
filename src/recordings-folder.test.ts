import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { lookAtFolder, recordingsProbe } from './recordings-folder.ts'
import type { NewestRecording } from './store/calls/recordings.ts'

function folders(t: { after(done: () => void): void }): { root: string; folder: string } {
  const root = mkdtempSync(join(tmpdir(), 'switchroom-folder-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const folder = join(root, 'recordings')
  mkdirSync(folder)
  return { root, folder }
}

const today = Date.parse('2026-11-28T23:00:00Z')
const none = async (): Promise<NewestRecording[]> => []

test('a folder that can be written and has what was recorded last is well, and so is a new one', async t => {
  const { folder } = folders(t)
  const recorded: NewestRecording[] = []
  const probe = recordingsProbe({ folder, newest: async () => recorded, disk: () => 'well' })
  assert.equal(await probe(), null)
  recorded.push({ path: '2.wav' }, { path: '1.wav' })
  writeFileSync(join(folder, '1.wav'), '') // one that somebody took away alone is no missing disk
  assert.equal(await probe(), null)
})

test('whatever the recorder says of its disk is told, but that it is well', async t => {
  const { folder } = folders(t)
  let disk = 'well'
  const probe = recordingsProbe({ folder, newest: none, disk: () => disk })
  for (disk of ['slow', 'full', 'burning']) assert.match((await probe()) ?? '', new RegExp(`its disk is ${disk}`))
  disk = 'well'
  assert.equal(await probe(), null)
})

test('a disk that is not mounted is told: what was recorded last is not there', async t => {
  const { folder } = folders(t)
  const newest = async () => [{ path: '2026/11/28/r_2.wav' }, { path: '2026/11/28/r_1.wav' }]
  const probe = recordingsProbe({ folder, newest, disk: () => 'well' })
  assert.match((await probe()) ?? '', /r_2\.wav, which was recorded last, is not there: is the disk .* mounted/)
})

test('a folder that is taken away, cannot be written, or is another disk than at the start is told', async t => {
  const { root, folder } = folders(t)
  const link = join(root, 'link')
  symlinkSync(folder, link)
  const probe = recordingsProbe({ folder: link, newest: none, disk: () => 'well' })
  assert.equal(await probe(), null)
  rmSync(link)
  await assert.rejects(probe(), /ENOENT/)
  writeFileSync(link, '')
  assert.match((await probe()) ?? '', /link cannot be written \(EACCES\)/)
  rmSync(link)
  symlinkSync('/dev/shm', link)
  if (statSync('/dev/shm').dev === statSync(folder).dev) return t.skip('this machine has one file system')
  assert.match((await probe()) ?? '', /is another disk than when the service started/)
})

test('while one look gets no answer no other is begun', async t => {
  const { folder } = folders(t)
  let looks = 0
  let answer: (found: NewestRecording[]) => void = () => undefined
  const newest = () => {
    looks++
    return new Promise<NewestRecording[]>(resolve => {
      answer = resolve
    })
  }
  const probe = recordingsProbe({ folder, newest, disk: () => 'well' })
  const asked = [probe(), probe(), probe()]
  await sleep(10)
  assert.equal(looks, 1)
  answer([])
  assert.deepEqual(await Promise.all(asked), [null, null, null])
})

test('the newest day is named as what is written next, and what is older is not', async t => {
  const { folder } = folders(t)
  for (const day of ['2025/12/31', '2026/10/31', '2026/11/09', '2026/11/28'])
    mkdirSync(join(folder, day), { recursive: true })
  const found = await lookAtFolder(folder, { newest: [], mark: null }, today)
  assert.deepEqual(
    found.folders,
    ['', '2026', '2026/11', '2026/11/28'].map(each => join(folder, each)),
  )
})

test('a link in place of the folder of a day is told; the folder of all may be one', async t => {
  const { folder } = folders(t)
  const elsewhere = `${folder}-elsewhere`
  mkdirSync(join(elsewhere, '28'), { recursive: true })
  const linked = `${folder}-link`
  symlinkSync(folder, linked)
  mkdirSync(join(folder, '2026'))
  const probe = recordingsProbe({ folder: linked, newest: none, disk: () => 'well', now: () => today })
  assert.equal(await probe(), null)
  symlinkSync(elsewhere, join(folder, '2026/11'))
  assert.match((await probe()) ?? '', /2026\/11 is a link: nothing is written/)
})

test('the folder of the newest day is looked at by the running service as well', async t => {
  const { folder } = folders(t)
  const probe = recordingsProbe({ folder, newest: none, disk: () => 'well', now: () => today })
  mkdirSync(join(folder, '2026/11'), { recursive: true })
  writeFileSync(join(folder, '2026/11/28'), '') // for root too nothing can be written in it
  assert.match((await probe()) ?? '', /2026\/11\/28 cannot be written \(EACCES\)/)
})

test('a day that is yet to come, which somebody laid there, is not looked at; that of tomorrow is, for the hours around midnight', async t => {
  const { folder } = folders(t)
  mkdirSync(join(folder, '2026/11/27'), { recursive: true })
  writeFileSync(join(folder, '9999'), '')
  writeFileSync(join(folder, '2026/12'), '')
  writeFileSync(join(folder, '2026/11/30'), '')
  const probe = recordingsProbe({ folder, newest: none, disk: () => 'well', now: () => today })
  assert.equal(await probe(), null)
  writeFileSync(join(folder, '2026/11/29'), '')
  assert.match((await probe()) ?? '', /2026\/11\/29 cannot be written/)
})
