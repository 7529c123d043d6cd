/**
 * What is recorded, and what becomes of it, by the served process: carl (sipp) talks to alice, who asks bob meanwhile; both recordings are made
 * smaller, and another decoder hears in them what was said.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fact } from '../centre/facts.ts'
import { dataFiles } from '../config.ts'
import type { CallId, RecordingId, UserId } from '../lib/ids.ts'
import { asset } from '../lib/places.ts'
import { issueToken } from '../records/people/tokens.ts'
import { goertzel } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { decoded, hasOpusTools } from './opus-tools.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp } from './sipp.ts'
import type { SoftBrowser } from './soft-browser.ts'
import { ownNumber, Stage, tonesIn } from './stage.ts'
import type { World } from './world.ts'

const [carlHz, aliceHz, bobHz] = [440, 1000, 1700]
const everyHz = [carlHz, aliceHz, bobHz]
const atOnce = (value: string) => ({ type: 'setting.saved', key: 'recording.opusAfterHours', value }) as const

describe('a call and the consultation in it, recorded and made smaller', {
  skip: hasSipp && hasOpusTools ? false : 'needs sipp and opus-tools',
}, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let alice: UserId
  let aliceHears: SoftBrowser
  let bobId: UserId
  let bob: SoftBrowser
  let call: CallId
  let opened: Extract<Fact, { type: 'recording.opened' }>[]

  before(async () => {
    stage = await Stage.open({ web: 'http' })
    ;({ world } = stage)
    carl = await stage.voice('127.0.0.74', carlHz)
    await world.trunk({ address: '127.0.0.73', port: 5060 })
    ;({ id: alice, browser: aliceHears } = await stage.softBrowser({ name: 'alice', hz: aliceHz }))
    ;({ id: bobId, browser: bob } = await stage.softBrowser({ name: 'bob', hz: bobHz }))
    await world.queue([alice], ownNumber)
    for (const agent of [alice, bobId]) {
      await stage.signOn(agent)
      await stage.ready(agent)
    }
    await stage.caller('127.0.0.73', carl)
    call = (await world.fact('call.connected')).call
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const fileOf = (path: string) => readFileSync(world.recordingFile(path))

  test('what two agents say while the party hears music is a recording of its own: both, and not the party', async () => {
    await stage.hears(carl, 'carl', [aliceHz], everyHz)
    await stage.does(alice, { type: 'agent.consult', agent: alice, call, target: { agent: bobId } })
    await Promise.all([stage.hears(bob, 'bob', [aliceHz], everyHz), stage.hears(aliceHears, 'alice', [bobHz], everyHz)])
    await sleep(1500)
    await stage.does(alice, { type: 'agent.endConsult', agent: alice, call })
    await stage.hears(carl, 'carl', [aliceHz], everyHz)
    await stage.does(alice, { type: 'call.end', call, by: 'supervisor' })
    await world.until(
      'both are sealed',
      () => world.facts.filter(({ type }) => type === 'recording.sealed').length === 2,
    )
    opened = world.facts.filter(fact => fact.type === 'recording.opened')
    assert.deepEqual(
      opened.map(({ kind }) => kind),
      [undefined, 'consultation'],
    )
    const [asks, asked] = readStereo(fileOf(opened[1]!.path))
    assert.equal(tonesIn(middle(asks), everyHz), `${aliceHz}`)
    assert.equal(tonesIn(middle(asked), everyHz), `${bobHz}`)
    for (const channel of [asks, asked])
      assert.ok(goertzel(channel, carlHz) < 0.002, `carl is in it with ${goertzel(channel, carlHz)}`)
    const [party, agent] = readStereo(fileOf(opened[0]!.path))
    assert.equal(tonesIn(middle(party), everyHz), `${carlHz}`)
    assert.ok(goertzel(agent, bobHz) < 0.002, 'what bob said is not in the recording of the call')
    assert.ok(goertzel(agent.subarray(0, 8000), aliceHz) > 0.05, 'alice is')
  })

  test('nothing is derived while the disk of recordings is slow, and it is when it is well', async () => {
    await world.house.engine.dispatch({ type: 'recorder.disk', disk: 'slow' }, 'system')
    await world.keep([atOnce('0')])
    await world.until('one is in hand', () => existsSync(world.recordingFile('.deriving')), 15_000)
    await sleep(1000)
    assert.deepEqual(await derived(world), [])
    await world.house.engine.dispatch({ type: 'recorder.disk', disk: 'well' }, 'system')
    await world.until('both are derived', async () => (await derived(world)).length === 2)
  })

  test('the smaller form is downloaded, and in it is what was said: each on the own side, at its frequency and level', async () => {
    const { secret } = await issueToken(world.house.door, 'system', { name: 'olga', role: 'auditor' })
    const facts = await derived(world)
    for (const { recording, path } of opened) {
      const url = `${world.url}/api/v1/recordings/${recording}/audio?form=opus`
      const response = await fetch(url, { headers: { authorization: `Bearer ${secret}` } })
      assert.equal(response.headers.get('content-type'), 'audio/ogg; codecs=opus')
      const bytes = Buffer.from(await response.arrayBuffer())
      assert.equal(hashOf(bytes), facts.find(fact => fact.recording === recording)?.sha256)
      const whole = fileOf(path)
      assert.ok(bytes.length < whole.length / 3, `${bytes.length} of ${whole.length} bytes`)
      const [before, now] = [readStereo(whole), decoded(bytes)]
      for (const side of [0, 1] as const) {
        assert.equal(now[side].length, before[side].length)
        for (const hz of everyHz) {
          const [said, heard] = [before, now].map(each => goertzel(middle(each[side]), hz)) as [number, number]
          if (said > 0.05) assert.ok(Math.abs(20 * Math.log10(heard / said)) < 2, `${recording} ${side}: ${hz} Hz`)
          else assert.ok(heard < 0.012, `${recording} ${side}: ${hz} Hz with ${heard}`)
        }
      }
    }
  })

  test('an export with both forms is as it was exported, by `switchroom verify`', async () => {
    const { secret } = await issueToken(world.house.door, 'system', { name: 'otto', role: 'auditor' })
    const response = await fetch(`${world.url}/api/v1/exports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'court order 2026-17', audio: 'both', filter: { calls: [call] } }),
    })
    assert.equal(response.status, 202, await response.clone().text())
    const { id } = (await response.json()) as { id: string }
    const zip = join(dataFiles(world.config).exports, `${id}.zip`)
    await world.until('the export is there', () => existsSync(zip))
    const said = execFileSync(process.execPath, ['src/main.ts', 'verify', zip], { cwd: asset('.'), encoding: 'utf8' })
    assert.match(said, /ok: .* 4 recordings sealed/)
  })
})

/** From the journal, where it is at once; the floor knows nothing of what becomes of recordings. */
async function derived(world: World): Promise<{ recording: RecordingId; sha256: string }[]> {
  const { items } = await world.house.store.read('journal.page', { limit: 100, type: 'recording.derived' as never })
  return items.map(({ body }) => JSON.parse(body))
}

/** Without the beginning and the end, where somebody comes or goes. */
function middle(channel: Int16Array): Int16Array {
  const third = Math.floor(channel.length / 3)
  return channel.subarray(third, third * 2)
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
