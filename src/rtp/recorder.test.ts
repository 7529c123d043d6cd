import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { setImmediate as breath } from 'node:timers/promises'
import type { RecorderReport } from './control.ts'
import { loadLibc } from './libc.ts'
import { Recorder, type RecordingOnDisk, turnMs } from './recorder.ts'
import { RecordingFile, salvageRecording } from './recording-file.ts'
import { agent, customer, RingReader, RingWriter, ringMemory } from './recording-ring.ts'
import { sealsAtOnce } from './seals.ts'
import { octetsOf } from './wire.ts'

const folder = mkdtempSync('/tmp/switchroom-recorder-')
after(() => rmSync(folder, { recursive: true }))

const pcma = 8
const silence = 0xd5
const voice = 7

/** A disk that is as slow and as full as a test wants, and calls whose parties say one octet over and over. */
class Floor {
  nowMs = 1000
  /** What each write costs. */
  writeMs = 0
  /** What the next write costs besides. */
  stallMs = 0
  /** Bytes that fit; beyond: ENOSPC. */
  room = Number.POSITIVE_INFINITY
  /** What the disk answers to everything; null: it does what is asked. */
  refusal: string | null = null
  /** How often it was asked to begin a file, or to go on with one. */
  opens = 0
  readonly files = new Map<string, number[]>()
  readonly reports: RecorderReport[] = []
  recorder = this.fresh()
  readonly memories = new Map<string, SharedArrayBuffer>()
  readonly #writers: { writer: RingWriter; timestamp: number }[] = []
  #spokenMs = 1000

  fresh(): Recorder {
    return new Recorder({
      now: () => this.nowMs,
      create: file => this.create(file),
      goOn: (file, _payloadType, frames) => this.goOn(file, frames),
      salvage: salvageRecording,
      report: report => this.reports.push(report),
    })
  }

  begin(id: string): void {
    const memory = ringMemory()
    this.memories.set(id, memory)
    this.#writers.push({ writer: RingWriter.begin(memory, pcma, this.nowMs), timestamp: 0 })
    this.recorder.take({ type: 'record', recording: id, file: id, memory, payloadType: pcma, startMs: this.nowMs })
  }

  /** Packets come every 20 ms whatever the disk does, and the recorder has its turns when it is free. */
  pass(ms: number): void {
    for (const end = this.nowMs + ms; this.nowMs < end; ) {
      this.nowMs += turnMs
      this.recorder.turn()
      this.#speak()
    }
  }

  /** Packets come, and the recorder has no turn. */
  talk(ms: number): void {
    this.nowMs += ms
    this.#speak()
  }

  /** What is in the file of one channel, in runs: octet and ms. */
  runs(id: string, channel: 0 | 1): [number, number][] {
    const runs: [number, number][] = []
    this.files.get(id)!.forEach((octet, at) => {
      if (at % 2 !== channel) return
      const last = runs.at(-1)
      if (last?.[0] === octet) last[1] += 1 / 8
      else runs.push([octet, 1 / 8])
    })
    return runs
  }

  told<Type extends RecorderReport['type']>(type: Type): Extract<RecorderReport, { type: Type }>[] {
    return this.reports.filter(report => report.type === type) as never
  }

