/**
 * The one configuration: a TOML file, each key of which `SWITCHROOM_…` in upper snake case overrides (`http.listen` is
 * `SWITCHROOM_HTTP_LISTEN`), checked whole before anything starts, and frozen. All else the centre needs is data, edited on admin pages.
 */
import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { z } from 'zod'
import { nearest } from './lib/nearest.ts'
import { isCheckout, projectFolder } from './lib/places.ts'

export type HostPort = { readonly host: string; readonly port: number }
export type SipListen = HostPort & { readonly transport: 'udp' | 'tcp' | 'tls' }

export type Config = {
  /** The file it was read from; null when there was none and the defaults hold. */
  readonly file: string | null
  /** Database, recordings and certificates; absolute. */
  readonly dataDir: string
  /** A laboratory or demonstration: allows the any-hour test policy, and every page says so. */
  readonly lab: boolean
  readonly http: {
    readonly listen: HostPort
    /** `auto`: a certificate from our own CA, made at the first start; `off`: plain HTTP, for loopback or behind a proxy. */
    readonly tls: 'auto' | 'files' | 'off'
    readonly cert: string | null
    readonly key: string | null
  }
  readonly sip: {
    readonly listen: readonly SipListen[]
    /** The host we name in Contact and Via; null: the address of the interface that the peer is reached by. */
    readonly advertise: string | null
    /** PEM files of the certificate shown at a `tls:` address; null: the one that browsers see. */
    readonly cert: string | null
    readonly key: string | null
  }
  readonly media: {
    /** The IP address we bind RTP to and name in SDP; null: as for `sip.advertise`. */
    readonly address: string | null
    /** Both ends included. */
    readonly ports: { readonly from: number; readonly to: number }
    readonly workers: number
  }
  /** SIP messages of calls, masked: kept so many days (0: not at all), and of each day at most so much. */
  readonly ladder: { readonly days: number; readonly bytesPerDay: number }
  readonly log: { readonly level: LogLevel }
  /** The key that trunk and desk-phone passwords are encrypted with; made at the first start, kept apart from backups. */
  readonly secrets: { readonly keyFile: string }
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export const defaultConfigFile = '/etc/switchroom/switchroom.toml'

/** Wrong configuration: the program ends with exit code 2 and these words. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  /** The file, or `environment`. */
  readonly file: string
  readonly key: string | null
  constructor(at: { file: string; key: string | null; found?: string; allowed: string; hint?: string }) {
    const lines = [
      `${at.file}: ${at.key ?? 'the file itself'} is not right`,
      ...(at.found === undefined ? [] : [`  found:   ${at.found}`]),
      `  allowed: ${at.allowed}`,
      ...(at.hint === undefined ? [] : [`  ${at.hint}`]),
    ]
    super(lines.join('\n'))
    this.file = at.file
    this.key = at.key
  }
}

/** `--config FILE` or null; a named file must exist, the default one need not. Throws ConfigError. */
export function loadConfig(named: string | null, env: NodeJS.ProcessEnv = process.env): Config {
  const file = named === null ? (existsSync(defaultConfigFile) ? defaultConfigFile : null) : resolve(named)
  return parseConfig({ file, text: file === null ? '' : readText(file), env })
}

/** The same without the disk, for tests. `file` is only named in errors and anchors relative paths. */
export function parseConfig(source: { file: string | null; text: string; env: NodeJS.ProcessEnv }): Config {
  const file = source.file ?? 'built-in defaults'
  const found = new Map<string, Found>()
  flatten(parseToml(source.text, file), '', file, found)
  readEnvironment(source.env, found)

  const values = Object.fromEntries(
    Object.entries(keys).map(([key, rule]) => [key, checked(key, rule, found)]),
  ) as Values
  const base = source.file === null ? process.cwd() : dirname(source.file)
  const path = (text: string) => resolve(base, text)
  const dataDir = values.data_dir === null ? defaultDataDir(source.file) : path(values.data_dir)
  const config: Config = {
    file: source.file,
    dataDir,
    lab: values.lab,
    http: {
      listen: values['http.listen'],
      tls: values['http.tls'],
      cert: values['http.cert'] && path(values['http.cert']),
      key: values['http.key'] && path(values['http.key']),
    },
    sip: {
      listen: values['sip.listen'],
      advertise: values['sip.advertise'],
      cert: values['sip.cert'] && path(values['sip.cert']),
      key: values['sip.key'] && path(values['sip.key']),
    },
    media: { address: values['media.address'], ports: values['media.ports'], workers: values['media.workers'] },
    ladder: { days: values['ladder.days'], bytesPerDay: values['ladder.mb_per_day'] * 1e6 },
    log: { level: values['log.level'] },
    secrets: { keyFile: values['secrets.key_file'] ? path(values['secrets.key_file']) : join(dataDir, 'secrets.key') },
  }
  checkAcrossKeys(config, file)
  return deepFreeze(config)
}

