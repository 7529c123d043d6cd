/**
 * A whole call centre on its own loopback address and ports, with people, a trunk and campaigns, for tests with real peers. Named people:
 * alice, bob (agents), adam (admin), sam (supervisor), olga (auditor).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from '../centre/call-state.ts'
import type { Campaign, Lead, Queue, Role, StationKind, Trunk, User } from '../centre/entities.ts'
import type { Fact } from '../centre/facts.ts'
import type { RecordFact } from '../centre/records/record-facts.ts'
import { type Config, parseConfig } from '../config.ts'
import { type House, openHouse } from '../house.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { CampaignId, ImportId, LeadId, QueueId, TrunkId, UserId } from '../lib/ids.ts'
import { createLogger, type Logger } from '../lib/log.ts'
import { seededRandom } from '../lib/random.ts'
import type { Identity } from '../phone/connections.ts'
import type { Dns } from '../phone/locate.ts'
import type { Asking } from '../phone/trunk-lines.ts'
import { keep } from '../records/door.ts'
import { hashPassword } from '../records/people/password.ts'
import { serve } from '../serve.ts'
import type { SecretWrite } from '../store/port.ts'
import { freePort } from './ports.ts'

/** Everyone's SIP password in these tests. */
export const sipPassword = 'phone-secret-of-a-test'

/** Everyone's password at the pages. */
export const signInPassword = 'correct horse battery'

/**
 * For what is to come about at all, on a machine whose cores are full of other tests: how soon a thing has to be there is held where that is
 * promised, by its own measure.
 */
const patienceMs = 20_000

export class World {
  readonly house: House
  readonly config: Config
  readonly address: string
  readonly sipPort: number
  readonly folder: string
  /** Of the pages, when the world was opened with them. */
  readonly url: string
  /** Every fact of the floor since the world opened, in order. */
  readonly facts: Fact[] = []

  readonly #owner: AsyncDisposable
  readonly #times = new WeakMap<Fact, number>()

  private constructor(
    owner: AsyncDisposable,
    house: House,
    config: Config,
    sipPort: number,
    folder: string,
    url: string,
  ) {
    this.#owner = owner
    this.house = house
    this.url = url
    this.config = config
    this.address = config.sip.listen[0]!.host
    this.sipPort = sipPort
    this.folder = folder
    house.engine.subscribe(({ fact, at }) => {
      this.facts.push(fact)
      this.#times.set(fact, at)
    })
  }

