/**
 * kill -9 while people are in a voice menu, in the queue behind it and hearing that they are called back: each call ends once, what it said is
 * kept, nobody is owed two callbacks, and new callers reach the menu.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Menu } from '../centre/menu/menu.ts'
import { dataFiles } from '../config.ts'
import { must } from '../lib/assert.ts'
import type { CallId, MenuId } from '../lib/ids.ts'
import { addPhrase, hearPhrase, usePhrase } from '../records/telephony/phrases.ts'
import { wavOf } from '../rtp/fixtures/wav-of.ts'
import { goertzel, loudness } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { scenarioSchema } from '../sim/carrier/scenario.ts'
import { type RunningCarrier, startCarrier } from '../sim/carrier/start.ts'
import { KilledHouse, Read } from './killed-house.ts'
import { freePort, freePorts } from './ports.ts'
import { ownNumber } from './stage.ts'
import { World } from './world.ts'

const carrierAt = '127.0.0.81'
const greetingHz = 700
/** More than the recorder may have in memory when the process goes. */
const lostMaxMs = 1500

describe('kill -9 while callers are in a voice menu', () => {
  let world: World
  let carrier: RunningCarrier
  let mediaPorts: string
  let child: KilledHouse | undefined

  before(async () => {
    world = await World.open()
    carrier = await startCarrier({
      scenario: scenarioSchema.parse({
        listen: [`udp:${carrierAt}:${await freePort(carrierAt)}`],
        mediaAddress: carrierAt,
        mediaPorts: await freePorts(carrierAt, 400),
        people: [{ kind: 'busy' }],
        inbound: {
          ...{ to: ownNumber, target: `udp:127.0.0.1:${world.sipPort}`, perMinute: 480, patienceMs: 60_000, talkMs: 0 },
          ...{ keys: ['', '1', '9'], keysAfterMs: 1500, voice: 'zh-li-wei' },
        },
      }),
      recordTo: null,
      log: () => undefined,
      onFault: () => undefined,
    })
    carrier.carrier.stop() // until there is somebody to call
    await world.trunk(carrier.bound[0]!)
    const queue = await world.queue([], ownNumber) // nobody serves it now
    const phrase = { folder: dataFiles(world.config).prompts, name: 'welcome', words: 'A tone.' }
    const wav = wavOf({ rate: 8_000, channels: 1, hz: greetingHz, ms: 3_000 })
    const added = await addPhrase(world.house.door, 'system', { ...phrase, wav, durationMs: 3_000 })
    await hearPhrase(world.house.door, 'system', { folder: phrase.folder, ...added })
    await usePhrase(world.house.door, 'system', added)
    const menu: Menu = {
      ...{ id: 'me_main' as MenuId, name: 'main', language: 'en', greeting: ['own/welcome'], extensions: false },
      ...{ keys: { '1': { queue }, '9': { act: 'call_back' } }, bargeIn: true, waitMs: 20_000, betweenMs: 1_000 },
      ...{ triesMax: 2, fallback: { act: 'hang_up' }, hours: null, closed: { act: 'hang_up' } },
    }
    await world.keep([
      { type: 'menu.saved', menu },
      { type: 'number.saved', number: { id: 'n_service' as never, number: ownNumber, target: { ivr: menu.id } } },
    ])
    await world.close()
    mediaPorts = await freePorts('127.0.0.1', 400)
  })
  after(async () => {
    await child?.kill()
    await carrier?.[Symbol.asyncDispose]()
  })

  async function openChild(): Promise<KilledHouse> {
    child = await KilledHouse.open({ folder: world.folder, sipPort: world.sipPort, mediaPorts, agents: 0 })
    return child
  }

  /** People call for a while; then the process is killed, and they hang up on a line gone dead. */
  async function callersUntilKilled(): Promise<number> {
    const house = await openChild()
    carrier.carrier.start()
    await sleep(5000)
    const killedAt = await house.kill()
    carrier.carrier.stop()
    return killedAt
  }

  test('each call ends once as restarted, its recording is whole, no callback is owed twice, and new callers are heard', async () => {
    const killedAt = await callersUntilKilled()
    const killedAgainAt = await callersUntilKilled()

    await using again = await World.open({ folder: world.folder })
    await again.until(
      'what the second run left is sealed',
      async () => (await again.house.store.inFlight()).recordings.length === 0,
    )
    const journal = await Read.journal(again)
    const endings = Map.groupBy(journal.of('call.ended'), ({ fact }) => fact.call)
    const offered = journal.of('call.offered')
    assert.equal(endings.size, offered.length, 'no call is left open')
    for (const [call, ended] of endings) assert.equal(ended.length, 1, `${call} ended ${ended.length} times`)

    const cut = (before: number, since: number) =>
      journal
        .of('call.menuBegan')
        .filter(
          ({ at, fact }) => at >= since && at < before && endings.get(fact.call)![0]!.fact.ending.cause === 'restarted',
        )
    for (const { at, fact } of [...cut(killedAt, 0), ...cut(killedAgainAt, killedAt)]) {
      const talkedMs = (at < killedAt ? killedAt : killedAgainAt) - at
      const opened = journal.of('recording.opened').find(one => one.fact.call === fact.call)
      // The kill may come between the first word of the menu and the file: nothing of so short a call need be there yet.
      if (opened === undefined && talkedMs < lostMaxMs) continue
      const [first, ...more] = journal.of('recording.sealed').filter(sealed => sealed.fact.call === fact.call)
      // Or between the word of the recording and its file: then it is told as missing.
      const isTold = journal.of('recording.missing').some(missing => missing.fact.call === fact.call)
      if (first === undefined && isTold && talkedMs < lostMaxMs) continue
      assert.deepEqual([first?.fact.salvaged, more.length], [true, 0], `the recording of ${fact.call}, ${talkedMs} ms`)
      const file = readFileSync(again.recordingFile(must(opened, fact.call).fact.path))
      assert.equal(createHash('sha256').update(file).digest('hex'), first!.fact.sha256)
      assert.ok(
        talkedMs - first!.fact.durationMs < lostMaxMs,
        `${fact.call}: ${first!.fact.durationMs} of ${talkedMs} ms`,
      )
      if (talkedMs < lostMaxMs + 1000) continue
      const [caller, heard] = readStereo(file)
      assert.ok(goertzel(heard.subarray(2000, 8000), greetingHz) > 0.05, `${fact.call}: the greeting is on the right`)
      assert.ok(loudness(caller) > 0.001, `${fact.call}: the caller is on the left`)
    }

    // Some were in the menu, some in the queue behind it, some had just been promised a call: of each at least one in either run.
    const chose = journal.of('call.menuChose')
    for (const calls of [cut(killedAt, 0), cut(killedAgainAt, killedAt)].map(each =>
      each.map(({ fact }) => fact.call),
    )) {
      const of = (key: string | null) => calls.filter(call => chosen(call) === key)
      assert.ok(of(null).length > 0 && of('1').length > 0 && of('9').length > 0, JSON.stringify(calls.map(chosen)))
    }
    function chosen(call: CallId): string | null {
      return chose.find(({ fact }) => fact.call === call)?.fact.key ?? null
    }

    const owed = Map.groupBy(journal.of('callback.scheduled'), ({ fact }) => fact.callback.number)
    for (const { fact } of offered) {
      const callbacks = owed.get(fact.from)?.length ?? 0
      const { cause } = endings.get(fact.call)![0]!.fact.ending
      assert.equal(callbacks, 1, `${fact.from}, which ended by ${cause}, is owed ${callbacks} callbacks`)
    }
    assert.ok(cut(killedAgainAt, killedAt).length >= 10, 'after the restart people come to the menu again')
  })
})