  /** While a write lasts, packets come in. */
  #write(): void {
    this.nowMs += this.writeMs + this.stallMs
    this.stallMs = 0
    this.#speak()
  }

  #speak(): void {
    for (; this.#spokenMs + 20 <= this.nowMs; this.#spokenMs += 20)
      for (const one of this.#writers) {
        const packet = new Uint8Array(160).fill(voice)
        for (const channel of [customer, agent] as const)
          one.writer.write(channel, 1 + channel, one.timestamp, octetsOf(packet), 0, 160, pcma, this.#spokenMs + 20)
        one.timestamp += 160
      }
  }

  /** A file in memory; a test may put another in its place. */
  create = (path: string): RecordingOnDisk => {
    this.opens++
    if (this.refusal !== null) throw refused(this.refusal)
    if (this.room <= 0) throw full()
    this.files.set(path, [])
    return this.#opened(path)
  }

  goOn = (path: string, frames: number): RecordingOnDisk => {
    this.opens++
    if (this.refusal !== null) throw refused(this.refusal)
    const bytes = this.files.get(path)
    if (bytes === undefined) throw refused('ENOENT')
    bytes.length = Math.min(bytes.length, frames * 2)
    return this.#opened(path)
  }

  #opened(path: string): RecordingOnDisk {
    const bytes = this.files.get(path)!
    return {
      append: (frames, length) => {
        this.#write()
        if (this.refusal !== null) throw refused(this.refusal)
        if (length > this.room) throw full()
        this.room -= length
        for (let at = 0; at < length; at++) bytes.push(frames[at]!)
      },
      get frames() {
        return bytes.length / 2
      },
      seal: async () => {
        if (this.refusal !== null) throw refused(this.refusal)
        return { sha256: 'ab', bytes: bytes.length, durationMs: bytes.length / 16 }
      },
      abandon: () => undefined,
    }
  }
}

function refused(code: string): Error {
  return Object.assign(new Error(`${code}: as a test wants`), { code })
}

function full(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
}

/** Nothing is missing within the call but its last moments, which had not come yet. */
function assertWhole(floor: Floor, id: string): void {
  for (const channel of [0, 1] as const) {
    const holes = floor
      .runs(id, channel)
      .slice(1, -1)
      .filter(([octet, ms]) => octet === silence && ms > 1)
    assert.deepEqual(holes, [], `channel ${channel} of ${id}`)
  }
}

const settle = () => new Promise(resolve => setImmediate(resolve))

for (const writeMs of [0, 10, 200, 1500])
  test(`a disk that takes ${writeMs} ms for each write costs no sound`, async () => {
    const floor = new Floor()
    floor.begin('a')
    floor.writeMs = writeMs
    floor.pass(12_000)
    floor.writeMs = 0
    floor.recorder.take({ type: 'stop', recording: 'a', endMs: floor.nowMs })
    await settle()
    assert.equal(floor.told('closed')[0]!.lostMs, 0)
    assertWhole(floor, 'a')
  })

test('a disk that stands still for 3 s once costs no sound, and is told as slow and well again', async () => {
  const floor = new Floor()
  for (const id of ['a', 'b', 'c']) floor.begin(id)
  floor.pass(2000)
  floor.stallMs = 3000
  floor.pass(2000)
  for (const id of ['a', 'b', 'c']) floor.recorder.take({ type: 'stop', recording: id, endMs: floor.nowMs })
  await settle()
  for (const closed of floor.told('closed')) assert.equal(closed.lostMs, 0)
  for (const id of ['a', 'b', 'c']) assertWhole(floor, id)
  assert.deepEqual(
    floor.told('disk').map(({ state }) => state),
    ['slow', 'well'],
  )
})

test('a disk that stands still for longer than the ring holds loses what it says it loses, and keeps the rest in its place', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(2000)
  floor.stallMs = 9000
  floor.pass(12_000)
  const endMs = floor.nowMs
  floor.recorder.take({ type: 'stop', recording: 'a', endMs })
  await settle()
  const [closed] = floor.told('closed')
  assert.ok(closed!.lostMs > 4000 && closed!.lostMs < 6000, `${closed!.lostMs} ms`)
  const [[from, length] = [0, 0], ...more] = closed!.lost
  assert.deepEqual([more.length, length], [0, Math.round(closed!.lostMs)])
  const silentFrom = floor.runs('a', 0).findIndex(([octet, ms]) => octet === silence && ms > 1000)
  const before = floor
    .runs('a', 0)
    .slice(0, silentFrom)
    .reduce((sum, [, ms]) => sum + ms, 0)
  assert.ok(Math.abs(from - before) < 500, `told at ${from} ms, silent from ${before} ms`)
  const holes = floor
    .runs('a', 0)
    .slice(1, -1)
    .filter(([octet, ms]) => octet === silence && ms > 1)
  const silent = holes.reduce((sum, [, ms]) => sum + ms, 0)
  assert.ok(Math.abs(silent - closed!.lostMs) < 500, `${silent} ms of silence, ${closed!.lostMs} ms told`)
  assert.equal(closed!.durationMs, Math.floor((endMs - 1000) * 8) / 8, 'it is as long as the call')
})

