/** kill -9 of the served process in the middle of making a recording smaller: what is half made goes at the next start, and it is made once. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { asset } from '../lib/places.ts'
import { goertzel } from '../rtp/tone.ts'
import { openStore, recorded } from '../store/testing/people.ts'
import { decoded, hasOpusTools } from './opus-tools.ts'
import { freePort, freePorts } from './ports.ts'
import { sealedRecording, sealTone } from './sealed-tone.ts'

const address = '127.0.0.82'
/** Some seconds of work. */
const seconds = 5 * 60
const [partyHz, agentHz] = [440, 1000]

describe('kill -9 in the middle of making a recording smaller', {
  skip: hasOpusTools ? false : 'needs opus-tools',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-custody-crash-'))
  const files = {
    ...{ path: folder, file: join(folder, 'switchroom.db'), keyFile: join(folder, 'secrets.key') },
    [Symbol.dispose]: () => undefined,
  }
  let child: ChildProcess | undefined
  after(async () => {
    await end('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  async function serve(): Promise<void> {
    const env = {
      PATH: process.env['PATH'],
      SWITCHROOM_DATA_DIR: folder,
      SWITCHROOM_SECRETS_KEY_FILE: files.keyFile,
      SWITCHROOM_HTTP_LISTEN: `${address}:${await freePort(address)}`,
      SWITCHROOM_HTTP_TLS: 'off',
      SWITCHROOM_SIP_LISTEN: `udp:${address}:${await freePort(address)}`,
      SWITCHROOM_MEDIA_ADDRESS: address,
      SWITCHROOM_MEDIA_PORTS: await freePorts(address, 40),
    }
    child = spawn(process.execPath, [asset('src/main.ts'), 'serve'], { cwd: folder, env, stdio: 'ignore' })
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await new Promise(done => child!.once('exit', done))
  }

  /** The setting, while nobody serves. */
  async function makeSmaller(afterHours: string): Promise<void> {
    await using store = await openStore(files)
    const fact = { type: 'setting.saved', key: 'recording.opusAfterHours', value: afterHours } as const
    await store.commit({ recorded: [recorded(fact, Date.now())] })
  }

  async function until(what: string, holds: () => boolean): Promise<void> {
    for (const giveUp = performance.now() + 120_000; !holds(); await sleep(20)) {
      assert.equal(child?.exitCode, null, `the process ended by itself before: ${what}`)
      assert.ok(performance.now() < giveUp, `waited for: ${what}`)
    }
  }

  test('nothing half made is left, it is made once, it is heard to its end, and the recording is untouched', async () => {
    const { wav, opus, sha256 } = await sealTone(files, { hz: [partyHz, agentHz], seconds })
    const part = `${opus}.part`
    await serve()
    await until('some of it is made', () => existsSync(part) && statSync(part).size > 10_000)
    await end('SIGKILL')
    assert.deepEqual([existsSync(part), existsSync(opus)], [true, false], 'it was killed in the middle')
    const half = statSync(part)

    await makeSmaller('') // nobody asks for it any more: what is half made goes all the same
    await serve()
    await until('what was half made is gone', () => !existsSync(part))
    await end('SIGTERM')
    assert.equal(existsSync(opus), false)

    await makeSmaller('0')
    await serve()
    await until('it is made', () => existsSync(opus) && !existsSync(join(folder, 'recordings/.deriving')))
    await end('SIGTERM')
    assert.ok(half.size < statSync(opus).size)
    assert.deepEqual(readdirSync(dirname(wav)).sort(), ['r_tone.opus', 'r_tone.wav'])
    assert.equal(hashOf(wav), sha256)

    const [party, agent] = decoded(readFileSync(opus))
    assert.deepEqual([party.length, agent.length], [seconds * 8000, seconds * 8000])
    for (const at of [0, 0.5, 0.99]) {
      const second = (side: Int16Array) => side.subarray(Math.floor(at * side.length)).subarray(0, 8000)
      assert.ok(goertzel(second(party), partyHz) > 0.2 && goertzel(second(party), agentHz) < 0.01, `party at ${at}`)
      assert.ok(goertzel(second(agent), agentHz) > 0.2 && goertzel(second(agent), partyHz) < 0.01, `agent at ${at}`)
    }
    await using store = await openStore(files)
    const { items } = await store.read('journal.page', { limit: 100, type: 'recording.derived' as never })
    assert.equal(items.length, 1)
    const fact = JSON.parse(items[0]!.body)
    assert.deepEqual([fact.recording, fact.source, fact.sha256], [sealedRecording, sha256, hashOf(opus)])
  })
})

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
