import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import { seededRandom } from '../lib/random.ts'
import { OfferError, readOffer, writeAnswer } from './sdp.ts'
import { type BrowserLegSpec, offerAnswerer, restartAnswer } from './station.ts'

const print = 'AB:'.repeat(31)
const chromium = [
  'v=0',
  'o=- 398332756698779747 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS',
  'm=audio 9 UDP/TLS/RTP/SAVPF 8 0 126',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  'a=ice-ufrag:vUoT',
  'a=ice-pwd:3QNqmaPK7XBZHBscfC+B6Mis',
  'a=ice-options:trickle',
  `a=fingerprint:sha-256 ${print}ab`,
  'a=setup:actpass',
  'a=mid:0',
  'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'a=sendrecv',
  'a=rtcp-mux',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:126 telephone-event/8000',
  'a=ssrc:3703497198 cname:zJGljdfXHYXOU3oC',
]
const offer = (lines: string[]) => `${lines.join('\r\n')}\r\n`
const without = (start: string) => offer(chromium.filter(line => !line.startsWith(start)))
const swapped = (from: string, to: string) => offer(chromium).replace(from, to)

describe('a browser’s offer', () => {
  test('of Chromium is understood', () => {
    const { sections, ...read } = readOffer(offer(chromium))
    assert.deepEqual(read, {
      ufrag: 'vUoT',
      password: '3QNqmaPK7XBZHBscfC+B6Mis',
      fingerprint: `sha-256 ${print}AB`,
      codec: 'pcma',
      payloadType: 8,
      dtmfPayloadType: 126,
      ssrc: 3703497198,
      audio: 0,
    })
    assert.equal(sections.length, 1)
  })

  test('may name ICE, fingerprint and setup once for the session, as Firefox does', () => {
    const session = ['a=fingerprint:', 'a=ice-ufrag:', 'a=ice-pwd:', 'a=setup:']
    const moved = chromium.filter(line => session.some(start => line.startsWith(start)))
    const kept = chromium.filter(line => !moved.includes(line))
    const read = readOffer(offer([...kept.slice(0, 7), ...moved, ...kept.slice(7)]))
    assert.deepEqual([read.ufrag, read.fingerprint], ['vUoT', `sha-256 ${print}AB`])
  })

  test('decides which G.711 comes first, with or without rtpmap for the static types', () => {
    const bare = chromium.filter(line => !line.startsWith('a=rtpmap:0') && !line.startsWith('a=rtpmap:8'))
    const read = readOffer(offer(bare).replace('SAVPF 8 0 126', 'SAVPF 111 0 8 126'))
    assert.deepEqual([read.codec, read.payloadType, read.dtmfPayloadType], ['pcmu', 0, 126])
  })

  for (const [what, sdp, words] of [
    ['is no SDP', 'hello', /not SDP/],
    ['has no audio', swapped('m=audio 9', 'm=video 9'), /no audio over DTLS-SRTP/],
    ['has plain RTP', swapped('UDP/TLS/RTP/SAVPF', 'RTP/AVP'), /no audio over DTLS-SRTP/],
    ['has only Opus', swapped('SAVPF 8 0 126', 'SAVPF 111'), /neither PCMA nor PCMU/],
    ['has no ICE password', without('a=ice-pwd'), /no valid ICE password/],
    ['has a short ICE password', swapped('3QNqmaPK7XBZHBscfC+B6Mis', 'short'), /no valid ICE password/],
    ['has an ICE user name with a line break', swapped('vUoT', 'vU\roT'), /no valid ICE user name/],
    ['has a SHA-1 fingerprint', swapped('sha-256', 'sha-1'), /fingerprint/],
    ['wants to be the DTLS server', swapped('actpass', 'passive'), /DTLS client/],
    ['does not multiplex', without('a=rtcp-mux'), /multiplex/],
    ['is endless', offer([...chromium, 'a='.padEnd(70_000, 'x')]), /too long/],
    ['has a hundred sections', offer([...chromium, ...new Array(100).fill('m=audio 9 X 1')]), /more than 8/],
  ] as const)
    test(`that ${what} is refused in words`, () => {
      assert.throws(
        () => readOffer(sdp),
        (error: Error) => error instanceof OfferError && words.test(error.message),
      )
    })

  test('mutated at random is read or refused, never anything else', () => {
    const random = seededRandom(21)
    const text = offer(chromium)
    for (let round = 0; round < 5000; round++) {
      let mutated = text
      for (let count = 0; count < 5; count++) {
        const at = Math.floor(random() * mutated.length)
        const cut = Math.floor(random() * 12)
        mutated = mutated.slice(0, at) + String.fromCharCode(random() * 256) + mutated.slice(at + cut)
      }
      try {
        writeAnswer(readOffer(mutated), answer)
      } catch (error) {
        assert.ok(error instanceof OfferError, String(error))
      }
    }
  })
})

