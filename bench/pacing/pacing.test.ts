import assert from 'node:assert/strict'
import { test } from 'node:test'
import { methods } from './methods.ts'
import { type Cell, type Result, run } from './model.ts'
import { shocks } from './shocks.ts'

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

test('a house that learns of everything up to a second late, and people who hang up after two, cost a look-ahead little and no limit', () => {
  const late = shocks.find(shock => shock.name === 'the house is late')!
  const base = { agents: 20, p: 0.4, ahtS: 45, hours: 2, dialled: 0 }
  const [prompt, slow] = [{ ...cell, p: () => 0.4 }, late.cell(base, 1)].map(one =>
    run(one, methods['look-ahead'](20, 0.03), 1),
  ) as [Result, Result]
  assert.notEqual(slow.dialled, prompt.dialled)
  assert.ok(slow.abandonRate <= 0.03, String(slow.abandonRate))
  assert.ok(slow.utilisation > prompt.utilisation - 0.02, `${slow.utilisation} ${prompt.utilisation}`)
})

test('on days with a shock the limit is kept, and a look-ahead is busier than the fixed ratio', () => {
  for (const shock of shocks.filter(({ name }) => /double|leave/.test(name))) {
    const base = { agents: 20, p: 0.2, ahtS: 45, hours: 6, dialled: 0 }
    const [ours, fixed] = (['look-ahead', 'fixed ratio 3'] as (keyof typeof methods)[]).map(name =>
      run(shock.cell(base, 1), methods[name](20, 0.03, 6), 1),
    ) as [Result, Result]
    assert.ok(ours.abandonRate <= 0.03, `${shock.name}: ${ours.abandonRate}`)
    assert.ok(fixed.abandonRate > 0.03 || ours.utilisation > fixed.utilisation, shock.name)
  }
})
