/** A real browser: headless Chromium whose microphone is a tone, and ears that tell the frequency of what it plays. */
import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'
export const hasChromium = existsSync(executablePath)

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--allow-loopback-in-peer-connection',
]

export type Microphone = { hz: number } | 'none' | 'denied'

export class Chromium {
  readonly #browser: Browser
  readonly #folder: string

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser
    this.#folder = folder
  }

  static async launch(microphone: Microphone, more: string[] = []): Promise<Chromium> {
    const folder = await mkdtemp(join(tmpdir(), 'switchroom-chromium-'))
    const args = [...quiet, ...more, ...microphoneArgs(microphone, join(folder, 'tone.wav'))]
    return new Chromium(await chromium.launch({ executablePath, args }), folder)
  }

  /** A fresh page whose peer connections are kept in `peers` for `heardHz`. */
  async page(): Promise<Page> {
    const context = await this.#browser.newContext({ ignoreHTTPSErrors: true })
    const page = await context.newPage()
    await page.addInitScript(keepPeers)
    return page
  }

  /** As when the machine dies under it: nothing of it gets to say good-bye. */
  async kill(): Promise<void> {
    const session = await this.#browser.newBrowserCDPSession()
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    const gone = new Promise(resolve => this.#browser.once('disconnected', resolve))
    for (const { type, id } of processInfo) if (type === 'browser') process.kill(id, 'SIGKILL')
    await gone
    await rm(this.#folder, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

function microphoneArgs(microphone: Microphone, file: string): string[] {
  if (microphone === 'none') return ['--use-fake-ui-for-media-stream']
  if (microphone === 'denied') return ['--use-fake-ui-for-media-stream=deny', '--use-fake-device-for-media-stream']
  writeFileSync(file, toneWav(microphone.hz))
  return [
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${file}`,
  ]
}

/** Two seconds of a sine at 48 kHz, mono, 16 bits: what Chromium's fake microphone loops. */
function toneWav(hz: number): Buffer {
  const rate = 48_000
  const samples = rate * 2
  const wav = Buffer.alloc(44 + samples * 2)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(36 + samples * 2, 4)
  wav.write('WAVEfmt ', 8)
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(rate, 24)
  wav.writeUInt32LE(rate * 2, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36)
  wav.writeUInt32LE(samples * 2, 40)
  for (let at = 0; at < samples; at++) {
    wav.writeInt16LE(Math.round(9000 * Math.sin((2 * Math.PI * hz * at) / rate)), 44 + at * 2)
  }
  return wav
}

/** What runs in the page is text: the types here are node's. This runs before the page's own scripts. */
export const keepPeers = `
  window.peers = []
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(configuration) {
      super(configuration)
      window.peers.push(this)
    }
  }`

/** In the page: the newest connection that is one. A later one may be an attempt that failed or is under way. */
export const playing = "window.peers.findLast(peer => peer.connectionState === 'connected')"

const listen = `(async () => {
  const track = ${playing}?.getReceivers()[0]?.track
  if (!track) return null
  const context = new AudioContext()
  try {
    const analyser = context.createAnalyser()
    analyser.fftSize = 8192
    analyser.smoothingTimeConstant = 0
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
    await new Promise(done => setTimeout(done, 500))
    const levels = new Float32Array(analyser.frequencyBinCount)
    analyser.getFloatFrequencyData(levels)
    const loudest = levels.reduce((best, level, at) => (level > levels[best] ? at : best), 0)
    return levels[loudest] > -70 ? (loudest * context.sampleRate) / analyser.fftSize : null
  } finally {
    await context.close()
  }
})()`

/** The loudest frequency that the newest connection plays, over half a second; null when it plays nothing. */
export async function heardHz(page: Page): Promise<number | null> {
  return await page.evaluate<number | null>(listen)
}

/** Waits until the page plays `hz`; rejects with what it plays instead. */
export async function playsHz(page: Page, hz: number, withinMs = 10_000): Promise<void> {
  let heard: number | null = null
  for (const until = performance.now() + withinMs; performance.now() < until; ) {
    heard = await heardHz(page)
    if (heard !== null && Math.abs(heard - hz) < 12) return
  }
  throw new Error(`the browser was to play ${hz} Hz and plays ${heard === null ? 'nothing' : `${heard.toFixed(0)} Hz`}`)
}

/** Runs in the page: which of these frequencies the newest connection plays above −55 dB. */
export function tonesHeard(hz: number[]): string {
  return `(async () => {
    const track = ${playing}?.getReceivers()[0]?.track
    if (!track) return ''
    const context = new AudioContext()
    try {
      const analyser = context.createAnalyser()
      analyser.fftSize = 8192
      analyser.smoothingTimeConstant = 0
      context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
      await new Promise(done => setTimeout(done, 500))
      const levels = new Float32Array(analyser.frequencyBinCount)
      analyser.getFloatFrequencyData(levels)
      const level = hz => {
        const bin = Math.round((hz * analyser.fftSize) / context.sampleRate)
        return Math.max(...levels.subarray(bin - 2, bin + 3))
      }
      return ${JSON.stringify(hz)}.filter(hz => level(hz) > -45).join()
    } finally {
      await context.close()
    }
  })()`
}