const answer = {
  ufrag: 'r3CG1Zup',
  password: 'j1lqOuPSUUKiPnbyw/nQL5XFSUI6s9M2',
  fingerprint: `sha-256 ${print}CD`,
  candidates: [
    { address: '10.0.0.1', port: 20000 },
    { address: 'fd00::1', port: 20000 },
  ],
  ssrc: 77,
  cname: 'x',
  sessionId: 1,
}

describe('our answer', () => {
  test('is ICE-lite and DTLS server, with every candidate and the end of them', () => {
    const lines = writeAnswer(readOffer(offer(chromium)), answer).split('\r\n')
    for (const line of [
      'a=ice-lite',
      'a=setup:passive',
      'a=rtcp-mux',
      'a=mid:0',
      'm=audio 20000 UDP/TLS/RTP/SAVPF 8 126',
      'a=candidate:1 1 udp 2130706431 10.0.0.1 20000 typ host',
      'a=candidate:2 1 udp 2130706175 fd00::1 20000 typ host',
      'a=end-of-candidates',
      'a=ssrc:77 cname:x',
    ])
      assert.ok(lines.includes(line), line)
    assert.ok(!lines.some(line => line.startsWith('a=extmap')))
  })

  test('refuses the sections that it does not want, in their places', () => {
    const video = ['m=video 9 UDP/TLS/RTP/SAVPF 96', 'a=mid:v']
    const text = writeAnswer(readOffer(offer([...chromium.slice(0, 7), ...video, ...chromium.slice(7)])), answer)
    const media = text.split('\r\n').filter(line => line.startsWith('m='))
    assert.deepEqual(media, ['m=video 0 UDP/TLS/RTP/SAVPF 96', 'm=audio 20000 UDP/TLS/RTP/SAVPF 8 126'])
    assert.match(text, /a=group:BUNDLE 0\r\n/)
  })

  test('opens the leg with what both sides named, and fresh credentials each time', async () => {
    const opened: BrowserLegSpec[] = []
    const bay = {
      open(_leg: LegId, spec: BrowserLegSpec) {
        opened.push(spec)
        return Promise.resolve({ address: '127.0.0.1', port: 30000 })
      },
    }
    const answerOffer = offerAnswerer({
      bay,
      fingerprint: answer.fingerprint,
      addresses: ['10.1.1.1'],
      silenceMs: 5000,
    })
    const { sdp: first, line } = await answerOffer('leg_1' as LegId, offer(chromium))
    await answerOffer('leg_2' as LegId, offer(chromium))
    const [one, two] = opened
    assert.notEqual(one!.localPassword, two!.localPassword)
    assert.ok(one!.localPassword.length >= 22)
    assert.ok(first.includes(`a=ice-pwd:${one!.localPassword}\r\n`))
    assert.ok(first.includes(`a=ssrc:${one!.parameters.ssrc} cname:`))
    assert.ok(first.includes(' 10.1.1.1 30000 typ host'))
    assert.deepEqual([one!.parameters.remoteUfrag, one!.parameters.dtmfPayloadType], ['vUoT', 126])

    const other = offer(chromium).replace(/a=ice-ufrag:\S+/, 'a=ice-ufrag:anew')
    const again = restartAnswer(line, other, answer.fingerprint)
    assert.equal(again.credentials.remoteUfrag, 'anew')
    assert.notEqual(again.credentials.localPassword, one!.localPassword)
    assert.match(again.sdp, /^o=- \d+ 2 IN/m)
    assert.ok(again.sdp.includes(`a=ice-pwd:${again.credentials.localPassword}\r\n`))
    assert.ok(again.sdp.includes(`a=ssrc:${one!.parameters.ssrc} cname:`), 'the stream is the same')
    const stranger = other.replace(/(a=fingerprint:sha-256 )\S\S/, '$1' + '5A')
    assert.throws(() => restartAnswer(line, stranger, answer.fingerprint), OfferError)
  })
})
