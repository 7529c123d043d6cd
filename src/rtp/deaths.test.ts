/** The bay's threads die: what is lost is told, what can go on goes on, and what dies again and again is given up in words. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { SoftBrowser } from '../e2e/soft-browser.ts'
import { isMisfit } from '../lib/fit.ts'
import { setMark } from '../lib/folder-mark.ts'
import type { LegId, RecordingId } from '../lib/ids.ts'
import { workerFile } from '../lib/places.ts'
import { DtlsContext } from '../webrtc/dtls.ts'
import { createDtlsIdentity } from '../webrtc/identity.ts'
import { offerAnswerer } from '../webrtc/station.ts'
import { type Bay, type BayEvent, MediaError } from './bay.ts'
import type { RecorderReport } from './control.ts'
import { type BayOptions, createBay } from './create-bay.ts'
import { restartsPerMinuteMax } from './restarts.ts'
import { purity } from './tone.ts'

const folder = mkdtempSync('/tmp/switchroom-deaths-')
after(() => rmSync(folder, { recursive: true }))

const alice = 'leg_alice' as LegId
const plain = { kind: 'rtp' as const, silenceMs: 0 }

/** Answers, until it is asked for the leg `doomed`; from then on it and each that follows ends as soon as it has begun. */
const doomed = `
  const { parentPort } = require('node:worker_threads')
  const { existsSync, writeFileSync } = require('node:fs')
  const marker = __filename + '.doomed'
  setInterval(() => existsSync(marker) && process.exit(7), 5)
  parentPort.on('message', message => {
    if (message.type === 'figures') parentPort.postMessage({ type: 'figures', ask: message.ask, figures: [] })
    if (message.type === 'open' && message.leg === 'doomed') { writeFileSync(marker, ''); process.exit(7) }
    if (message.type === 'open') parentPort.postMessage({ type: 'opened', leg: message.leg, port: 4000, sockets: { rtp: -1, rtcp: -1 }, problem: null })
    if (message.type === 'stop') parentPort.postMessage({ type: 'stopped' })
  })`

test('a media thread that ends before it answers stops the start, in words', async () => {
  const mediaWorker = `${folder}/never.cjs`
  writeFileSync(mediaWorker, 'process.exit(7)')
  await assert.rejects(
    createBay({ ...place(), mediaWorker }),
    (error: Error) => error instanceof MediaError && /the media thread died: exit code 7/.test(error.message),
  )
})

test('a media thread that dies again and again is given up: figures reject, legs and recordings are refused, failed tells', async () => {
  const mediaWorker = `${folder}/doomed.cjs`
  writeFileSync(mediaWorker, doomed)
  await using world = await openWorld({ mediaWorker })
  const { bay, events, faults } = world
  await assert.rejects(bay.open('doomed' as LegId, plain), /the media thread died: exit code 7/)
  const failure = await within(bay.failed, 5000)

  const words = /the media thread died more than 10 times within a minute and is given up; the last time: exit code 7/
  assert.match(failure.message, words)
  assert.equal(faults.filter(fault => words.test(fault)).length, 1, 'it is in the log, once')
  const isGivenUp = (error: Error) => error instanceof MediaError && words.test(error.message)
  await assert.rejects(bay.figures(), isGivenUp)
  await assert.rejects(bay.open(alice, plain), isGivenUp)
  bay.record('rec_late' as RecordingId, alice, `${folder}/late.wav`)
  assert.match((await world.told('recording.failed')).reason, words)
  assert.equal(events.filter(event => event.type === 'worker.died').length, restartsPerMinuteMax + 1)
})

