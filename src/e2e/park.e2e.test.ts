/**
 * An extension with two phones of two makers, and a call that is parked: carl calls (sipp), alice's linphone and her baresip ring, the one that
 * answers has him; she parks him, he hears music, and bob takes him from the slot at a phone of his own; and the same by their phones alone. Tones
 * tell who hears whom.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CallId, TrunkId, UserId } from '../lib/ids.ts'
import { loudness } from '../rtp/tone.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import { hasLinphone, Linphone } from './linphone.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, type Sipp } from './sipp.ts'
import { ownNumber, Stage, tonesIn } from './stage.ts'
import { sipPassword, type World } from './world.ts'

const [carlHz, deskHz, homeHz, bobHz] = [440, 1000, 1700, 2300]
const everyHz = [carlHz, deskHz, homeHz, bobHz]
const missing = hasLinphone && hasBaresip && hasSipp ? false : 'needs linphone, baresip and sipp'

describe('two phones of an extension, and a call that is parked', { skip: missing }, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let caller: Sipp
  let home: Linphone
  let desk: Baresip
  let bobsPhone: Baresip
  let alice: UserId
  let bob: UserId
  let call: CallId

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    await world.trunk({ address: '127.0.0.97', port: 5060 }, { id: 't_in' as TrunkId })
    carl = await stage.voice('127.0.0.98', carlHz)
    const rung = { station: 'phone-rung', answer: 'manual' } as const
    ;({ id: alice, phone: desk } = await stage.deskPhone({ name: 'alice', extension: '1001', hz: deskHz, ...rung }))
    ;({ id: bob, phone: bobsPhone } = await stage.deskPhone({ name: 'bob', extension: '1002', hz: bobHz, ...rung }))
    const registrar = `127.0.0.1:${world.sipPort}`
    home = stage.keep(
      await Linphone.phone({
        ...{ address: '127.0.0.1', extension: '1001', password: sipPassword, registrar, hz: homeHz },
      }),
    )
    await stage.registered(3)
    await world.queue([alice, bob], ownNumber)
    await stage.does(alice, { type: 'agent.signOn', agent: alice })
    await stage.ready(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const hears = (who: RtpPeer | Baresip, name: string, hz: number[]) => stage.hears(who, name, hz, everyHz)

  test('both ring, the one that answers talks, and the other falls silent', async () => {
    caller = await stage.caller('127.0.0.97', carl)
    call = (await world.fact('call.connected', fact => fact.agent === alice)).call
    await hears(carl, 'carl', [homeHz])
    await home.hears(carlHz)
    await world.until('the desk phone rang', () => /Incoming call from/i.test(desk.output))
    await world.until(
      `the desk phone is told that it was answered elsewhere\n${desk.output.slice(-800)}`,
      async () => (await world.house.telephone.figures())['sip_sessions'] === 2,
    )
    desk.command('accept')
    await hears(carl, 'carl', [homeHz])
    assert.equal(world.call(call)?.agent, alice, 'too late to answer')
  })

  test('parked, carl hears music and alice writes up; bob takes him from the slot at his phone', async () => {
    await stage.does(alice, { type: 'agent.park', agent: alice, call, slot: null })
    const parked = await world.fact('call.slotted', fact => fact.call === call)
    assert.equal(parked.slot, '701')
    carl.forget()
    await world.until('carl hears music, and nobody', () => {
      const heard = carl.lastSecond
      return heard.length >= 7_200 && loudness(heard) > 0.001 && tonesIn(heard, everyHz) === ''
    })
    assert.equal(world.house.engine.state.agents.get(alice)?.phase, 'wrapping')
    await world.until(
      'linphone’s call is over, carl’s goes on',
      async () => (await world.house.telephone.figures())['sip_sessions'] === 1,
    )
    await stage.does(bob, { type: 'agent.signOn', agent: bob })
    await stage.ready(bob)
    await stage.does(bob, { type: 'agent.pickUp', agent: bob, call })
    await world.until('his phone rings', () => /Incoming call from/i.test(bobsPhone.output))
    bobsPhone.command('accept')
    await world.fact('call.connected', fact => fact.call === call && fact.agent === bob)
    await Promise.all([hears(carl, 'carl', [bobHz]), hears(bobsPhone, 'bob', [carlHz])])
    assert.equal(world.house.engine.state.slots.size, 0)
    await stage.does(bob, { type: 'agent.hangUp', agent: bob, call })
    await caller.done()
  })

  test('a phone that is gone rings no more: the one that is left is rung alone, and answers', async () => {
    await home[Symbol.asyncDispose]()
    await stage.registered(2)
    await stage.does(bob, { type: 'agent.break', agent: bob, reason: 'tea' })
    await stage.does(alice, {
      type: 'agent.dispose',
      ...{ agent: alice, call, code: 'passed_on', note: '', fields: {}, callbackAt: null, callbackMine: false },
      next: 'ready',
    })
    carl.reset()
    const again = await stage.caller('127.0.0.97', carl)
    await world.fact('call.assigned', fact => fact.call !== call && fact.agent === alice)
    await world.until('the desk phone rings', () => desk.output.match(/Incoming call from/gi)?.length === 2)
    desk.command('accept')
    await world.fact('call.connected', fact => fact.call !== call && fact.agent === alice)
    await Promise.all([hears(carl, 'carl', [deskHz]), hears(desk, 'the desk phone', [carlHz])])
    desk.command('hangup')
    await again.done()
  })

  test('by phone alone: alice parks with her transfer key, bob dials the slot, and has carl on that line', async () => {
    const { state } = world.house.engine
    await stage.does(bob, { type: 'agent.ready', agent: bob })
    await stage.does(bob, { type: 'agent.break', agent: bob, reason: 'tea' })
    const before = state.agents.get(alice)!.call!
    await stage.does(alice, {
      type: 'agent.dispose',
      ...{ agent: alice, call: before, code: 'resolved', note: '', fields: {}, callbackAt: null, callbackMine: false },
      next: 'ready',
    })
    carl.reset()
    const third = await stage.caller('127.0.0.97', carl)
    const isNew = (id: CallId) => id !== call && id !== before
    await world.fact('call.assigned', fact => isNew(fact.call) && fact.agent === alice)
    await world.until('the desk phone rings', () => desk.output.match(/Incoming call from/gi)?.length === 3)
    desk.command('accept')
    const { call: parked } = await world.fact('call.connected', fact => isNew(fact.call) && fact.agent === alice)
    desk.command('transfer', '705')
    assert.equal((await world.fact('call.slotted', fact => fact.call === parked)).slot, '705')
    carl.forget()
    await world.until('carl hears music, and nobody', () => {
      const heard = carl.lastSecond
      return heard.length >= 7_200 && loudness(heard) > 0.001 && tonesIn(heard, everyHz) === ''
    })
    await stage.ready(bob)
    const rang = bobsPhone.output.match(/Incoming call from/gi)?.length
    bobsPhone.command('dial', `sip:705@127.0.0.1:${world.sipPort}`)
    await world.fact('call.connected', fact => fact.call === parked && fact.agent === bob)
    await Promise.all([hears(carl, 'carl', [bobHz]), hears(bobsPhone, 'bob', [carlHz])])
    assert.equal(bobsPhone.output.match(/Incoming call from/gi)?.length, rang, 'his phone rang once, before')
    bobsPhone.command('hangup')
    await third.done()
  })

  test('at a phone of the shift: carol holds that line, dials the slot on its second, and she is free when it is taken up', async () => {
    const { state } = world.house.engine
    const carol = await world.agent('carol', 'phone-nailed', '1003')
    const registrar = `127.0.0.1:${world.sipPort}`
    const phone = stage.keep(
      await Linphone.phone({
        ...{ address: '127.0.0.1', extension: '1003', password: sipPassword, registrar, hz: homeHz },
      }),
    )
    await stage.registered(3)
    await world.queue([alice, bob, carol], ownNumber)
    await stage.signOn(carol)
    await stage.ready(bob)
    carl.reset()
    const known = new Set(world.facts.flatMap(fact => (fact.type === 'call.connected' ? [fact.call] : [])))
    const fourth = await stage.caller('127.0.0.97', carl)
    await world.fact('call.assigned', fact => !known.has(fact.call) && fact.agent === bob)
    const rings = () => bobsPhone.output.match(/Incoming call from/gi)?.length
    await world.until('bob’s phone rings', () => rings() === 2)
    bobsPhone.command('accept')
    const { call: parked } = await world.fact('call.connected', fact => !known.has(fact.call) && fact.agent === bob)
    await stage.does(bob, { type: 'agent.park', agent: bob, call: parked, slot: '701' })
    await stage.ready(carol)
    phone.command('pause')
    await world.until('the phone holds', () => state.agents.get(carol)?.reason === 'phone_holds')
    phone.command(`call sip:701@${registrar}`)
    await world.fact('call.connected', fact => fact.call === parked && fact.agent === carol)
    await Promise.all([hears(carl, 'carl', [homeHz]), phone.hears(carlHz)])
    phone.command('terminate 2')
    await fourth.done()
    await stage.does(carol, { type: 'agent.ready', agent: carol })
    phone.command('resume 1')
    await world.until('carol is free', () => state.agents.get(carol)?.phase === 'ready')
  })
})
