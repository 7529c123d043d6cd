/** The life of calls between two user agents: races, loss, hold, forks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionId } from './events.ts'
import { alice, callCarl, carl, Net, sdpA, sdpB } from './fixtures/net.ts'

function floor(seed = 1, weather = { loss: 0, duplicate: 0, delayMs: [1, 1] as [number, number] }) {
  const net = new Net(seed, weather)
  return { net, a: net.add(alice), c: net.add(carl) }
}

function answerAtOnce(net: Net): void {
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
}

function talking(): ReturnType<typeof floor> & { ours: SessionId; theirs: SessionId } {
  const all = floor()
  answerAtOnce(all.net)
  const ours = callCarl(all.net)
  all.net.run(1_000)
  all.net.reactions.clear()
  assert.deepEqual(all.net.types(carl), ['incoming', 'confirmed'])
  return { ...all, ours, theirs: all.net.of(carl, 'incoming')[0]!.session }
}

const lateOffer = {
  target: `sip:1@${carl}`,
  destination: { transport: 'udp' as const, address: carl, port: 5060 },
  sdp: null,
}

const starts = (net: Net, start: string) => net.wire.filter(one => one.text.startsWith(start))

test('an INVITE into silence is repeated 7 times within 32 s and then fails', () => {
  const { net, a } = floor()
  net.lose = () => true
  callCarl(net)
  net.run(40_000)
  assert.deepEqual(
    net.wire.map(one => one.at - 1_000),
    [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500],
  )
  const failed = net.of(alice, 'failed')[0]!
  assert.deepEqual([failed.by, failed.status], ['timeout', null])
  assert.equal(a.figures.transactions, 0)
})

test('a refusal reaches the caller with its cause, is acknowledged, and repeated until it is', () => {
  const { net } = floor()
  let acks = 0
  net.lose = text => text.startsWith('ACK') && ++acks <= 2
  callCarl(net)
  net.run(100)
  net.agents.get(carl)!.reject(net.of(carl, 'incoming')[0]!.session, 486, 17, net.now)
  net.run(60_000)
  const failed = net.of(alice, 'failed')
  assert.equal(failed.length, 1)
  assert.deepEqual(
    [failed[0]!.status, failed[0]!.q850, failed[0]!.by, failed[0]!.reason],
    [486, 17, 'remote', 'Busy Here'],
  )
  assert.equal(starts(net, 'SIP/2.0 486').length, 3)
  assert.equal(starts(net, 'ACK').length, 3)
  assert.equal(net.agents.get(carl)!.figures.transactions, 0)
})

test('a call withdrawn while it rings is cancelled on both sides', () => {
  const { net, a } = floor()
  const session = callCarl(net)
  net.run(100)
  a.hangUp(session, 16, net.now)
  net.run(100)
  assert.deepEqual([net.of(alice, 'failed')[0]!.status, net.of(alice, 'failed')[0]!.by], [487, 'local'])
  assert.deepEqual([net.of(carl, 'failed')[0]!.by, net.of(carl, 'failed')[0]!.q850], ['remote', 16])
  const tags = net.wire
    .filter(one => one.from === carl && !one.text.startsWith('SIP/2.0 100'))
    .map(one => /To: .*;tag=([^\r]+)/.exec(one.text)?.[1])
  assert.equal(new Set(tags).size, 1, 'the answers to CANCEL and INVITE carry one tag')
  assert.equal(tags.length, 2)
  net.run(60_000)
  assert.equal(a.figures.transactions + net.agents.get(carl)!.figures.transactions, 0)
})

test('a CANCEL waits for the first provisional response', () => {
  const { net, a } = floor()
  net.lose = text => text.startsWith('SIP/2.0 100')
  const session = callCarl(net)
  net.run(400)
  a.hangUp(session, null, net.now)
  net.run(3_000)
  assert.equal(starts(net, 'CANCEL').length, 0)
  net.agents.get(carl)!.progress(net.of(carl, 'incoming')[0]!.session, 180, null, net.now)
  net.run(1_000)
  assert.equal(starts(net, 'CANCEL').length, 1)
  assert.equal(net.of(alice, 'failed')[0]!.status, 487)
})

test('an INVITE that is withdrawn before anything came back is not repeated: nobody is rung by a trunk that wakes up', () => {
  const { net, a } = floor()
  net.lose = text => text.startsWith('INVITE') && net.now < 3_000
  const session = callCarl(net)
  net.run(1_000)
  a.hangUp(session, null, net.now)
  const sent = starts(net, 'INVITE').length
  net.run(40_000)
  assert.equal(starts(net, 'INVITE').length, sent)
  assert.deepEqual(net.types(carl), [])
  assert.deepEqual([net.of(alice, 'failed').length, a.figures.sessions, a.figures.transactions], [1, 0, 0])
})

test('an answer that crosses our CANCEL is acknowledged and hung up, and never becomes a call', () => {
  const { net, a } = floor()
  const session = callCarl(net)
  net.run(100)
  a.hangUp(session, null, net.now)
  net.agents.get(carl)!.accept(net.of(carl, 'incoming')[0]!.session, sdpB, net.now)
  net.run(2_000)
  assert.deepEqual(net.types(alice), ['failed'])
  assert.deepEqual(net.types(carl), ['incoming', 'confirmed', 'ended'])
  assert.equal(a.figures.sessions, 0)
})

test('who picks up while a call is withdrawn, and not hung up, is talked to', () => {
  const { net, a } = floor()
  const session = callCarl(net)
  net.run(100)
  a.withdraw(session, 19, net.now)
  net.agents.get(carl)!.accept(net.of(carl, 'incoming')[0]!.session, sdpB, net.now)
  net.run(2_000)
  assert.deepEqual(net.types(alice), ['accepted'])
  assert.deepEqual(net.types(carl), ['incoming', 'confirmed'])
  const other = callCarl(net)
  net.run(100)
  a.withdraw(other, 19, net.now)
  net.run(100)
  assert.deepEqual([net.of(alice, 'failed')[0]!.status, net.of(alice, 'failed')[0]!.by], [487, 'local'])
  const third = callCarl(net)
  net.run(100)
  a.withdraw(third, 19, net.now)
  a.hangUp(third, 19, net.now)
  net.agents.get(carl)!.accept(net.of(carl, 'incoming')[2]!.session, sdpB, net.now)
  net.run(2_000)
  assert.deepEqual(net.of(alice, 'failed')[1]!.answered, true)
  assert.equal(net.of(alice, 'accepted').length, 1)
})

test('a cancelled INVITE without a final response is given up after 32 s', () => {
  const { net, a } = floor()
  net.lose = text => /^SIP\/2\.0 487/.test(text)
  const session = callCarl(net)
  net.run(100)
  a.hangUp(session, null, net.now)
  net.run(33_000)
  assert.deepEqual([net.of(alice, 'failed')[0]!.by, net.of(alice, 'failed')[0]!.status], ['local', null])
})

test('a 2xx is repeated until its ACK comes, and the ACK for each repetition', () => {
  const { net } = floor()
  answerAtOnce(net)
  let acks = 0
  net.lose = text => text.startsWith('ACK') && ++acks <= 3
  callCarl(net)
  net.run(10_000)
  assert.deepEqual(net.types(carl), ['incoming', 'confirmed'])
  assert.equal(starts(net, 'SIP/2.0 200').length, 4)
  assert.deepEqual(net.types(alice), ['accepted'])
})

test('a 2xx that is never acknowledged ends the call with BYE after 32 s', () => {
  const { net } = floor()
  answerAtOnce(net)
  net.lose = text => text.startsWith('ACK')
  callCarl(net)
  net.run(40_000)
  assert.equal(net.of(carl, 'ended')[0]!.by, 'timeout')
  assert.equal(net.of(alice, 'ended')[0]!.by, 'remote')
})

test('who answered and hangs up before the ACK, says BYE after it', () => {
  const { net } = floor()
  let acks = 0
  net.lose = text => text.startsWith('ACK') && ++acks <= 1
  callCarl(net)
  net.run(10)
  const { session } = net.of(carl, 'incoming')[0]!
  net.agents.get(carl)!.accept(session, sdpB, net.now)
  net.agents.get(carl)!.hangUp(session, 16, net.now)
  net.run(2_000)
  const order = net.wire.map(one => one.text.split(' ', 1)[0]).filter(word => word === 'ACK' || word === 'BYE')
  assert.deepEqual(order, ['ACK', 'ACK', 'BYE'])
  assert.deepEqual(net.types(carl), ['incoming', 'ended'])
  net.run(60_000)
  assert.equal(net.agents.get(carl)!.figures.transactions, 0)
})

test('when two phones answer a forked call, the second is acknowledged and hung up', () => {
  const { net, a } = floor()
  answerAtOnce(net)
  const session = callCarl(net)
  net.run(100)
  const ok = starts(net, 'SIP/2.0 200')[0]!
  const fork = ok.text.replace(/(To: .*;tag=)[^\r]+/, '$1otherphone')
  net.put(carl, alice, Buffer.from(fork, 'latin1'))
  net.run(1_000)
  assert.equal(starts(net, 'BYE').length, 1)
  assert.match(starts(net, 'BYE')[0]!.text, /tag=otherphone/)
  assert.deepEqual(net.types(alice), ['accepted'])
  a.hangUp(session, null, net.now)
  net.run(100)
  assert.equal(net.of(carl, 'ended').length, 1)
})

test('hold and resume by the far end are offered and answered', () => {
  const { net, a, c, ours, theirs } = talking()
  c.reinvite(theirs, `${sdpB}a=sendonly\r\n`, net.now)
  net.run(10)
  assert.equal(net.of(alice, 'reoffer')[0]!.sdp, `${sdpB}a=sendonly\r\n`)
  a.answerReoffer(ours, { sdp: `${sdpA}a=recvonly\r\n` }, net.now)
  net.run(1_000)
  assert.equal(net.of(carl, 'reanswered')[0]!.sdp, `${sdpA}a=recvonly\r\n`)
  c.reinvite(theirs, sdpB, net.now)
  net.run(10)
  a.answerReoffer(ours, { status: 488 }, net.now)
  net.run(1_000)
  assert.equal(net.of(carl, 'reinviteFailed')[0]!.status, 488)
  assert.equal(net.of(alice, 'ended').length, 0)
})

test('re-INVITEs that meet are both refused with 491 and both succeed in the end', () => {
  const { net, a, c, ours, theirs } = talking()
  for (const [address, sdp] of [
    [alice, sdpA],
    [carl, sdpB],
  ] as const)
    net.reactions.set(address, (event, agent, now) => {
      if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp }, now)
    })
  a.reinvite(ours, sdpA, net.now)
  c.reinvite(theirs, sdpB, net.now)
  net.run(20_000)
  assert.equal(starts(net, 'SIP/2.0 491').length, 2)
  assert.equal(net.of(alice, 'reanswered').length, 1)
  assert.equal(net.of(carl, 'reanswered').length, 1)
})

test('a re-INVITE wanted while another is under way is sent after it, and only the latest', () => {
  const { net, a, ours } = talking()
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp: sdpB }, now)
  })
  a.reinvite(ours, sdpA, net.now)
  a.reinvite(ours, `${sdpA}a=inactive\r\n`, net.now)
  a.reinvite(ours, `${sdpA}a=sendonly\r\n`, net.now)
  net.run(2_000)
  assert.deepEqual(
    net.of(carl, 'reoffer').map(event => event.sdp),
    [sdpA, `${sdpA}a=sendonly\r\n`],
  )
})

test('a re-INVITE that the far end only ever rings for is forgotten with its call', () => {
  const { net, a, ours } = talking()
  net.change = text => text.replace(/^SIP\/2\.0 (200|487) .*(?=[\s\S]*CSeq: \d+ INVITE)/, 'SIP/2.0 180 Ringing')
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp: sdpB }, now)
  })
  a.reinvite(ours, sdpA, net.now)
  net.run(5_000)
  a.hangUp(ours, 16, net.now)
  net.run(70_000)
  assert.equal(a.figures.transactions, 0)
  assert.equal(a.nextDeadline(), null)
})

test('a BYE that meets an open re-INVITE ends the call and the re-INVITE', () => {
  const { net, a, c, ours, theirs } = talking()
  c.reinvite(theirs, sdpB, net.now)
  net.run(10)
  a.hangUp(ours, 16, net.now)
  net.run(60_000)
  assert.equal(net.of(carl, 'ended').length, 1)
  assert.equal(net.of(alice, 'ended').length, 1)
  assert.equal(a.figures.transactions + c.figures.transactions, 0)
  assert.equal(a.figures.sessions + c.figures.sessions, 0)
})

test('a call without an offer gets ours in the 2xx, and its answer comes with the ACK', () => {
  const { net, a } = floor()
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  const session = a.invite({ ...lateOffer, from: `sip:2@${alice}` }, net.now)
  net.run(1_000)
  assert.equal(net.of(carl, 'incoming')[0]!.sdp, null)
  assert.equal(net.of(alice, 'accepted')[0]!.sdp, null)
  assert.equal(net.of(alice, 'reoffer')[0]!.sdp, sdpB)
  assert.equal(starts(net, 'ACK').length, 0)
  a.answerReoffer(session, { sdp: sdpA }, net.now)
  net.run(1_000)
  assert.equal(net.of(carl, 'confirmed')[0]!.sdp, sdpA)
})

test('an offer in the 2xx that we cannot answer is acknowledged, and the call is hung up', () => {
  const { net, a } = floor()
  answerAtOnce(net)
  const session = a.invite({ ...lateOffer, from: `sip:2@${alice}` }, net.now)
  net.run(1_000)
  a.answerReoffer(session, { status: 488 }, net.now)
  net.run(1_000)
  assert.deepEqual([net.of(alice, 'ended')[0]!.by, net.of(alice, 'ended')[0]!.q850], ['local', 65])
  assert.deepEqual(net.types(carl), ['incoming', 'confirmed', 'ended'])
})

test('a digit in INFO is told, in all its spellings, and nonsense is refused', () => {
  const { net, a, ours } = talking()
  a.sendInfo(ours, '#', 160, net.now)
  net.run(100)
  assert.deepEqual([net.of(carl, 'digit')[0]!.digit, net.of(carl, 'digit')[0]!.durationMs], ['#', 160])
  const info = starts(net, 'INFO')[0]!.text
  const variant = (body: string, type: string, seq: number) =>
    info
      .replace(/\r\n\r\n[\s\S]*/, `\r\n\r\n${body}`)
      .replace(/Content-Length: \d+/, `Content-Length: ${body.length}`)
      .replace(/Content-Type: .*/, `Content-Type: ${type}`)
      .replace(/CSeq: \d+/, `CSeq: ${seq}`)
      .replace(/branch=[^;]+/, `branch=z9hG4bKinfo${seq}`)
  net.put(alice, carl, Buffer.from(variant('Signal= 11\r\nDuration= 250\r\n', 'application/dtmf-relay', 50), 'latin1'))
  net.put(alice, carl, Buffer.from(variant('5', 'application/dtmf', 51), 'latin1'))
  net.put(alice, carl, Buffer.from(variant('55555', 'application/dtmf', 52), 'latin1'))
  net.run(100)
  assert.deepEqual(
    net.of(carl, 'digit').map(event => event.digit),
    ['#', '#', '5'],
  )
  assert.equal(starts(net, 'SIP/2.0 415').length, 1)
})

