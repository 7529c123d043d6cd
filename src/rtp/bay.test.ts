import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '../lib/clock.ts'
import type { LegId, RecordingId } from '../lib/ids.ts'
import { seededRandom } from '../lib/random.ts'
import { type Bay, type BayEvent, type Endpoint, MediaError } from './bay.ts'
import { type BayOptions, createBay } from './create-bay.ts'
import { FarEnd } from './far-end.ts'
import { loadLibc } from './libc.ts'
import { readCompound } from './rtcp.ts'
import { codeOf, keyOf, writeEvent } from './telephone-event.ts'
import { goertzel, loudness, purity, tone } from './tone.ts'
import { readStereo } from './wav.ts'

const folder = mkdtempSync('/tmp/switchroom-bay-')
after(() => rmSync(folder, { recursive: true }))

const carl = 'leg_carl' as LegId
const alice = 'leg_alice' as LegId
const recording = 'rec_1' as RecordingId

const prompts = {
  music: tone({ hz: 600, ms: 1000, level: 0.2 }),
  beep: tone({ hz: 880, ms: 100, level: 0.2 }),
}

for (const wire of ['libc', 'dgram'] as const)
  describe(`the patch bay on ${wire}`, { skip: wire === 'libc' && loadLibc() === null, concurrency: 4 }, () => {
    test('carries a tone each way and records both, the customer left and the agent right', async () => {
      await using world = await bridged(wire)
      const file = `${folder}/both-${wire}.wav`
      const startMs = systemClock.monotonic()
      world.bay.record(recording, carl, file)
      world.carl.say(1000, world.carlPort)
      world.alice.say(440, world.alicePort)
      await pause(1500)
      world.bay.stopRecording(recording)
      const saidMs = systemClock.monotonic() - startMs
      const closed = await world.told('recording.closed')

      assertTone(world.alice.samples(5), 1000)
      assertTone(world.carl.samples(5), 440)
      const bytes = readFileSync(file)
      const [left, right] = readStereo(bytes)
      assertTone(left.subarray(1600, 11_200), 1000)
      assertTone(right.subarray(1600, 11_200), 440)
      assert.equal(closed.bytes, bytes.length)
      assert.equal(closed.sha256, createHash('sha256').update(bytes).digest('hex'))
      assert.ok(Math.abs(closed.durationMs - saidMs) < 100, `${closed.durationMs} ms of ${saidMs}`)
      assert.equal(world.faults.length, 0)
    })

    test('legs that a far end has told to send to each other’s ports do not keep a packet going for ever', async () => {
      await using world = await bridged(wire)
      world.bay.configure(carl, { ...world.carl.parameters(), remote: world.alicePort, allowedSources: ['127.0.0.1'] })
      world.bay.configure(alice, { ...world.alice.parameters(), remote: world.carlPort, allowedSources: ['127.0.0.1'] })
      await pause(3000)
      for (const { received } of await world.bay.figures([carl, alice])) assert.ok(received < 2_000, String(received))
    })

    test('a far end at the last port there is costs nobody anything', async () => {
      await using world = await bridged(wire)
      world.bay.configure(alice, { ...world.alice.parameters(), remote: { address: '127.0.0.1', port: 65_535 } })
      world.carl.say(1000, world.carlPort)
      await pause(2500)
      assert.deepEqual([world.faults, world.events.filter(event => event.type === 'leg.lost')], [[], []])
      const [figures] = await world.bay.figures([carl])
      assert.ok(figures!.received > 50, String(figures!.received))
    })

    test('keys that come as fast as the line is are told as fast as people press them', async () => {
      await using world = await bridged(wire)
      for (let n = 0; n < 4_000; n++) {
        const payload = new Uint8Array(4)
        writeEvent(payload, 0, codeOf('5'), false, 160)
        world.carl.send(world.carlPort, 101, payload, n * 160)
        if (n % 100 === 99) await pause(20)
      }
      await pause(300)
      const told = world.events.filter(event => event.type === 'leg.digit').length
      assert.ok(told >= 10 && told < 60, String(told))
    })

    test('lets an A-law customer talk with a µ-law agent', async () => {
      await using world = await bridged(wire, { agentCodec: 'pcmu' })
      world.carl.say(1000, world.carlPort)
      world.alice.say(440, world.alicePort)
      await pause(600)
      assertTone(world.alice.samples(5), 1000)
      assertTone(world.carl.samples(5), 440)
      assert.ok(world.alice.heard.every(packet => packet.payloadType === 0))
    })

    test('gives the agent one unbroken stream, whoever speaks', async () => {
      await using world = await bridged(wire)
      world.carl.say(1000, world.carlPort)
      await pause(300)
      world.carl.ssrc = 0x77777777 // the far end is transferred
      world.carl.sequence = 9
      world.carl.timestamp = 42
      await pause(300)
      world.bay.unpatch(alice)
      world.bay.play(alice, 'music', true)
      await pause(300)
      world.bay.stopPlay(alice)
      world.bay.patch(alice, carl)
      await pause(300)
      const { heard } = world.alice
      assert.ok(heard.length > 50)
      assert.equal(new Set(heard.map(packet => packet.ssrc)).size, 1)
      for (let i = 1; i < heard.length; i++) {
        assert.equal((heard[i]!.sequence - heard[i - 1]!.sequence) & 0xffff, 1, `packet ${i}`)
        const step = (heard[i]!.timestamp - heard[i - 1]!.timestamp) >>> 0
        assert.ok(step >= 160 && step <= 4000, `packet ${i} steps ${step}`)
      }
      assert.ok(heard.filter(packet => packet.marker).length >= 4)
    })

    test('mixes three over real sockets: each hears the two others, nobody themself', async () => {
      await using world = await bridged(wire)
      const bob = 'leg_bob' as LegId
      using bobEnd = await FarEnd.bind('pcmu')
      const bobPort = await world.bay.open(bob, { kind: 'rtp', silenceMs: 0 })
      world.bay.configure(bob, bobEnd.parameters())
      world.bay.mix('room', [
        { leg: carl, hears: [alice, bob] },
        { leg: alice, hears: [carl, bob] },
        { leg: bob, hears: [carl, alice] },
      ])
      world.carl.say(1000, world.carlPort)
      world.alice.say(440, world.alicePort)
      bobEnd.say(700, bobPort)
      await pause(1000)
      const levels = [world.carl, world.alice, bobEnd].map(end => {
        const heard = end.samples().subarray(-3200)
        return [1000, 440, 700].map(hz => goertzel(heard, hz) > 0.1)
      })
      assert.deepEqual(levels, [
        [false, true, true],
        [true, false, true],
        [true, true, false],
      ])
      world.bay.patch(carl, alice)
      await pause(600)
      assertTone(world.carl.samples().subarray(-2400), 440)
      assert.equal(world.faults.length, 0)
    })

    test('plays a prompt instead of the peer, tells its end, and then the peer is heard again', async () => {
      await using world = await bridged(wire)
      world.carl.say(1000, world.carlPort)
      await pause(200)
      world.bay.play(alice, 'music', true)
      await pause(50)
      const from = world.alice.heard.length
      await pause(500)
      assertTone(world.alice.samples(from).subarray(0, 3200), 600)
      world.bay.play(alice, 'beep', false)
      assert.deepEqual(await world.told('prompt.finished'), { type: 'prompt.finished', leg: alice, prompt: 'beep' })
      await pause(50)
      const again = world.alice.heard.length
      await pause(400)
      assertTone(world.alice.samples(again), 1000)
    })

    test('says prompts one after the other without a gap, and tells the end of the last speech only', async () => {
      await using world = await bridged(wire)
      world.bay.say(alice, 1, ['music', 'music'])
      await pause(100)
      world.bay.learn('whistle', tone({ hz: 1500, ms: 405, level: 0.2 }))
      world.bay.say(alice, 2, ['whistle', 'music', 'unheard-of', 'whistle'])
      assert.deepEqual(await world.told('speech.finished'), { type: 'speech.finished', leg: alice, speech: 2 })
      const isWhistle = (samples: Int16Array) => loudness(samples) > 0.05 && purity(samples, 1500) > 0.9
      const heard = world.alice.samples(
        world.alice.heard.findIndex(packet => isWhistle(worldSamples(world.alice, packet))),
      )
      assertTone(heard.subarray(400, 3000), 1500)
      assertTone(heard.subarray(3600, 11_000), 600)
      assertTone(heard.subarray(11_500, 14_200), 1500)
      const seams = heard.subarray(400, 14_200)
      for (let at = 0; at + 160 <= seams.length; at += 160)
        assert.ok(loudness(seams.subarray(at, at + 160)) > 0.05, `no silence at ${at}`)
      assert.deepEqual(
        world.faults.map(words => words.includes('unheard-of')),
        [true],
      )
    })

    test('paces a prompt by the clock: 50 frames a second, none in a burst', async () => {
      await using world = await bridged(wire)
      world.bay.play(alice, 'music', true)
      await pause(2000)
      const music = world.alice.heard.length
      assert.ok(music >= 97 && music <= 104, `${music} frames in 2 s`)
    })

    test('tells each key once, and passes it on with the payload type of the other side', async () => {
      await using world = await bridged(wire, { agentChanges: { dtmfPayloadType: 96 } })
      for (const key of '5#') pressKey(world.carl, world.carlPort, key)
      await pause(200)
      assert.deepEqual(
        world.events.filter(event => event.type === 'leg.digit').map(event => event.digit),
        ['5', '#'],
      )
      const events = world.alice.heard.filter(packet => packet.payloadType === 96)
      assert.equal(events.length, 14)
      assert.deepEqual([...new Set(events.map(packet => keyOf(packet.payload, 0, packet.payload.length)))], ['5', '#'])
      assert.equal(new Set(events.map(packet => packet.timestamp)).size, 2)
    })

    test('tells each key of who keeps them once, and passes none on; what is said after it is no loss', async () => {
      await using world = await bridged(wire, { agentChanges: { keepsKeys: true } })
      world.alice.say(440, world.alicePort)
      await pause(200)
      for (const key of '5#') pressKey(world.alice, world.alicePort, key)
      await pause(200)
      assert.deepEqual(
        world.events.filter(event => event.type === 'leg.digit').map(event => event.digit),
        ['5', '#'],
      )
      assert.equal(world.carl.heard.filter(packet => packet.payloadType === 101).length, 0)
      assert.ok(world.carl.heard.length > 10)
      const steps = world.carl.heard.map(
        ({ sequence }, n) => sequence - (world.carl.heard[n - 1]?.sequence ?? sequence - 1),
      )
      assert.deepEqual([...new Set(steps.map(step => step & 0xffff))], [1])
      world.bay.sendDigits(carl, '5')
      await pause(400)
      const events = world.carl.heard.filter(packet => packet.payloadType === 101)
      assert.equal(new Set(events.map(packet => packet.timestamp)).size, 1)
    })

    test('sends keys as telephone events, or as tones to who knows none', async () => {
      await using world = await bridged(wire, { agentChanges: { dtmfPayloadType: null } })
      world.bay.sendDigits(carl, '19')
      world.bay.sendDigits(alice, '5')
      await pause(900)
      const events = world.carl.heard.filter(packet => packet.payloadType === 101)
      const keys = events.map(packet => keyOf(packet.payload, 0, packet.payload.length))
      assert.deepEqual(keys, ['1', '1', '1', '1', '1', '1', '1', '1', '1', '9', '9', '9', '9', '9', '9', '9', '9', '9'])
      assert.equal(new Set(events.map(packet => packet.timestamp)).size, 2)
      const first = world.alice.heard.findIndex(packet => loudness(worldSamples(world.alice, packet)) > 0.05)
      const heard = world.alice.samples(first).subarray(0, 960)
      assert.ok(goertzel(heard, 770) > 0.15 && goertzel(heard, 1336) > 0.15)
    })

    test('a prompt that a key interrupted goes on at the present, and not as much behind as the key was told again', async () => {
      await using world = await bridged(wire)
      world.bay.play(carl, 'music', true)
      await pause(200)
      world.bay.sendDigits(carl, '1')
      await pause(700)
      const { heard } = world.carl
      const key = heard.findIndex(packet => packet.payloadType === 101)
      /** Of the one that came fastest: how long before it came it says that it was sent, up to what all share. */
      const transitMs = (packets: typeof heard) =>
        Math.min(
          ...packets.filter(({ payloadType }) => payloadType === 8).map(({ at, timestamp }) => at - timestamp / 8),
        )
      const later = transitMs(heard.slice(key)) - transitMs(heard.slice(0, key))
      assert.ok(Math.abs(later) < 30, `it seems ${later} ms later than before the key`)
    })

    test('latches onto the port the allowed address really uses, and drops and counts everyone else', async () => {
      await using world = await bridged(wire)
      using moved = await FarEnd.bind()
      using mallory = await FarEnd.bind('pcma', '127.0.0.66')
      mallory.say(700, world.carlPort)
      await pause(300)
      assert.equal(world.alice.heard.filter(packet => packet.payload.some(octet => octet !== 0xd5)).length, 0)
      moved.say(1000, world.carlPort)
      world.alice.say(440, world.alicePort)
      await pause(700)
      mallory.hush()
      moved.hush()
      assertTone(moved.samples(5), 440)
      assertTone(world.alice.samples(5).subarray(-3200), 1000)
      assert.equal(mallory.heard.length, 0, 'nothing is sent to where nobody asked us to')
      const figures = (await world.bay.figures()).find(figure => figure.leg === carl)!
      assert.ok(figures.foreign >= 10, `${figures.foreign} foreign packets`)
    })

    test('another port of the far end’s host keeps its place only until the far end speaks from where it said', async () => {
      await using world = await bridged(wire)
      using mallory = await FarEnd.bind()
      mallory.ssrc = 0x66666666
      mallory.say(700, world.carlPort)
      await pause(300)
      world.carl.say(1000, world.carlPort)
      world.alice.say(440, world.alicePort)
      await pause(100)
      const [toAlice, toMallory] = [world.alice.heard.length, mallory.heard.length]
      await pause(700)
      assertTone(world.alice.samples(toAlice), 1000)
      assertTone(world.carl.samples(5), 440)
      assert.equal(mallory.heard.length, toMallory)
    })

    test('notices that a leg fell silent, once, and that it is back', async () => {
      await using world = await bridged(wire, { silenceMs: 400 })
      world.carl.say(1000, world.carlPort)
      world.alice.say(440, world.alicePort)
      await pause(300)
      world.carl.hush()
      await world.told('leg.silent')
      await pause(600)
      const silent = () => world.events.filter(event => event.type === 'leg.silent')
      assert.deepEqual(silent(), [{ type: 'leg.silent', leg: carl }])
      world.carl.say(1000, world.carlPort)
      await pause(300)
      world.carl.hush()
      await pause(700)
      assert.equal(silent().length, 2)
    })

    test('sends nothing to a leg on hold, takes nothing from it, and does not call it silent', async () => {
      await using world = await bridged(wire, { silenceMs: 300 })
      world.carl.say(1000, world.carlPort)
      world.alice.say(440, world.alicePort)
      await pause(200)
      world.bay.configure(carl, world.carl.parameters({ send: false, receive: false }))
      await pause(100)
      const [toCarl, toAlice] = [world.carl.heard.length, world.alice.samples().length]
      world.carl.hush()
      await pause(600)
      assert.equal(world.carl.heard.length, toCarl)
      assert.ok(loudness(world.alice.samples().subarray(toAlice)) < 0.001)
      assert.equal(world.events.filter(event => event.type === 'leg.silent').length, 0)
      world.bay.configure(carl, world.carl.parameters())
      world.carl.say(1000, world.carlPort)
      await pause(400)
      assertTone(world.carl.samples(toCarl + 5), 440)
    })

    test('who holds and sends nothing may be silent for longer, until it is taken up again', async () => {
      await using world = await bridged(wire, { silenceMs: 300 })
      world.bay.configure(carl, world.carl.parameters({ send: false, silenceMs: 60_000 }))
      await pause(100)
      world.events.length = 0
      await pause(600)
      const isCarl = (event: BayEvent) => event.type === 'leg.silent' && event.leg === carl
      assert.ok(!world.events.some(isCarl))
      world.bay.configure(carl, world.carl.parameters())
      for (let waited = 0; waited < 3000 && !world.events.some(isCarl); waited += 50) await pause(50)
      assert.ok(world.events.some(isCarl))
    })

    test('answers RTCP: a report about what it heard, to the port beside the audio', async () => {
      await using world = await bridged(wire)
      const rtcp = createSocket('udp4').bind(world.carl.endpoint.port + 1, '127.0.0.1')
      await once(rtcp, 'listening').catch(() => undefined)
      world.carl.say(1000, world.carlPort)
      const [bytes, from] = (await once(rtcp, 'message')) as [Buffer, { port: number }]
      rtcp.close()
      assert.equal(from.port, world.carlPort.port + 1)
      const heard = readCompound(bytes, bytes.length, world.carl.ssrc)
      assert.equal(heard?.block?.lossFraction, 0)
    })

    test('survives 20,000 hostile datagrams, and the call goes on', async () => {
      await using world = await bridged(wire)
      const random = seededRandom(wire.length)
      for (let round = 0; round < 20_000; round++) {
        const bytes = Uint8Array.from({ length: 1 + Math.floor(random() * 60) }, () => Math.floor(random() * 256))
        if (round % 2) bytes[0] = 0x80 | (bytes[0]! & 0x3f)
        if (round % 4 === 1) bytes[1] = [200, 201, 8, 101][round % 3]!
        const port = world.carlPort.port + (round % 5 === 0 ? 1 : 0)
        world.carl.sendRaw({ address: '127.0.0.1', port }, bytes)
        if (round % 200 === 0) await pause(1)
      }
      await pause(50)
      const from = world.alice.heard.length
      world.carl.ssrc = 0x5555
      world.carl.say(1000, world.carlPort)
      await pause(500)
      assertTone(world.alice.samples(from).subarray(-2400), 1000)
      assert.deepEqual(world.faults, [])
    })

    test('a recording that cannot be written is told with its reason, and the call goes on', async () => {
      await using world = await bridged(wire)
      world.carl.say(1000, world.carlPort)
      world.bay.record('rec_2' as RecordingId, carl, '/dev/full')
      assert.match((await world.told('recording.failed')).cause, /taken|full/)
      const good = `${folder}/made-${wire}/good.wav` // whose folder is made
      writeFileSync(`${folder}/taken-${wire}.wav`, 'evidence')
      world.events.length = 0
      world.bay.record('rec_3' as RecordingId, carl, `${folder}/taken-${wire}.wav`)
      assert.equal((await world.told('recording.failed')).cause, 'taken')
      assert.equal(readFileSync(`${folder}/taken-${wire}.wav`, 'utf8'), 'evidence')
      world.bay.record('rec_4' as RecordingId, carl, good)
      await pause(300)
      world.bay.close(carl)
      const closed = await world.told('recording.closed')
      assert.ok(closed.durationMs > 200)
      assert.ok(world.alice.heard.length > 10)
    })

    test('opens no leg twice, none without a port, and none for a browser without a certificate', async () => {
      const options = { wire, ports: { from: portBase(), to: 0 } }
      options.ports.to = options.ports.from + 3
      await using bay = await createBay({ address: '127.0.0.1', prompts, ...options })
      const open = (leg: string) => bay.open(leg as LegId, { kind: 'rtp', silenceMs: 0 })
      const ports = [(await open('a')).port, (await open('b')).port]
      assert.ok(ports.every(port => port % 2 === 0 && port >= options.ports.from && port < options.ports.to))
      await assert.rejects(open('a'), /open already/)
      await assert.rejects(
        open('c'),
        (error: Error) => error instanceof MediaError && /widen the range/.test(error.message),
      )
      bay.close('a' as LegId)
      assert.ok((await open('c')).port >= options.ports.from)
      await assert.rejects(bay.open('d' as LegId, browserSpec), /no DTLS certificate/)
    })
  })

