import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { IceLite } from './ice-lite.ts'
import { attribute, isAuthentic, method, readStun, StunWriter, stunBytesMax } from './stun.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))
const utf8 = (text: string) => new Uint8Array(Buffer.from(text))

/** RFC 5769 section 2.1; the password of all its samples. */
const samplePassword = 'VOkJxbRl1RmTxUk/WvJxBt'
const sampleRequest = hex(`00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74
  00240004 6e0001ff 80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020 00080014 9aeaa70c bfd8cb56 781ef2b5
  b2d3f249 c1b571a2 80280004 e57a3bcf`)
const transaction = hex('b7e7a701 bc34d686 fa87dfae')

const credentials = { localUfrag: 'r3CG1Zup', localPassword: 'j1lqOuPSUUKiPnbyw/nQL5XFSUI6s9M2', remoteUfrag: 'vUoT' }
const browser = { address: '192.168.10.77', port: 50123 }

describe('STUN', () => {
  test('reads the sample request of RFC 5769 and knows its password', () => {
    const message = readStun(sampleRequest)
    assert.ok(message)
    assert.equal(message.type, method.bindingRequest)
    assert.deepEqual(message.attributes.get(attribute.username), utf8('evtj:h6vY'))
    assert.ok(isAuthentic(sampleRequest, message, samplePassword))
    assert.ok(!isAuthentic(sampleRequest, message, 'VOkJxbRl1RmTxUk/WvJxBu'))
  })

  for (const [address, value] of [
    ['192.0.2.1', '0001a147 e112a643'],
    ['2001:db8:1234:5678:11:2233:4455:6677', '0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9'],
  ] as const)
    test(`writes the mapped address ${address} as RFC 5769 does`, () => {
      const written = readStun(new StunWriter(method.success, transaction).addXorAddress(address, 32853).seal('secret'))
      assert.deepEqual(Buffer.from(written!.attributes.get(attribute.xorMappedAddress)!), Buffer.from(hex(value)))
    })

  test('an altered, cut or padded message is no message', () => {
    const sealed = sampleRequest.length - 8 // FINGERPRINT itself tells STUN from other protocols and protects nothing
    for (let at = 0; at < sampleRequest.length; at++)
      assert.equal(readStun(sampleRequest.subarray(0, at)), null, `cut to ${at}`)
    for (let at = 0; at < sealed; at++) {
      const altered = sampleRequest.slice()
      altered[at]! ^= 0x10
      const message = readStun(altered)
      assert.ok(message === null || !isAuthentic(altered, message, samplePassword), `byte ${at}`)
    }
    assert.equal(readStun(new Uint8Array([...sampleRequest, 0])), null)
    assert.equal(readStun(new Uint8Array(stunBytesMax + 4)), null)
  })

  test('noise and random mutations neither throw nor pass', () => {
    const random = seededRandom(3)
    for (let round = 0; round < 30_000; round++) {
      const packet = sampleRequest.slice(0, Math.ceil(random() * sampleRequest.length))
      for (let count = 1 + random() * 4; count > 0; count--)
        packet[Math.floor(random() * packet.length)] = random() * 256
      const message = readStun(packet)
      if (message && isAuthentic(packet, message, samplePassword)) assert.deepEqual(packet, sampleRequest)
    }
  })
})

