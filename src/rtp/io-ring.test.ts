import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { must } from '../lib/assert.ts'
import { processMonotonic } from '../lib/clock.ts'
import { addressNumber } from './address-number.ts'
import { boundPort } from './far-end.ts'
import { closeIoRing, createIoRing, IoRing, ringEntries } from './io-ring.ts'
import { type Libc, loadLibc, nativeMemory } from './libc.ts'
import { createLibcWire } from './libc-wire.ts'
import { Wake } from './wake.ts'

const home = '127.0.0.1'
/** The call io_uring_enter. */
const enter = 426
const libc = loadLibc()
const skip = libc === null ? 'no C library for us here' : createdHere() ? false : 'the kernel has no ring for us here'

function createdHere(): boolean {
  const place = createIoRing(libc!)
  if (place !== null) closeIoRing(libc!, place)
  return place !== null
}

test('what is queued is done by one submit, each in its turn, whatever becomes of its neighbours', {
  skip,
}, async t => {
  const place = must(createIoRing(libc!), 'a ring')
  t.after(() => closeIoRing(libc!, place))
  const ring = new IoRing(libc!, place)
  const [near, far] = [await bound(t), await bound(t)]
  const [a, b, closed] = [socket(libc!), socket(libc!), socket(libc!)]
  for (const [fd, peer] of [[a, near] as const, [b, far] as const]) connect(libc!, fd, peer.address().port)
  libc!.close(closed)
  const memories = Array.from({ length: 3 }, () => nativeMemory(8))
  for (const [i, { bytes }] of memories.entries()) bytes.fill(i + 1)
  const heard = [once(near, 'message'), once(far, 'message')]
  ring.send(a, memories[0]!.address, 5)
  ring.send(closed, memories[1]!.address, 6)
  ring.send(b, memories[2]!.address, 7)
  assert.equal(ring.queued, 3)
  ring.submit()
  assert.equal(ring.queued, 0)
  assert.deepEqual(
    (await Promise.all(heard)).map(([bytes]) => [...bytes]),
    [Array(5).fill(1), Array(7).fill(3)],
  )
  await sent(far, Buffer.from('ahoy'), boundPort(b))
  ring.receive(a, memories[0]!.address, 8)
  ring.receive(closed, memories[1]!.address, 8)
  ring.receive(b, memories[2]!.address, 8)
  ring.submit()
  assert.deepEqual([...ring.lengths.subarray(0, 3)], [-11, -9, 4]) // EAGAIN, EBADF
  assert.equal(Buffer.from(memories[2]!.bytes.subarray(0, 4)).toString(), 'ahoy')
  for (const fd of [a, b]) libc!.close(fd)
})

test('a ring goes round for many times what it holds', { skip }, t => {
  const place = must(createIoRing(libc!), 'a ring')
  t.after(() => closeIoRing(libc!, place))
  const ring = new IoRing(libc!, place)
  const [fd, into] = [socket(libc!), nativeMemory(8)]
  for (let lap = 0; lap < 20; lap++) {
    while (!ring.isFull) ring.receive(fd, into.address, 8)
    ring.submit()
    assert.ok(ring.lengths.every(length => length === -11))
    ring.lengths.fill(0)
  }
  assert.equal(ring.lengths.length, ringEntries)
  libc!.close(fd)
})

test('a kernel that lets a ring be made and not be used has none for us', { skip }, () => {
  const syscall: Libc['syscall'] = (call, ...more) => (call === enter ? -1 : libc!.syscall(call!, ...more))
  assert.equal(createIoRing({ ...libc!, syscall }), null)
})

for (const [what, most, calls] of [
  ['takes only some of it at a time, is given the rest', 2, 4],
  ['takes none of it, has it done by a call each', 0, 1],
] as const)
  test(`a kernel that ${what}, in the order of the queue, and nothing of it is done later`, { skip }, async t => {
    const place = must(createIoRing(libc!), 'a ring')
    t.after(() => closeIoRing(libc!, place))
    let entered = 0
    let isFailing = true
    const syscall: Libc['syscall'] = (call, fd, count, ...more) => {
      entered++
      const taken = isFailing ? Math.min(count!, most) : count!
      return taken === 0 ? -1 : libc!.syscall(call!, fd!, taken, ...more)
    }
    const ring = new IoRing({ ...libc!, syscall }, place)
    const far = await bound(t)
    const heard: string[] = []
    far.on('message', bytes => heard.push(bytes.toString()))
    const [a, empty] = [socket(libc!), socket(libc!)]
    t.after(() => {
      for (const fd of [a, empty]) libc!.close(fd)
    })
    connect(libc!, a, far.address().port)
    await sent(far, Buffer.from('ahoy'), boundPort(a))
    const [said, into] = [Array.from({ length: 5 }, () => nativeMemory(8)), nativeMemory(8)]
    for (const [i, { bytes }] of said.entries()) bytes[0] = 65 + i
    ring.receive(empty, into.address, 8)
    ring.receive(a, into.address, 8)
    for (const { address } of said) ring.send(a, address, 1)
    ring.submit()
    assert.equal(entered, calls)
    assert.deepEqual([...ring.lengths.subarray(0, 2)], [-11, 4])
    for (const { bytes } of said) bytes[0] = 90
    isFailing = false
    ring.receive(empty, into.address, 8)
    ring.submit()
    assert.deepEqual([ring.lengths[0], ring.failures, ring.queued], [-11, 0, 0])
    for (let waitedMs = 0; waitedMs < 5_000 && heard.length < 5; waitedMs += 5) await pause(5)
    assert.deepEqual(heard, ['A', 'B', 'C', 'D', 'E'])
  })

