/** Help is called for: a real desk phone dials 110 by itself, with nobody signed on, and is put through by the carrier. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { tollRulesDefault } from '../centre/toll/rules.ts'
import type { TrunkId } from '../lib/ids.ts'
import { purity } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { StoreError } from '../store/port.ts'
import { Baresip, hasBaresip } from './baresip.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, type Registration, Sipp } from './sipp.ts'
import { sipPassword, World } from './world.ts'

const policeHz = 440
const callerHz = 1000

test('a desk phone reaches the police by itself; both are heard and recorded, other numbers are turned away, and of those that cost it is told', {
  skip: !hasSipp || !hasBaresip ? 'needs sipp and baresip' : false,
}, async () => {
  await using world = await World.open({ address: '127.0.0.1' })
  await using police = await RtpPeer.open('127.0.0.61', policeHz)
  await using carrier = await Sipp.carrier({
    address: '127.0.0.60',
    media: police,
    acts: [{ do: 'ring' }, { do: 'pause', ms: 300 }, { do: 'answer' }, { do: 'expectBye' }],
  })
  const bob = await world.agent('bob', 'phone-rung', '1002')
  await world.trunk(carrier, { id: 't_gateway' as never, maxCalls: 1, callsPerSecond: 0.1 })
  await using phone = await deskPhone(world)

  const toll = {
    ...tollRulesDefault,
    byHand: { agent: ['home', '+852'], supervisor: [] },
    night: { from: 0, to: 1440 },
  }
  await world.keep([{ type: 'toll.rulesSaved', rules: toll }])
  // One that costs nothing, one that is barred, one abroad that his role may not dial, and one that it may, but not at night.
  const [home, satellite, abroad, atNight] = ['13800000001', '00882160000000', '00442079460000', '0085223456789']
  for (const [nth, number] of [home, satellite, abroad, atNight].entries()) {
    phone.command('dial', `sip:${number}@127.0.0.1:${world.sipPort}`)
    await world.until(`the phone shows that ${number} is forbidden`, () => {
      return (phone.output.match(/403 Forbidden/g) ?? []).length > nth
    })
  }
  const told = world.facts.flatMap(fact =>
    fact.type === 'safety.alarmed' ? [[fact.rule, fact.user, fact.number]] : [],
  )
  assert.deepEqual(told, [
    ['number_barred', bob, '+882160000000'],
    ['number_not_allowed', bob, '+442079460000'],
    ['toll_night', bob, '+85223456789'],
  ])
  phone.command('dial', `sip:110@127.0.0.1:${world.sipPort}`)
  const dialed = await world.fact('call.dialed')
  assert.equal(dialed.number, '110')
  assert.equal((await world.fact('safety.alarmed', fact => fact.rule === 'emergency')).user, bob)
  const connected = await world.fact('call.connected')
  assert.equal(connected.agent, bob)
  await police.hears(callerHz)
  await phone.hears(policeHz)
  await phone.command('hangup')
  const ended = await world.fact('call.ended')
  assert.deepEqual([ended.ending.by, ended.ending.result], ['agent', 'ANSWERED'])
  await carrier.done()
  const opened = await world.fact('recording.opened')
  await world.fact('recording.sealed')
  const [left, right] = readStereo(readFileSync(world.recordingFile(opened.path)))
  assert.ok(purity(left.subarray(-4000), policeHz) > 0.5, 'who was called is on the left')
  assert.ok(purity(right.subarray(-4000), callerHz) > 0.5, 'who called is on the right')
  assert.equal(world.facts.filter(fact => fact.type === 'call.dialed').length, 1)
})

test('a desk phone reaches the police while whoever guesses passwords from its address is locked out there, and it with them', {
  skip: !hasSipp || !hasBaresip ? 'needs sipp and baresip' : false,
}, async () => {
  await using world = await World.open({ address: '127.0.0.1' })
  await using police = await RtpPeer.open('127.0.0.65', policeHz)
  await using carrier = await Sipp.carrier({
    address: '127.0.0.64',
    media: police,
    acts: [{ do: 'ring' }, { do: 'pause', ms: 300 }, { do: 'answer' }, { do: 'expectBye' }],
  })
  const bob = await world.agent('bob', 'phone-rung', '1002')
  await world.trunk(carrier, { id: 't_gateway' as never })
  await using phone = await deskPhone(world)
  const guesses = Array.from({ length: 50 }, (_, n): Registration => {
    return { extension: String(5000 + n), password: 'password', answers: [401, 403] }
  })
  await using guesser = await Sipp.registering({
    ...{ address: '127.0.0.1', extension: '1002', target: `127.0.0.1:${world.sipPort}` },
    registrations: [...guesses, { password: sipPassword, answers: [403] }],
  })
  await guesser.done()
  await world.fact('safety.alarmed', fact => fact.rule === 'phone_guessed' && fact.address === '127.0.0.1')

  phone.command('dial', `sip:110@127.0.0.1:${world.sipPort}`)
  assert.equal((await world.fact('call.connected')).agent, bob)
  assert.equal((await world.fact('call.dialed')).number, '110')
  await police.hears(callerHz)
  await phone.hears(policeHz)
  await phone.command('hangup')
  await carrier.done()
})

test('while the disk is full a desk phone reaches the police all the same, and the journal has the call when there is room', {
  skip: !hasSipp || !hasBaresip ? 'needs sipp and baresip' : false,
}, async () => {
  await using world = await World.open({ address: '127.0.0.1' })
  await using police = await RtpPeer.open('127.0.0.63', policeHz)
  await using carrier = await Sipp.carrier({
    address: '127.0.0.62',
    media: police,
    acts: [{ do: 'ring' }, { do: 'pause', ms: 300 }, { do: 'answer' }, { do: 'expectBye' }],
  })
  await world.agent('bob', 'phone-rung', '1002')
  await world.trunk(carrier, { id: 't_gateway' as never })
  await using phone = await deskPhone(world)
  const { store, engine } = world.house
  const { commit } = store
  store.commit = () => Promise.reject(new StoreError('full', null, 'The disk is full.'))
  engine.post({ type: 'trunk.down', trunk: 't_gateway' as never, reason: 'a fact that finds no room' })
  await world.until('the floor has stopped', () => engine.trouble !== null)

  await phone.command('dial', `sip:110@127.0.0.1:${world.sipPort}`)
  await police.hears(callerHz)
  await phone.hears(policeHz)
  assert.match(engine.trouble ?? '', /disk is full/)
  await phone.command('hangup')
  await carrier.done()
  assert.equal(world.facts.filter(fact => fact.type === 'call.dialed').length, 0)

  store.commit = commit
  assert.equal((await world.fact('call.dialed')).number, '110')
  assert.deepEqual((await world.fact('call.ended')).ending.result, 'ANSWERED')
  await world.fact('recording.sealed')
  assert.equal(engine.trouble, null)
})

test('a gateway that says 100 and no more is left for the next one after ten seconds, and whoever dials again begins there', {
  skip: !hasSipp || !hasBaresip ? 'needs sipp and baresip' : false,
}, async () => {
  await using world = await World.open({ address: '127.0.0.1' })
  await using police = await RtpPeer.open('127.0.0.65', policeHz)
  const [dead, alive] = ['t_dead' as TrunkId, 't_alive' as TrunkId]
  await using stuck = await Sipp.carrier({
    address: '127.0.0.64',
    media: police,
    acts: [{ do: 'trying' }, { do: 'expectCancel' }],
  })
  await using carrier = await Sipp.carrier({
    address: '127.0.0.66',
    media: police,
    calls: 2,
    acts: [{ do: 'trying' }, { do: 'ring' }, { do: 'pause', ms: 300 }, { do: 'answer' }, { do: 'expectBye' }],
  })
  await world.agent('bob', 'phone-rung', '1002')
  await world.trunk(stuck, { id: dead })
  await world.trunk(carrier, { id: alive })
  await using phone = await deskPhone(world)

  phone.command('dial', `sip:110@127.0.0.1:${world.sipPort}`)
  assert.equal((await world.fact('call.dialed')).trunk, dead)
  const { failed, trunk } = await world.fact('call.rerouted', () => true, 20_000)
  assert.deepEqual([failed.trunk, failed.why, trunk], [dead, 'no_progress', alive])
  await stuck.done()
  await world.fact('call.connected')
  await phone.hears(policeHz)
  await phone.command('hangup')
  await world.fact('call.ended')

  phone.command('dial', `sip:110@127.0.0.1:${world.sipPort}`)
  const answers = () => world.facts.filter(({ type }) => type === 'call.connected').length
  await world.until('it is answered again', () => answers() === 2)
  assert.deepEqual(
    world.facts.flatMap(fact => (fact.type === 'call.dialed' ? [fact.trunk] : [])),
    [dead, alive],
  )
  assert.equal(world.facts.filter(({ type }) => type === 'call.rerouted').length, 1)
  await phone.command('hangup')
  await carrier.done()
})

/** Bob's, registered. */
async function deskPhone(world: World): Promise<Baresip> {
  const registrar = `127.0.0.1:${world.sipPort}`
  const phone = await Baresip.phone({
    ...{ address: '127.0.0.1', extension: '1002', password: sipPassword, registrar, hz: callerHz },
  })
  await world.until(
    'the desk phone is registered',
    async () => (await world.house.telephone.figures())['sip_bindings'] === 1,
  )
  return phone
}