test('figures of many legs are asked for some at a time, so that no packet waits for those of all', async () => {
  const counting = `
    const { parentPort } = require('node:worker_threads')
    parentPort.on('message', message => {
      if (message.type === 'open') parentPort.postMessage({ type: 'opened', leg: message.leg, port: 4000, sockets: { rtp: -1, rtcp: -1 }, problem: null })
      if (message.type === 'stop') parentPort.postMessage({ type: 'stopped' })
      if (message.type !== 'figures') return
      const figures = message.legs.map(leg => ({ leg, asked: message.legs.length }))
      parentPort.postMessage({ type: 'figures', ask: message.ask, figures })
    })`
  const file = `${folder}/counting.cjs`
  writeFileSync(file, counting)
  const ports = { from: 40_000, to: 40_010 }
  await using bay = await createBay({ address: '127.0.0.1', ports, prompts, mediaWorker: file })
  const legs = Array.from({ length: 101 }, (_, at) => `leg_${at}` as LegId)
  for (const leg of legs) await bay.open(leg, { kind: 'rtp', silenceMs: 0 })
  const figures = (await bay.figures()) as unknown as { leg: LegId; asked: number }[]
  assert.deepEqual(
    figures.map(({ leg }) => leg),
    legs,
  )
  assert.deepEqual([...new Set(figures.map(({ asked }) => asked))], [50, 1])
  assert.equal((await bay.figures(legs.slice(0, 3))).length, 3)
})