test('a full disk ends no recording: it goes on when there is room, and what did not fit is silence that is told', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(3000)
  floor.room = 5000
  floor.pass(10_000)
  assert.deepEqual(
    floor.told('disk').map(({ state }) => state),
    ['full'],
  )
  assert.deepEqual([floor.told('failed'), floor.told('closed')], [[], []])
  floor.room = Number.POSITIVE_INFINITY
  floor.pass(5000)
  assert.equal(floor.told('disk').at(-1)?.state, 'well')
  const endMs = floor.nowMs
  floor.recorder.take({ type: 'stop', recording: 'a', endMs })
  await settle()
  const [closed] = floor.told('closed')
  assert.equal(closed!.durationMs, endMs - 1000, 'it is as long as the call')
  assert.ok(closed!.lostMs > 3000 && closed!.lostMs < 8000, `${closed!.lostMs} ms`)
  const after = floor.runs('a', 0).slice(-2)
  assert.ok(
    after.some(([octet, ms]) => octet === voice && ms > 3000),
    'what came when there was room is in it',
  )
})

test('a full disk for a moment costs nothing: the ring holds what was said', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(3000)
  floor.room = 0
  floor.pass(2000)
  floor.room = Number.POSITIVE_INFINITY
  floor.pass(2000)
  floor.recorder.take({ type: 'stop', recording: 'a', endMs: floor.nowMs })
  await settle()
  assert.equal(floor.told('closed')[0]!.lostMs, 0)
  assertWhole(floor, 'a')
})

test('a call that ends on a full disk is sealed with what is there after half a minute; one that never had room has failed', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(3000)
  floor.room = 0
  floor.begin('b')
  floor.pass(1000)
  for (const id of ['a', 'b']) floor.recorder.take({ type: 'stop', recording: id, endMs: floor.nowMs })
  floor.pass(20_000)
  assert.deepEqual([floor.told('failed'), floor.told('closed')], [[], []], 'there may be room again')
  floor.pass(12_000)
  await settle()
  const [closed] = floor.told('closed')
  assert.equal(closed!.recording, 'a')
  assert.ok(closed!.lostMs > 500 && closed!.lostMs < 2000, `${closed!.lostMs} ms`)
  assert.deepEqual(
    floor.told('failed').map(({ recording }) => recording),
    ['b'],
  )
  assert.equal(floor.told('failed')[0]!.cause, 'full')
})

for (const code of ['EIO', 'EROFS', 'ENOENT', 'ESTALE'])
  test(`a disk that refuses everything with ${code} ends no recording, is told as unwritable, and each goes on in its file when it takes writes again`, async () => {
    const floor = new Floor()
    floor.begin('talks')
    floor.pass(3000)
    floor.refusal = code
    floor.pass(2000)
    floor.begin('begins')
    floor.pass(8000)
    assert.deepEqual(
      floor.told('disk').map(({ state }) => state),
      ['unwritable'],
    )
    assert.deepEqual([floor.told('failed'), floor.told('closed')], [[], []])
    floor.refusal = null
    floor.pass(5000)
    assert.deepEqual(
      floor.told('disk').map(({ state }) => state),
      ['unwritable', 'slow', 'well'],
    )
    const endMs = floor.nowMs
    for (const id of ['talks', 'begins']) floor.recorder.take({ type: 'stop', recording: id, endMs })
    await settle()
    for (const [id, startMs] of [
      ['talks', 1000],
      ['begins', 6000],
    ] as const) {
      const closed = floor.told('closed').find(({ recording }) => recording === id)!
      assert.equal(closed.durationMs, endMs - startMs, `${id} is as long as its call`)
      assert.ok(closed.lostMs > 2000 && closed.lostMs < 9000, `${id}: ${closed.lostMs} ms`)
      const silent = floor.runs(id, 0).filter(([octet, ms]) => octet === silence && ms > 500)
      const silentMs = silent.reduce((sum, [, ms]) => sum + ms, 0)
      assert.ok(Math.abs(silentMs - closed.lostMs) < 1000, `${id}: ${silentMs} ms are silent, ${closed.lostMs} told`)
      assert.ok(
        floor.runs(id, 0).at(-1)![1] > 0 && floor.runs(id, 0).some(([octet, ms]) => octet === voice && ms > 3000),
      )
    }
  })

