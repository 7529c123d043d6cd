/** linphone as a desk phone: another maker's SIP, driven through its console by pipe. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { goertzel, purity, tone } from '../rtp/tone.ts'
import { linearWav } from './baresip.ts'
import { freePort } from './ports.ts'
import { has } from './sipp.ts'

export const hasLinphone = has('linphonec', '-v')

const noSound = [
  '[sound]',
  ...['playback', 'capture', 'ringer'].map(what => `${what}_dev_id=ANULL: Null file sound card`),
]

const saidFile = 'said.log'

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

  /**
   * A phone that registers and answers by itself. With `hz` it says that tone and writes down what it hears; without, it hears and says nothing
   * but silence: it has no sound card.
   */
  static async phone(options: {
    address: string
    extension: string
    password: string
    registrar: string
    hz?: number
    /** To the registrar, without TLS; default: UDP. */
    transport?: 'tcp'
    /** Writes down all that it says in SIP. */
    keeps?: 'what it says'
    /**
     * TLS to the registrar, whose certificate one of these must have signed, for a name (it reads no addresses in certificates); and sound by
     * SRTP, its keys in SDP, and nothing else. `identity` (PEM): asked for a certificate and without one, its console waits for a password.
     */
    secure?: { authorities: string; identity: { cert: string; key: string } }
  }): Promise<Linphone> {
    const folder = mkdtempSync(join(tmpdir(), 'switchroom-linphone-'))
    mkdirSync(join(folder, '.local/share/linphone'), { recursive: true })
    const [sipPort, rtpPort] = [await freePort(options.address), await freePort(options.address)]
    const { hz, secure, transport = 'udp' } = options
    if (secure) {
      writeFileSync(join(folder, 'ca.pem'), secure.authorities)
      writeFileSync(join(folder, 'own.pem'), secure.identity.cert)
      writeFileSync(join(folder, 'own.key'), secure.identity.key)
    }
    writeFileSync(
      join(folder, 'linphonerc'),
      [
        '[sip]',
        `sip_port=${sipPort}`,
        'default_proxy=0',
        'register_only_when_network_is_up=0',
        ...(secure
          ? [
              `sip_tls_port=${await freePort(options.address)}`,
              'use_ipv6=0',
              `root_ca=${join(folder, 'ca.pem')}`,
              `client_cert_chain=${join(folder, 'own.pem')}`,
              `client_cert_key=${join(folder, 'own.key')}`,
              'verify_server_certs=1',
              'verify_server_cn=1',
              'media_encryption=srtp',
              'media_encryption_mandatory=1',
            ]
          : []),
        '[net]',
        'dns_srv_enabled=0',
        'mtu=1300',
        '[rtp]',
        `audio_rtp_port=${rtpPort}`,
        ...noSound,
        '[misc]',
        `uuid=00000000-0000-0000-0000-${options.extension.padStart(12, '0')}`,
        '[auth_info_0]',
        `username=${options.extension}`,
        `passwd=${options.password}`,
        'realm=switchroom',
        '[proxy_0]',
        `reg_proxy=<sip:${options.registrar};transport=${secure ? 'tls' : transport}>`,
        `reg_identity=sip:${options.extension}@${options.registrar.split(':')[0]}`,
        'reg_expires=300',
        'reg_sendregister=1',
        'publish=0',
        '[video]',
        'enabled=0',
        '',
      ].join('\n'),
    )
    return Linphone.#started(folder, hz, options.keeps && ['-d', '6', '-l', join(folder, saidFile)])
  }

  /**
   * A phone out of its box: it knows nothing but where its set-up is, over https by a certificate that one of `authorities` (PEM) must have signed,
   * for a name. It answers by itself, says `hz` and writes down what it hears.
   */
  static async provisioned(options: {
    address: string
    setUp: string
    authorities: string
    hz: number
  }): Promise<Linphone> {
    const folder = mkdtempSync(join(tmpdir(), 'switchroom-linphone-'))
    mkdirSync(join(folder, '.local/share/linphone'), { recursive: true })
    writeFileSync(join(folder, 'ca.pem'), options.authorities)
    const [sipPort, rtpPort] = [await freePort(options.address), await freePort(options.address)]
    const here = [
      ...['[sip]', `sip_port=${sipPort}`, 'sip_tcp_port=0', 'sip_tls_port=0', 'use_ipv6=0'],
      ...[`root_ca=${join(folder, 'ca.pem')}`, 'verify_server_certs=1', 'verify_server_cn=1'],
      ...['[net]', 'dns_srv_enabled=0', 'mtu=1300', ...noSound, '[video]', 'enabled=0'],
      ...['[rtp]', `audio_rtp_port=${rtpPort}`, '[misc]', `config-uri=${options.setUp}`, ''],
    ]
    writeFileSync(join(folder, 'linphonerc'), here.join('\n'))
    return Linphone.#started(folder, options.hz)
  }

  static #started(folder: string, hz: number | undefined, logs: string[] = ['-d', '0']): Linphone {
    const child = spawn('linphonec', ['-c', join(folder, 'linphonerc'), '-a', ...logs], {
      cwd: folder,
      env: { ...process.env, HOME: folder, TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const phone = new Linphone(child, folder)
    if (hz !== undefined) {
      writeFileSync(join(folder, 'tone.wav'), linearWav(tone({ hz, ms: 60_000, level: 0.3 })))
      phone.command('soundcard use files')
      phone.command(`play ${join(folder, 'tone.wav')}`)
      phone.command(`record ${phone.#heardFile}`)
    }
    return phone
  }

  get output(): string {
    return this.#output
  }

  /** Of a phone that keeps it. */
  get said(): string {
    return readFileSync(join(this.#folder, saidFile), 'utf8')
  }

  /** Waits until a second of what it hears is `hz`: only of a phone that says a tone itself. */
  async hears(hz: number, withinMs = 10_000): Promise<void> {
    let best = 0
    for (const until = performance.now() + withinMs; performance.now() < until; await sleep(100)) {
      const heard = this.#heard().subarray(-8_000)
      best = heard.length < 4_000 ? 0 : purity(heard, hz)
      if (best > 0.5) return
    }
    throw new Error(`linphone did not hear ${hz} Hz (purity ${best.toFixed(2)}):\n${this.#output.slice(-1500)}`)
  }

  /** Level of `hz` in the last second it heard, 0 to 1. */
  levelOf(hz: number): number {
    return goertzel(this.#heard().subarray(-8_000), hz)
  }

  get #heardFile(): string {
    return join(this.#folder, 'heard.wav')
  }

  #heard(): Int16Array {
    if (!existsSync(this.#heardFile)) return new Int16Array(0)
    const file = readFileSync(this.#heardFile)
    const samples = file.subarray(44, 44 + (Math.max(0, file.length - 44) & ~1))
    return new Int16Array(samples.buffer.slice(samples.byteOffset, samples.byteOffset + samples.length))
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
