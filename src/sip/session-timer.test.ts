/** Session timers: who refreshes, what is agreed on, and how a call whose far end is gone comes to its end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionId, UserAgentOptions } from './events.ts'
import { alice, callCarl, carl, Net, sdpA, sdpB } from './fixtures/net.ts'
import { parseSessionExpires } from './session-timer.ts'
import { Timers } from './timers.ts'

type Options = Partial<UserAgentOptions>

function talking(ours: Options = {}, theirs: Options = {}, change: (text: string) => string = text => text) {
  const net = new Net()
  net.change = change
  const [a, c] = [net.add(alice, ours), net.add(carl, theirs)]
  for (const [address, sdp] of [
    [alice, sdpA],
    [carl, sdpB],
  ] as const)
    net.reactions.set(address, (event, agent, now) => {
      if (event.type === 'incoming') agent.accept(event.session, sdp, now)
      if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp }, now)
    })
  const session: SessionId = callCarl(net)
  net.run(1_000)
  assert.deepEqual(net.types(carl), ['incoming', 'confirmed'])
  return { net, a, c, session }
}

const count = (net: Net, start: string) => net.wire.filter(one => one.text.startsWith(start)).length
const minutes = (wanted: number) => wanted * 60_000
const without = (name: string) => (text: string) => text.replace(new RegExp(`\r\n${name}: [^\r]*`, 'gi'), '')

test('a call is refreshed by UPDATE at half time, by the one who was chosen, and goes on', () => {
  const { net } = talking()
  net.run(minutes(61))
  const updates = net.wire.filter(one => one.text.startsWith('UPDATE'))
  assert.equal(updates.length, 4)
  assert.ok(updates.every(one => one.from === carl && /\r\nSession-Expires: 1800;refresher=uac\r\n/.test(one.text)))
  assert.deepEqual([net.of(alice, 'ended').length, net.of(carl, 'ended').length], [0, 0])
  assert.match(net.wire.find(one => one.text.startsWith('SIP/2.0 200'))!.text, /\r\nRequire: timer\r\n/)
})

test('a far end that knows no UPDATE is refreshed by re-INVITE with the media as they are', () => {
  const { net } = talking({}, {}, text => text.replace(', UPDATE', ''))
  net.run(minutes(16))
  const again = net.wire.filter(one => one.text.startsWith('INVITE'))
  assert.equal(again.length, 2)
  assert.ok(again[1]!.text.endsWith(sdpB))
  assert.equal(net.of(alice, 'reoffer').length, 1)
  assert.deepEqual([net.of(alice, 'ended').length, net.of(carl, 'ended').length], [0, 0])
})

test('whose BYE was lost is found out: the refresh says 481, and the call ends', () => {
  const { net, a, session } = talking()
  net.lose = text => text.startsWith('BYE')
  a.hangUp(session, 16, net.now)
  net.run(60_000)
  net.lose = () => false
  assert.equal(net.of(carl, 'ended').length, 0)
  net.run(minutes(15))
  assert.match(net.of(carl, 'ended')[0]!.reason, /481/)
  assert.equal(net.agents.get(carl)!.figures.sessions, 0)
})

test('a far end that fell silent is noticed by both, each in its own time, and nothing is left', () => {
  const { net } = talking()
  net.lose = () => true
  net.run(minutes(31))
  assert.deepEqual([net.of(carl, 'ended')[0]!.by, net.of(alice, 'ended')[0]!.by], ['timeout', 'timeout'])
  assert.match(net.of(alice, 'ended')[0]!.reason, /not refreshed/)
  net.run(minutes(2))
  for (const agent of net.agents.values()) {
    assert.deepEqual([agent.figures.sessions, agent.figures.transactions], [0, 0])
    assert.equal(agent.nextDeadline(), null)
  }
})

test('an interval below the least gets 422, and the call is placed again with what was asked for', () => {
  const { net } = talking(
    { sessionTimes: { wantedS: 100, leastS: 90 } },
    { sessionTimes: { wantedS: 600, leastS: 300 } },
  )
  assert.equal(count(net, 'SIP/2.0 422'), 1)
  const invites = net.wire.filter(one => one.text.startsWith('INVITE'))
  assert.match(invites[1]!.text, /\r\nSession-Expires: 300\r\nMin-SE: 300\r\n/)
  assert.match(invites[1]!.text, /\r\nCSeq: 2 INVITE\r\n/)
})

test('who asks for ever more by 422 is not followed for ever', () => {
  const net = new Net()
  net.add(alice)
  net.add(carl)
  let least = 90
  net.change = text =>
    text.replace(/^SIP\/2\.0 100[\s\S]*?\r\n(Via)/, '$1').replace(/^SIP\/2\.0 486 Busy Here/, () => {
      least += 90
      return `SIP/2.0 422 Session Interval Too Small\r\nMin-SE: ${least}`
    })
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.reject(event.session, 486, null, now)
  })
  callCarl(net)
  net.run(5_000)
  assert.equal(count(net, 'INVITE'), 4)
  assert.equal(net.of(alice, 'failed')[0]!.status, 422)
})

test('a far end without session timers is asked by OPTIONS, and a call that it has forgotten ends', () => {
  const { net } = talking({}, {}, without('(?:Session-Expires|Supported|Require)'))
  net.run(minutes(20))
  assert.ok(count(net, 'OPTIONS') >= 2)
  assert.equal(count(net, 'UPDATE'), 0)
  assert.equal(net.of(alice, 'ended').length, 0)
  net.lose = text => text.startsWith('OPTIONS') || text.startsWith('BYE')
  net.run(minutes(20))
  assert.equal(net.of(alice, 'ended')[0]!.by, 'timeout')
})

for (const [asks, change] of [
  ['UPDATE', (text: string) => text],
  ['INVITE', (text: string) => text.replace(', UPDATE', '')],
  ['OPTIONS', without('(?:Session-Expires|Supported|Require)')],
] as const)
  test(`a connection that breaks under ${asks} ends no call: it is asked again soon`, () => {
    const { net } = talking({}, {}, change)
    const before = count(net, asks)
    let broken = 0
    net.lose = (text, from) => {
      if (!text.startsWith(asks) || broken >= 2) return false
      broken++
      const destination = { address: from === alice ? carl : alice, port: 5060 }
      net.later(1, at => net.agents.get(from)!.transportFailed({ transport: 'udp', destination }, at))
      return true
    }
    net.run(minutes(16))
    assert.deepEqual([net.of(alice, 'ended'), net.of(carl, 'ended')], [[], []])
    assert.equal(broken, 2)
    assert.ok(count(net, asks) > before + 2)
    net.run(minutes(60))
    assert.deepEqual([net.of(alice, 'ended'), net.of(carl, 'ended')], [[], []])
  })

test('an answer that grants a second is not refreshed every half second', () => {
  const { net } = talking({}, {}, text =>
    text.startsWith('SIP/2.0 200') ? text.replace(/Session-Expires: [^\r]*/, 'Session-Expires: 1;refresher=uac') : text,
  )
  net.run(minutes(3))
  assert.equal(count(net, 'UPDATE'), 4)
})