test('an error for a moment costs nothing: the file is opened anew and the ring holds what was said', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(3000)
  floor.refusal = 'EIO'
  floor.pass(1500)
  floor.refusal = null
  floor.pass(3000)
  floor.recorder.take({ type: 'stop', recording: 'a', endMs: floor.nowMs })
  await settle()
  assert.equal(floor.told('closed')[0]!.lostMs, 0)
  assertWhole(floor, 'a')
})

test('what a disk has forgotten when it comes back is silence that is told, and the rest stands in its place', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(5000)
  floor.refusal = 'EIO'
  floor.pass(1000)
  floor.files.get('a')!.length -= 16_000 // a second that never reached the medium
  floor.refusal = null
  floor.pass(3000)
  const endMs = floor.nowMs
  floor.recorder.take({ type: 'stop', recording: 'a', endMs })
  await settle()
  const [closed] = floor.told('closed')
  assert.deepEqual([closed!.lostMs, closed!.durationMs], [1000, endMs - 1000])
  const [[fromMs, forMs] = [0, 0], ...more] = closed!.lost
  assert.deepEqual([forMs, more.length], [1000, 0])
  const octets = floor.files.get('a')!
  assert.ok(octets.slice(fromMs * 16, (fromMs + forMs) * 16).every(octet => octet === silence))
  assert.ok(octets.slice((fromMs + forMs) * 16, (fromMs + forMs + 1000) * 16).every(octet => octet === voice))
})

test('of many that a disk refuses one finds out for all whether it still does, and all go on at once when it does not', () => {
  const floor = new Floor()
  for (let n = 0; n < 100; n++) floor.begin(`r${n}`)
  floor.pass(2000)
  floor.refusal = 'EIO'
  floor.pass(2000) // each of them meets it once
  floor.opens = 0
  floor.pass(10_000)
  assert.ok(floor.opens >= 8 && floor.opens <= 11, `${floor.opens} attempts in ten seconds`)
  floor.refusal = null
  floor.pass(2000)
  assert.equal(floor.opens >= 100, true)
  assert.equal(floor.told('failed').length, 0)
  assert.notEqual(floor.told('disk').at(-1)!.state, 'unwritable')
})

test('one file that stays broken keeps no other from going on', () => {
  const floor = new Floor()
  for (const id of ['broken', 'a', 'b']) floor.begin(id)
  const [opened, length] = [floor.goOn, (id: string) => floor.files.get(id)!.length]
  floor.goOn = (path, frames) => {
    if (path === 'broken') throw refused('EIO')
    return opened(path, frames)
  }
  floor.pass(2000)
  floor.refusal = 'EIO'
  floor.pass(2000)
  floor.refusal = null
  floor.pass(4000)
  for (const id of ['a', 'b']) assert.ok(length(id) > length('broken') + 3000 * 16, `${id} went on`)
  assert.equal(floor.told('disk').at(-1)!.state, 'unwritable', 'one cannot be recorded')
})

test('what a recording lacks is told while it goes on, when sound goes on after it and every few seconds at most', () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(3000)
  assert.deepEqual(floor.told('lost'), [])
  floor.room = 0
  floor.pass(9000)
  assert.deepEqual(floor.told('lost'), [], 'nothing stands behind it yet')
  floor.room = Number.POSITIVE_INFINITY
  floor.pass(3000)
  const [lost, ...more] = floor.told('lost')
  assert.ok(more.length === 0 && lost!.lostMs > 3000 && lost!.lostMs < 8000, JSON.stringify(floor.told('lost')))
  for (let times = 0; times < 5; times++) {
    floor.room = 0
    floor.pass(6000)
    floor.room = Number.POSITIVE_INFINITY
    floor.pass(500)
  }
  const told = floor.told('lost').map(({ lostMs }) => lostMs)
  assert.ok(told.length >= 5 && told.length <= 7, `${told}`)
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
    'each tells all',
  )
})

