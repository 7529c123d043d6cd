import dgram from 'node:dgram'
import { existsSync } from 'node:fs'
import net from 'node:net'
import type { Trunk } from '../centre/entities.ts'
import { zoneOr } from '../centre/numbers/zone.ts'
import { type TollRules, tollRulesIn } from '../centre/toll/rules.ts'
import { testObstacle } from '../centre/toll/test-number.ts'
import { connectionOf, nextHopOf } from '../centre/trunks/trunk-connection.ts'
import { rulesOf } from '../centre/trunks/trunk-rules.ts'
import { type Config, dataFiles } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { formatHost } from '../lib/host.ts'
import { secretText } from '../lib/random.ts'
import { locate } from '../phone/locate.ts'
import { systemDns } from '../phone/system-dns.ts'
import { livesBy } from '../sip/qualify.ts'
import { StoreError } from '../store/port.ts'
import { askTls } from './ask-tls.ts'
import type { Checked } from './check-machine.ts'

const patienceMs = 2000

/** `trunk`: this one alone, by name or id; `number`: what its test calls instead of its echo number. */
export type CheckWish = { trunk: string | null; number: string | null }

/** Each enabled trunk is asked with OPTIONS (RFC 3261 section 11): any answer at all means that the way there and back is open, if not that calls are taken there. */
export async function checkTrunks(
  config: Config,
  { trunk: only, number }: CheckWish = { trunk: null, number: null },
): Promise<Checked[]> {
  const { all, toll } = await enabledTrunks(config)
  const trunks = only === null ? all : all.filter(({ trunk }) => trunk.name === only || trunk.id === only)
  if (only !== null && trunks.length === 0) {
    const names = all.map(({ trunk }) => trunk.name)
    return [
      {
        state: 'bad',
        found: `no trunk ${JSON.stringify(only)} is switched on`,
        advice: names.length === 0 ? 'none is set up' : `there is ${names.slice(0, 10).join(', ')}`,
      },
    ]
  }
  if (trunks.length === 0)
    return [
      { state: 'warn', found: 'no trunk is set up', advice: 'add one on the page Trunks, or with POST /api/v1/trunks' },
    ]
  const asked = await Promise.all(trunks.map(({ trunk, key }) => checkTrunk(trunk, key)))
  const found = asked.flat()
  // One after the other: a loopback call measures sound, and two would share the machine.
  for (const [at, { trunk, ...secrets }] of trunks.entries()) {
    if (!asked[at]!.some(({ state }) => state === 'ok')) continue
    const called = number ?? rulesOf(trunk).echoNumber
    if (!trunk.register && called === null) continue
    const obstacle = called === null ? null : testObstacle(toll.rules, toll.zone, called)
    if (obstacle !== null)
      found.push({ state: 'bad', found: `${trunk.name}: ${obstacle.words}`, advice: 'test with a number that echoes' })
    if (obstacle !== null && !trunk.register) continue
    const { checkOnLine } = await import('./check-trunk-call.ts')
    found.push(...(await checkOnLine(config, trunk, secrets, obstacle === null ? called : null)))
  }
  return [...found, ...trunks.flatMap(one => [...provable(one), ...settings(one.trunk, config)])]
}

/** Whether anybody could prove to call from this trunk, where that is asked. */
export function provable({ trunk, inbound }: { trunk: Trunk; inbound: string | null }): Checked[] {
  if (connectionOf(trunk).trust !== 'password' || inbound !== null) return []
  return [
    {
      state: 'bad',
      found: `${trunk.name}: the password that its calls prove themselves by is not there or cannot be read: each of them is answered 503`,
      advice: 'give it anew (Connection, on the page of the trunk), or restore the key file',
    },
  ]
}

