import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { parseSdp } from './description.ts'
import { answerOffer, buildOffer, type LocalMedia, readAnswer } from './negotiate.ts'

const local: LocalMedia = {
  address: '10.0.0.1',
  port: 20_000,
  codecs: ['pcma', 'pcmu'],
  direction: 'sendrecv',
  session: { id: 1, version: 1 },
}

const offer = (lines: string[], connection = 'c=IN IP4 10.0.0.2') =>
  `${['v=0', 'o=carl 1 1 IN IP4 10.0.0.2', 's=-', connection, 't=0 0', ...lines].filter(Boolean).join('\r\n')}\r\n`

const agreedOn = (text: string, changes: Partial<LocalMedia> = {}) => {
  const answered = answerOffer(text, { ...local, ...changes })
  return answered.ok ? answered : assert.fail(answered.why)
}

test('our offer is understood by ourselves, and our answer to it by us', () => {
  const sent = buildOffer(local)
  assert.match(sent, /m=audio 20000 RTP\/AVP 8 0 101\r\na=rtpmap:8 PCMA\/8000\r\na=rtpmap:0 PCMU\/8000/)
  const { sdp, agreed } = agreedOn(sent, { address: '10.0.0.2', port: 30_000 })
  assert.deepEqual(agreed, {
    codec: 'pcma',
    payloadType: 8,
    dtmfPayloadType: 101,
    remote: { address: '10.0.0.1', port: 20_000 },
    send: true,
    receive: true,
    held: false,
    ptimeMs: 20,
    wantsVoip: false,
    srtp: null,
  })
  const understood = readAnswer(sdp, local)
  assert.deepEqual(understood.ok && understood.agreed.remote, { address: '10.0.0.2', port: 30_000 })
})

test("the offerer's order of codecs counts, among those we allow", () => {
  const both = offer(['m=audio 4000 RTP/AVP 18 0 8 96', 'a=rtpmap:96 telephone-event/8000'])
  assert.equal(agreedOn(both).agreed.codec, 'pcmu')
  assert.equal(agreedOn(both).agreed.dtmfPayloadType, 96)
  assert.equal(agreedOn(both, { codecs: ['pcma'] }).agreed.codec, 'pcma')
  assert.match(agreedOn(both).sdp, /m=audio 20000 RTP\/AVP 0 96\r\n/)
})

test('a codec may come under a dynamic number, and a number may be given another meaning', () => {
  assert.equal(agreedOn(offer(['m=audio 4000 RTP/AVP 97', 'a=rtpmap:97 PCMA/8000/1'])).agreed.payloadType, 97)
  assert.equal(answerOffer(offer(['m=audio 4000 RTP/AVP 8', 'a=rtpmap:8 L16/8000']), local).ok, false)
})

for (const [direction, send, receive, answer] of [
  ['sendrecv', true, true, 'sendrecv'],
  ['sendonly', false, true, 'recvonly'],
  ['recvonly', true, false, 'sendonly'],
  ['inactive', false, false, 'inactive'],
] as const)
  test(`an offer ${direction} lets us ${send ? 'send' : 'not send'} and is answered ${answer}`, () => {
    const { sdp, agreed } = agreedOn(offer(['m=audio 4000 RTP/AVP 8', `a=${direction}`]))
    assert.deepEqual([agreed.send, agreed.receive, agreed.held], [send, receive, !send])
    assert.ok(sdp.includes(`a=${answer}\r\n`))
  })

test('a direction of the whole session holds for the media that name none', () => {
  assert.equal(agreedOn(offer(['a=sendonly', 'm=audio 4000 RTP/AVP 8'])).agreed.held, true)
})

test('c=0.0.0.0 is a hold, as RFC 2543 did it', () => {
  const { agreed } = agreedOn(offer(['m=audio 4000 RTP/AVP 8'], 'c=IN IP4 0.0.0.0'))
  assert.deepEqual([agreed.held, agreed.send, agreed.receive], [true, false, true])
})

test('our own hold is granted no more than the far end allows', () => {
  const { sdp, agreed } = agreedOn(offer(['m=audio 4000 RTP/AVP 8']), { direction: 'sendonly' })
  assert.ok(sdp.includes('a=sendonly'))
  assert.deepEqual([agreed.send, agreed.receive], [true, false])
  assert.ok(
    agreedOn(offer(['m=audio 4000 RTP/AVP 8', 'a=sendonly']), { direction: 'sendonly' }).sdp.includes('a=inactive'),
  )
})

