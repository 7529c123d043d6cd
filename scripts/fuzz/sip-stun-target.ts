/** STUN on the SIP port: what begins as none of SIP does. An answer goes to whoever's address is in front of the question, and must not be much larger. */
import { StunKeepAlive } from '../../src/phone/stun-keep-alive.ts'
import { method, StunWriter } from '../../src/webrtc/stun.ts'
import type { Target } from './target.ts'

/** Header and XOR-MAPPED-ADDRESS of IPv6. */
const answerBytesMax = 64
const froms = [
  { address: '10.0.0.1', port: 5060 },
  { address: '2001:db8::1', port: 65_535 },
]

export function sipStunTarget(): Target {
  let now = 0
  const transaction = new Uint8Array(12).fill(7)
  const asked = new StunWriter(method.bindingRequest, transaction).finish()
  const keepAlive = new StunKeepAlive(now)
  const take = (bytes: Uint8Array) => {
    now += 5
    return StunKeepAlive.isMeant(bytes) ? froms.map(from => keepAlive.answer(bytes, from, now)) : []
  }
  return {
    name: 'sip-stun',
    seeds: [
      asked,
      new StunWriter(method.success, transaction).addXorAddress('10.0.0.1', 5060).finish(),
      new StunWriter(method.bindingRequest, transaction).addXorAddress('2001:db8::1', 1).finish(),
    ].map(bytes => new Uint8Array(bytes)),
    feed(bytes) {
      for (const answer of take(bytes)) {
        if (answer !== null && answer.length > answerBytesMax) throw new Error(`an answer of ${answer.length} octets`)
      }
    },
    isWell: () => take(asked)[0] !== null,
  }
}
