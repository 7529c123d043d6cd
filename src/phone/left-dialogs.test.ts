/** A user agent that is killed in its calls, and the next one in its place. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger } from '../lib/log.ts'
import type { Destination, DialogKeeper, DigestCredentials, KeptDialog, UaEvent, UserAgentPort } from '../sip/events.ts'
import { alice, callCarl, calm, carl, Net, sdpA, sdpB } from '../sip/fixtures/net.ts'
import { LeftDialogs, type LeftDialogsOptions } from './left-dialogs.ts'

const log = createLogger('silent')

class Book implements DialogKeeper {
  readonly held = new Map<string, KeptDialog>()
  keep(dialog: KeptDialog): void {
    this.held.set(dialog.callId, structuredClone(dialog))
  }
  drop({ callId }: KeptDialog): void {
    this.held.delete(callId)
  }
  read(): KeptDialog[] {
    return [...this.held.values()]
  }
}

/** Alice's process, and carl who answers whatever rings. */
function house(transport: 'udp' | 'tcp' = 'udp') {
  const net = new Net(1, calm, transport)
  const book = new Book()
  net.add(alice, { keeper: book })
  net.add(carl)
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  net.reactions.set(alice, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpA, now)
  })
  const killAndStart = (address = alice, auth: DigestCredentials | null = null) => {
    net.agents.delete(alice)
    net.run(5_000)
    const ua = net.add(address, { keeper: book, name: 'after' })
    const left = new LeftDialogs({
      ua,
      book,
      now: () => net.now,
      log,
      credentials: () => auth,
      wayBack: ({ peer }) => peer,
    })
    left.begin()
    return left
  }
  return { net, book, killAndStart }
}

for (const [transport, who] of [
  ['udp', 'we called'],
  ['udp', 'they called'],
  ['tcp', 'we called'],
] as const)
  test(`a call over ${transport} that was up when we were killed ends with a BYE at the next start, where ${who}`, () => {
    const { net, book, killAndStart } = house(transport)
    if (who === 'we called') callCarl(net)
    else
      net.agents.get(carl)!.invite(
        {
          target: `sip:95588@${alice}`,
          destination: { transport: 'udp', address: alice, port: 5060 },
          from: `sip:13900001111@${carl}`,
          sdp: sdpB,
        },
        net.now,
      )
    net.run(1_000)
    assert.equal(book.held.size, 1)
    killAndStart()
    net.run(1_000)
    const [ended] = net.of(carl, 'ended')
    assert.deepEqual([ended?.by, ended?.q850], ['remote', 41])
    assert.equal(book.held.size, 0)
    net.run(40_000)
    assert.equal(net.agents.get(alice)!.figures.transactions, 0)
    assert.equal(net.wire.filter(({ text }) => text.startsWith('BYE ')).length, 1)
  })

test('a call that rings, was refused or is over is not kept', () => {
  const { net, book } = house()
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.progress(event.session, 180, null, now)
  })
  const ringing = callCarl(net)
  net.run(1_000)
  assert.equal(book.held.size, 0)
  net.agents.get(alice)!.hangUp(ringing, 16, net.now)
  net.run(1_000)
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  const talking = callCarl(net)
  net.run(1_000)
  assert.equal(book.held.size, 1)
  net.agents.get(alice)!.hangUp(talking, 16, net.now)
  assert.equal(book.held.size, 0)
})

test('a far end that has moved meanwhile is told where it is', () => {
  const { net, book, killAndStart } = house()
  const offers: UaEvent[] = []
  net.reactions.set(alice, (event, agent, now) => {
    if (event.type !== 'reoffer') return
    offers.push(event)
    agent.answerReoffer(event.session, { sdp: sdpA }, now)
  })
  callCarl(net)
  net.run(1_000)
  net.change = (text, from) => (from === carl ? text.replace(`<sip:${carl}:5060>`, '<sip:carl@10.0.0.9:5099>') : text)
  net.agents.get(carl)!.reinvite(net.of(carl, 'incoming')[0]!.session, sdpB, net.now)
  net.run(1_000)
  assert.equal(offers.length, 1)
  assert.equal([...book.held.values()][0]!.remoteTarget, 'sip:carl@10.0.0.9:5099')
  killAndStart()
  net.run(100)
  const bye = net.wire.find(({ text }) => text.startsWith('BYE '))!
  assert.match(bye.text, /^BYE sip:carl@10\.0\.0\.9:5099 SIP\/2\.0\r\n/)
  assert.equal(bye.to, '10.0.0.9')
})

