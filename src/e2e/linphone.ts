/** linphone as a desk phone: another maker's SIP, driven through its console by pipe. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './ports.ts'
import { has } from './sipp.ts'

export const hasLinphone = has('linphonec', '-v')

export class Linphone {
  readonly #process: ChildProcess
  readonly #folder: string
  #output = ''

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process
    this.#folder = folder
    const keep = (bytes: Buffer) => (this.#output = (this.#output + bytes).slice(-20_000))
    process.stdout?.on('data', keep)
    process.stderr?.on('data', keep)
    process.stdin?.on('error', () => undefined)
  }

  /** A phone that registers and answers by itself; it hears and says nothing but silence: it has no sound card. */
  static async phone(options: {
    address: string
    extension: string
    password: string
    registrar: string
  }): Promise<Linphone> {
    const folder = mkdtempSync(join(tmpdir(), 'switchroom-linphone-'))
    mkdirSync(join(folder, '.local/share/linphone'), { recursive: true })
    const [sipPort, rtpPort] = [await freePort(options.address), await freePort(options.address)]
    writeFileSync(
      join(folder, 'linphonerc'),
      [
        '[sip]',
        `sip_port=${sipPort}`,
        'default_proxy=0',
        'register_only_when_network_is_up=0',
        '[net]',
        'dns_srv_enabled=0',
        'mtu=1300',
        '[rtp]',
        `audio_rtp_port=${rtpPort}`,
        '[sound]',
        'playback_dev_id=ANULL: Null file sound card',
        'capture_dev_id=ANULL: Null file sound card',
        'ringer_dev_id=ANULL: Null file sound card',
        '[misc]',
        `uuid=00000000-0000-0000-0000-${options.extension.padStart(12, '0')}`,
        '[auth_info_0]',
        `username=${options.extension}`,
        `passwd=${options.password}`,
        'realm=switchroom',
        '[proxy_0]',
        `reg_proxy=<sip:${options.registrar};transport=udp>`,
        `reg_identity=sip:${options.extension}@${options.registrar.split(':')[0]}`,
        'reg_expires=300',
        'reg_sendregister=1',
        'publish=0',
        '[video]',
        'enabled=0',
        '',
      ].join('\n'),
    )
    const child = spawn('linphonec', ['-c', join(folder, 'linphonerc'), '-a', '-d', '0'], {
      cwd: folder,
      env: { ...process.env, HOME: folder, TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    return new Linphone(child, folder)
  }

  get output(): string {
    return this.#output
  }

  /** A command of its console: `pause`, `resume`, `transfer 1 sip:…`, `transfer 1 --to-call 2`, `terminate`, `call sip:…`. */
  command(line: string): void {
    this.#process.stdin?.write(`${line}\n`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise(done => this.#process.once('exit', done))
    this.command('quit')
    const killed = setTimeout(() => this.#process.kill('SIGKILL'), 3_000)
    if (this.#process.exitCode === null && this.#process.signalCode === null) await ended
    clearTimeout(killed)
    await sleep(0)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
