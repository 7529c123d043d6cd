/** A desk phone over TCP that has no connection at the moment when its call ends, and is back by another one later. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger } from '../lib/log.ts'
import { ha1 } from '../sip/digest.ts'
import type { DialogKeeper, KeptDialog, UaEvent } from '../sip/events.ts'
import { alice, carl, Net, sdpA, sdpB } from '../sip/fixtures/net.ts'
import { LeftDialogs } from './left-dialogs.ts'

const log = createLogger('silent')
const realm = 'switchroom'
const credentials = { username: '4001', password: 'correct horse' }
const device = {
  ha1Md5: ha1('MD5', credentials, realm),
  ha1Sha256: ha1('SHA-256', credentials, realm),
  offerSha256: false,
}

/** Carl's room, and alice's phone in a call with it. */
function room() {
  const net = new Net(1, undefined, 'tcp')
  const held = new Map<string, KeptDialog>()
  const keeper: DialogKeeper = {
    keep: dialog => void held.set(dialog.callId, structuredClone(dialog)),
    drop: ({ callId }) => void held.delete(callId),
  }
  const phone = net.add(alice)
  const ua = net.add(carl, {
    registrar: { realm, lookup: extension => (extension === '4001' ? device : null), sha256Share: () => 0 },
    admit: () => 'challenge',
    keeper,
  })
  const book = { read: () => [...held.values()], drop: keeper.drop }
  const left = new LeftDialogs({ ua, book, now: () => net.now, log, credentials: () => null, wayBack: () => null })
  left.begin()
  /** The phone's connection; null: it has none. */
  const at: { connection: string | null; port: number } = { connection: 'c1', port: 40_001 }
  const [receive, drain] = [ua.receive.bind(ua), ua.drain.bind(ua)]
  ua.receive = (bytes, flow, now) => {
    if (at.connection === null) return
    receive(bytes, { ...flow, connection: at.connection, source: { ...flow.source, port: at.port } }, now)
  }
  let isNoticed = true
  ua.drain = () => {
    const all = drain()
    const isOn = (connection: string | null) => connection !== null && connection === at.connection
    for (const one of all.send)
      if (!isOn(one.connection) && isNoticed)
        ua.transportFailed({ ...one, connection: one.connection ?? undefined }, net.now)
    return { ...all, send: all.send.filter(one => isOn(one.connection)) }
  }
  net.reactions.set(alice, (event: UaEvent, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  net.reactions.set(carl, event => left.take(event))
  const register = (id: string) => {
    const destination = { transport: 'tcp' as const, address: carl, port: 5060 }
    phone.register(
      id,
      { registrar: `sip:${carl}`, destination, aor: `sip:4001@${carl}`, auth: credentials, expiresS: 600 },
      net.now,
    )
    net.run(1_000)
  }
  register('r1')
  const session = ua.inviteExtension('4001', { from: `sip:10086@${carl}`, sdp: sdpA }, net.now)
  assert.ok(session)
  net.run(1_000)
  assert.equal(held.size, 1)
  return {
    net,
    ua,
    left,
    phone,
    held,
    hangUp: () => ua.hangUp(session, 16, net.now),
    /** `unnoticed`: as when its cable is pulled; what we send is lost. */
    cut: (how: 'noticed' | 'unnoticed') => {
      at.connection = null
      isNoticed = how === 'noticed'
      if (isNoticed) ua.connectionClosed('c1', net.now)
    },
    comesBack: () => {
      Object.assign(at, { connection: 'c2', port: 40_002 })
      isNoticed = true
      register('r2')
    },
    isTold: () => net.of(alice, 'ended').map(({ by }) => by),
  }
}

test('a phone that is cut off when its call ends is told so when it is back, and is in the list of calls until then', () => {
  const { net, held, hangUp, cut, comesBack, isTold } = room()
  cut('noticed')
  hangUp()
  net.run(60_000)
  assert.deepEqual([net.of(carl, 'ended').length, isTold(), held.size], [1, [], 1])
  comesBack()
  assert.deepEqual([isTold(), held.size], [['remote'], 0])
})

test('so is one whose cut is noticed only by our BYE, though it was back before we knew', () => {
  const { net, held, hangUp, cut, comesBack, isTold } = room()
  cut('unnoticed')
  hangUp()
  net.run(5_000)
  comesBack()
  assert.deepEqual([isTold(), held.size], [[], 1], 'our BYE is out still')
  net.run(40_000)
  assert.deepEqual([isTold(), held.size], [['remote'], 0])
})

test('one that never comes back is waited for an hour', () => {
  const { net, left, held, hangUp, cut } = room()
  cut('noticed')
  hangUp()
  net.run(1_000)
  net.run(3_590_000)
  left.advance(net.now)
  assert.equal(held.size, 1)
  net.run(10_000)
  left.advance(net.now)
  assert.equal(held.size, 0)
})

test('a phone that hears its BYE at once leaves the list by its answer, and is asked no more', () => {
  const { net, held, hangUp, comesBack, isTold } = room()
  hangUp()
  assert.equal(held.size, 1, 'until it has answered')
  net.run(1_000)
  assert.deepEqual([isTold(), held.size], [['remote'], 0])
  comesBack()
  assert.equal(net.wire.filter(({ text }) => text.startsWith('BYE ')).length, 1)
})