test('recordings go on in a fresh recording thread when theirs dies, and one whose call has ended is sealed by it', async () => {
  const recorder = mortal('rtp/recording-worker')
  await using world = await openWorld({ recordingWorker: recorder.file })
  const { bay, events } = world
  const bob = 'leg_bob' as LegId
  for (const leg of [alice, bob]) await bay.open(leg, plain)
  const [goesOn, ended] = ['rec_goes_on', 'rec_ended'] as RecordingId[]
  bay.record(goesOn!, alice, `${folder}/goes-on.wav`)
  bay.record(ended!, bob, `${folder}/ended.wav`)
  await until(() => existsSync(`${folder}/goes-on.wav`) && existsSync(`${folder}/ended.wav`), 'both have begun')
  await pause(600)
  recorder.say({ type: 'lost', recording: goesOn!, lostMs: 70, lost: [[100, 70]] })
  await world.told('recording.lost')
  recorder.kill()
  bay.stopRecording(ended!)
  const all = () => events.filter(event => event.type === 'recording.closed')
  await until(() => all().length === 1, 'the one whose call has ended is sealed')
  const died = events.flatMap(event => (event.type === 'thread.died' ? [[event.thread, event.goOn, event.cut]] : []))
  assert.deepEqual(died, [['recording', 2, 0]])
  await pause(600)
  bay.stopRecording(goesOn!)
  await until(() => all().length === 2, 'so is the other')
  for (const { recording, bytes, durationMs, lostMs, lost } of all()) {
    const file = `${folder}/${recording === goesOn ? 'goes-on' : 'ended'}.wav`
    assert.equal(bytes, readFileSync(file).length)
    assert.deepEqual([lostMs, lost], recording === goesOn ? [70, [[100, 70]]] : [0, []], 'what was told before stays')
    assert.ok(durationMs > (recording === goesOn ? 1200 : 600), `${recording}: ${durationMs} ms`)
  }
  assert.equal(
    events.some(({ type }) => type === 'recording.failed'),
    false,
  )
  assert.equal((await bay.figures()).length, 2, 'no leg was touched')
})

test('a recording that thread after thread dies over is told as failed, and what lies there is made whole by the next', async () => {
  const recorder = mortal('rtp/recording-worker')
  await using world = await openWorld({ recordingWorker: recorder.file })
  const { bay, events } = world
  await bay.open(alice, plain)
  const held = 'rec_held' as RecordingId
  bay.record(held, alice, `${folder}/held.wav`)
  await until(() => existsSync(`${folder}/held.wav`), 'the recording has begun')
  const failed = () => events.find(event => event.type === 'recording.failed')
  for (let deaths = 0; deaths < 3; deaths++) {
    recorder.kill()
    await until(() => recorder.isDead(), 'the thread has died')
    await bay.salvage(`${folder}/none.wav`).catch(() => undefined) // the next one is there
  }
  await until(() => failed() !== undefined, 'it is told as failed')
  assert.deepEqual([failed()!.recording, failed()!.cause], [held, 'thread'])
  const { bytes, sha256 } = await bay.salvage(`${folder}/held.wav`)
  const file = readFileSync(`${folder}/held.wav`)
  assert.deepEqual([bytes, sha256], [file.length, createHash('sha256').update(file).digest('hex')])
  await assert.rejects(bay.salvage(`${folder}/none.wav`), { code: 'ENOENT' })
  const fit = { mostMs: -1, writtenFrom: 0, writtenUntil: Number.MAX_SAFE_INTEGER }
  await assert.rejects(bay.salvage(`${folder}/held.wav`, fit), isMisfit)

  const next = 'rec_next' as RecordingId
  bay.record(next, alice, `${folder}/next.wav`)
  await pause(300)
  bay.stopRecording(next)
  const closed = await world.told('recording.closed')
  assert.equal(closed.recording, next)
  assert.equal(closed.bytes, readFileSync(`${folder}/next.wav`).length)
})

