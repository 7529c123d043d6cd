/** Calls as carriers and gateways really make them, with sipp at the other end: what RFC 3262, 3311, 4028, 3515 and 3891 add to a plain one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerOffer, buildOffer, readAnswer } from '../sdp/negotiate.ts'
import type { UaEvent } from '../sip/user-agent.ts'
import { sdp, sipp, sippAbsent, step } from './fixtures/sipp.ts'
import { local, Station, went } from './fixtures/station.ts'

const options = { skip: sippAbsent, timeout: 30_000 }
const carrier = '127.0.3.1'
const second = '127.0.3.2'
const held = buildOffer({ ...local, direction: 'sendonly' })

const ereg = (regexp: string, search: string, variable: string) =>
  `<ereg regexp="${regexp}" ${search} check_it="true" assign_to="${variable}"/>`
const inHeader = (name: string) => `search_in="hdr" header="${name}:"`

/** The INVITE, with everything that later messages of its dialog repeat. */
const invited = step.recv(
  'INVITE',
  `<action>${ereg('Via: [^[:cntrl:]]*', 'search_in="msg"', 'via')}${ereg('.*', inHeader('From'), 'them')}${ereg('.*', inHeader('To'), 'us')}${ereg('sip:[^&gt;]*', inHeader('Contact'), 'target')}</action>`,
)
const use = (...names: string[]) =>
  step.raw(`<Reference variables="${['via', 'them', 'us', 'target', ...names].join(',')}"/>`)

const ending = (lines: string[], body: string) =>
  [
    ...lines,
    body === '' ? 'Content-Length: 0\n\n' : `Content-Type: application/sdp\nContent-Length: [len]\n\n${body}`,
  ].join('\n')
const send = (text: string, again = true) =>
  step.raw(`<send ${again ? 'retrans="500"' : ''}><![CDATA[\n\n${text}\n]]></send>`)
const contact = 'Contact: <sip:sipp@[local_ip]:[local_port]>'

/** An answer to the INVITE, whatever was received after it. */
const answerInvite = (status: string, options: { lines?: string[]; body?: string; tag?: string; cseq?: number } = {}) =>
  send(
    ending(
      [
        `SIP/2.0 ${status}`,
        '[$via]',
        'From:[$them]',
        `To:[$us];tag=${options.tag ?? '[pid]sipp[call_number]'}`,
        '[last_Call-ID:]',
        `CSeq: ${options.cseq ?? 1} INVITE`,
        contact,
        'Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK',
        ...(options.lines ?? []),
      ],
      options.body ?? '',
    ),
    false,
  )
/** A request of sipp's within the dialog of our call to it. */
const request = (method: string, cseq: number, options: { lines?: string[]; body?: string; branch?: string } = {}) =>
  send(
    ending(
      [
        `${method} [$target] SIP/2.0`,
        `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=${options.branch ?? '[branch]'}`,
        'Max-Forwards: 70',
        'From:[$us];tag=[pid]sipp[call_number]',
        'To:[$them]',
        '[last_Call-ID:]',
        `CSeq: ${cseq} ${method}`,
        contact,
        ...(options.lines ?? []),
      ],
      options.body ?? '',
    ),
    method !== 'ACK',
  )
const ok = (lines: string[] = [], body = '') => step.respond(200, 'OK', { inDialog: true, lines, body })
const bye = [step.recv('BYE'), ok()]
const reliable = (rseq: number) => ({ lines: ['Require: 100rel', `RSeq: ${rseq}`], body: sdp() })

const answering = (event: UaEvent, { agent, now }: Station) => {
  if (event.type !== 'reoffer') return
  const answered = event.sdp === null ? null : answerOffer(event.sdp, local)
  agent.answerReoffer(event.session, { sdp: answered?.ok ? answered.sdp : buildOffer(local) }, now)
}

