/** Mutations of a whole call, as a far end that went mad (or is an attacker on its path) would send them, in datagrams and in a stream. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { alice, callCarl, carl, Net, sdpA, sdpB } from './fixtures/net.ts'
import type { Flow, UserAgent } from './user-agent.ts'

/** Everything alice sends to carl in a call with every request we know. */
function transcript(): string[] {
  const net = new Net()
  const [a, c] = [net.add(alice), net.add(carl)]
  for (const [address, sdp] of [
    [alice, sdpA],
    [carl, sdpB],
  ] as const)
    net.reactions.set(address, (event, agent, now) => {
      if (event.type === 'incoming') agent.accept(event.session, sdp, now)
      if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp }, now)
    })
  const session = callCarl(net)
  net.run(100)
  a.reinvite(session, sdpA, net.now)
  net.run(100)
  a.sendInfo(session, '5', 160, net.now)
  c.reinvite(net.of(carl, 'incoming')[0]!.session, sdpB, net.now)
  net.run(100)
  a.hangUp(session, 16, net.now)
  const withdrawn = callCarl(net)
  net.run(1)
  a.hangUp(withdrawn, 16, net.now)
  a.qualify(
    'q',
    { uri: `sip:${carl}`, destination: { transport: 'udp', address: carl, port: 5060 }, everyMs: 60_000 },
    net.now,
  )
  net.run(100)
  return net.wire.filter(one => one.from === alice).map(one => one.text)
}

const fragments = [
  '\r\n',
  ';',
  ',',
  '"',
  '<',
  '>',
  ':',
  '@',
  '\0',
  '%00',
  ' ',
  '1',
  '4294967296',
  'INVITE',
  'BYE',
  ';tag=x',
  'Require: x\r\n',
  'SIP/2.0 200 OK',
]

function mutate(text: string, random: () => number): string {
  if (random() < 0.6) return text
  const at = Math.floor(random() * text.length)
  const cut = random() < 0.5 ? 0 : Math.floor(random() * 30)
  return text.slice(0, at) + fragments[Math.floor(random() * fragments.length)] + text.slice(at + cut)
}

function victim(transport: 'udp' | 'tcp') {
  const net = new Net(1, undefined, transport)
  return net.add(carl, { maxSessions: 50, maxTransactions: 500 })
}

/** What the attacker has seen of the victim, so that its messages belong to live dialogs. */
type Seen = { tag: string; seq: number; ackSeq: number; branch: number }

function aimed(text: string, seen: Seen, random: () => number): string {
  let aim = text.replace(/(\r\nTo: [^\r]*;tag=)[^\r;]+/, `$1${seen.tag}`)
  if (random() < 0.8) aim = aim.replace(/branch=[^;\r]+/, `branch=z9hG4bK${seen.branch++}`)
  if (random() < 0.8 && !/^(ACK|CANCEL|SIP)/.test(aim)) aim = aim.replace(/CSeq: \d+/, `CSeq: ${++seen.seq}`)
  else if (aim.startsWith('ACK')) aim = aim.replace(/CSeq: \d+/, `CSeq: ${seen.ackSeq}`)
  return aim
}

const told = new Map<string, number>()

function react(agent: UserAgent, now: number, random: () => number, seen: Seen): void {
  const { events, send } = agent.drain()
  for (const one of send) {
    const ok = /^SIP\/2\.0 (?:18|2)[\s\S]*?\r\nTo: [^\r]*;tag=([^\r;]+)[\s\S]*?CSeq: (\d+) INVITE/
    const match = ok.exec(one.bytes.toString('latin1'))
    if (match) [seen.tag, seen.ackSeq] = [match[1]!, Number(match[2])]
  }
  for (const event of events) {
    told.set(event.type, (told.get(event.type) ?? 0) + 1)
    assert.ok(event.type !== 'dropped' || !event.reason.startsWith('our fault'), JSON.stringify(event))
    if (event.type === 'incoming') {
      if (random() < 0.7) agent.accept(event.session, sdpB, now)
      else agent.progress(event.session, 180, null, now)
      if (random() < 0.03) agent.reinvite(event.session, sdpB, now)
      if (random() < 0.03) agent.hangUp(event.session, 16, now)
    }
    if (event.type === 'reoffer')
      agent.answerReoffer(event.session, random() < 0.8 ? { sdp: sdpB } : { status: 488 }, now)
    if (event.type === 'confirmed' && random() < 0.05) agent.reinvite(event.session, sdpB, now)
  }
}