describe('an ICE-lite agent', () => {
  /** One that has heard nothing before: what comes a second time is another matter. */
  const agent = {
    receive: (packet: Uint8Array, source: { address: string; port: number }) =>
      new IceLite(credentials).receive(packet, source),
  }

  test('answers its browser with the address that it was seen at', () => {
    const verdict = agent.receive(check({}), browser)
    assert.deepEqual([verdict.valid, verdict.nominated], [true, false])
    const reply = readStun(verdict.reply!)!
    assert.equal(reply.type, method.success)
    assert.deepEqual(Buffer.from(reply.transaction), Buffer.from(transaction))
    assert.ok(isAuthentic(verdict.reply!, reply, credentials.localPassword))
    const expected = new StunWriter(method.success, transaction).addXorAddress(browser.address, browser.port).seal('x')
    assert.deepEqual(
      Buffer.from(reply.attributes.get(attribute.xorMappedAddress)!),
      Buffer.from(readStun(expected)!.attributes.get(attribute.xorMappedAddress)!),
    )
  })

  test('takes USE-CANDIDATE for a nomination', () => {
    assert.equal(agent.receive(check({ nominate: true }), browser).nominated, true)
  })

  test('answers an IPv4 browser on a dual-stack socket as IPv4', () => {
    const { reply } = agent.receive(check({}), { address: '::ffff:10.0.0.9', port: 9 })
    assert.equal(readStun(reply!)!.attributes.get(attribute.xorMappedAddress)!.length, 8)
  })

  test('answers again who did not hear its answer, and is silent to who sends that check from elsewhere', () => {
    const one = new IceLite(credentials)
    const first = one.receive(check({ nominate: true }), browser)
    const again = one.receive(check({ nominate: true }), browser)
    assert.deepEqual([first.valid, first.nominated], [true, true])
    assert.deepEqual([again.reply, again.valid, again.nominated], [first.reply, false, false])
    const silence = { reply: null, valid: false, nominated: false }
    for (const elsewhere of [
      { ...browser, port: 9 },
      { ...browser, address: '192.168.10.78' },
    ])
      assert.deepEqual(one.receive(check({ nominate: true }), elsewhere), silence)
    const next = new IceLite(credentials)
    next.remember(one.checks)
    assert.deepEqual(next.receive(check({ nominate: true }), browser), silence, 'who goes on with the leg knows it too')
  })

  test('knows the last 512 checks again, and no more', () => {
    const one = new IceLite(credentials)
    const checkNo = (n: number) => {
      const id = new Uint8Array(12)
      new DataView(id.buffer).setUint32(0, n)
      return new StunWriter(method.bindingRequest, id)
        .add(attribute.username, utf8('r3CG1Zup:vUoT'))
        .seal(credentials.localPassword)
    }
    for (let n = 0; n < 2_000; n++) assert.ok(one.receive(checkNo(n), browser).valid)
    assert.equal(one.checks.length, 512 * 12)
    assert.ok(!one.receive(checkNo(1_600), browser).valid)
  })

  for (const [who, packet] of [
    ['a wrong password', check({ password: 'j1lqOuPSUUKiPnbyw/nQL5XFSUI6s9M3' })],
    ['a wrong user name', check({ userName: 'r3CG1Zup:vUoS' })],
    ['a user name the wrong way round', check({ userName: 'vUoT:r3CG1Zup' })],
    ['no user name', check({ userName: null })],
    ['no MESSAGE-INTEGRITY', withoutIntegrity()],
    ['an answer in place of a request', check({ type: method.success })],
    ['an indication', check({ type: method.bindingIndication })],
  ] as const)
    test(`is silent to ${who}`, () => {
      assert.deepEqual(agent.receive(packet, browser), { reply: null, valid: false, nominated: false })
    })

  test('ignores a nomination that stands behind MESSAGE-INTEGRITY', () => {
    const sealed = check({})
    const smuggled = new Uint8Array([...sealed.subarray(0, sealed.length - 8), 0, 0x25, 0, 0])
    smuggled[3] = smuggled.length - 20
    const verdict = agent.receive(smuggled, browser)
    assert.equal(verdict.nominated, false)
  })

  test('tells a browser that takes itself for the controlled one, and one that wants an unknown attribute', () => {
    const conflict = agent.receive(check({ extra: [attribute.iceControlled, new Uint8Array(8)] }), browser)
    assert.deepEqual(errorOf(conflict.reply!), [4, 87])
    const unknown = agent.receive(check({ extra: [0x7abc, new Uint8Array(4)], nominate: true }), browser)
    assert.deepEqual(errorOf(unknown.reply!), [4, 20])
    assert.deepEqual([unknown.valid, unknown.nominated], [false, false])
  })
})

function check(options: {
  password?: string
  userName?: string | null
  nominate?: boolean
  type?: number
  extra?: [number, Uint8Array]
}): Uint8Array {
  const writer = new StunWriter(options.type ?? method.bindingRequest, transaction)
  const userName = options.userName === undefined ? 'r3CG1Zup:vUoT' : options.userName
  if (userName !== null) writer.add(attribute.username, utf8(userName))
  writer.add(attribute.iceControlling, new Uint8Array(8)).add(attribute.priority, hex('6e0001ff'))
  if (options.nominate) writer.add(attribute.useCandidate, new Uint8Array(0))
  if (options.extra) writer.add(...options.extra)
  return writer.seal(options.password ?? credentials.localPassword).slice()
}

function withoutIntegrity(): Uint8Array {
  const sealed = check({})
  const bare = sealed.slice(0, sealed.length - 32)
  bare[3] = bare.length - 20
  return bare
}

function errorOf(reply: Uint8Array): [number, number] {
  const value = readStun(reply)!.attributes.get(attribute.errorCode)!
  return [value[2]!, value[3]!]
}
