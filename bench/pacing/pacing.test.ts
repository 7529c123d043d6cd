import assert from 'node:assert/strict'
import { test } from 'node:test'
import { methods } from './methods.ts'
import { type Cell, run } from './model.ts'

const cell: Cell = { agents: 20, p: () => 0.2, ahtS: 45, hours: 2 }
const day = (name: keyof typeof methods, seed: number) => run(cell, methods[name](cell.agents, 0.03, cell.hours), seed)

test('a team that looks ahead is much busier than one that dials line by line, within the limit', () => {
  for (const seed of [1, 2]) {
    const [ours, progressive] = [day('look-ahead', seed), day('progressive 1:1', seed)]
    assert.ok(ours.utilisation > progressive.utilisation + 0.3, `${ours.utilisation} ${progressive.utilisation}`)
    assert.ok(ours.abandonRate <= 0.03, String(ours.abandonRate))
    assert.equal(progressive.abandonRate, 0)
  }
})

test('the same seed is the same day, another is another', () => {
  assert.deepEqual(day('look-ahead', 3), day('look-ahead', 3))
  assert.notEqual(day('look-ahead', 3).dialled, day('look-ahead', 4).dialled)
})

test('who answers is talked to or abandoned, or waits or has just been lost to the end of the day', () => {
  const { answered, connected, abandoned } = day('VICIdial ADAPT_AVERAGE', 1)
  assert.ok(answered - connected - abandoned >= 0 && answered - connected - abandoned < 5)
})
