import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { noCounts } from '../centre/fixtures/audio-counts.ts'
import type { Input } from '../centre/inputs.ts'
import type { FloorState } from '../centre/state.ts'
import type { LegId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { AudioFigures, LegFigures } from '../rtp/bay.ts'
import { AudioWatch } from './audio-watch.ts'

const quiet: AudioFigures = { ...noCounts, theirLost: 0, from: '' }

function watch() {
  let now = 0
  const counted = new Map<string, Partial<AudioFigures>>()
  const told: Extract<Input, { type: 'leg.measured' }>['measured'][] = []
  const warned: { what: object; words: string }[] = []
  const state = {
    legs: new Map<string, object>([
      ['w_party', { call: 'c_1', side: 'party' }],
      ['w_party2', { call: 'c_2', side: 'party' }],
      ['b_alice', { agent: 'u_alice', side: 'station' }],
    ]),
    calls: new Map([
      ['c_1', { trunk: 't_1', agent: 'u_alice' }],
      ['c_2', { trunk: 't_2', agent: 'u_alice' }],
    ]),
    agents: new Map(),
  } as unknown as FloorState
  const figuresOf = (leg: string): LegFigures => {
    const audio = { ...quiet, ...counted.get(leg) }
    return {
      leg: leg as LegId,
      received: audio.received,
      sent: 500,
      lost: 0,
      jitterMs: 0,
      early: 0,
      foreign: 0,
      dropped: 0,
      audio,
    }
  }
  const audio = new AudioWatch({
    floor: () => state,
    bay: { figures: async (legs = []) => legs.map(figuresOf) },
    post: input => input.type === 'leg.measured' && told.push(input.measured),
    now: () => now,
    log: { warn: (what: object, words: string) => warned.push({ what, words }) } as unknown as Logger,
  })
  return {
    audio,
    state,
    told,
    warned,
    count: (leg: string, counts: Partial<AudioFigures>) => counted.set(leg, counts),
    close: (leg: string) => audio.take({ type: 'leg.closed', leg: leg as LegId, figures: figuresOf(leg) }),
    async pass(ms: number) {
      for (const end = now + ms; now < end; ) {
        now += 100
        audio.advance(now)
        await turn()
      }
    },
  }
}
const party = 'w_party' as LegId
const alice = 'b_alice' as LegId

test('for how long nothing has come from a far end is known within two seconds, and not counted while it holds', async () => {
  const { audio, state, count, pass } = watch()
  assert.equal(audio.quietMs(party), null)
  audio.answered(party)
  count('w_party', { received: 50 })
  await pass(2_000)
  assert.ok(audio.quietMs(party)! <= 2_200, `${audio.quietMs(party)} ms`)
  await pass(20_000)
  const quiet = audio.quietMs(party)!
  assert.ok(quiet >= 20_000 && quiet <= 22_000, `${quiet} ms`)
  count('w_party', { received: 51 })
  await pass(2_200)
  assert.ok(audio.quietMs(party)! <= 2_200)
  state.calls.get('c_1' as never)!.heldBy = 'party'
  await pass(20_000)
  assert.ok(audio.quietMs(party)! <= 2_200, 'held')
})

test('at the end of a call its line and the agent’s part of the shift are told, each with what was counted in it', async () => {
  const { audio, told, count, close, pass } = watch()
  audio.answered(party)
  count('b_alice', { received: 10_000, missing: 900 })
  audio.patched(party, alice)
  await pass(10_000)
  count('w_party', { received: 475, missing: 25 })
  count('b_alice', { received: 10_500, missing: 900 })
  close('w_party')
  await turn()
  assert.deepEqual(
    told.map(({ call, leg, trunk, agent, audio: { ms, received, loss } }) => [
      call,
      leg,
      trunk,
      agent,
      ms,
      received,
      loss,
    ]),
    [
      ['c_1', 'w_party', 't_1', null, 10_000, 475, 0.05],
      ['c_1', 'b_alice', null, 'u_alice', 10_000, 500, 0],
    ],
  )
  assert.equal(audio.live().size, 0)
  const sums = audio.byTrunk().get('t_1' as never)!
  assert.deepEqual([sums.mos.count, sums.loss.sum, sums.outsiders], [1, 0.05, 0])
})

test('an agent who goes on to the next call leaves what was counted with the one before', async () => {
  const { audio, told, count, pass } = watch()
  audio.answered(party)
  audio.patched(party, alice)
  await pass(5_000)
  count('b_alice', { received: 250 })
  audio.patched('w_party2' as LegId, alice)
  await turn()
  assert.deepEqual(
    told.map(({ call, agent, audio: { received } }) => [call, agent, received]),
    [['c_1', 'u_alice', 250]],
  )
})

test('what is shown is of the last seconds: a line that has recovered is good again', async () => {
  const { audio, count, pass } = watch()
  audio.answered(party)
  count('w_party', { received: 400, missing: 100 })
  await pass(4_000)
  assert.ok(audio.ofCall('c_1' as never)!.mos! < 3.1)
  for (let second = 0; second < 16; second++) {
    count('w_party', { received: 400 + second * 50, missing: 100 })
    await pass(1_000)
  }
  assert.equal(audio.ofCall('c_1' as never)!.mos, 4.41)
})

test('a call of which one side hears nothing is named once, with the address that its SDP named', async () => {
  const { audio, warned, count, pass } = watch()
  audio.answered(party)
  await pass(12_000)
  assert.deepEqual(
    warned.map(({ words }) => words),
    ['one-way audio: nothing came from the far end; its SDP named 10.0.0.5:4000'],
  )
  assert.equal(audio.ofCall('c_1' as never)?.oneWay, 'nothing_from')
  count('w_party', { received: 900, isDeaf: true, from: '10.0.0.5:4002' })
  await pass(4_000)
  assert.equal(warned[1]?.words, 'one-way audio: the far end at 10.0.0.5:4002 reports that it hears nothing')
  assert.equal(audio.ofCall('c_1' as never)?.oneWay, 'nothing_at')
  count('w_party', { received: 1100, isDeaf: false, from: '10.0.0.5:4002' })
  await pass(4_000)
  assert.equal(audio.ofCall('c_1' as never)?.oneWay, null, 'it hears again')
  count('w_party', { received: 1300, isDeaf: true, from: '10.0.0.5:4002' })
  await pass(4_000)
  assert.equal(audio.ofCall('c_1' as never)?.oneWay, 'nothing_at')
  assert.equal(warned.length, 2)
})

test('strangers are told of with the call, and not more often than a person can read', async () => {
  const { audio, warned } = watch()
  audio.answered(party)
  for (let n = 0; n < 200; n++) audio.take({ type: 'leg.foreign', leg: party, source: '10.9.9.9:7000' })
  assert.equal(warned.length, 10)
  assert.deepEqual(warned[0]!.what, { leg: 'w_party', call: 'c_1', trunk: 't_1', source: '10.9.9.9:7000' })
})
