/** Recordings that fail, as the floor and the log hear of them. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { after, beforeEach, test } from 'node:test'
import type { Input } from '../centre/inputs.ts'
import type { CallId, LegId, RecordingId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { Bay } from '../rtp/bay.ts'
import { Media } from './media.ts'

const folder = mkdtempSync('/tmp/switchroom-media-')
after(() => rmSync(folder, { recursive: true }))

const recording = 'rec_1' as RecordingId
const call = 'call_1' as CallId
const leg = 'leg_1' as LegId
let said: Input[]
let errors: unknown[]
let media: Media

beforeEach(() => {
  said = []
  errors = []
  media = new Media({
    bay: { record: () => undefined, stopRecording: () => undefined } as Partial<Bay> as Bay,
    recordingsDir: folder,
    post: input => void said.push(input),
    log: { error: (bindings: unknown) => void errors.push(bindings) } as Partial<Logger> as Logger,
  })
})

test('a recording whose path leads out of the folder is told as failed, logged and counted', () => {
  media.perform({ type: 'media.record', recording, call, leg, path: '../1.wav' })
  const [failed] = said
  assert.ok(failed?.type === 'recording.failed' && failed.recording === recording)
  assert.match(failed.reason, /leads out/)
  assert.deepEqual(errors, [{ recording, cause: 'fault', reason: failed.reason }])
  assert.equal(media.missing, 1)
})

test('a recording that the bay tells as failed is logged and counted too', () => {
  media.take({ type: 'recording.failed', recording, cause: 'full', reason: 'the disk is full' })
  assert.deepEqual(said, [{ type: 'recording.failed', recording, cause: 'full', reason: 'the disk is full' }])
  assert.equal(errors.length, 1)
  assert.equal(media.missing, 1)
})

test('a media thread that died leaves a recording to be sealed: it is not called missing before', () => {
  media.take({ type: 'worker.died', legs: [leg], moved: [], recordings: [recording], reason: 'boom' })
  assert.equal(said.length, 0)
  media.take({ type: 'recording.closed', recording, sha256: 'ab', bytes: 60, durationMs: 1 })
  assert.deepEqual(
    said.map(input => input.type),
    ['recording.closed'],
  )
  assert.equal(media.missing, 0)
})

test('a discarded recording is deleted, also one that the recorder creates or seals after that, and nothing is told of it', async () => {
  const file = `${folder}/gone.wav`
  const isGone = async () => {
    for (let waited = 0; existsSync(file) && waited < 2000; waited += 5)
      await new Promise(resolve => setTimeout(resolve, 5))
    return !existsSync(file)
  }
  writeFileSync(file, 'ring-back')
  media.perform({ type: 'media.discardRecording', recording, path: 'gone.wav' })
  assert.ok(await isGone())
  writeFileSync(file, 'created late')
  media.take({ type: 'recording.lost', recording, lostMs: 20, lost: [[0, 20]] })
  media.take({ type: 'recording.closed', recording, sha256: 'ab', bytes: 60, durationMs: 1 })
  assert.ok(await isGone())
  assert.deepEqual([said, errors, media.missing], [[], [], 0])
  media.perform({ type: 'media.discardRecording', recording, path: '../../etc/passwd' })
  assert.ok(existsSync('/etc/passwd'))
})

test('a discarded recording is not deleted through a link in place of the folder of its day', async () => {
  const elsewhere = mkdtempSync('/tmp/switchroom-elsewhere-')
  writeFileSync(`${elsewhere}/kept.wav`, 'of somebody else')
  symlinkSync(elsewhere, `${folder}/28`)
  errors.length = 0
  media.perform({ type: 'media.discardRecording', recording, path: '28/kept.wav' })
  for (let waited = 0; errors.length === 0 && waited < 2000; waited += 5)
    await new Promise(resolve => setTimeout(resolve, 5))
  assert.equal(errors.length, 1)
  assert.ok(existsSync(`${elsewhere}/kept.wav`))
  rmSync(elsewhere, { recursive: true })
})
