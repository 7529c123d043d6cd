/** Legs of IPv6 beside legs of IPv4, on loopback. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { LegId } from '../lib/ids.ts'
import { createBay } from './create-bay.ts'
import { FarEnd } from './far-end.ts'
import { loadLibc } from './libc.ts'
import { goertzel, purity } from './tone.ts'

const [carl, alice] = ['leg_carl' as LegId, 'leg_alice' as LegId]
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some(one => one?.address === '::1')

for (const wire of ['libc', 'dgram'] as const)
  describe(`IPv6 on ${wire}`, { skip: !hasIpv6 || (wire === 'libc' && loadLibc() === null) }, () => {
    test('a customer of IPv6 and an agent of IPv4 hear each other, and nobody else is heard', async () => {
      const from = 20_000 + 2 * Math.floor(Math.random() * 14_000)
      await using bay = await createBay({ address: '127.0.0.1', ports: { from, to: from + 199 }, prompts: {}, wire })
      const [carlEnd, aliceEnd, stranger] = [
        await FarEnd.bind('pcma', '::1'),
        await FarEnd.bind('pcma', '127.0.0.1'),
        await FarEnd.bind('pcma', '::1'),
      ]
      using _ends = { [Symbol.dispose]: () => [carlEnd, aliceEnd, stranger].forEach(end => void end.close()) }
      const [six, four] = [
        await bay.open(carl, { kind: 'rtp', silenceMs: 0, family: 6 }),
        await bay.open(alice, { kind: 'rtp', silenceMs: 0 }),
      ]
      assert.deepEqual([six.address, four.address], ['::', '127.0.0.1'])
      const carlPort = { address: '::1', port: six.port }
      carlEnd.peer = carlPort
      aliceEnd.peer = four
      bay.configure(carl, carlEnd.parameters())
      bay.configure(alice, aliceEnd.parameters())
      bay.patch(carl, alice)
      carlEnd.say(1000, carlPort)
      aliceEnd.say(440, four)
      await pause(700)
      assertTone(aliceEnd.samples(5), 1000)
      assertTone(carlEnd.samples(5), 440)

      // Latched to carl's port, the kernel keeps others out; an address that nobody named is dropped and counted when it is heard.
      const other = await bay.open('leg_other' as LegId, { kind: 'rtp', silenceMs: 0, family: 6 })
      bay.configure('leg_other' as LegId, { ...stranger.parameters(), remote: { address: '2001:db8::7', port: 4000 } })
      for (let count = 0; count < 5; count++)
        stranger.send({ address: '::1', port: other.port }, 8, new Uint8Array(160).fill(0xd5))
      await pause(200)
      const figures = (await bay.figures()).find(each => each.leg === ('leg_other' as LegId))
      assert.equal(figures!.foreign, 5)
      assert.equal(figures!.received, 0)
    })

    if (wire === 'dgram') return // the latch is the relay's, whatever the wire
    test('a phone of IPv6 behind another port is followed there, and RTCP finds it', async () => {
      const from = 20_000 + 2 * Math.floor(Math.random() * 14_000)
      await using bay = await createBay({ address: '::1', ports: { from, to: from + 199 }, prompts: {}, wire })
      const end = await FarEnd.bind('pcma', '::1')
      using _end = end
      const at = await bay.open(carl, { kind: 'rtp', silenceMs: 0, family: 6 })
      assert.equal(at.address, '::1')
      bay.configure(carl, { ...end.parameters(), remote: { address: '::1', port: 9 } })
      end.say(1000, at)
      for (let waitedMs = 0; waitedMs < 4000 && end.heard.length === 0; waitedMs += 20) await pause(20)
      assert.ok(end.heard.length > 0, 'silence is sent to where it speaks from')
    })
  })

function assertTone(samples: Int16Array, hz: number): void {
  assert.ok(samples.length > 1600, `${samples.length} samples`)
  const middle = samples.subarray(400, -400)
  assert.ok(purity(middle, hz) > 0.9, `purity of ${hz} Hz is ${purity(middle, hz)}`)
  const level = goertzel(middle, hz)
  assert.ok(level > 0.15 && level < 0.3, `level of ${hz} Hz is ${level}`)
}
