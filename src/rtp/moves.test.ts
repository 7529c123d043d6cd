/** Several media threads, seen from outside: legs that are patched share one, and a call does not notice; nor does it end with its thread. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { SoftBrowser } from '../e2e/soft-browser.ts'
import { systemClock } from '../lib/clock.ts'
import type { LegId, RecordingId } from '../lib/ids.ts'
import { workerFile } from '../lib/places.ts'
import { DtlsContext } from '../webrtc/dtls.ts'
import { createDtlsIdentity } from '../webrtc/identity.ts'
import { offerAnswerer } from '../webrtc/station.ts'
import type { Bay, BayEvent, Endpoint } from './bay.ts'
import { type BayOptions, createBay } from './create-bay.ts'
import { FarEnd } from './far-end.ts'
import { loadLibc } from './libc.ts'
import { goertzel, loudness, purity, tone } from './tone.ts'
import { readStereo } from './wav.ts'

const folder = mkdtempSync('/tmp/switchroom-moves-')
after(() => rmSync(folder, { recursive: true }))

const recording = 'rec_1' as RecordingId
const prompts = { music: tone({ hz: 600, ms: 1000, level: 0.2 }) }

describe('several media threads', { skip: loadLibc() === null, concurrency: 4 }, () => {
  test('two legs that opened on two threads hear each other on one, and a recording goes on through the move', async () => {
    await using world = await openWorld({ workers: 2 })
    const { bay } = world
    const [carl, alice] = [await world.enter('carl', 1000), await world.enter('alice', 440)]
    assert.deepEqual(await threadsOf(bay), [1, 1], 'they are on two threads')
    const file = `${folder}/moved.wav`
    bay.record(recording, alice.leg, file)
    await pause(300)
    const before = alice.phone.heard.length
    bay.patch(carl.leg, alice.leg)
    await pause(800)
    assert.deepEqual((await threadsOf(bay)).toSorted(), [0, 2], 'they share one')
    assertTone(carl.phone.samples(carl.phone.heard.length - 25), 440)
    assertTone(alice.phone.samples(alice.phone.heard.length - 25), 1000)
    bay.stopRecording(recording)
    const closed = await world.told('recording.closed')
    assert.equal(closed.lostMs, 0)
    const [said] = readStereo(readFileSync(file))
    assertTone(said.subarray(400, said.length - 400), 440)
    assertUnbroken(alice.phone, Math.max(0, before - 5))
    assert.deepEqual(world.faults, [])
  })

  test('no packet is lost by a move: each that was sent is heard once, in order', async () => {
    await using world = await openWorld({ workers: 3 })
    const { bay } = world
    const people = [await world.enter('carl', 1000), await world.enter('alice', 440), await world.enter('bob', 700)]
    const [carl, alice, bob] = people as [Person, Person, Person]
    bay.patch(alice.leg, carl.leg)
    await pause(200)
    // Alice goes from hand to hand: each time somebody moves.
    for (let round = 0; round < 6; round++) {
      bay.patch(alice.leg, round % 2 === 0 ? bob.leg : carl.leg)
      await pause(80)
    }
    for (const { phone } of people) phone.hush()
    await pause(400)
    for (const figures of await bay.figures()) {
      const { phone } = people.find(({ leg }) => leg === figures.leg)!
      assert.deepEqual([figures.received, figures.lost], [phone.sent, 0], figures.leg)
    }
    assertUnbroken(alice.phone, 5)
  })

  test('a room and who supervises come to one thread too', async () => {
    await using world = await openWorld({ workers: 3 })
    const { bay } = world
    const [carl, alice, bob] = [
      await world.enter('carl', 1000),
      await world.enter('alice', 440),
      await world.enter('bob', 700),
    ]
    bay.patch(carl.leg, alice.leg)
    bay.supervise(bob.leg, alice.leg, 'listen')
    await pause(700)
    assert.deepEqual((await threadsOf(bay)).toSorted(), [0, 0, 3])
    const heard = bob.phone.samples(bob.phone.heard.length - 20)
    assert.ok(loudness(heard) > 0.1, `the supervisor hears them: ${loudness(heard)}`)
    assertTone(carl.phone.samples(carl.phone.heard.length - 20), 440)
    bay.supervise(bob.leg, null, 'listen')
    const all = [carl.leg, alice.leg, bob.leg]
    bay.mix(
      'room',
      all.map(leg => ({ leg, hears: all.filter(other => other !== leg) })),
    )
    const hears = (hz: number) => goertzel(carl.phone.samples(carl.phone.heard.length - 10), hz) > 0.1
    await until(() => hears(440) && hears(700), 'the customer hears both')
  })

  test('a thread that dies is followed by one that takes its legs up: a second later they talk, and it is one recording', async () => {
    const media = mortal()
    await using world = await openWorld({ workers: 1, mediaWorker: media.file })
    const { bay } = world
    const [carl, alice] = [await world.enter('carl', 1000), await world.enter('alice', 440)]
    bay.patch(carl.leg, alice.leg)
    const file = `${folder}/outlived.wav`
    bay.record(recording, carl.leg, file)
    await pause(600)
    const [before, ssrc] = [alice.phone.heard.length, alice.phone.heard[0]!.ssrc]
    await until(() => bay.hasSpare(), 'its successor stands ready')
    const diedAt = systemClock.monotonic()
    const died = await endOne(world, media)
    assert.deepEqual(died.moved, [carl.leg, alice.leg])
    assert.deepEqual(died.legs, [])
    await until(() => alice.phone.heard.length > before + 30, 'the agent hears again')
    await pause(400)
    assertTone(alice.phone.samples(alice.phone.heard.length - 20), 1000)
    assertTone(carl.phone.samples(carl.phone.heard.length - 20), 440)
    const { heard } = alice.phone
    assert.deepEqual([...new Set(heard.map(packet => packet.ssrc))], [ssrc], 'it is one stream')
    const gapAt = heard.findIndex(
      (packet, at) => at > 0 && ((packet.sequence - heard[at - 1]!.sequence) & 0xffff) > 500,
    )
    assert.ok(gapAt > 0 && ((heard[gapAt]!.sequence - heard[gapAt - 1]!.sequence) & 0xffff) < 3000)
    const gapMs = ((heard[gapAt]!.timestamp - heard[gapAt - 1]!.timestamp) | 0) / 8
    assert.ok(gapMs < 1000, `they did not hear each other for ${gapMs} ms`)
    bay.stopRecording(recording)
    const closed = await world.told('recording.closed')
    assert.ok(Math.abs(closed.lostMs! - gapMs) < 300, `${closed.lostMs} of ${gapMs} ms`)
    const spent = systemClock.monotonic() - diedAt
    assert.ok(closed.durationMs > spent, 'the gap is in it')
    const [left, right] = readStereo(readFileSync(file))
    for (const [channel, hz] of [
      [left, 1000],
      [right, 440],
    ] as const) {
      assertTone(channel.subarray(800, 3200), hz)
      assertTone(channel.subarray(-2400), hz)
    }
  })

  test('who whispers from another thread comes without a gap for the two who talk, and whispers on when that thread dies', async () => {
    const media = mortal()
    await using world = await openWorld({ workers: 2, mediaWorker: media.file })
    const { bay } = world
    const [carl, alice, sam] = [
      await world.enter('carl', 1000),
      await world.enter('alice', 440),
      await world.enter('sam', 700),
    ]
    bay.patch(carl.leg, alice.leg)
    await pause(500)
    const before = carl.phone.heard.length
    bay.supervise(sam.leg, alice.leg, 'whisper')
    const lately = (one: Person, hz: number) => goertzel(one.phone.samples(one.phone.heard.length - 10), hz) > 0.1
    const isWhisper = () =>
      lately(alice, 700) && lately(alice, 1000) && lately(sam, 440) && lately(sam, 1000) && lately(carl, 440)
    await until(isWhisper, 'alice hears both, sam hears both')
    await pause(300)
    assert.deepEqual((await threadsOf(bay)).toSorted(), [0, 3])
    assert.ok(!lately(carl, 700), 'the customer hears no whisper')
    assertUnbroken(carl.phone, Math.max(0, before - 5))
    await until(() => bay.hasSpare(), 'a successor stands ready')
    const died = await endOne(world, media)
    const at = new Map([carl, alice, sam].map(one => [one, one.phone.heard.length]))
    await until(
      () => [carl, alice, sam].every(one => one.phone.heard.length > at.get(one)! + 30) && isWhisper(),
      'all hear as before',
    )
    assert.ok(!lately(carl, 700), 'nor after')
    assert.deepEqual(died.legs, [], 'no leg is lost')
  })

  test('one leg that kills every thread it is given to ends alone: the others go on', async () => {
    const media = poisoned()
    await using world = await openWorld({ workers: 1, mediaWorker: media })
    const { bay } = world
    const [carl, alice, mallory] = [
      await world.enter('carl', 1000),
      await world.enter('alice', 440),
      await world.enter('mallory', 0),
    ]
    bay.patch(carl.leg, alice.leg)
    bay.sendDigits(mallory.leg, 'D')
    await until(() => world.events.some(event => event.type === 'worker.died'), 'the thread died')
    bay.sendDigits(mallory.leg, 'D')
    await until(
      () => world.events.some(event => event.type === 'worker.died' && event.legs.includes(mallory.leg)),
      'the leg ends',
    )
    const before = alice.phone.heard.length
    await until(() => alice.phone.heard.length > before + 20, 'the others talk on')
    assertTone(alice.phone.samples(alice.phone.heard.length - 15), 1000)
    assert.deepEqual((await bay.figures()).map(({ leg }) => leg).toSorted(), [alice.leg, carl.leg])
  })

  test('a thread that hangs is ended, and its legs go on', async () => {
    const media = mortal('while (true);')
    await using world = await openWorld({ workers: 1, mediaWorker: media.file })
    const [carl, alice] = [await world.enter('carl', 1000), await world.enter('alice', 440)]
    world.bay.patch(carl.leg, alice.leg)
    await pause(300)
    const died = await endOne(world, media)
    assert.match(died.reason, /stood still for \d\.\d s/)
    const before = alice.phone.heard.length
    await until(() => alice.phone.heard.length > before + 20, 'they talk on')
  })

  test('a browser is moved with its keys, and outlives its thread: every packet it gets is genuine and new, and its own are heard beyond the roll-over', async () => {
    const identity = await createDtlsIdentity(Date.now())
    const media = mortal()
    await using world = await openWorld({ workers: 2, mediaWorker: media.file, dtls: identity })
    const { bay } = world
    const answer = offerAnswerer({ bay, fingerprint: identity.fingerprint, addresses: [], silenceMs: 0 })
    const carl = await world.enter('carl', 1000)
    using browser = await SoftBrowser.open(new DtlsContext(identity), identity.fingerprint, '127.0.0.1', 65_510)
    const leg = 'browser' as LegId
    await browser.connect((await answer(leg, browser.offer)).sdp)
    const speaking = setInterval(() => browser.speak(), 20)
    try {
      assert.deepEqual(await threadsOf(bay), [1, 1])
      bay.play(leg, 'music', true) // so that something has been sent with the keys before
      await until(() => browser.received > 20, 'the browser hears music')
      bay.stopPlay(leg)
      bay.patch(carl.leg, leg)
      const moved = browser.received
      await until(() => browser.received > moved + 40, 'the browser hears the customer')
      assert.equal(browser.refused, 0, 'no index was sent twice')
      await endOne(world, media)
      const taken = browser.received
      const heard = carl.phone.heard.length
      await until(() => browser.received > taken + 60, 'the browser hears on')
      await until(() => carl.phone.heard.length > heard + 60, 'the customer hears on')
      assert.equal(browser.refused, 0, 'nor after a death')
    } finally {
      clearInterval(speaking)
    }
  })

  test('a leg that ends while it moves leaves nothing behind', async () => {
    await using world = await openWorld({ workers: 2 })
    const { bay } = world
    const alice = await world.enter('alice', 440)
    for (let n = 0; n < 20; n++) {
      const leg = `fleeting_${n}` as LegId
      const id = `rec_${n}` as RecordingId
      await bay.open(leg, { kind: 'rtp', silenceMs: 0 })
      bay.record(id, leg, `${folder}/fleeting-${n}.wav`)
      bay.patch(alice.leg, leg)
      bay.close(leg)
    }
    await until(() => world.events.filter(event => event.type === 'recording.closed').length === 20, 'all are sealed')
    assert.deepEqual(
      (await bay.figures()).map(({ leg }) => leg),
      [alice.leg],
    )
  })
})

type Person = { leg: LegId; phone: FarEnd; port: Endpoint }
type World = AsyncDisposable & {
  bay: Bay
  events: BayEvent[]
  faults: string[]
  enter(name: string, hz: number): Promise<Person>
  told<Type extends BayEvent['type']>(type: Type): Promise<Extract<BayEvent, { type: Type }>>
}

async function openWorld(options: Partial<BayOptions>): Promise<World> {
  const from = 20_000 + 2 * Math.floor(Math.random() * 14_000)
  const faults: string[] = []
  const phones: FarEnd[] = []
  const bay = await createBay({
    ...{ address: '127.0.0.1', ports: { from, to: from + 199 }, prompts, wire: 'libc' },
    onFault: words => faults.push(words),
    ...options,
  })
  const events: BayEvent[] = []
  bay.onEvent(event => events.push(event))
  return {
    bay,
    events,
    faults,
    async enter(name, hz) {
      const leg = name as LegId
      const port = await bay.open(leg, { kind: 'rtp', silenceMs: 0 })
      const phone = await FarEnd.bind()
      phones.push(phone)
      phone.peer = port
      bay.configure(leg, phone.parameters())
      if (hz > 0) phone.say(hz, port)
      return { leg, phone, port }
    },
    async told(type) {
      await until(() => events.some(event => event.type === type), `${type} is told`)
      return events.find(event => event.type === type) as never
    },
    async [Symbol.asyncDispose]() {
      for (const phone of phones) phone.close()
      await bay[Symbol.asyncDispose]()
    },
  }
}

/** Legs by thread. */
async function threadsOf(bay: Bay): Promise<readonly number[]> {
  await bay.figures() // what was asked before has been done
  return bay.loads()
}