test('a ring that begins to fail costs no packet, is given up, and that is told once', { skip }, async t => {
  const place = must(createIoRing(libc!), 'a ring')
  const wake = new Wake(libc!)
  const epoll = wake.epoll()
  let entered = 0
  const syscall = () => {
    entered++
    return -1
  }
  const told: string[] = []
  const wire = createLibcWire({ ...libc!, syscall }, epoll, wake.fd, place, processMonotonic(), words =>
    told.push(words),
  )
  const callers = await Promise.all(Array.from({ length: 100 }, () => bound(t)))
  const heard = callers.map(() => '')
  const slots = callers.map((caller, i) => {
    let slot = -1
    wire.bind(home, 0, i, bound => (slot = bound))
    wire.connect(slot, addressNumber(home)!, caller.address().port)
    caller.on('message', bytes => {
      heard[i] += bytes.toString()
    })
    return slot
  })
  let relayed = 0
  wire.run({
    onDatagram(token, length) {
      wire.send(slots[token]!, wire.inbound, length)
      const own = wire.outbound()
      own.bytes[0] = 33
      wire.send(slots[token]!, own, 1)
      relayed++
    },
    onTick: () => 20,
    onWake: () => undefined,
  })
  for (let round = 1; round <= 3; round++) {
    const said = Buffer.from('abc'.slice(round - 1, round))
    await Promise.all(callers.map((caller, i) => sent(caller, said, boundPort(wire.descriptor(slots[i]!)))))
    wake.wake()
    for (let waitedMs = 0; waitedMs < 10_000 && relayed < round * callers.length; waitedMs += 5) await pause(5)
  }
  for (let waitedMs = 0; waitedMs < 5_000 && heard.some(one => one.length < 6); waitedMs += 5) await pause(5)
  wire.stop()
  await pause(1_100)
  wake.closeFd(epoll)
  wake.close()
  closeIoRing(libc!, place)
  assert.deepEqual([...new Set(heard)], ['a!b!c!'])
  assert.deepEqual([told.length, entered], [1, 8])
})

test('what came to a socket that was closed by what came before it in the batch is nobody’s', { skip }, async t => {
  const place = must(createIoRing(libc!), 'a ring')
  const wake = new Wake(libc!)
  const epoll = wake.epoll()
  t.after(() => {
    wake.closeFd(epoll)
    wake.close()
    closeIoRing(libc!, place)
  })
  const wire = createLibcWire(libc!, epoll, wake.fd, place, processMonotonic())
  const slots: number[] = []
  for (let i = 0; i < 4; i++) {
    const caller = await bound(t)
    wire.bind(home, 0, i, slot => slots.push(slot))
    wire.connect(slots[i]!, addressNumber(home)!, caller.address().port)
    await sent(caller, Buffer.from('ahoy'), boundPort(wire.descriptor(slots[i]!)))
  }
  const heard: number[] = []
  let left: number[] = []
  let given = -1
  const done = Promise.withResolvers<void>()
  wire.run({
    onDatagram(token) {
      heard.push(token)
      if (heard.length > 1) return
      left = [0, 1, 2, 3].filter(one => one !== token)
      wire.close(slots[left[0]!]!)
      given = wire.descriptor(slots[left[1]!]!)
      wire.detach(slots[left[1]!]!)
    },
    onTick() {
      if (heard.length > 0) {
        wire.stop()
        done.resolve()
      }
      return 20
    },
    onWake: () => undefined,
  })
  await done.promise
  libc!.close(given)
  assert.equal(heard[1], left[2])
  assert.equal(heard.length, 2)
})

