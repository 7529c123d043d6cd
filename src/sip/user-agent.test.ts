import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, callCarl, carl, Net, sdpA, sdpB } from './fixtures/net.ts'

/** Carl's side answers every call after `ms`. */
function answering(net: Net): void {
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type !== 'incoming') return
    agent.progress(event.session, 180, null, now)
    agent.accept(event.session, sdpB, now)
  })
}

for (const transport of ['udp', 'tcp'] as const) {
  test(`a call over ${transport} is offered, answered, confirmed and hung up, and leaves nothing behind`, () => {
    const net = new Net(1, undefined, transport)
    const [a, c] = [net.add(alice), net.add(carl)]
    answering(net)
    const session = callCarl(net)
    net.run(1_000)
    assert.deepEqual(net.types(alice), ['provisional', 'accepted'])
    assert.deepEqual(net.types(carl), ['incoming', 'confirmed'])
    const offered = net.of(carl, 'incoming')[0]!
    assert.equal(offered.to, '13800138000')
    assert.equal(offered.from.user, '4001')
    assert.equal(offered.sdp, sdpA)
    assert.equal(net.of(alice, 'accepted')[0]!.sdp, sdpB)

    a.hangUp(session, 16, net.now)
    net.run(1_000)
    assert.equal(net.of(alice, 'ended')[0]!.by, 'local')
    assert.deepEqual([net.of(carl, 'ended')[0]!.by, net.of(carl, 'ended')[0]!.q850], ['remote', 16])
    net.run(40_000)
    assert.deepEqual(a.figures, { ...a.figures, sessions: 0, transactions: 0, retransmitted: 0 })
    assert.deepEqual(c.figures, { ...c.figures, sessions: 0, transactions: 0, retransmitted: 0 })
    assert.equal(a.nextDeadline(), null)
  })
}

test('a call to a `tel:` URI is offered with its number; a request of another kind to one is not understood', () => {
  const net = new Net()
  net.add(alice)
  net.add(carl)
  answering(net)
  net.change = text =>
    /^(?:INVITE|CANCEL|ACK) sip:13800138000@/.test(text)
      ? text.replace(/ sip:13800138000@\S+/, ' tel:+86-138.0013-8000;x=y')
      : text
  const session = callCarl(net)
  net.run(1_000)
  assert.equal(net.of(carl, 'incoming')[0]!.to, '+8613800138000')
  assert.deepEqual(net.types(carl), ['incoming', 'confirmed'])
  net.agents.get(alice)!.hangUp(session, 16, net.now)
  net.run(1_000)
  assert.equal(net.of(carl, 'ended').length, 1)
  net.reactions.clear()
  for (const withdraws of [true, false]) {
    const next = callCarl(net)
    net.run(100)
    if (withdraws) net.agents.get(alice)!.hangUp(next, 16, net.now)
    else net.agents.get(carl)!.reject(net.of(carl, 'incoming').at(-1)!.session, 486, 17, net.now)
    net.run(40_000)
  }
  assert.deepEqual(
    net.of(carl, 'failed').map(({ status, by }) => [status, by]),
    [
      [487, 'remote'],
      [486, 'local'],
    ],
  )
  assert.equal(net.wire.filter(one => one.text.startsWith('SIP/2.0 486')).length, 1, 'it was acknowledged')
  const invite = net.wire.find(one => one.text.startsWith('INVITE'))!.text
  net.put(alice, carl, Buffer.from(invite.replaceAll('INVITE', 'OPTIONS').replace('branch=z', 'branch=zz')))
  net.run(10)
  assert.match(net.wire.at(-1)!.text, /^SIP\/2\.0 416 /)
})
