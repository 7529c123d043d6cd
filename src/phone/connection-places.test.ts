import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPlaces, placesMax } from './connection-places.ts'

/** Guests by name, and who of them was turned out. */
function hall(places = new ConnectionPlaces()) {
  const turnedOut: string[] = []
  const guests = new Map<string, Parameters<ConnectionPlaces['take']>[0]>()
  const guest = (name: string, address: string) => {
    const one = { peer: { address, port: 5060 }, socket: { destroy: () => void turnedOut.push(name) } }
    guests.set(name, one)
    return one
  }
  return {
    ...{ places, turnedOut },
    stranger: (name: string, address: string) => places.take(guest(name, address), { isProven: false, isOurs: false }),
    trunk: (name: string, address = '10.0.0.7') => places.take(guest(name, address), { isProven: true, isOurs: false }),
    ours: (name: string, address = '10.0.0.7') => places.take(guest(name, address), { isProven: true, isOurs: true }),
    prove: (name: string) => places.prove(guests.get(name)!),
    leave: (name: string) => places.leave(guests.get(name)!),
  }
}

/** As many as a stranger with so many addresses likes to open. */
const flood = (one: ReturnType<typeof hall>, count: number, addresses = 100) => {
  for (let n = 0; n < count; n++) one.stranger(`s${n}`, `10.1.0.${n % addresses}`)
}

test('strangers hold a quarter of the places at most, and the oldest gives way', () => {
  const one = hall()
  flood(one, 5_000)
  assert.equal(one.places.size, placesMax.strangers)
  assert.equal(one.turnedOut.length, 5_000 - placesMax.strangers)
  assert.equal(one.turnedOut[0], 's0')
  assert.equal(one.places.turnedAway, one.turnedOut.length)
})

test('from one address they hold fewer, and its own oldest gives way', () => {
  const one = hall()
  one.stranger('other', '10.2.0.1')
  flood(one, 300, 1)
  assert.equal(one.places.size, 1 + placesMax.unprovenPerAddress)
  assert.ok(!one.turnedOut.includes('other'))
})

test('who has proved itself is not closed for a stranger, and comes back to a place that no stranger competes for', () => {
  const one = hall()
  one.stranger('phone', '10.0.0.20')
  one.prove('phone')
  flood(one, 5_000)
  assert.ok(!one.turnedOut.includes('phone'))
  one.leave('phone')
  one.stranger('phone again', '10.0.0.20')
  flood(one, 5_000)
  assert.ok(!one.turnedOut.includes('phone again'), 'it has proved nothing yet, and has all the time for it')
})

test('where all places are taken a stranger gives way to a trunk and to what we open, and nobody else does', () => {
  const one = hall(new ConnectionPlaces({ all: 10, strangers: 4 }))
  flood(one, 4)
  for (let n = 0; n < 6; n++) assert.ok(one.trunk(`t${n}`))
  assert.ok(one.trunk('trunk'))
  assert.ok(one.ours('ours'))
  assert.deepEqual(one.turnedOut, ['s0', 's1'])
  assert.ok(one.ours('o2') && one.ours('o3'))
  assert.equal(one.ours('o4'), false, 'all are ours')
  assert.equal(one.stranger('late', '10.3.0.1'), false)
  one.leave('t0')
  assert.ok(one.stranger('later', '10.3.0.1'))
  assert.equal(one.places.size, 10)
})

test('where even those who were here before and prove nothing take all places, the oldest of them gives way to a trunk', () => {
  const one = hall(new ConnectionPlaces({ all: 4, unprovenPerAddress: 4 }))
  one.stranger('phone', '10.0.0.20')
  one.prove('phone')
  for (let n = 0; n < 3; n++) one.stranger(`h${n}`, '10.0.0.20')
  assert.equal(one.stranger('s', '10.3.0.1'), false, 'to a stranger nobody does')
  assert.ok(one.trunk('trunk'))
  assert.deepEqual(one.turnedOut, ['h0'])
})

test('an address holds so many in all, but for those that we open', () => {
  const one = hall()
  for (let n = 0; n < placesMax.perAddress; n++) assert.ok(one.trunk(`t${n}`))
  assert.ok(one.places.refuses('10.0.0.7'))
  assert.equal(one.trunk('one more'), false)
  assert.ok(one.ours('ours'))
})

test('strangers of one IPv6 network hold as many places as those of one address; who has proved itself there counts by its own', () => {
  const one = hall(new ConnectionPlaces({ perAddress: 20, unprovenPerAddress: 10 }))
  const at = (n: number) => `2001:db8:1:2::${n.toString(16)}`
  one.stranger('phone', at(500))
  one.prove('phone')
  for (let n = 0; n < 40; n++) one.stranger(`s${n}`, at(n))
  assert.equal(one.places.size, 11)
  assert.ok(!one.turnedOut.includes('phone'))
  one.stranger('phone again', at(500))
  assert.equal(one.places.size, 12, 'and comes back beside them')
  for (let n = 0; n < 30; n++) {
    one.stranger(`p${n}`, at(1_000 + n))
    one.prove(`p${n}`)
  }
  assert.equal(one.turnedOut.filter(name => name.startsWith('p')).length, 0, 'more phones than one address may have')
  for (let n = 0; n < 40; n++) one.leave(`s${n}`)
  for (let n = 0; n < 30; n++) one.leave(`p${n}`)
  one.leave('phone')
  one.leave('phone again')
  assert.equal(one.places.size, 0)
})