test('one recording that every thread dies of is told as failed, and takes no other with it', async () => {
  const recordingWorker = `${folder}/poisoned.mjs`
  writeFileSync(
    recordingWorker,
    `import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    import ${JSON.stringify(String(workerFile('rtp/recording-worker')))}
    const { writeSync } = fs
    fs.writeSync = (fd, ...rest) => {
      if (fs.readlinkSync('/proc/self/fd/' + fd).endsWith('/poison.wav')) process.exit(9)
      return writeSync(fd, ...rest)
    }
    syncBuiltinESMExports()`,
  )
  await using world = await openWorld({ recordingWorker })
  const { bay, events } = world
  const bob = 'leg_bob' as LegId
  for (const leg of [alice, bob]) await bay.open(leg, plain)
  const [well, poison] = ['rec_well', 'rec_poison'] as [RecordingId, RecordingId]
  bay.record(well, bob, `${folder}/well.wav`)
  await until(() => existsSync(`${folder}/well.wav`), 'the other has begun')
  bay.record(poison, alice, `${folder}/poison.wav`)
  const { recording, cause, reason } = await world.told('recording.failed')
  assert.deepEqual([recording, cause, reason], [poison, 'thread', 'the recording thread died: exit code 9'])
  await pause(600)
  bay.stopRecording(well)
  assert.equal((await world.told('recording.closed')).recording, well)
  assert.equal(events.filter(({ type }) => type === 'recording.failed').length, 1)
})

test('a recording whose folder cannot be made waits for its disk, and is whole when it came in time', async () => {
  await using world = await openWorld({})
  const { bay, events } = world
  await bay.open(alice, plain)
  writeFileSync(`${folder}/blocked`, '')
  const recording = 'rec_blocked' as RecordingId
  bay.record(recording, alice, `${folder}/blocked/28/late.wav`)
  const states = () => events.flatMap(event => (event.type === 'disk' ? [event.state] : []))
  await until(() => states().includes('unwritable'), 'the disk is told to be unwritable')
  rmSync(`${folder}/blocked`)
  await until(() => states().at(-1) === 'well', 'it is well again')
  bay.stopRecording(recording)
  const closed = await world.told('recording.closed')
  assert.equal(closed.bytes, readFileSync(`${folder}/blocked/28/late.wav`).length)
  assert.equal(
    events.some(({ type }) => type === 'recording.failed'),
    false,
  )
})

test('in a folder that does not bear its mark no recording is begun; it waits for the one that does, in a fresh thread too', async () => {
  const recorder = mortal('rtp/recording-worker')
  const recordingsDir = `${folder}/marked`
  await using world = await openWorld({ recordingsDir, recordingWorker: recorder.file })
  const { bay, events } = world
  await bay.open(alice, plain)
  const states = () => events.flatMap(event => (event.type === 'disk' ? [event.state] : []))
  const waits = async (recording: RecordingId) => {
    bay.record(recording, alice, `${recordingsDir}/28/${recording}.wav`)
    await until(() => states().at(-1) === 'unwritable', 'it waits')
    assert.equal(existsSync(`${recordingsDir}/28/${recording}.wav`), false)
  }
  const goesOn = async (recording: RecordingId) => {
    await until(() => states().at(-1) === 'well', 'it has begun')
    bay.stopRecording(recording)
    await until(() => events.some(e => e.type === 'recording.closed' && e.recording === recording), 'it is sealed')
  }
  await setMark(recordingsDir, 'right')
  await waits('rec_unknown' as RecordingId) // nobody has said yet which it is
  bay.keepIn('right')
  await goesOn('rec_unknown' as RecordingId)
  recorder.kill()
  await until(() => recorder.isDead(), 'the thread has died')
  await setMark(recordingsDir, 'of another')
  await waits('rec_other' as RecordingId)
  await setMark(recordingsDir, 'right')
  await goesOn('rec_other' as RecordingId)
  rmSync(recordingsDir, { recursive: true })
  await waits('rec_gone' as RecordingId)
  assert.equal(existsSync(recordingsDir), false, 'nothing is made there')
  await setMark(recordingsDir, 'right')
  await goesOn('rec_gone' as RecordingId)
})

