/** Who has overheard a dialog's tags: what comes from elsewhere counts only when a trunk sends it, or a phone that proves itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ha1 } from './digest.ts'
import { alice, callCarl, carl, Net, sdpB } from './fixtures/net.ts'

const trunk = '10.0.0.7'
const stranger = '10.0.0.66'
const credentials = { username: '4001', password: 'secret' }

/** Alice called; the second message is her BYE, which never arrived. */
function overheard(known: string[] = [alice, trunk]) {
  const net = new Net()
  const a = net.add(alice)
  const c = net.add(carl, {
    admit: ({ source }) => (known.includes(source.address) ? 'trusted' : 'challenge'),
    registrar: {
      realm: 'r',
      lookup: extension =>
        extension === '4001'
          ? { ha1Md5: ha1('MD5', credentials, 'r'), ha1Sha256: ha1('SHA-256', credentials, 'r'), offerSha256: false }
          : null,
    },
  })
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  net.lose = text => text.startsWith('BYE')
  const session = callCarl(net)
  net.run(500)
  a.hangUp(session, 16, net.now)
  net.run(10)
  net.lose = () => false
  const bye = net.wire.find(one => one.text.startsWith('BYE'))!.text
  return { net, c, bye }
}

const answers = (net: Net, to: string) => net.wire.filter(one => one.to === to).map(one => one.text.slice(8, 11))

test('a BYE with the right tags from an address that has no part in the call ends nothing', () => {
  const { net, bye } = overheard()
  net.put(stranger, carl, Buffer.from(bye, 'latin1'))
  net.run(10)
  assert.deepEqual(answers(net, stranger), ['401'])
  assert.equal(net.of(carl, 'ended').length, 0)
})

test('an ACK from elsewhere confirms nothing', () => {
  const net = new Net()
  net.add(alice)
  net.add(carl, { admit: ({ source }) => (source.address === alice ? 'trusted' : 'refuse') })
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  net.lose = text => text.startsWith('ACK')
  callCarl(net)
  net.run(10)
  net.lose = () => false
  const ack = net.wire.find(one => one.text.startsWith('ACK'))!.text
  net.put(stranger, carl, Buffer.from(ack, 'latin1'))
  net.run(10)
  assert.equal(net.of(carl, 'confirmed').length, 0)
  net.put(alice, carl, Buffer.from(ack, 'latin1'))
  net.run(10)
  assert.equal(net.of(carl, 'confirmed').length, 1)
})

test('who has overheard an INVITE cannot answer it; whom it was sent to can, and so can another gateway of the trunk', () => {
  for (const gateway of [carl, trunk]) {
    const net = new Net()
    net.add(alice, { admit: ({ source }) => (source.address === trunk ? 'trusted' : 'refuse') })
    net.add(carl)
    net.reactions.set(carl, (event, agent, now) => {
      if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
    })
    net.lose = text => text.startsWith('SIP/2.0 200')
    callCarl(net)
    net.run(10)
    net.lose = () => false
    const answer = Buffer.from(net.wire.find(one => one.text.startsWith('SIP/2.0 200'))!.text, 'latin1')
    net.put(stranger, alice, answer)
    net.run(5)
    assert.equal(net.of(alice, 'accepted').length, 0, 'from elsewhere')
    net.put(gateway, alice, answer)
    net.run(5)
    assert.equal(net.of(alice, 'accepted').length, 1, gateway)
  }
})

test('another gateway of a trunk may end its call', () => {
  const { net, bye } = overheard()
  net.put(trunk, carl, Buffer.from(bye, 'latin1'))
  net.run(10)
  assert.deepEqual(answers(net, trunk), ['200'])
  assert.equal(net.of(carl, 'ended').length, 1)
})

test('a locked or unknown stranger is never let in, however it writes its credentials', () => {
  const { net, bye } = overheard()
  for (const [at, line] of [
    'Authorization: Digest username="4001", realm="r", nonce="x", uri="sip:x", response="0"',
    'Authorization: Digest username="4002", realm="r", nonce="x", uri="sip:x", response="0"',
    'Authorization: Basic YTpi',
  ].entries()) {
    const text = bye
      .replace('\r\nContent-Length', `\r\n${line}\r\nContent-Length`)
      .replace(/branch=[^;]+/, `branch=z9hG4bKs${at}`)
    net.put(stranger, carl, Buffer.from(text, 'latin1'))
    net.run(10)
  }
  assert.ok(answers(net, stranger).every(status => status === '401' || status === '403'))
  assert.equal(net.of(carl, 'ended').length, 0)
})
