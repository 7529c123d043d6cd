import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LostSound } from './lost-sound.ts'

test('sound that is lost counts once, however its places come, and no two of them overlap', () => {
  const lost = new LostSound()
  lost.add(80, 80)
  lost.add(400, 80)
  lost.add(40, 760)
  assert.deepEqual(lost.told(), { lostMs: 95, lost: [[5, 95]] })
  lost.add(960, 80)
  lost.add(1_200, 80)
  lost.add(80, 80)
  assert.deepEqual(lost.told(), {
    lostMs: 115,
    lost: [
      [5, 95],
      [120, 10],
      [150, 10],
    ],
  })
})

test('what is lost at more places than are told counts, and a place that is told may still grow', () => {
  const lost = new LostSound()
  for (let n = 0; n < 101; n++) lost.add(n * 160, 80)
  assert.deepEqual([lost.frames, lost.told().lost.length], [101 * 80, 100])
  lost.add(99 * 160, 120)
  assert.deepEqual([lost.frames, lost.told().lost.at(-1)], [101 * 80 + 40, [1_980, 15]])
})
