/** A PBX behind a NAT, which sipp plays: its requests come from another port than their Via names, and it asks for no rport. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerOffer } from '../sdp/negotiate.ts'
import { sdp, sipp, sippAbsent, step } from './fixtures/sipp.ts'
import { local, Station, went } from './fixtures/station.ts'

const pbx = '127.0.3.10'

/** Its Via names the discard port, where nobody is. */
const says = (method: string, cseq: number, to: string, body: string) =>
  step.raw(`<send><![CDATA[

${method} sip:95588@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP 192.168.77.7:9;branch=[branch]
Max-Forwards: 70
From: <sip:pbx@192.168.77.7>;tag=[pid]x[call_number]
${to}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:pbx@192.168.77.7:5066>
${body === '' ? 'Content-Length: 0\n\n' : `Content-Type: application/sdp\nContent-Length: [len]\n\n${body}`}
]]></send>`)

test('hears that it rings and that somebody answers, and is hung up', {
  skip: sippAbsent,
  timeout: 30_000,
}, async () => {
  await using station = await Station.open(
    (event, { agent, now }) => {
      if (event.type !== 'incoming') return
      const answered = answerOffer(event.sdp!, local)
      assert.ok(answered.ok)
      agent.progress(event.session, 180, null, now)
      agent.accept(event.session, answered.sdp, now)
    },
    { forceRport: ({ address }) => address === pbx },
  )
  const peer = await sipp({
    address: pbx,
    remote: `127.0.2.2:${station.port('udp')}`,
    steps: [
      says('INVITE', 1, 'To: <sip:95588@[remote_ip]>', sdp()),
      step.expect(200, [100, 180]),
      says('ACK', 1, '[last_To:]', ''),
      step.recv('BYE'),
      step.respond(200, 'OK', { inDialog: true }),
    ],
  })
  const { session } = await station.wait('confirmed')
  station.do((agent, now) => agent.hangUp(session, 16, now))
  await went(peer)
  assert.deepEqual(station.faults, [])
})
