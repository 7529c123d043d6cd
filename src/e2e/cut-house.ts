/**
 * Run in a network of its own by `network-cut.e2e.test.ts`: a whole house, alice in a Chromium and bob in a Firefox, each with a customer on the
 * line. Both reload; then what is between the browsers and the house is cut for so many ms, pages and sound. Exits 0 when all went well.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { CallId, CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { playsHz } from './chromium.ts'
import { Firefox } from './firefox.ts'
import { cutNetwork, joinNetwork } from './namespace.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { Stage } from './stage.ts'
import { signInPassword } from './world.ts'

const cutMs = Number(process.argv[2])
const houseAt = '10.77.0.2'
const farEnds = '127.0.0.16/28'
/** Until both sides hear again, on a busy machine. */
const backMs = 25_000
type Talk = { agent: UserId; call: CallId; customer: RtpPeer; hz: number; plays(hz: number): Promise<void> }

await using stage = await Stage.open({ address: houseAt, web: 'https' })
const { world } = stage
const engine = world.house.engine
const alice = await world.person('alice', 'agent')
const bob = await world.person('bob', 'agent')
const chromium: Page = await stage.page({ name: 'alice', hz: 1000 })
const firefox = stage.keep(await Firefox.launch(1300))
await firefox.goto(`${world.url}/sign-in`)
await firefox.evaluate(
  `(document.querySelector('input[name=name]').value = 'bob', document.querySelector('input[name=password]').value = ${JSON.stringify(signInPassword)}, document.querySelector('form').requestSubmit(), 1)`,
)
const talks = [
  await talk(alice, { hz: 440, at: 20, plays: hz => playsHz(chromium, hz, backMs) }),
  await talk(bob, { hz: 700, at: 22, plays: hz => firefox.playsHz(hz, backMs) }),
]
await allHear()
console.log('heard and hears')
await Promise.all([chromium.reload(), firefox.reload()])
await allHear()
console.log('and after a reload')
cutNetwork(houseAt, farEnds)
await sleep(cutMs - 1_000)
for (const { customer } of talks) customer.forget()
await sleep(1_000)
for (const { customer, hz } of talks)
  assert.ok(
    customer.lastSecond.every(sample => Math.abs(sample) < 300),
    `who says ${hz} Hz hears nobody meanwhile`,
  )
joinNetwork()
await allHear()
console.log('and after a cut')
assert.deepEqual(
  [...engine.state.calls.values()].map(({ id, agent }) => [id, agent]),
  talks.map(({ call, agent }) => [call, agent]),
)
for (const type of ['call.ended', 'call.requeued'] as const)
  assert.equal(world.facts.filter(fact => fact.type === type).length, 0, `${type}`)

/** One customer whom this agent dials, on a trunk of their own. */
async function talk(agent: UserId, far: Pick<Talk, 'hz' | 'plays'> & { at: number }): Promise<Talk> {
  await world.until(`${agent}’s audio is up`, () => engine.state.agents.get(agent)?.stationLeg, 30_000)
  await stage.signOn(agent)
  await stage.ready(agent)
  const customer = await stage.voice(`127.0.0.${far.at + 1}`, far.hz)
  const carrier = await stage.carrier(`127.0.0.${far.at}`, customer, [{ do: 'answer' }, { do: 'expectBye' }])
  const trunk = await world.trunk(carrier, { id: `t_${agent}` as TrunkId })
  const id = `k_${agent}` as CampaignId
  const campaign = await world.campaign({ id, mode: 'manual', trunks: [trunk], agents: [agent] })
  await stage.does(agent, {
    ...{ type: 'agent.dial', agent, campaign, number: `+86138000000${far.at}`, override: null },
    ...{ lead: null, party: null, name: 'Carl', relation: null },
  })
  const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
  return { agent, call, customer, hz: far.hz, plays: far.plays }
}

async function allHear(): Promise<void> {
  await Promise.all(
    talks.map(({ agent, customer, hz, plays }) => {
      customer.forget()
      return Promise.all([customer.hears(agent === alice ? 1000 : 1300, backMs), plays(hz)])
    }),
  )
}
