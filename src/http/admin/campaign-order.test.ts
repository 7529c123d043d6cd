import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Campaign } from '../../centre/entities.ts'
import { campaignChange } from '../../records/campaigns/campaign-schemas.ts'
import { InvalidInput } from '../../records/errors.ts'
import { parseInput } from '../../records/parse.ts'
import { orderGiven, orderValues } from './campaign-order.ts'

const typed = { order: 'newest', bestTime: 'true', quotas: '上海 | connected | 500\n* ｜ done ｜ 2000\r\n | done | 0' }

test('order and quotas of the form are what the schema takes, and come back as they were', () => {
  const change = parseInput(campaignChange, orderGiven(typed))
  assert.deepEqual(change.quotas, [
    { segment: '上海', count: 'connected', max: 500 },
    { segment: null, count: 'done', max: 2000 },
    { segment: '', count: 'done', max: 0 },
  ])
  const again = orderValues(change as Campaign)
  assert.deepEqual(again, { ...typed, quotas: '上海 | connected | 500\n* | done | 2000\n | done | 0' })
  assert.equal(parseInput(campaignChange, orderGiven({ order: 'oldest' })).bestTime, false, 'a box that is not ticked')
})

test('a form of before these fields changes none of them; an empty one takes quotas away', () => {
  assert.deepEqual(orderGiven({ name: 'x' }), {})
  assert.deepEqual(orderGiven({ order: 'oldest', quotas: '' })['quotas'], [])
})

test('a quota that cannot be read is told: what was found and what is allowed', () => {
  for (const [quotas, problem] of [
    ['Shanghai 500', /quotas: found Shanghai 500; allowed: segment or \*/],
    ['Shanghai | answered | 5', /quotas\.0\.count: found "answered"; allowed: done, connected/],
    ['Shanghai | done | many', /quotas: found/],
    ['Shanghai | done | 99999999', /quotas\.0\.max/],
    [`${'x'.repeat(65)} | done | 1`, /quotas\.0\.segment/],
  ] as const)
    assert.throws(
      () => parseInput(campaignChange, orderGiven({ order: 'oldest', quotas })),
      (error: unknown) => error instanceof InvalidInput && problem.test(error.message),
      quotas,
    )
  assert.throws(() => parseInput(campaignChange, orderGiven({ order: 'best' })), InvalidInput)
})
