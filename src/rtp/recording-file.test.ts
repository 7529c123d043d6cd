import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs, {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { isMisfit, isOther, type Left, type Looked } from '../lib/fit.ts'
import { lookAtRecording, RecordingFile, readAsSealed, salvageRecording } from './recording-file.ts'
import { purity } from './tone.ts'
import { readStereo, WavError, wavHeader } from './wav.ts'

const folder = mkdtempSync('/tmp/switchroom-recording-')
after(() => rmSync(folder, { recursive: true }))

test('a process killed in the middle of a call leaves a recording that plays up to its last second', async () => {
  const file = `${folder}/killed.wav`
  const child = spawn(process.execPath, [`${import.meta.dirname}/fixtures/record-until-killed.ts`, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let saidMs = 0
  for await (const line of createInterface(child.stdout!)) {
    saidMs = Number(line)
    if (saidMs >= 2500) break
  }
  child.kill('SIGKILL')
  await new Promise(resolve => child.once('exit', resolve))

  const [left, right] = readStereo(readFileSync(file))
  assert.ok(left.length / 8 > saidMs - 1000, `${left.length / 8} ms lie on the disk of ${saidMs} ms said`)
  assert.ok(purity(left.subarray(1600, -1600), 1000) > 0.9)
  assert.ok(purity(right.subarray(1600, -1600), 440) > 0.9)
  const { leftAt, leftSeen: _, ...sealed } = await salvageRecording(file)
  const bytes = readFileSync(file)
  assert.equal(leftAt, Number(statSync(file, { bigint: true }).ctimeMs))
  assert.deepEqual(sealed, {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    durationMs: left.length / 8,
  })
})

test('a partial frame and a stale header are put right, and doing it twice changes nothing', async () => {
  const file = `${folder}/torn.wav`
  const recording = new RecordingFile(file, 8)
  recording.append(new Uint8Array(16_000).fill(0xd5), 16_000)
  recording.abandon()
  appendFileSync(file, Buffer.alloc(801, 0x55))
  const { leftAt: _, leftSeen: __, ...first } = await salvageRecording(file)
  assert.equal(first.durationMs, 1050)
  const { leftAt: ___, leftSeen: ____, ...second } = await salvageRecording(file)
  assert.deepEqual(second, first)
  assert.equal(readStereo(readFileSync(file))[0].length, 8400)
})

test('what a disk refused to sync is written again, all of it, before the disk is asked anew: it would say that all is well', async () => {
  const file = `${folder}/refused.wav`
  let asked = 0
  /** Bytes that were written to it by the last sync. */
  let writtenBytes = 0
  const sync = async () => {
    if (asked++ === 0) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
    writtenBytes = statSync(file).blocks * 512
  }
  const recording = new RecordingFile(file, 8, null, sync)
  const bytes = 2_400_000
  recording.append(new Uint8Array(bytes).fill(0xd5), bytes)
  await assert.rejects(recording.seal(), { code: 'EIO' })
  // The disk has nothing of the sound; what is written no more stays a hole.
  truncateSync(file, 58)
  truncateSync(file, 58 + bytes)
  assert.ok(statSync(file).blocks * 512 < 10_000, 'this file system knows holes')
  const { leftAt, leftSeen: _, ...sealed } = await salvageRecording(file, undefined, sync)
  assert.equal(leftAt, Number(statSync(file, { bigint: true }).ctimeMs))
  assert.ok(writtenBytes >= bytes, `${writtenBytes} bytes of ${bytes} were written before the sync`)
  const there = readFileSync(file)
  assert.deepEqual(sealed, {
    sha256: createHash('sha256').update(there).digest('hex'),
    bytes: 58 + bytes,
    durationMs: bytes / 16,
  })
})

test('what was changed in vain is told with when that was, and what was not begun is not', async () => {
  const file = `${folder}/in-vain.wav`
  const recording = new RecordingFile(file, 8)
  recording.append(new Uint8Array(16_000).fill(0xd5), 16_000)
  recording.abandon()
  const refuses = async () => {
    throw Object.assign(new Error('EIO'), { code: 'EIO' })
  }
  const inVain = await salvageRecording(file, undefined, refuses).catch(error => error as { leftAt?: number })
  assert.equal(inVain.leftAt, Number(statSync(file, { bigint: true }).ctimeMs))
  const others = { mostMs: 10, writtenFrom: 0, writtenUntil: Number.MAX_SAFE_INTEGER }
  const unbegun = await salvageRecording(file, others, refuses).catch(error => error as { leftAt?: number })
  assert.equal(unbegun.leftAt, undefined)
})

test('a disk without room for the header alone (one that copies what it overwrites) is given the same frames again: they lie there once', async () => {
  const file = `${folder}/header.wav`
  const recording = new RecordingFile(file, 8)
  const { writeSync } = fs
  const refusing = (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) => {
    if (position === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    return writeSync(fd, bytes, offset, length, position)
  }
  fs.writeSync = refusing as typeof writeSync
  syncBuiltinESMExports()
  try {
    assert.throws(() => recording.append(new Uint8Array(1600).fill(1), 1600), { code: 'ENOSPC' })
    assert.equal(recording.frames, 0)
  } finally {
    fs.writeSync = writeSync
    syncBuiltinESMExports()
  }
  recording.append(new Uint8Array(1600).fill(1), 1600)
  assert.equal((await recording.seal()).durationMs, 100)
})

test('a salvage that the disk refuses to sync is refused', async () => {
  const file = `${folder}/refuses.wav`
  new RecordingFile(file, 8).abandon()
  const refusal = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
  await assert.rejects(
    salvageRecording(file, undefined, () => Promise.reject(refusal)),
    refusal,
  )
})

test('a file of which not even the header was written becomes an empty recording', async () => {
  const file = `${folder}/headless.wav`
  new RecordingFile(file, 8).abandon()
  truncateSync(file, 20)
  assert.equal((await salvageRecording(file)).durationMs, 0)
  assert.equal(readStereo(readFileSync(file))[0].length, 0)
})

test('a recording that somebody made longer without a sound ends where its sound does, however large the file says it is', async () => {
  const file = `${folder}/longer.wav`
  const recording = new RecordingFile(file, 8)
  recording.append(new Uint8Array(1600).fill(0xd5), 1600)
  recording.append(new Uint8Array(3200).fill(0xd5), 3200, false) // since the last flush
  const whole = readFileSync(file)
  truncateSync(file, 2 ** 40)
  const sealed = await salvageRecording(file, { mostMs: 5_000, writtenFrom: 0, writtenUntil: Number.MAX_VALUE })
  assert.deepEqual([sealed.durationMs, sealed.bytes, statSync(file).size], [300, whole.length, whole.length])
  appendFileSync(file, Buffer.alloc(160_000, 0xd5))
  const fit = { mostMs: 5_000, writtenFrom: 0, writtenUntil: Number.MAX_VALUE }
  await assert.rejects(salvageRecording(file, fit), isMisfit)
  assert.equal(statSync(file).size, whole.length + 160_000)
})

test('what is no recording of ours is left alone', async () => {
  const file = `${folder}/letter.wav`
  writeFileSync(file, 'Dear Sir or Madam, '.repeat(10))
  await assert.rejects(salvageRecording(file), WavError)
  assert.equal(readFileSync(file, 'utf8'), 'Dear Sir or Madam, '.repeat(10))
  await assert.rejects(salvageRecording(`${folder}/none.wav`), { code: 'ENOENT' })
})

test('what does not fit by its length or its time is left as it lies; what fits keeps the time at which it was recorded', async () => {
  const file = `${folder}/laid.wav`
  const recording = new RecordingFile(file, 8)
  recording.append(new Uint8Array(160_000).fill(0xd5), 160_000)
  recording.abandon()
  appendFileSync(file, Buffer.alloc(1, 0x55))
  const at = Math.floor(Date.now() / 1000) * 1000 - 5_000
  utimesSync(file, at / 1000, at / 1000)
  const before = readFileSync(file)
  const fit = { mostMs: 10_000, writtenFrom: at - 10_000, writtenUntil: at + 3_600_000 }
  for (const wrong of [{ mostMs: 9_999 }, { writtenFrom: at + 1 }, { writtenUntil: at - 1 }])
    await assert.rejects(salvageRecording(file, { ...fit, ...wrong }), isMisfit)
  assert.ok(readFileSync(file).equals(before))
  assert.equal((await salvageRecording(file, fit)).durationMs, 10_000)
  assert.equal(statSync(file).mtimeMs, at)
  assert.equal(readFileSync(file).length, before.length - 1)
})

test('a time that somebody gave a file makes it no older: when it was laid there counts, unless we did it', async () => {
  const file = `${folder}/forged.wav`
  const recording = new RecordingFile(file, 8)
  recording.append(new Uint8Array(160_000).fill(0xd5), 160_000)
  recording.abandon()
  const at = Date.parse('2026-01-28T08:00:00Z')
  utimesSync(file, at / 1000, at / 1000)
  const fit = { mostMs: 10_000, writtenFrom: at - 10_000, writtenUntil: at + 10_000 }
  await assert.rejects(salvageRecording(file, fit), { code: 'MISFIT', message: /laid there or changed at/ })
  const { changedAt, writtenAt } = await lookAtRecording(file)
  assert.equal(writtenAt, at)
  assert.equal((await salvageRecording(file, { ...fit, leftAt: changedAt })).durationMs, 10_000)
})

test('what somebody looked at is made whole as it was then; any change of it since is another, and is left as it lies', async () => {
  const file = `${folder}/seen.wav`
  const recording = new RecordingFile(file, 8)
  recording.append(new Uint8Array(160_000).fill(0xd5), 160_000)
  recording.abandon()
  const past = Date.parse('2020-01-01T00:00:00Z') / 1000
  utimesSync(file, past, past)
  const before = readFileSync(file)
  const looked = await lookAtRecording(file)
  const { seen, soundMs, bytes } = looked
  assert.deepEqual([soundMs, bytes], [10_000, before.length])
  assert.ok(readFileSync(file).equals(before), 'a look changes nothing')
  writeFileSync(file, Buffer.from(before).fill(0x55, 100)) // the same length, and then the same time
  utimesSync(file, past, past)
  const other = readFileSync(file)
  await assert.rejects(salvageRecording(file, { seen }), isOther)
  assert.equal(await readAsSealed(file, looked, { from: 0, to: bytes - 1 }), null)
  assert.ok(readFileSync(file).equals(other))
  const again = await lookAtRecording(file)
  assert.ok((await heard(file, again)).equals(other))
  assert.equal((await salvageRecording(file, { seen: again.seen })).durationMs, 10_000)
  symlinkSync(file, `${folder}/seen-link.wav`)
  await assert.rejects(lookAtRecording(`${folder}/seen-link.wav`), { code: 'ELOOP' })
  await assert.rejects(lookAtRecording(folder), WavError)
})

const heard = async (file: string, looked: Looked, from = 0, to = looked.sealedBytes - 1) =>
  Buffer.concat(await (await readAsSealed(file, looked, { from, to }))!.toArray())

test('what is heard of a file is octet for octet what is sealed of it, whatever its header says', async () => {
  const file = `${folder}/heard.wav`
  const headers = { short: 1_600, long: 2 ** 31, none: 0 }
  for (const [name, saidBytes] of Object.entries(headers)) {
    const sound = Buffer.from(Array.from({ length: 4_000_001 }, (_, n) => 1 + (n % 250))) // half a frame at the end
    writeFileSync(file, Buffer.concat([wavHeader(8, 2, saidBytes), sound, Buffer.alloc(2 ** 21)]))
    const looked = await lookAtRecording(file)
    const all = await heard(file, looked)
    const parts = [
      [0, 0],
      [10, 57],
      [57, 58],
      [58, 58],
      [40, 70_000],
      [looked.sealedBytes - 1, looked.sealedBytes - 1],
    ] as const
    const some = await Promise.all(parts.map(([from, to]) => heard(file, looked, from, to)))
    const { sha256, bytes, durationMs } = await salvageRecording(file, { seen: looked.seen })
    const sealed = readFileSync(file)
    assert.ok(all.equals(sealed), name)
    assert.equal(createHash('sha256').update(all).digest('hex'), sha256)
    assert.deepEqual([looked.soundMs, looked.sealedBytes], [durationMs, bytes], name)
    for (const [n, [from, to]] of parts.entries())
      assert.deepEqual(
        [from, to, some[n]!.equals(sealed.subarray(from, to + 1)), some[n]!.length],
        [from, to, true, to - from + 1],
        name,
      )
  }
})

test('a file that is as it was known is not read through again', async () => {
  const file = `${folder}/known.wav`
  writeFileSync(file, Buffer.concat([wavHeader(8, 2, 0), Buffer.alloc(3_200, 0x55)]))
  const looked = await lookAtRecording(file)
  assert.equal(await lookAtRecording(file, looked), looked)
  appendFileSync(file, Buffer.alloc(1_600, 0x55))
  assert.equal((await lookAtRecording(file, looked)).soundMs, 300)
})

test('what was changed in vain says by what it is known since', async () => {
  const file = `${folder}/in-vain.wav`
  writeFileSync(file, Buffer.concat([wavHeader(8, 2, 0), Buffer.alloc(3_200, 0x55)]))
  const { seen } = await lookAtRecording(file)
  const refuses = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
  const inVain = await salvageRecording(file, { seen }, refuses).catch(error => error as Left)
  assert.equal(inVain.leftSeen, (await lookAtRecording(file)).seen)
  assert.notEqual(inVain.leftSeen, seen)
})

test('a recording is never written over another', () => {
  const file = `${folder}/once.wav`
  new RecordingFile(file, 8).abandon()
  assert.throws(() => new RecordingFile(file, 8), { code: 'EEXIST' })
})

test('what a hundred recordings are read into to be hashed is given back', async () => {
  const before = process.memoryUsage().arrayBuffers
  for (let n = 0; n < 100; n++) {
    const recording = new RecordingFile(`${folder}/short-${n}.wav`, 8)
    recording.append(new Uint8Array(320).fill(0xd5), 320)
    await recording.seal()
  }
  const grownMb = (process.memoryUsage().arrayBuffers - before) / 1e6
  assert.ok(grownMb < 10, `${grownMb.toFixed(1)} MB more are held than before`)
})

test('a file is gone on with where it ends, or before; what was written beyond goes, and one that is none of ours is left alone', async () => {
  const path = `${folder}/2026/11/goes-on.wav`
  const begun = new RecordingFile(path, 8)
  begun.append(new Uint8Array(3200).fill(1), 3200)
  begun.abandon()
  appendFileSync(path, Buffer.alloc(333, 2))
  const on = new RecordingFile(path, 8, null, undefined, 1600)
  assert.equal(on.frames, 1600)
  on.append(new Uint8Array(1600).fill(3), 1600)
  on.abandon()
  const again = new RecordingFile(path, 8, null, undefined, 9_999)
  assert.equal(again.frames, 2400, 'a disk may have less than was written')
  const { durationMs, bytes } = await again.seal()
  const data = readFileSync(path)
  assert.deepEqual([durationMs, bytes, data.length], [300, 58 + 4800, 58 + 4800])
  assert.ok(data.subarray(58, 58 + 3200).every(octet => octet === 1) && data.subarray(58 + 3200).every(o => o === 3))
  writeFileSync(`${folder}/other.wav`, Buffer.alloc(100, 7))
  assert.throws(() => new RecordingFile(`${folder}/other.wav`, 8, null, undefined, 10), WavError)
  assert.throws(() => new RecordingFile(path, 0, null, undefined, 10), WavError, 'in the other law')
  assert.equal(readFileSync(`${folder}/other.wav`).length, 100)
})

test('a link under the name of a recording leads to no other file of ours, however short and fresh that is', async () => {
  const [other, file] = [`${folder}/clock`, `${folder}/link.wav`]
  writeFileSync(other, '1764348000000\n')
  symlinkSync(other, file)
  const fit = { mostMs: 60_000, writtenFrom: Date.now() - 60_000, writtenUntil: Date.now() + 60_000 }
  await assert.rejects(salvageRecording(file, fit), { code: 'ELOOP' })
  await assert.rejects(salvageRecording(file), { code: 'ELOOP' })
  assert.throws(() => new RecordingFile(file, 8, null, undefined, 0), { code: 'ELOOP' })
  assert.equal(readFileSync(other, 'utf8'), '1764348000000\n')
})
