/** Before the answer: provisional responses that must arrive, UPDATE, several phones that ring at once, and numbers that moved. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Destination, InviteSpec, SessionId, UaEvent } from './events.ts'
import { alice, calm, carl, Net, sdpA, sdpB, type Weather } from './fixtures/net.ts'
import { parseRAck } from './reliable.ts'
import type { UserAgent } from './user-agent.ts'

const dave = '10.0.0.3'
const held = (sdp: string) => `${sdp}a=inactive\r\n`

function floor(seed = 1, weather: Weather = calm) {
  const net = new Net(seed, weather)
  return { net, a: net.add(alice), c: net.add(carl) }
}

function call(net: Net, spec: Partial<InviteSpec> = {}): SessionId {
  return net.agents.get(alice)!.invite(
    {
      target: `sip:13800138000@${carl}`,
      destination: { transport: 'udp', address: carl, port: 5060 },
      from: `sip:4001@${alice}`,
      sdp: sdpA,
      ...spec,
    },
    net.now,
  )
}

/** Carl as a carrier that plays something before it answers. */
function announces(net: Net, thenMs: number | null): void {
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp: sdpB }, now)
    if (event.type !== 'incoming') return
    agent.progress(event.session, 183, sdpB, now)
    if (thenMs !== null) net.later(thenMs, at => agent.accept(event.session, sdpB, at))
  })
}

const sent = (net: Net, start: string, from?: string) =>
  net.wire.filter(one => one.text.startsWith(start) && (from === undefined || one.from === from))
const theirs = (net: Net, at = carl) => net.of(at, 'incoming')[0]!.session
const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)

test('early media are acknowledged by PRACK, told once, and the 2xx has no SDP any more', () => {
  const { net } = floor()
  announces(net, 2_000)
  call(net)
  net.run(5_000)
  const [progress] = sent(net, 'SIP/2.0 183')
  assert.match(progress!.text, /\r\nRequire: 100rel\r\nRSeq: \d+\r\n/)
  const rseq = /RSeq: (\d+)/.exec(progress!.text)![1]
  assert.match(sent(net, 'PRACK')[0]!.text, new RegExp(`\r\nRAck: ${rseq} 1 INVITE\r\n`))
  assert.equal(sent(net, 'SIP/2.0 183').length, 1)
  assert.equal(sent(net, 'PRACK').length, 1)
  assert.deepEqual(net.types(alice), ['provisional', 'accepted'])
  assert.equal(net.of(alice, 'provisional')[0]!.sdp, sdpB)
  assert.equal(bodyOf(sent(net, 'SIP/2.0 200').at(-1)!.text), '')
  assert.equal(net.of(alice, 'accepted')[0]!.sdp, sdpB)
})

test('a reliable 183 is repeated after 0.5, 1, 2, 4 s until its PRACK comes', () => {
  const { net } = floor()
  announces(net, null)
  net.lose = text => text.startsWith('PRACK') && net.now < 9_000
  call(net)
  net.run(20_000)
  const at = sent(net, 'SIP/2.0 183').map(one => one.at - 1_000)
  assert.deepEqual(
    at.slice(0, 5).map(ms => Math.round(ms / 100)),
    [0, 5, 15, 35, 75],
  )
  assert.ok(at.length <= 6)
  assert.equal(net.of(alice, 'provisional').length, 1)
})

test('a call whose 183 is never acknowledged is refused, and the 2xx that waited is not sent', () => {
  const { net, c } = floor()
  announces(net, 1_000)
  net.lose = text => text.startsWith('PRACK')
  call(net)
  net.run(40_000)
  assert.equal(sent(net, 'SIP/2.0 504').length, 1)
  assert.equal(net.of(carl, 'failed')[0]!.by, 'timeout')
  assert.equal(net.of(alice, 'failed')[0]!.status, 504)
  net.run(60_000)
  assert.deepEqual([c.figures.sessions, c.figures.transactions], [0, 0])
})