test('a request of the dialog that comes out of order is refused, one of no dialog gets 481', () => {
  const { net, a, ours } = talking()
  a.sendInfo(ours, '1', 100, net.now)
  net.run(10)
  const info = starts(net, 'INFO')[0]!.text
  net.put(alice, carl, Buffer.from(info.replace(/branch=[^;]+/, 'branch=z9hG4bKother'), 'latin1'))
  net.run(10)
  assert.equal(starts(net, 'SIP/2.0 500').length, 1)
  net.put(
    alice,
    carl,
    Buffer.from(info.replace(/(To: .*;tag=)[^\r]+/, '$1nobody').replace(/branch=[^;]+/, 'branch=z9hG4bKz'), 'latin1'),
  )
  net.run(10)
  assert.equal(starts(net, 'SIP/2.0 481').length, 1)
})

test('a target, host, port or header that must not be sent is refused before anything leaves', () => {
  const { net, a } = floor()
  const spec = {
    target: `sip:1@${carl}`,
    destination: { transport: 'udp' as const, address: carl, port: 5060 },
    from: `sip:2@${alice}`,
    sdp: null,
  }
  const bad = [
    { ...spec, target: 'tel:110' },
    { ...spec, target: 'sip:1@host\r\nEvil: yes' },
    { ...spec, destination: { ...spec.destination, port: 70_000 } },
    { ...spec, destination: { ...spec.destination, address: 'host.example' } },
    { ...spec, destination: { ...spec.destination, address: '0.0.0.0' } },
    { ...spec, destination: { ...spec.destination, address: '255.255.255.255' } },
    { ...spec, destination: { ...spec.destination, transport: 'tcp' as const } },
    { ...spec, headers: [['X', 'a\r\nb']] as [string, string][] },
    { ...spec, headers: [['Via', 'x']] as [string, string][] },
  ]
  for (const one of bad) assert.throws(() => a.invite(one, net.now), { name: 'SipUsageError' })
  net.flush()
  assert.equal(net.wire.length, 0)
  assert.equal(a.figures.sessions, 0)
})