test('what a recording lacks is told before its seal is refused', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(2000)
  floor.stallMs = 9000
  floor.pass(1000)
  floor.refusal = 'EIO'
  floor.recorder.take({ type: 'stop', recording: 'a', endMs: floor.nowMs })
  floor.pass(31_000)
  await settle()
  const types = floor.reports.flatMap(({ type }) => (type === 'disk' ? [] : [type]))
  assert.deepEqual([...new Set(types)], ['lost', 'failed'])
})

test('the end that a call lacks is told before the recording is told as failed: what lies there is found later, and sealed with that lack', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(5000)
  floor.refusal = 'EIO'
  floor.pass(15_000)
  const endMs = floor.nowMs
  floor.recorder.take({ type: 'stop', recording: 'a', endMs })
  floor.pass(31_000)
  await settle()
  assert.deepEqual(
    floor.reports.flatMap(({ type }) => (type === 'disk' ? [] : [type])),
    ['lost', 'failed'],
  )
  const liesMs = floor.files.get('a')!.length / 16
  const { lostMs, lost } = floor.told('lost')[0]!
  assert.equal(liesMs + lostMs, endMs - 1000)
  assert.deepEqual(lost, [[liesMs, lostMs]])
})

for (const [behind, talkMs] of [
  ['as ever', 0],
  ['further than the ring holds', 6000],
] as const)
  test(`what a recording lacks that fails for good in mid-call is told before that, the sound that still stood in its ring too, ${behind} behind`, () => {
    const floor = new Floor()
    floor.begin('a')
    floor.pass(5000)
    floor.talk(talkMs)
    floor.refusal = 'EINVAL'
    while (floor.told('failed').length === 0) floor.pass(turnMs)
    assert.deepEqual(
      floor.reports.flatMap(({ type }) => (type === 'disk' ? [] : [type])),
      ['lost', 'failed'],
    )
    const liesMs = floor.files.get('a')!.length / 16
    const { lostMs, lost } = floor.told('lost')[0]!
    assert.equal(liesMs + lostMs, floor.nowMs - 1000)
    assert.deepEqual(lost, [[liesMs, lostMs]])
  })

/** The thread dies with all that it had not written, and another one takes its place. */
function another(floor: Floor, ids: readonly string[], lost = { lostMs: 0, lost: [] as [number, number][] }): void {
  floor.recorder = floor.fresh()
  for (const id of ids) {
    const ring = { recording: id, file: id, memory: floor.memories.get(id)!, payloadType: pcma, startMs: 1000 }
    floor.recorder.take({ type: 'record', ...ring, goesOn: lost })
  }
}

test('a recorder goes on with what another one died over: nothing is lost that the ring still holds', async () => {
  const floor = new Floor()
  for (const id of ['talks', 'ends']) floor.begin(id)
  floor.pass(5000)
  floor.talk(1500) // nobody is there to write
  another(floor, ['talks', 'ends'])
  floor.recorder.take({ type: 'stop', recording: 'ends', endMs: floor.nowMs - 1000 })
  floor.pass(3000)
  floor.recorder.take({ type: 'stop', recording: 'talks', endMs: floor.nowMs })
  await settle()
  assert.deepEqual(
    floor.told('closed').map(({ recording, lostMs, durationMs }) => [recording, lostMs, durationMs]),
    [
      ['ends', 0, 5500],
      ['talks', 0, floor.nowMs - 1000],
    ],
  )
  for (const id of ['talks', 'ends']) assertWhole(floor, id)
})

