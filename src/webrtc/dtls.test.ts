import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { seededRandom } from '../lib/random.ts'
import { DtlsContext, type DtlsIdentity, type DtlsOutcome, DtlsPeer, fingerprintOf } from './dtls.ts'
import { type DtlsReply, DtlsThread } from './dtls-thread.ts'
import { createDtlsIdentity } from './identity.ts'
import { type SrtpKeys, SrtpSession } from './srtp.ts'

const today = Date.parse('2026-11-24')
let ours: DtlsIdentity & { fingerprint: string }
let theirs: DtlsIdentity & { fingerprint: string }
let server: DtlsContext
let client: DtlsContext

before(async () => {
  ours = await createDtlsIdentity(today)
  theirs = await createDtlsIdentity(today)
  server = new DtlsContext(ours)
  client = new DtlsContext(theirs)
})
after(() => {
  server.close()
  client.close()
})

const browser = (fingerprint = ours.fingerprint) =>
  new DtlsPeer(client, { role: 'client', remoteFingerprint: fingerprint })
const station = (fingerprint = theirs.fingerprint) =>
  new DtlsPeer(server, { role: 'server', remoteFingerprint: fingerprint })

describe('a DTLS handshake', () => {
  test('gives both ends the same SRTP keys, mirrored, and GCM before HMAC', () => {
    const { here, there } = shake(station(), browser())
    const [a, b] = [keysIn(here), keysIn(there)]
    assert.equal(a.profile, 'AEAD_AES_128_GCM')
    assert.deepEqual([a.localKey, a.localSalt], [b.remoteKey, b.remoteSalt])
    assert.deepEqual([a.remoteKey, a.remoteSalt], [b.localKey, b.localSalt])
    const packet = new Uint8Array(240)
    packet.set([0x80, 8, 0, 1])
    const sealed = new SrtpSession(a).protect(packet, 172)
    assert.equal(new SrtpSession(b).unprotect(packet, sealed), 172)
  })

  test('names the fingerprint that RFC 8122 asks for', () => {
    assert.match(ours.fingerprint, /^sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
    assert.equal(fingerprintOf(ours), ours.fingerprint)
  })

  test('fails, without keys, with a browser whose certificate the offer did not name', () => {
    const { here } = shake(station(ours.fingerprint), browser())
    assert.deepEqual(
      here.filter(({ type }) => type !== 'packet'),
      [{ type: 'lost', reason: 'the certificate is not the one that the browser announced' }],
    )
  })

  test('comes through whichever datagram is lost, by retransmission', async () => {
    await Promise.all(
      [1, 2, 3, 4].map(async lost => {
        let count = 0
        const { here, there } = await patientShake(station(), browser(), () => ++count === lost)
        assert.ok(keysIn(here) && keysIn(there), `datagram ${lost}`)
      }),
    )
  })

  test('survives noise, mutated and repeated packets beside the true ones', () => {
    const random = seededRandom(9)
    for (let round = 0; round < 30; round++) {
      const here = station()
      const there = browser()
      const disturb = (packet: Uint8Array) => {
        const mutated = packet.slice()
        for (let count = 0; count < 3; count++)
          mutated[13 + Math.floor(random() * (mutated.length - 13))]! ^= 1 << (random() * 8)
        const noise = Uint8Array.from({ length: Math.floor(random() * 100) }, () => random() * 256)
        return [noise, ...(round % 2 ? [packet] : []), ...(round % 3 === 0 ? [mutated] : [])]
      }
      for (const extra of [new Uint8Array(0), new Uint8Array(5000), Uint8Array.of(22, 254)]) here.receive(extra)
      shake(here, there, () => false, disturb)
      if (round % 3 !== 0) assert.equal(here.phase, 'up', `round ${round}`)
      here.close()
      there.close()
    }
  })

  test('ends when the browser says goodbye', () => {
    const here = station()
    const there = browser()
    shake(here, there)
    const outcomes = packetsOf(there.close()).flatMap(packet => here.receive(packet))
    assert.deepEqual(outcomes.at(-1), { type: 'lost', reason: 'the browser closed the connection' })
    assert.equal(here.phase, 'over')
    assert.deepEqual(here.receive(Uint8Array.of(22)), [])
    assert.deepEqual(here.close(), [])
  })

  test('leaves no memory behind', () => {
    for (let round = 0; round < 100; round++) closeBoth(station(), browser())
    const before = process.memoryUsage().rss
    for (let round = 0; round < 400; round++) closeBoth(station(), browser())
    assert.ok(process.memoryUsage().rss - before < 12_000_000)
  })
})

describe('the DTLS thread', () => {
  function open(remoteFingerprint = theirs.fingerprint) {
    const replies: DtlsReply[] = []
    const thread = new DtlsThread(server, reply => replies.push(reply))
    thread.handle({ type: 'open', leg: 'alice', remoteFingerprint }, 0)
    return { thread, replies, taken: () => replies.splice(0) }
  }

  test('shakes hands with one browser while another sends rubbish', () => {
    const { thread, taken } = open()
    thread.handle({ type: 'open', leg: 'mallory', remoteFingerprint: theirs.fingerprint }, 0)
    const alice = browser()
    let flight = packetsOf(alice.start())
    const keys: DtlsReply[] = []
    for (let turn = 0; turn < 4; turn++) {
      thread.handle({ type: 'packet', leg: 'mallory', packet: new Uint8Array(300).fill(22) }, turn)
      for (const packet of flight) thread.handle({ type: 'packet', leg: 'alice', packet }, turn)
      const replies = taken()
      keys.push(...replies.filter(({ type, leg }) => type === 'keys' && leg === 'alice'))
      flight = replies.flatMap(reply =>
        reply.type === 'packet' && reply.leg === 'alice' ? packetsOf(alice.receive(reply.packet)) : [],
      )
    }
    assert.equal(keys.length, 1)
  })

  test('retransmits when a flight is not answered, and gives a browser up after 15 s', () => {
    const { thread, taken } = open()
    for (const packet of packetsOf(browser().start())) thread.handle({ type: 'packet', leg: 'alice', packet }, 0)
    assert.ok(taken().length > 0)
    const at = thread.deadlineAt()
    assert.ok(at > 0 && at <= 2000)
    thread.tick(15_000)
    const last = taken().at(-1)
    assert.deepEqual(last, { type: 'lost', leg: 'alice', reason: 'the browser did not finish the DTLS handshake' })
    assert.equal(thread.deadlineAt(), Number.POSITIVE_INFINITY)
  })

  test('refuses an offer without a SHA-256 fingerprint', () => {
    assert.match((open('sha-1 AB:CD').replies[0] as { reason: string }).reason, /no SHA-256 fingerprint/)
  })

  test('ignores packets of legs that it does not know, and closes twice without harm', () => {
    const { thread, replies } = open()
    thread.handle({ type: 'packet', leg: 'nobody', packet: Uint8Array.of(22) }, 0)
    thread.handle({ type: 'close', leg: 'alice' }, 0)
    thread.handle({ type: 'close', leg: 'alice' }, 0)
    assert.deepEqual(replies, [])
  })
})

/** Carries flights both ways until nobody has anything to say. */
function shake(
  here: DtlsPeer,
  there: DtlsPeer,
  loses: () => boolean = () => false,
  disturb: (packet: Uint8Array) => Uint8Array[] = () => [],
): Told {
  const told: Told = { here: [], there: [] }
  carry({ here, there, told, loses, disturb }, packetsOf(there.start()), [])
  return told
}

/** The same, and both retransmit when a loss has silenced them. OpenSSL's timer runs on the wall clock, 1 s at first. */
async function patientShake(here: DtlsPeer, there: DtlsPeer, loses: () => boolean): Promise<Told> {
  const told: Told = { here: [], there: [] }
  const net = { here, there, told, loses, disturb: () => [] }
  carry(net, packetsOf(there.start()), [])
  for (let wait = 0; wait < 3 && (here.phase === 'handshake' || there.phase === 'handshake'); wait++) {
    await setTimeout(Math.max(here.timeoutMs() ?? 0, there.timeoutMs() ?? 0) + 5)
    carry(net, packetsOf(there.expire()), packetsOf(here.expire()))
  }
  return told
}

type Told = { here: DtlsOutcome[]; there: DtlsOutcome[] }
type Net = {
  here: DtlsPeer
  there: DtlsPeer
  told: Told
  loses: () => boolean
  disturb: (packet: Uint8Array) => Uint8Array[]
}

function carry(net: Net, toHere: Uint8Array[], toThere: Uint8Array[]): void {
  const { here, there, told, loses, disturb } = net
  const deliver = (packets: Uint8Array[], peer: DtlsPeer, into: DtlsOutcome[]) => {
    const arrived = packets.filter(() => !loses()).flatMap(packet => [...disturb(packet), packet])
    const outcomes = arrived.flatMap(packet => peer.receive(packet))
    into.push(...outcomes)
    return packetsOf(outcomes)
  }
  for (let turn = 0; turn < 20 && toHere.length + toThere.length > 0; turn++) {
    const answers = deliver(toHere, here, told.here)
    toHere = deliver(toThere, there, told.there)
    toThere = answers
  }
}

function closeBoth(here: DtlsPeer, there: DtlsPeer): void {
  shake(here, there)
  here.close()
  there.close()
}

function packetsOf(outcomes: DtlsOutcome[]): Uint8Array[] {
  return outcomes.flatMap(outcome => (outcome.type === 'packet' ? [outcome.packet] : []))
}

function keysIn(outcomes: DtlsOutcome[]): SrtpKeys {
  const found = outcomes.find(outcome => outcome.type === 'keys')
  assert.ok(found?.type === 'keys')
  return found.keys
}
