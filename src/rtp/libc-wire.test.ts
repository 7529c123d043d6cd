import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
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
