/** A desk phone that is cut off at the moment when its call ends, and is back later: over TCP by another connection, over UDP where it was. */
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

/** Carl's user agent, with which alice's phone registers. */
function house(transport: 'udp' | 'tcp') {
  const net = new Net(1, undefined, transport)
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
  net.reactions.set(alice, (event: UaEvent, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  net.reactions.set(carl, event => left.take(event))
  const destination = { transport, address: carl, port: 5060 }
  const register = (id: string) => {
    phone.register(
      id,
      { registrar: `sip:${carl}`, destination, aor: `sip:4001@${carl}`, auth: credentials, expiresS: 600 },
      net.now,
    )
    net.run(1_000)
  }
  /** To the phone; answers how it is hung up. */
  const call = () => {
    const session = ua.inviteExtension('4001', { from: `sip:10086@${carl}`, sdp: sdpA }, net.now)
    assert.ok(session)
    net.run(1_000)
    assert.equal(held.size, 1)
    return () => ua.hangUp(session, 16, net.now)
  }
  const isTold = () => net.of(alice, 'ended').map(({ by }) => by)
  const byes = () => net.wire.filter(({ text, from }) => from === carl && text.startsWith('BYE ')).length
  return { net, ua, left, phone, held, destination, register, call, isTold, byes }
}

/** Carl's room, and alice's phone in a call with it. */
function room() {
  const { net, ua, left, phone, held, register, call, isTold, byes } = house('tcp')
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
  register('r1')
  const hangUp = call()
  return {
    net,
    ua,
    left,
    phone,
    held,
    hangUp,
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
    isTold,
    byes,
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
  const { net, held, hangUp, comesBack, isTold, byes } = room()
  hangUp()
  assert.equal(held.size, 1, 'until it has answered')
  net.run(1_000)
  assert.deepEqual([isTold(), held.size], [['remote'], 0])
  comesBack()
  assert.equal(byes(), 1)
})

/** The same over UDP; `cut`: nothing of either side arrives. */
function roomOverUdp() {
  const all = house('udp')
  all.register('r1')
  const hangUp = all.call()
  return { ...all, hangUp, cut: (isCut: boolean) => (all.net.lose = () => isCut) }
}

test('a phone over UDP that does not hear its BYE is told again when it registers where it was, and is in the list of calls until then', () => {
  const { net, held, hangUp, cut, isTold, byes } = roomOverUdp()
  cut(true)
  hangUp()
  net.run(60_000)
  assert.deepEqual([net.of(carl, 'ended').length, isTold(), held.size, byes()], [1, [], 1, 11])
  cut(false)
  net.run(600_000)
  assert.deepEqual([isTold(), held.size, byes()], [['remote'], 0, 12])
  net.run(3_600_000)
  assert.equal(byes(), 12)
})

test('so is one that calls us before it registers again', () => {
  const { net, phone, destination, held, hangUp, cut, isTold } = roomOverUdp()
  cut(true)
  hangUp()
  net.run(60_000)
  cut(false)
  phone.invite(
    { target: `sip:95588@${carl}`, destination, from: `sip:4001@${carl}`, sdp: sdpA, auth: credentials },
    net.now,
  )
  net.run(1_000)
  assert.equal(net.of(carl, 'incoming').length, 1)
  assert.deepEqual([isTold(), held.size], [['remote'], 0])
})

test('a phone over UDP that hears its BYE leaves the list by its answer; one that lost the call meanwhile is done too', () => {
  for (const status of ['200 OK', '481 No such call']) {
    const { net, held, hangUp, byes } = roomOverUdp()
    net.change = (text, from) =>
      from === alice && text.includes(' BYE\r\n') ? text.replace(/^SIP\/2.0 200 OK/, `SIP/2.0 ${status}`) : text
    hangUp()
    assert.equal(held.size, 1, 'until it has answered')
    net.run(700_000)
    assert.deepEqual([held.size, byes()], [0, 1])
  }
})