test('a caller that requires it gets each ringing reliably, in order; one that knows nothing of it, none', () => {
  for (const [change, reliable] of [
    ['Require: 100rel', true],
    ['Supported: timer', false],
  ] as const) {
    const { net, c } = floor()
    net.change = text => (text.startsWith('INVITE') ? text.replace(/Supported: [^\r]*/, change) : text)
    net.reactions.set(carl, (event, agent, now) => {
      if (event.type !== 'incoming') return
      for (const status of [180, 183, 182]) agent.progress(event.session, status, status === 183 ? sdpB : null, now)
    })
    call(net)
    net.run(5_000)
    assert.deepEqual(
      net.of(alice, 'provisional').map(event => event.status),
      [180, 183, 182],
    )
    assert.equal(sent(net, 'PRACK').length, reliable ? 3 : 0)
    c.accept(theirs(net), sdpB, net.now)
    net.run(1_000)
    assert.equal(net.of(alice, 'accepted').length, 1)
    assert.equal(bodyOf(sent(net, 'SIP/2.0 200').at(-1)!.text), reliable ? '' : sdpB)
  }
})

test('who answers before the PRACK of its ringing came takes that PRACK all the same', () => {
  const { net, c } = floor()
  net.change = text => (text.startsWith('INVITE') ? text.replace(/Supported: [^\r]*/, 'Require: 100rel') : text)
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type !== 'incoming') return
    agent.progress(event.session, 180, null, now)
    agent.accept(event.session, sdpB, now)
  })
  call(net)
  net.run(40_000)
  const { text: prack } = sent(net, 'PRACK')[0]!
  const answers = () => net.wire.filter(one => /\r\nCSeq: \d+ PRACK\r\n/.test(one.text) && one.from === carl)
  assert.deepEqual(
    answers().map(one => one.text.slice(8, 11)),
    ['200'],
  )
  assert.equal(sent(net, 'SIP/2.0 180').length, 1)
  assert.deepEqual(net.types(carl), ['incoming', 'confirmed'])
  const again = prack.replace(/branch=[^;]+/, 'branch=z9hG4bKagain').replace(/CSeq: \d+/, 'CSeq: 9')
  net.put(alice, carl, Buffer.from(again, 'latin1'))
  net.run(100)
  assert.equal(answers().at(-1)!.text.slice(8, 11), '481')
  assert.equal(c.figures.sessions, 1)
})

test('a provisional response out of its order is not acknowledged, nor is one that comes again', () => {
  const { net, c } = floor()
  announces(net, null)
  call(net)
  net.run(100)
  const progress = sent(net, 'SIP/2.0 183')[0]!.text
  const rseq = Number(/RSeq: (\d+)/.exec(progress)![1])
  for (const [number, pracks] of [
    [rseq, 1],
    [rseq + 2, 1],
    [rseq - 1, 1],
    [rseq + 1, 2],
  ] as const) {
    net.put(carl, alice, Buffer.from(progress.replace(/RSeq: \d+/, `RSeq: ${number}`), 'latin1'))
    net.run(100)
    assert.equal(sent(net, 'PRACK').length, pracks, String(number - rseq))
  }
  assert.equal(c.figures.sessions, 1)
})

test('a PRACK that acknowledges nothing is refused, whoever sends it', () => {
  const { net } = floor()
  announces(net, null)
  net.lose = text => text.startsWith('PRACK')
  call(net)
  net.run(100)
  net.lose = () => false
  const prack = sent(net, 'PRACK')[0]!.text
  for (const wrong of ['0 1 INVITE', '1 7 INVITE', 'nothing', '4294967296 1 INVITE', '1 1 BYE']) {
    const bytes = prack
      .replace(/RAck: .*/, `RAck: ${wrong}`)
      .replace(/CSeq: \d+/, `CSeq: ${10 + wrong.length}`)
      .replace(/branch=[^;]+/, `branch=z9hG4bK${wrong.length}`)
    net.put(alice, carl, Buffer.from(bytes, 'latin1'))
  }
  net.run(100)
  assert.equal(sent(net, 'SIP/2.0 481').length + sent(net, 'SIP/2.0 500').length, 5)
  assert.equal(sent(net, 'SIP/2.0 200').length, 0)
  assert.deepEqual(parseRAck(' 1  2 INVITE '.trim()), { rseq: 1, cseq: 2, method: 'INVITE' })
})

test('a call without an offer gets one in the 183, answers it in the PRACK, and nothing is agreed on twice', () => {
  const { net, a } = floor()
  net.change = text => (text.startsWith('INVITE') ? text.replace(/Supported: [^\r]*/, 'Require: 100rel') : text)
  announces(net, 2_000)
  const session = call(net, { sdp: null })
  net.run(500)
  assert.deepEqual(net.types(alice), ['reoffer', 'provisional'])
  assert.equal(net.of(alice, 'reoffer')[0]!.sdp, sdpB)
  assert.equal(sent(net, 'PRACK').length, 0)
  a.answerReoffer(session, { sdp: sdpA }, net.now)
  net.run(4_000)
  assert.equal(bodyOf(sent(net, 'PRACK')[0]!.text), sdpA)
  assert.equal(net.of(carl, 'reanswered')[0]!.sdp, sdpA)
  assert.equal(net.of(carl, 'confirmed')[0]!.sdp, null)
  assert.equal(net.of(alice, 'accepted')[0]!.sdp, sdpB)
})