test('a far end that moved when it answered us is told where it is, by a count beyond all that we said since', () => {
  const { net, killAndStart } = house()
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
    if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp: sdpB }, now)
  })
  const session = callCarl(net)
  net.run(1_000)
  net.change = (text, from) => (from === carl ? text.replace(`<sip:${carl}:5060>`, `<sip:carl@${carl}:5099>`) : text)
  for (let n = 0; n < 3; n++) {
    net.agents.get(alice)!.reinvite(session, sdpA, net.now)
    net.run(1_000)
  }
  const said = net.wire.flatMap(({ from, text }) => (from === alice ? [Number(/CSeq: (\d+) /.exec(text)![1])] : []))
  assert.equal(net.of(alice, 'reanswered').length, 3)
  killAndStart()
  net.run(1_000)
  const bye = net.wire.find(({ text }) => text.startsWith('BYE '))!
  assert.match(bye.text, /^BYE sip:carl@10\.0\.0\.2:5099 SIP\/2\.0\r\n/)
  assert.ok(Number(/CSeq: (\d+) BYE/.exec(bye.text)![1]) > Math.max(...said), bye.text)
  assert.deepEqual(
    net.of(carl, 'ended').map(({ by }) => by),
    ['remote'],
  )
})

test('nobody answers the BYE: it is repeated as long as any request, and then forgotten', () => {
  const { net, killAndStart } = house()
  callCarl(net)
  net.run(1_000)
  net.agents.delete(carl)
  killAndStart()
  net.run(60_000)
  const byes = net.wire.filter(({ text }) => text.startsWith('BYE '))
  assert.equal(byes.length, 11) // RFC 3261 §17.1.2.2
  assert.equal(net.agents.get(alice)!.figures.transactions, 0)
})

test('a copy of the folder that is started on another machine ends nobody’s call', () => {
  const { net, book, killAndStart } = house()
  callCarl(net)
  net.run(1_000)
  killAndStart('10.0.0.77')
  net.run(10_000)
  assert.equal(net.wire.filter(({ text }) => text.startsWith('BYE ')).length, 0)
  assert.equal(book.held.size, 0)
})

test('of calls that were had at another address it is said once that they are left', () => {
  const warnings: string[] = []
  const warned = { ...log, warn: (_about: object, words: string) => void warnings.push(words) } as unknown as typeof log
  const dialogs = [dialogOf(1, null), dialogOf(2, null)]
  const dropped: KeptDialog[] = []
  const book = { read: () => dialogs, drop: (one: KeptDialog) => void dropped.push(one) }
  new LeftDialogs({
    ua: { bye: () => false, bindingsOf: () => [] },
    credentials: () => null,
    wayBack: () => null,
    book,
    now: () => 0,
    log: { ...warned, info: () => undefined } as never,
  }).begin()
  assert.deepEqual([warnings.length, dropped], [1, dialogs])
  assert.match(warnings[0]!, /at another address than ours, and are not ended: is this a copy\?/)
})

/** Calls that were left, and who was told by when. */
function manyLeft(dialogs: KeptDialog[], wayBack: LeftDialogsOptions['wayBack'] = () => null) {
  const clock = { now: 0 }
  const told: KeptDialog[] = []
  const ways: Parameters<UserAgentPort['bye']>[1][] = []
  const book = {
    read: () => dialogs,
    dropped: [] as KeptDialog[],
    drop: (one: KeptDialog) => void book.dropped.push(one),
  }
  const bye: UserAgentPort['bye'] = (one, how) => {
    ways.push(how)
    return told.push(one) > 0
  }
  const left = new LeftDialogs({
    ua: { bye, bindingsOf: () => [] },
    book,
    now: () => clock.now,
    log,
    credentials: () => null,
    wayBack,
  })
  left.begin()
  return { told, ways, book, left, clock }
}

function dialogOf(serial: number, extension: string | null, transport: 'udp' | 'tcp' = 'udp'): KeptDialog {
  return {
    ...{ callId: `c${serial}`, localTag: 'a', remoteTag: 'b', local: '<sip:a@10.0.0.1>;tag=a', localSeq: 1 },
    ...{ remote: '<sip:b@10.0.0.2>;tag=b', remoteTarget: 'sip:b@10.0.0.2', routes: [] },
    ...{
      peer: { transport, address: '10.0.0.2', port: 5060 },
      symmetric: extension !== null,
      extension,
      account: null,
      caller: null,
      ourAddress: alice,
    },
  }
}