test('what the dead one had taken and not written is silence that is told, with what was told before', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(4000)
  floor.room = 0
  floor.pass(1000) // one attempt: what it took is in its memory alone
  floor.room = Number.POSITIVE_INFINITY
  another(floor, ['a'], { lostMs: 70, lost: [[100, 70]] })
  floor.pass(3000)
  floor.recorder.take({ type: 'stop', recording: 'a', endMs: floor.nowMs })
  await settle()
  const [closed] = floor.told('closed')
  assert.equal(closed!.durationMs, floor.nowMs - 1000)
  const [first, [fromMs, forMs] = [0, 0], ...more] = closed!.lost
  assert.deepEqual([first, more], [[100, 70], []])
  assert.ok(forMs > 300 && forMs < 1000 && closed!.lostMs === 70 + forMs, JSON.stringify(closed!.lost))
  const octets = floor.files.get('a')!
  assert.ok(octets.slice(fromMs * 16, (fromMs + forMs) * 16).every(octet => octet === silence))
  assert.ok(octets.slice((fromMs + forMs) * 16, (fromMs + forMs + 1000) * 16).every(octet => octet === voice))
})

test('what another one died over while it took it from the ring is told as lost: some of it is cleared already', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(4000)
  const reader = new RingReader(floor.memories.get('a')!, pcma, true)
  const from = reader.position
  const nowhere = null as unknown as Uint8Array
  assert.throws(() => reader.take(from + 800, nowhere), TypeError)
  another(floor, ['a'])
  floor.pass(3000)
  const endMs = floor.nowMs
  floor.recorder.take({ type: 'stop', recording: 'a', endMs })
  await settle()
  const [closed] = floor.told('closed')
  assert.deepEqual([closed!.lostMs, closed!.lost, closed!.durationMs], [100, [[from / 8, 100]], endMs - 1000])
})

for (const [disk, room] of [
  ['is full', 0],
  ['fills up within it', 1600],
] as const)
  test(`silence for what the dead one had taken is written when there is room, also when the disk ${disk}: what follows stands in its place`, async () => {
    const floor = new Floor()
    floor.begin('a')
    floor.pass(4000)
    floor.room = 0
    floor.pass(1000) // one attempt: what it took is in its memory alone
    floor.room = room
    another(floor, ['a'])
    floor.pass(1000) // its ring holds so much
    floor.room = Number.POSITIVE_INFINITY
    floor.pass(3000)
    const endMs = floor.nowMs
    floor.recorder.take({ type: 'stop', recording: 'a', endMs })
    await settle()
    const [closed] = floor.told('closed')
    assert.equal(closed!.durationMs, endMs - 1000, 'it is as long as the call')
    const [[fromMs, forMs] = [0, 0], ...more] = closed!.lost
    assert.ok(
      forMs > 300 && forMs < 1000 && closed!.lostMs === forMs && more.length === 0,
      JSON.stringify(closed!.lost),
    )
    const octets = floor.files.get('a')!
    assert.ok(octets.slice(fromMs * 16, (fromMs + forMs) * 16).every(octet => octet === silence))
    assert.ok(octets.slice((fromMs + forMs) * 16, (fromMs + forMs + 1000) * 16).every(octet => octet === voice))
  })

test('one that another died over, whose call ends on a full disk, is sealed with what is there and lacks the rest', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(4000)
  floor.room = 0
  floor.pass(1000) // one attempt: what it took is in its memory alone
  another(floor, ['a'])
  const endMs = floor.nowMs
  floor.recorder.take({ type: 'stop', recording: 'a', endMs })
  floor.pass(31_000)
  await settle()
  const [closed] = floor.told('closed')
  assert.deepEqual(closed!.lost, [[closed!.durationMs, closed!.lostMs]])
  assert.equal(closed!.durationMs + closed!.lostMs, endMs - 1000)
})

test('one that the dead recorder never created is begun, and one that it had whole is sealed as it lies', async () => {
  const floor = new Floor()
  floor.room = 0
  for (const id of ['late', 'whole']) floor.begin(id)
  floor.pass(500)
  floor.room = Number.POSITIVE_INFINITY
  another(floor, ['late', 'whole'])
  floor.pass(2000)
  const endMs = floor.nowMs - 500
  floor.recorder.take({ type: 'stop', recording: 'whole', endMs })
  await settle()
  const [before] = floor.told('closed')
  another(floor, ['whole']) // it died before it could say so
  floor.recorder.take({ type: 'stop', recording: 'whole', endMs })
  await settle()
  assert.deepEqual(floor.told('closed')[1], before)
  assert.deepEqual([before!.durationMs, before!.lostMs], [endMs - 1000, 0])
})

