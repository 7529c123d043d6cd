import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SyncDebt } from './sync-debt.ts'

test('a slice is told as kept after a sync: that of a later commit, or one for its sake', () => {
  let syncs = 0
  const debt = new SyncDebt<string>(() => void syncs++)
  debt.owe(['slice 1'])
  debt.owe(['slice 2'])
  assert.deepEqual([debt.size, debt.paid(), debt.size, syncs], [2, ['slice 1', 'slice 2'], 0, 0])
  debt.owe(['slice 3'])
  assert.deepEqual([debt.pay(each => `${each} failed`), debt.size, syncs], [['slice 3'], 0, 1])
  assert.deepEqual([debt.pay(each => each), syncs], [[], 1], 'nothing is owed, nothing is synced')
})

test('what the disk did not take is not told as kept', () => {
  const debt = new SyncDebt<string>(() => {
    throw new Error('EIO')
  })
  debt.owe(['slice 1'])
  assert.deepEqual(
    debt.pay((each, error) => `${each}: ${(error as Error).message}`),
    ['slice 1: EIO'],
  )
})