/** What lies in the data folder, for everyone who opens it: the service, `backup`, `check`, `user`. */
export function dataFiles(config: Config) {
  return {
    database: join(config.dataDir, 'switchroom.db'),
    /** Whether the clock was believed when the house last ran. */
    clock: join(config.dataDir, 'clock.json'),
    recordings: join(config.dataDir, 'recordings'),
    exports: join(config.dataDir, 'exports'),
    /** Files that are read into the records, a folder each. */
    imports: join(config.dataDir, 'imports'),
    /** Tables of the records that were written out, sealed. */
    tables: join(config.dataDir, 'tables'),
    /** SIP messages of the last days, a file each. */
    ladder: join(config.dataDir, 'ladder'),
    /** Our own certificate authority and the certificate it gave. */
    tls: join(config.dataDir, 'tls'),
    prompts: join(config.dataDir, 'prompts'),
    /** Recordings of what networks announce. */
    announcements: join(config.dataDir, 'announcements'),
  }
}

const hostPort = z.string().transform((text, context): HostPort => {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  if (host !== undefined && Number(match![3]) <= 65535) return { host, port: Number(match![3]) }
  context.addIssue('not ADDRESS:PORT')
  return z.NEVER
})

const sipListen = z.string().transform((text, context): SipListen => {
  const [, transport, rest] = /^(udp|tcp|tls):(.+)$/.exec(text) ?? []
  const address = hostPort.safeParse(rest)
  if (transport !== undefined && address.success && isIP(address.data.host))
    return { transport: transport as SipListen['transport'], ...address.data }
  context.addIssue('not udp:ADDRESS:PORT')
  return z.NEVER
})

const portRange = z.string().transform((text, context) => {
  const [, from, to] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).map(Number)
  if (from !== undefined && to !== undefined && from >= 1024 && to <= 65535 && to > from) return { from, to }
  context.addIssue('not FROM-TO')
  return z.NEVER
})

const ipAddress = z.string().refine(text => isIP(text) !== 0)
const hostName = z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/)
const path = z.string().min(1).max(4096)

/** Every key there is: how it is checked, the words for what is allowed, and what holds when it is absent (in the form of the file). */
const keys = {
  data_dir: { schema: path.nullable(), allowed: 'a folder, e.g. "/var/lib/switchroom"', absent: null },
  lab: { schema: z.boolean(), allowed: 'true or false', absent: false },
  'http.listen': { schema: hostPort, allowed: 'ADDRESS:PORT, e.g. "0.0.0.0:8443"', absent: '0.0.0.0:8443' },
  'http.tls': { schema: z.enum(['auto', 'files', 'off']), allowed: '"auto", "files" or "off"', absent: 'auto' },
  'http.cert': { schema: path.nullable(), allowed: 'a PEM file, with http.tls = "files"', absent: null },
  'http.key': { schema: path.nullable(), allowed: 'a PEM file, with http.tls = "files"', absent: null },
  'sip.listen': {
    schema: z.array(sipListen).min(1).max(16),
    allowed:
      'a list of udp:, tcp: and tls:ADDRESS:PORT, e.g. ["udp:0.0.0.0:5060", "tcp:0.0.0.0:5060", "tls:0.0.0.0:5061"]',
    absent: ['udp:0.0.0.0:5060', 'tcp:0.0.0.0:5060'],
  },
  'sip.advertise': { schema: hostName.nullable(), allowed: 'a host name or an IP address', absent: null },
  'sip.cert': {
    schema: path.nullable(),
    allowed: 'a PEM file for the tls: addresses of sip.listen, with sip.key beside it',
    absent: null,
  },
  'sip.key': {
    schema: path.nullable(),
    allowed: 'a PEM file for the tls: addresses of sip.listen, with sip.cert beside it',
    absent: null,
  },
  'media.address': { schema: ipAddress.nullable(), allowed: 'an IP address of this machine', absent: null },
  'media.ports': {
    schema: portRange,
    allowed: 'FROM-TO within 1024-65535, e.g. "20000-29999"',
    absent: '20000-29999',
  },
  'media.workers': {
    schema: z.int().min(1).max(32),
    allowed: 'a whole number from 1 to 32; one thread carries 1,000 calls',
    absent: availableParallelism() >= 4 ? 2 : 1,
  },
  'ladder.days': {
    schema: z.int().min(0).max(90),
    allowed: 'a whole number from 0 (nothing is kept) to 90',
    absent: 7,
  },
  'ladder.mb_per_day': {
    schema: z.int().min(1).max(100_000),
    allowed: 'a whole number from 1 to 100000',
    absent: 1_000,
  },
  'log.level': { schema: z.enum(logLevels), allowed: logLevels.join(', '), absent: 'info' },
  'secrets.key_file': { schema: path.nullable(), allowed: 'a file only the service may read', absent: null },
} satisfies Record<string, Rule>

