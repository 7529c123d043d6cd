import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Input } from '../centre/inputs.ts'
import type { TrunkId } from '../lib/ids.ts'
import { createLogger } from '../lib/log.ts'
import { TurnedAway } from './turned-away.ts'

test('callers who are turned away are told of at once, and those that follow once a minute, each trunk by itself', () => {
  const told: Input[] = []
  let now = 0
  const turnedAway = new TurnedAway({
    post: input => void told.push(input),
    now: () => now,
    log: createLogger('silent'),
  })
  const [one, other] = ['t_1' as TrunkId, 't_2' as TrunkId]
  turnedAway.note(one)
  turnedAway.advance(now)
  assert.deepEqual(told.splice(0), [{ type: 'callers.turnedAway', trunk: one, calls: 1 }])
  for (let n = 0; n < 500; n++) turnedAway.note(one)
  turnedAway.note(other)
  now = 59_000
  turnedAway.advance(now)
  assert.deepEqual(told.splice(0), [{ type: 'callers.turnedAway', trunk: other, calls: 1 }])
  now = 60_000
  turnedAway.advance(now)
  turnedAway.advance(now)
  assert.deepEqual(told, [{ type: 'callers.turnedAway', trunk: one, calls: 500 }])
  assert.equal(turnedAway.total, 502)
  turnedAway.note(other)
  turnedAway.close()
  turnedAway.close()
  assert.deepEqual(
    told.slice(1),
    [{ type: 'callers.turnedAway', trunk: other, calls: 1 }],
    'at the stop none is left out',
  )
})
