import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CryptoSuite, cryptoSuites, formatCrypto, keyOctets, parseCrypto } from './crypto.ts'
import { answerOffer, buildOffer, type LocalMedia, type LocalSrtp, readAnswer } from './negotiate.ts'

const keyOf = (from: number) => (suite: CryptoSuite) => {
  const { key, salt } = keyOctets[suite]
  return Uint8Array.from({ length: key + salt }, (_, at) => (at * 3 + from + cryptoSuites.indexOf(suite)) & 255)
}
const srtp = (use: LocalSrtp['use'], from = 1): LocalSrtp => ({ use, keyOf: keyOf(from) })
const local = (own?: LocalSrtp): LocalMedia => ({
  ...{ address: '10.0.0.1', port: 20_000, codecs: ['pcma'], direction: 'sendrecv', session: { id: 1, version: 1 } },
  ...(own ? { srtp: own } : {}),
})
const key80 = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz'

describe('a line of keys', () => {
  test('is read as RFC 4568 has it, with its lifetime', () => {
    for (const value of [
      `1 AES_CM_128_HMAC_SHA1_80 inline:${key80}`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${key80}|2^20`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${key80}|1048576 KDR=0 WSH=128 -UNKNOWN`,
    ]) {
      const read = parseCrypto(value)
      assert.equal(read?.suite, 'AES_CM_128_HMAC_SHA1_80')
      assert.equal(formatCrypto(read!), `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key80}`)
    }
  })

  for (const [what, value] of [
    ['a suite that we do not know', `1 AES_CM_256_HMAC_SHA1_80 inline:${key80}`],
    ['a key that is too short', `1 AES_CM_128_HMAC_SHA1_80 inline:${key80.slice(0, 36)}`],
    ['a key that is too long', `1 AES_CM_128_HMAC_SHA1_80 inline:${key80}AAAA`],
    ['two keys', `1 AES_CM_128_HMAC_SHA1_80 inline:${key80}|2^20|1:4;inline:${key80}|2^20|2:4`],
    ['an identifier in each packet', `1 AES_CM_128_HMAC_SHA1_80 inline:${key80}|2^20|1:4`],
    ['no encryption', `1 AES_CM_128_HMAC_SHA1_80 inline:${key80} UNENCRYPTED_SRTP`],
    ['no authentication', `1 AES_CM_128_HMAC_SHA1_80 inline:${key80} UNAUTHENTICATED_SRTP`],
    ['keys that are derived again and again', `1 AES_CM_128_HMAC_SHA1_80 inline:${key80} KDR=10`],
    ['forward error correction', `1 AES_CM_128_HMAC_SHA1_80 inline:${key80} FEC_ORDER=SRTP_FEC`],
    ['no tag', `AES_CM_128_HMAC_SHA1_80 inline:${key80}`],
    ['the tag 0', `0 AES_CM_128_HMAC_SHA1_80 inline:${key80}`],
    ['a key from elsewhere', '1 AES_CM_128_HMAC_SHA1_80 uri:https://x.example/key'],
    ['nothing', ''],
    ['far too much', `1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(10_000)}`],
  ])
    test(`is passed over when it has ${what}`, () => assert.equal(parseCrypto(value!), null))
})

describe('an offer with keys', () => {
  for (const suite of cryptoSuites)
    test(`comes to ${suite} when that is all the far end knows, each side with the other’s key`, () => {
      const offer = buildOffer(local(srtp('wanted')))
      const only = offer.split('\r\n').filter(line => !line.startsWith('a=crypto') || line.includes(`${suite} `))
      const answered = answerOffer(only.join('\r\n'), local(srtp('wanted', 90)))
      assert.ok(answered.ok)
      assert.match(answered.sdp, new RegExp(`a=crypto:${cryptoSuites.indexOf(suite) + 1} ${suite} inline:`))
      assert.match(answered.sdp, /m=audio 20000 RTP\/AVP /)
      const understood = readAnswer(answered.sdp, local(srtp('wanted')))
      assert.ok(understood.ok)
      assert.deepEqual(understood.agreed.srtp, { suite, localKey: keyOf(1)(suite), remoteKey: keyOf(90)(suite) })
      assert.deepEqual(answered.agreed.srtp, { suite, localKey: keyOf(90)(suite), remoteKey: keyOf(1)(suite) })
    })

  test('is RTP/SAVP where keys are required, and is answered as that', () => {
    const offer = buildOffer(local(srtp('required')))
    assert.match(offer, /m=audio 20000 RTP\/SAVP /)
    const answered = answerOffer(offer, local(srtp('wanted', 90)))
    assert.ok(answered.ok && answered.agreed.srtp !== null)
    assert.match(answered.sdp, /m=audio 20000 RTP\/SAVP /)
    assert.ok(readAnswer(answered.sdp, local(srtp('required'))).ok)
  })

  test('is done without keys only where they are wanted, and never where they are required', () => {
    const plain = answerOffer(buildOffer(local(srtp('wanted'))), local())
    assert.ok(plain.ok && plain.agreed.srtp === null)
    const understood = readAnswer(plain.sdp, local(srtp('wanted')))
    assert.ok(understood.ok && understood.agreed.srtp === null)
    assert.deepEqual(readAnswer(plain.sdp, local(srtp('required'))), { ok: false, why: 'no common encryption' })
    assert.deepEqual(answerOffer(buildOffer(local(srtp('required'))), local()), {
      ok: false,
      why: 'no common encryption',
    })
    assert.deepEqual(answerOffer(buildOffer(local()), local(srtp('required'))), {
      ok: false,
      why: 'no common encryption',
    })
  })

  test('is not answered by a line that was not offered', () => {
    const { sdp } = answerOffer(buildOffer(local(srtp('wanted'))), local(srtp('wanted', 90))) as { sdp: string }
    for (const changed of [
      sdp.replace('a=crypto:1 ', 'a=crypto:2 '),
      sdp.replace('a=crypto:1 ', 'a=crypto:9 '),
      sdp.replace(/(a=crypto:1 [^\r]*\r\n)/, '$1$1'),
      sdp.replace(/inline:[^\r]*/, 'inline:AAAA'),
    ])
      assert.deepEqual(readAnswer(changed, local(srtp('wanted'))), { ok: false, why: 'no common encryption' })
  })

  test('of two streams, one plain and one secured, the secured one is taken and the other refused in its place', () => {
    const offer = buildOffer(local(srtp('required')))
    const both = offer.replace('m=audio 20000 RTP/SAVP', 'm=audio 30000 RTP/AVP 8\r\nm=audio 20000 RTP/SAVP')
    const answered = answerOffer(both, local(srtp('wanted', 90)))
    assert.ok(answered.ok && answered.agreed.srtp !== null)
    assert.match(answered.sdp, /m=audio 0 RTP\/AVP 8\r\nm=audio 20000 RTP\/SAVP 8/)
  })
})