test('through a link in place of the folder of a day nothing is recorded and nothing sealed; both are done when it is gone, and the folder of all may be one', async () => {
  const [real, recordingsDir, elsewhere] = [`${folder}/real`, `${folder}/linked`, `${folder}/elsewhere`]
  for (const each of [real, `${elsewhere}`]) mkdirSync(each)
  symlinkSync(real, recordingsDir)
  await setMark(real, 'right')
  await using world = await openWorld({ recordingsDir })
  const { bay, events } = world
  bay.keepIn('right')
  await bay.open(alice, plain)
  symlinkSync(elsewhere, `${real}/28`)
  const recording = 'rec_led' as RecordingId
  const file = `${recordingsDir}/28/${recording}.wav`
  bay.record(recording, alice, file)
  await until(() => events.some(e => e.type === 'disk' && e.state === 'unwritable'), 'it waits')
  assert.deepEqual(readdirSync(elsewhere), [])
  writeFileSync(`${elsewhere}/other.wav`, 'as it lies')
  await assert.rejects(bay.salvage(`${recordingsDir}/28/other.wav`), { code: 'ENODEV', message: /28 is a link/ })
  assert.equal(readFileSync(`${elsewhere}/other.wav`, 'utf8'), 'as it lies')
  unlinkSync(`${real}/28`)
  await until(() => events.some(e => e.type === 'disk' && e.state === 'well'), 'it has begun')
  bay.stopRecording(recording)
  await until(() => events.some(e => e.type === 'recording.closed'), 'it is sealed')
  assert.ok((await bay.salvage(file)).bytes > 0)
})

test('a recording thread that dies again and again is given up: every recording is told as failed, and failed tells', async () => {
  const recordingWorker = `${folder}/mute.cjs`
  writeFileSync(recordingWorker, 'process.exit(8)')
  await using world = await openWorld({ recordingWorker })
  const { bay, events } = world
  const recordings = ['rec_a', 'rec_b'] as RecordingId[]
  for (const recording of recordings) bay.record(recording, alice, `${folder}/${recording}.wav`)
  assert.match((await within(bay.failed, 5000)).message, /the recording thread died more than 10 times.*exit code 8/)
  bay.record('rec_c' as RecordingId, alice, `${folder}/rec_c.wav`)
  const told = events.filter(event => event.type === 'recording.failed').map(event => event.recording)
  assert.deepEqual(told.toSorted(), [...recordings, 'rec_c'])
  await assert.rejects(bay.figures(), /the recording thread died/)
  await assert.rejects(bay.open(alice, plain), /the recording thread died/)
})

test('a DTLS thread that dies costs only who is still shaking hands: who has keys talks on, and may shake hands again with the fresh one', async () => {
  const identity = await createDtlsIdentity(Date.now())
  const dtls = mortal('webrtc/dtls-worker')
  await using world = await openWorld({ dtls: identity, dtlsWorker: dtls.file })
  const { bay, events } = world
  const [bob, carol, dave] = ['leg_bob', 'leg_carol', 'leg_dave'] as [LegId, LegId, LegId]
  const answer = offerAnswerer({ bay, fingerprint: identity.fingerprint, addresses: [], silenceMs: 0 })
  const open = () => SoftBrowser.open(new DtlsContext(identity), identity.fingerprint, '127.0.0.1')
  const connect = async (leg: LegId) => {
    const browser = await open()
    await browser.connect((await answer(leg, browser.offer)).sdp)
    await until(() => events.some(event => event.type === 'leg.secure' && event.leg === leg), `${leg} is secure`)
    return browser
  }
  using first = await connect(alice)
  using second = await connect(bob)
  first.say(440)
  second.say(1000)
  bay.patch(alice, bob)
  using shaking = await open()
  await answer(carol, shaking.offer)
  const hearEachOther = async (words: string) => {
    for (const browser of [first, second]) browser.forget()
    await until(() => purity(first.lastSecond, 1000) > 0.9 && purity(second.lastSecond, 440) > 0.9, words)
  }
  await hearEachOther('they hear each other')

  dtls.kill()
  const { thread, goOn, cut } = await world.told('thread.died')
  assert.deepEqual([thread, goOn, cut], ['dtls', 2, 1])
  // Before this only the browsers that were in mid-handshake were to be lost, and all were: each talk of the house was cut for a thread that it needed no more.
  assert.deepEqual(await world.told('leg.lost'), { type: 'leg.lost', leg: carol, reason: 'the DTLS thread died' })
  bay.close(carol)
  await hearEachOther('they hear each other without it')
  using third = await connect(dave)
  assert.equal(third.refused, 0)

  const another = await createDtlsIdentity(Date.now())
  await first.shakeAgain(new DtlsContext(another))
  await hearEachOther('neither a good-bye that nobody can verify nor another’s certificate changes anything')
  await first.shakeAgain()
  await hearEachOther('they hear each other by new keys')
  assert.deepEqual(
    events.flatMap(event =>
      event.type === 'leg.lost' || event.type === 'leg.secure' ? [[event.type, event.leg]] : [],
    ),
    [
      ['leg.secure', alice],
      ['leg.secure', bob],
      ['leg.lost', carol],
      ['leg.secure', dave],
    ],
  )
  events.length = 0
  first.sayGoodbye()
  const reason = 'the browser closed the connection'
  assert.deepEqual(await world.told('leg.lost'), { type: 'leg.lost', leg: alice, reason })
})

