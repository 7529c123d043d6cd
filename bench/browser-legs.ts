/**
 * The whole bay with browsers' legs: N calls, each a plain leg and a browser's leg patched together, against the same N calls with two plain
 * legs. CPU of the process that holds the bay, per packet relayed; what it takes a leg to come up. `--calls 100 --seconds 8 --json`.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SoftBrowser } from '../src/e2e/soft-browser.ts'
import type { LegId } from '../src/lib/ids.ts'
import { createBay } from '../src/rtp/create-bay.ts'
import { DtlsContext } from '../src/webrtc/dtls.ts'
import { createDtlsIdentity } from '../src/webrtc/identity.ts'
import { offerAnswerer } from '../src/webrtc/station.ts'

const bayAddress = '127.0.0.70'
const peerAddress = '127.0.0.71'
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
    bay: { type: 'boolean', default: false },
  },
})
const calls = Number(values.calls)
const seconds = Number(values.seconds)

type Ask =
  | { type: 'plain'; leg: string; port: number }
  | { type: 'browser'; leg: string; offer: string }
  | { type: 'patch'; a: string; b: string }
  | { type: 'close'; legs: string[] }
  | { type: 'cpu' }

/** The child: the bay, told what to do by its parent. */
async function holdBay(): Promise<void> {
  const dtls = await createDtlsIdentity(Date.now())
  const ports = { from: 32_000, to: 32_000 + calls * 6 }
  const bay = await createBay({ address: bayAddress, ports, prompts: {}, dtls })
  const answer = offerAnswerer({ bay, fingerprint: dtls.fingerprint, addresses: [], silenceMs: 0 })
  const act = async (ask: Ask): Promise<unknown> => {
    switch (ask.type) {
      case 'plain': {
        const leg = ask.leg as LegId
        const { port } = await bay.open(leg, { kind: 'rtp', silenceMs: 0 })
        const remote = { address: peerAddress, port: ask.port }
        const both = { send: true, receive: true, latch: false, allowedSources: [], ptimeMs: 20 }
        bay.configure(leg, { codec: 'pcma', dtmfPayloadType: null, remote, ...both })
        return port
      }
      case 'browser':
        return (await answer(ask.leg as LegId, ask.offer)).sdp
      case 'patch':
        return bay.patch(ask.a as LegId, ask.b as LegId)
      case 'close':
        for (const leg of ask.legs) bay.close(leg as LegId)
        return
      case 'cpu': {
        const { user, system } = process.cpuUsage()
        return user + system
      }
    }
  }
  process.on('message', async ({ id, ask }: { id: number; ask: Ask }) => process.send!({ id, answer: await act(ask) }))
  process.once('disconnect', () => process.exit())
}

class Bay {
  readonly #child: ChildProcess = fork(fileURLToPath(import.meta.url), ['--bay', '--calls', String(calls)])
  readonly #waiting = new Map<number, (answer: unknown) => void>()
  #next = 1

  constructor() {
    this.#child.on('message', ({ id, answer }: { id: number; answer: unknown }) => this.#waiting.get(id)?.(answer))
  }

