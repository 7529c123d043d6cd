import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dwellMs } from '../centre/campaigns/mode.ts'
import type { Campaign } from '../centre/entities.ts'
import type { Fact } from '../centre/facts.ts'
import { campaign, setupOf, tenOClock } from '../centre/testing.ts'
import { VirtualClock } from '../lib/clock.ts'
import { createLogger } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import { openStore, recorded, testFolder } from '../store/testing/people.ts'
import { bootEngine } from './boot.ts'

const rules: Campaign['modeRules'] = [{ when: { answerRateBelow: 0.2 }, mode: 'preview' }]

async function started(store: Store, clock: VirtualClock) {
  const perform = () => {}
  const engine = await bootEngine({
    store,
    ports: { phone: { perform }, media: { perform } },
    salvage: async () => ({ sha256: '0'.repeat(64), bytes: 0, durationMs: 0 }),
    clock,
    log: createLogger('silent'),
    version: 'test',
  })
  engine.start()
  return engine
}

/** 60 calls of a campaign, of which every tenth was answered. */
function calls(): Fact[] {
  return Array.from({ length: 60 }, (_, n): unknown[] => {
    const call = `c_${n}`
    const who = { party: null, name: null, relation: 'SELF', agent: null, lead: null, number: '+8613800000001' }
    const line = { trunk: 't_1', callerId: '+8610', leg: `g_${n}`, verdict: { policy: 'P', version: '1', rules: [] } }
    const ending = { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: null }
    const answered = n % 10 === 0 ? [{ type: 'call.answered', call }] : []
    return [
      { type: 'call.dialed', call, mode: 'progressive', campaign, ...who, ...line },
      ...answered,
      { type: 'call.ended', call, ending },
    ]
  }).flat() as Fact[]
}

test('the mode that a rule chose outlives a restart, with the answers that it was chosen by', async () => {
  using folder = testFolder()
  const clock = new VirtualClock(tenOClock)
  const saved: Fact = { type: 'campaign.saved', campaign: { ...setupOf({}).campaigns[0]!, modeRules: rules } }
  {
    await using store = await openStore(folder)
    await store.commit({ recorded: [saved, ...calls()].map(fact => recorded(fact, tenOClock - 3_600_000)) })
    const engine = await started(store, clock)
    const floor = engine.state.campaigns.get(campaign)!
    assert.deepEqual([floor.ruled.calls, floor.ruled.answers], [60, 6])
    await engine.dispatch({ type: 'tick' }, 'system')
    assert.equal(floor.mode, 'preview')
    await store.commit({ recorded: [] })
    await engine.stop(1000)
  }
  await using store = await openStore(folder)
  clock.advance(10_000)
  const engine = await started(store, clock)
  const floor = engine.state.campaigns.get(campaign)!
  assert.deepEqual([floor.mode, floor.ruled.rule, floor.ruled.since], ['preview', 1, tenOClock])
  clock.advance(3 * dwellMs)
  await engine.dispatch({ type: 'tick' }, 'system')
  assert.equal(floor.mode, 'preview')
  const changes = await store.read('journal.page', { limit: 10, type: 'campaign.modeChanged' })
  assert.equal(changes.items.length, 1, 'it was set once')
  await engine.stop(1000)
})