test('both sides change the media by UPDATE before the answer', () => {
  const { net, a, c } = floor()
  announces(net, null)
  net.reactions.set(alice, (event, agent, now) => {
    if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp: sdpA }, now)
  })
  const session = call(net)
  net.run(500)
  a.reinvite(session, held(sdpA), net.now)
  net.run(500)
  assert.equal(net.of(carl, 'reoffer')[0]!.sdp, held(sdpA))
  assert.equal(net.of(alice, 'reanswered')[0]!.sdp, sdpB)
  c.reinvite(theirs(net), held(sdpB), net.now)
  net.run(500)
  assert.equal(net.of(alice, 'reoffer')[0]!.sdp, held(sdpB))
  assert.equal(net.of(carl, 'reanswered')[0]!.sdp, sdpA)
  assert.equal(sent(net, 'UPDATE').length, 2)
  c.accept(theirs(net), sdpB, net.now)
  net.run(1_000)
  assert.equal(net.of(alice, 'accepted')[0]!.sdp, held(sdpB), 'what was agreed on last is in force')
  a.reinvite(session, sdpA, net.now)
  net.run(1_000)
  assert.equal(sent(net, 'INVITE').length, 2, 'after the answer it is a re-INVITE')
})

test('UPDATEs that meet before the answer are both refused with 491 and both succeed in the end', () => {
  const { net, a, c } = floor()
  announces(net, null)
  net.reactions.set(alice, (event, agent, now) => {
    if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp: sdpA }, now)
  })
  const session = call(net)
  net.run(500)
  a.reinvite(session, held(sdpA), net.now)
  c.reinvite(theirs(net), held(sdpB), net.now)
  net.run(20_000)
  assert.equal(sent(net, 'SIP/2.0 491').length, 2)
  assert.equal(net.of(alice, 'reanswered').length, 1)
  assert.equal(net.of(carl, 'reanswered').length, 1)
})

test('while the first offer has no answer, an UPDATE with another is refused, and ours waits for the answer', () => {
  const { net, a } = floor()
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.progress(event.session, 180, null, now)
  })
  const session = call(net)
  net.run(500)
  a.reinvite(session, held(sdpA), net.now)
  net.run(500)
  assert.equal(sent(net, 'UPDATE').length, 0)
  net.agents.get(carl)!.accept(theirs(net), sdpB, net.now)
  net.run(500)
  assert.equal(sent(net, 'INVITE').length, 2)

  const early = floor()
  early.net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.progress(event.session, 180, null, now)
  })
  call(early.net)
  early.net.run(500)
  const invite = sent(early.net, 'INVITE')[0]!.text
  const tag = /To: .*;tag=([^\r]+)/.exec(sent(early.net, 'SIP/2.0 180')[0]!.text)![1]
  const update = invite
    .replaceAll('INVITE', 'UPDATE')
    .replace('CSeq: 1', 'CSeq: 2')
    .replace(/(To: <[^>]*>)/, `$1;tag=${tag}`)
    .replace(/branch=[^;]+/, 'branch=z9hG4bKupdate')
  early.net.put(alice, carl, Buffer.from(update, 'latin1'))
  early.net.run(100)
  assert.match(sent(early.net, 'SIP/2.0 500')[0]!.text, /\r\nRetry-After: \d\r\n/)
})

/** Dave's phone rings for the same INVITE: what carl said, with another tag. */
function fork(text: string, tag: string, sdp: string | null = null): Buffer {
  const other = text.replace(/(\r\nTo: .*;tag=)[^\r]+/, `$1${tag}`).replaceAll(`@${carl}`, `@${dave}`)
  return Buffer.from(sdp === null ? other : other.replaceAll(carl, dave), 'latin1')
}