test(
  'a carrier’s reliable 183 is acknowledged by PRACK, its media change by UPDATE, and its 200 holds no SDP',
  options,
  async () => {
    await using station = await Station.open(answering)
    const rack = `<action>${ereg('77 1 INVITE', inHeader('RAck'), 'rack')}</action>`
    const peer = await sipp({
      address: carrier,
      steps: [
        invited,
        answerInvite('183 Session Progress', reliable(77)),
        step.recv('PRACK', rack),
        ok(),
        request('UPDATE', 1, { body: sdp('a=inactive') }),
        step.expect(200),
        step.pause(100),
        answerInvite('200 OK'),
        step.recv('ACK'),
        ...bye,
        use('rack'),
      ],
    })
    const session = station.call(peer)
    assert.ok(readAnswer((await station.wait('provisional')).sdp!, local).ok)
    const understood = answerOffer((await station.wait('reoffer')).sdp!, local)
    assert.ok(understood.ok && understood.agreed.held)
    await station.wait('accepted')
    station.do((agent, now) => agent.hangUp(session, 16, now))
    await went(peer)
  },
)

/** sipp calls us. */
const calling = (
  method: string,
  cseq: number,
  options: { lines?: string[]; body?: string; to?: string; again?: boolean } = {},
) =>
  send(
    ending(
      [
        `${method} sip:95588@[remote_ip]:[remote_port] SIP/2.0`,
        'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
        'Max-Forwards: 70',
        'From: <sip:carl@[local_ip]:[local_port]>;tag=[pid]x[call_number]',
        options.to ?? '[last_To:]',
        'Call-ID: [call_id]',
        `CSeq: ${cseq} ${method}`,
        'Contact: <sip:carl@[local_ip]:[local_port]>',
        ...(options.lines ?? []),
      ],
      options.body ?? '',
    ),
    options.again ?? method !== 'ACK',
  )
const nobody = 'To: <sip:95588@[remote_ip]>'

test('a caller who requires reliable ringing gets it again until its PRACK, and then the 200', options, async () => {
  const sent: string[] = []
  await using station = await Station.open(
    (event, { agent, now }) => {
      if (event.type !== 'incoming') return
      const answered = answerOffer(event.sdp!, local)
      assert.ok(answered.ok)
      agent.progress(event.session, 183, answered.sdp, now)
      agent.accept(event.session, answered.sdp, now)
    },
    { tap: ({ direction, bytes }) => void (direction === 'out' && sent.push(bytes.toString('latin1', 8, 11))) },
  )
  const rseq = `<action>${ereg('[0-9]+', inHeader('RSeq'), 'rseq')}</action>`
  const peer = await sipp({
    address: carrier,
    remote: `127.0.2.2:${station.port('udp')}`,
    steps: [
      calling('INVITE', 1, { lines: ['Require: 100rel'], body: sdp(), to: nobody }),
      `${step.expect(100)}<recv response="183">${rseq}</recv>`,
      step.pause(700),
      calling('PRACK', 2, { lines: ['RAck: [$rseq] 1 INVITE'] }),
      '<recv response="200"/>',
      '<recv response="200"/>',
      calling('ACK', 1),
      step.pause(100),
      calling('BYE', 3),
      '<recv response="200"/>',
    ],
  })
  await station.wait('confirmed')
  await station.wait('ended')
  await went(peer)
  assert.deepEqual(sent, ['100', '183', '183', '200', '200', '200'])
})

test('a call that comes without an offer gets ours in the 200, and its answer comes in the ACK', options, async () => {
  await using station = await Station.open((event, { agent, now }) => {
    if (event.type === 'incoming') agent.accept(event.session, buildOffer(local), now)
  })
  const peer = await sipp({
    address: carrier,
    remote: `127.0.2.2:${station.port('udp')}`,
    steps: [
      calling('INVITE', 1, { to: nobody }),
      `<recv response="100" optional="true"/><recv response="200"><action>${ereg('m=audio 20000', 'search_in="body"', 'offer')}</action></recv>`,
      calling('ACK', 1, { body: sdp() }),
      step.pause(100),
      calling('BYE', 2),
      '<recv response="200"/>',
      step.raw('<Reference variables="offer"/>'),
    ],
  })
  const confirmed = await station.wait('confirmed')
  assert.ok(readAnswer(confirmed.sdp!, local).ok)
  await went(peer)
})