test('a call replayed in any order and broken in any way throws nothing, and everything ends with it', () => {
  const messages = transcript()
  assert.ok(messages.length >= 12)
  const flow: Flow = { transport: 'udp', source: { address: alice, port: 5060 }, local: 'udp' }
  for (let seed = 1; seed <= 30; seed++) {
    const random = seededRandom(seed)
    const agent = victim('udp')
    const seen: Seen = { tag: 'none', seq: 1, ackSeq: 1, branch: seed * 10_000 }
    let now = 0
    for (let round = 0; round < 400; round++) {
      now += random() * 200
      agent.advance(now)
      const text =
        random() < 0.5
          ? messages[Math.floor((round / 400) * messages.length)]!
          : messages[Math.floor(random() * messages.length)]!
      if (text.startsWith('BYE') && random() < 0.8) continue // let calls live long enough to be tormented
      agent.receive(Buffer.from(mutate(aimed(text, seen, random), random), 'latin1'), flow, now)
      react(agent, now, random, seen)
      assert.ok(agent.figures.transactions <= 501, `seed ${seed}`)
    }
    for (let minute = 0; minute < 10; minute++) {
      now += 60_000
      agent.advance(now)
      react(agent, now, random, seen)
    }
    // Calls that nobody ended on either side are all that may be left.
    assert.equal(
      agent.figures.transactions <= agent.figures.sessions,
      true,
      `seed ${seed}: ${JSON.stringify(agent.figures)}`,
    )
  }
  // The attack went deep, and did not only knock at the door.
  for (const type of ['incoming', 'confirmed', 'reoffer', 'digit', 'ended', 'failed'])
    assert.ok((told.get(type) ?? 0) > 15, `${type}: ${told.get(type)}`)
})

test('a flood from nobody we know is dropped unread, while a trunk is heard at any rate', () => {
  const net = new Net()
  net.add(alice)
  const agent = net.add(carl, { admit: ({ source }) => (source.address === alice ? 'trusted' : 'refuse') })
  const options = (from: string) =>
    Buffer.from(
      `OPTIONS sip:${carl} SIP/2.0\r\nVia: SIP/2.0/UDP ${from};branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n`,
    )
  const answered = (from: string, count: number, now: number) => {
    const flow: Flow = { transport: 'udp', source: { address: from, port: 5060 }, local: 'udp' }
    for (let sent = 0; sent < count; sent++) agent.receive(options(from), flow, now)
    return agent.drain().send.length
  }
  assert.equal(answered('203.0.113.9', 10_000, 0), 2_000)
  assert.equal(answered('203.0.113.9', 10_000, 1_000), 500)
  assert.equal(answered('203.0.113.10', 100, 1_000), 100)
  assert.equal(answered(alice, 10_000, 1_000), 10_000)
})

test('a mad stream costs its connection, and nothing else', () => {
  const messages = transcript()
  let closed = 0
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed)
    const agent = victim('tcp')
    const flow: Flow = {
      transport: 'tcp',
      source: { address: alice, port: 40_000 },
      local: 'tcp',
      connection: `c${seed}`,
    }
    const stream = Buffer.from(messages.map(text => mutate(text, random)).join(''), 'latin1')
    for (let at = 0; at < stream.length; ) {
      const take = 1 + Math.floor(random() * 700)
      agent.receive(stream.subarray(at, at + take), flow, seed)
      at += take
      const drained = agent.drain()
      for (const event of drained.events)
        assert.ok(event.type !== 'dropped' || !event.reason.startsWith('our fault'), JSON.stringify(event))
      if (drained.close.length > 0) {
        assert.deepEqual(drained.close, [`c${seed}`])
        closed++
        break
      }
    }
    agent.connectionClosed(`c${seed}`, seed)
  }
  assert.ok(closed > 0)
})
