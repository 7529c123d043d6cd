import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { Fact } from '../centre/facts.ts'
import { Day } from '../sim/day/day.ts'
import { readScenario } from '../sim/day/scenario.ts'
import { campaignId, setupOf } from '../sim/day/setup.ts'
import { Store } from '../store/store.ts'
import { testFolder } from '../store/testing/people.ts'
import { UsageError } from './command.ts'
import { run } from './simulate.ts'

const linesPerCommit = 5_000

function listen() {
  const out: string[] = []
  const err: string[] = []
  const io = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) }
  return { out, err, io: { ...io, input: async () => '', env: {} } }
}

test('a day in the data is run again as it was and otherwise, beside what it came to, and nothing is changed', async () => {
  using folder = testFolder()
  const config = path.join(folder.path, 'switchroom.toml')
  writeFileSync(config, `data_dir = "${folder.path}"\n`)
  const scenario = readScenario('test', '{}', { hours: 1, agents: 15, occupancyMax: 0.95, linesPerAgentMax: 5 })
  const recorded: { at: number; actor: 'system'; fact: Fact }[] = []
  const setup = setupOf(scenario)
  const at = Date.parse(scenario.startsAt)
  for (const trunk of setup.trunks) recorded.push({ at, actor: 'system', fact: { type: 'trunk.saved', trunk } })
  for (const campaign of setup.campaigns)
    recorded.push({ at, actor: 'system', fact: { type: 'campaign.saved', campaign } })
  new Day(scenario, (fact, at) => recorded.push({ at, actor: 'system', fact })).run()
  {
    await using store = await Store.open({ file: folder.file, keyFile: folder.keyFile, now: at, readers: 1 })
    for (let n = 0; n < recorded.length; n += linesPerCommit)
      await store.commit({ recorded: recorded.slice(n, n + linesPerCommit) })
  }
  const before = statSync(folder.file).mtimeMs
  const simulate = async (...more: string[]) => {
    const heard = listen()
    const code = await run(
      ['--config', config, '--from-day', '2026-11-24', '--campaign', campaignId, ...more],
      heard.io,
    )
    return { code, ...heard }
  }
  const { code, out } = await simulate('--occupancy-max', '0.75', '--json')
  assert.equal(code, 0)
  const said = JSON.parse(out.at(-1)!)
  assert.equal(said.settings.occupancyMax, 0.95)
  assert.ok(
    Math.abs(said.as_was[0].utilisation - said.real.utilisation) < 0.06,
    JSON.stringify([said.as_was[0], said.real]),
  )
  assert.ok(said.changed[0].utilisation < 0.8, `${said.changed[0].utilisation}`)
  assert.ok(said.changed[0].connected < said.as_was[0].connected)
  assert.equal(statSync(folder.file).mtimeMs, before)

  const empty = await simulate('--from-day', '2026-11-20')
  assert.equal(empty.code, 1)
  assert.match(empty.err.at(-1)!, /0 calls were dialled; at least 100 are needed/)
  const unknown = await simulate('--campaign', 'k_none')
  assert.match(unknown.err.at(-1)!, /no campaign k_none; there are: ca_1/)
  assert.equal(unknown.code, 1)
  for (const wrong of [
    ['--from-day', 'yesterday'],
    ['--from-day', '2026-02-31'],
    ['--occupancy-max', '2'],
    ['--mode', 'notice'],
    ['--campaign', '../x'],
    ['--colour', 'red'],
  ])
    await assert.rejects(simulate(...wrong), UsageError, wrong.join(' '))
})
