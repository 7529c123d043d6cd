/** Who picked up, by real speech (espeak-ng) through bay, ear and floor: a machine is hung up on, a person is not, and who is unsure is an agent’s. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Fact } from '../centre/facts.ts'
import { hasEspeak, say, type Voice } from '../hear/testing/speech.ts'
import type { CallId, CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { tellAnswerer } from '../records/custody/answerers.ts'
import { sequence, silence } from '../rtp/tone.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp } from './sipp.ts'
import { Stage } from './stage.ts'
import type { World } from './world.ts'

const aliceHz = 1000
const decideMs = 2_500
const wang: Voice = { language: 'zh', name: 'cmn+f2', wordsPerMinute: 190, pitch: 60 }
const longSilence = silence(6_000)

describe('who answered', { skip: hasSipp && hasEspeak() ? false : 'needs sipp and espeak-ng' }, () => {
  let stage: Stage
  let world: World
  let customer: RtpPeer
  let alice: UserId

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    ;({ id: alice } = await stage.softBrowser({ name: 'alice', hz: aliceHz }))
    await stage.signOn(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  /** Somebody picks up and says this: what it is judged to be. */
  async function judged(name: string, sound: Int16Array): Promise<Extract<Fact, { type: 'call.judged' }>> {
    customer = await stage.voice('127.0.0.34', 440)
    customer.say(sequence(sound, longSilence))
    const carrier = await stage.carrier('127.0.0.35', customer, [{ do: 'answer' }, { do: 'expectBye' }])
    const trunk = await world.trunk(carrier, { id: `t_${name}` as TrunkId })
    const id = `k_${name}` as CampaignId
    await world.campaign({ id, trunks: [trunk], agents: [alice], machines: 'end_likely', wrapMs: 0 })
    await world.leads(id, ['+8613800000001'])
    await stage.ready(alice)
    const { call } = await world.fact('call.dialed', fact => fact.campaign === id)
    const answered = await world.fact('call.answered', fact => fact.call === call)
    const judgement = await world.fact('call.judged', fact => fact.call === call)
    assert.ok(judgement.afterMs < decideMs, `${judgement.afterMs} ms of listening`)
    const tookMs = world.timeOf(judgement) - world.timeOf(answered)
    // Who is unsure at the last moment is the agent's before it is told; a busy machine tells it late.
    assert.ok(tookMs < decideMs || judgement.verdict === 'unsure', `${tookMs} ms`)
    return judgement
  }

  /** Alice is talking to them, until she hangs up. */
  async function isAlices(call: CallId): Promise<void> {
    customer.forget()
    await customer.hears(aliceHz)
    assert.equal(world.house.engine.state.agents.get(alice)?.phase, 'talking')
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    await world.fact('call.ended', fact => fact.call === call)
    await stage.does(alice, {
      ...{ type: 'agent.dispose', agent: alice, call, code: 'promise', note: '', fields: {} },
      ...{ callbackAt: null, callbackMine: false, next: 'break' },
    })
  }

  test('a recorded greeting is a machine: hung up on, with what it was judged by in the store', async () => {
    const greeting = say(wang, '您好,您拨打的用户暂时无法接听,请在提示音后留言,录音完毕后挂机')
    const { call, verdict, features } = await judged('machine', greeting)
    assert.equal(verdict, 'machine')
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.deepEqual([ending.by, ending.cause, ending.result], ['system', 'machine', 'VOICEMAIL'])
    // An auditor who hears the recording and is of another mind sees what the sound went by.
    await tellAnswerer(world.house.door, 'system', call, { answerer: 'human' })
    const [mistake] = await world.house.store.read('answerers.mistakes', { from: 0, to: Date.now() * 2, of: null })
    assert.deepEqual([mistake?.call, mistake?.judged.features], [call, features])
    assert.ok(Number(features.greetingMs) >= 1_500, JSON.stringify(features))
  })

  test('喂? and then a wait is a person, who stays with the agent', async () => {
    const { call, verdict } = await judged('person', say(wang, '喂,你好'))
    assert.equal(verdict, 'human')
    await isAlices(call)
  })

  test('whoever says nothing is unsure, and goes to the agent', async () => {
    const { call, verdict } = await judged('nobody', silence(20))
    assert.equal(verdict, 'unsure')
    await isAlices(call)
  })
})
