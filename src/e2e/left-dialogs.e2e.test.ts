/** kill -9 in the middle of a call, with a phone and a carrier that would stay in it: at the next start both are told that it is over. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { KilledHouse, Read } from './killed-house.ts'
import { hasLinphone, Linphone } from './linphone.ts'
import { freePorts } from './ports.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { sipPassword, World } from './world.ts'

const address = '127.0.0.1'
const phoneHz = 1000

describe('a process that is killed in a call', {
  skip: hasLinphone && hasSipp ? false : 'needs linphone and sipp',
}, () => {
  let world: World
  let customer: RtpPeer
  let carrier: Sipp
  let phone: Linphone
  let child: KilledHouse | undefined
  let open: () => Promise<KilledHouse>

  before(async () => {
    customer = await RtpPeer.open('127.0.0.41', 440)
    carrier = await Sipp.carrier({
      address: '127.0.0.42',
      media: customer,
      acts: [{ do: 'answer' }, { do: 'expectBye' }],
    })
    world = await World.open({ address })
    const alice = await world.agent('agent0', 'phone-nailed', '2000')
    const trunk = await world.trunk(carrier)
    const campaign = await world.campaign({ trunks: [trunk], agents: [alice] })
    await world.leads(campaign, ['+8613800000001'])
    await world.close()
    const mediaPorts = await freePorts(address, 60)
    open = () => KilledHouse.open({ folder: world.folder, sipPort: world.sipPort, mediaPorts, agents: 1 })
    const registrar = `${address}:${world.sipPort}`
    phone = await Linphone.phone({ address, extension: '2000', password: sipPassword, registrar, hz: phoneHz })
  })
  after(async () => {
    for (const one of [child, phone, carrier, customer]) await one?.[Symbol.asyncDispose]()
  })

  test('the carrier gets its BYE, and the phone takes the leg of the shift at once and not when it notices by itself', async () => {
    child = await open()
    await customer.hears(phoneHz, 40_000)
    const killedAt = await child.kill()
    await sleep(1_000)
    child = await open()
    const ended = await Promise.race([carrier.finished, sleep(20_000, 'no BYE')])
    await sleep(8_000)
    await child.kill()
    await using again = await World.open({ folder: world.folder })
    const journal = await Read.journal(again)
    const since = journal.of('agent.stationChanged').filter(({ at }) => at >= killedAt)
    // Still in the dead call it would refuse, and be rung again every five seconds.
    assert.deepEqual(
      since.map(({ fact }) => (fact.up ? 'up' : fact.reason)),
      ['ringing', 'up'],
    )
    assert.equal(ended, 0, 'the carrier got its BYE')
  })
})