test('a call of ours without an offer gets one in the 200 and answers it in the ACK', options, async () => {
  await using station = await Station.open(answering)
  const peer = await sipp({
    address: carrier,
    steps: [
      invited,
      answerInvite('200 OK', { body: sdp() }),
      step.recv('ACK', `<action>${ereg('m=audio 20000', 'search_in="body"', 'answer')}</action>`),
      ...bye,
      use('answer'),
    ],
  })
  const session = station.call(peer, 'udp', { sdp: null })
  await station.wait('reoffer')
  await new Promise(wake => setTimeout(wake, 100))
  station.do((agent, now) => agent.hangUp(session, 16, now))
  await went(peer)
})

test(
  'a call is refreshed by UPDATE at half time, and ends when the carrier does not know it any more',
  options,
  async () => {
    await using station = await Station.open(() => {}, { sessionTimes: { wantedS: 2, leastS: 1 } })
    const session = ['Require: timer', 'Session-Expires: 2;refresher=uac']
    const check = `<action>${ereg('2;refresher=uac', inHeader('Session-Expires'), 'refresh')}</action>`
    const peer = await sipp({
      address: carrier,
      steps: [
        invited,
        answerInvite('200 OK', { lines: session, body: sdp() }),
        step.recv('ACK'),
        step.recv('UPDATE', check),
        ok(session),
        step.recv('UPDATE'),
        step.respond(481, 'Who?', { inDialog: true }),
        ...bye,
        use('refresh'),
      ],
    })
    station.call(peer)
    const ended = await station.wait('ended')
    assert.deepEqual([ended.by, /481/.test(ended.reason)], ['remote', true])
    await went(peer)
  },
)

test(
  'a carrier that says 422 gets the call again with its interval; when it stops refreshing, the call ends',
  options,
  async () => {
    await using station = await Station.open(() => {}, { sessionTimes: { wantedS: 2, leastS: 1 } })
    const session = ['Require: timer', 'Session-Expires: 3;refresher=uas']
    const peer = await sipp({
      address: carrier,
      steps: [
        step.recv('INVITE'),
        step.respond(422, 'Session Interval Too Small', { lines: ['Min-SE: 3'] }),
        step.recv('ACK'),
        invited,
        answerInvite('200 OK', { lines: session, body: sdp(), cseq: 2 }),
        step.recv('ACK'),
        step.pause(500),
        request('UPDATE', 1, { lines: ['Supported: timer', 'Session-Expires: 3;refresher=uac'] }),
        `<recv response="200"><action>${ereg('3;refresher=uac', inHeader('Session-Expires'), 'agreed')}</action></recv>`,
        ...bye,
        use('agreed'),
      ],
    })
    station.call(peer)
    const ended = await station.wait('ended')
    assert.deepEqual([ended.by, ended.reason], ['timeout', 'the session was not refreshed'])
    await went(peer)
  },
)

