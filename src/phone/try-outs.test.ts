import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FloorState } from '../centre/state.ts'
import type { LegId, UserId } from '../lib/ids.ts'
import { TryOuts, type TryOutsOptions } from './try-outs.ts'

const alice = 'u_alice' as UserId
const leg = 'l_alice' as LegId

/** A bay that records nothing: what is looked at is who has the leg, and when. */
function bayOf(figures: () => unknown[] | Promise<unknown[]>): { bay: TryOutsOptions['bay']; did: string[] } {
  const did: string[] = []
  const note = (what: string) => () => void did.push(what)
  const bay = { record: note('record'), stopRecording: note('stop'), learn: note('learn'), play: note('play') }
  return { did, bay: { ...bay, stopPlay: note('stopPlay'), figures } as never }
}

const floor = {
  agents: new Map([[alice, { stationLeg: leg, phase: 'ready' }]]),
  supervisions: new Map(),
} as unknown as FloorState

test('whose voice is being put away to be played back begins no second try-out over it', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { bay, did } = bayOf(() => [{ leg, audio: { received: 0 }, sent: 0, foreign: 0 }])
  using tryOuts = new TryOuts({ bay, floor: () => floor, now: () => 0 })
  const settle = () => new Promise(resolve => setImmediate(resolve))
  const first = tryOuts.begin(alice)
  await settle()
  t.mock.timers.tick(4_000)
  await settle()
  assert.deepEqual(did, ['record', 'stop'])
  const second = tryOuts.begin(alice).then(
    () => null,
    error => error.rule,
  )
  await settle()
  assert.deepEqual(did, ['record', 'stop'], 'the leg is asked for nothing more')
  tryOuts.before({ type: 'media.play', leg, prompt: 'ringback', loop: true } as never)
  assert.equal((await first).ended, 'call')
  assert.equal(await second, 'busy')
})
