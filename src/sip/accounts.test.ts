/** A trunk whose calls are let in by a password: who knows it, who does not, and who has only forged its address. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, DigestCredentials } from './events.ts'
import { alice, calm, carl, Net, sdpA, sdpB } from './fixtures/net.ts'

const credentials = { username: 'carrier', password: 'correct horse battery' }

/** Alice's house, and carl who calls as her trunk does. */
function house(account: Account | null = { id: 't_1', ...credentials }) {
  const net = new Net(1, calm)
  const held = { account, others: [] as Account[] }
  const ua = net.add(alice, {
    admit: () => 'trusted',
    caller: () => ({ id: 't_1', accounts: [...(held.account ? [held.account] : []), ...held.others] }),
  })
  net.add(carl)
  net.reactions.set(alice, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpA, now)
    if (event.type === 'reoffer') agent.answerReoffer(event.session, { sdp: sdpA }, now)
  })
  const calls = (auth?: DigestCredentials) => {
    const destination = { transport: 'udp' as const, address: alice, port: 5060 }
    const spec = { target: `sip:95588@${alice}`, destination, from: `sip:13900001111@${carl}`, sdp: sdpB }
    const session = net.agents.get(carl)!.invite({ ...spec, ...(auth ? { auth } : {}) }, net.now)
    net.run(1_000)
    return session
  }
  return { net, ua, held, calls }
}

test('who knows the password is let in at the second INVITE, and is asked nothing within the call', () => {
  const { net, calls } = house()
  const session = calls(credentials)
  assert.equal(net.of(alice, 'incoming').length, 1)
  net.agents.get(carl)!.reinvite(session, sdpB, net.now)
  net.run(1_000)
  assert.equal(net.of(carl, 'reanswered').length, 1)
  net.agents.get(carl)!.hangUp(session, 16, net.now)
  net.run(1_000)
  assert.equal(net.of(alice, 'ended')[0]?.by, 'remote')
  assert.equal(net.wire.filter(({ text }) => text.startsWith('SIP/2.0 401')).length, 1)
})

test('who does not is no call: nothing is kept of it, and a wrong password is told', () => {
  const { net, ua, calls } = house()
  calls()
  assert.equal(net.of(carl, 'failed').at(-1)?.status, 401)
  calls({ ...credentials, password: 'guessed' })
  assert.equal(net.of(carl, 'failed').at(-1)?.status, 403)
  calls({ ...credentials, username: 'another' })
  assert.equal(net.of(carl, 'failed').at(-1)?.status, 403)
  assert.match(net.of(alice, 'dropped')[0]!.reason, /wrong name or password/)
  assert.equal(net.of(alice, 'incoming').length, 0)
  net.run(40_000)
  assert.deepEqual([ua.figures.sessions, ua.figures.transactions], [0, 0])
})

test('a password that is changed counts from the next call on; of two trunks of one name each has its own', () => {
  const { net, held, calls } = house()
  const changed = { ...credentials, password: 'another horse battery' }
  held.account = { id: 't_1', ...changed }
  calls(credentials)
  assert.equal(net.of(alice, 'incoming').length, 0)
  calls(changed)
  assert.equal(net.of(alice, 'incoming').length, 1)
  held.account = { id: 't_2', ...credentials }
  calls(changed)
  assert.equal(net.of(alice, 'incoming').length, 1)
  calls(credentials)
  assert.equal(net.of(alice, 'incoming').length, 2)
  held.account = null
  calls()
  assert.deepEqual(
    net.of(alice, 'incoming').map(({ isProved }) => isProved),
    [true, true, undefined],
    'where none is asked for nothing is proved',
  )
})

test('what a trunk was overheard to say opens nothing to who has forged its address', () => {
  const { net, ua, calls } = house()
  calls(credentials)
  const proof = net.wire.findLast(({ text }) => text.startsWith('INVITE ') && text.includes('Authorization:'))!
  const forged = Buffer.from(
    proof.text.replace(/Call-ID: .*/, 'Call-ID: forged').replace(/branch=[^;\r]*/, 'branch=z9hG4bKforged'),
  )
  for (const address of [carl, '10.0.0.66'])
    ua.receive(forged, { transport: 'udp', source: { address, port: 5060 }, local: 'udp' }, net.now)
  net.run(1_000)
  assert.equal(net.of(alice, 'incoming').length, 1)
})

test('of two at one address the name says whose call it is, and of two of one name the password', () => {
  const { net, held, calls } = house()
  const [second, namesake] = [
    { username: 'second', password: 'another horse' },
    { ...credentials, password: 'a third horse' },
  ]
  held.others = [
    { id: 't_2', ...second },
    { id: 't_3', ...namesake },
    { id: 't_4', username: 'fourth', password: null },
  ]
  for (const auth of [second, namesake, credentials]) calls(auth)
  const whose = () => net.of(alice, 'incoming').map(({ caller }) => caller)
  assert.deepEqual(whose(), ['t_2', 't_3', 't_1'])
  calls({ ...second, password: credentials.password })
  calls({ username: 'fifth', password: '' })
  assert.equal(net.of(carl, 'failed').filter(({ status }) => status === 403).length, 2)
  assert.equal(whose().length, 3)
})

test('of two at one address the one whose password we do not know hears that the fault is ours, the other is let in', () => {
  const { net, held, calls } = house()
  const second = { username: 'second', password: 'another horse' }
  held.others = [{ id: 't_2', ...second, password: null }]
  calls(second)
  calls({ ...second, password: '' })
  const failed = () => net.of(carl, 'failed').map(({ status, retryAfterS }) => [status, retryAfterS])
  assert.deepEqual(
    failed(),
    [503, 503].map(status => [status, 60]),
  )
  assert.equal(net.of(alice, 'dropped').length, 0, 'no password was wrong that we know of')
  calls(credentials)
  assert.deepEqual(
    net.of(alice, 'incoming').map(({ caller }) => caller),
    ['t_1'],
  )
  held.others = [{ id: 't_2', ...credentials, password: null }]
  calls({ ...credentials, password: 'guessed' })
  assert.deepEqual(failed().at(-1), [503, 60], 'it may be that of its namesake')
  assert.equal(net.of(alice, 'dropped').length, 1, 'and is told as wrong all the same')
  assert.equal(net.of(alice, 'incoming').length, 1)
})

test('where we do not know the password ourselves nobody is let in, and the carrier hears that the fault is ours and may pass', () => {
  const { net, ua, held, calls } = house({ id: 't_1', ...credentials, password: null })
  for (const auth of [undefined, { ...credentials, password: '' }, credentials]) calls(auth)
  assert.deepEqual(
    net.of(carl, 'failed').map(({ status, retryAfterS }) => [status, retryAfterS]),
    [503, 503, 503].map(status => [status, 60]),
  )
  assert.equal(net.of(alice, 'incoming').length, 0)
  net.run(40_000)
  assert.deepEqual([ua.figures.sessions, ua.figures.transactions], [0, 0])
  held.account = { id: 't_1', ...credentials }
  calls(credentials)
  assert.equal(net.of(alice, 'incoming').length, 1)
})