test('a hostile Contact does not lead our BYE astray', () => {
  for (const contact of ['sip:x@10.0.0.9:70000', 'sip:x@0.0.0.0', 'tel:110', 'sip:x@nowhere.example']) {
    const { net, a } = floor()
    answerAtOnce(net)
    const session = callCarl(net)
    net.lose = text => text.startsWith('SIP/2.0 200') && !text.includes(contact)
    net.run(100)
    const ok = starts(net, 'SIP/2.0 200')[0]!.text.replace(/Contact: <[^>]*>/, `Contact: <${contact}>`)
    net.put(carl, alice, Buffer.from(ok, 'latin1'))
    net.run(100)
    net.lose = () => false
    a.hangUp(session, null, net.now)
    net.run(100)
    assert.equal(starts(net, 'BYE')[0]?.to, carl, contact)
  }
})

test('what the caller wants said is said: name, asserted identity, own headers', () => {
  const { net, a } = floor()
  a.invite(
    {
      target: `sip:%2B8613800138000@${carl}`,
      destination: { transport: 'udp', address: carl, port: 5060 },
      from: `sip:4001@${alice}`,
      displayName: '王 "A"',
      assertedIdentity: `sip:+861012345678@${alice}`,
      headers: [['Diversion', '<sip:10086@10.0.0.1>;reason=unconditional']],
      sdp: sdpA,
    },
    net.now,
  )
  net.run(10)
  const incoming = net.of(carl, 'incoming')[0]!
  assert.equal(incoming.to, '+8613800138000')
  assert.equal(incoming.from.displayName, '王 "A"')
  assert.equal(incoming.assertedIdentity, '+861012345678')
  assert.deepEqual(incoming.diverted, { user: '10086', reason: 'unconditional' })
})