test('of phones that ring at once each has its dialog, and the media are those of the one that picked up', () => {
  const { net } = floor()
  announces(net, null)
  call(net)
  net.run(200)
  const progress = sent(net, 'SIP/2.0 183')[0]!.text
  net.put(carl, alice, fork(progress.replace(/RSeq: \d+/, 'RSeq: 77'), 'second', sdpB))
  net.run(200)
  const pracks = sent(net, 'PRACK')
  assert.equal(pracks.length, 2)
  assert.match(pracks[1]!.text, /To: .*;tag=second\r\n[\s\S]*RAck: 77 1 INVITE\r\n/)
  assert.equal(net.of(alice, 'provisional')[1]!.sdp, sdpB.replaceAll(carl, dave))

  // The first one picks up, without SDP: it has said all.
  net.agents.get(carl)!.accept(theirs(net), sdpB, net.now)
  net.run(200)
  assert.equal(net.of(alice, 'accepted')[0]!.sdp, sdpB)
  // And the second just after it.
  const ok = sent(net, 'SIP/2.0 200', carl).at(-1)!.text
  net.put(carl, alice, fork(ok, 'second'))
  net.run(200)
  const acks = sent(net, 'ACK')
  assert.match(acks.at(-1)!.text, /tag=second/)
  assert.match(sent(net, 'BYE')[0]!.text, /tag=second/)
  assert.deepEqual(net.of(alice, 'ended'), [])
  assert.equal(net.of(alice, 'accepted').length, 1)
})

test('of phones that offer other media at once, before one picks up, each is answered about its own', () => {
  const { net } = floor()
  announces(net, null)
  net.reactions.set(alice, (event, agent, now) => {
    if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp: answerTo(event.sdp ?? '') }, now)
  })
  const answerTo = (offer: string) => `${sdpA}a=to:${/m=audio (\d+)/.exec(offer)?.[1]}\r\n`
  call(net)
  net.run(200)
  const progress = sent(net, 'SIP/2.0 183')[0]!.text
  net.put(carl, alice, fork(progress.replace(/RSeq: \d+/, 'RSeq: 77'), 'second', sdpB))
  net.run(200)
  const [first = ''] = [/To: .*;tag=([^\r]+)/.exec(progress)![1]]
  const line = (name: string) => new RegExp(`^${name}: (.*)\r`, 'm').exec(progress)![1]!
  const update = (tag: string, n: number, port: number) => {
    const body = sdpB.replace('m=audio 4000', `m=audio ${port}`)
    const lines = [
      ...[`UPDATE sip:4001@${alice} SIP/2.0`, `Via: SIP/2.0/UDP ${carl};branch=z9hG4bKu${n}`],
      ...[`From: ${line('To').replace(first, tag)}`, `To: ${line('From')}`, `Call-ID: ${line('Call-ID')}`],
      ...[`CSeq: ${n} UPDATE`, `Contact: <sip:1@${carl}>`, 'Content-Type: application/sdp'],
      ...[`Content-Length: ${body.length}`, '', body],
    ]
    net.put(carl, alice, Buffer.from(lines.join('\r\n')))
  }
  const answerOf = (n: number) => bodyOf(net.wire.findLast(({ text }) => text.includes(`branch=z9hG4bKu${n}`))!.text)
  update('second', 11, 5_011)
  update(first, 12, 5_012)
  net.run(100)
  assert.deepEqual(
    [answerOf(11), answerOf(12)],
    ['5011', '5012'].map(port => `${sdpA}a=to:${port}\r\n`),
  )
  // One asks again while the other's waits.
  update(first, 13, 5_013)
  net.run(100)
  update('second', 14, 5_014)
  update(first, 15, 5_015)
  net.run(100)
  assert.deepEqual(
    [answerOf(14), answerOf(15)],
    ['5014', '5015'].map(port => `${sdpA}a=to:${port}\r\n`),
  )
  net.agents.get(carl)!.accept(theirs(net), sdpB, net.now)
  net.run(200)
  assert.equal(net.of(alice, 'accepted')[0]!.sdp, sdpB.replace('m=audio 4000', 'm=audio 5015'))
})

test('three phones pick up, in any order and repeatedly: one call, two are acknowledged and hung up each time', () => {
  const { net, a } = floor()
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  const session = call(net)
  net.run(200)
  const ok = sent(net, 'SIP/2.0 200')[0]!.text
  for (const tag of ['b', 'c', 'b', 'c']) {
    net.put(carl, alice, fork(ok, tag))
    net.run(100)
  }
  const hungUp = new Set(sent(net, 'BYE').map(one => /To: .*;tag=([^\r]+)/.exec(one.text)![1]))
  assert.deepEqual([...hungUp].sort(), ['b', 'c'])
  for (const tag of ['b', 'c']) assert.ok(sent(net, 'ACK').filter(one => one.text.includes(`tag=${tag}`)).length >= 1)
  assert.deepEqual(net.types(alice), ['accepted'])
  a.hangUp(session, 16, net.now)
  net.run(60_000)
  assert.deepEqual([a.figures.sessions, a.figures.transactions], [0, 0])
  assert.equal(a.nextDeadline(), null)
})

