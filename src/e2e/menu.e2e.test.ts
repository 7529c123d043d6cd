/**
 * Voice menus and what is said in queues, with real peers: carl calls (sipp) and presses keys as RFC 4733 events, by INFO, and as tones in his
 * sound; bob's desk phone (baresip) takes the call. Prompts are tones here, so that tones tell what was said.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Menu } from '../centre/menu/menu.ts'
import { dataFiles } from '../config.ts'
import type { CallId, MenuId, QueueId, TrunkId, UserId } from '../lib/ids.ts'
import { dtmfPrompt, dtmfPrompts } from '../phone/keys.ts'
import { addPhrase, hearPhrase, usePhrase } from '../records/telephony/phrases.ts'
import { wavOf } from '../rtp/fixtures/wav-of.ts'
import { goertzel } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { callerNumber, ownNumber, Stage } from './stage.ts'
import type { World } from './world.ts'

const [carlHz, bobHz, greetingHz, placeHz] = [440, 1000, 700, 1250]
const carlAt = '127.0.0.57'
const [outsideAt, outside, outsideHz] = ['127.0.0.59', '+862155559999', 2_000]

describe('a voice menu', { skip: hasSipp && hasBaresip ? false : 'needs sipp and baresip' }, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let bob: Baresip
  let bobId: UserId
  let queue: QueueId

  before(async () => {
    stage = await Stage.open()
    ;({ world } = stage)
    ;({ id: bobId, phone: bob } = await stage.deskPhone({ name: 'bob', extension: '1001', hz: bobHz }))
    carl = await stage.voice('127.0.0.58', carlHz)
    // It shows no number, so nothing goes out on it.
    await world.trunk({ address: carlAt, port: 5060 }, { id: 't_in' as TrunkId, callerIds: [] })
    queue = await world.queue([bobId], ownNumber, { announce: { language: 'en', everyMs: 1_500, estimate: false } })
    await record('welcome', greetingHz, 8_000)
    await record('en-queue-place', placeHz, 1_500)
    await world.keep([
      { type: 'menu.saved', menu: menu() },
      { type: 'number.saved', number: { id: 'n_service' as never, number: ownNumber, target: { ivr: menu().id } } },
    ])
    await stage.signOn(bobId)
    await stage.ready(bobId)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  function menu(): Menu {
    return {
      ...{ id: 'me_main' as MenuId, name: 'main', language: 'en', greeting: ['own/welcome'] },
      ...{
        keys: { '1': { queue }, '5': { number: outside } },
        extensions: true,
        bargeIn: true,
        waitMs: 4_000,
        betweenMs: 3_000, // a busy machine hears four keys one after the other later than a person presses them
        triesMax: 2,
      },
      ...{ fallback: { act: 'hang_up' }, hours: null, closed: { act: 'hang_up' } },
    }
  }

  /** The lender's recording, put to use: a tone. */
  async function record(name: string, hz: number, ms: number): Promise<void> {
    const { door } = world.house
    const folder = dataFiles(world.config).prompts
    const wav = wavOf({ rate: 8_000, channels: 1, hz, ms })
    const phrase = await addPhrase(door, 'system', { folder, name, words: 'A tone.', wav, durationMs: ms })
    await hearPhrase(door, 'system', { folder, ...phrase })
    await usePhrase(door, 'system', phrase)
  }

  async function dial(acts: Parameters<typeof Sipp.caller>[0]['acts'], events = true): Promise<CallId> {
    carl.reset()
    const known = new Set(world.facts.flatMap(fact => (fact.type === 'call.offered' ? [fact.call] : [])))
    const target = `127.0.0.1:${world.sipPort}`
    const { address, port } = carl
    const line = { address: carlAt, media: { address, port, events }, number: ownNumber, from: callerNumber, target }
    caller = await Sipp.caller({ ...line, acts })
    const { call } = await world.fact('call.offered', fact => !known.has(fact.call))
    await world.fact('call.menuBegan', fact => fact.call === call)
    return call
  }
  let caller: Sipp | null = null

  /** Bob hangs up, and is ready for the next. */
  async function over(call: CallId): Promise<void> {
    await stage.does(bobId, { type: 'agent.hangUp', agent: bobId, call })
    await world.fact('call.ended', fact => fact.call === call)
    await caller?.done()
    await caller?.[Symbol.asyncDispose]()
    await stage.ready(bobId)
  }

  async function bothHear(): Promise<void> {
    await carl.hears(bobHz)
    await bob.hears(carlHz)
  }

  test('is heard, a key in the middle of it (RFC 4733) leads to an agent, and all of it is recorded', async () => {
    const call = await dial([{ do: 'expectBye' }])
    await carl.hears(greetingHz)
    carl.press('1')
    const chose = await world.fact('call.menuChose', fact => fact.call === call)
    assert.deepEqual([chose.why, chose.key, chose.target], ['key', '1', { queue }])
    await bothHear()
    await over(call)
    const { path } = await world.fact('recording.opened', fact => fact.call === call)
    await world.fact('recording.sealed', fact => fact.call === call)
    assert.equal(world.facts.filter(fact => fact.type === 'recording.opened' && fact.call === call).length, 1)
    const [left, right] = readStereo(readFileSync(world.recordingFile(path)))
    assert.ok(goertzel(right.subarray(2_000, 8_000), greetingHz) > 0.05, 'the prompt is on the right')
    assert.ok(goertzel(right.subarray(-8_000), bobHz) > 0.05, 'and bob behind it')
    assert.ok(goertzel(left.subarray(-8_000), carlHz) > 0.05, 'carl is on the left')
  })

  test('takes keys by INFO', async () => {
    const call = await dial([{ do: 'pause', ms: 600 }, { do: 'info', key: '1' }, { do: 'expectBye' }])
    assert.equal((await world.fact('call.menuChose', fact => fact.call === call)).key, '1')
    await bothHear()
    await over(call)
  })

  test('takes keys as tones in the sound of who has no telephone events: an extension', async () => {
    const call = await dial([{ do: 'expectBye' }], false)
    await carl.hears(greetingHz)
    const tones = dtmfPrompts()
    carl.say(Int16Array.from([...'1001'].flatMap(key => [...tones[dtmfPrompt(key)]!])))
    const chose = await world.fact('call.menuChose', fact => fact.call === call)
    assert.deepEqual([chose.why, chose.key, chose.target], ['extension', null, { user: bobId }])
    const keys = world.facts.flatMap(fact => (fact.type === 'call.digit' && fact.call === call ? [fact.digit] : []))
    assert.deepEqual(keys, ['1', '•', '•', '•'], 'the journal does not say which extension')
    await bothHear()
    await over(call)
  })

  test('who presses nothing hears it again, and is let go as it is set up', async () => {
    await world.keep([{ type: 'menu.saved', menu: { ...menu(), greeting: [], waitMs: 1_000 } }])
    const call = await dial([{ do: 'expectBye' }])
    const ended = await world.fact('call.ended', fact => fact.call === call, 15_000)
    assert.deepEqual([ended.ending.by, ended.ending.cause], ['system', 'menu_over'])
    const began = world.facts.flatMap(fact => (fact.type === 'call.menuBegan' && fact.call === call ? [fact.why] : []))
    assert.deepEqual(began, ['entered', 'no_key'])
    await caller?.done()
    await caller?.[Symbol.asyncDispose]()
    await world.keep([{ type: 'menu.saved', menu: menu() }])
  })

  test('a key leads to an outside number, on a line of a trunk, and both are heard', async () => {
    const far = await stage.voice('127.0.0.60', outsideHz)
    const carrier = await stage.carrier(outsideAt, far, [{ do: 'answer' }, { do: 'expectBye' }])
    await world.trunk(carrier, { id: 't_out' as TrunkId })
    const call = await dial([{ do: 'told' }, { do: 'bye' }])
    await carl.hears(greetingHz)
    carl.press('5')
    const chose = await world.fact('call.menuChose', fact => fact.call === call)
    assert.deepEqual([chose.key, chose.target], ['5', { number: outside }])
    const { number, of } = await world.fact('call.dialed', fact => fact.call === chose.other)
    assert.deepEqual([number, of], [outside, { call, agent: null, why: 'transfer' }])
    await Promise.all([carl.hears(outsideHz), far.hears(carlHz)])
    await caller?.goOn()
    for (const id of [call, chose.other]) await world.fact('call.ended', fact => fact.call === id)
    await Promise.all([caller?.done(), carrier.done()])
    await caller?.[Symbol.asyncDispose]()
  })

  test('an agent passes a caller on to the menu, who hears it and chooses anew', async () => {
    const call = await dial([{ do: 'expectBye' }])
    await carl.hears(greetingHz)
    carl.press('1')
    await bothHear()
    await stage.does(bobId, { type: 'agent.transfer', agent: bobId, call, target: { ivr: menu().id } })
    await carl.hears(greetingHz)
    await stage.ready(bobId)
    carl.press('1')
    await world.until('the menu has led on twice', () => chosen(call) === 2)
    await bothHear()
    await over(call)
    const passed = await world.fact('call.transferred', fact => fact.call === call)
    assert.deepEqual([passed.from, passed.how, passed.target], [bobId, 'blind', { ivr: menu().id }])
    assert.equal(world.facts.filter(fact => fact.type === 'recording.opened' && fact.call === call).length, 1)
  })

  function chosen(call: CallId): number {
    return world.facts.filter(fact => fact.type === 'call.menuChose' && fact.call === call).length
  }

  test('a caller in the queue is told the place between the music', async () => {
    await stage.does(bobId, { type: 'agent.break', agent: bobId, reason: 'tea' })
    const call = await dial([{ do: 'expectBye' }])
    await carl.hears(greetingHz)
    carl.press('1')
    await world.fact('call.queued', fact => fact.call === call)
    const said = await world.fact('call.placeSaid', fact => fact.call === call)
    assert.deepEqual([said.place, said.minutes], [1, null])
    await carl.hears(placeHz)
    await stage.ready(bobId)
    await bothHear()
    await over(call)
  })
})
