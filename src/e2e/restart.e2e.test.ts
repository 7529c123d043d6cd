/**
 * kill -9 of the served process under a browser: the page that is open says that it has no connection, is at its place again by itself when the service
 * is, audio and all, and says what became of the call.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { asset } from '../lib/places.ts'
import { type Sipp, sdp, sipp, step } from '../phone/fixtures/sipp.ts'
import { Chromium, hasChromium } from './chromium.ts'
import { freePort, freePorts } from './ports.ts'
import { hasSipp } from './sipp.ts'
import { signInPassword, World } from './world.ts'

const address = '127.0.0.83'
const servesWithinMs = 60_000

describe('a desk whose service dies', { skip: hasChromium && hasSipp ? false : 'needs chromium and sipp' }, () => {
  let world: World
  let chromium: Chromium
  let desk: Page
  let child: ChildProcess | undefined
  const carrierAt = { address: '127.0.0.84', port: 0 }
  let carrier: Sipp | undefined
  let url = ''
  let env: Record<string, string | undefined>

  before(async () => {
    world = await World.open({ address, web: 'http' })
    const alice = await world.person('alice', 'agent')
    carrierAt.port = await freePort(carrierAt.address)
    const trunk = await world.trunk(carrierAt)
    await world.campaign({ mode: 'manual', trunks: [trunk], agents: [alice] })
    await world.close()
    const httpPort = await freePort(address)
    url = `http://${address}:${httpPort}`
    env = {
      PATH: process.env['PATH'],
      SWITCHROOM_DATA_DIR: world.folder,
      SWITCHROOM_SECRETS_KEY_FILE: world.config.secrets.keyFile,
      SWITCHROOM_HTTP_LISTEN: `${address}:${httpPort}`,
      SWITCHROOM_HTTP_TLS: 'off',
      SWITCHROOM_LAB: 'true',
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
    carrier?.stop()
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

  test('says in words that it has no connection, in nothing green, and after it that the call was cut', async () => {
    const text = (id: string) => desk.evaluate<string>(`document.getElementById('${id}').innerText`)
    const toneOf = (selector: string) =>
      desk.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).color`)
    const ok = step.respond(200, 'OK', { inDialog: true })
    const answers = [step.recv('INVITE'), step.respond(200, 'OK', { body: sdp() }), step.recv('ACK')]
    // It goes away by itself after half a minute; and one of its calls may be spent on our OPTIONS.
    carrier = await sipp({ ...carrierAt, calls: 2, steps: [...answers, step.recv('BYE'), ok] })
    await desk.fill('#dial-number', '13800000001')
    await desk.press('#dial-number', 'Enter')
    await phase('talking')
    const before = await toneOf('.state-bar .now')

    await kill()
    await desk.waitForSelector('html[data-lost]', { state: 'attached', timeout: 15_000 })
    assert.match(await text('lost-contact'), /connection to the server is broken; trying again/)
    assert.ok(await desk.isVisible('#lost-chip'))
    assert.ok(await desk.isHidden('#floor-chip'))
    assert.notEqual(await toneOf('.state-bar .now'), before)
    await audio('[data-audio-state="down"]')
    assert.match(await text('audio-words'), /the server does not answer|Audio lost/)
    await desk.keyboard.press('Alt+e')
    await desk.waitForSelector('#lost-contact:has-text("did not get to the server")')

    await serve()
    await phase('signed_off')
    await desk.waitForSelector('html:not([data-lost])', { state: 'attached', timeout: 15_000 })
    assert.ok(await desk.isHidden('#lost-chip'))
    assert.match(await text('call-status'), /The system restarted, and the call was cut[\s\S]*138 \*\*\*\* 0001/)
  })
})
