/** The service is told to stop: who is on the line hears of it, whatever the disk takes or other parts wait for, and nobody is called any more. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LegId, TrunkId } from '../lib/ids.ts'
import { asset } from '../lib/places.ts'
import { StoreError } from '../store/port.ts'
import { freePort, freePorts } from './ports.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { World } from './world.ts'

const number = '+861088880000'
const skip = !hasSipp && 'needs sipp'

test('a caller is hung up on while the disk is full', { skip }, async () => {
  await using world = await World.open({ address: '127.0.0.1' })
  await using caller = await waitingCaller(world, 143)
  const { store, engine } = world.house
  store.commit = () => Promise.reject(new StoreError('full', null, 'The disk is full.'))
  engine.post({ type: 'trunk.down', trunk: 't_in' as TrunkId, reason: 'a fact that finds no room' })
  await world.until('the floor has stopped', () => engine.trouble !== null)
  await world.close()
  await caller.done()
})

test('a caller is hung up on while the disk stands still', { skip }, async () => {
  await using world = await World.open({ address: '127.0.0.1' })
  await using caller = await waitingCaller(world, 145)
  world.house.store.commit = () => new Promise(() => {})
  let isGivenUp = false
  const hungUp = world.house.hangUp().then(() => {
    isGivenUp = true
  })
  await caller.done()
  await sleep(1_000) // more than the last words on the wire are waited for
  assert.equal(isGivenUp, false, 'long before the writing is given up')
  await hungUp
})

test('a caller is hung up on at once while another part of the service waits for what does not come', {
  skip,
}, async () => {
  const world = await World.open({ address: '127.0.0.1', web: 'http' })
  try {
    await using caller = await waitingCaller(world, 147)
    const waiting: (() => void)[] = []
    const asked = new Set<string>()
    world.house.store.read = name => {
      asked.add(name)
      return new Promise((_, reject) => waiting.push(() => reject(new Error('it is over'))))
    }
    const reads = () => asked.has('settings.all')
    await world.until('another part reads, as the custody of recordings does every ten seconds', reads, 60_000)
    const began = performance.now()
    const closed = assert.rejects(world.close(), /what works beside the calls has not stopped in time/)
    await caller.done()
    assert.ok(performance.now() - began < 8_000, 'and not when the part is given up, after ten')
    await closed
    assert.ok(performance.now() - began < 25_000, 'and the unit allows 30')
    world.house.store.read = () => Promise.reject(new Error('it is over'))
    for (const end of waiting) end() // or this process would not end either
  } finally {
    rmSync(world.folder, { recursive: true, force: true })
  }
})

test('whoever calls the police is put through and talks on during a stop, until it would take too long; then the stop is an orderly one', {
  skip,
}, async () => {
  await using world = await World.open({ address: '127.0.0.1', web: 'http' })
  await using police = await RtpPeer.open('127.0.0.149', 440)
  const acts = [{ do: 'ring' }, { do: 'pause', ms: 1_500 }, { do: 'answer' }, { do: 'expectBye' }] as const
  await using carrier = await Sipp.carrier({ address: '127.0.0.148', media: police, acts: [...acts] })
  const bob = await world.agent('bob', 'browser')
  await world.trunk(carrier, { id: 't_gateway' as TrunkId })
  const { engine } = world.house
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null } as const
  await engine.dispatch({ type: 'agent.signOn', agent: bob }, `user:${bob}`)
  await engine.dispatch({ type: 'station.up', agent: bob, leg: 'st_bob' as LegId }, 'system')
  await engine.dispatch({ type: 'agent.dial', agent: bob, number: '110', ...nobody }, `user:${bob}`)
  await world.fact('call.ringing')
  const began = performance.now()
  const closed = world.close()
  await world.fact('call.answered')
  assert.equal(engine.state.isClosing, true)
  await carrier.done()
  assert.ok(performance.now() - began > 11_000, 'the call goes on for twelve seconds of the stop')
  await closed // it rejects when a part does not stop in time
  const ends = world.facts.flatMap(fact => (fact.type === 'call.ended' ? [fact.ending.by] : []))
  assert.deepEqual(ends, ['system'])
  await world.fact('recording.sealed')
})

test('SIGTERM ends the service beside a command that does not end', async () => {
  await using service = await Served.open()
  const socket = await service.connected()
  socket.write('{"command":"import"') // … and it never says the rest
  const said = socket.toArray()
  assert.deepEqual(await service.stopped(), [0, null])
  assert.match(Buffer.concat(await said).toString(), /Switchroom is stopping/)
})

test('a thread that does not come back from the system keeps the process for no more than its time', async () => {
  await using service = await Served.open(folder => {
    const [preload, pipe] = [join(folder, 'stuck.mjs'), join(folder, 'pipe')]
    execFileSync('mkfifo', [pipe])
    // As on a disk that stands still: one is in an open() for good, and those of the database hear of no closing.
    const lines = [
      "import { isMainThread, Worker } from 'node:worker_threads'",
      'const { postMessage } = Worker.prototype',
      'const deaf = function (message, ...rest) { if (message !== "close") postMessage.call(this, message, ...rest) }',
      `const stuck = 'require("node:fs").openSync(${JSON.stringify(pipe)}, "r")'`,
      'if (isMainThread) { Worker.prototype.postMessage = deaf; new Worker(stuck, { eval: true }) }',
    ]
    writeFileSync(preload, lines.join('\n'))
    return ['--import', preload]
  })
  const socket = await service.connected()
  socket.destroy()
  assert.deepEqual(await service.stopped(), [null, 'SIGKILL'])
})

/** The service as systemd runs it. */
class Served implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #ended: Promise<unknown[]>

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child
    this.#folder = folder
    this.#ended = once(child, 'exit')
  }

  static async open(flags: (folder: string) => string[] = () => []): Promise<Served> {
    const folder = mkdtempSync(join(tmpdir(), 'switchroom-stop-'))
    const [sip, web] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')]
    const config = join(folder, 'switchroom.toml')
    writeFileSync(
      config,
      [
        `data_dir = "${folder}"`,
        `[http]\nlisten = "127.0.0.1:${web}"\ntls = "off"`,
        `[sip]\nlisten = ["udp:127.0.0.1:${sip}"]`,
        `[media]\nports = "${await freePorts('127.0.0.1', 40)}"\n`,
      ].join('\n'),
    )
    const args = [...flags(folder), asset('src/main.ts'), 'serve', '--config', config]
    return new Served(spawn(process.execPath, args, { stdio: 'ignore' }), folder)
  }

  /** At the socket of its commands, as soon as it serves. */
  async connected(): Promise<net.Socket> {
    while (this.#child.exitCode === null && this.#child.signalCode === null) {
      const socket = net.connect(join(this.#folder, 'control.sock'))
      const isThere = await new Promise<boolean>(resolve => {
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      })
      if (isThere) return socket
      await sleep(50)
    }
    throw new Error('the service ended before it served')
  }

  /** Exit code and signal after a SIGTERM. */
  stopped(): Promise<unknown[]> {
    this.#child.kill('SIGTERM')
    return this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function waitingCaller(world: World, host: number): Promise<Sipp> {
  const customer = await RtpPeer.open(`127.0.0.${host}`, 1000)
  const alice = await world.agent('alice', 'browser')
  await world.queue([alice], number)
  await world.house.engine.dispatch({ type: 'agent.signOn', agent: alice }, `user:${alice}`)
  const address = `127.0.0.${host + 1}`
  await world.trunk({ address, port: 5060 }, { id: 't_in' as TrunkId })
  const caller = await Sipp.caller({
    ...{ address, media: customer, number },
    from: '+8613900000009',
    target: `127.0.0.1:${world.sipPort}`,
    acts: [{ do: 'expectBye' }],
  })
  void caller.finished.then(() => customer[Symbol.asyncDispose]())
  await world.fact('call.queued')
  return caller
}
