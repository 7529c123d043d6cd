/**
 * A provisional answer that is acknowledged, and media that move before the call is answered (RFC 3262, RFC 3311), through Kamailio, which stays
 * on the way of an early dialog too; sipp is the far end.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CampaignId, UserId } from '../lib/ids.ts'
import { type Sipp, sipp, step } from '../phone/fixtures/sipp.ts'
import { went } from '../phone/fixtures/station.ts'
import { hasKamailio, Kamailio } from './kamailio.ts'
import { freePort } from './ports.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp } from './sipp.ts'
import { Stage } from './stage.ts'
import type { World } from './world.ts'

const [aliceHz, gatewayHz, customerHz] = [1000, 425, 440]
const [carrierAt, farAt] = ['127.0.0.85', '127.0.0.86']

describe('an early dialog by Kamailio', { skip: !hasKamailio || !hasSipp ? 'needs kamailio and sipp' : false }, () => {
  let stage: Stage
  let world: World
  let kamailio: Kamailio
  let farPort: number
  let gateway: RtpPeer
  let customer: RtpPeer
  let alice: UserId

  before(async () => {
    stage = await Stage.open()
    ;({ world } = stage)
    farPort = await freePort(farAt)
    kamailio = stage.keep(
      await Kamailio.open({ address: carrierAt, far: { address: farAt, port: farPort }, asks: false }),
    )
    gateway = await stage.voice('127.0.0.87', gatewayHz)
    customer = await stage.voice('127.0.0.88', customerHz)
    ;({ id: alice } = await stage.softBrowser({ name: 'alice', hz: aliceHz }))
    await stage.signOn(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  test('its 183 is acknowledged by the route, its UPDATE moves the media from the gateway to who is called, and the answer has none', async () => {
    const far = await farEnd([
      toInvite('183 Session Progress', ['Require: 100rel', 'RSeq: 77'], sdpAt(gateway)),
      step.recv('PRACK'),
      step.respond(200, 'OK', { inDialog: true }),
      update(sdpAt(customer)),
      step.expect(200),
      step.pause(300),
      toInvite('200 OK', [], ''),
      step.recv('ACK'),
      step.recv('BYE'),
      step.respond(200, 'OK', { inDialog: true }),
    ])
    const trunk = await world.trunk(kamailio)
    const campaign = await world.campaign({ id: 'k_early' as CampaignId, trunks: [trunk], agents: [alice] })
    await world.leads(campaign, ['+8613800000001'])
    await stage.ready(alice)
    const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
    await customer.hears(aliceHz)
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    await went(far)
    assert.deepEqual(
      kamailio.said.filter(line => !line.startsWith('INVITE')),
      ['PRACK', 'UPDATE', 'ACK', 'BYE'].map(method => `${method} udp in dialog, routes 1`),
    )
  })

  const farEnd = (steps: string[]): Promise<Sipp> =>
    sipp({ address: farAt, port: farPort, steps: [invited, ...steps, used] })
})

const saved: [variable: string, header: string, regexp: string, occurrence: number][] = [
  ['near', 'Via:', '.*', 1],
  ['far', 'Via:', '.*', 2],
  ['way', 'Record-Route:', '.*', 1],
  ['from', 'From:', '.*', 1],
  ['to', 'To:', '.*', 1],
  ['target', 'Contact:', 'sip:[^&gt;]*', 1],
]
/** Two Via lines: the proxy's and ours. What is answered after a PRACK is not the last that was received. */
const invited = `<recv request="INVITE" rrs="true"><action>${saved
  .map(
    ([variable, name, regexp, nth]) =>
      `<ereg regexp="${regexp}" search_in="hdr" header="${name}" occurrence="${nth}" check_it="true" assign_to="${variable}"/>`,
  )
  .join('')}</action></recv>`
const used = `<Reference variables="${saved.map(([variable]) => variable).join()}"/>`

function toInvite(status: string, lines: string[], sdp: string): string {
  return sent([
    `SIP/2.0 ${status}`,
    ...['Via:[$near]', 'Via:[$far]', 'Record-Route:[$way]', 'From:[$from]', 'To:[$to];tag=[pid]sipp[call_number]'],
    ...['[last_Call-ID:]', 'CSeq: 1 INVITE', ...lines, ...closing(sdp)],
  ])
}

function update(sdp: string): string {
  return sent([
    ...['UPDATE [$target] SIP/2.0', 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]', '[routes]'],
    ...['Max-Forwards: 70', 'From:[$to];tag=[pid]sipp[call_number]', 'To:[$from]', '[last_Call-ID:]', 'CSeq: 1 UPDATE'],
    ...closing(sdp),
  ])
}

function closing(sdp: string): string[] {
  const always = ['Contact: <sip:far@[local_ip]:[local_port]>', 'Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK']
  if (sdp === '') return [...always, 'Content-Length: 0', '']
  return [...always, 'Content-Type: application/sdp', 'Content-Length: [len]', '', sdp]
}

const sent = (lines: string[]) => `<send><![CDATA[\n${lines.join('\n')}\n]]></send>`

function sdpAt({ address, port }: RtpPeer): string {
  const about = ['v=0', `o=sipp 1 ${port} IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0']
  return [...about, `m=audio ${port} RTP/AVP 8`, 'a=rtpmap:8 PCMA/8000', ''].join('\n')
}