test('a media thread that dies takes legs with it whose sockets cannot be taken up, says so, and is replaced', async () => {
  const dying = `
    const { parentPort } = require('node:worker_threads')
    parentPort.on('message', message => {
      if (message.type === 'figures') parentPort.postMessage({ type: 'figures', ask: message.ask, figures: [] })
      if (message.type === 'open' && message.leg === 'doomed') throw new Error('boom')
      if (message.type === 'open') parentPort.postMessage({ type: 'opened', leg: message.leg, port: 4000, sockets: { rtp: -1, rtcp: -1 }, problem: null })
      if (message.type === 'stop') parentPort.postMessage({ type: 'stopped' })
    })`
  const file = `${folder}/dying.cjs`
  writeFileSync(file, dying)
  await using bay = await createBay({
    address: '127.0.0.1',
    ports: { from: 40_000, to: 40_010 },
    prompts,
    mediaWorker: file,
  })
  const events: BayEvent[] = []
  bay.onEvent(event => events.push(event))
  await bay.open(alice, { kind: 'rtp', silenceMs: 0 })
  bay.record(recording, alice, `${folder}/never-begun.wav`)
  await assert.rejects(bay.open('doomed' as LegId, { kind: 'rtp', silenceMs: 0 }), /media thread died.*boom/s)
  const died = events.find(event => event.type === 'worker.died')
  assert.deepEqual(died?.legs, [alice, 'doomed'])
  assert.match(died?.reason ?? '', /boom/)
  assert.ok(
    events.some(event => event.type === 'recording.failed'),
    'no recording is forgotten',
  )
  assert.equal((await bay.open(alice, { kind: 'rtp', silenceMs: 0 })).port, 4000)
})

