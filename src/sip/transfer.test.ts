/** The transfer key: REFER with its reports, and calls that take the place of others, as a desk phone asks for them and as we do. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SessionId, UaEvent } from './events.ts'
import { alice, callCarl, calm, carl, Net, sdpA, sdpB, type Weather } from './fixtures/net.ts'
import { parseReferEvent, parseSipfrag } from './refer.ts'
import type { Replaces } from './replaces.ts'
import { formatReplaces, parseReplaces } from './replaces.ts'

/** Alice is the desk phone, Carl's agent is the centre. */
function talking(weather: Weather = calm, seed = 1) {
  const net = new Net(seed, weather)
  const [a, c] = [net.add(alice), net.add(carl)]
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  const phone = callCarl(net)
  net.run(3_000)
  return { net, a, c, phone, centre: net.of(carl, 'incoming')[0]!.session }
}

const sent = (net: Net, start: string) => net.wire.filter(one => one.text.startsWith(start)).map(one => one.text)
const say =
  (status: number) =>
  (event: UaEvent, agent: { answerRefer(...a: [SessionId, string, number, number]): void }, now: number) => {
    if (event.type === 'refer') agent.answerRefer(event.session, event.refer, status, now)
  }
const told = (net: Net) => net.of(alice, 'referred').map(({ status, final }) => `${status}${final ? '.' : ''}`)

