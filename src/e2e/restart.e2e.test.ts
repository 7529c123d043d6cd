/** kill -9 of the served process under a browser: the page that is open is at its place again by itself when the service is, audio and all. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { asset } from '../lib/places.ts'
import { Chromium, hasChromium } from './chromium.ts'
import { freePort, freePorts } from './ports.ts'
import { signInPassword, World } from './world.ts'

const address = '127.0.0.83'
const servesWithinMs = 60_000

describe('a desk whose service dies', { skip: hasChromium ? false : 'needs chromium' }, () => {
  let world: World
  let chromium: Chromium
  let desk: Page
  let child: ChildProcess | undefined
  let url = ''
  let env: Record<string, string | undefined>

  before(async () => {
    world = await World.open({ address, web: 'http' })
    await world.person('alice', 'agent')
    await world.close()
    const httpPort = await freePort(address)
    url = `http://${address}:${httpPort}`
    env = {
      PATH: process.env['PATH'],
      SWITCHROOM_DATA_DIR: world.folder,
      SWITCHROOM_SECRETS_KEY_FILE: world.config.secrets.keyFile,
      SWITCHROOM_HTTP_LISTEN: `${address}:${httpPort}`,
      SWITCHROOM_HTTP_TLS: 'off',
      SWITCHROOM_SIP_LISTEN: `udp:${address}:${await freePort(address)}`,
      SWITCHROOM_MEDIA_ADDRESS: address,
      SWITCHROOM_MEDIA_PORTS: await freePorts(address, 40),
    }
    await serve()
    chromium = await Chromium.launch({ hz: 1000 })
    desk = await chromium.page()
  })
  after(async () => {
    await chromium?.[Symbol.asyncDispose]()
    await kill()
    await world?.[Symbol.asyncDispose]()
  })

  async function serve(): Promise<void> {
    child = spawn(process.execPath, [asset('src/main.ts'), 'serve'], { cwd: world.folder, env, stdio: 'ignore' })
    const isReady = () =>
      fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
    for (const end = performance.now() + servesWithinMs; !(await isReady()); await sleep(50)) {
      assert.equal(child.exitCode, null, 'the service ended by itself')
      assert.ok(performance.now() < end, 'the service does not serve')
    }
  }
  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await new Promise(done => child!.once('exit', done))
  }
  const phase = (name: string) => desk.waitForSelector(`#state-bar[data-phase="${name}"]`, { timeout: 30_000 })
  const audio = (state: string) => desk.waitForSelector(`html${state}`, { state: 'attached', timeout: 60_000 })

  test('comes back without a reload: signed in, its audio up, and ready for calls with two keys', async () => {
    await desk.goto(`${url}/sign-in`)
    await desk.fill('input[name=name]', 'alice')
    await desk.fill('input[name=password]', signInPassword)
    await desk.press('input[name=password]', 'Enter')
    await audio('[data-audio-state="up"]')
    await desk.keyboard.press('Alt+r')
    await phase('break')
    await desk.keyboard.press('Alt+r')
    await phase('ready')
    await desk.evaluate('window.neverReloaded = true')
    const before = await desk.evaluate<number>('peers.length')

    await kill()
    await audio(':not([data-audio-state="up"])')
    await serve()
    await audio('[data-audio-state="up"]')
    for (const end = performance.now() + 30_000; (await desk.evaluate<number>('peers.length')) === before; ) {
      assert.ok(performance.now() < end, 'the page keeps a connection that nobody is at the other end of')
      await sleep(100)
    }
    await audio('[data-audio-state="up"]')
    assert.equal(await desk.evaluate('window.neverReloaded'), true)
    await phase('signed_off') // whether she is still there the new service cannot know
    await desk.keyboard.press('Alt+r')
    await phase('break')
    await desk.keyboard.press('Alt+r')
    await phase('ready')
  })
})
