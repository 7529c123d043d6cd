/** kill -9 in the middle of 50 calls: each is ended once, each recording is playable up to its last second, and everyone works again. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { loudness } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { scenarioSchema } from '../sim/carrier/scenario.ts'
import { type RunningCarrier, startCarrier } from '../sim/carrier/start.ts'
import { type Desks, openDesks } from '../sim/desks.ts'
import { KilledHouse, Read } from './killed-house.ts'
import { freePort, freePorts } from './ports.ts'
import { sipPassword, World } from './world.ts'

const agents = 50
/** Of a person: RTP and RTCP, some times over, since a port rests after its call. */
const portsEach = 20

describe(`kill -9 in the middle of ${agents} calls`, () => {
  let world: World
  let carrier: RunningCarrier
  let desks: Desks
  let mediaPorts: string
  let child: KilledHouse | undefined

  before(async () => {
    carrier = await startCarrier({
      scenario: scenarioSchema.parse({
        listen: [`udp:127.0.0.2:${await freePort('127.0.0.2')}`],
        mediaPorts: await freePorts('127.0.0.2', agents * portsEach),
        people: [{ kind: 'answers', ringMs: 300, talkMs: null }],
      }),
      recordTo: null,
      log: () => undefined,
      onFault: () => undefined,
    })
    // Set the house up with people, a trunk and leads, and close it again: the child opens the same folder.
    world = await World.open()
    for (let at = 0; at < agents; at++) await world.agent(`agent${at}`, 'phone-nailed', String(2000 + at))
    const trunk = await world.trunk(carrier.bound[0]!, { maxCalls: agents })
    const people = [...world.house.engine.state.users.keys()]
    const campaign = await world.campaign({ trunks: [trunk], agents: people })
    await world.leads(
      campaign,
      Array.from({ length: agents * 3 }, (_, at) => `+86138000${String(10000 + at)}`),
    )
    await world.close()
    mediaPorts = await freePorts('127.0.0.1', agents * portsEach)
    const [from, to] = (await freePorts('127.0.0.1', (agents * portsEach) / 2)).split('-').map(Number) as [
      number,
      number,
    ]
    desks = await openDesks({
      extensions: Array.from({ length: agents }, (_, at) => String(2000 + at)),
      password: () => sipPassword,
      registrar: { address: '127.0.0.1', port: world.sipPort },
      address: '127.0.0.1',
      mediaPorts: { from, to },
      voice: () => 'zh-li-wei',
      pickUpAfterMs: 50,
      seed: 5,
      onFault: () => undefined,
    })
  })
  after(async () => {
    await child?.kill()
    await desks?.[Symbol.asyncDispose]()
    await carrier?.[Symbol.asyncDispose]()
  })

  async function openChild(): Promise<KilledHouse> {
    child = await KilledHouse.open({ folder: world.folder, sipPort: world.sipPort, mediaPorts, agents })
    return child
  }

  async function until(what: string, holds: () => boolean, withinMs = 30_000): Promise<void> {
    for (const end = performance.now() + withinMs; performance.now() < end; await sleep(50)) if (holds()) return
    throw new Error(`waited ${withinMs} ms for: ${what}; carrier ${JSON.stringify(carrier.figures)}`)
  }

  test('every call is ended once, every recording is whole, and agents take calls again', async () => {
    const first = await openChild()
    await until(`${agents} people talk`, () => carrier.figures.talking === agents)
    await sleep(3000)
    const killedAt = await first.kill()
    carrier.carrier.stop() // people hang up on a line gone dead; nobody is there to hear it

    const answeredBefore = carrier.figures.answered
    const second = await openChild()
    await until(`${agents} people talk again`, () => carrier.figures.answered >= answeredBefore + agents, 60_000)
    await second.kill()

    await using again = await World.open({ folder: world.folder })
    const journal = await Read.journal(again)
    const killed = journal.of('call.answered').filter(({ at }) => at < killedAt)
    assert.equal(killed.length, agents)
    for (const { at, fact } of killed) {
      const { call } = fact
      const endings = journal.of('call.ended').filter(ended => ended.fact.call === call)
      assert.equal(endings.length, 1, `${call} ended ${endings.length} times`)
      assert.equal(endings[0]!.fact.ending.cause, 'restarted')
      const sealed = journal.of('recording.sealed').filter(one => one.fact.call === call)
      assert.equal(sealed.length, 1, `the recording of ${call} is sealed ${sealed.length} times`)
      const opened = journal.of('recording.opened').find(one => one.fact.call === call)!
      const file = readFileSync(again.recordingFile(opened.fact.path))
      assert.equal(createHash('sha256').update(file).digest('hex'), sealed[0]!.fact.sha256)
      const lostMs = killedAt - at - sealed[0]!.fact.durationMs
      assert.ok(lostMs < 1500, `${call}: the last ${lostMs} ms are not in the recording`)
      const [left, right] = readStereo(file)
      assert.ok(loudness(left.subarray(8000)) > 0.001 && loudness(right.subarray(8000)) > 0.001, 'both channels speak')
    }
    const everyEnding = journal.of('call.ended').map(({ fact }) => fact.call)
    assert.equal(new Set(everyEnding).size, everyEnding.length, 'no call ends twice')
    assert.equal(everyEnding.length, journal.of('call.dialed').length, 'no call is left open')
  })
})
