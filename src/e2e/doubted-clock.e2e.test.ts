/** The clock of the machine is set by years, and the service is restarted: it doubts the clock as before, whatever time the journal bears now. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { dataFiles } from '../config.ts'
import { createLogger } from '../lib/log.ts'
import { World } from './world.ts'

test('a clock that was set by years is doubted by the next start too', async () => {
  let aheadMs = 0
  const clock = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() }
  const said: string[] = []
  const tell = (_: unknown, words?: string) => void said.push(words ?? '')
  const log = Object.assign(createLogger('silent'), { error: tell })
  const first = await World.open({ web: 'http', clock, log })
  aheadMs = 3 * 365 * 86_400_000
  await first.house.store.commit({
    recorded: [{ at: clock.now(), actor: 'system', fact: { type: 'system.stopped' } }],
  })
  await first.close()
  const kept = JSON.parse(readFileSync(dataFiles(first.config).clock, 'utf8'))
  assert.deepEqual([kept.at > Date.now(), typeof kept.doubtedMs], [true, 'number'])
  said.splice(0)
  await using world = await World.open({ folder: first.folder, web: 'http', clock, log })
  assert.ok(world.house.lastAt > Date.now() + 86_400_000, 'the journal knows no other time')
  await world.until('the custody of recordings says that it waits', () =>
    said.some(words => words.startsWith('the time of this machine may be wrong')),
  )
})
