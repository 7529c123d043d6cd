/**
 * A world with who plays in it: desk phones, browsers, far ends, people at their pages. Everybody who was opened leaves again in the opposite
 * order when the stage is closed, also when only some came.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { Role, StationKind } from '../centre/entities.ts'
import type { Input } from '../centre/inputs.ts'
import type { UserId } from '../lib/ids.ts'
import type { MediaCodec } from '../rtp/bay.ts'
import { goertzel } from '../rtp/tone.ts'
import { DtlsContext } from '../webrtc/dtls.ts'
import { createDtlsIdentity } from '../webrtc/identity.ts'
import { Baresip } from './baresip.ts'
import { Chromium } from './chromium.ts'
import { RtpPeer } from './rtp-peer.ts'
import { Sipp } from './sipp.ts'
import { SoftBrowser } from './soft-browser.ts'
import { signInPassword, sipPassword, World } from './world.ts'

/** Where the phones of a stage are: 127.0.0.1, since baresip binds its RTP to every address. */
const phonesAt = '127.0.0.1'
/** What dials our own number `+861088880000`. */
export const ownNumber = '+861088880000'
export const callerNumber = '+8613900000009'
/** Chromium takes a steady tone for noise and sends a tenth of it; music has a little of every tone. */
const toneMin = 0.012
/** In samples. */
const quarterSecond = 2_000
/** Between this and `toneMin` a tone is doubtful: neither there nor away. */
const toneDoubtful = 0.005

type Heard = { lastSecond: Int16Array; forget(): void }
type Play = Parameters<typeof Sipp.caller>[0]['acts']

export class Stage {
  readonly world: World
  readonly #cast = new AsyncDisposableStack()

  private constructor(world: World) {
    this.world = world
    this.#cast.use(world)
  }

  static async open(options: Parameters<typeof World.open>[0] = {}): Promise<Stage> {
    return new Stage(await World.open(options))
  }

  /** Closes it with the stage. */
  keep<One extends AsyncDisposable>(one: One): One {
    return this.#cast.use(one)
  }