/** What works and should be known. */
export function settings(trunk: Trunk, config: Config): Checked[] {
  const warnings: Checked[] = []
  if (trunk.transport === 'tls' && !config.sip.listen.some(({ transport }) => transport === 'tls'))
    warnings.push({
      state: 'warn',
      found: `${trunk.name} is a trunk of TLS, and sip.listen has no tls: address: it reaches us only by connections that we opened`,
      advice: 'add "tls:0.0.0.0:5061" to sip.listen',
    })
  const { srtp, srtpInClear, trust } = connectionOf(trunk)
  if (trunk.transport === 'udp' && trust === 'address' && !isOfThisMachine(trunk.host)) {
    const isWithin = isOfOwnNetwork(trunk.host)
    const found = `calls of ${trunk.name} are believed by the address they come from, which can be forged over UDP`
    warnings.push({
      state: isWithin ? 'ok' : 'warn',
      found: isWithin ? `${found} by whoever is on its network` : found,
      advice:
        'where the carrier can, have it prove its calls by a password (trust: "password"; Connection, on the page of the trunk), or use TLS',
    })
  }
  if (srtp !== 'off' && srtpInClear && trunk.transport !== 'tls')
    warnings.push({
      state: 'warn',
      found: `${trunk.name} sends the keys of its media over ${trunk.transport.toUpperCase()}, where everybody on the way reads them`,
      advice: 'use TLS, unless the way is a VPN or a private line',
    })
  return warnings
}

type Known = {
  all: { trunk: Trunk; key: string | null; password: string | null; inbound: string | null }[]
  /** What a test may call. */
  toll: { rules: TollRules; zone: string }
}

async function enabledTrunks(config: Config): Promise<Known> {
  const { database } = dataFiles(config)
  if (!existsSync(database)) return { all: [], toll: { rules: tollRulesIn(zoneOr(null)), zone: zoneOr(null) } }
  const [{ openReader, drizzleOf }, { telephonyQueries }, { openKeyFile, unseal }, { tollOf }, { zoneOf }] =
    await Promise.all([
      import('../store/db.ts'),
      import('../store/telephony/telephony.ts'),
      import('../store/secrets.ts'),
      import('../store/gate/toll.ts'),
      import('../store/load.ts'),
    ])
  const connection = openReader(database)
  try {
    const trunks = telephonyQueries['trunks.list'](drizzleOf(connection), {}).filter(({ enabled }) => enabled)
    const secret = connection.prepare('SELECT value FROM secrets WHERE owner = ? AND kind = ?').pluck()
    const secretOf = (owner: string, kind: 'trunk-key' | 'trunk-password' | 'trunk-inbound') => {
      const value = secret.get(owner, kind) as string | undefined
      if (value === undefined || !existsSync(config.secrets.keyFile)) return null
      return unseal(openKeyFile(config.secrets.keyFile), { owner, kind, value })
    }
    const inboundOf = (owner: string) => {
      try {
        return secretOf(owner, 'trunk-inbound')
      } catch (error) {
        if (error instanceof StoreError) return null
        throw error
      }
    }
    const zone = zoneOf(drizzleOf(connection))
    const { tollRules = tollRulesIn(zone) } = tollOf(drizzleOf(connection), zone, systemClock.now())
    const all = trunks.map(trunk => ({
      trunk,
      key: secretOf(trunk.id, 'trunk-key'),
      password: secretOf(trunk.id, 'trunk-password'),
      inbound: inboundOf(trunk.id),
    }))
    return { all, toll: { rules: tollRules, zone } }
  } finally {
    connection.close()
  }
}

/** Nobody forges a loopback address from elsewhere. */
function isOfThisMachine(host: string): boolean {
  return /^(?:127\.|localhost$|::1$)/i.test(host)
}

/** An address of the lender's own network: who could forge it there is in the house. */
function isOfOwnNetwork(host: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe80:)/i.test(host)
}