test('an address that is not of this machine is refused in words', async () => {
  await using bay = await createBay({ address: '192.0.2.1', ports: { from: 40_000, to: 40_010 }, prompts })
  await assert.rejects(bay.open(alice, { kind: 'rtp', silenceMs: 0 }), /192\.0\.2\.1 is not an address of this machine/)
  await assert.rejects(
    createBay({ address: 'pbx', ports: { from: 40_000, to: 40_010 }, prompts }),
    /IPv4 or IPv6 address is needed/,
  )
})

const browserSpec = {
  kind: 'webrtc' as const,
  localUfrag: 'abcd',
  localPassword: 'p'.repeat(22),
  silenceMs: 0,
  parameters: {
    remoteUfrag: 'efgh',
    remotePassword: 'q'.repeat(22),
    remoteFingerprint: `sha-256 ${'AA:'.repeat(31)}AA`,
    codec: 'pcma' as const,
    payloadType: 8,
    dtmfPayloadType: null,
    ssrc: 7,
  },
}

type World = AsyncDisposable & {
  bay: Bay
  carl: FarEnd
  alice: FarEnd
  carlPort: Endpoint
  alicePort: Endpoint
  events: BayEvent[]
  faults: string[]
  told<Type extends BayEvent['type']>(type: Type): Promise<Extract<BayEvent, { type: Type }>>
}

