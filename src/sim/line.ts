/** One end of the wire for simulated people: a user agent, its sockets and a patch bay, with timers that end with it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../lib/clock.ts'
import { asset } from '../lib/places.ts'
import { type Random, secretText } from '../lib/random.ts'
import { parseListenAddress, Sockets } from '../phone/sockets.ts'
import type { Bay, BayEvent } from '../rtp/bay.ts'
import { createBay } from '../rtp/create-bay.ts'
import { readWav } from '../rtp/wav.ts'
import type { UaEvent, UserAgentOptions } from '../sip/events.ts'
import { UserAgent } from '../sip/user-agent.ts'

export type LineOptions = {
  name: string
  /** `udp:127.0.0.2:5080`; port 0 asks the system. */
  listen: string[]
  mediaAddress: string
  mediaPorts: { from: number; to: number }
  random: Random
  registrar?: UserAgentOptions['registrar']
  admit?: UserAgentOptions['admit']
  /** What the people here say, by name; left out: `assets/voices`. */
  voices?: Record<string, Int16Array>
  onFault(error: unknown, doing: string): void
}

export type Line = AsyncDisposable & {
  readonly ua: UserAgent
  readonly bay: Bay
  /** Where we really listen, in the order of `listen`. */
  readonly bound: { address: string; port: number }[]
  now(): number
  after(ms: number, task: () => void): () => void
  flush(): void
  onEvent(listener: (event: UaEvent) => void): void
  onMedia(listener: (event: BayEvent) => void): void
}

export async function openLine(options: LineOptions): Promise<Line> {
  const listeners = new Set<(event: UaEvent) => void>()
  const timers = new Set<NodeJS.Timeout>()
  const sockets = await Sockets.open({
    listen: options.listen.map(parseListenAddress),
    advertise: null,
    clock: systemClock,
    isTrunk: flow => (options.admit?.(flow) ?? 'trusted') === 'trusted',
    onEvent: event => {
      for (const listener of listeners) listener(event)
    },
    onFault: options.onFault,
  })
  const bay = await createBay({
    address: options.mediaAddress,
    ports: options.mediaPorts,
    prompts: options.voices ?? loadVoices(),
    onFault: words => options.onFault(new Error(words), 'media'),
  })
  const ua = new UserAgent({
    name: options.name,
    endpoints: sockets.endpoints,
    secret: secretText,
    random: options.random,
    registrar: options.registrar,
    admit: options.admit,
  })
  sockets.attach(ua)
  return {
    ua,
    bay,
    bound: sockets.endpoints.map(endpoint => endpoint.bound),
    now: () => systemClock.monotonic(),
    after(ms, task) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        task()
      }, ms)
      timers.add(timer)
      return () => {
        clearTimeout(timer)
        timers.delete(timer)
      }
    },
    flush: () => sockets.settle(),
    onEvent: listener => void listeners.add(listener),
    onMedia: listener => bay.onEvent(listener),
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      sockets.settle()
      await bay[Symbol.asyncDispose]()
      await sockets[Symbol.asyncDispose]()
    },
  }
}

/** The voices of `assets/voices` by name, as samples at 8 kHz. */
export function loadVoices(folder = asset('assets/voices')): Record<string, Int16Array> {
  const voices: Record<string, Int16Array> = {}
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.wav')) voices[name.slice(0, -4)] = readWav(readFileSync(join(folder, name)))
  }
  return voices
}