/** Sequence numbers without a gap, one SSRC, and a timestamp that never goes back. */
function assertUnbroken(phone: FarEnd, from: number): void {
  const heard = phone.heard.slice(from)
  assert.equal(new Set(heard.map(packet => packet.ssrc)).size, 1)
  for (let at = 1; at < heard.length; at++) {
    assert.equal((heard[at]!.sequence - heard[at - 1]!.sequence) & 0xffff, 1, `packet ${at}`)
    assert.ok(((heard[at]!.timestamp - heard[at - 1]!.timestamp) | 0) > 0, `packet ${at}`)
  }
}

function assertTone(samples: Int16Array, hz: number): void {
  assert.ok(samples.length > 1000, `${samples.length} samples`)
  assert.ok(purity(samples, hz) > 0.5, `purity of ${hz} Hz is ${purity(samples, hz)}, loudness ${loudness(samples)}`)
}

let made = 0
/** The true media thread, which does its last deed when it is told to, once. */
function mortal(deed = 'process.exit(9)'): { file: string; kill(): void } {
  const file = `${folder}/mortal-${made++}.mjs`
  const order = `${file}.die`
  writeFileSync(
    file,
    `import { rmSync } from 'node:fs'
    import ${JSON.stringify(String(workerFile('rtp/media-worker')))}
    setInterval(() => {
      try { rmSync(${JSON.stringify(order)}) } catch { return }
      ${deed}
    }, 5)`,
  )
  return { file, kill: () => writeFileSync(order, '') }
}

