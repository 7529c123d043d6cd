import assert from 'node:assert/strict'
import { createCipheriv, createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { opensslCiphers } from './openssl-ciphers.ts'
import { type SrtpKeys, type SrtpProfile, SrtpSession } from './srtp.ts'
import { type CipherSuite, nodeCiphers } from './srtp-ciphers.ts'
import { deriveKey, GcmTransform, keyBytes, saltBytes } from './srtp-transform.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))
const inRoom = (packet: Uint8Array) => {
  const room = new Uint8Array(packet.length + 64)
  room.set(packet)
  return room
}

const openssl = opensslCiphers()
const suites: [string, CipherSuite][] = [['node:crypto', nodeCiphers]]
if (openssl) suites.push(['OpenSSL', openssl])

test('this node gives its OpenSSL to SRTP', () => {
  assert.ok(openssl !== null)
})

test('session keys are derived as in RFC 3711 appendix B.3', () => {
  const key = hex('E1F97A0D3E018BE0D64FA32C06DE4139')
  const salt = hex('0EC675AD498AFEEBB6960B3AABE6')
  assert.deepEqual(deriveKey(key, salt, 0, 16), Buffer.from(hex('C61E7A93744F39EE10734AFE3FF7A087')))
  assert.deepEqual(deriveKey(key, salt, 2, 14), Buffer.from(hex('30CBBC08863D8C85D49DB34A9AE1')))
  assert.deepEqual(deriveKey(key, salt, 1, 20), Buffer.from(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4')))
})

for (const [library, suite] of suites)
  describe(`SRTP on ${library}`, () => {
    test('AES-CM makes the key stream of RFC 3711 appendix B.2', () => {
      const stream = suite.keyStream(hex('2B7E151628AED2A6ABF7158809CF4F3C'))
      stream.iv.set(hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000'))
      const packet = new Uint8Array(48)
      stream.apply(packet, 0, 48)
      const expected = `E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0`
      assert.deepEqual(packet, hex(expected))
      stream.close()
    })

    test('AEAD_AES_128_GCM protects the RTP packet of RFC 7714 section 16.1', () => {
      const transform = new GcmTransform(rfc7714, suite)
      const plain = hex(`8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070
        61727465 73207472 6573`)
      const packet = inRoom(plain)
      const length = transform.seal(packet, 12, plain.length, 0x5501a0b2, 0, 0xf17b)
      const expected = hex(`8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a
        51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce`)
      assert.deepEqual(packet.subarray(0, length), expected)
      assert.equal(transform.open(packet, 12, length, 0x5501a0b2, 0, 0xf17b), plain.length)
      assert.deepEqual(packet.subarray(0, plain.length), plain)
      transform.close()
    })

    test('AEAD_AES_128_GCM protects the RTCP packet of RFC 7714 section 17.1', () => {
      const transform = new GcmTransform(rfc7714, suite)
      const plain = hex(`81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef
        deadbeef deadbeef deadbeef`)
      const packet = inRoom(plain)
      const length = transform.sealRtcp(packet, plain.length, 0x4d617273, 0x5d4)
      const expected = hex(`81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda
        4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4`)
      assert.deepEqual(packet.subarray(0, length), expected)
      assert.equal(transform.openRtcp(packet, length, 0x4d617273, 0x5d4), plain.length)
      assert.deepEqual(packet.subarray(0, plain.length), plain)
      transform.close()
    })

    test('AEAD_AES_256_GCM protects the RTP packet of RFC 7714 section 16.2', () => {
      const key = hex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f')
      const transform = new GcmTransform({ ...rfc7714, rtpKey: key, rtcpKey: key }, suite)
      const plain = hex(`8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070
        61727465 73207472 6573`)
      const packet = inRoom(plain)
      const length = transform.seal(packet, 12, plain.length, 0x5501a0b2, 0, 0xf17b)
      const expected = hex(`8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02
        76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13`)
      assert.deepEqual(packet.subarray(0, length), expected)
      transform.close()
    })

    test('AES_CM_128_HMAC_SHA1_32 cuts the tag of RTP to 4 bytes, and that of RTCP not', () => {
      const [long, brief] = (['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const).map(profile => {
        const session = new SrtpSession(keysOf(profile), suite)
        const plain = rtp(1)
        const [media, report] = [inRoom(plain), inRoom(hex('80c90001cafebabe0000000000000000'))]
        const lengths = [session.protect(media, plain.length), session.protectRtcp(report, 16)] as const
        return { media: media.slice(0, lengths[0]), report: report.slice(0, lengths[1]) }
      })
      assert.deepEqual(brief!.media, long!.media.subarray(0, long!.media.length - 6))
      assert.deepEqual(brief!.report, long!.report)
    })

    test('after a re-offer a direction with the same key goes on, and one with another begins anew', () => {
      const { here, there } = pair('AES_CM_128_HMAC_SHA1_80', suite)
      for (let sequence = 65_500; sequence < 65_560; sequence++) opened(there, seal(here, sequence & 0xffff))
      const [ours, theirs] = [keysOf('AES_CM_128_HMAC_SHA1_80'), keysOf('AES_CM_128_HMAC_SHA1_80', 77)]
      const kept = seal(here, 24)
      assert.equal(opened(there, kept), 172)
      here.rekey({ ...ours, remoteKey: theirs.remoteKey })
      there.rekey({ ...swapped(ours), localKey: theirs.remoteKey })
      assert.equal(opened(there, kept), -1, 'the replay window of the direction that stays is kept')
      assert.equal(opened(there, seal(here, 25)), 172, 'and its roll-over')
      here.rekey({ ...ours, ...{ localKey: theirs.localKey, remoteKey: theirs.remoteKey } })
      assert.equal(opened(there, seal(here, 26)), -1, 'a new key that the other end does not know yet')
      there.rekey({ ...swapped(ours), ...{ localKey: theirs.remoteKey, remoteKey: theirs.localKey } })
      assert.equal(opened(there, seal(here, 27)), 172)
      const stranger = keysOf('AEAD_AES_256_GCM', 5)
      here.rekey(stranger)
      there.rekey(swapped(stranger))
      assert.equal(opened(there, seal(here, 28)), 172, 'another suite')
    })

    test('how far an SSRC has come is told of it as the relay writes it, whose words have a sign', () => {
      const { here, there } = pair('AEAD_AES_128_GCM', suite)
      for (const sequence of [65_534, 65_535, 0, 1]) opened(there, seal(here, sequence))
      const ssrc = 0xcafebabe | 0
      assert.ok(ssrc < 0)
      assert.deepEqual([here.highestSent(ssrc), there.highestReceived(ssrc)], [65_537, 65_537])
    })

    test('who begins another source after each hold, with the same keys, is heard after the thirtieth', () => {
      const { here, there } = pair('AES_CM_128_HMAC_SHA1_80', suite)
      for (let hold = 0; hold <= 30; hold++) {
        const packet = inRoom(rtp(7))
        packet[11] = hold
        assert.equal(opened(there, packet.slice(0, here.protect(packet, 172))), 172, `after ${hold} holds`)
      }
    })

    test('AES_CM_128_HMAC_SHA1_80 gives what RFC 3711 spells out, step by step, over a roll-over', () => {
      const keys = keysOf('AES_CM_128_HMAC_SHA1_80')
      const session = new SrtpSession(keys, suite)
      for (const [rollover, sequence] of [
        [0, 65534],
        [0, 65535],
        [1, 0],
        [1, 1],
      ] as const) {
        const plain = rtp(sequence)
        const packet = inRoom(plain)
        const length = session.protect(packet, plain.length)
        assert.deepEqual(packet.slice(0, length), spelledOut(keys, plain, rollover, sequence))
      }
      session.close()
    })

    for (const profile of Object.keys(saltBytes) as SrtpProfile[]) {
      test(`${profile}: what one end protects the other reads, through loss, disorder and roll-over`, () => {
        const { here, there } = pair(profile, suite)
        const random = seededRandom(7)
        const pending: Uint8Array[] = []
        let read = 0
        for (let count = 0; count < 140_000; count += 7) {
          const plain = rtp(count & 0xffff)
          const packet = inRoom(plain)
          const length = here.protect(packet, plain.length)
          assert.ok(length > plain.length)
          if (random() < 0.05) continue
          pending.push(packet.slice(0, length))
          if (pending.length < 4) continue
          const [next] = pending.splice(random() < 0.3 ? 1 : 0, 1)
          const room = inRoom(next!)
          const plainLength = there.unprotect(room, next!.length)
          assert.equal(plainLength, plain.length)
          assert.deepEqual(room.subarray(12, plainLength), rtp(0).subarray(12))
          read++
        }
        assert.ok(read > 15_000)
      })

      test(`${profile}: a replayed, altered, cut, foreign or old packet is refused and changes nothing`, () => {
        const { here, there } = pair(profile, suite)
        const sealed = Array.from({ length: 200 }, (_, sequence) => seal(here, sequence))
        assert.equal(opened(there, sealed[0]!), 172)
        assert.equal(opened(there, sealed[0]!), -1, 'a replay')
        for (const at of [0, 1, 5, 9, 20, sealed[1]!.length - 1]) {
          const altered = sealed[1]!.slice()
          altered[at]! ^= 0x40
          assert.equal(opened(there, altered), -1, `byte ${at} altered`)
        }
        for (let length = 0; length < sealed[1]!.length; length++)
          assert.equal(opened(there, sealed[1]!.subarray(0, length)), -1, `cut to ${length}`)
        assert.equal(opened(there, seal(pair(profile, suite, 99).here, 1)), -1, 'another key')
        assert.equal(opened(there, sealed[1]!), 172, 'the true one is still good')
        assert.equal(opened(there, sealed[199]!), 172)
        assert.equal(opened(there, sealed[60]!), -1, 'older than the window')
        assert.equal(opened(there, sealed[100]!), 172, 'late, but within the window')
        assert.equal(opened(there, sealed[100]!), -1, 'its replay')
      })

      test(`${profile}: RTCP both ways, no replay, no alteration`, () => {
        const { here, there } = pair(profile, suite)
        const report = hex('80c90001 cafebabe'.padEnd(8 * 2 + 1 + 24 * 2, '0'))
        const packet = inRoom(report)
        const length = here.protectRtcp(packet, report.length)
        const sealed = packet.slice(0, length)
        assert.notDeepEqual(sealed.subarray(8, report.length), report.subarray(8))
        for (let at = 0; at < length; at++) {
          const altered = inRoom(sealed)
          altered[at]! ^= 1
          assert.equal(there.unprotectRtcp(altered, length), -1, `byte ${at}`)
        }
        const room = inRoom(sealed)
        assert.equal(there.unprotectRtcp(room, length), report.length)
        assert.deepEqual(room.subarray(0, report.length), report)
        assert.equal(there.unprotectRtcp(inRoom(sealed), length), -1, 'a replay')
      })

      test(`${profile}: an index is never sealed twice, for that would give the key stream away`, () => {
        const { here } = pair(profile, suite)
        assert.ok(here.protect(inRoom(rtp(5)), 172) > 0)
        assert.equal(here.protect(inRoom(rtp(5)), 172), -1)
      })

      test(`${profile}: no noise opens, throws or costs a stream`, () => {
        const { here, there } = pair(profile, suite)
        const random = seededRandom(11)
        for (let round = 0; round < 20_000; round++) {
          const noise = Uint8Array.from({ length: Math.floor(random() * 260) }, () => random() * 256)
          if (noise.length > 0 && random() < 0.8) noise[0] = 0x80 | (noise[0]! & 0x3f)
          assert.equal(there.unprotect(noise, noise.length), -1)
          assert.equal(there.unprotectRtcp(noise, noise.length), -1)
        }
        assert.equal(opened(there, seal(here, 1)), 172)
      })
    }

    test('a header with contributors and an extension stays in clear, and one that lies about its length is refused', () => {
      const { here, there } = pair('AEAD_AES_128_GCM', suite)
      const plain = hex(`91080001 00000002 cafebabe 01020304 bede0001 10aa0000 ${'5a'.repeat(160)}`)
      const packet = inRoom(plain)
      const length = here.protect(packet, plain.length)
      assert.deepEqual(packet.subarray(0, 24), plain.subarray(0, 24))
      assert.equal(there.unprotect(packet, length), plain.length)
      assert.deepEqual(packet.subarray(0, plain.length), plain)
      const liar = plain.slice()
      liar[18] = 0xff
      assert.equal(here.protect(inRoom(liar), liar.length), -1)
    })

    test('a closed session and a buffer without room answer -1', () => {
      const { here } = pair('AEAD_AES_128_GCM', suite)
      assert.equal(here.protect(rtp(1), 172), -1)
      here.close()
      here.close()
      assert.equal(here.protect(inRoom(rtp(1)), 172), -1)
    })
  })

const rfc7714 = {
  rtpKey: hex('000102030405060708090a0b0c0d0e0f'),
  rtpSalt: hex('51756964 2070726f 2071756f'),
  rtcpKey: hex('000102030405060708090a0b0c0d0e0f'),
  rtcpSalt: hex('51756964 2070726f 2071756f'),
}

function keysOf(profile: SrtpProfile, seed = 1): SrtpKeys {
  const bytes = (length: number, from: number) => Uint8Array.from({ length }, (_, at) => (from + at * 7 + seed) & 0xff)
  const salt = saltBytes[profile]
  return {
    profile,
    localKey: bytes(keyBytes[profile], 1),
    localSalt: bytes(salt, 50),
    remoteKey: bytes(keyBytes[profile], 100),
    remoteSalt: bytes(salt, 150),
  }
}

function pair(profile: SrtpProfile, suite: CipherSuite, seed = 1): { here: SrtpSession; there: SrtpSession } {
  const keys = keysOf(profile, seed)
  return { here: new SrtpSession(keys, suite), there: new SrtpSession(swapped(keys), suite) }
}

function swapped({ profile, localKey, localSalt, remoteKey, remoteSalt }: SrtpKeys): SrtpKeys {
  return { profile, localKey: remoteKey, localSalt: remoteSalt, remoteKey: localKey, remoteSalt: localSalt }
}

function rtp(sequence: number): Uint8Array {
  const packet = new Uint8Array(172).fill(0xd5)
  packet.set(hex('80080000 00000000 cafebabe'))
  packet[2] = sequence >>> 8
  packet[3] = sequence & 0xff
  return packet
}

function seal(session: SrtpSession, sequence: number): Uint8Array {
  const packet = inRoom(rtp(sequence))
  return packet.slice(0, session.protect(packet, 172))
}

function opened(session: SrtpSession, packet: Uint8Array): number {
  return session.unprotect(packet.slice(), packet.length)
}

/** RFC 3711 sections 4.1.1 and 4.2, written with big integers and nothing shared with the code under test. */
function spelledOut(keys: SrtpKeys, plain: Uint8Array, rollover: number, sequence: number): Uint8Array {
  const derive = (label: bigint, bytes: number) => {
    const x = (BigInt(`0x${Buffer.from(keys.localSalt).toString('hex')}`) ^ (label << 48n)) << 16n
    const iv = Buffer.from(x.toString(16).padStart(32, '0'), 'hex')
    return createCipheriv('aes-128-ctr', keys.localKey, iv).update(Buffer.alloc(bytes))
  }
  const index = BigInt(rollover) * 65536n + BigInt(sequence)
  const salt = BigInt(`0x${derive(2n, 14).toString('hex')}`)
  const iv = ((salt << 16n) ^ (0xcafebaben << 64n) ^ (index << 16n)).toString(16).padStart(32, '0')
  const cipher = createCipheriv('aes-128-ctr', derive(0n, 16), Buffer.from(iv, 'hex'))
  const body = Buffer.concat([plain.subarray(0, 12), cipher.update(plain.subarray(12))])
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(rollover)
  const tag = createHmac('sha1', derive(1n, 20)).update(body).update(counter).digest().subarray(0, 10)
  return new Uint8Array(Buffer.concat([body, tag]))
}
