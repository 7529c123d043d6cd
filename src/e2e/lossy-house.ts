/**
 * Run in a network of its own by `lossy.e2e.test.ts`: a house and two desk phones (baresip), between which a tenth of the sound is lost and a third of
 * the signalling, either way. Carl (sipp) is beyond a line that loses nothing. Exits 0 when all went well.
 */
import assert from 'node:assert/strict'
import type { CallId, TrunkId, UserId } from '../lib/ids.ts'
import { loudness } from '../rtp/tone.ts'
import { Baresip } from './baresip.ts'
import { loseBetween, lostSoFar } from './namespace.ts'
import { Sipp } from './sipp.ts'
import { callerNumber, ownNumber, Stage } from './stage.ts'
import { sipPassword } from './world.ts'

const houseAt = '10.77.0.1'
/** Whole cycles in 20 ms: a packet less changes no phase. */
const [carlHz, aliceHz, bobHz] = [450, 1000, 700]
/** A request that is lost, or its answer, is repeated after 0.5, 1, 2 and 4 s. */
const repeatedMs = 20_000

await using stage = await Stage.open({ address: houseAt })
const { world } = stage
loseBetween(houseAt, world.sipPort)
const alice = await world.agent('alice', 'phone-rung', '1001')
const bob = await world.agent('bob', 'phone-rung', '1002')
const [alicesPhone, bobsPhone] = await Promise.all([phone('1001', aliceHz), phone('1002', bobHz)])
await stage.registered(2)
for (const agent of [alice, bob]) await stage.does(agent, { type: 'agent.signOn', agent })
await world.trunk({ address: '127.0.0.91', port: 5060 }, { id: 't_in' as TrunkId })
const carl = await stage.voice('127.0.0.92', carlHz)
await world.queue([alice], ownNumber)
await stage.ready(alice)
const target = `${houseAt}:${world.sipPort}`
const caller = stage.keep(
  await Sipp.caller({
    ...{ address: '127.0.0.91', media: carl, number: ownNumber, from: callerNumber, target },
    acts: [{ do: 'expectBye' }],
  }),
)
const { call } = await world.fact('call.connected', fact => fact.agent === alice, repeatedMs)
await hearEachOther(alicesPhone, aliceHz)
console.log('answered')

for (const keys of ['1', '12', '123', '123#']) {
  alicesPhone.command('sndcode', keys.at(-1))
  await world.until(`the keys ${keys}, each once: ${carl.keys}`, () => carl.keys === keys)
}
console.log('keys')

alicesPhone.command('hold')
await world.fact('call.held', fact => fact.call === call && fact.by === 'agent', repeatedMs)
carl.forget()
await world.until('carl hears music', () => carl.lastSecond.length >= 7_200 && loudness(carl.lastSecond) > 0.001)
await assert.rejects(carl.hears(aliceHz, 500))
alicesPhone.command('resume')
await world.fact('call.resumed', fact => fact.call === call && fact.by === 'agent', repeatedMs)
await hearEachOther(alicesPhone, aliceHz)
console.log('held and resumed')

await stage.ready(bob)
await stage.does(alice, { type: 'agent.consult', agent: alice, call, target: { agent: bob } })
await world.fact('call.consultAnswered', fact => fact.call === call, repeatedMs)
await bobsPhone.hears(aliceHz, repeatedMs)
await stage.does(alice, { type: 'agent.transfer', agent: alice, call, target: 'consulted' })
await passed(alice, bob)
await hearEachOther(bobsPhone, bobHz)
console.log('passed on after asking')

await stage.does(alice, {
  ...{ type: 'agent.dispose', agent: alice, call, code: 'promise', note: '', fields: {} },
  ...{ callbackAt: null, callbackMine: false, next: 'ready' },
})
bobsPhone.command('transfer', '1001')
await passed(bob, alice)
await hearEachOther(alicesPhone, aliceHz)
console.log('passed on by REFER')

alicesPhone.command('hangup')
const { ending } = await world.fact('call.ended', fact => fact.call === call, repeatedMs)
assert.equal(ending.by, 'agent')
await caller.done()
await world.until(
  'nothing is left in hand',
  async () => {
    const figures = await world.house.telephone.figures()
    return ['sip_sessions', 'media_legs', 'sip_transactions'].every(name => figures[name] === 0)
  },
  60_000,
)
const [ours = 0, theirs = 0, sound = 0] = lostSoFar()
assert.ok(ours > 3 && theirs > 3 && sound > 20, `lost were ${ours}, ${theirs} and ${sound}`)
console.log('nothing is left in hand')

async function phone(extension: string, hz: number): Promise<Baresip> {
  return stage.keep(
    await Baresip.phone({
      ...{ address: houseAt, extension, hz, password: sipPassword, registrar: `${houseAt}:${world.sipPort}` },
    }),
  )
}

async function hearEachOther(who: Baresip, hz: number): Promise<void> {
  carl.forget()
  who.forget()
  await Promise.all([carl.hears(hz, repeatedMs), who.hears(carlHz, repeatedMs)])
}

async function passed(from: UserId, to: UserId): Promise<void> {
  const isThis = (fact: { call: CallId; from: UserId }) => fact.call === call && fact.from === from
  await world.fact('call.transferred', isThis, repeatedMs)
  await world.until('it is the other’s', () => world.call(call)?.agent === to, repeatedMs)
}
