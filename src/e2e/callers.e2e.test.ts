/**
 * Who calls here: on a trunk that writes numbers its own way, passed on to a queue, and pressing keys on another telephone (baresip). Tones tell
 * who hears whom.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Menu } from '../centre/menu/menu.ts'
import type { CallId, MenuId, QueueId, TrunkId, UserId } from '../lib/ids.ts'
import { Baresip, hasBaresip } from './baresip.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import type { SoftBrowser } from './soft-browser.ts'
import { ownNumber, Stage, tonesIn } from './stage.ts'
import type { World } from './world.ts'

const [carlHz, aliceHz, bobHz] = [440, 1000, 1700]
const everyHz = [carlHz, aliceHz, bobHz]
const carlAt = '127.0.0.71'

describe('a caller', { skip: hasSipp && hasBaresip ? false : 'needs sipp and baresip' }, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let alice: { id: UserId; browser: SoftBrowser }
  let bob: { id: UserId; browser: SoftBrowser }
  let caller: Sipp
  let call: CallId
  const desk = 'q_desk' as QueueId

  before(async () => {
    stage = await Stage.open()
    ;({ world } = stage)
    carl = await stage.voice('127.0.0.72', carlHz)
    alice = await stage.softBrowser({ name: 'alice', hz: aliceHz })
    bob = await stage.softBrowser({ name: 'bob', hz: bobHz })
    for (const { id } of [alice, bob]) await stage.signOn(id)
    await world.queue([bob.id], ownNumber, { id: desk, name: 'desk' })
    await world.queue([alice.id], ownNumber)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  async function writesUp(agent: UserId): Promise<void> {
    await stage.does(agent, {
      ...{ type: 'agent.dispose', agent, call, code: 'promise', note: '', fields: {} },
      ...{ callbackAt: null, callbackMine: false, next: 'break' },
    })
  }

  test('is known by the whole number, asks for ours, and says who sent the call on, where the trunk writes all three its own way', async () => {
    const numbersIn = [
      { pattern: '010XXXXXXXX', strip: 1, prefix: '+86' },
      { pattern: '91XXXXXXXXXX', strip: 1, prefix: '+86' },
    ]
    await world.trunk({ address: carlAt, port: 5060 }, { id: 't_national' as TrunkId, rules: { numbersIn } })
    await stage.ready(alice.id)
    const headers = ['Diversion: <sip:913800001234@[local_ip]>;reason=no-answer;counter=1;privacy=off']
    const line = { address: carlAt, media: carl, number: '01088880000', from: '913900000009', headers }
    const target = `${world.address}:${world.sipPort}`
    caller = stage.keep(await Sipp.caller({ ...line, target, acts: [{ do: 'expectBye' }] }))
    ;({ call } = await world.fact('call.connected'))
    const offered = await world.fact('call.offered', fact => fact.call === call)
    assert.deepEqual([offered.from, offered.to], ['+8613900000009', ownNumber])
    const diverted = { number: '+8613800001234', reason: 'no-answer' }
    assert.deepEqual([offered.diverted, world.call(call)?.diverted], [diverted, diverted])
    await Promise.all([
      stage.hears(alice.browser, 'alice', [carlHz], everyHz),
      stage.hears(carl, 'carl', [aliceHz], everyHz),
    ])
  })

  test('who is passed on to a queue waits in it, and is its next free agent’s', async () => {
    await stage.does(alice.id, { type: 'agent.transfer', agent: alice.id, call, target: { queue: desk } })
    await writesUp(alice.id)
    const queued = await world.fact('call.queued', fact => fact.call === call && fact.queue === desk)
    assert.equal(queued.queue, desk)
    assert.equal(world.call(call)?.agent, null, 'nobody has the call while bob is on a break')
    await stage.hears(carl, 'carl (nobody)', [], everyHz)
    alice.browser.forget()
    await stage.ready(bob.id)
    await Promise.all([stage.hears(bob.browser, 'bob', [carlHz], everyHz), stage.hears(carl, 'carl', [bobHz], everyHz)])
    assert.equal(tonesIn(alice.browser.lastSecond, everyHz), '', 'alice is out')
    await stage.does(bob.id, { type: 'agent.hangUp', agent: bob.id, call })
    await caller.done()
    const { how, from, target: to } = await world.fact('call.transferred', fact => fact.call === call)
    assert.deepEqual([how, from, to], ['blind', alice.id, { queue: desk }])
    await writesUp(bob.id)
  })

  test('presses a key of baresip’s (RFC 4733) in a menu, and is where it leads', async () => {
    const menu: Menu = {
      ...{ id: 'me_keys' as MenuId, name: 'keys', language: 'en', greeting: ['thank-you'] },
      ...{ keys: { '5': { queue: desk } }, extensions: false, bargeIn: true, waitMs: 9_000, betweenMs: 1_000 },
      ...{ triesMax: 2, fallback: { act: 'hang_up' }, hours: null, closed: { act: 'hang_up' } },
    }
    await world.keep([
      { type: 'menu.saved', menu },
      { type: 'number.saved', number: { id: 'n_service' as never, number: ownNumber, target: { ivr: menu.id } } },
    ])
    const [address, extension] = ['127.0.0.1', '+8613900000010'] // its RTP comes from there
    const account = { address, extension, password: 'none', registrar: address, hz: carlHz, registers: false }
    const phone = stage.keep(await Baresip.phone(account))
    await world.trunk({ address, port: phone.port }, { id: 't_phone' as TrunkId })
    await stage.ready(bob.id)
    phone.command('dial', `sip:${ownNumber}@${world.address}:${world.sipPort}`)
    ;({ call } = await world.fact('call.menuBegan'))
    phone.command('sndcode', '5')
    const chose = await world.fact('call.menuChose', fact => fact.call === call)
    assert.deepEqual([chose.why, chose.key, chose.target], ['key', '5', { queue: desk }])
    await stage.hears(bob.browser, 'bob', [carlHz], everyHz)
    await phone.hears(bobHz)
    phone.command('hangup')
    await world.fact('call.ended', fact => fact.call === call)
  })
})