/** Each target of the trunk; one that answers is enough. */
async function checkTrunk(trunk: Trunk, key: string | null): Promise<Checked[]> {
  const { host, port, named } = nextHopOf(trunk)
  const { lookUp, outboundProxy } = connectionOf(trunk)
  const name = `${trunk.name} (${trunk.transport} ${host}:${port})`
  const services = lookUp === 'services' && !(outboundProxy !== null && named)
  let targets: { address: string; port: number }[]
  try {
    const wanted = { host, port, transport: trunk.transport, services }
    targets = (await locate(wanted, { dns: systemDns(), random: Math.random })).targets
  } catch (error) {
    const words = (error as NodeJS.ErrnoException).code === undefined ? (error as Error).message : 'it is not known'
    const advice = 'put the host right, or the DNS server of this machine'
    return [{ state: 'bad', found: `${name}: the name ${host}: ${words}`, advice }]
  }
  return Promise.all(
    targets.map(async (target): Promise<Checked> => {
      const at = targets.length > 1 ? `${name} at ${target.address}:${target.port}` : name
      const { answer, fault } = await ask(target, trunk, key)
      if (answer !== null) return answered(at, answer)
      return {
        state: 'bad',
        found: `${at}: ${fault ?? `does not answer within ${patienceMs / 1000} s`}`,
        advice: 'is the PBX up, does it allow this address, is a firewall between? tcpdump -ni any port 5060',
      }
    }),
  )
}

/** `answer`: status and reason. */
export function answered(at: string, answer: string): Checked {
  const found = `${at} answers: ${answer}`
  if (livesBy(Number(answer.slice(0, 3)))) return { state: 'ok', found }
  return { state: 'warn', found, advice: 'nobody takes calls there: is the carrier behind this gateway or proxy up?' }
}

async function ask(
  { address, port }: { address: string; port: number },
  trunk: Trunk,
  key: string | null,
): Promise<{ answer: string | null; fault: string | null }> {
  const there = { ...trunk, port }
  if (trunk.transport === 'udp') return { answer: await askUdp(address, there), fault: null }
  if (trunk.transport === 'tcp') return { answer: await askTcp(address, there), fault: null }
  const asked = await askTls({ address, port }, trunk, { key, patienceMs, request: own => options('TLS', own, trunk) })
  return 'fault' in asked ? { answer: null, fault: asked.fault } : { answer: statusOf(asked.bytes), fault: null }
}

function askUdp(address: string, trunk: Trunk): Promise<string | null> {
  return new Promise(resolve => {
    const socket = dgram.createSocket(net.isIPv6(address) ? 'udp6' : 'udp4')
    const end = (answer: string | null) => {
      clearTimeout(timer)
      socket.close()
      resolve(answer)
    }
    const timer = setTimeout(end, patienceMs, null)
    socket.once('message', bytes => end(statusOf(bytes)))
    socket.once('error', () => end(null))
    socket.connect(trunk.port, address, () => {
      const own = socket.address()
      socket.send(options('UDP', formatHost(own.address, own.port), trunk))
    })
  })
}

function askTcp(address: string, trunk: Trunk): Promise<string | null> {
  return new Promise(resolve => {
    const socket = net.connect({ host: address, port: trunk.port, timeout: patienceMs })
    const end = (answer: string | null) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () =>
      socket.write(options('TCP', formatHost(socket.localAddress ?? '', socket.localPort ?? null), trunk)),
    )
    socket.once('data', bytes => end(statusOf(bytes)))
    socket.once('timeout', () => end(null))
    socket.once('error', () => end(null))
  })
}

function options(transport: 'UDP' | 'TCP' | 'TLS', own: string, { host, port }: Trunk): string {
  const lines = [
    `OPTIONS sip:${formatHost(host, port)} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${own};branch=z9hG4bK${secretText(9)};rport`,
    'Max-Forwards: 70',
    `From: <sip:check@${own}>;tag=${secretText(6)}`,
    `To: <sip:${formatHost(host, port)}>`,
    `Call-ID: ${secretText(12)}`,
    'CSeq: 1 OPTIONS',
    `Contact: <sip:check@${own}>`,
    'Content-Length: 0',
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** `200 OK` of the first line; what else answers there is no SIP. */
function statusOf(bytes: Buffer): string | null {
  return /^SIP\/2\.0 (\d{3} [^\r\n]{0,60})/.exec(bytes.subarray(0, 200).toString('latin1'))?.[1] ?? null
}
