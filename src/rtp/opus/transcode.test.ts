import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { encode, payloadTypeOf } from '../g711.ts'
import { goertzel, tone } from '../tone.ts'
import { readStereo, wavHeader } from '../wav.ts'
import { checksum } from './ogg.ts'
import { selfDelimited } from './opus-stream.ts'
import { TranscodeError, transcode } from './transcode.ts'

const folder = mkdtempSync('/tmp/switchroom-opus-')
after(() => rmSync(folder, { recursive: true }))
const hasOpusTools = spawnSync('opusdec', ['--version']).status === 0
const pace = { now: () => performance.now(), rest: async () => undefined }

/** A recording of ours: what the customer says on the left, the agent on the right. */
function recording(name: string, left: Int16Array, right: Int16Array, codec: 'pcma' | 'pcmu' = 'pcma') {
  const [a, b] = [encode(left, codec), encode(right, codec)]
  const data = Buffer.alloc(left.length * 2)
  for (let i = 0; i < left.length; i++) data.set([a[i]!, b[i]!], i * 2)
  const file = Buffer.concat([wavHeader(payloadTypeOf[codec], 2, data.length), data])
  const source = join(folder, `${name}.wav`)
  writeFileSync(source, file)
  return { source, target: join(folder, `${name}.opus`), sha256: hashOf(file) }
}

test('a tone of each side comes out of another decoder on its side, at its frequency and level, and the length to the sample', {
  skip: !hasOpusTools && 'opus-tools is not installed',
}, async () => {
  for (const codec of ['pcma', 'pcmu'] as const) {
    const samples = 8000 * 3 + 123
    const left = tone({ hz: 1000, ms: 4000 }).subarray(0, samples)
    const right = tone({ hz: 440, ms: 4000, level: 0.1 }).subarray(0, samples)
    const one = recording(`tones-${codec}`, left, right, codec)
    const made = await transcode(one, pace)
    assert.equal(made.sourceSha256, one.sha256)
    assert.equal(made.sha256, hashOf(readFileSync(one.target)))
    assert.equal(made.bytes, readFileSync(one.target).length)
    assert.ok(made.bytes < readFileSync(one.source).length / 4, `${made.bytes} bytes`)

    const decoded = join(folder, 'decoded.wav')
    execFileSync('opusdec', ['--quiet', '--rate', '8000', one.target, decoded])
    const [hearsLeft, hearsRight] = readStereo(readFileSync(decoded))
    assert.equal(hearsLeft.length, samples)
    const middle = (channel: Int16Array) => channel.subarray(8000, 16_000)
    const db = (heard: Int16Array, said: Int16Array, hz: number) =>
      20 * Math.log10(goertzel(middle(heard), hz) / goertzel(middle(said), hz))
    assert.ok(Math.abs(db(hearsLeft, left, 1000)) < 2, `${db(hearsLeft, left, 1000)} dB on the left`)
    assert.ok(Math.abs(db(hearsRight, right, 440)) < 2, `${db(hearsRight, right, 440)} dB on the right`)
    assert.ok(db(hearsRight, left, 1000) < -40 && db(hearsLeft, right, 440) < -30, 'a side is heard on the other')
  }
})

test('a recording that just fills its last page has its length to the sample too', {
  skip: !hasOpusTools && 'opus-tools is not installed',
}, async () => {
  for (let samples = 240 * 160 - 300; samples <= 240 * 160 + 40; samples += 24) {
    const one = recording(`page-${samples}`, new Int16Array(samples).fill(900), new Int16Array(samples))
    await transcode(one, pace)
    const decoded = join(folder, 'decoded.wav')
    execFileSync('opusdec', ['--quiet', '--rate', '8000', one.target, decoded])
    assert.equal(readStereo(readFileSync(decoded))[0].length, samples)
  }
})

test('the same recording makes the same file, also from several pieces of work', async () => {
  const one = recording('same', tone({ hz: 700, ms: 21_000 }), tone({ hz: 300, ms: 21_000 }))
  const turns: number[] = []
  const first = await transcode(one, { ...pace, rest: async worked => void turns.push(worked) })
  assert.equal(turns.length, 2)
  assert.equal((await transcode(one, pace)).sha256, first.sha256)
})

