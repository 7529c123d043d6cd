/**
 * An agent who needs no person: signs in as a browser does, goes ready, and after each call writes down an outcome. Its voice and ears are a
 * `DeskPhone`; what it does on the desk goes over HTTP, like everyone's.
 */
import type { Random } from '../lib/random.ts'
import { draw, pickWeighted } from './distribution.ts'

/** What a robot sees of its desk; who runs it passes on what the floor says. */
export type DeskNews = { state: string; reason: string | null; call: string | null }

export type RobotOptions = {
  /** `http://127.0.0.1:8080` */
  url: string
  name: string
  password: string
  random: Random
  after(ms: number, task: () => void): () => void
  /** Outcomes it chooses from, by weight. */
  outcomes: { weight: number; code: string; note: string }[]
  onTrouble(words: string): void
}

const wrapMs = { mean: 5000, cv: 0.5, min: 1500, max: 12_000 }

export class RobotAgent {
  readonly #options: RobotOptions
  #cookie = ''

  constructor(options: RobotOptions) {
    this.#options = options
  }

  async signIn(): Promise<void> {
    const { name, password } = this.#options
    const response = await this.#send('POST', '/sign-in', { name, password })
    if (response.status !== 303) throw new Error(`${name} could not sign in: HTTP ${response.status}`)
    this.#cookie = response.headers
      .getSetCookie()
      .map(cookie => cookie.split(';', 1)[0])
      .join('; ')
    await this.#put('/agent/state', { state: 'signed_on' })
  }

  /** The floor changed this agent's state. */
  hear(news: DeskNews): void {
    const { random, after } = this.#options
    if (news.state === 'wrapping' && news.call !== null) {
      const { call } = news
      after(draw(wrapMs, random), () => this.#write(call))
    }
    // Whatever put it on break (sign-on, a phone that was not picked up), it goes on working.
    else if (news.state === 'break') after(500, () => this.ready())
  }

  ready(): void {
    void this.#put('/agent/state', { state: 'ready' })
  }

  #write(call: string): void {
    const { code, note } = pickWeighted(this.#options.outcomes, this.#options.random)
    void this.#send('POST', `/agent/calls/${call}/disposition`, { code, note, next: 'ready' }).catch(error =>
      this.#trouble(error),
    )
  }

  async #put(path: string, fields: Record<string, string>): Promise<void> {
    await this.#send('PUT', path, fields).catch(error => this.#trouble(error))
  }

  #trouble(error: unknown): void {
    this.#options.onTrouble(`${this.#options.name}: ${error instanceof Error ? error.message : String(error)}`)
  }

  #send(method: 'POST' | 'PUT', path: string, fields: Record<string, string>): Promise<Response> {
    return fetch(`${this.#options.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { cookie: this.#cookie, 'sec-fetch-site': 'same-origin', 'hx-request': 'true', accept: 'text/html' },
      body: new URLSearchParams(fields),
    })
  }
}
