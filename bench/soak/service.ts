/** The service as it is installed, in a process of its own, with a probe in it and its log read for what goes wrong. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../../src/e2e/ports.ts'
import type { Inside, ProbeAsk } from './probe.ts'

const main = join(import.meta.dirname, '../../src/main.ts')
const readyWithinMs = 60_000
const endsWithinMs = 20_000
/** Different faults that are kept; the soak fails at the first, so this is only to tell of them. */
const faultsMost = 50
/** The level from which on a line of pino's log is a fault: `error`. */
const faultLevel = 50

export type Outside = {
  rssMb: number
  /** Of it what belongs to no file: heaps, the C library's memory, caches of the database; and what is mapped of files. */
  anonMb: number
  fileMb: number
  threads: number
  fds: number
  databaseMb: number
}

export class Service {
  readonly folder: string
  readonly address: string
  readonly sipPort: number
  readonly url: string
  /** Lines of the log at `error` and above, by their words. */
  readonly faults = new Map<string, number>()
  readonly #child: ChildProcess
  #isGone = false

  private constructor(folder: string, address: string, sipPort: number, url: string, child: ChildProcess) {
    this.folder = folder
    this.address = address
    this.sipPort = sipPort
    this.url = url
    this.#child = child
    child.once('exit', code => {
      this.#isGone = true
      if (code !== 0) this.#fault(`the service ended with ${code}`)
    })
    createInterface(child.stdout!).on('line', line => this.#read(line))
    createInterface(child.stderr!).on('line', line => this.#fault(line))
  }

  static async start(folder: string, address: string): Promise<Service> {
    const [sipPort, httpPort] = [await freePort(address), await freePort(address)]
    const file = join(folder, 'switchroom.toml')
    writeFileSync(
      file,
      [
        `data_dir = ${JSON.stringify(folder)}`,
        'lab = true',
        '[http]',
        `listen = "${address}:${httpPort}"`,
        'tls = "off"',
        '[sip]',
        `listen = ["udp:${address}:${sipPort}", "tcp:${address}:${sipPort}"]`,
        '[media]',
        `address = "${address}"`,
        'ports = "10000-19999"',
        '[log]',
        'level = "warn"',
      ].join('\n'),
    )
    const probe = join(import.meta.dirname, 'probe.ts')
    const child = spawn(process.execPath, ['--import', probe, main, 'serve', '--config', file], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...environmentOfUnit() },
    })
    const service = new Service(folder, address, sipPort, `http://${address}:${httpPort}`, child)
    for (const end = performance.now() + readyWithinMs; ; await sleep(100)) {
      if (await isReady(service.url)) return service
      if (performance.now() > end || service.#isGone)
        throw new Error(
          `the service was not ready within ${readyWithinMs} ms: ${[...service.faults.keys()].join('; ')}`,
        )
    }
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** The secret of a token of the role admin, made as an administrator with a shell makes one. */
  async token(): Promise<string> {
    const config = join(this.folder, 'switchroom.toml')
    const args = [main, 'token', 'add', 'soak', '--role', 'admin', '--json', '--config', config]
    const asked = promisify(execFile)(process.execPath, args)
    asked.child.stdin?.end() // what a command reads goes to the service whole, so it waits for the end
    const { stdout } = await asked
    return (JSON.parse(stdout) as { secret: string }).secret
  }

  inside(): Promise<Inside> {
    return this.#ask<Inside>({ ask: 'figures' })
  }

  snapshot(file: string): Promise<unknown> {
    return this.#ask({ ask: 'snapshot', file })
  }

  outside(): Outside {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8')
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
    const mb = (name: string) => (field(name) * 1024) / 1e6
    const databases = readdirSync(this.folder).filter(name => name.startsWith('switchroom.db'))
    return {
      rssMb: mb('VmRSS'),
      anonMb: mb('RssAnon'),
      fileMb: mb('RssFile'),
      threads: field('Threads'),
      fds: readdirSync(`/proc/${this.pid}/fd`).length,
      databaseMb: databases.reduce((sum, name) => sum + statSync(join(this.folder, name)).size, 0) / 1e6,
    }
  }

  /** CPU of all its threads so far, ms. */
  cpuMs(): number {
    const [, , ...fields] = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
      .replace(/\(.*\)/, '')
      .split(' ')
    return (Number(fields[10]) + Number(fields[11])) * 10
  }

  async stop(): Promise<void> {
    if (this.#isGone) return
    const gone = new Promise(done => this.#child.once('exit', done))
    this.#child.kill('SIGTERM')
    await Promise.race([gone, sleep(endsWithinMs, null, { ref: false })])
    if (!this.#isGone) {
      this.#fault(`the service did not end within ${endsWithinMs} ms of SIGTERM`)
      this.#child.kill('SIGKILL')
    }
  }

  #ask<Answer>(ask: ProbeAsk): Promise<Answer> {
    if (this.#isGone) return Promise.reject(new Error('the service has ended'))
    return new Promise((done, fail) => {
      const ended = () => fail(new Error('the service has ended'))
      this.#child.once('exit', ended)
      this.#child.once('message', answer => {
        this.#child.off('exit', ended)
        done(answer as Answer)
      })
      this.#child.send(ask)
    })
  }

  #read(line: string): void {
    try {
      const { level, msg, err } = JSON.parse(line) as { level: number; msg?: string; err?: { message?: string } }
      if (level >= faultLevel) this.#fault([msg, err?.message].filter(Boolean).join(': '))
    } catch {
      this.#fault(line)
    }
  }

  #fault(words: string): void {
    const key = words.slice(0, 200)
    if (this.faults.size < faultsMost || this.faults.has(key)) this.faults.set(key, (this.faults.get(key) ?? 0) + 1)
  }
}

/** What systemd would set for it (`MALLOC_ARENA_MAX`, V8's options), except where packages keep their files. */
export function environmentOfUnit(): Record<string, string> {
  const unit = readFileSync(join(import.meta.dirname, '../../systemd/switchroom.service'), 'utf8')
  const lines = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, words]) => words!.split(' '))
  return Object.fromEntries(
    lines.map(word => word.split(/=(.*)/s) as [string, string]).filter(([name]) => !name.startsWith('PKG_')),
  )
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok
  } catch {
    return false
  }
}
