/** A call that came in, whose far end asks within it who we are: sipp challenges what we ask of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerOffer, buildOffer } from '../sdp/negotiate.ts'
import type { UaEvent } from '../sip/user-agent.ts'
import { sdp, sipp, sippAbsent, step } from './fixtures/sipp.ts'
import { local, Station, went } from './fixtures/station.ts'

const options = { skip: sippAbsent, timeout: 30_000 }
const [carrier, elsewhere] = ['127.0.3.5', '127.0.3.6']
const credentials = { username: 'lender', password: 'secret' }
const digest = (header: string) => `${header}: Digest realm="carrier", nonce="abc123", algorithm=MD5, qop="auth"`
const who = { 401: digest('WWW-Authenticate'), 407: digest('Proxy-Authenticate') }

/** A house that takes every call, and knows the carrier by its address. */
async function house() {
  const heard: string[] = []
  const station = await Station.open(
    (event: UaEvent, { agent, now }) => {
      if (event.type !== 'incoming') return
      const answered = answerOffer(event.sdp!, local)
      assert.ok(answered.ok)
      agent.accept(event.session, answered.sdp, now)
    },
    {
      caller: ({ source }) => (source.address === carrier ? { id: 't_1', accounts: [] } : null),
      credentials: (caller, to) => (caller === 't_1' && to.address === carrier ? credentials : null),
      tap: ({ direction, bytes }) => void (direction === 'in' && heard.push(bytes.toString('latin1'))),
    },
  )
  /** Waits for an answer to what was asked. */
  const hears = async (status: number, method: string) => {
    const isIt = (text: string) =>
      text.startsWith(`SIP/2.0 ${status} `) && new RegExp(`^CSeq: \\d+ ${method}`, 'm').test(text)
    for (let waitedMs = 0; !heard.some(isIt); waitedMs += 5) {
      assert.ok(waitedMs < 5_000, `no ${status} to our ${method}: ${heard.join('\n')}`)
      await new Promise(wake => setTimeout(wake, 5))
    }
  }
  return { station, hears }
}

/** sipp's request to us; its Contact leads to `contact`. */
const calling = (method: 'INVITE' | 'ACK', contact: string) =>
  step.raw(`<send ${method === 'ACK' ? '' : 'retrans="500"'}><![CDATA[

${method} sip:95588@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:carl@[local_ip]:[local_port]>;tag=[pid]x[call_number]
${method === 'ACK' ? '[last_To:]' : 'To: <sip:95588@[remote_ip]>'}
Call-ID: [call_id]
CSeq: 1 ${method}
Contact: <sip:carl@${contact}>
${method === 'ACK' ? 'Content-Length: 0\n' : `Content-Type: application/sdp\nContent-Length: [len]\n\n${sdp()}`}
]]></send>`)

const begun = (contact: string) => [
  calling('INVITE', contact),
  '<recv response="100" optional="true"/>',
  step.expect(200),
  calling('ACK', contact),
]
const ok = (body = '') => step.respond(200, 'OK', { inDialog: true, body })
const asks = (method: string, status: 401 | 407) =>
  step.recv(method) + step.respond(status, 'Who are you', { inDialog: true, lines: [who[status]] })
/** With a digest of the right password; another fails the scenario. */
const proved = (method: string) =>
  `${step.recv(
    method,
    `<action><verifyauth assign_to="right" username="${credentials.username}" password="${credentials.password}"/></action>`,
  )}<nop condexec="right" condexec_inverse="true"><action><error message="that is not the password"/></action></nop>`
const answered =
  '<action><ereg regexp="username=.lender.*nc=00000001" search_in="hdr" header="Proxy-Authorization:" check_it="true" assign_to="named"/></action>'

test(
  'each of our requests within a call from a trunk answers its challenge: re-INVITE, INFO, REFER and BYE',
  options,
  async () => {
    const { station, hears } = await house()
    await using _closed = station
    const peer = await sipp({
      address: carrier,
      remote: `127.0.2.2:${station.port('udp')}`,
      steps: [
        ...begun('[local_ip]:[local_port]'),
        ...[
          asks('INVITE', 407),
          step.recv('ACK'),
          step.recv('INVITE', answered),
          ok(sdp('a=recvonly')),
          step.recv('ACK'),
        ],
        // Once asked they are shown at once; one who has other questions gets other answers.
        ...[step.recv('INFO', answered.replace('00000001', '00000002')), ok()],
        ...[asks('REFER', 401), proved('REFER'), step.respond(202, 'Accepted', { inDialog: true })],
        ...[proved('BYE'), ok()],
        step.raw('<Reference variables="named"/>'),
      ],
    })
    const { session } = await station.wait('incoming')
    await station.wait('confirmed')
    station.do((agent, now) => agent.reinvite(session, buildOffer({ ...local, direction: 'sendonly' }), now))
    await station.wait('reanswered')
    station.do((agent, now) => agent.sendInfo(session, '5', 160, now))
    await hears(200, 'INFO')
    station.do((agent, now) => agent.refer(session, { to: 'sip:1002@127.0.3.5' }, now))
    await hears(202, 'REFER')
    station.do((agent, now) => agent.hangUp(session, 16, now))
    await went(peer)
  },
)

test('a Contact that leads to somebody else leads our password nowhere', options, async () => {
  const { station } = await house()
  await using _closed = station
  const other = await sipp({ address: elsewhere, steps: [asks('BYE', 401), step.pause(500)] })
  const peer = await sipp({
    address: carrier,
    remote: `127.0.2.2:${station.port('udp')}`,
    steps: begun(`${elsewhere}:${other.port}`),
  })
  const { session } = await station.wait('incoming')
  await station.wait('confirmed')
  await went(peer)
  station.do((agent, now) => agent.hangUp(session, 16, now))
  await went(other) // sipp fails of a message that it does not wait for
})
