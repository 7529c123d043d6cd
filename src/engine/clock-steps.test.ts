import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact } from '../centre/facts.ts'
import { mustFit } from '../lib/fit.ts'
import { createLogger } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import { openStore, recorded, testFolder } from '../store/testing/people.ts'
import { bootEngine } from './boot.ts'
import { SecondLook } from './second-look.ts'

const began = 20_000 * 86_400_000
const log = createLogger('silent')

/** A machine whose clock on the wall can be set. */
class Machine {
  wall = began
  ran = 0
  readonly clock = { now: () => this.wall, monotonic: () => this.ran }
  pass(ms: number): void {
    this.wall += ms
    this.ran += ms
  }
}

/** Ten minutes of sound lie under the name of a recording that was told as missing. */
async function lookedFor(store: Store, { clock }: Machine): Promise<{ cause: string | null; isSealed: boolean }> {
  const found = { soundMs: 600_000, writtenAt: clock.now(), changedAt: clock.now() }
  const salvage: ConstructorParameters<typeof SecondLook>[0]['salvage'] = async (path, fit) => {
    mustFit(path, found, fit)
    return { sha256: '0'.repeat(64), bytes: 100, durationMs: found.soundMs }
  }
  const timers = { soon: () => {}, after: () => () => {} }
  await using look = new SecondLook({ store, salvage, mayLook: () => true, ...clock, timers, log })
  await look.look()
  const { missingCause, wasMissing } = (await store.read('recordings.byId', { id: 'r_1' as never }))!
  return { cause: missingCause, isSealed: wasMissing }
}

test('a clock that was set back by less than a call lasted is told by the one that never steps, and makes no recording a misfit', async () => {
  for (const setBack of ['in the call', 'before it', 'never'] as const) {
    using folder = testFolder()
    await using store = await openStore(folder)
    const machine = new Machine()
    const { clock } = machine
    const tell = (fact: unknown) => store.commit({ recorded: [recorded(fact as Fact, clock.now())] })
    const perform = () => {}
    await using engine = await bootEngine({
      ...{ store, clock, log, version: 'test', ports: { phone: { perform }, media: { perform } } },
      salvage: async () => ({ sha256: '', bytes: 0, durationMs: 0 }),
    })
    const isSet = async () => {
      machine.wall -= 300_000
      await engine.dispatch({ type: 'tick' }, 'system')
    }
    if (setBack === 'before it') await isSet()
    machine.pass(400_000)
    await tell({ type: 'call.offered', call: 'c_1', trunk: 't', leg: 'g', from: '+8613800000001', to: '1000' })
    await tell({ type: 'recording.opened', call: 'c_1', recording: 'r_1', path: '1.wav' })
    await tell({ type: 'recording.missing', call: 'c_1', recording: 'r_1', cause: 'unsealed', reason: 'EIO' })
    machine.pass(setBack === 'in the call' ? 500_000 : 200_000)
    if (setBack === 'in the call') await isSet()
    machine.pass(100_000)
    const ending = { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: 16 }
    await tell({ type: 'call.ended', call: 'c_1', ending }) // five minutes after it began, says the wall
    const looked = await lookedFor(store, machine)
    const asItIs = { cause: null, isSealed: true }
    assert.deepEqual(looked, setBack === 'in the call' ? asItIs : { cause: 'misfit', isSealed: false }, setBack)
    const { items } = await store.read('journal.page', { limit: 10, type: 'system.clockStepped' })
    assert.deepEqual(
      items.map(({ body }) => JSON.parse(body).byMs),
      setBack === 'never' ? [] : [-300_000],
    )
  }
})
