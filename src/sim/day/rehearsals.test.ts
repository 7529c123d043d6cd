import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Rehearsal, RehearsalRefusal } from '../../centre/campaigns/rehearsal.ts'
import type { Fact } from '../../centre/facts.ts'
import { workerFile } from '../../lib/places.ts'
import { Store } from '../../store/store.ts'
import { type TestFolder, testFolder } from '../../store/testing/people.ts'
import { Day } from './day.ts'
import { RehearsalRoom } from './rehearsals.ts'
import { readScenario } from './scenario.ts'
import { campaignId, setupOf } from './setup.ts'

const linesPerCommit = 5_000
const scenario = readScenario('test', '{}', { hours: 0.75, agents: 12, occupancyMax: 0.9, linesPerAgentMax: 4 })
const from = Date.parse(scenario.startsAt)
const day = { campaign: campaignId, from, to: from + 3_600_000 }
let folder: TestFolder
let store: Store
let room: RehearsalRoom
const faults: string[] = []

before(async () => {
  folder = testFolder()
  store = await Store.open({ file: folder.file, keyFile: folder.keyFile, now: from, readers: 1 })
  const recorded: { at: number; actor: 'system'; fact: Fact }[] = []
  const tell = (fact: Fact, at: number) => recorded.push({ at, actor: 'system', fact })
  const setup = setupOf(scenario)
  for (const trunk of setup.trunks) tell({ type: 'trunk.saved', trunk }, from)
  for (const campaign of setup.campaigns) tell({ type: 'campaign.saved', campaign }, from)
  new Day(scenario, tell).run()
  for (let n = 0; n < recorded.length; n += linesPerCommit)
    await store.commit({ recorded: recorded.slice(n, n + linesPerCommit) })
  const worker = workerFile('sim/day/rehearse-worker')
  room = new RehearsalRoom({ store, now: () => day.to, worker, onFault: words => faults.push(words) })
})
after(async () => {
  await room[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

function made(given: Rehearsal | RehearsalRefusal | 'too_many'): Rehearsal {
  assert.ok(typeof given === 'object' && 'id' in given, JSON.stringify(given))
  return given
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < 180_000; waitedMs += 20) {
    if (holds()) return
    await sleep(20)
  }
  assert.fail(`${what}; faults: ${faults.join(', ')}`)
}

test('a day runs again beside the thread that takes calls, which waits for none of it', async () => {
  const replay = made(await room.replay({ ...day, change: { occupancyMax: 0.6 } }))
  const before = performance.eventLoopUtilization()
  await until('the replay is there', () => replay.state === 'done')
  const { utilization } = performance.eventLoopUtilization(before)
  const [asWas, changed] = replay.parts
  assert.equal(asWas!.runs.length, 3, 'a small day is run on three seeds')
  assert.ok(Math.abs(asWas!.runs[0]!.utilisation! - replay.day!.real.utilisation!) < 0.08)
  assert.ok(changed!.runs.every(({ utilisation }) => utilisation! < 0.7))
  assert.ok(utilization < 0.2, `the loop was busy for ${(utilization * 100).toFixed(0)} % of the time`)
})

test('one runs at a time, a few wait, more are sent away; one that is cancelled makes room for the next', async () => {
  const asked = []
  for (let n = 0; n < 4; n++) asked.push(made(await room.replay({ ...day, change: { occupancyMax: 0.6 } })))
  assert.equal(await room.replay({ ...day, change: {} }), 'too_many')
  assert.deepEqual(
    asked.map(({ state }) => state),
    ['running', 'waiting', 'waiting', 'waiting'],
  )
  room.cancel(asked[2]!.id)
  room.cancel(asked[0]!.id)
  assert.deepEqual(
    asked.map(({ state }) => state),
    ['cancelled', 'running', 'cancelled', 'waiting'],
  )
  room.cancel(asked[3]!.id)
  room.cancel(asked[1]!.id)
  room.cancel('re_none')
  assert.equal(room.find(asked[1]!.id)?.state, 'cancelled')
})

test('a prediction has a part for each ceiling: the lower it is, the less is abandoned and the longer agents wait', async () => {
  const prediction = made(await room.predict({ campaign: campaignId, agents: 12, from: day.from, to: day.to }))
  assert.equal(room.predictionOf(campaignId), prediction)
  await until('the prediction is there', () => prediction.state === 'done')
  const mean = (name: string, key: 'utilisation' | 'abandonRate' | 'idleMsMean') => {
    const { runs } = prediction.parts.find(part => part.name === name)!
    return runs.reduce((sum, run) => sum + run[key]!, 0) / runs.length
  }
  assert.deepEqual(
    prediction.parts.map(({ name }) => name),
    ['0.7', '0.8', '0.85', '0.9', '0.95', '1'],
  )
  assert.ok(Math.abs(mean('0.7', 'utilisation') - 0.7) < 0.05, `${mean('0.7', 'utilisation')}`)
  assert.ok(mean('0.7', 'abandonRate') <= mean('1', 'abandonRate'))
  assert.ok(mean('0.7', 'idleMsMean') > mean('1', 'idleMsMean'))
})

test('a span without calls is refused, and takes no place', async () => {
  const refused = await room.replay({ campaign: campaignId, from: 0, to: 1, change: {} })
  assert.deepEqual(refused, { rule: 'few_calls', found: 0, needed: 100 })
})