test('phones are told first, and no more than five hundred at once and some hundreds a second', () => {
  const customers = Array.from({ length: 800 }, (_, at) => dialogOf(at, null))
  const phones = Array.from({ length: 300 }, (_, at) => dialogOf(1_000 + at, String(2_000 + at)))
  const { told, ways, book, left } = manyLeft([...customers, ...phones])
  assert.equal(told.length, 500)
  assert.ok(told.slice(0, 300).every(({ extension }) => extension !== null))
  for (let now = 100; now <= 1_000; now += 100) left.advance(now)
  assert.equal(told.length, 750)
  for (let now = 1_100; now <= 5_000; now += 100) left.advance(now)
  assert.equal(told.length, 1_100)
  assert.equal(book.dropped.length, 800, 'phones are in the list until they have heard it')
  for (const { then } of ways) then?.(200, 5_000)
  assert.equal(book.dropped.length, 1_100)
})

test('a phone behind a connection is told when it registers again, on its new one, and no other of its kind', () => {
  const { told, ways, book, left } = manyLeft([dialogOf(1, '1001', 'tcp'), dialogOf(2, '1002', 'tcp')])
  assert.equal(told.length, 0)
  const source = { address: '10.0.0.2', port: 40_001 }
  const registers = (extension: string, address = source.address) =>
    left.take({
      type: 'bindingChanged',
      extension,
      binding: {
        ...{ extension, contact: `sip:${extension}@10.0.0.2`, userAgent: null, expiresInMs: 60_000 },
        flow: { transport: 'tcp', source: { ...source, address }, local: 'tcp', connection: 'c3' },
      },
    })
  registers('1003')
  assert.equal(told.length, 0)
  registers('1001')
  registers('1001')
  assert.deepEqual(
    told.map(({ callId }, at) => [callId, ways[at]!.by?.flow.connection, ways[at]!.by?.flow.source.port]),
    [['c1', 'c3', 40_001]],
  )
  ways[0]!.then!(200, 0)
  assert.equal(book.dropped.length, 1)
  left.advance(3_599_999)
  assert.equal(book.dropped.length, 1)
  left.advance(3_600_000)
  registers('1002')
  assert.deepEqual([told.length, book.dropped.length], [1, 2])
})

test('a phone over UDP that does not hear its BYE after a kill is told again when it registers where it was, twelve times at most', () => {
  const { told, ways, book, left } = manyLeft([dialogOf(1, '1001')])
  const source = { address: '10.0.0.2', port: 5060 }
  const registers = () =>
    left.take({
      type: 'bindingRefreshed',
      binding: {
        ...{ extension: '1001', contact: 'sip:1001@10.0.0.2', userAgent: null, expiresInMs: 60_000 },
        flow: { transport: 'udp', source, local: 'udp' },
      },
    })
  registers()
  assert.equal(told.length, 1, 'its BYE is out')
  ways[0]!.then!(null, 32_000)
  for (let n = 1; n <= 15; n++) {
    registers()
    registers()
    ways.at(-1)!.then!(null, 32_000)
  }
  assert.deepEqual([told.length, ways[1]?.by?.flow.source, book.dropped.length], [13, source, 0])
  left.advance(3_600_000)
  assert.equal(book.dropped.length, 1)
})

test('a phone over UDP that hears its BYE at the next start, or knows nothing of the call, is asked no more', () => {
  const { told, ways, book, left } = manyLeft([dialogOf(1, '1001'), dialogOf(2, '1002')])
  ways[0]!.then!(200, 0)
  ways[1]!.then!(481, 0)
  for (const extension of ['1001', '1002'])
    left.take({
      type: 'bindingRefreshed',
      binding: {
        ...{ extension, contact: `sip:${extension}@10.0.0.2`, userAgent: null, expiresInMs: 60_000 },
        flow: { transport: 'udp', source: { address: '10.0.0.2', port: 5060 }, local: 'udp' },
      },
    })
  assert.deepEqual([told.length, book.dropped.length], [2, 2])
})

