/** A PBX behind a NAT, which sipp plays: its Contact is an address of the network behind that, where nobody of ours reaches it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sdp, sipp, sippAbsent, step } from './fixtures/sipp.ts'
import { Station, went } from './fixtures/station.ts'

const pbx = '127.0.3.8'
const behind = 'sip:pbx@192.168.77.7:5066'

test('is acknowledged and hung up where it answered, though by its Contact', {
  skip: sippAbsent,
  timeout: 30_000,
}, async () => {
  await using station = await Station.open()
  const uri = (name: string) =>
    `<action><ereg regexp="^[A-Z]+ ${behind} SIP" search_in="msg" check_it="true" assign_to="${name}"/></action>`
  const peer = await sipp({
    address: pbx,
    steps: [
      step.recv('INVITE'),
      step.raw(`<send><![CDATA[

SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]sipp[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <${behind}>
Content-Type: application/sdp
Content-Length: [len]

${sdp()}
]]></send>`),
      step.recv('ACK', uri('ack')),
      step.recv('BYE', uri('bye')),
      step.respond(200, 'OK', { inDialog: true }),
      step.raw('<Reference variables="ack,bye"/>'),
    ],
  })
  const session = station.call(peer)
  await station.wait('accepted')
  station.do((agent, now) => agent.hangUp(session, 16, now))
  await went(peer)
  assert.deepEqual(station.faults, [])
})
