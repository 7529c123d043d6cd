import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { hasEspeak, say, voices } from '../hear/testing/speech.ts'
import type { LegId } from '../lib/ids.ts'
import type { Bay, BayEvent, Heard, RtpParameters, Wants } from './bay.ts'
import { createBay } from './create-bay.ts'
import { encode } from './g711.ts'
import { sequence, silence, tone } from './tone.ts'

/** Customer and carrier are two legs of one bay that send to each other. */
const carl = 'leg_carl' as LegId
const carrier = 'leg_carrier' as LegId
const carrierOnly: Wants = { carrier: true, answerer: false, fax: false, digits: false, plan: 'cn' }

test('a busy tone before the answer is heard through the bay', async () => {
  const busy = sequence(...Array.from({ length: 4 }, () => [tone({ hz: 450, ms: 350 }), silence(350)]).flat())
  await using world = await line({ busy })
  world.bay.listen(carl, carrierOnly)
  world.bay.play(carrier, 'busy', false)
  const heard = await world.heard('tone')
  assert.equal(heard.tone, 'busy')
  assert.ok(heard.confidence > 0.8, `${heard.confidence}`)
})

test('an announcement that the bay was taught is named; one that it was not is handed over when the leg ends unanswered, once', {
  skip: !hasEspeak(),
}, async () => {
  const off = say(voices[1]!, '您好,您拨打的电话已关机,请稍后再拨')
  const strange = say(voices[5]!, 'the number you have called is resting in the garden, try another flower')
  await using world = await line({ off, strange })
  world.bay.teach([{ id: 'an_off', label: 'POWER_OFF', sound: encode(off, 'pcma') }])
  world.bay.listen(carl, carrierOnly)
  world.bay.play(carrier, 'off', false)
  const heard = await world.heard('announcement')
  assert.equal(heard.id, 'an_off')
  assert.ok(heard.afterMs <= 2500, `${heard.afterMs}`)
  world.bay.close(carl)
  await pause(200)
  assert.equal(world.unknown.length, 0)

  await world.again()
  world.bay.listen(carl, carrierOnly)
  world.bay.play(carrier, 'strange', false)
  await pause(4300)
  world.bay.close(carl)
  await world.until(() => world.unknown.length > 0)
  assert.equal(world.unknown[0]!.leg, carl)
  assert.ok(world.unknown[0]!.sound.length > 8 * 2500)
})

test('keys in the sound are heard, and not a second time where they come as telephone events', async () => {
  await using world = await line({ key: tone({ hz: [770, 1336], ms: 100, level: 0.2 }) }, null)
  world.bay.listen(carl, { carrier: false, answerer: false, fax: false, digits: true, plan: 'cn' })
  world.bay.play(carrier, 'key', false)
  assert.equal((await world.heard('digit')).digit, '5')

  await using both = await line({ key: tone({ hz: [770, 1336], ms: 100, level: 0.2 }) }, 101)
  both.bay.listen(carl, { carrier: false, answerer: false, fax: false, digits: true, plan: 'cn' })
  both.bay.sendDigits(carrier, '5')
  await both.until(() => both.events.some(({ type }) => type === 'leg.digit'))
  both.bay.play(carrier, 'key', false)
  await pause(500)
  assert.equal(both.events.filter(({ type }) => type === 'leg.heard').length, 0)
})

async function line(prompts: Record<string, Int16Array>, dtmfPayloadType: number | null = null) {
  const from = 21_000 + 2 * (process.pid % 5000)
  const bay: Bay = await createBay({ address: '127.0.0.1', ports: { from, to: from + 199 }, prompts })
  const events: BayEvent[] = []
  bay.onEvent(event => events.push(event))
  const carrierPort = await bay.open(carrier, { kind: 'rtp', silenceMs: 0 })
  const parameters = (remote: RtpParameters['remote']): RtpParameters => ({
    codec: 'pcma',
    dtmfPayloadType,
    remote,
    latch: false,
    allowedSources: [],
    send: true,
    receive: true,
    ptimeMs: 20,
  })
  const again = async () => {
    const carlPort = await bay.open(carl, { kind: 'rtp', silenceMs: 0 })
    bay.configure(carl, parameters(carrierPort))
    bay.configure(carrier, parameters(carlPort))
  }
  await again()
  async function until(isSo: () => boolean) {
    for (let i = 0; i < 300 && !isSo(); i++) await pause(20)
    assert.ok(isSo(), `told: ${JSON.stringify(events)}`)
  }
  return {
    bay,
    events,
    again,
    until,
    get unknown() {
      return events.filter(event => event.type === 'leg.unknown')
    },
    async heard<T extends Heard['type']>(type: T): Promise<Extract<Heard, { type: T }>> {
      const find = () => events.find(event => event.type === 'leg.heard' && event.heard.type === type)
      await until(() => find() !== undefined)
      return (find() as Extract<BayEvent, { type: 'leg.heard' }>).heard as Extract<Heard, { type: T }>
    },
    [Symbol.asyncDispose]: () => bay[Symbol.asyncDispose](),
  }
}
