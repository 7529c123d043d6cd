/**
 * What `check` asks of one trunk beyond OPTIONS: registration, and a loopback call to its echo number or another one. It goes over sockets and a media
 * thread of its own, so that the service may run beside it; where it does, the registration is the service's, and it is asked for it. Otherwise the
 * check registers, and takes that back.
 */
import { isIP } from 'node:net'
import type { Trunk } from '../centre/entities.ts'
import type { Config } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { formatHost } from '../lib/host.ts'
import { createLogger } from '../lib/log.ts'
import { secretText } from '../lib/random.ts'
import { locate } from '../phone/locate.ts'
import { parseListenAddress, Sockets } from '../phone/sockets.ts'
import { systemDns } from '../phone/system-dns.ts'
import { TlsPeers } from '../phone/tls-peers.ts'
import type { TrunkSecrets } from '../phone/trunk-line.ts'
import { TrunkLines } from '../phone/trunk-lines.ts'
import { testCall } from '../phone/trunk-test.ts'
import { createBay } from '../rtp/create-bay.ts'
import type { UaEvent } from '../sip/events.ts'
import { UserAgent } from '../sip/user-agent.ts'
import type { Checked } from './check-machine.ts'
import { type Registration, registrationAtService } from './registration.ts'

const locateWithinMs = 4_000
const registerWithinMs = 5_000
/** For the answer to what takes the registration back. */
const leaveMs = 300
const askEveryMs = 500
const lookEveryMs = 20
const tickMs = 50

export async function checkOnLine(
  config: Config,
  trunk: Trunk,
  secrets: TrunkSecrets,
  number: string | null,
): Promise<Checked[]> {
  const name = `${trunk.name} (${trunk.transport} ${trunk.host}:${trunk.port})`
  const now = () => systemClock.monotonic()
  const listeners = new Set<(event: UaEvent) => void>()
  const random = Math.random
  const peers = new TlsPeers()
  const dns = systemDns()
  const atService = trunk.register ? await askedAtService(config, trunk) : null
  const isOurs = trunk.register && atService === null
  const hosts = new Set(config.sip.listen.map(({ host }) => formatHost(host)))
  if (hosts.size === 0) hosts.add('0.0.0.0')
  await using sockets = await Sockets.open({
    listen: [...hosts].flatMap(host => [`udp:${host}:0`, `tcp:${host}:0`]).map(parseListenAddress),
    advertise: config.sip.advertise,
    peers,
    random,
    clock: systemClock,
    onConnection: news => lines.connectionChanged(news),
    onEvent: event => {
      lines.take(event)
      for (const listener of listeners) listener(event)
    },
    onFault: () => undefined, // what cannot be reached is told by what was asked of it
  })
  const ua = new UserAgent({ name: 'Switchroom check', endpoints: sockets.exits, secret: secretText, random })
  let reason = 'not found yet'
  const lines: TrunkLines = new TrunkLines({
    ua,
    tls: { know: peer => peers.set(peer), forget: peer => void peers.delete(peer) },
    random,
    locate: wanted => locate(wanted, { dns, random }),
    reaches: (transport, address) =>
      sockets.exits.some(one => one.transport === transport && one.family === isIP(address)),
    post: input => {
      if (input.type === 'trunk.down') reason = input.reason
    },
    now,
    log: createLogger('silent'),
  })
  sockets.attach(ua)
  const timer = setInterval(() => {
    lines.advance(now())
    sockets.settle()
  }, tickMs)
  try {
    lines.apply({ ...trunk, register: isOurs }, secrets)
    sockets.settle()
    await until(locateWithinMs, () => lines.destination(trunk.id) !== null)
    const destination = lines.destination(trunk.id)
    const at = lines.host(trunk.id)
    if (destination === null || at === null)
      return [bad(`${name}: ${reason}`, 'put the host right, or the DNS server of this machine')]
    const routes = lines.routes(trunk.id)
    const found: Checked[] = []
    if (trunk.register) found.push(await registration())
    if (found.some(({ state }) => state === 'bad')) return found
    if (number !== null) found.push(...(await loopback(number)))
    return found

    async function registration(): Promise<Checked> {
      if (atService !== null && 'fault' in atService)
        return {
          state: 'warn',
          found: `${name}: the service that runs here does not say how it is registered: ${atService.fault}`,
          advice: 'restart it (it may be of an older version), or look at the page Trunks',
        }
      if (isOurs) await until(registerWithinMs, () => (lines.wire(trunk.id)?.registration ?? null) !== null)
      const seen = isOurs ? (lines.wire(trunk.id)?.registration ?? null) : atService!.registration
      const who = isOurs ? '' : ', says the service that runs here'
      if (seen?.state === 'registered')
        return {
          state: 'ok',
          found: `${name} registers ${trunk.username} for ${Math.round(seen.nextMs / 1000)} s${who}`,
        }
      return bad(
        `${name} does not register ${trunk.username}: ${seen === null ? 'no answer' : seen.reply}${who}`,
        'are the user name and the password the ones that the carrier gave?',
      )
    }

    async function loopback(number: string): Promise<Checked[]> {
      const { address: peer } = destination!
      const exit = sockets.endpoints.find(({ family }) => family === isIP(peer)) ?? sockets.endpoints[0]!
      const contact = exit.contact(peer).address
      const bay = await createBay({
        address: config.media.address ?? '0.0.0.0',
        ports: config.media.ports,
        prompts: {},
        onFault: () => undefined,
      })
      try {
        const findings = await testCall(
          {
            ua,
            bay,
            onEvent: listener => {
              listeners.add(listener)
              return () => listeners.delete(listener)
            },
            onMedia: listener => {
              bay.onEvent(listener)
              return () => undefined // the bay ends with the call
            },
            now,
            flush: () => sockets.settle(),
          },
          { trunk, password: secrets.password, destination: destination!, at: at!, routes, host: contact, number },
        )
        return findings.map(({ state, found, advice }): Checked => {
          const words = `${name}: ${found}`
          return state === 'ok'
            ? { state, found: words }
            : { state, found: words, advice: advice ?? 'look at the trunk' }
        })
      } finally {
        await bay[Symbol.asyncDispose]()
      }
    }
  } finally {
    lines.remove(trunk.id)
    sockets.settle()
    if (isOurs) await new Promise(done => setTimeout(done, leaveMs))
    clearInterval(timer)
  }
}

/** Null: no service runs here. Soon after its start it may have no answer yet. */
async function askedAtService(
  config: Config,
  { id }: Trunk,
): Promise<{ registration: Registration } | { fault: string } | null> {
  const end = systemClock.monotonic() + registerWithinMs
  for (;;) {
    try {
      const asked = await registrationAtService(config, id)
      if (asked === null || asked.registration !== null || systemClock.monotonic() >= end) return asked
    } catch (error) {
      return { fault: (error as Error).message }
    }
    await new Promise(done => setTimeout(done, askEveryMs))
  }
}

function bad(found: string, advice: string): Checked {
  return { state: 'bad', found, advice }
}

async function until(withinMs: number, isSo: () => boolean): Promise<void> {
  for (const end = systemClock.monotonic() + withinMs; !isSo() && systemClock.monotonic() < end; )
    await new Promise(done => setTimeout(done, lookEveryMs))
}