type World = AsyncDisposable & {
  bay: Bay
  events: BayEvent[]
  faults: string[]
  told<Type extends BayEvent['type']>(type: Type): Promise<Extract<BayEvent, { type: Type }>>
}

async function openWorld(options: Partial<BayOptions>): Promise<World> {
  const faults: string[] = []
  const bay = await createBay({ ...place(), onFault: words => faults.push(words), ...options })
  const events: BayEvent[] = []
  bay.onEvent(event => events.push(event))
  return {
    bay,
    events,
    faults,
    async told(type) {
      await until(() => events.some(event => event.type === type), `${type} is told`)
      return events.find(event => event.type === type) as never
    },
    [Symbol.asyncDispose]: () => bay[Symbol.asyncDispose](),
  }
}

function place(): BayOptions {
  const from = 20_000 + 2 * Math.floor(Math.random() * 14_000)
  return { address: '127.0.0.1', ports: { from, to: from + 199 }, prompts: {} }
}

type Mortal = { file: string; kill(): void; isDead(): boolean; say(report: RecorderReport): void }

/** The true thread, which ends with code 9 when it is told to, once; what it is to say first, it says. */
function mortal(entry: Parameters<typeof workerFile>[0]): Mortal {
  const file = `${folder}/${entry.replaceAll('/', '-')}.mjs`
  const [order, words] = [`${file}.die`, `${file}.say`]
  writeFileSync(
    file,
    `import { existsSync, readFileSync, rmSync } from 'node:fs'
    import { parentPort } from 'node:worker_threads'
    import ${JSON.stringify(String(workerFile(entry)))}
    setInterval(() => {
      if (existsSync(${JSON.stringify(words)})) {
        parentPort.postMessage(JSON.parse(readFileSync(${JSON.stringify(words)})))
        rmSync(${JSON.stringify(words)})
      }
      if (!existsSync(${JSON.stringify(order)})) return
      rmSync(${JSON.stringify(order)})
      process.exit(9)
    }, 5)`,
  )
  return {
    file,
    kill: () => writeFileSync(order, ''),
    isDead: () => !existsSync(order),
    say(report) {
      writeFileSync(`${words}.part`, JSON.stringify(report))
      renameSync(`${words}.part`, words)
    },
  }
}

async function until(isSo: () => boolean, words: string): Promise<void> {
  for (let waited = 0; waited < 5000; waited += 10) {
    if (isSo()) return
    await pause(10)
  }
  assert.fail(`within 5 s not so: ${words}`)
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return Promise.race([promise, pause(ms, undefined, { ref: false }).then(() => assert.fail(`not within ${ms} ms`))])
}
