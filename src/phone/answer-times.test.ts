import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { Call } from '../centre/call-state.ts'
import type { FloorState } from '../centre/state.ts'
import type { CallId, CampaignId, LegId } from '../lib/ids.ts'
import { AnswerClock } from './answer-times.ts'

const campaign = 'k_1' as CampaignId
const party = 'leg_party' as LegId
const agent = 'leg_agent' as LegId
let call: Pick<Call, 'direction' | 'campaign' | 'answeredAt' | 'connectedAt'>
let floor: Pick<FloorState, 'legs' | 'calls' | 'campaigns'>
let clock: AnswerClock

beforeEach(() => {
  const id = 'c_1' as CallId
  call = { direction: 'out', campaign, answeredAt: 70_000, connectedAt: 70_000 }
  floor = {
    legs: new Map([[party, { call: id, side: 'party' }]]),
    calls: new Map([[id, call as Call]]),
    campaigns: new Map([[campaign, {} as never]]),
  }
  clock = new AnswerClock(() => floor as FloorState)
})

test('from the 200 to the patch is counted for the campaign of the call, once', () => {
  clock.answered(party, 1000)
  clock.patched(party, agent, 1012)
  clock.patched(party, agent, 5000) // after a hold
  const { whole, own } = clock.read().get(campaign)!
  assert.deepEqual([whole.count, whole.sum, own.count, own.sum], [1, 12, 1, 12])
})

test('what a customer waited for an agent is not the machine’s own time', () => {
  call.connectedAt = 71_500
  clock.answered(party, 1000)
  clock.patched(agent, party, 2512)
  const { whole, own } = clock.read().get(campaign)!
  assert.deepEqual([whole.sum, own.sum], [1512, 12])
})

test('customers who left, callers and calls of no campaign are not counted', () => {
  clock.answered(party, 1000)
  clock.over(party)
  clock.patched(party, agent, 1010)
  call.direction = 'in'
  clock.answered(party, 2000)
  clock.patched(party, agent, 2010)
  call.direction = 'out'
  call.campaign = null
  clock.answered(party, 3000)
  clock.patched(party, agent, 3010)
  assert.equal(clock.read().size, 0)
})

test('a campaign that is gone is reported no more', () => {
  clock.answered(party, 1000)
  clock.patched(party, agent, 1010)
  floor.campaigns.delete(campaign)
  assert.equal(clock.read().size, 0)
})

test('the same is kept by five minutes of the clock, for a day', () => {
  for (const [n, connectedAt] of [600_000, 899_999, 900_000].entries()) {
    call.connectedAt = connectedAt
    call.answeredAt = connectedAt
    clock.answered(party, n * 1000)
    clock.patched(party, agent, n * 1000 + 17)
  }
  const { lately } = clock.read().get(campaign)!
  assert.deepEqual(
    lately.map(({ at, whole }) => [at, whole.count, whole.quantile(0.99)]),
    [
      [600_000, 2, 20],
      [900_000, 1, 20],
    ],
  )
  for (let n = 0; n < 400; n++) {
    call.connectedAt = 1_000_000 + n * 300_000
    clock.answered(party, 0)
    clock.patched(party, agent, 10)
  }
  assert.equal(clock.read().get(campaign)!.lately.length, 288)
})
