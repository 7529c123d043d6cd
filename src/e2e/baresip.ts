/** baresip as a desk phone: registers, answers by itself, speaks a tone and writes what it hears to a WAV file. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MediaCodec } from '../rtp/bay.ts'
import { goertzel, purity, tone } from '../rtp/tone.ts'
import { freePort } from './ports.ts'
import { has } from './sipp.ts'

const modules = '/usr/lib/baresip/modules'
export const hasBaresip = has('baresip', '-h') && existsSync(`${modules}/sndfile.so`)

export class Baresip {
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #control: Socket
  #output = ''
  #file = ''
  #forgotten = 0

  /** Where it listens; TLS one above. */
  readonly port: number

  private constructor(process: ChildProcess, folder: string, control: Socket, port: number) {
    this.port = port
    this.#process = process
    this.#folder = folder
    this.#control = control
  }

  /** A phone at `address` (127.0.0.1: baresip binds its RTP to every address, so that is what its packets come from) that says `hz`. Resolves once it runs; wait for its registration at the registrar. */
  static async phone(options: {
    address: string
    extension: string
    password: string
    registrar: string
    hz: number
    /** Instead of a tone it sends what it hears, as an echo number does. */
    says?: 'what it hears'
    answer?: 'auto' | 'manual'
    /** Left out: both, A-law before µ-law. */
    laws?: MediaCodec[]
    /** TLS to the registrar, whose certificate one of these must have signed; listened for with `identity` (PEM of certificate and key). */
    tls?: { authorities: string; identity?: string }
    /** SRTP by keys in SDP: `srtp` offers it, `srtp-mand` takes nothing else. */
    encryption?: 'srtp' | 'srtp-mand'
    /** False: a phone that is called where it listens, as a carrier is. */
    registers?: boolean
    /** In another network: what its command begins with, and where its control port is reached. */
    within?: { begin: [string, string[]]; control: { address: string; port: number } }
  }): Promise<Baresip> {
    const folder = mkdtempSync(join(tmpdir(), 'switchroom-baresip-'))
    const { within } = options
    const sipPort = within ? 5060 : await freePort(options.address)
    const control = within?.control ?? { address: options.address, port: await freePort(options.address) }
    if (options.tls) writeFileSync(join(folder, 'ca.pem'), options.tls.authorities)
    if (options.tls?.identity) writeFileSync(join(folder, 'own.pem'), options.tls.identity)
    writeFileSync(join(folder, 'tone.wav'), linearWav(tone({ hz: options.hz, ms: 60_000, level: 0.3 })))
    writeFileSync(
      join(folder, 'config'),
      [
        `module_path ${modules}`,
        'module g711.so',
        'module aufile.so',
        'module aubridge.so',
        'module sndfile.so',
        ...(options.encryption ? ['module srtp.so'] : []),
        ...(options.tls ? [`sip_cafile ${join(folder, 'ca.pem')}`] : []),
        ...(options.tls?.identity ? [`sip_certificate ${join(folder, 'own.pem')}`] : []),
        'module_tmp account.so',
        'module_app menu.so',
        'module_app ctrl_tcp.so',
        `ctrl_tcp_listen ${options.address}:${control.port}`,
        `sip_listen ${options.address}:${sipPort}`,
        `net_interface ${options.address}`,
        options.says === undefined ? `audio_source aufile,${join(folder, 'tone.wav')}` : 'audio_source aubridge,loop',
        `audio_player aubridge,${options.says === undefined ? 'nowhere' : 'loop'}`,
        'audio_alert aubridge,nowhere',
        'ausrc_srate 8000',
        'auplay_srate 8000',
        'audio_channels 1-1',
        `snd_path ${folder}`,
        '',
      ].join('\n'),
    )
    writeFileSync(
      join(folder, 'accounts'),
      `<sip:${options.extension}@${options.registrar};transport=${options.tls ? 'tls' : 'udp'}>;auth_user=${options.extension};auth_pass=${options.password};answermode=${options.answer ?? 'auto'};regint=${options.registers === false ? 0 : 60}${options.encryption ? `;mediaenc=${options.encryption}` : ''};audio_codecs=${(options.laws ?? ['pcma', 'pcmu']).map(law => `${law.toUpperCase()}/8000/1`).join()};ptime=20\n`,
    )
    writeFileSync(join(folder, 'contacts'), '')
    const [command, parameters] = within?.begin ?? ['env', []]
    const all = [...parameters, 'baresip', '-f', folder]
    const child = spawn(command, all, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    const socket = await connect(control.address, control.port)
    const phone = new Baresip(child, folder, socket, sipPort)
    const keep = (bytes: Buffer) => (phone.#output = (phone.#output + bytes).slice(-20_000))
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    socket.on('data', () => undefined)
    socket.on('error', () => undefined)
    return phone
  }

  get output(): string {
    return this.#output
  }

  /** A command of baresip's menu: `hangup`, `hold`, `resume`, `accept`, `dial sip:…`. */
  command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: 't' })
    this.#control.write(`${text.length}:${text},`)
  }

  /** Waits until a second of what the phone hears is `hz`. baresip writes each call's sound to a file of its own. */
  async hears(hz: number, withinMs = 8000): Promise<void> {
    let best = 0
    for (const until = performance.now() + withinMs; performance.now() < until; await sleep(100)) {
      const heard = this.#heard().subarray(-8_000)
      best = heard.length < 4000 ? 0 : purity(heard, hz)
      if (best > 0.5) return
    }
    throw new Error(
      `the desk phone did not hear ${hz} Hz within ${withinMs} ms (purity ${best.toFixed(2)}):\n${this.#output.slice(-1500)}`,
    )
  }

  /** Level of `hz` in the last second it heard, 0 to 1. */
  levelOf(hz: number): number {
    return goertzel(this.#heard().subarray(-8_000), hz)
  }

  /** What was heard until now counts no more. */
  forget(): void {
    this.#forgotten = this.#heard().length
  }

  /** Of the call in hand, at most a second; baresip writes by the piece, so the newest tenth may be missing. */
  get lastSecond(): Int16Array {
    return this.#heard().subarray(this.#forgotten).subarray(-8_000)
  }

  #heard(): Int16Array {
    const dumps = readdirSync(this.#folder)
      .filter(name => name.startsWith('dump-') && name.endsWith('-dec.wav'))
      .sort()
    const newest = dumps.at(-1)
    if (newest === undefined) return new Int16Array(0)
    try {
      if (newest !== this.#file) this.#forgotten = 0 // another call
      this.#file = newest
      const file = readFileSync(join(this.#folder, newest))
      return new Int16Array(file.buffer.slice(file.byteOffset + 44, file.byteOffset + 44 + ((file.length - 44) & ~1)))
    } catch {
      return new Int16Array(0)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise(done => this.#process.once('exit', done))
    this.command('quit')
    const killed = setTimeout(() => this.#process.kill('SIGKILL'), 3000)
    if (this.#process.exitCode === null && this.#process.signalCode === null) await ended
    clearTimeout(killed)
    this.#control.destroy()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** 16-bit linear mono at 8 kHz: what aufile and Chromium's fake microphone read. */
export function linearWav(samples: Int16Array): Uint8Array {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + samples.byteLength, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(8000, 24)
  header.writeUInt32LE(16_000, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(samples.byteLength, 40)
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)])
}

async function connect(address: string, port: number): Promise<Socket> {
  for (let attempt = 0; ; attempt++) {
    const socket = createConnection(port, address)
    const open = await new Promise<boolean>(done => {
      socket.once('connect', () => done(true))
      socket.once('error', () => done(false))
    })
    if (open) return socket
    if (attempt === 100) throw new Error(`baresip's control port ${address}:${port} did not open`)
    await sleep(100)
  }
}