test(
  'a re-INVITE of theirs that meets ours is refused with 491, and ours comes again after 2 to 4 s',
  options,
  async () => {
    await using station = await Station.open(answering)
    const peer = await sipp({
      address: carrier,
      steps: [
        invited,
        answerInvite('200 OK', { body: sdp() }),
        step.recv('ACK'),
        step.recv('INVITE', `<action>${ereg('Via: [^[:cntrl:]]*', 'search_in="msg"', 'again')}</action>`),
        request('INVITE', 1, { body: sdp('a=inactive'), branch: 'z9hG4bK[pid]glare[call_number]' }),
        step.expect(491),
        request('ACK', 1, { branch: 'z9hG4bK[pid]glare[call_number]' }),
        send(
          ending(
            [
              'SIP/2.0 491 Request Pending',
              '[$again]',
              'From:[$them]',
              'To:[$us];tag=[pid]sipp[call_number]',
              '[last_Call-ID:]',
              'CSeq: 2 INVITE',
            ],
            '',
          ),
          false,
        ),
        step.recv('ACK'),
        step.raw('<recv request="INVITE" timeout="5000"/>'),
        ok([], sdp('a=recvonly')),
        step.recv('ACK'),
        ...bye,
        use('again'),
      ],
    })
    const session = station.call(peer)
    await station.wait('accepted')
    const began = station.now
    station.do((agent, now) => agent.reinvite(session, held, now))
    await station.wait('reanswered')
    assert.ok(station.now - began >= 2_100 && station.now - began < 5_000, `${station.now - began} ms`)
    station.do((agent, now) => agent.hangUp(session, 16, now))
    await went(peer)
  },
)

test('when two phones pick up a forked call, each is acknowledged and the second is hung up', options, async () => {
  await using station = await Station.open()
  const peer = await sipp({
    address: carrier,
    steps: [
      invited,
      answerInvite('183 Session Progress', { body: sdp(), tag: 'one' }),
      answerInvite('183 Session Progress', { body: sdp(), tag: 'two' }),
      answerInvite('200 OK', { body: sdp(), tag: 'one' }),
      step.recv('ACK'),
      answerInvite('200 OK', { body: sdp(), tag: 'two' }),
      step.recv('ACK', `<action>${ereg('tag=two', inHeader('To'), 'ack')}</action>`),
      step.recv('BYE', `<action>${ereg('tag=two', inHeader('To'), 'bye')}</action>`),
      ok(),
      step.recv('BYE', `<action>${ereg('tag=one', inHeader('To'), 'last')}</action>`),
      ok(),
      use('ack', 'bye', 'last'),
    ],
  })
  const session = station.call(peer)
  await station.wait('accepted')
  await new Promise(wake => setTimeout(wake, 300))
  station.do((agent, now) => agent.hangUp(session, 16, now))
  await went(peer)
  assert.equal(station.events.filter(event => event.type === 'accepted').length, 1)
})

test('a 302 is followed to the host that the policy names, and not without one', options, async () => {
  await using station = await Station.open()
  const target = await sipp({
    address: second,
    steps: [invited, answerInvite('200 OK', { body: sdp(), cseq: 2 }), step.recv('ACK'), ...bye, use()],
  })
  const moved = step
    .respond(302, 'Moved', { lines: [`Contact: <sip:13800138000@${second}:${target.port}>`] })
    .replace(/Contact: <sip:sipp[^\n]*\n/, '')
  const peer = await sipp({ address: carrier, calls: 2, steps: [step.recv('INVITE'), moved, step.recv('ACK')] })
  station.call(peer)
  assert.equal((await station.wait('failed')).status, 302)
  const session = station.call(peer, 'udp', {
    redirect: uri => (uri.includes(second) ? { transport: 'udp', address: second, port: target.port } : null),
  })
  await station.wait('accepted')
  await went(peer)
  station.do((agent, now) => agent.hangUp(session, 16, now))
  await went(target)
})

