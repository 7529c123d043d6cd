/**
 * Run in a network of its own by `nat.e2e.test.ts`: a house, and two baresips behind a router with a NAT. Bob's calls, and goes on when the router
 * has forgotten him in mid-call; alice's says nothing for longer than the router remembers, and is called then. Meanwhile a stranger
 * knows a password outside and inside the networks that are allowed, and floods us. Exits 0 when all went well.
 */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CampaignId, TrunkId } from '../lib/ids.ts'
import { Baresip } from './baresip.ts'
import { houseAt, type Mapping, Router, routerAt, strangerAt } from './router.ts'
import { type Registration, Sipp } from './sipp.ts'
import { Stage } from './stage.ts'
import { sipPassword } from './world.ts'

/** Somewhat longer than we may be silent (20 to 25 s), and less than the minute for which baresip registers. */
const forgetsAfterS = 27
const [aliceHz, bobHz, customerHz, policeHz] = [1000, 700, 440, 550]

using router = await Router.open({ forgetsAfterS, phones: 2 })
await using stage = await Stage.open({ address: houseAt })
const { world } = stage
const { telephone } = world.house
const target = `${houseAt}:${world.sipPort}`
const alice = await world.agent('alice', 'phone-nailed', '1001')
const bob = await world.agent('bob', 'phone-rung', '1002')
const [alicesPhone, bobsPhone] = await Promise.all([phone(0, '1001', aliceHz), phone(1, '1002', bobHz)])
await stage.registered(2)
const silentSince = performance.now()
for (const { address, transport } of telephone.bindings()) assert.deepEqual([address, transport], [routerAt, 'udp'])
const alicesMapping = signalling(0)
console.log('registered from behind the NAT')

// Bob calls.
const police = await stage.voice('127.0.0.21', policeHz)
const station = await stage.carrier('127.0.0.20', police, [{ do: 'answer' }, { do: 'expectBye' }])
await world.trunk(station, { id: 't_police' as TrunkId, maxCalls: 1 })
bobsPhone.command('dial', `sip:110@${houseAt}:${world.sipPort}`)
const { call } = await world.fact('call.connected', fact => fact.agent === bob)
await bothHear()
console.log('called from behind the NAT')

// The router is restarted: he is not heard for a while, in which somebody else says to be him, and then his ports are others.
const [was, spoken] = [signalling(1), voice()]
router.stopVoices()
{
  await using stranger = await intrude(spoken.to)
  await sleep(2_000)
  assert.ok(stranger.sent > 20 && stranger.heard === 0, `the stranger sent ${stranger.sent}, heard ${stranger.heard}`)
}
router.forget(router.mappings().filter(one => isVoice(one) || one.from === router.phones[1]))
router.passVoices()
await bothHear()
assert.notEqual(voice().source, spoken.source)
console.log('heard by another port')
bobsPhone.command('hangup')
const { ending } = await world.fact('call.ended', fact => fact.call === call)
assert.equal(ending.by, 'agent')
assert.notEqual(signalling(1), was)
await station.done()
console.log('hung up by another port')

// Whoever is outside the allowed networks is not asked for a password, though he knows one, and is counted; inside he is taken.
await world.keep([{ type: 'setting.saved', key: 'allow.phones', value: routerAt }])
const outside = await dropped()
await strangerSays([{ password: sipPassword, answers: [403] }])
assert.equal((await dropped()) - outside, 1)
await world.keep([{ type: 'setting.saved', key: 'allow.phones', value: `${routerAt}, 10.78.0.8/29` }])
await strangerSays([{ password: sipPassword, answers: [401, 200] }])
console.log('taken from the networks of the list alone')

// Somebody who is no phone sends more than any phone would.
{
  const before = await dropped()
  await using _flood = await Sipp.flooding({ address: strangerAt, target, perSecond: 4_000 })
  await world.until('what is too much is dropped', async () => (await dropped()) > before + 100)
}
console.log('flooded')

// Alice is called.
await sleep(silentSince + (forgetsAfterS + 1) * 1_000 - performance.now())
assert.equal(signalling(0), alicesMapping, 'the router remembers her')
await stage.signOn(alice)
const customer = await stage.voice('127.0.0.23', customerHz)
const carrier = await stage.carrier('127.0.0.22', customer, [{ do: 'answer' }, { do: 'expectBye' }])
const trunk = await world.trunk(carrier, { id: 't_carrier' as TrunkId })
await world.campaign({ id: 'k_nat' as CampaignId, trunks: [trunk], agents: [alice] })
await world.leads('k_nat' as CampaignId, ['+8613800000001'])
await stage.ready(alice)
await world.fact('call.connected', fact => fact.agent === alice)
await Promise.all([customer.hears(aliceHz), alicesPhone.hears(customerHz)])
world.house.telephone.ports.phone.perform({
  type: 'phone.hangUp',
  leg: world.house.engine.state.agents.get(alice)!.stationLeg!,
  q850: 16,
} as never)
await world.until('her phone hears that it is over', () =>
  /terminated|session closed/.test(alicesPhone.output.slice(-800)),
)
console.log('called behind the NAT, and told when it is over')

async function dropped(): Promise<number> {
  return (await telephone.figures())['sip_dropped_total']!
}

async function strangerSays(registrations: Registration[]): Promise<void> {
  await using sipp = await Sipp.registering({ address: strangerAt, extension: '1002', target, registrations })
  await sipp.done()
}

async function phone(n: number, extension: string, hz: number): Promise<Baresip> {
  return stage.keep(
    await Baresip.phone({
      ...{ address: router.phones[n]!, extension, hz, password: sipPassword },
      ...{ registrar: `${houseAt}:${world.sipPort}`, within: { begin: router.behind, control: router.control(n) } },
    }),
  )
}

/** The port that the house sees the n-th phone's signalling come from. */
function signalling(n: number): number | undefined {
  return router.mappings().findLast(({ from, fromPort }) => from === router.phones[n] && fromPort === 5060)?.source
}

/** Where what the one who talks says comes from, and the port of ours that it goes to: baresip's comes from the first address of the machine. */
function voice(): Mapping {
  return router.mappings().findLast(one => isVoice(one) && one.to % 2 === 0)!
}

function isVoice({ fromPort }: Mapping): boolean {
  return fromPort !== 5060
}

async function bothHear(): Promise<void> {
  police.forget()
  bobsPhone.forget()
  await Promise.all([police.hears(bobHz), bobsPhone.hears(policeHz)])
}

/** Says things at this port of ours from an address that nobody named. */
async function intrude(port: number) {
  const socket = createSocket('udp4')
  await new Promise<void>(done => socket.bind(0, strangerAt, done))
  const packet = Buffer.alloc(172, 0xd5)
  packet.set([0x80, 8])
  const seen = { sent: 0, heard: 0, [Symbol.asyncDispose]: stop }
  socket.on('message', () => seen.heard++)
  const timer = setInterval(() => {
    packet.writeUInt16BE(seen.sent++, 2)
    packet.writeUInt32BE(seen.sent * 160, 4)
    socket.send(packet, port, houseAt)
  }, 20)
  async function stop(): Promise<void> {
    clearInterval(timer)
    await new Promise<void>(done => socket.close(() => done()))
  }
  return seen
}