describe('a blind transfer', () => {
  test('is asked for, accepted, reported on and done', () => {
    const { net, a, c, phone, centre } = talking()
    net.reactions.set(carl, say(202))
    a.refer(phone, { to: `sip:1002@${carl}`, referredBy: `sip:1001@${alice}` }, net.now)
    net.run(1_000)
    const [wish] = net.of(carl, 'refer')
    assert.deepEqual(
      { ...wish, refer: null },
      {
        type: 'refer',
        session: centre,
        refer: null,
        to: { uri: `sip:1002@${carl}`, user: '1002', host: carl },
        replaces: null,
        referredBy: '1001',
      },
    )
    assert.deepEqual(told(net), ['100'])
    c.notifyRefer(centre, wish!.refer, 180, net.now)
    net.run(500)
    c.notifyRefer(centre, wish!.refer, 200, net.now)
    net.run(500)
    assert.deepEqual(told(net), ['100', '180', '200.'])
    const notify = sent(net, 'NOTIFY').at(-1)!
    assert.match(notify, /\r\nEvent: refer;id=2\r\nSubscription-State: terminated;reason=noresource\r\n/)
    assert.match(notify, /\r\nContent-Type: message\/sipfrag;version=2\.0\r\n[\s\S]*\r\n\r\nSIP\/2\.0 200 OK\r\n$/)
    c.notifyRefer(centre, wish!.refer, 200, net.now)
    net.run(500)
    assert.equal(sent(net, 'NOTIFY').length, 3, 'after the last there is none')
  })

  test('is refused, and the call goes on', () => {
    const { net, a, phone } = talking()
    net.reactions.set(carl, say(603))
    a.refer(phone, { to: 'sip:0019005551234@10.0.0.2' }, net.now)
    net.run(1_000)
    assert.deepEqual(told(net), ['603.'])
    assert.equal(sent(net, 'NOTIFY').length, 0)
    assert.equal(net.of(alice, 'ended').length, 0)
  })

  test('fails after all: the phone hears why, and has the call back', () => {
    const { net, a, c, phone, centre } = talking()
    net.reactions.set(carl, say(202))
    a.refer(phone, { to: `sip:1002@${carl}` }, net.now)
    net.run(500)
    c.notifyRefer(centre, net.of(carl, 'refer')[0]!.refer, 486, net.now)
    net.run(500)
    assert.deepEqual(told(net), ['100', '486.'])
    assert.equal(net.of(carl, 'ended').length, 0)
  })

  test('that wants no reports gets none', () => {
    const { net, a, c, phone, centre } = talking()
    net.change = text => text.replace(/\r\nRefer-To:/, '\r\nRefer-Sub: false$&')
    net.reactions.set(carl, say(202))
    a.refer(phone, { to: `sip:1002@${carl}` }, net.now)
    net.run(500)
    c.notifyRefer(centre, net.of(carl, 'refer')[0]!.refer, 200, net.now)
    net.run(500)
    assert.match(sent(net, 'SIP/2.0 202')[0]!, /\r\nRefer-Sub: false\r\n/)
    assert.equal(sent(net, 'NOTIFY').length, 0)
    assert.deepEqual(told(net), ['202.'])
  })

  test('that nobody reports on is given up, and so is one whose call ends', () => {
    const { net, a, c, phone } = talking()
    net.reactions.set(carl, say(202))
    net.lose = text => text.startsWith('NOTIFY')
    a.refer(phone, { to: `sip:1002@${carl}` }, net.now)
    net.run(200_000)
    assert.deepEqual(told(net), ['null.'])
    net.reactions.set(carl, () => {})
    a.refer(phone, { to: `sip:1002@${carl}` }, net.now)
    net.run(500)
    a.hangUp(phone, 16, net.now)
    net.run(60_000)
    assert.equal(sent(net, 'SIP/2.0 481').length, 1)
    assert.deepEqual([a.figures.transactions, c.figures.transactions, c.figures.sessions], [0, 0, 0])
  })

  test('arrives once in any weather', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { net, a, c, phone, centre } = talking({ loss: 0.2, duplicate: 0.2, delayMs: [1, 300] }, seed)
      net.reactions.set(carl, say(202))
      a.refer(phone, { to: `sip:1002@${carl}` }, net.now)
      net.run(20_000)
      const wishes = net.of(carl, 'refer')
      assert.equal(wishes.length, 1, `seed ${seed}`)
      c.notifyRefer(centre, wishes[0]!.refer, 200, net.now)
      net.run(20_000)
      assert.equal(told(net).at(-1), '200.', `seed ${seed}: ${told(net)}`)
    }
  })

  test('is understood when the URI says it strangely, and refused when it means something else', () => {
    for (const [to, status] of [
      ['<sip:1002@10.0.0.2>', 202],
      ['sip:1002@10.0.0.2', 202],
      ['"Nr. 2" <tel:+8613800138000>', 202],
      ['<sip:1002@10.0.0.2;method=INVITE>', 202],
      ['<sip:1002@10.0.0.2;method=BYE>', 403],
      ['<http://example.com/>', 400],
      ['<sip:1002@10.0.0.2>, <sip:1003@10.0.0.2>', 400],
      ['<sip:1002@10.0.0.2?Replaces=nonsense>', 400],
      ['<sip:1002@10.0.0.2?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc&Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>', 400],
      [`<sip:${'1'.repeat(2_000)}@10.0.0.2>`, 400],
      ['', 400],
    ] as const) {
      const { net, a, phone } = talking()
      net.reactions.set(carl, say(202))
      net.change = text => text.replace(/Refer-To: [^\r]*/, `Refer-To: ${to}`)
      a.refer(phone, { to: 'sip:x@10.0.0.2' }, net.now)
      net.run(500)
      assert.equal(sent(net, `SIP/2.0 ${status}`).length, 1, to)
      assert.equal(net.of(carl, 'refer').length, status === 202 ? 1 : 0, to)
    }
  })

  test('from outside a call, or before the answer, is refused', () => {
    const { net, a, phone } = talking()
    net.reactions.set(carl, say(202))
    a.refer(phone, { to: `sip:1002@${carl}` }, net.now)
    net.run(100)
    const refer = sent(net, 'REFER')[0]!
    const outside = refer
      .replace(/(\r\nTo: [^\r]*?);tag=[^\r]+/, '$1')
      .replace(/branch=[^;]+/, 'branch=z9hG4bKoutside')
      .replace(/Call-ID: .*/, 'Call-ID: outside')
    net.put(alice, carl, Buffer.from(outside, 'latin1'))
    net.run(100)
    assert.equal(sent(net, 'SIP/2.0 403').length, 1)
    assert.equal(net.of(carl, 'refer').length, 1)
  })

  test('a NOTIFY of nothing that we asked for is refused', () => {
    const { net, a, c, phone, centre } = talking()
    net.reactions.set(carl, say(202))
    a.refer(phone, { to: `sip:1002@${carl}` }, net.now)
    net.run(500)
    c.notifyRefer(centre, net.of(carl, 'refer')[0]!.refer, 200, net.now)
    net.run(500)
    const notify = sent(net, 'NOTIFY').at(-1)!
    for (const [at, [event, status]] of [
      ['refer;id=77', 481],
      ['refer', 481],
      ['presence', 489],
    ].entries()) {
      const bytes = notify
        .replace(/Event: .*/, `Event: ${event}`)
        .replace(/CSeq: \d+/, `CSeq: ${50 + at}`)
        .replace(/branch=[^;]+/, `branch=z9hG4bKstray${at}`)
      net.put(carl, alice, Buffer.from(bytes, 'latin1'))
      net.run(10)
      assert.ok(net.wire.at(-1)!.text.startsWith(`SIP/2.0 ${status}`), String(event))
    }
    assert.deepEqual(told(net), ['100', '200.'])
  })

  test('a hundred transfers asked for at once keep four open', () => {
    const { net, a, phone } = talking()
    for (let wish = 0; wish < 100; wish++) a.refer(phone, { to: `sip:${wish}@${carl}` }, net.now)
    net.run(1_000)
    assert.equal(net.of(carl, 'refer').length, 4)
    assert.equal(net.of(alice, 'referred').filter(event => event.status === 503).length, 96)
  })
})