test('a recording of no length, and one shorter than a packet, become whole files', async () => {
  for (const samples of [0, 1, 479, 480, 481]) {
    const one = recording(`short-${samples}`, new Int16Array(samples), new Int16Array(samples))
    await transcode(one, pace)
    const pages = pagesOf(readFileSync(one.target))
    assert.equal(pages.at(-1)!.granule, BigInt(312 + samples * 6))
    assert.deepEqual(
      pages.map(page => page.flags),
      [2, 0, ...Array(pages.length - 3).fill(0), 4],
    )
    assert.deepEqual(
      pages.map(page => page.sequence),
      [...pages.keys()],
    )
    assert.ok(pages.every(page => page.isRight))
  }
})

test('a file that is not what was sealed becomes nothing, and one that is given up leaves nothing', async () => {
  const one = recording('changed', tone({ hz: 500, ms: 1000 }), tone({ hz: 500, ms: 1000 }))
  writeFileSync(one.source, Buffer.concat([readFileSync(one.source), Buffer.from([1, 2])]))
  await assert.rejects(transcode(one, pace), TranscodeError)
  const other = recording('given-up', tone({ hz: 500, ms: 12_000 }), tone({ hz: 500, ms: 12_000 }))
  await assert.rejects(transcode(other, { ...pace, rest: () => Promise.reject(new Error('enough')) }), /enough/)
  writeFileSync(join(folder, 'text.wav'), 'no recording at all, but a text that is longer than a header would be')
  const text = { source: join(folder, 'text.wav'), target: join(folder, 'text.opus'), sha256: '00' }
  await assert.rejects(transcode(text, pace), TranscodeError)
  for (const { target } of [one, other, text])
    assert.deepEqual([existsSync(target), existsSync(`${target}.part`)], [false, false])
})

test('a packet that says where it ends has its length behind its first octet (RFC 6716 appendix B)', () => {
  const packet = (length: number) => Uint8Array.from({ length: length + 1 }, (_, i) => (i === 0 ? 0x18 : i & 0xff))
  assert.deepEqual([...selfDelimited(packet(3))], [0x18, 3, 1, 2, 3])
  assert.deepEqual([...selfDelimited(packet(251)).subarray(0, 3)], [0x18, 251, 1])
  for (const length of [252, 253, 255, 256, 500, 1275]) {
    const [, first, second] = selfDelimited(packet(length))
    assert.equal(second! * 4 + first!, length)
    assert.ok(first! >= 252)
  }
  assert.throws(() => selfDelimited(Uint8Array.from([3, 1, 0])), RangeError)
})

/** RFC 3533 section 6. */
function pagesOf(file: Buffer) {
  const pages: { granule: bigint; flags: number; sequence: number; isRight: boolean }[] = []
  for (let at = 0; at < file.length; ) {
    assert.equal(file.toString('latin1', at, at + 4), 'OggS')
    const segments = file.subarray(at + 27, at + 27 + file[at + 26]!)
    const length = 27 + segments.length + segments.reduce((sum, lacing) => sum + lacing, 0)
    const page = Buffer.from(file.subarray(at, at + length))
    const sum = page.readUInt32LE(22)
    page.writeUInt32LE(0, 22)
    pages.push({
      granule: page.readBigInt64LE(6),
      flags: page[5]!,
      sequence: page.readUInt32LE(18),
      isRight: checksum(page) === sum,
    })
    at += length
  }
  return pages
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

test('a link laid where the smaller form is written, or in place of its source, leads to no other file of ours', async () => {
  const one = recording('linked', tone({ hz: 440, ms: 200 }), tone({ hz: 440, ms: 200 }))
  const database = join(folder, 'switchroom.db')
  writeFileSync(database, 'all that is known')
  for (const lay of [symlinkSync, (_: string, at: string) => execFileSync('mkfifo', [at])]) {
    lay(database, `${one.target}.part`)
    assert.equal((await transcode(one, pace)).sha256, hashOf(readFileSync(one.target)))
    assert.equal(readFileSync(database, 'utf8'), 'all that is known')
  }
  const linked = join(folder, 'link.wav')
  symlinkSync(one.source, linked)
  await assert.rejects(transcode({ ...one, source: linked, target: join(folder, 'link.opus') }, pace), {
    code: 'ELOOP',
  })
  const pipe = join(folder, 'pipe.wav')
  execFileSync('mkfifo', [pipe])
  await assert.rejects(transcode({ ...one, source: pipe }, pace), TranscodeError)
})