  async ask<T>(ask: Ask): Promise<T> {
    const id = this.#next++
    const answered = new Promise(resolve => this.#waiting.set(id, resolve))
    this.#child.send({ id, ask })
    return (await answered) as T
  }

  stop(): void {
    this.#child.disconnect()
  }
}

type Talker = { speak(): void; received: number; end(): void }

async function measure(): Promise<void> {
  const bay = new Bay()
  const identity = await createDtlsIdentity(Date.now())
  const context = new DtlsContext(identity)
  const plain = async (leg: string): Promise<Talker> => await PlainPeer.open(bay, leg)
  const setUpMs: number[] = []
  const browser = async (leg: string): Promise<Talker> => {
    const soft = await SoftBrowser.open(context, identity.fingerprint, peerAddress)
    setUpMs.push(await soft.connect(await bay.ask<string>({ type: 'browser', leg, offer: soft.offer })))
    return Object.assign(soft, { end: () => soft[Symbol.dispose]() })
  }
  await run(bay, plain, plain, 2) // warm
  await run(bay, plain, browser, 2)
  const rounds = { plain: [] as Round[], browser: [] as Round[] }
  for (let round = 0; round < 3; round++) {
    rounds.plain.push(await run(bay, plain, plain, seconds / 3))
    rounds.browser.push(await run(bay, plain, browser, seconds / 3))
  }
  const [without, withBrowsers] = [best(rounds.plain), best(rounds.browser)]
  bay.stop()
  setUpMs.sort((a, b) => a - b)
  const result = {
    calls,
    plainUs: without.us,
    browserUs: withBrowsers.us,
    addedUs: Number((withBrowsers.us - without.us).toFixed(2)),
    lossPercent: Math.max(...[...rounds.plain, ...rounds.browser].map(({ lossPercent }) => lossPercent)),
    coresAt500Calls: Number(((withBrowsers.us * 500 * 100) / 1e6).toFixed(3)),
    setUpMs: Math.round(setUpMs[setUpMs.length >> 1]!),
    setUpMaxMs: Math.round(setUpMs.at(-1)!),
  }
  for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(18)} ${value}`)
  if (values.json) console.log(JSON.stringify(result))
  process.exit()
}

type Round = { us: number; lossPercent: number }

/** The round that other work on this machine disturbed least. */
function best(rounds: Round[]): Round {
  return rounds.toSorted((a, b) => a.us - b.us)[0]!
}

/** µs of the bay's CPU per packet that it relayed, and what got lost. */
async function run(
  bay: Bay,
  left: (leg: string) => Promise<Talker>,
  right: (leg: string) => Promise<Talker>,
  forSeconds: number,
): Promise<Round> {
  const talkers: Talker[] = []
  const legs: string[] = []
  for (let call = 0; call < calls; call++) {
    const [a, b] = [`a${call}`, `b${call}`]
    talkers.push(await left(a), await right(b))
    legs.push(a, b)
    await bay.ask({ type: 'patch', a, b })
  }
  await speakAll(talkers, 1)
  for (const talker of talkers) talker.received = 0
  const before = await bay.ask<number>({ type: 'cpu' })
  const sent = await speakAll(talkers, forSeconds)
  const spentUs = (await bay.ask<number>({ type: 'cpu' })) - before
  await sleep(200)
  const received = talkers.reduce((sum, talker) => sum + talker.received, 0)
  await bay.ask({ type: 'close', legs })
  for (const talker of talkers) talker.end()
  return {
    us: Number((spentUs / received).toFixed(2)),
    lossPercent: Number((100 * Math.max(0, 1 - received / sent)).toFixed(3)),
  }
}

/** Everyone speaks every 20 ms, spread evenly over them; by due times, so that a late turn does not shift the rest. */
async function speakAll(talkers: Talker[], forSeconds: number): Promise<number> {
  const total = Math.round(talkers.length * 50 * forSeconds)
  const startedAt = performance.now()
  let sent = 0
  while (sent < total) {
    const due = Math.min(total, ((performance.now() - startedAt) / 20) * talkers.length)
    while (sent < due) talkers[sent++ % talkers.length]!.speak()
    await sleep(1)
  }
  return sent
}

class PlainPeer implements Talker {
  received = 0
  readonly #socket: Socket
  readonly #packet = Buffer.alloc(172, 0xd5)
  #port = 0
  #sequence = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', () => this.received++)
    this.#packet.set([0x80, 8, 0, 0, 0, 0, 0, 0, 0xa0, 0, 0, 1])
  }

  static async open(bay: Bay, leg: string): Promise<PlainPeer> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 256 * 1024 })
    socket.bind(0, peerAddress)
    await once(socket, 'listening')
    const peer = new PlainPeer(socket)
    peer.#port = await bay.ask<number>({ type: 'plain', leg, port: socket.address().port })
    return peer
  }

  speak(): void {
    const packet = Buffer.from(this.#packet)
    packet.writeUInt16BE(++this.#sequence & 0xffff, 2)
    packet.writeUInt32BE((this.#sequence * 160) >>> 0, 4)
    this.#socket.send(packet, this.#port, bayAddress)
  }

  end(): void {
    this.#socket.close()
  }
}

await (values.bay ? holdBay() : measure())