test('refreshes that collide with a change of media lose nothing, in rain', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { net, a, c, session } = talking({ sessionTimes: { wantedS: 90, leastS: 90 } })
    net.weather = { loss: 0.15, duplicate: 0.1, delayMs: [1, 200] }
    const theirs = net.of(carl, 'incoming')[0]!.session
    for (let round = 0; round < 12; round++) {
      a.reinvite(session, sdpA, net.now)
      if (round % 2 === seed % 2) c.reinvite(theirs, sdpB, net.now)
      net.run(15_000 + seed * 41)
    }
    const story = `seed ${seed}: ${net.types(alice)} | ${net.types(carl)}`
    assert.deepEqual([net.of(alice, 'ended').length, net.of(carl, 'ended').length], [0, 0], story)
    assert.ok(net.of(alice, 'reanswered').length >= 10, story)
  }
})

test('Session-Expires is read as the RFC writes it, and nothing else', () => {
  assert.deepEqual(parseSessionExpires('1800;refresher=UAS'), { seconds: 1_800, refresher: 'uas' })
  assert.deepEqual(parseSessionExpires('90 ; x=y'), { seconds: 90, refresher: null })
  for (const wrong of ['', '-1', '1e3', '90;;', '99999999999', '90 refresher=uac', ';refresher=uac'])
    assert.equal(parseSessionExpires(wrong), null, wrong)
})

test('deadlines that nobody waits for any more are cleared away, and those that somebody does are kept', () => {
  const timers = new Timers()
  let woken = 0
  const sleeper = () => ({ wakeAt: null, queuedAt: null, wake: () => void woken++ })
  const kept = Array.from({ length: 100 }, sleeper)
  for (const [at, one] of kept.entries()) timers.set(one, 1_000 + at)
  for (let call = 0; call < 100_000; call++) {
    const one = sleeper()
    timers.set(one, 900_000 + call)
    timers.set(one, null)
  }
  assert.ok(timers.size < 1_500, String(timers.size))
  assert.equal(timers.next(), 1_000)
  timers.advance(2_000_000)
  assert.equal(woken, 100)
  assert.equal(timers.next(), null)
})