  /** `folder`: an earlier world's, to start again on its data. */
  static async open(
    options: {
      address?: string
      folder?: string
      mediaPorts?: string
      web?: 'http' | 'https'
      clock?: Clock
      log?: Logger
      /** Listens for TLS too, at `sipTlsPort`, with this certificate. */
      identity?: Identity
      dns?: Dns
      /** Listens for UDP at ::1 too, at the same port. */
      ipv6?: boolean
      /** When trunks are asked by OPTIONS; left out: not in the first ten minutes, since one takes up a call of a sipp that plays so many. */
      asking?: Asking
    } = {},
  ): Promise<World> {
    const address = options.address ?? '127.0.0.1'
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'switchroom-world-'))
    const sipPort = await freePort(address)
    const mediaPorts = options.mediaPorts ?? '42000-44999'
    const tls = options.web === 'https' ? 'auto' : 'off'
    const sipTlsPort = options.identity === undefined ? undefined : await freePort(address)
    const config = worldConfig({ address, folder, sipPort, sipTlsPort, ipv6: options.ipv6 ?? false, mediaPorts, tls })
    const log = options.log ?? createLogger(process.env['TEST_LOG'] ?? 'silent')
    const clock = options.clock ?? systemClock
    const { asking = { firstMs: { from: 600_000, to: 600_000 }, everyMs: 30_000 } } = options
    if (options.web !== undefined) {
      const running = await serve(config, log, clock, undefined, { asking })
      return new World(running, running.house, config, sipPort, folder, running.urls[0]!)
    }
    const version = '0.0.0-test'
    const identity = () => options.identity ?? null
    const house = await openHouse({
      config,
      clock,
      random: seededRandom(7),
      log,
      version,
      identity,
      asking,
      ...(options.dns ? { dns: options.dns } : {}),
    })
    return new World(house, house, config, sipPort, folder, '')
  }

  get sipTlsPort(): number {
    return this.config.sip.listen.find(({ transport }) => transport === 'tls')?.port ?? 0
  }

  async keep(facts: RecordFact[], secrets: SecretWrite[] = []): Promise<void> {
    await keep(this.house.door, 'system', facts, secrets)
    await sleep(20) // the floor and the telephone hear of it right after
  }

  agent(name: string, station: StationKind, extension: string | null = null): Promise<UserId> {
    return this.person(name, 'agent', station, extension)
  }

  /** Signs in with `signInPassword`. */
  async person(
    name: string,
    role: Role,
    station: StationKind = 'browser',
    extension: string | null = null,
  ): Promise<UserId> {
    const id = `u_${name}` as UserId
    const user: User = {
      id,
      name,
      displayName: name,
      role,
      extension,
      station,
      skills: [],
      numbersMasked: true,
      language: 'en',
      enabled: true,
    }
    const secrets: SecretWrite[] = []
    if (extension !== null) secrets.push({ owner: id, kind: 'sip-password', value: sipPassword })
    if (this.url !== '') secrets.push({ owner: id, kind: 'password', value: await hashPassword(signInPassword, 10) })
    await this.keep([{ type: 'user.saved', user }], secrets)
    return id
  }

  async trunk(
    at: { address: string; port: number },
    more: Partial<Trunk> = {},
    password: string | null = null,
  ): Promise<TrunkId> {
    const id = (more.id ?? 't_carrier') as TrunkId
    const trunk: Trunk = {
      id,
      name: id,
      host: at.address,
      port: at.port,
      transport: 'udp',
      register: false,
      username: null,
      callerIds: ['+861088880000'],
      maxCalls: 100,
      callsPerSecond: 50,
      codecs: ['pcma', 'pcmu'],
      enabled: true,
      ...more,
    }
    await this.keep(
      [{ type: 'trunk.saved', trunk }],
      password === null ? [] : [{ owner: id, kind: 'trunk-password', value: password }],
    )
    if (password !== null) await this.keep([{ type: 'trunk.passwordSet', trunk: id }])
    return id
  }

  async campaign(more: Partial<Campaign> & { trunks: TrunkId[]; agents: UserId[] }): Promise<CampaignId> {
    const id = (more.id ?? 'k_test') as CampaignId
    const campaign: Campaign = {
      id,
      name: id,
      business: 'collections',
      mode: 'progressive',
      state: 'running',
      policy: 'LAB-ANY-HOUR',
      ringMs: 30_000,
      wrapMs: 15_000,
      previewMs: 30_000,
      abandonRateMax: 0.03,
      retries: [],
      dispositions: [
        { code: 'promise', words: { 'zh-CN': '承诺还款', en: 'Promise to pay' }, followUp: 'done' },
        { code: 'later', words: { 'zh-CN': '改日再联系', en: 'Call again' }, followUp: 'callback' },
        { code: 'dnc', words: { 'zh-CN': '谢绝来电', en: 'Do not call' }, followUp: 'dnc' },
      ],
      ...more,
    }
    await this.keep([{ type: 'campaign.saved', campaign }])
    return id
  }

  async leads(campaign: CampaignId, numbers: string[]): Promise<LeadId[]> {
    const leads: Lead[] = numbers.map((number, at) => ({
      id: `l_${campaign}_${at}` as LeadId,
      campaign,
      ref: `REF-${at}`,
      name: `Carl ${at}`,
      phones: [{ number, relation: 'SELF' }],
      fields: {},
    }))
    await this.keep([{ type: 'leads.added', campaign, import: `i_${campaign}` as ImportId, leads }])
    return leads.map(lead => lead.id)
  }

  async queue(members: UserId[], number: string, more: Partial<Queue> = {}): Promise<QueueId> {
    const queue: Queue = {
      id: 'q_service' as QueueId,
      name: 'service',
      strategy: 'longest-idle',
      members,
      maxWaitMs: 360_000,
      serviceLevelMs: 20_000,
      callbackAfterMs: 0,
      ...more,
    }
    await this.keep([
      { type: 'queue.saved', queue },
      { type: 'number.saved', number: { id: 'n_service' as never, number, target: { queue: queue.id } } },
    ])
    return queue.id
  }

  /** Waits until `find` answers something. Rejects with the last facts after `withinMs`. */
  async until<T>(
    what: string,
    find: () => Promise<T | null | undefined | false> | T | null | undefined | false,
    withinMs = patienceMs,
  ): Promise<T> {
    for (const end = performance.now() + withinMs; performance.now() < end; await sleep(10)) {
      const found = await find()
      if (found) return found
    }
    const last = this.facts.slice(-25).map(fact => JSON.stringify(fact).slice(0, 200))
    throw new Error(`waited ${withinMs} ms for: ${what}\nlast facts:\n  ${last.join('\n  ')}`)
  }

  /** The first fact of that type after `from` for which `where` holds. */
  fact<Type extends Fact['type']>(
    type: Type,
    where: (fact: Extract<Fact, { type: Type }>) => boolean = () => true,
    withinMs = patienceMs,
  ): Promise<Extract<Fact, { type: Type }>> {
    return this.until(
      type,
      () =>
        this.facts.find(
          (fact): fact is Extract<Fact, { type: Type }> =>
            fact.type === type && where(fact as Extract<Fact, { type: Type }>),
        ),
      withinMs,
    )
  }

  /** When it was decided, Unix ms. */
  timeOf(fact: Fact): number {
    return this.#times.get(fact) ?? Number.NaN
  }

  call(id: string): Call | undefined {
    return [...this.house.engine.state.calls.values()].find(call => call.id === id)
  }

  recordingFile(path: string): string {
    return join(this.folder, 'recordings', path)
  }

  /** Closes the house and keeps its data folder. */
  async close(): Promise<void> {
    await this.#owner[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export function worldConfig(at: {
  address: string
  folder: string
  sipPort: number
  sipTlsPort?: number | undefined
  ipv6?: boolean
  mediaPorts: string
  httpPort?: number
  tls?: 'auto' | 'off'
}): Config {
  return parseConfig({
    file: join(at.folder, 'switchroom.toml'),
    text: [
      `data_dir = "${at.folder}"`,
      'lab = true',
      '[http]',
      `listen = "${at.address}:${at.httpPort ?? 0}"`,
      `tls = "${at.tls ?? 'off'}"`,
      '[sip]',
      `listen = [${['udp', 'tcp'].map(one => `"${one}:${at.address}:${at.sipPort}"`).join(', ')}${at.sipTlsPort === undefined ? '' : `, "tls:${at.address}:${at.sipTlsPort}"`}${at.ipv6 ? `, "udp:[::1]:${at.sipPort}"` : ''}]`,
      '[media]',
      `address = "${at.address}"`,
      `ports = "${at.mediaPorts}"`,
      'workers = 1',
    ].join('\n'),
    env: {},
  })
}
