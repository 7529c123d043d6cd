import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { test } from 'node:test'
import { processMonotonic } from '../lib/clock.ts'
import { addressNumber } from './address-number.ts'
import { boundPort } from './far-end.ts'
import { closeIoRing, createIoRing } from './io-ring.ts'
import { loadLibc } from './libc.ts'
import { createLibcWire, lookUsAt } from './libc-wire.ts'
import { Wake } from './wake.ts'

const home = '127.0.0.1'
const libc = loadLibc()

test('a look waits for eight datagrams, and for 250 to 500 µs', () => {
  assert.deepEqual(
    [0, 4_000, 16_000, 20_000, 32_000, 100_000].map(aSecond => lookUsAt(aSecond)),
    [500, 500, 500, 400, 250, 250],
  )
})

for (const way of ['by the batch', 'each by a call'] as const)
  test(`what was ordered before packets came is done before they are heard, ${way}`, {
    skip: libc === null && 'no C library for us here',
  }, async t => {
    const ring = way === 'by the batch' ? createIoRing(libc!) : null
    if (way === 'by the batch' && ring === null) return t.skip('the kernel has no ring for us here')
    const wake = new Wake(libc!)
    const epoll = wake.epoll()
    t.after(() => {
      wake.closeFd(epoll)
      wake.close()
      if (ring !== null) closeIoRing(libc!, ring)
    })
    const wire = createLibcWire(libc!, epoll, wake.fd, ring, processMonotonic())
    const caller = createSocket('udp4').bind(0, home)
    t.after(() => caller.close())
    await once(caller, 'listening')
    const slots = Array.from({ length: 4 }, (_, token) => {
      let slot = -1
      wire.bind(home, 0, token, bound => (slot = bound))
      wire.connect(slot, addressNumber(home)!, caller.address().port)
      return slot
    })
    for (const slot of slots)
      await new Promise(said => caller.send('ahoy', boundPort(wire.descriptor(slot)), home, said))
    wake.wake()
    const order: string[] = []
    const done = Promise.withResolvers<void>()
    wire.run({
      onDatagram: token => order.push(`packet ${token}`),
      onTick() {
        if (order.length < slots.length + 2) return 20
        wire.stop()
        done.resolve()
        return 0
      },
      onWake: () => order.push('orders'),
    })
    await done.promise
    const begun = ['orders', 'orders'] // as the loop begins, and as it is woken
    assert.deepEqual(order.slice(0, 6), [...begun, 'packet 0', 'packet 1', 'packet 2', 'packet 3'])
  })

for (const also of ['no other', 'four others'] as const)
  test(`what a stranger had sent before its socket was connected is not heard, with ${also} in the same look`, {
    skip: libc === null && 'no C library for us here',
  }, async t => {
    const ring = createIoRing(libc!)
    const wake = new Wake(libc!)
    const epoll = wake.epoll()
    t.after(() => {
      wake.closeFd(epoll)
      wake.close()
      if (ring !== null) closeIoRing(libc!, ring)
    })
    const wire = createLibcWire(libc!, epoll, wake.fd, ring, processMonotonic())
    const [caller, stranger] = [createSocket('udp4').bind(0, home), createSocket('udp4').bind(0, home)]
    t.after(() => [caller, stranger].map(one => one.close()))
    await Promise.all([once(caller, 'listening'), once(stranger, 'listening')])
    const slots = Array.from({ length: also === 'no other' ? 1 : 5 }, (_, token) => {
      let slot = -1
      wire.bind(home, 0, token, bound => (slot = bound))
      return slot
    })
    const say = (from: typeof caller, words: string) =>
      Promise.all(
        slots.map(slot => new Promise(said => from.send(words, boundPort(wire.descriptor(slot)), home, said))),
      )
    const strangers = 100 // more than are looked at in one turn
    await say(caller, 'first')
    for (let n = 0; n < strangers; n++) await say(stranger, 'hear me')
    await say(caller, 'second')
    const heard: string[] = []
    const done = Promise.withResolvers<void>()
    let saidLater = false
    wire.run({
      onDatagram(token, length) {
        heard.push(`${token} ${Buffer.from(wire.inbound.bytes.subarray(0, length))}`)
        // As the relay does when it hears a far end that the signalling has named.
        if (heard.at(-1) === `${token} first`)
          assert.ok(wire.connect(slots[token]!, addressNumber(home)!, caller.address().port))
      },
      onTick() {
        if (heard.length >= 2 * slots.length && !saidLater) {
          saidLater = true
          void say(caller, 'third')
        }
        if (heard.filter(words => words.endsWith('third')).length < slots.length && heard.length < strangers) return 20
        wire.stop()
        done.resolve()
        return 0
      },
      onWake: () => undefined,
    })
    await done.promise
    for (const token of slots.keys())
      assert.deepEqual(
        heard.filter(words => words.startsWith(`${token} `)),
        ['first', 'second', 'third'].map(words => `${token} ${words}`),
      )
  })

test('a socket that the kernel does not connect stays as it is, and says so', {
  skip: libc === null && 'no C library for us here',
}, t => {
  const wake = new Wake(libc!)
  const epoll = wake.epoll()
  t.after(() => {
    wake.closeFd(epoll)
    wake.close()
  })
  const wire = createLibcWire(libc!, epoll, wake.fd, null, processMonotonic())
  let slot = -1
  wire.bind(home, 0, 0, bound => (slot = bound))
  assert.equal(wire.connect(slot, addressNumber('10.255.255.255')!, 4_000), false, 'from loopback nothing leads there')
  assert.equal(wire.connect(slot, addressNumber(home)!, 4_000), true)
  wire.close(slot)
})

test('a socket that is adopted a second time, since its leg could not be made, is closed once: what has its number then stays open', {
  skip: libc === null && 'no C library for us here',
}, async t => {
  const wake = new Wake(libc!)
  const epoll = wake.epoll()
  t.after(() => {
    wake.closeFd(epoll)
    wake.close()
  })
  const wire = createLibcWire(libc!, epoll, wake.fd, null, processMonotonic())
  let bound = -1
  wire.bind(home, 0, 1, slot => (bound = slot))
  const descriptor = wire.descriptor(bound)
  wire.detach(bound)
  const first = wire.adopt(descriptor, 3, { address: addressNumber(home)!, port: 9 })
  assert.equal(wire.adopt(descriptor, 0, null), first)
  wire.close(first)
  const other = openSync('/dev/null', 'r')
  t.after(() => closeSync(other))
  const stopped = Promise.withResolvers<void>()
  wire.run({
    onDatagram: () => undefined,
    onWake: () => undefined,
    onTick() {
      wire.stop()
      setImmediate(() => stopped.resolve())
      return 0
    },
  })
  await stopped.promise
  assert.ok(fstatSync(other).isCharacterDevice(), `${other}, where the socket was ${descriptor}`)
})