describe('an attended transfer', () => {
  test('names the other call that the phone has with us', () => {
    const { net, a, c, phone, centre } = talking()
    const second = callCarl(net)
    net.run(500)
    const other = net.of(carl, 'incoming')[1]!.session
    net.reactions.set(carl, say(202))
    a.refer(phone, { replaces: second }, net.now)
    net.run(500)
    const wish = net.of(carl, 'refer')[0]!
    assert.deepEqual([wish.session, wish.replaces], [centre, { session: other }])
    c.notifyRefer(centre, wish.refer, 200, net.now)
    c.hangUp(other, 16, net.now)
    net.run(500)
    assert.deepEqual(told(net), ['100', '200.'])
    assert.deepEqual(
      net.of(alice, 'ended').map(event => event.session),
      [second],
    )
  })

  test('that names a call which is not ours is told as such', () => {
    const { net, a, phone } = talking()
    const second = callCarl(net)
    net.run(500)
    net.change = text => text.replace(/Replaces=[^%]+/, 'Replaces=elsewhere')
    a.refer(phone, { replaces: second }, net.now)
    net.run(500)
    assert.deepEqual(net.of(carl, 'refer')[0]!.replaces, { session: null })
  })

  test('a wish to a URI that is none is refused before anything is sent', () => {
    const { net, a, phone } = talking()
    for (const to of ['110', 'sip:1@host\r\nEvil: yes', 'tel:110'])
      assert.throws(() => a.refer(phone, { to }, net.now), { name: 'SipUsageError' })
    assert.equal(sent(net, 'REFER').length, 0)
  })
})

