import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CampaignMode } from '../centre/entities.ts'
import { World } from './world.ts'

/** A Tuesday in Shanghai. */
const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 24, hour - 8, minute)
const modes: CampaignMode[] = ['progressive', 'preview', 'predictive', 'manual', 'notice']

test('whatever people do, the invariants of the floor hold: 50 seeded days', () => {
  const totals = new Map<string, number>()
  for (let seed = 1; seed <= 50; seed++) {
    const startAt = seed % 5 === 0 ? at(20, 55) : at(10)
    const mode = modes[seed % modes.length]!
    const world = new World({ seed, agents: 4 + (seed % 5), leads: 200, forMs: 15 * 60_000, mode, startAt })
    world.run()
    for (const [type, count] of world.watch.counts) totals.set(type, (totals.get(type) ?? 0) + count)
    totals.set('steps', (totals.get('steps') ?? 0) + world.steps)
  }
  const seen = [
    'call.connected',
    'call.abandoned',
    'call.held',
    'call.noticeHeard',
    'call.agentAsked',
    'campaign.modeChanged',
    'call.queued',
    'call.parked',
    'call.dismissed',
    'call.unassigned',
    'preview.offered',
    'preview.closed',
    'agent.rung',
    'agent.nextPlanned',
    'call.disposed',
    'callback.scheduled',
    'suppression.added',
    'recording.missing',
  ]
  for (const type of seen) assert.ok((totals.get(type) ?? 0) > 0, `the days hold ${type}`)
  assert.ok(totals.get('steps')! > 50_000, `${totals.get('steps')} steps`)
})

test('the same seed gives the same day', () => {
  const day = () => {
    const world = new World({ seed: 7, agents: 6, leads: 100, forMs: 5 * 60_000, mode: 'progressive', startAt: at(10) })
    world.run()
    return [world.steps, ...world.watch.counts]
  }
  assert.deepEqual(day(), day())
})
