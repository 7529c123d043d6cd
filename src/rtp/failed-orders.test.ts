/** A fault in the program while a media thread does what it was asked: it costs that leg or that order, and nobody waits for an answer. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { LegId, RecordingId } from '../lib/ids.ts'
import { workerFile } from '../lib/places.ts'
import type { Bay, BayEvent } from './bay.ts'
import { createBay } from './create-bay.ts'
import { FarEnd } from './far-end.ts'
import { loadLibc } from './libc.ts'
import { purity, tone } from './tone.ts'

const folder = mkdtempSync('/tmp/switchroom-failed-orders-')
after(() => rmSync(folder, { recursive: true }))

const recording = 'rec_1' as RecordingId
const prompts = { music: tone({ hz: 600, ms: 1000, level: 0.2 }) }

for (const wire of ['dgram', 'libc'] as const)
  describe(`an order that throws, on ${wire}`, { skip: wire === 'libc' && loadLibc() === null }, () => {
    test('is told, answered, and costs those who talk nothing', async () => {
      await using world = await openWorld(wire, 1)
      const { bay, faults } = world
      const [carl, alice] = [await world.enter('carl', 1000), await world.enter('alice', 440)]
      bay.patch(carl.leg, alice.leg)

      await assert.rejects(bay.open('no_open' as LegId, plain), /a fault in the program: no open/)
      const { leg } = await world.enter('no_play no_say no_begin no_listen no_figures no_patch no_mix no_sendDigits', 0)
      bay.play(leg, 'music', true)
      bay.say(leg, 7, ['music'])
      bay.record(recording, leg, `${folder}/never.wav`)
      bay.patch(leg, carl.leg)
      bay.mix('room', [{ leg, hears: [alice.leg] }])
      bay.sendDigits(leg, '1')
      assert.deepEqual(await world.told('prompt.finished'), { type: 'prompt.finished', leg, prompt: 'music' })
      assert.deepEqual(await world.told('speech.finished'), { type: 'speech.finished', leg, speech: 7 })
      const reason = 'a fault in the program: no begin'
      const failed = { type: 'recording.failed', recording, cause: 'fault', reason }
      assert.deepEqual(await world.told('recording.failed'), failed)
      const asked = (await bay.figures()).map(figures => figures.leg)
      assert.deepEqual(asked.toSorted(), [alice.leg, carl.leg], 'who can be asked is told of')
      bay.close(leg)
      assert.deepEqual(
        faults.map(words => /Error: no (\w+)/.exec(words)?.[1]),
        ['open', 'play', 'patch'],
        'once a leg: of the last the other leg',
      )

      const lost = await world.enter('no_configure', 0)
      assert.deepEqual(await world.told('leg.lost'), {
        type: 'leg.lost',
        leg: lost.leg,
        reason: 'a fault in the program: no configure',
      })
      bay.close(lost.leg)
      await bay.open(lost.leg, plain)
      await pause(600)
      for (const [person, hz] of [
        [carl, 440],
        [alice, 1000],
      ] as const) {
        const samples = person.phone.samples(person.phone.heard.length - 25)
        assert.ok(samples.length > 1000 && purity(samples, hz) > 0.5, `${person.leg} hears the other`)
      }
      assert.ok(world.events.every(({ type }) => type !== 'worker.died'))
    })

    test('ends no stop of the house', async () => {
      const world = await openWorld(wire, 1)
      await world.enter('no_figures no_forget', 0)
      const { leg } = await world.enter('carl', 1000)
      world.bay.record(recording, leg, `${folder}/${wire}.wav`)
      await pause(300)
      await world[Symbol.asyncDispose]()
      assert.deepEqual(
        world.events.flatMap(event => (event.type === 'recording.closed' ? [event.recording] : [])),
        [recording],
      )
      assert.ok(world.events.every(({ type }) => type !== 'worker.died'))
    })
  })

describe('a leg that goes to another thread', { skip: loadLibc() === null }, () => {
  test('goes also when it cannot be written down, by what was noted of it', async () => {
    await using world = await openWorld('libc', 2)
    const [carl, alice] = [await world.enter('carl', 1000), await world.enter('no_save', 440)]
    const file = `${folder}/moved.wav`
    world.bay.record(recording, alice.leg, file)
    await pause(300)
    world.bay.patch(carl.leg, alice.leg)
    await until(() => world.faults.some(words => /no save/.test(words)), 'it is told')
    await pause(800)
    for (const [person, hz] of [
      [carl, 440],
      [alice, 1000],
    ] as const)
      assert.ok(purity(person.phone.samples(person.phone.heard.length - 25), hz) > 0.5, `${person.leg} hears the other`)
    world.bay.stopRecording(recording)
    const { durationMs } = await world.told('recording.closed')
    assert.ok(durationMs > 1000, `${durationMs} ms`)
    assert.ok(world.events.every(({ type }) => type !== 'worker.died'))
  })

  test('and cannot be taken there is lost by itself: its recording is sealed with what it has', async () => {
    await using world = await openWorld('libc', 2)
    const [carl, alice] = [await world.enter('carl', 1000), await world.enter('no_stand', 440)]
    world.bay.record(recording, alice.leg, `${folder}/lost.wav`)
    await pause(300)
    world.bay.patch(carl.leg, alice.leg)
    const reason = 'a fault in the program: no stand'
    assert.deepEqual(await world.told('leg.lost'), { type: 'leg.lost', leg: alice.leg, reason })
    assert.ok((await world.told('recording.closed')).durationMs > 200)
    world.bay.close(alice.leg)
    assert.deepEqual(
      (await world.bay.figures()).map(({ leg }) => leg),
      [carl.leg],
    )
    const again = await FarEnd.bind('pcma', '127.0.0.1', alice.port.port) // its sockets are closed
    again.close()
    assert.ok(world.events.every(({ type }) => type !== 'worker.died'))
  })
})

const plain = { kind: 'rtp' as const, silenceMs: 0 }

async function openWorld(wire: 'dgram' | 'libc', workers: number) {
  const from = 20_000 + 2 * Math.floor(Math.random() * 14_000)
  const faults: string[] = []
  const phones: FarEnd[] = []
  const bay: Bay = await createBay({
    ...{ address: '127.0.0.1', ports: { from, to: from + 199 }, prompts, wire, workers, mediaWorker: faulty() },
    onFault: words => faults.push(words),
  })
  const events: BayEvent[] = []
  bay.onEvent(event => events.push(event))
  return {
    bay,
    events,
    faults,
    async enter(name: string, hz: number) {
      const leg = name as LegId
      const port = await bay.open(leg, plain)
      const phone = await FarEnd.bind()
      phones.push(phone)
      phone.peer = port
      bay.configure(leg, phone.parameters())
      if (hz > 0) phone.say(hz, port)
      return { leg, phone, port }
    },
    async told<Type extends BayEvent['type']>(type: Type): Promise<Extract<BayEvent, { type: Type }>> {
      await until(() => events.some(event => event.type === type), `${type} is told`)
      return events.find(event => event.type === type) as never
    },
    async [Symbol.asyncDispose]() {
      for (const phone of phones) phone.close()
      await bay[Symbol.asyncDispose]()
    },
  }
}

/** The true media thread, but what is asked of a leg throws where the leg's name says so: `no_play`. */
function faulty(): string {
  const file = `${folder}/faulty.mjs`
  const place = (name: string) => JSON.stringify(String(new URL(name, import.meta.url)))
  writeFileSync(
    file,
    `import { LegOrders } from ${place('leg-orders.ts')}
    import { LegTable } from ${place('leg-table.ts')}
    import { Taps } from ${place('taps.ts')}
    const refuse = deed => {
      throw new Error('no ' + deed)
    }
    const spoil = (Of, deeds) => {
      for (const deed of deeds) {
        const done = Of.prototype[deed]
        Of.prototype[deed] = function (...given) {
          const names = given.flat().map(one => String(one?.leg ?? one?.id))
          if (names.some(name => name.includes('no_' + deed))) refuse(deed)
          return done.apply(this, given)
        }
      }
    }
    spoil(LegOrders, ['configure', 'play', 'say', 'patch', 'mix', 'sendDigits', 'forget', 'stand'])
    spoil(LegTable, ['open'])
    spoil(Taps, ['begin'])
    const configure = LegOrders.prototype.configure
    LegOrders.prototype.configure = function (leg, parameters) {
      if (leg.id.includes('no_figures')) Object.defineProperty(leg.theirs, 'isDeaf', { get: () => refuse('figures') })
      if (leg.id.includes('no_save')) leg.timeline.save = () => refuse('save')
      return configure.call(this, leg, parameters)
    }
    await import(${JSON.stringify(String(workerFile('rtp/media-worker')))})`,
  )
  return file
}

async function until(isSo: () => boolean, words: string): Promise<void> {
  for (let waited = 0; waited < 8000; waited += 10) {
    if (isSo()) return
    await pause(10)
  }
  assert.fail(`within 8 s not so: ${words}`)
}