type Rule = { schema: z.ZodType; allowed: string; absent: unknown }
type Values = { [Key in keyof typeof keys]: z.output<(typeof keys)[Key]['schema']> }
/** A value as it was found, and where. */
type Found = { value: unknown; file: string }

export const configKeys = Object.keys(keys) as (keyof typeof keys)[]

/** `http.listen` → `SWITCHROOM_HTTP_LISTEN` */
export function environmentName(key: string): string {
  return `SWITCHROOM_${key.replaceAll('.', '_').toUpperCase()}`
}

function defaultDataDir(file: string | null): string {
  return file === null && isCheckout ? join(projectFolder, 'var') : '/var/lib/switchroom'
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const reason = (cause as Error).message
    throw new ConfigError({ file, key: null, found: reason, allowed: 'a TOML file that this user may read' })
  }
}

function parseToml(text: string, file: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    const found = `line ${cause.line}, column ${cause.column}: ${cause.message.split('\n')[0]}`
    throw new ConfigError({ file, key: null, found, allowed: 'TOML 1.0, e.g. data_dir = "/var/lib/switchroom"' })
  }
}

function flatten(table: Record<string, unknown>, prefix: string, file: string, found: Map<string, Found>): void {
  for (const [name, value] of Object.entries(table)) {
    const key = prefix + name
    if (key in keys) found.set(key, { value, file })
    else if (isTable(value) && configKeys.some(known => known.startsWith(`${key}.`)))
      flatten(value, `${key}.`, file, found)
    else throw unknownKey(key, value, file)
  }
}

/** Text of the environment in the form the file would have: lists at commas, true and false, whole numbers. */
function readEnvironment(env: NodeJS.ProcessEnv, found: Map<string, Found>): void {
  const byName = new Map(configKeys.map(key => [environmentName(key), key]))
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('SWITCHROOM_') || text === undefined) continue
    const key = byName.get(name)
    if (key === undefined) {
      const allowed = [...byName.keys()].join(', ')
      throw new ConfigError({
        file: 'environment',
        key: name,
        found: show(text),
        allowed,
        hint: nearest(name, [...byName.keys()]),
      })
    }
    const value = Array.isArray(keys[key].absent)
      ? text.split(',').map(part => part.trim())
      : typeof keys[key].absent === 'boolean' && /^(true|false)$/.test(text)
        ? text === 'true'
        : typeof keys[key].absent === 'number' && /^\d+$/.test(text)
          ? Number(text)
          : text
    found.set(key, { value, file: `environment ${name}` })
  }
}

function checked(key: string, rule: Rule, found: Map<string, Found>): unknown {
  const at = found.get(key)
  const parsed = rule.schema.safeParse(at === undefined ? rule.absent : at.value)
  if (parsed.success) return parsed.data
  throw new ConfigError({ file: at?.file ?? 'built-in defaults', key, found: show(at?.value), allowed: rule.allowed })
}

function checkAcrossKeys(config: Config, file: string): void {
  for (const key of ['cert', 'key'] as const) {
    if (config.http.tls === 'files' && config.http[key] === null)
      throw new ConfigError({
        file,
        key: `http.${key}`,
        found: 'nothing',
        allowed: 'a PEM file, since http.tls is "files"',
      })
    if (config.http.tls !== 'files' && config.http[key] !== null) {
      const allowed = `nothing, since http.tls is "${config.http.tls}"; set http.tls = "files" to use it`
      throw new ConfigError({ file, key: `http.${key}`, found: show(config.http[key]), allowed })
    }
  }
  for (const [key, other] of [
    ['cert', 'key'],
    ['key', 'cert'],
  ] as const)
    if (config.sip[key] === null && config.sip[other] !== null)
      throw new ConfigError({
        file,
        key: `sip.${key}`,
        found: 'nothing',
        allowed: `a PEM file, since sip.${other} is set`,
      })
  if (config.sip.cert !== null && !config.sip.listen.some(({ transport }) => transport === 'tls'))
    throw new ConfigError({
      file,
      key: 'sip.cert',
      found: show(config.sip.cert),
      allowed: 'nothing, since sip.listen has no tls: address; add "tls:0.0.0.0:5061" to use it',
    })
  const seen = new Set<string>()
  for (const { transport, host, port } of config.sip.listen) {
    const name = `${transport}:${host}:${port}`
    if (seen.has(name) && port !== 0)
      throw new ConfigError({ file, key: 'sip.listen', found: `${name} twice`, allowed: 'each address once' })
    seen.add(name)
  }
}

function unknownKey(key: string, value: unknown, file: string): ConfigError {
  return new ConfigError({
    file,
    key,
    found: `${key} = ${show(value)}`,
    allowed: configKeys.join(', '),
    hint: nearest(key, configKeys),
  })
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= 120 ? text : `${text.slice(0, 117)}…`
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner)
  return Object.freeze(value)
}
