/** A carrier at addresses of both families, of which one is not there: the call goes on at the other within the same attempt (RFC 3263 §4.3). */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Trunk } from '../centre/entities.ts'
import { floorFrom } from '../centre/floor.ts'
import type { Input } from '../centre/inputs.ts'
import { systemClock } from '../lib/clock.ts'
import type { CallId, LegId, TrunkId } from '../lib/ids.ts'
import { createLogger } from '../lib/log.ts'
import { secretText } from '../lib/random.ts'
import { buildOffer } from '../sdp/negotiate.ts'
import { UserAgent } from '../sip/user-agent.ts'
import { DnsServer } from './fixtures/dns-server.ts'
import { local } from './fixtures/station.ts'
import { parseListenAddress, Sockets } from './sockets.ts'
import { systemDns } from './system-dns.ts'
import { openTelephone } from './telephone.ts'

const six = '::1'
const four = '127.0.2.11'
const own = '127.0.2.12'
const noIpv6 = !Object.values(networkInterfaces())
  .flat()
  .some(one => one?.address === six)

/** Who picks up at one address, and the offers that came. */
async function carrierAt(address: string, transport: 'udp' | 'tcp') {
  const offers: string[] = []
  const sockets = await Sockets.open({
    listen: [parseListenAddress(`${transport}:${address === six ? `[${six}]` : address}:0`)],
    advertise: null,
    clock: systemClock,
    onEvent(event) {
      if (event.type !== 'incoming') return
      offers.push(event.sdp ?? '')
      agent.accept(event.session, buildOffer({ ...local, address }), systemClock.monotonic())
    },
    onFault: error => assert.fail(String(error)),
  })
  const agent = new UserAgent({ name: 'carrier', endpoints: sockets.endpoints, secret: secretText, random: () => 0.5 })
  sockets.attach(agent)
  return { offers, port: sockets.endpoints[0]!.bound.port, [Symbol.asyncDispose]: () => sockets[Symbol.asyncDispose]() }
}

/** A port at which nothing listens. */
async function freePort(host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, host, done))
  const { port } = server.address() as { port: number }
  await new Promise(done => server.close(done))
  return port
}

for (const [gone, there, transport] of [
  [six, four, 'tcp'],
  [four, six, 'tcp'],
  [six, four, 'udp'],
] as const)
  test(`${gone} is not there over ${transport}: the call goes on at ${there}, with media of that family`, {
    skip: noIpv6 && 'this machine has no IPv6',
  }, async () => {
    await using carrier = await carrierAt(there, transport)
    const host = (address: string) => (address === six ? 'six.carrier.example' : 'four.carrier.example')
    await using names = await DnsServer.open({
      srv: {
        [`_sip._${transport}.carrier.example`]: [
          { name: host(gone), priority: 1, weight: 0, port: await freePort(gone) },
          { name: host(there), priority: 2, weight: 0, port: carrier.port },
        ],
      },
      a: { 'four.carrier.example': [four] },
      aaaa: { 'six.carrier.example': ['0:0:0:0:0:0:0:1'] },
    })
    const folder = mkdtempSync(join(tmpdir(), 'switchroom-families-'))
    const trunk: Trunk = {
      id: 't_1' as TrunkId,
      ...{ name: 'carrier', host: 'carrier.example', port: 5060, transport, register: false, username: null },
      ...{ callerIds: ['+861088880000'], maxCalls: 10, callsPerSecond: 5, codecs: ['pcma'], enabled: true },
      connection: { lookUp: 'services' },
      rules: { responseMs: 1_000 },
    }
    const state = floorFrom(
      { users: [], trunks: [trunk], numbers: [], queues: [], campaigns: [], suppressed: [] },
      systemClock.now(),
    )
    const told: Input[] = []
    const telephone = await openTelephone({
      listen: [`${transport}:${own}:0`, `${transport}:[${six}]:0`].map(parseListenAddress),
      advertise: null,
      dns: systemDns([names.address]),
      media: { address: null, ports: { from: 39_100, to: 39_199 }, workers: 1 },
      recordingsDir: folder,
      phoneBookFile: join(folder, 'phones.json'),
      dialogBookFile: join(folder, 'dialogs.jsonl'),
      ...{ promptFolders: [], speechFolders: [], clock: systemClock, random: () => 0.5, log: createLogger('silent') },
      ...{ version: 'test', floor: () => state, secret: () => null, post: (input: Input) => void told.push(input) },
    })
    try {
      telephone.start([trunk])
      const until = async (type: Input['type']) => {
        for (let waitedMs = 0; !told.some(one => one.type === type); waitedMs += 5) {
          const [end] = told.filter(one => one.type === 'leg.ended')
          assert.ok(end === undefined && waitedMs < 20_000, `no ${type}: ${JSON.stringify(told)}`)
          await sleep(5)
        }
      }
      await until('trunk.up')
      const leg = 'l_1' as LegId
      telephone.ports.phone.perform({
        ...{ type: 'phone.dial', leg, call: 'c_1' as CallId, trunk: trunk.id },
        ...{ number: '+8613800000001', callerId: '+861088880000', ringMs: 30_000 },
      })
      await until('leg.answered')
      assert.equal(carrier.offers.length, 1)
      assert.match(carrier.offers[0]!, there === six ? /c=IN IP6 ::1\r/ : /c=IN IP4 127\.0\.2\.12\r/)
      const port = Number(/m=audio (\d+)/.exec(carrier.offers[0]!)![1])
      assert.ok(port >= 39_100 && port <= 39_199)
    } finally {
      await telephone[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    }
  })