test('a phone behind a connection that comes by another way is asked there once, and waited for until it is the one', () => {
  const { told, ways, book, left } = manyLeft([dialogOf(1, '1001', 'tcp')])
  const registers = (address: string, transport: 'udp' | 'tcp' = 'tcp') =>
    left.take({
      type: 'bindingChanged',
      extension: '1001',
      binding: {
        ...{ extension: '1001', contact: `sip:1001@${address}`, userAgent: null, expiresInMs: 60_000 },
        flow: { transport, source: { address, port: 40_001 }, local: transport },
      },
    })
  registers('10.0.0.7')
  registers('10.0.0.7')
  registers('10.0.0.8', 'udp')
  assert.deepEqual(
    ways.map(({ by }) => [by?.contact, by?.flow.transport]),
    [
      ['sip:1001@10.0.0.7', 'tcp'],
      ['sip:1001@10.0.0.8', 'udp'],
    ],
  )
  ways[0]!.then!(481, 0) // another phone
  assert.equal(book.dropped.length, 0)
  ways[1]!.then!(200, 0)
  assert.equal(book.dropped.length, 1)
  registers('10.0.0.9')
  registers('10.0.0.2')
  assert.deepEqual([told.length, book.dropped.length], [2, 1], 'it has heard')
})

test('no phone is given what a trunk’s password makes of its challenge, not even at the address of a trunk', () => {
  const asked: (DigestCredentials | null | undefined)[] = []
  new LeftDialogs({
    ua: { bye: (one, { auth }) => asked.push(auth?.({ ...one.peer })) > 0, bindingsOf: () => [] },
    credentials: () => ({ username: '4001', password: 'trunk-secret' }),
    ...{ wayBack: () => null, book: { read: () => [dialogOf(1, '1001'), dialogOf(2, null)], drop() {} } },
    ...{ now: () => 0, log },
  }).begin()
  assert.deepEqual(
    asked.map(auth => auth?.username),
    [undefined, '4001'],
  )
})

test('of two phones of an extension behind one address the one in the call is told, whichever comes first', () => {
  const { ways, book, left } = manyLeft([dialogOf(1, '1001', 'tcp')])
  const registers = (port: number) =>
    left.take({
      type: 'bindingChanged',
      extension: '1001',
      binding: {
        ...{ extension: '1001', contact: `sip:1001@192.168.1.9:${port}`, userAgent: null, expiresInMs: 60_000 },
        flow: { transport: 'tcp', source: { address: '10.0.0.2', port }, local: 'tcp', connection: `c${port}` },
      },
    })
  registers(40_001)
  ways[0]!.then!(481, 0)
  registers(40_002)
  assert.deepEqual(
    ways.map(({ by }) => [by?.flow.connection, by?.contact]),
    [
      ['c40001', undefined],
      ['c40002', undefined],
    ],
  )
  ways[1]!.then!(200, 0)
  assert.equal(book.dropped.length, 1)
})

test('a trunk behind a connection is told where it is now, as soon as its name is looked up; who is found nowhere within 30 s, where it came from', () => {
  const ways = new Map<string, Destination>()
  const one = manyLeft([dialogOf(1, null, 'tcp'), dialogOf(2, null, 'tcp')], ({ callId }) => ways.get(callId) ?? null)
  const { told, left, book } = one
  assert.equal(told.length, 0)
  ways.set('c1', { transport: 'tcp', address: '10.0.0.2', port: 5070 })
  left.advance(9_000)
  left.advance(29_999)
  assert.deepEqual(
    told.map(({ callId }, at) => [callId, one.ways[at]!.at?.port]),
    [['c1', 5070]],
  )
  left.advance(30_000)
  assert.deepEqual([told[1]?.callId, one.ways[1]?.at, book.dropped.length], ['c2', null, 2])
})

test('a trunk that challenges the BYE gets it once more with the trunk’s password', () => {
  const { net, killAndStart } = house()
  callCarl(net)
  net.run(1_000)
  const challenge = 'Digest realm="carrier", nonce="n1", algorithm=MD5, qop="auth"'
  net.change = (text, from) =>
    from === carl && text.includes(' BYE\r\n') && !net.wire.some(one => one.text.includes('Proxy-Authorization:'))
      ? text.replace(/^SIP\/2.0 200 OK\r\n/, `SIP/2.0 407 No\r\nProxy-Authenticate: ${challenge}\r\n`)
      : text
  killAndStart(alice, { username: '4001', password: 'trunk-secret' })
  net.run(10_000)
  const byes = net.wire.filter(({ text }) => text.startsWith('BYE '))
  assert.equal(byes.length, 2)
  assert.match(byes[1]!.text, /Proxy-Authorization: Digest username="4001", realm="carrier", nonce="n1", uri="sip:/)
  const [first, second] = byes.map(({ text }) => Number(/CSeq: (\d+) BYE/.exec(text)![1]))
  assert.equal(second, first! + 1)
})