describe('a call that takes the place of another', () => {
  /** Alice's phone calls again with Replaces of her first call, as her other phone would. */
  function replacing(change: (replaces: Replaces) => Replaces | string = one => one, accept = true) {
    const all = talking()
    const { net, a } = all
    net.reactions.set(carl, (event, agent, now) => {
      if (event.type === 'incoming' && accept) agent.accept(event.session, sdpB, now)
    })
    const ok = sent(net, 'SIP/2.0 200')[0]!
    const tag = (name: string) => new RegExp(`\r\n${name}: .*;tag=([^\r]+)`).exec(ok)![1]!
    const replaces = change({
      callId: /Call-ID: ([^\r]+)/.exec(ok)![1]!,
      toTag: tag('To'),
      fromTag: tag('From'),
      earlyOnly: false,
    })
    if (typeof replaces === 'string') net.change = text => text.replace(/\r\nReplaces: [^\r]*/, `\r\n${replaces}`)
    const session = a.invite(
      {
        target: `sip:13800138000@${carl}`,
        destination: { transport: 'udp', address: carl, port: 5060 },
        from: `sip:4001@${alice}`,
        sdp: sdpA,
        replaces: typeof replaces === 'string' ? { callId: 'x', toTag: 'x', fromTag: 'x', earlyOnly: false } : replaces,
      },
      net.now,
    )
    net.run(2_000)
    return { ...all, session }
  }

  test('is told with the call it means, and accepting it ends that one', () => {
    const { net, centre, phone, session } = replacing()
    assert.equal(net.of(carl, 'incoming')[1]!.replaces, centre)
    assert.deepEqual(
      net.of(carl, 'ended').map(event => [event.session, event.by, event.reason]),
      [[centre, 'local', 'replaced by another call']],
    )
    assert.deepEqual(net.of(alice, 'ended')[0]!.session, phone)
    assert.equal(net.of(alice, 'accepted')[1]!.session, session)
    assert.match(sent(net, 'INVITE')[1]!, /\r\nRequire: replaces\r\nReplaces: /)
  })

  test('is refused by the phone layer, and the first goes on', () => {
    const { net, c } = replacing(undefined, false)
    c.reject(net.of(carl, 'incoming')[1]!.session, 403, null, net.now)
    net.run(500)
    assert.deepEqual([net.of(carl, 'ended').length, net.of(alice, 'failed')[0]!.status], [0, 403])
  })

  for (const [what, change, status] of [
    ['names no call of ours', one => ({ ...one, callId: 'other' }), 481],
    ['has the tags the wrong way round', one => ({ ...one, toTag: one.fromTag, fromTag: one.toTag }), 481],
    ['wants only a call that still rings', one => ({ ...one, earlyOnly: true }), 486],
    ['cannot be read', () => 'Replaces: ;;;', 400],
    ['names two', () => 'Replaces: a;to-tag=b;from-tag=c\r\nReplaces: a;to-tag=b;from-tag=c', 400],
  ] as [string, (one: Replaces) => Replaces | string, number][])
    test(`is refused when it ${what}`, () => {
      const { net } = replacing(change)
      assert.equal(net.of(alice, 'failed')[0]!.status, status)
      assert.equal(net.of(carl, 'incoming').length, 1)
      assert.equal(net.of(carl, 'ended').length, 0)
    })
})

test('Replaces is written and read alike', () => {
  for (const one of [
    { callId: '12@host', toTag: 'a.b', fromTag: 'c-d', earlyOnly: false },
    { callId: 'x', toTag: 'a', fromTag: 'b', earlyOnly: true },
  ])
    assert.deepEqual(parseReplaces(formatReplaces(one)), one)
  for (const wrong of [
    '',
    'x',
    'x;to-tag=a',
    'x;to-tag=a;from-tag',
    'x y;to-tag=a;from-tag=b',
    'x;to-tag=a;from-tag=b;',
  ])
    assert.equal(parseReplaces(wrong), null, wrong)
})

test('a report is read from its first line', () => {
  const body = (text: string) => Buffer.from(text)
  assert.deepEqual(parseSipfrag('message/sipfrag;version=2.0', body('SIP/2.0 180 Ringing\r\nX: y\r\n')), {
    status: 180,
    reason: 'Ringing',
  })
  assert.deepEqual(parseSipfrag('message/sipfrag', body('SIP/2.0 200')), { status: 200, reason: '' })
  for (const [type, text] of [
    ['text/plain', 'SIP/2.0 200 OK'],
    ['message/sipfrag', 'INVITE sip:x SIP/2.0'],
    ['message/sipfrag', 'SIP/2.0 999 x'],
    ['message/sipfrag', ''],
  ] as const)
    assert.equal(parseSipfrag(type, body(text)), null)
  assert.deepEqual([parseReferEvent('refer;id=3'), parseReferEvent('Refer')], [{ id: 3 }, { id: null }])
  assert.deepEqual([parseReferEvent('refer;id=x'), parseReferEvent(null)], [null, null])
})