test('a far end that invents a thousand phones costs sixteen dialogs, and the call goes on', () => {
  const { net, a, c } = floor()
  announces(net, null)
  call(net)
  net.run(200)
  const progress = sent(net, 'SIP/2.0 183')[0]!.text
  for (let phone = 0; phone < 1_000; phone++) net.put(carl, alice, fork(progress, `t${phone}`))
  net.run(1_000)
  assert.ok(sent(net, 'PRACK').length < 200, String(sent(net, 'PRACK').length))
  c.accept(theirs(net), sdpB, net.now)
  net.run(1_000)
  assert.equal(net.of(alice, 'accepted').length, 1)
  net.run(60_000)
  assert.equal(a.figures.transactions, 0)
})

const moved = (net: Net, contact: string) => (event: UaEvent, agent: UserAgent, now: number) => {
  if (event.type === 'incoming') agent.reject(event.session, 302, null, now)
  net.change = text => text.replace(/^SIP\/2\.0 302 [^\r]*/, `$&\r\nContact: ${contact}`)
}

test('a call that is redirected is refused, unless its policy knows the place; then it goes there, once each', () => {
  const policy = (uri: string): Destination | null =>
    uri.includes(dave) ? { transport: 'udp', address: dave, port: 5060 } : null
  for (const [contact, redirect, reached] of [
    [`<sip:13800138000@${dave}>`, undefined, false],
    [`<sip:13800138000@${dave}>`, policy, true],
    [`<sip:x@10.0.0.66>;q=1.0, <sip:13800138000@${dave}>;q=0.5`, policy, true],
    ['<sip:900@10.0.0.66>', policy, false],
    ['<tel:110>', policy, false],
    [`<sip:1@${dave}?Subject=x>`, policy, false],
    ['*', policy, false],
  ] as const) {
    const { net } = floor()
    net.add(dave)
    net.reactions.set(carl, moved(net, contact))
    net.reactions.set(dave, (event, agent, now) => {
      if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
    })
    call(net, { redirect })
    net.run(2_000)
    assert.equal(net.of(alice, 'accepted').length, reached ? 1 : 0, contact)
    if (!reached) assert.equal(net.of(alice, 'failed')[0]!.status, 302, contact)
    assert.equal(
      net.wire.filter(one => one.to === '10.0.0.66').length,
      0,
      'nothing goes to a host that is not configured',
    )
  }
})

test('gateways that send us round in a circle are left', () => {
  const { net } = floor()
  net.add(dave)
  const turn: Record<string, string> = { [carl]: dave, [dave]: carl }
  let hop = 0
  for (const place of [carl, dave])
    net.reactions.set(place, (event, agent, now) => {
      if (event.type !== 'incoming') return
      net.change = text => text.replace(/^SIP\/2\.0 302 [^\r]*/, `$&\r\nContact: <sip:n${hop++}@${turn[place]}>`)
      agent.reject(event.session, 302, null, now)
    })
  call(net, {
    redirect: uri => ({ transport: 'udp', address: uri.includes(dave) ? dave : carl, port: 5060 }),
  })
  net.run(10_000)
  assert.equal(sent(net, 'INVITE').length, 5)
  assert.equal(net.of(alice, 'failed')[0]!.status, 302)
})

test('in any weather early media, changes and the answer come through, and nothing is left', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const { net, a, c } = floor(seed, { loss: 0.2, duplicate: 0.2, delayMs: [1, 300] })
    announces(net, 3_000)
    net.reactions.set(alice, (event, agent, now) => {
      if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp: sdpA }, now)
    })
    const session = call(net)
    net.later(1_500, now => a.reinvite(session, held(sdpA), now))
    net.later(60_000 + seed * 10, now => a.hangUp(session, 16, now))
    net.run(200_000)
    const story = `seed ${seed}: ${net.types(alice)} | ${net.types(carl)}`
    assert.equal(net.of(alice, 'accepted').length, 1, story)
    assert.equal(net.of(alice, 'ended').length, 1, story)
    assert.equal(net.of(carl, 'ended').length, 1, story)
    for (const agent of [a, c]) assert.deepEqual([agent.figures.sessions, agent.figures.transactions], [0, 0], story)
  }
})
