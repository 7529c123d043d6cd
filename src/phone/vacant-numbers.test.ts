import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Input } from '../centre/inputs.ts'
import type { TrunkId } from '../lib/ids.ts'
import { createLogger } from '../lib/log.ts'
import { VacantNumbers } from './vacant-numbers.ts'

const carrier = 't_1' as TrunkId

function door() {
  const clock = { now: 0 }
  const told: Input[] = []
  const vacant = new VacantNumbers({
    post: input => void told.push(input),
    now: () => clock.now,
    log: createLogger('silent'),
  })
  return { clock, told, vacant }
}

test('people who misdial are each told of; of a scan a few are, and the others by their number: at once, and once an hour', () => {
  const { clock, told, vacant } = door()
  const call = (n: number) => vacant.mayTell(carrier, `+8621518${String(n).padStart(5, '0')}`)
  let kept = 0
  for (let n = 0; n < 10_000; n++) {
    clock.now += 1_000
    if (call(n)) kept++
    vacant.advance(clock.now)
  }
  assert.equal(kept, 30 + Math.floor(10_000 / 60))
  assert.deepEqual(
    told.map(input => input.type === 'numbers.tried' && [input.calls, input.last]),
    [
      [1, '+8621****0030'],
      [3_540, '+8621****3630'],
      [3_540, '+8621****7230'],
    ],
  )
  vacant.close()
  const counted = told.reduce((sum, input) => sum + (input.type === 'numbers.tried' ? input.calls : 0), 0)
  assert.equal(counted + kept, 10_000, 'none is left out')
  assert.equal(vacant.refused, counted)
})

test('what comes on one trunk takes nothing from another, and nothing is told of where nothing was refused', () => {
  const { told, vacant } = door()
  for (let n = 0; n < 100; n++) vacant.mayTell('t_2' as TrunkId, '4001')
  assert.equal(vacant.mayTell(carrier, '4001'), true)
  vacant.advance(0)
  vacant.close()
  assert.deepEqual(
    told.map(input => input.type === 'numbers.tried' && [input.trunk, input.calls]),
    [['t_2', 70]],
  )
})