test("the media's own address goes before the session's", () => {
  const text = offer(['m=audio 4000 RTP/AVP 8', 'c=IN IP4 10.0.0.9', 'a=ptime:30'])
  assert.deepEqual(agreedOn(text).agreed.remote, { address: '10.0.0.9', port: 4000 })
  assert.equal(agreedOn(text).agreed.ptimeMs, 30)
})

test('streams beside the audio are refused in their places', () => {
  const { sdp } = agreedOn(
    offer(['m=video 5000 RTP/AVP 31', 'm=audio 4000 RTP/AVP 8', 'm=audio 4002 RTP/AVP 0', 'm=image 6000 udptl t38']),
  )
  assert.deepEqual(
    sdp.match(/^m=.*$/gm)?.map(line => line.split(' ').slice(0, 2).join(' ')),
    ['m=video 0', 'm=audio 20000', 'm=audio 0', 'm=image 0'],
  )
})

for (const [name, text, why] of [
  ['no SDP', 'hello', 'syntax'],
  ['no media', offer([]), 'no audio'],
  ['a closed stream', offer(['m=audio 0 RTP/AVP 8']), 'no audio'],
  ['encrypted audio only', offer(['m=audio 4000 RTP/SAVP 8']), 'no common encryption'],
  ['G.729 only', offer(['m=audio 4000 RTP/AVP 18']), 'no common codec'],
  ['no address', offer(['m=audio 4000 RTP/AVP 8'], ''), 'bad address'],
  ['a name for an address', offer(['m=audio 4000 RTP/AVP 8'], 'c=IN IP4 carrier.example'), 'bad address'],
  ['an IPv6 address called IPv4', offer(['m=audio 4000 RTP/AVP 8'], 'c=IN IP4 ::1'), 'syntax'],
  ['a port beyond the end', offer(['m=audio 70000 RTP/AVP 8']), 'syntax'],
  ['9 KB', offer([`a=${'x'.repeat(9_000)}`]), 'syntax'],
] as const)
  test(`${name} is refused: ${why}`, () => {
    const answered = answerOffer(text, local)
    assert.deepEqual(answered, { ok: false, why })
  })

test('no mutation of an offer throws or takes long', () => {
  const random = seededRandom(3264)
  const text = offer(['m=audio 4000 RTP/AVP 8 0 101', 'a=rtpmap:101 telephone-event/8000', 'a=ptime:20', 'a=sendrecv'])
  const started = process.cpuUsage() // waiting for a busy machine does not count
  for (let round = 0; round < 20_000; round++) {
    const at = Math.floor(random() * text.length)
    const piece = ['\r\n', '=', ' ', '9'.repeat(50), '\0', 'm=audio 1 RTP/AVP 8\r\n', 'a=rtpmap:'][
      Math.floor(random() * 7)
    ]!
    const mutated = text.slice(0, at) + piece + text.slice(at + Math.floor(random() * 5))
    const answered = answerOffer(mutated, local)
    if (answered.ok) assert.ok(parseSdp(answered.sdp), answered.sdp)
  }
  const { user, system } = process.cpuUsage(started)
  assert.ok(user + system < 5_000_000, `${(user + system) / 1000} ms of CPU`)
})

test('a far end that asks for VoIP metrics (RFC 3611) is told that we want them too; nobody else meets the line', () => {
  const lines = ['m=audio 4000 RTP/AVP 8']
  const asked = agreedOn(offer([...lines, 'a=rtcp-xr:pkt-loss-rle=64 voip-metrics']))
  assert.equal(asked.agreed.wantsVoip, true)
  assert.match(asked.sdp, /\r\na=rtcp-xr:voip-metrics\r\n/)
  for (const line of ['a=rtcp-xr', 'a=rtcp-xr:rcvr-rtt=all:40', 'a=rtcp-xrvoip-metrics', 'a=ptime:20']) {
    const other = agreedOn(offer([...lines, line]))
    assert.equal(other.agreed.wantsVoip, false, line)
    assert.ok(!other.sdp.includes('rtcp-xr'), line)
  }
  const session = offer(lines).replace('t=0 0\r\n', 't=0 0\r\na=rtcp-xr:voip-metrics\r\n')
  assert.equal(agreedOn(session).agreed.wantsVoip, true, 'for the whole session')
  assert.equal(agreedOn(session.replace(/$/, 'a=rtcp-xr:\r\n')).agreed.wantsVoip, false, 'and not for this stream')
  assert.ok(!buildOffer(local).includes('rtcp-xr'))
})
