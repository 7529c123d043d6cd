/**
 * A real Firefox, headless, whose microphone is Firefox's own fake one (a tone). Driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi),
 * which it speaks by itself.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keepPeers, playing } from './chromium.ts'

const executablePath = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync)
export const hasFirefox = executablePath !== undefined

const startMsMax = 60_000
/** Its first answer, to `session.new`, comes when it has started, beside other browsers. */
const answerMsMax = 60_000

/**
 * The frequency that the newest connection plays, by its zero crossings; null when it plays nothing. Recorded and decoded: on a machine without
 * a sound card Firefox does not let an audio context run.
 */
const listen = `(async () => {
  const track = ${playing}?.getReceivers()[0]?.track
  if (!track) return null
  const recorder = new MediaRecorder(new MediaStream([track]))
  const parts = []
  recorder.ondataavailable = event => parts.push(event.data)
  const stopped = new Promise(done => (recorder.onstop = done))
  recorder.start()
  await new Promise(done => setTimeout(done, 900))
  recorder.stop()
  await stopped
  const bytes = await new Blob(parts).arrayBuffer()
  const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes).catch(() => null)
  if (!sound || sound.duration < 0.3) return null
  const samples = sound.getChannelData(0).slice(-Math.floor(sound.sampleRate * 0.3))
  if (samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) < 0.01) return null
  let crossings = 0
  for (let n = 1; n < samples.length; n++) if (samples[n - 1] < 0 && samples[n] >= 0) crossings++
  return (crossings * sound.sampleRate) / samples.length
})()`

type Waiting = { resolve(result: unknown): void; reject(error: Error): void }

export class Firefox {
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, Waiting>()
  #next = 1
  #context = ''

  private constructor(process: ChildProcess, folder: string, socket: WebSocket) {
    this.#process = process
    this.#folder = folder
    this.#socket = socket
    socket.addEventListener('message', event => this.#hear(String(event.data)))
    socket.addEventListener('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Firefox is gone'))
      this.#waiting.clear()
    })
  }

  /** Its microphone says `hz`. */
  static async launch(hz: number): Promise<Firefox> {
    const folder = await mkdtemp(join(tmpdir(), 'switchroom-firefox-'))
    writeFileSync(join(folder, 'user.js'), preferences(hz))
    const child = spawn(
      executablePath!,
      ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port', '0'],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: folder, MOZ_HEADLESS: '1' } },
    )
    const url = await listeningAt(child)
    const socket = new WebSocket(`${url}/session`)
    await new Promise((done, failed) => {
      socket.addEventListener('open', done, { once: true })
      socket.addEventListener('error', () => failed(new Error('Firefox does not speak BiDi')), { once: true })
    })
    const firefox = new Firefox(child, folder, socket)
    await firefox.#ask('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } })
    const { contexts } = (await firefox.#ask('browsingContext.getTree', {})) as { contexts: { context: string }[] }
    firefox.#context = contexts[0]!.context
    await firefox.#ask('script.addPreloadScript', { functionDeclaration: `() => {${keepPeers}}` })
    return firefox
  }

  async goto(url: string): Promise<void> {
    await this.#ask('browsingContext.navigate', { context: this.#context, url, wait: 'complete' })
  }

  async reload(): Promise<void> {
    await this.#ask('browsingContext.reload', { context: this.#context, wait: 'complete' })
  }

  /** What the expression comes to in the page, through JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = (await this.#ask('script.evaluate', {
      expression: `(async () => JSON.stringify(await (${expression})) ?? 'null')()`,
      target: { context: this.#context },
      awaitPromise: true,
      userActivation: true,
    })) as { type: string; result?: { value: string }; exceptionDetails?: { text: string } }
    if (answer.type !== 'success') throw new Error(answer.exceptionDetails?.text ?? 'a page threw')
    return JSON.parse(answer.result!.value) as T
  }

  async until(expression: string, withinMs = 15_000): Promise<void> {
    for (const end = performance.now() + withinMs; performance.now() < end; await sleep(50))
      if (await this.evaluate<boolean>(`Boolean(${expression})`)) return
    throw new Error(`in ${withinMs} ms it did not come about that ${expression}`)
  }

  /** Waits until the page plays `hz`; rejects with what it plays instead. */
  async playsHz(hz: number, withinMs = 10_000): Promise<void> {
    let heard: number | null = null
    for (const until = performance.now() + withinMs; performance.now() < until; ) {
      heard = await this.evaluate<number | null>(listen)
      if (heard !== null && Math.abs(heard - hz) < 12) return
    }
    throw new Error(`Firefox was to play ${hz} Hz and plays ${heard === null ? 'nothing' : `${heard.toFixed(0)} Hz`}`)
  }

  #ask(method: string, params: object): Promise<unknown> {
    const id = this.#next++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        reject(new Error(`Firefox did not answer ${method} in ${answerMsMax} ms`))
      }, answerMsMax)
      const settle =
        <T>(done: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer)
          done(value)
        }
      this.#waiting.set(id, { resolve: settle(resolve), reject: settle(reject) })
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }

  #hear(text: string): void {
    const message = JSON.parse(text) as { id?: number; result?: unknown; error?: string; message?: string }
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id)
    if (waiting === undefined) return
    this.#waiting.delete(message.id!)
    if (message.error === undefined) waiting.resolve(message.result)
    else waiting.reject(new Error(`${message.error}: ${message.message}`))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = new Promise(done => this.#process.once('exit', done))
    await this.#ask('browser.close', {}).catch(() => undefined)
    const killed = setTimeout(() => this.#process.kill('SIGKILL'), 5000)
    if (this.#process.exitCode === null && this.#process.signalCode === null) await gone
    clearTimeout(killed)
    this.#socket.close()
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** `WebDriver BiDi listening on ws://127.0.0.1:12345`, which Firefox says on its standard error. */
function listeningAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const timer = setTimeout(() => reject(new Error(`Firefox did not start:\n${said.slice(-2000)}`)), startMsMax)
    child.stderr!.on('data', bytes => {
      said = (said + bytes).slice(-20_000)
      const url = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(said)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    })
    child.once('exit', code => {
      clearTimeout(timer)
      reject(new Error(`Firefox ended (${code}):\n${said.slice(-2000)}`))
    })
  })
}

function preferences(hz: number): string {
  const values: Record<string, boolean | number | string> = {
    'media.navigator.streams.fake': true,
    'media.navigator.audio.fake_frequency': hz,
    'media.navigator.permission.disabled': true,
    'media.autoplay.default': 0,
    'media.autoplay.block-webaudio': false,
    'media.autoplay.blocking_policy': 0,
    'media.peerconnection.ice.loopback': true,
    'media.getusermedia.insecure.enabled': false,
    'media.peerconnection.ice.obfuscate_host_addresses': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'toolkit.telemetry.enabled': false,
    'app.update.enabled': false,
    'app.normandy.enabled': false,
    'browser.safebrowsing.malware.enabled': false,
    'browser.safebrowsing.phishing.enabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'extensions.update.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'browser.aboutwelcome.enabled': false,
    'remote.prefs.recommended': true,
    // The fake microphone is turned down to nothing by the processing of real ones.
    'media.getusermedia.audio.processing.platform.enabled': false,
  }
  return Object.entries(values)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`)
    .join('\n')
}
