/** Timers and repetitions of RFC 3261 §17, seen on the wire. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, callCarl, carl, Net, sdpA, sdpB } from './fixtures/net.ts'

function floor() {
  const net = new Net()
  return { net, a: net.add(alice), c: net.add(carl) }
}

/** When the packets that begin so were sent, after the first of them. */
function times(net: Net, start: string): number[] {
  const sent = net.wire.filter(one => one.text.startsWith(start)).map(one => one.at)
  return sent.map(at => at - sent[0]!)
}

test('a refusal that is never acknowledged is repeated by T1 up to T2, for 64 × T1 (timers G and H)', () => {
  const { net, c } = floor()
  net.lose = text => text.startsWith('ACK')
  callCarl(net)
  net.run(10)
  c.reject(net.of(carl, 'incoming')[0]!.session, 486, null, net.now)
  net.run(70_000)
  // Of the caller's side: each repetition is acknowledged again.
  assert.deepEqual(
    times(net, 'SIP/2.0 486'),
    [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
  )
  assert.equal(times(net, 'ACK').length, 11)
  assert.equal(c.figures.transactions, 0)
})

test('a 2xx that is never acknowledged is repeated by T1 up to T2, for 64 × T1', () => {
  const { net, c } = floor()
  net.lose = text => text.startsWith('ACK') || text.startsWith('BYE')
  callCarl(net)
  net.run(10)
  c.accept(net.of(carl, 'incoming')[0]!.session, sdpB, net.now)
  net.run(35_000)
  assert.deepEqual(
    times(net, 'SIP/2.0 200'),
    [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
  )
})

test('a BYE into silence is repeated by T1 up to T2, eleven times in all (timers E and F)', () => {
  const { net, a } = floor()
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  const session = callCarl(net)
  net.run(1_000)
  net.lose = text => text.startsWith('BYE')
  a.hangUp(session, null, net.now)
  net.run(60_000)
  assert.deepEqual(times(net, 'BYE'), [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500])
  assert.equal(a.figures.transactions, 0)
})

test('an INVITE that comes again gets the last provisional response again, and is no second call', () => {
  const { net, c } = floor()
  net.lose = text => text.startsWith('SIP/2.0 1') && net.now < 1_400
  callCarl(net)
  net.run(10)
  c.progress(net.of(carl, 'incoming')[0]!.session, 183, sdpB, net.now)
  net.run(3_000)
  assert.equal(net.wire.filter(one => one.text.startsWith('INVITE')).length, 2)
  assert.equal(net.of(carl, 'incoming').length, 1)
  assert.deepEqual(
    net.of(alice, 'provisional').map(event => [event.status, event.sdp]),
    [[183, sdpB]],
  )
})

test('a BYE that comes again gets its answer again', () => {
  const { net, a } = floor()
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  const session = callCarl(net)
  net.run(1_000)
  let lost = 0
  net.lose = (text, from) => from === carl && text.includes('CSeq: 2 BYE') && ++lost <= 2
  a.hangUp(session, null, net.now)
  net.run(10_000)
  assert.equal(net.wire.filter(one => one.from === carl && one.text.includes('CSeq: 2 BYE')).length, 3)
  assert.equal(net.of(carl, 'ended').length, 1)
})

test('a call that rings is told so once a minute, so that no proxy gives up', () => {
  const { net, c } = floor()
  callCarl(net)
  net.run(10)
  c.progress(net.of(carl, 'incoming')[0]!.session, 180, null, net.now)
  net.run(130_000)
  assert.deepEqual(times(net, 'SIP/2.0 180'), [0, 60_000, 120_000])
})

test('an ACK to a 2xx that wrongly repeats the branch of the INVITE is taken all the same', () => {
  const { net, c } = floor()
  net.lose = text => text.startsWith('ACK') && !text.includes('branch=z9hG4bKsame')
  callCarl(net)
  net.run(10)
  c.accept(net.of(carl, 'incoming')[0]!.session, sdpB, net.now)
  net.run(100)
  assert.equal(net.of(carl, 'confirmed').length, 0)
  const branch = /branch=([^;]+)/.exec(net.wire.find(one => one.text.startsWith('INVITE'))!.text)![1]!
  const ack = net.wire.find(one => one.text.startsWith('ACK'))!.text
  net.lose = () => false
  net.put(alice, carl, Buffer.from(ack.replace(/branch=[^;]+/, `branch=${branch}`), 'latin1'))
  net.run(10)
  assert.equal(net.of(carl, 'confirmed').length, 1)
})

test('a new Contact in the answer to a re-INVITE moves the far end', () => {
  const { net, a, c } = floor()
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  const session = callCarl(net)
  net.run(1_000)
  net.lose = text => text.startsWith('SIP/2.0 200') && !text.includes('10.0.0.7')
  a.reinvite(session, sdpA, net.now)
  net.run(10)
  c.answerReoffer(net.of(carl, 'incoming')[0]!.session, { sdp: sdpB }, net.now)
  net.run(10)
  const ok = net.wire.findLast(one => one.text.startsWith('SIP/2.0 200'))!.text
  net.put(carl, alice, Buffer.from(ok.replace(/Contact: <[^>]*>/, 'Contact: <sip:moved@10.0.0.7:5077>'), 'latin1'))
  net.run(10)
  assert.equal(net.of(alice, 'reanswered').length, 1)
  a.hangUp(session, null, net.now)
  net.run(1)
  const bye = net.wire.find(one => one.text.startsWith('BYE'))!
  assert.deepEqual([bye.to, bye.text.split('\r\n')[0]], ['10.0.0.7', 'BYE sip:moved@10.0.0.7:5077 SIP/2.0'])
})

test('with its table full the agent begins nothing new, yet ends what it has', () => {
  const net = new Net()
  net.add(alice, { maxTransactions: 2 })
  net.add(carl)
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  const first = callCarl(net)
  callCarl(net)
  callCarl(net)
  net.run(100)
  assert.deepEqual(
    net.of(alice, 'failed').map(event => event.by),
    ['transport'],
  )
  assert.equal(net.of(carl, 'incoming').length, 2)
  net.agents
    .get(alice)!
    .qualify(
      'q',
      { uri: `sip:${carl}`, destination: { transport: 'udp', address: carl, port: 5060 }, everyMs: 5_000 },
      net.now,
    )
  net.run(100)
  assert.equal(net.of(alice, 'qualified')[0]!.up, false)
  net.agents.get(alice)!.hangUp(first, 16, net.now)
  net.run(100)
  assert.equal(net.of(carl, 'ended').length, 1)
})

test('with its table full the agent answers 503 to new calls, and hears the BYE of one it has', () => {
  const net = new Net()
  const a = net.add(alice)
  net.add(carl, { maxTransactions: 2 })
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  const first = callCarl(net)
  callCarl(net)
  callCarl(net)
  net.run(100)
  assert.deepEqual([net.of(alice, 'failed')[0]!.status, net.of(alice, 'failed')[0]!.retryAfterS], [503, 5])
  a.hangUp(first, 16, net.now)
  net.run(100)
  assert.equal(net.of(carl, 'ended').length, 1)
})

test('what a broken request would have us send to a port that is none is not sent', () => {
  const { c } = floor()
  const bad = 'OPTIONS sip:a@b SIP/9.0\r\nVia: SIP/2.0/UDP x:99999;branch=z9hG4bK1\r\n\r\n'
  const flow = { transport: 'udp' as const, source: { address: alice, port: 5060 }, local: 'udp' }
  c.receive(Buffer.from(bad), flow, 0)
  assert.equal(c.drain().send.length, 0)
  c.receive(Buffer.from(bad.replace('99999', '9999')), flow, 0)
  assert.equal(c.drain().send[0]?.destination.port, 9999)
})