/** The true media thread, but the key D kills it while it is being sent. */
function poisoned(): string {
  const file = `${folder}/poisoned.mjs`
  const place = new URL('telephone-event.ts', import.meta.url)
  writeFileSync(
    file,
    `import { KeySender } from ${JSON.stringify(String(place))}
    const next = KeySender.prototype.next
    KeySender.prototype.next = function () {
      const step = next.call(this)
      if (step?.code === 15) process.exit(9)
      return step
    }
    await import(${JSON.stringify(String(workerFile('rtp/media-worker')))})`,
  )
  return file
}

/** The order to die is taken by whichever thread reads it first: when that was the one in reserve, of which nothing is told, it is given again. */
async function endOne(world: World, media: { kill(): void }): Promise<Extract<BayEvent, { type: 'worker.died' }>> {
  const died = () => world.events.find(event => event.type === 'worker.died')
  for (let orders = 0; orders < 6 && died() === undefined; orders++) {
    await until(() => world.bay.hasSpare(), 'a successor stands ready')
    media.kill()
    for (let waited = 0; waited < 4000 && died() === undefined; waited += 10) await pause(10)
  }
  return world.told('worker.died')
}

async function until(isSo: () => boolean, words: string): Promise<void> {
  for (let waited = 0; waited < 8000; waited += 10) {
    if (isSo()) return
    await pause(10)
  }
  assert.fail(`within 8 s not so: ${words}`)
}