test('a full house answers 503, and takes calls again when there is room', () => {
  const net = new Net()
  net.add(alice)
  net.add(carl, { maxSessions: 2 })
  const sessions = [callCarl(net), callCarl(net), callCarl(net)]
  net.run(100)
  assert.equal(net.of(carl, 'incoming').length, 2)
  assert.deepEqual([net.of(alice, 'failed')[0]!.status, net.of(alice, 'failed')[0]!.retryAfterS], [503, 5])
  net.agents.get(alice)!.hangUp(sessions[0]!, null, net.now)
  net.run(100)
  callCarl(net)
  net.run(100)
  assert.equal(net.of(carl, 'incoming').length, 3)
})

test('in any weather each call is told of once on either side, ends once, and leaves nothing', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { net, a, c } = floor(seed, { loss: 0.2, duplicate: 0.2, delayMs: [1, 300] })
    const ringMs = (seed * 137) % 2_000
    const later: { at: number; act: () => void }[] = []
    net.reactions.set(carl, (event, agent, now) => {
      if (event.type !== 'incoming') return
      agent.progress(event.session, 180, null, now)
      later.push({ at: now + ringMs, act: () => agent.accept(event.session, sdpB, net.now) })
    })
    const session = callCarl(net)
    const hangUpMs = (seed * 311) % 4_000
    later.push({ at: net.now + hangUpMs, act: () => a.hangUp(session, 16, net.now) })
    for (let step = 0; step < 40; step++) {
      net.run(100)
      for (const one of later.splice(0)) {
        if (one.at <= net.now) one.act()
        else later.push(one)
      }
    }
    net.run(140_000)
    const story = `seed ${seed}: ${net.types(alice)} | ${net.types(carl)}`
    const [ends, theirEnds] = [alice, carl].map(who => net.of(who, 'failed').length + net.of(who, 'ended').length)
    assert.equal(ends, 1, story)
    assert.equal(theirEnds, net.of(carl, 'incoming').length, story)
    assert.ok(net.of(carl, 'incoming').length <= 1, story)
    assert.deepEqual(
      [a.figures.sessions, a.figures.transactions, c.figures.sessions, c.figures.transactions],
      [0, 0, 0, 0],
      story,
    )
  }
})