test('a call that ends while its disk refuses has failed half a minute later, with what the disk said', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(3000)
  floor.refusal = 'EROFS'
  floor.pass(1000)
  floor.recorder.take({ type: 'stop', recording: 'a', endMs: floor.nowMs })
  floor.pass(20_000)
  assert.deepEqual(floor.told('failed'), [])
  floor.pass(12_000)
  await settle()
  assert.equal(floor.told('failed')[0]!.cause, 'read_only')
  assert.equal(floor.recorder.count, 0)
})

test('five hundred recordings are written in turn: no two hundred at once', () => {
  const floor = new Floor()
  for (let n = 0; n < 500; n++) floor.begin(`r${n}`)
  floor.pass(1000)
  const perTurn: number[] = []
  for (let turn = 0; turn < 16; turn++) {
    const before = [...floor.files.values()].map(bytes => bytes.length)
    floor.pass(turnMs)
    perTurn.push([...floor.files.values()].filter((bytes, at) => bytes.length > before[at]!).length)
  }
  assert.ok(Math.max(...perTurn) < 200, perTurn.join(' '))
  assert.equal(
    perTurn.reduce((sum, count) => sum + count, 0),
    1000,
    'each twice in 0.8 s',
  )
})

test('two hundred calls that end in one second on a disk that takes long to seal cost the others nothing', async () => {
  const floor = new Floor()
  /** Syncs that the disk has not answered. */
  const syncs: (() => void)[] = []
  let most = 0
  const sync = () =>
    new Promise<void>(done => {
      syncs.push(done)
      most = Math.max(most, syncs.length)
    })
  floor.create = path => new RecordingFile(`${folder}/${path}.wav`, pcma, null, sync)
  const [ending, staying] = [Array.from({ length: 200 }, (_, n) => `ends${n}`), ['stays1', 'stays2', 'stays3']]
  for (const id of [...ending, ...staying]) floor.begin(id)
  floor.pass(2000)
  for (const id of ending) {
    floor.recorder.take({ type: 'stop', recording: id, endMs: floor.nowMs })
    floor.talk(5)
    await breath()
  }
  // The disk answers one sync in 150 ms, which is 30 s for all of them: seven times what a ring holds.
  for (let turns = 0; floor.told('closed').length < 200; turns++) {
    assert.ok(turns < 2000, `only ${floor.told('closed').length} are sealed`)
    floor.pass(150)
    if (turns === 100) assert.equal(floor.told('disk').at(-1)?.state, 'slow', 'it is told')
    while (syncs.length === 0 && floor.told('closed').length < 200) await breath()
    syncs.shift()?.()
    await breath()
  }
  assert.equal(most, sealsAtOnce, 'the threads for files are left to others')
  floor.pass(1000)
  assert.equal(floor.told('disk').at(-1)?.state, 'well')
  for (const id of staying) floor.recorder.take({ type: 'stop', recording: id, endMs: floor.nowMs })
  while (floor.recorder.count > 0) {
    syncs.shift()?.()
    await breath()
  }
  assert.deepEqual([floor.told('failed').length, floor.told('closed').length], [0, 203])
  for (const closed of floor.told('closed')) {
    assert.equal(closed.lostMs, 0, closed.recording)
    const spoken = readFileSync(`${folder}/${closed.recording}.wav`).subarray(58)
    assert.equal(spoken.subarray(0, 40 * 16).indexOf(voice) >= 0, true, `${closed.recording} begins`)
    // What came in the last moments of a call may not have arrived.
    const from = spoken.indexOf(voice)
    const until = spoken.lastIndexOf(voice)
    assert.ok(until - from > spoken.length - 100 * 16, `${closed.recording} is heard to its end`)
    assert.ok(
      spoken.subarray(from + 1, until).every(octet => octet === voice),
      `${closed.recording} has no hole`,
    )
  }
})

