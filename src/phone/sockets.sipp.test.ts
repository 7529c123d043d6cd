/** Our user agent against sipp, on real sockets: every way a carrier answers, and calls from a carrier to us. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerOffer, buildOffer, readAnswer } from '../sdp/negotiate.ts'
import { ha1 } from '../sip/digest.ts'
import { remember, rememberTarget, sdp, sipp, sippAbsent, step } from './fixtures/sipp.ts'
import { local, Station, went } from './fixtures/station.ts'

const options = { skip: sippAbsent, timeout: 40_000 }
const carrier = '127.0.2.1'

const ringing = step.respond(180, 'Ringing')
const answer = step.respond(200, 'OK', { body: sdp() })
const byeAndDone = [step.recv('BYE'), step.respond(200, 'OK', { inDialog: true })]

for (const transport of ['udp', 'tcp'] as const)
  test(`a call that sipp answers over ${transport} is confirmed and hung up by us`, options, async () => {
    await using station = await Station.open()
    const peer = await sipp({
      address: carrier,
      args: ['-t', transport === 'udp' ? 'u1' : 't1'],
      steps: [step.recv('INVITE'), ringing, step.pause(100), answer, step.recv('ACK'), ...byeAndDone],
    })
    const session = station.call(peer, transport)
    assert.equal((await station.wait('provisional')).status, 180)
    const accepted = await station.wait('accepted')
    const understood = readAnswer(accepted.sdp!, local)
    assert.deepEqual(understood.ok && [understood.agreed.codec, understood.agreed.dtmfPayloadType], ['pcma', 101])
    station.do((agent, now) => agent.hangUp(session, 16, now))
    await went(peer)
  })

test('the far end hangs up, and says why', options, async () => {
  await using station = await Station.open()
  const bye = step.request('BYE', 1, { lines: ['Reason: Q.850;cause=16;text="Normal call clearing"'] })
  const peer = await sipp({
    address: carrier,
    steps: [
      step.recv('INVITE', rememberTarget),
      answer,
      step.recv('ACK', remember),
      step.pause(100),
      bye,
      step.expect(200),
    ],
  })
  station.call(peer)
  const ended = await station.wait('ended')
  assert.deepEqual([ended.by, ended.q850], ['remote', 16])
  await went(peer)
})

for (const [status, reason, cause] of [
  [486, 'Busy Here', 17],
  [603, 'Decline', 21],
  [404, 'Not Found', 1],
  [480, 'Temporarily Unavailable', 20],
  [503, 'Service Unavailable', 34],
] as const)
  test(`a call refused with ${status} ${reason} fails with cause ${cause}`, options, async () => {
    await using station = await Station.open()
    const refusal = step.respond(status, reason, { lines: [`Reason: Q.850;cause=${cause}`, 'Retry-After: 7'] })
    const peer = await sipp({ address: carrier, steps: [step.recv('INVITE'), refusal, step.recv('ACK')] })
    station.call(peer)
    const failed = await station.wait('failed')
    assert.deepEqual([failed.status, failed.q850, failed.by, failed.retryAfterS], [status, cause, 'remote', 7])
    await went(peer)
  })

test('a 183 brings the announcement of a phone switched off', options, async () => {
  await using station = await Station.open()
  const early = step.respond(183, 'Session Progress', { body: sdp() })
  const peer = await sipp({
    address: carrier,
    steps: [step.recv('INVITE'), early, step.pause(200), step.respond(480, 'Off'), step.recv('ACK')],
  })
  station.call(peer)
  const provisional = await station.wait('provisional')
  assert.equal(provisional.status, 183)
  assert.ok(readAnswer(provisional.sdp!, local).ok)
  assert.equal((await station.wait('failed')).reason, 'Off')
  await went(peer)
})

test('a call that nobody answers is cancelled', options, async () => {
  await using station = await Station.open()
  // sipp answers the CANCEL with its own CSeq, and then the INVITE, whose headers it has to be given again.
  const terminated = step.raw(`<send><![CDATA[

SIP/2.0 487 Request Terminated
[$via]
[last_From:]
[last_To:];tag=[pid]sipp[call_number]
[last_Call-ID:]
CSeq: 1 INVITE
Content-Length: 0

]]></send>`)
  const keepVia = '<action><ereg regexp="Via: [^[:cntrl:]]*" search_in="msg" check_it="true" assign_to="via"/></action>'
  const peer = await sipp({
    address: carrier,
    steps: [
      step.recv('INVITE', keepVia),
      ringing,
      step.recv('CANCEL'),
      step.respond(200, 'OK'),
      terminated,
      step.recv('ACK'),
    ],
  })
  const session = station.call(peer)
  await station.wait('provisional')
  station.do((agent, now) => agent.hangUp(session, 102, now))
  const failed = await station.wait('failed')
  assert.deepEqual([failed.status, failed.by], [487, 'local'])
  await went(peer)
})

for (const [status, challenge, algorithm] of [
  [401, 'WWW-Authenticate', 'MD5'],
  [407, 'Proxy-Authenticate', 'MD5'],
  [401, 'WWW-Authenticate', 'SHA-256'],
] as const)
  test(`a ${status} challenge by ${algorithm} is answered, and so is the BYE's`, options, async () => {
    await using station = await Station.open()
    const digest = `${challenge}: Digest realm="carrier", nonce="abc123", algorithm=${algorithm}, qop="auth", opaque="x"`
    // sipp's verifyauth knows neither Proxy-Authorization nor SHA-256; there the header's presence is what is checked.
    const check =
      status === 401 && algorithm === 'MD5'
        ? '<action><verifyauth assign_to="right" username="user" password="secret"/><strcmp assign_to="shown" variable="right" value="1"/></action>'
        : `<action><ereg regexp='nc=00000001, cnonce="[^"]+", opaque="x"' search_in="hdr" header="${status === 401 ? 'Authorization' : 'Proxy-Authorization'}:" check_it="true" assign_to="shown"/></action>`
    const use = '<Reference variables="shown"/>'
    const peer = await sipp({
      address: carrier,
      steps: [
        step.recv('INVITE'),
        step.respond(status, 'Who are you', { lines: [digest] }),
        step.recv('ACK'),
        step.recv('INVITE', check),
        answer,
        step.recv('ACK'),
        ...byeAndDone,
        use,
        status === 401 && algorithm === 'MD5' ? '<Reference variables="right"/>' : '',
      ],
    })
    const session = station.call(peer, 'udp', { auth: { username: 'user', password: 'secret' } })
    await station.wait('accepted')
    station.do((agent, now) => agent.hangUp(session, 16, now))
    await went(peer)
  })

test('a call without the password that the carrier wants fails with 401', options, async () => {
  await using station = await Station.open()
  const refusal = step.respond(401, 'Unauthorized', { lines: ['WWW-Authenticate: Digest realm="r", nonce="n"'] })
  const peer = await sipp({ address: carrier, steps: [step.recv('INVITE'), refusal, step.recv('ACK')] })
  station.call(peer)
  assert.equal((await station.wait('failed')).status, 401)
  await went(peer)
})

test('the far end holds and resumes by re-INVITE', options, async () => {
  const held: boolean[] = []
  await using station = await Station.open((event, { agent, now }) => {
    if (event.type !== 'reoffer') return
    const answered = answerOffer(event.sdp!, local)
    assert.ok(answered.ok)
    held.push(answered.agreed.held)
    agent.answerReoffer(event.session, { sdp: answered.sdp }, now)
  })
  const reinvite = (cseq: number, direction: string) => [
    step.request('INVITE', cseq, { body: sdp(`a=${direction}`) }),
    step.expect(200, [100]),
    step.request('ACK', cseq),
    step.pause(50),
  ]
  const peer = await sipp({
    address: carrier,
    steps: [
      step.recv('INVITE', rememberTarget),
      answer,
      step.recv('ACK', remember),
      step.pause(50),
      ...reinvite(1, 'sendonly'),
      ...reinvite(2, 'sendrecv'),
      ...byeAndDone,
    ],
  })
  const session = station.call(peer)
  await station.wait('reoffer', 2)
  await new Promise(wake => setTimeout(wake, 200))
  station.do((agent, now) => agent.hangUp(session, 16, now))
  await went(peer)
  assert.deepEqual(held, [true, false])
})

test('we hold by re-INVITE', options, async () => {
  await using station = await Station.open()
  const peer = await sipp({
    address: carrier,
    steps: [
      step.recv('INVITE'),
      answer,
      step.recv('ACK'),
      step.recv('INVITE'),
      step.respond(200, 'OK', { body: sdp('a=recvonly'), inDialog: true }),
      step.recv('ACK'),
      ...byeAndDone,
    ],
  })
  const session = station.call(peer)
  await station.wait('accepted')
  station.do((agent, now) => agent.reinvite(session, buildOffer({ ...local, direction: 'sendonly' }), now))
  const answered = readAnswer((await station.wait('reanswered')).sdp!, { ...local, direction: 'sendonly' })
  assert.deepEqual(answered.ok && [answered.agreed.send, answered.agreed.receive], [true, false])
  station.do((agent, now) => agent.hangUp(session, 16, now))
  await went(peer)
})

for (const transport of ['udp', 'tcp'] as const)
  test(`a hundred calls from sipp over ${transport} are answered, and hung up by it`, options, async () => {
    await using station = await Station.open((event, { agent, now }) => {
      if (event.type !== 'incoming') return
      const answered = answerOffer(event.sdp!, local)
      if (!answered.ok) return agent.reject(event.session, 488, null, now)
      agent.progress(event.session, 180, null, now)
      agent.accept(event.session, answered.sdp, now)
    })
    const args = ['-sn', 'uac', '-r', '100', '-d', '50', '-s', '95588', '-t', transport === 'udp' ? 'u1' : 't1']
    const peer = await sipp({ address: carrier, calls: 100, args, remote: `127.0.2.2:${station.port(transport)}` })
    await went(peer)
    assert.equal(station.events.filter(event => event.type === 'confirmed').length, 100)
    assert.equal(station.events.filter(event => event.type === 'ended' && event.by === 'remote').length, 100)
    assert.equal((await station.wait('incoming')).to, '95588')
    assert.deepEqual(station.faults, [])
  })

test('a caller who gives up while it rings is let go', options, async () => {
  await using station = await Station.open((event, { agent, now }) => {
    if (event.type === 'incoming') agent.progress(event.session, 180, null, now)
  })
  const invite = (method: string, cseq: string, body: string, branch = '[branch]') =>
    step.raw(`<send><![CDATA[

${method} sip:95588@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=${branch}
From: <sip:carl@[local_ip]:[local_port]>;tag=[pid]x[call_number]
To: <sip:95588@[remote_ip]>
Call-ID: [call_id]
CSeq: ${cseq}
Contact: <sip:carl@[local_ip]:[local_port]>
Max-Forwards: 70
${body}
]]></send>`)
  const body = `Content-Type: application/sdp\nContent-Length: [len]\n\n${sdp()}`
  const peer = await sipp({
    address: carrier,
    remote: `127.0.2.2:${station.port('udp')}`,
    steps: [
      invite('INVITE', '1 INVITE', body, 'z9hG4bK[pid]a[call_number]'),
      step.expect(180, [100]),
      step.pause(100),
      invite('CANCEL', '1 CANCEL', 'Content-Length: 0\n', 'z9hG4bK[pid]a[call_number]'),
      step.expect(200),
      step.expect(487),
      invite('ACK', '1 ACK', 'Content-Length: 0\n', 'z9hG4bK[pid]a[call_number]'),
    ],
  })
  const failed = await station.wait('failed')
  assert.deepEqual([failed.status, failed.by], [487, 'remote'])
  await went(peer)
})

test('sipp registers as a desk phone', options, async () => {
  const credentials = { username: '4001', password: 'secret' }
  await using station = await Station.open(() => {}, {
    registrar: {
      realm: 'switchroom',
      lookup: extension =>
        extension === '4001'
          ? {
              ha1Md5: ha1('MD5', credentials, 'switchroom'),
              ha1Sha256: ha1('SHA-256', credentials, 'switchroom'),
              offerSha256: false,
            }
          : null,
    },
  })
  const register = (cseq: number, extra: string) =>
    step.raw(`<send><![CDATA[

REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:4001@switchroom>;tag=[pid]x
To: <sip:4001@switchroom>
Call-ID: [call_id]
CSeq: ${cseq} REGISTER
Contact: <sip:4001@[local_ip]:[local_port]>
Expires: 300
${extra}Content-Length: 0

]]></send>`)
  const peer = await sipp({
    address: carrier,
    remote: `127.0.2.2:${station.port('udp')}`,
    steps: [
      register(1, ''),
      step.expect(401, [], 'auth="true"'),
      register(2, '[authentication username=4001 password=secret]\n'),
      step.expect(200),
    ],
  })
  await went(peer)
  const { binding } = await station.wait('bindingChanged')
  assert.equal(binding?.flow.source.address, carrier)
})
