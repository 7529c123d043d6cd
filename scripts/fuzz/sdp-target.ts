/** Offers and answers of trunks, phones and browsers: every reader of SDP there is gets each text. */
import type { LegId } from '../../src/lib/ids.ts'
import { agree, answerTo, rtpParameters } from '../../src/phone/offer.ts'
import { OfferError, readOffer } from '../../src/webrtc/sdp.ts'
import type { Target } from './target.ts'

const side = { address: '10.0.0.1', port: 20_000, id: 'l_1' as LegId, version: 1 }
const codecs = ['pcma', 'pcmu'] as const

export function sdpTarget(): Target {
  const take = (text: string) => {
    const answered = answerTo(text, codecs, side)
    const agreed = agree(text, codecs, side)
    for (const each of [answered?.agreed, agreed]) if (each) rtpParameters(each, true)
    try {
      readOffer(text)
    } catch (error) {
      if (!(error instanceof OfferError)) throw error // a browser is told what is wrong with its offer
    }
    return answered
  }
  return {
    name: 'sdp',
    seeds: texts.map(text => Buffer.from(text.replaceAll('\n', '\r\n'))),
    feed: bytes => void take(Buffer.from(bytes).toString('utf8')),
    isWell: () => take(texts[0]!.replaceAll('\n', '\r\n')) !== null,
  }
}

const texts = [
  `v=0
o=- 20518 0 IN IP4 203.0.113.1
s=-
c=IN IP4 203.0.113.1
t=0 0
m=audio 54400 RTP/AVP 8 0 101
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=ptime:20
a=sendrecv
`,
  `v=0
o=bob 2808844564 2808844564 IN IP6 2001:db8::1
s=call
t=0 0
m=audio 49170 RTP/SAVP 0 8 97
c=IN IP6 2001:db8::1
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32
a=rtpmap:97 iLBC/8000
a=maxptime:40
a=inactive
m=video 51372 RTP/AVP 31 32
a=rtpmap:31 H261/90000
`,
  `v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 111 8 0 110
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:Jv7q
a=ice-pwd:8PyPc2mNkH1aTz4W3bR5dQ6e
a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}
a=setup:actpass
a=mid:0
a=sendrecv
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:110 telephone-event/8000
a=ssrc:3735928559 cname:x
`,
]
