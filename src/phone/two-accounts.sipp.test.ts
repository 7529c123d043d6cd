/** Two trunks at one address: sipp calls as the one and as the other, from one port, told apart by a password or by whom it calls. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrunkId } from '../lib/ids.ts'
import { id, lines } from './fixtures/carrier.ts'
import { sdp, sipp, sippAbsent, step } from './fixtures/sipp.ts'
import { Station, went } from './fixtures/station.ts'

const gateway = '127.0.3.7'

/** The INVITE of who calls himself `name`; `head` before its body. */
const invite = (cseq: number, head = '', called = '95588') =>
  step.raw(`<send retrans="500"><![CDATA[

INVITE sip:${called}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:carl@[local_ip]:[local_port]>;tag=[pid]x[call_number]
To: <sip:95588@[remote_ip]>
Call-ID: [call_id]
CSeq: ${cseq} INVITE
Contact: <sip:carl@[local_ip]:[local_port]>
${head}Content-Type: application/sdp
Content-Length: [len]

${sdp()}
]]></send>`)
const ack = (cseq: number, called = '95588') =>
  step.raw(`<send><![CDATA[

ACK sip:${called}@[remote_ip]:[remote_port] SIP/2.0
[last_Via:]
From: <sip:carl@[local_ip]:[local_port]>;tag=[pid]x[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: ${cseq} ACK
Max-Forwards: 70
Content-Length: 0

]]></send>`)

test('the name in its digest says whose call it is, whatever the port', {
  skip: sippAbsent,
  timeout: 30_000,
}, async () => {
  const { callers, apply } = lines()
  apply({ host: gateway, port: 5060 }, { trust: 'password', inboundUser: 'first' })
  apply({ id: 't_second' as TrunkId, host: gateway, port: 5070 }, { trust: 'password', inboundUser: 'second' })
  await using station = await Station.open(
    (event, { agent, now }) => {
      if (event.type === 'incoming') agent.reject(event.session, 486, 17, now)
    },
    { caller: (flow, called) => callers.caller(flow, called) },
  )
  for (const username of ['second', 'first'])
    await went(
      await sipp({
        address: gateway,
        remote: `127.0.2.2:${station.port('udp')}`,
        steps: [
          invite(1),
          step.expect(401, [], 'auth="true"'),
          ack(1),
          invite(2, `[authentication username=${username} password=y]\n`),
          step.expect(486, [100]),
          ack(2),
        ],
      }),
    )
  assert.deepEqual(
    station.events.flatMap(event => (event.type === 'incoming' ? [event.caller] : [])),
    ['t_second', id],
  )
})

test('the user of its Request-URI says by which registration of ours it calls', {
  skip: sippAbsent,
  timeout: 30_000,
}, async () => {
  const { callers, apply } = lines()
  const second = 't_second' as TrunkId
  apply({ host: gateway, register: true, username: 'first' })
  apply({ id: second, host: gateway, register: true, username: 'second' })
  await using station = await Station.open(
    (event, { agent, now }) => {
      if (event.type === 'incoming') agent.reject(event.session, 486, 17, now)
    },
    { caller: (flow, called) => callers.caller(flow, called) },
  )
  const remote = `127.0.2.2:${station.port('udp')}`
  for (const called of ['second', 'first', 'nobody'])
    await went(
      await sipp({
        ...{ address: gateway, remote },
        steps: [invite(1, '', called), step.expect(486, [100]), ack(1, called)],
      }),
    )
  assert.deepEqual(
    station.events.flatMap(event => (event.type === 'incoming' ? [event.caller] : [])),
    [second, id, id],
  )
})
