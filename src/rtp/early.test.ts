import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { LegId } from '../lib/ids.ts'
import type { BayEvent } from './bay.ts'
import { createBay } from './create-bay.ts'
import { FarEnd } from './far-end.ts'
import { loadLibc } from './libc.ts'

const carl = 'leg_carl' as LegId

for (const wire of ['libc', 'dgram'] as const)
  describe(`media ahead of its answer on ${wire}`, { skip: wire === 'libc' && loadLibc() === null }, () => {
    test('is nobody’s and raises no alarm; once the answer named somebody, everyone else is foreign', async () => {
      const faults: string[] = []
      await using bay = await createBay({
        address: '127.0.0.1',
        ports: { from: 41_200, to: 41_298 },
        prompts: {},
        wire,
        onFault: words => faults.push(words),
      })
      const events: BayEvent[] = []
      bay.onEvent(event => events.push(event))
      using phone = await FarEnd.bind()
      using mallory = await FarEnd.bind('pcma', '127.0.0.66')
      const port = await bay.open(carl, { kind: 'rtp', silenceMs: 0 })

      phone.say(1000, port)
      await pause(150)
      phone.hush()
      const [before] = await bay.figures()
      assert.ok(before!.early >= 3, `${before!.early} early packets`)
      assert.deepEqual([before!.foreign, before!.received], [0, 0])
      assert.equal(before!.audio.foreignFrom, null)

      bay.configure(carl, phone.parameters())
      mallory.say(700, port)
      await pause(150)
      phone.say(1000, port)
      await pause(150)
      mallory.hush()
      phone.hush()
      const [after] = await bay.figures()
      assert.equal(after!.early, before!.early)
      assert.ok(after!.foreign >= 3 && after!.received >= 3, JSON.stringify(after))
      assert.equal(after!.audio.foreignFrom, '127.0.0.66')
      const alarms = events.filter(event => event.type === 'leg.foreign')
      assert.deepEqual(alarms, [{ type: 'leg.foreign', leg: carl, source: `127.0.0.66:${mallory.endpoint.port}` }])
      assert.deepEqual(faults, [])
    })
  })