test('a disk that refuses at the seal is told of, the file is not left open, and the next is sealed', async () => {
  const floor = new Floor()
  const refuses = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
  // By the file and not by turns: two are sealed at once, and which asks for its sync first is the disk's to say.
  floor.create = path =>
    new RecordingFile(`${folder}/${path}.wav`, pcma, null, () =>
      path === 'refused' ? Promise.reject(refuses) : Promise.resolve(),
    )
  floor.begin('refused')
  floor.begin('next')
  floor.pass(1000)
  for (const id of ['refused', 'next']) floor.recorder.take({ type: 'stop', recording: id, endMs: floor.nowMs })
  while (floor.recorder.count > 0) await breath()
  const [failed] = floor.told('failed')
  assert.deepEqual([failed!.cause, failed!.reason], ['unsealed', refuses.message])
  assert.ok(
    floor.told('disk').some(({ state }) => state === 'unwritable'),
    'nobody else would tell',
  )
  assert.equal(floor.told('closed')[0]!.recording, 'next')
  // By its name: a number that was closed may be another file's by now.
  const open = readdirSync('/proc/self/fd').map(fd => linkOf(`/proc/self/fd/${fd}`))
  for (const id of ['refused', 'next']) assert.ok(!open.includes(`${folder}/${id}.wav`), `${id} is closed`)
})

test('room is kept ahead of a recording and given back when it is sealed', { skip: cannotReserve() }, async () => {
  const path = `${folder}/reserved.wav`
  const file = new RecordingFile(path, pcma, loadLibc())
  file.append(new Uint8Array(6400).fill(voice), 6400)
  const open = statSync(path)
  assert.equal(open.size, 6458, 'a reader sees what was written')
  assert.ok(open.blocks * 512 >= 1 << 20, `${open.blocks} blocks are kept, which is less than a minute`)
  const sealed = await file.seal()
  const closed = statSync(path)
  assert.equal(sealed.bytes, closed.size)
  assert.equal(
    readFileSync(path)
      .subarray(58)
      .every(octet => octet === voice),
    true,
  )
  assert.ok(closed.blocks * 512 <= 16_384, `${closed.blocks} blocks are kept`)
})

/** By util-linux's fallocate, which asks the system as we do: false where the file system keeps room, else why not. */
function cannotReserve(): string | false {
  if (loadLibc() === null) return 'this C library is not called'
  const probe = `${folder}/probe`
  writeFileSync(probe, '')
  const { status, stderr } = spawnSync('fallocate', ['--keep-size', '--length', '4096', probe], { encoding: 'utf8' })
  return status === 0 ? false : `no room is kept here: ${stderr ?? 'fallocate is not installed'}`
}

/** Null of one that was closed while they were looked through. */
function linkOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

test('whatever a disk that stands still costs is told to the packet, also where it is less than what is never read yet', async () => {
  for (const stallMs of [3400, 3600, 3800, 3900, 4000, 4200, 6000, 9000]) {
    const floor = new Floor()
    floor.begin('a')
    floor.pass(2000)
    floor.stallMs = stallMs
    floor.pass(stallMs + 4000)
    floor.recorder.take({ type: 'stop', recording: 'a', endMs: floor.nowMs })
    await settle()
    const [closed] = floor.told('closed')
    const silent = floor
      .runs('a', 0)
      .slice(1, -1)
      .filter(([octet, ms]) => octet === silence && ms > 1)
      .reduce((sum, [, ms]) => sum + ms, 0)
    assert.ok(
      Math.abs(silent - closed!.lostMs) <= 20,
      `${stallMs} ms: ${silent} ms are silent, ${closed!.lostMs} ms are told`,
    )
  }
})

test('where a media thread died is told where it was, however long the recorder waited for its disk meanwhile', async () => {
  const floor = new Floor()
  floor.begin('a')
  floor.pass(4000)
  const missed = { type: 'missed', recording: 'a', lostMs: 300, untilMs: floor.nowMs - 1000 } as const
  floor.pass(2000)
  floor.recorder.take(missed)
  floor.recorder.take({ type: 'stop', recording: 'a', endMs: floor.nowMs })
  await settle()
  assert.deepEqual(floor.told('closed')[0]!.lost, [[2700, 300]])
})
