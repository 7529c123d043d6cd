import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOf } from './plan.ts'
import { Tally } from './tally.ts'
import { World } from './world.ts'

test('whatever people do, the invariants of the floor hold: 80 seeded floors, and what they hold', () => {
  const tally = new Tally()
  for (let seed = 1; seed <= 80; seed++) tally.live(seed)
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
    'call.menuBegan',
    'call.menuSaid',
    'call.menuChose',
    'refused: menu_not_asked',
    'call.unassigned',
    'call.consultAnswered',
    'call.consultTurned',
    'call.transferred',
    'call.takenOn',
    'call.fellBack',
    'call.slotted',
    'call.pickedUp',
    'preview.offered',
    'preview.closed',
    'agent.rung',
    'agent.nextPlanned',
    'call.disposed',
    'call.monitored',
    'call.unmonitored',
    'call.appealed',
    'call.appealTaken',
    'call.appealEnded',
    'callback.scheduled',
    'callback.closed',
    'suppression.added',
    'repayment.recorded',
    'recording.missing',
    'system.started',
    'crashes',
    'slow disk',
    'behind',
    'closings',
    'clock steps',
    'number.removed',
    'queue.removed',
    'trunk.removed',
    'team.saved',
    'toll.rulesSaved',
    'lines.rulesSaved',
    'refused: reason_missing',
    'refused: closing',
    'call.announced',
    'call.judged',
    'call.faxHeard',
    'call.answererTold',
    'recorder.diskChanged',
    'refused: desk_call',
    'full: ATTEMPT NUMBER day max 3',
    'full: CONVERSATION PARTY day max 3',
    'refused: cap_attempts',
    'refused: contact_hours',
    'refused: do_not_call',
  ]
  for (const type of seen) assert.ok(tally.get(type) > 0, `the days hold ${type}`)
  assert.ok(tally.get('steps') > 50_000, `${tally.get('steps')} steps`)
})

test('the same seed gives the same days', () => {
  const days = () => {
    const world = new World(planOf(7))
    world.run()
    return [world.steps, world.crashes, ...world.watch.counts, ...world.gate.full]
  }
  assert.deepEqual(days(), days())
})