test('a phone’s transfer key is heard, accepted, and reported on by NOTIFY', options, async () => {
  await using station = await Station.open((event, { agent, now }) => {
    if (event.type !== 'refer') return
    agent.answerRefer(event.session, event.refer, 202, now)
    agent.notifyRefer(event.session, event.refer, 200, now)
  })
  const state = (text: string, variable: string) => `<action>${ereg(text, 'search_in="msg"', variable)}</action>`
  const peer = await sipp({
    address: carrier,
    steps: [
      invited,
      answerInvite('200 OK', { body: sdp() }),
      step.recv('ACK'),
      request('REFER', 1, { lines: ['Refer-To: <sip:1002@10.0.0.9>', 'Referred-By: <sip:1001@10.0.0.9>'] }),
      step.expect(202),
      step.recv('NOTIFY', state('SIP/2.0 100 Trying', 'trying')),
      ok(),
      step.recv('NOTIFY', state('Subscription-State: terminated', 'done')),
      ok(),
      request('BYE', 2),
      step.expect(200),
      use('trying', 'done'),
    ],
  })
  station.call(peer)
  const wish = await station.wait('refer')
  assert.deepEqual([wish.to.user, wish.referredBy, wish.replaces], ['1002', '1001', null])
  await station.wait('ended')
  await went(peer)
})

test('a call with Replaces takes the place of the first, which is hung up', options, async () => {
  await using station = await Station.open((event, { agent, now }) => {
    if (event.type !== 'incoming') return
    const answered = answerOffer(event.sdp!, local)
    assert.ok(answered.ok)
    agent.accept(event.session, answered.sdp, now)
  })
  const replacing = (method: string, cseq: number, to: string, lines: string[], body = '') =>
    send(
      ending(
        [
          `${method} sip:95588@[remote_ip]:[remote_port] SIP/2.0`,
          'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
          'Max-Forwards: 70',
          'From: <sip:carl@[local_ip]:[local_port]>;tag=[pid]y[call_number]',
          to,
          'Call-ID: second///[call_id]',
          `CSeq: ${cseq} ${method}`,
          'Contact: <sip:carl@[local_ip]:[local_port]>',
          ...lines,
        ],
        body,
      ),
      method !== 'ACK',
    )
  const theirTag = `<action><ereg regexp=";tag=([^;]*)" search_in="hdr" header="To:" check_it="true" assign_to="whole,tag"/></action>`
  const peer = await sipp({
    address: carrier,
    remote: `127.0.2.2:${station.port('udp')}`,
    steps: [
      calling('INVITE', 1, { body: sdp(), to: nobody }),
      `<recv response="100" optional="true"/><recv response="200">${theirTag}</recv>`,
      calling('ACK', 1),
      step.pause(100),
      replacing(
        'INVITE',
        1,
        nobody,
        ['Require: replaces', 'Replaces: [call_id];to-tag=[$tag];from-tag=[pid]x[call_number]'],
        sdp(),
      ),
      '<recv response="100" optional="true"/>',
      '<recv response="200"/>',
      replacing('ACK', 1, '[last_To:]', []),
      step.recv('BYE'),
      ok(),
      step.raw('<Reference variables="whole"/>'),
    ],
  })
  await went(peer)
  const [first, taken] = station.events.filter(event => event.type === 'incoming')
  assert.equal(taken?.replaces, first?.session)
  assert.equal((await station.wait('ended')).session, first?.session)
})

test('digits go as INFO in the form that the gateway takes', options, async () => {
  await using station = await Station.open()
  const form = (type: string, variable: string) => `<action>${ereg(type, inHeader('Content-Type'), variable)}</action>`
  const peer = await sipp({
    address: carrier,
    steps: [
      invited,
      answerInvite('200 OK', { body: sdp() }),
      step.recv('ACK'),
      step.recv('INFO', form('application/dtmf-relay', 'relay')),
      step.respond(415, 'No', { inDialog: true }),
      step.recv('INFO', form('application/dtmf$', 'plain')),
      ok(),
      ...bye,
      use('relay', 'plain'),
    ],
  })
  const session = station.call(peer)
  await station.wait('accepted')
  station.do((agent, now) => agent.sendInfo(session, '5', 160, now))
  await new Promise(wake => setTimeout(wake, 300))
  station.do((agent, now) => agent.hangUp(session, 16, now))
  await went(peer)
})