type WorldOptions = {
  agentCodec?: 'pcma' | 'pcmu'
  agentChanges?: Parameters<FarEnd['parameters']>[0]
  silenceMs?: number
}

/** Carl and alice, each on a real socket, patched together. */
async function bridged(wire: BayOptions['wire'], options: WorldOptions = {}): Promise<World> {
  const from = portBase()
  const faults: string[] = []
  const bay = await createBay({
    address: '127.0.0.1',
    ports: { from, to: from + 199 },
    prompts,
    wire,
    onFault: words => faults.push(words),
  })
  const events: BayEvent[] = []
  bay.onEvent(event => events.push(event))
  const [carlEnd, aliceEnd] = [await FarEnd.bind(), await FarEnd.bind(options.agentCodec)]
  const spec = { kind: 'rtp' as const, silenceMs: options.silenceMs ?? 0 }
  const [carlPort, alicePort] = [await bay.open(carl, spec), await bay.open(alice, spec)]
  carlEnd.peer = carlPort
  aliceEnd.peer = alicePort
  bay.configure(carl, carlEnd.parameters())
  bay.configure(alice, aliceEnd.parameters(options.agentChanges))
  bay.patch(carl, alice)
  await bay.figures() // its answer says that all orders before it are done
  return {
    bay,
    carl: carlEnd,
    alice: aliceEnd,
    carlPort,
    alicePort,
    events,
    faults,
    async told(type) {
      for (let waited = 0; waited < 3000; waited += 10) {
        const event = events.find(event => event.type === type)
        if (event) return event as never
        await pause(10)
      }
      return assert.fail(`${type} was never told; but ${JSON.stringify(events)}`)
    },
    async [Symbol.asyncDispose]() {
      carlEnd.close()
      aliceEnd.close()
      await bay[Symbol.asyncDispose]()
    },
  }
}

