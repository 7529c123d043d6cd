/**
 * A carrier's SDP in every place where it may stand: forked 183s, an UPDATE before the answer, re-INVITEs, an ACK, behind a 302. sipp signals, and
 * two far ends at different addresses say different tones: who is heard, and who hears the agent, tells where the sound went.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CallId, CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { type Sipp, sipp, step } from '../phone/fixtures/sipp.ts'
import { went } from '../phone/fixtures/station.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp } from './sipp.ts'
import type { SoftBrowser } from './soft-browser.ts'
import { callerNumber, ownNumber, Stage } from './stage.ts'
import type { World } from './world.ts'

const [aliceHz, firstHz, secondHz] = [1000, 500, 700]
const everyHz = [aliceHz, firstHz, secondHz]
const farAddress = '127.0.3.1'
const callerAddress = '127.0.3.7'

describe('the SDP of a far end', { skip: hasSipp ? false : 'needs sipp' }, () => {
  let stage: Stage
  let world: World
  let first: RtpPeer
  let second: RtpPeer
  let alice: UserId
  let browser: SoftBrowser

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    first = await stage.voice('127.0.0.21', firstHz)
    second = await stage.voice('127.0.0.22', secondHz)
    ;({ id: alice, browser } = await stage.softBrowser({ name: 'alice', hz: aliceHz }))
    await stage.signOn(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const sdpOf = ({ address, port }: RtpPeer, version = 1) =>
    [
      ...['v=0', `o=sipp 1 ${version} IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0'],
      ...[`m=audio ${port} RTP/AVP 8 101`, 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:101 telephone-event/8000', 'a=sendrecv\n'],
    ].join('\n')

  const far = (steps: string[]) => sipp({ address: farAddress, steps: [invited, ...steps, remembered] })

  async function dial(carrier: Sipp, name: string, rules = {}, number = '+8613800000001'): Promise<CallId> {
    for (const peer of [first, second]) peer.reset()
    const trunk = await world.trunk(carrier, { id: `t_${name}` as TrunkId, rules })
    const campaign = await world.campaign({ id: `k_${name}` as CampaignId, trunks: [trunk], agents: [alice] })
    await world.leads(campaign, [number])
    await stage.ready(alice)
    return (await world.fact('call.dialed', fact => fact.campaign === campaign)).call
  }

  /** Alice and `one` hear each other, and she hears nobody else. */
  async function areConnected(call: CallId, one: RtpPeer, hz: number): Promise<void> {
    await world.fact('call.connected', fact => fact.call === call)
    await Promise.all([
      stage.hears(one, `the far end at ${one.address}`, [aliceHz], everyHz),
      stage.hears(browser, 'alice', [hz], everyHz),
    ])
  }

  async function hangUp(call: CallId, peer: Sipp): Promise<void> {
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    await went(peer)
    await world.fact('call.ended', fact => fact.call === call)
    await stage.does(alice, {
      ...{ type: 'agent.dispose', agent: alice, call, code: 'promise', note: '', fields: {} },
      ...{ callbackAt: null, callbackMine: false, next: 'break' },
    })
  }

  test('two phones ring with a sound of their own: who answers is talked to, not who rang last', async () => {
    const carrier = await far([
      ...[answer('183 Session Progress', { body: sdpOf(first), tag: 'one' }), step.pause(300)],
      ...[answer('183 Session Progress', { body: sdpOf(second), tag: 'two' }), step.pause(300)],
      ...[answer('200 OK', { body: sdpOf(first), tag: 'one' }), step.recv('ACK'), ...endOfCall],
    ])
    const call = await dial(carrier, 'forked')
    await areConnected(call, first, firstHz)
    await hangUp(call, carrier)
  })

  test('SDP in a reliable 183, another by UPDATE, none in the 200: the second counts', async () => {
    const reliable = { body: sdpOf(first), lines: ['Require: 100rel', 'RSeq: 77'] }
    const carrier = await far([
      ...[answer('183 Session Progress', reliable), step.recv('PRACK'), ok, step.pause(300)],
      ...[request('UPDATE', 1, sdpOf(second, 2)), step.expect(200), step.pause(200)],
      ...[answer('200 OK'), step.recv('ACK'), ...endOfCall],
    ])
    const call = await dial(carrier, 'updated')
    await areConnected(call, second, secondHz)
    await hangUp(call, carrier)
  })

  for (const late of [false, true])
    test(`a re-INVITE ${late ? 'without SDP, whose ACK names' : 'that names'} another address: the sound goes there`, async () => {
      const body = sdpOf(second, 2)
      const carrier = await far([
        ...[answer('200 OK', { body: sdpOf(first) }), step.recv('ACK'), step.told],
        ...[request('INVITE', 2, late ? '' : body), step.expect(200, [100]), request('ACK', 2, late ? body : '')],
        ...endOfCall,
      ])
      const call = await dial(carrier, late ? 'moved-late' : 'moved')
      await areConnected(call, first, firstHz)
      await carrier.goOn()
      // The first talks on, as a gateway does that has not heard of it yet.
      await areConnected(call, second, secondHz)
      await hangUp(call, carrier)
    })

  test('a caller whose INVITE has no SDP says in the ACK where the sound goes', async () => {
    for (const peer of [first, second]) peer.reset()
    await world.queue([alice], ownNumber)
    await world.trunk({ address: callerAddress, port: 5060 }, { id: 't_in' as TrunkId })
    await stage.ready(alice)
    const caller = await sipp({
      address: callerAddress,
      remote: `${world.address}:${world.sipPort}`,
      steps: [calls('INVITE'), step.expect(200, [100, 180, 183]), calls('ACK', sdpOf(first)), ...endOfCall],
    })
    const { call } = await world.fact('call.offered')
    await areConnected(call, first, firstHz)
    await hangUp(call, caller)
  })

  test('a trunk whose 302s are followed: the call and its sound go to the other address', async () => {
    const number = '13800000009'
    const target = await far([answer('200 OK', { body: sdpOf(first), cseq: 2 }), step.recv('ACK'), ...endOfCall])
    const elsewhere = `Contact: <sip:${number}@${farAddress}:${target.port}>`
    const carrier = await far([answer('302 Moved Temporarily', { contact: elsewhere }), step.recv('ACK')])
    const rules = { redirects: 'follow', numbersOut: [{ pattern: '+86.', strip: 3, prefix: '' }] }
    const call = await dial(carrier, 'redirected', rules, `+86${number}`)
    await areConnected(call, first, firstHz)
    await went(carrier)
    assert.notEqual(target.port, carrier.port)
    await hangUp(call, target)
  })
})