for (const [name, hasRing] of [
  ['by the batch', true],
  ['one by one', false],
] as const)
  test(`${name}: what comes on many sockets at once goes on from each, and what we say ourselves follows it`, {
    skip: hasRing ? skip : libc === null && skip,
  }, async t => {
    const place = hasRing ? createIoRing(libc!) : null
    const wake = new Wake(libc!)
    const epoll = wake.epoll()
    t.after(() => {
      wake.closeFd(epoll)
      wake.close()
      if (place !== null) closeIoRing(libc!, place)
    })
    // More than a batch takes, and the last one is not connected yet.
    const callers = await Promise.all(Array.from({ length: 150 }, () => bound(t)))
    const heard = callers.map(() => [] as string[])
    const done = Promise.withResolvers<void>()
    let left = callers.length * 2
    for (const [i, caller] of callers.entries())
      caller.on('message', bytes => {
        heard[i]!.push(bytes.toString())
        if (--left === 0) done.resolve()
      })
    const wire = createLibcWire(libc!, epoll, wake.fd, place, processMonotonic())
    const slots = callers.map((caller, i) => {
      let slot = -1
      wire.bind(home, 0, i, (bound, problem) => {
        assert.equal(problem, null)
        slot = bound
      })
      if (i < callers.length - 1) wire.connect(slot, addressNumber(home)!, caller.address().port)
      return slot
    })
    for (const [i, caller] of callers.entries())
      await sent(caller, Buffer.from(`from ${i}`), boundPort(wire.descriptor(slots[i]!)))
    let relayed = 0
    wire.run({
      onDatagram(token, length) {
        const peer = callers.length - 1 - token
        const { inbound, sourcePort } = wire
        assert.equal(sourcePort, callers[token]!.address().port)
        say(peer, inbound, length)
        const own = wire.outbound()
        own.bytes.set(Buffer.from(`and ${token}`))
        say(peer, own, `and ${token}`.length)
        if (++relayed === callers.length) wire.stop()
      },
      onTick: () => 20,
      onWake: () => undefined,
    })
    await done.promise
    assert.deepEqual(
      heard,
      callers.map((_, i) => callers.length - 1 - i).map(peer => [`from ${peer}`, `and ${peer}`]),
    )

    function say(to: number, memory: ReturnType<typeof wire.memory>, length: number): void {
      if (to < callers.length - 1) wire.send(slots[to]!, memory, length)
      else wire.sendTo(slots[to]!, memory, length, addressNumber(home)!, callers[to]!.address().port)
    }
  })

test('what waits to be sent on a socket goes out before the socket is closed or goes to another thread', {
  skip,
}, async t => {
  const place = must(createIoRing(libc!), 'a ring')
  const wake = new Wake(libc!)
  const epoll = wake.epoll()
  t.after(() => {
    wake.closeFd(epoll)
    wake.close()
    closeIoRing(libc!, place)
  })
  const callers = [await bound(t), await bound(t), await bound(t)]
  const heard = callers.map(caller => once(caller, 'message'))
  const wire = createLibcWire(libc!, epoll, wake.fd, place, processMonotonic())
  const slots: number[] = []
  for (const caller of callers)
    wire.bind(home, 0, slots.length, slot => {
      wire.connect(slot, addressNumber(home)!, caller.address().port)
      slots.push(slot)
    })
  const given = wire.descriptor(slots[1]!)
  for (const [i, leave] of [wire.close, wire.detach, wire.disconnect].entries()) {
    const memory = wire.outbound()
    memory.bytes[0] = 65 + i
    wire.send(slots[i]!, memory, 1)
    leave(slots[i]!)
  }
  assert.deepEqual(
    (await Promise.all(heard)).map(([bytes]) => bytes.toString()),
    ['A', 'B', 'C'],
  )
  libc!.close(given)
  wire.close(slots[2]!)
})

async function bound(t: { after(work: () => void): void }): Promise<Socket> {
  const dgram = createSocket('udp4')
  t.after(() => dgram.close())
  dgram.bind(0, home)
  await once(dgram, 'listening')
  return dgram
}

function sent(from: Socket, bytes: Buffer, port: number): Promise<void> {
  return new Promise((resolve, reject) => from.send(bytes, port, home, error => (error ? reject(error) : resolve())))
}

/** A UDP socket that does not block. */
function socket(libc: Libc): number {
  return libc.socket(2, 2 | 0o4000 | 0o2000000, 0)
}

/** struct sockaddr_in of a port of this machine. */
function at(port: number) {
  const target = nativeMemory(16)
  target.bytes.set([2, 0, port >> 8, port & 255, 127, 0, 0, 1])
  return target
}

function connect(libc: Libc, fd: number, port: number): void {
  assert.equal(libc.connect(fd, at(port).address, 16), 0)
}