/** Tests of several processes run at once; a port that is taken is stepped over. */
function portBase(): number {
  return 20_000 + 2 * Math.floor(Math.random() * 14_000)
}

function assertTone(samples: Int16Array, hz: number): void {
  assert.ok(samples.length > 1600, `${samples.length} samples`)
  const middle = samples.subarray(400, -400)
  assert.ok(purity(middle, hz) > 0.9, `purity of ${hz} Hz is ${purity(middle, hz)}, loudness ${loudness(middle)}`)
  const level = goertzel(middle, hz)
  assert.ok(level > 0.15 && level < 0.3, `level of ${hz} Hz is ${level}`)
}

function pressKey(phone: FarEnd, to: Endpoint, key: string): void {
  const payload = new Uint8Array(4)
  const { timestamp } = phone
  for (let step = 1; step <= 7; step++) {
    writeEvent(payload, 0, codeOf(key), step > 4, Math.min(step, 5) * 160)
    phone.timestamp = timestamp + 1 // so that this event's timestamp stays
    phone.send(to, 101, payload.slice(), timestamp)
  }
  phone.timestamp = (timestamp + 1600) >>> 0
}

function worldSamples(phone: FarEnd, packet: { payload: Uint8Array }): Int16Array {
  const at = phone.heard.findIndex(({ payload }) => payload === packet.payload)
  return phone.samples(at).subarray(0, 160)
}