const ok = step.respond(200, 'OK', { inDialog: true })
const endOfCall = [step.recv('BYE'), ok]

const kept = (of: string, where: string, as: string) =>
  `<ereg regexp="${of}" ${where} check_it="true" assign_to="${as}"/>`
const header = (name: string) => `search_in="hdr" header="${name}:"`
/** Of the INVITE: other requests come before its final response, so sipp's own memory of the last one is of no use. */
const invited = step.recv(
  'INVITE',
  `<action>${kept('Via: [^[:cntrl:]]*', 'search_in="msg"', 'via')}${kept('.*', header('From'), 'them')}${kept('.*', header('To'), 'us')}${kept('sip:[^&gt;]*', header('Contact'), 'target')}</action>`,
)
const remembered = '<Reference variables="via,them,us,target"/>'

const tagOf = (tag: string) => `tag=[pid]${tag}[call_number]`
const ownContact = 'Contact: <sip:sipp@[local_ip]:[local_port]>'
const via = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]'

/** A response to the INVITE. */
function answer(
  status: string,
  wishes: { body?: string; tag?: string; cseq?: number; contact?: string; lines?: string[] } = {},
): string {
  const { body, tag = 'sipp', cseq = 1, contact = ownContact, lines = [] } = wishes
  const allowed = 'Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK'
  const whose = ['[$via]', 'From:[$them]', `To:[$us];${tagOf(tag)}`, '[last_Call-ID:]', `CSeq: ${cseq} INVITE`]
  return sent([`SIP/2.0 ${status}`, ...whose, contact, allowed, ...lines], body, false)
}

/** A request of the called side. */
function request(method: string, cseq: number, body = ''): string {
  const whose = [`From:[$us];${tagOf('sipp')}`, 'To:[$them]', '[last_Call-ID:]', `CSeq: ${cseq} ${method}`]
  return sent([`${method} [$target] SIP/2.0`, via, 'Max-Forwards: 70', ...whose, ownContact], body, method !== 'ACK')
}

/** A request of the calling side. */
function calls(method: 'INVITE' | 'ACK', body = ''): string {
  const to = method === 'INVITE' ? `To: <sip:${ownNumber}@[remote_ip]>` : '[last_To:]'
  const whose = [`From: <sip:${callerNumber}@[local_ip]>;${tagOf('caller')}`, to, 'Call-ID: [call_id]']
  const first = `${method} sip:${ownNumber}@[remote_ip]:[remote_port] SIP/2.0`
  return sent([first, via, 'Max-Forwards: 70', ...whose, `CSeq: 1 ${method}`, ownContact], body, method !== 'ACK')
}

function sent(head: string[], body = '', isRepeated = true): string {
  const end = body === '' ? 'Content-Length: 0\n\n' : `Content-Type: application/sdp\nContent-Length: [len]\n\n${body}`
  return `<send ${isRepeated ? 'retrans="500"' : ''}><![CDATA[\n\n${[...head, end].join('\n')}\n]]></send>`
}