  /** Waits until so many phones are registered. linphone tries half a minute later again when its first registration came to nothing. */
  registered(phones: number): Promise<unknown> {
    return this.world.until(
      `${phones} phones are registered`,
      async () => (await this.#registered()) === phones,
      75_000,
    )
  }

  /** A far end that says `hz`; its signalling is sipp's. */
  async voice(address: string, hz: number, law?: MediaCodec): Promise<RtpPeer> {
    return this.#cast.use(await RtpPeer.open(address, hz, law))
  }

  /** A person at a desk phone (baresip) that says `hz`; resolves when the phone is registered. */
  async deskPhone(options: {
    name: string
    extension: string
    hz: number
    role?: Role
    station?: StationKind
    answer?: 'auto' | 'manual'
    laws?: MediaCodec[]
  }): Promise<{ id: UserId; phone: Baresip }> {
    const { name, role = 'agent', station = 'phone-nailed', ...account } = options
    const id = await this.world.person(name, role, station, account.extension)
    const before = await this.#registered()
    const registrar = `${phonesAt}:${this.world.sipPort}`
    const phone = this.#cast.use(
      await Baresip.phone({ ...account, address: phonesAt, password: sipPassword, registrar }),
    )
    await this.world.until(`${name}’s phone is registered`, async () => (await this.#registered()) > before)
    return { id, phone }
  }

  /** A person in a soft browser that says `hz` and whose audio is up. */
  async softBrowser(options: { name: string; hz: number; role?: Role }): Promise<{ id: UserId; browser: SoftBrowser }> {
    const id = await this.world.person(options.name, options.role ?? 'agent')
    const identity = await createDtlsIdentity(Date.now())
    const browser = await SoftBrowser.open(new DtlsContext(identity), identity.fingerprint, '127.0.0.1')
    this.#cast.defer(() => browser[Symbol.dispose]())
    const { sdp } = await this.world.house.telephone.stations.answer(id, browser.offer)
    await browser.connect(sdp)
    browser.say(options.hz)
    await this.isUp(id)
    return { id, browser }
  }

  /** A Chromium whose microphone says `hz`, at the page to which signing in as `name` leads. */
  async page(options: { name: string; hz: number }): Promise<Page> {
    const page = await this.#cast.use(await Chromium.launch({ hz: options.hz })).page()
    await this.signIn(page, options.name)
    return page
  }

  async signIn(page: Page, name: string): Promise<void> {
    await page.goto(`${this.world.url}/sign-in`)
    await page.fill('input[name=name]', name)
    await page.fill('input[name=password]', signInPassword)
    await page.press('input[name=password]', 'Enter')
    await page.waitForURL(url => !url.pathname.startsWith('/sign-in'))
  }

  /** Somebody dials our number from `address`, which must be a trunk's. */
  async caller(address: string, media: RtpPeer, acts: Play = [{ do: 'expectBye' }]): Promise<Sipp> {
    const target = `127.0.0.1:${this.world.sipPort}`
    return this.#cast.use(await Sipp.caller({ address, media, number: ownNumber, from: callerNumber, target, acts }))
  }

  /** A carrier that answers one call as `acts` say. */
  async carrier(address: string, media: Parameters<typeof Sipp.carrier>[0]['media'], acts: Play): Promise<Sipp> {
    return this.#cast.use(await Sipp.carrier({ address, media, acts }))
  }

  /** What the floor must grant. */
  async does(user: UserId, input: Input): Promise<void> {
    const outcome = await this.world.house.engine.dispatch(input, `user:${user}`)
    assert.ok(outcome.ok, `${input.type}: ${JSON.stringify(outcome)}`)
  }

  /** Signed on and heard; a browser's audio is up before, a nailed phone's is rung for it. */
  async signOn(agent: UserId): Promise<void> {
    await this.does(agent, { type: 'agent.signOn', agent })
    await this.isUp(agent)
  }

  isUp(agent: UserId): Promise<unknown> {
    return this.world.until(`${agent} is heard`, () => this.world.house.engine.state.agents.get(agent)?.stationLeg)
  }

  ready(agent: UserId): Promise<void> {
    return this.does(agent, { type: 'agent.ready', agent })
  }

  /** Waits until the last second of what `who` hears holds the tones `hz` and no other of `among`. */
  hears(who: Heard, name: string, hz: number[], among: number[]): Promise<unknown> {
    who.forget()
    return this.world.until(`${name} hears ${hz}`, async () => {
      await sleep(100)
      return who.lastSecond.length >= 7_200 && tonesIn(who.lastSecond, among) === hz.join()
    })
  }

  async #registered(): Promise<number> {
    return (await this.world.house.telephone.figures())['sip_bindings'] ?? 0
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cast.disposeAsync()
  }
}

/** Which of `among` sound, as `440,1000`; one of which that is doubtful says `perhaps`. */
export function tonesIn(samples: Int16Array, among: number[]): string {
  return tonesAt(among.map(hz => ({ hz, level: goertzel(samples, hz) })))
}

/**
 * The same of a long stretch of a recording, by its quarters of a second: a browser on a busy machine leaves gaps, its tone goes on at another phase
 * after each, and over the whole stretch the one would cancel the other out. What is doubtful by their mean and clear in one of them sounds.
 */
export function tonesThroughout(samples: Int16Array, among: number[]): string {
  return tonesAt(
    among.map(hz => {
      const level = levelThroughout(samples, hz)
      return { hz, level: level > toneDoubtful ? Math.max(...quartersOf(samples, hz)) : level }
    }),
  )
}

/** The mean of the quarters of a second, 0..1 of full scale. */
export function levelThroughout(samples: Int16Array, hz: number): number {
  const quarters = quartersOf(samples, hz)
  return quarters.reduce((sum, level) => sum + level, 0) / quarters.length
}

/** Of each quarter of a second the level of a tone, 0..1 of full scale. */
export function quartersOf(samples: Int16Array, hz: number): number[] {
  const count = Math.max(1, Math.floor(samples.length / quarterSecond))
  return Array.from({ length: count }, (_, at) =>
    goertzel(samples.subarray(at * quarterSecond, (at + 1) * quarterSecond), hz),
  )
}

function tonesAt(levels: { hz: number; level: number }[]): string {
  return levels
    .flatMap(({ hz, level }) => (level > toneMin ? [`${hz}`] : level > toneDoubtful ? [`perhaps ${hz}`] : []))
    .join()
}
