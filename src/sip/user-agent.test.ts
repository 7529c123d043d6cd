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
