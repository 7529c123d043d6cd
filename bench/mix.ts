/**
 * `npm run bench:mix [-- --json --seconds 8 --rounds 3]`: what mixing costs. First in memory: CPU of 20 ms of one room, by parties and by
 * supervisors who listen, packets taken and frames made, without sockets; and of the bare arithmetic of three who talk, in turn with it, since a
 * processor shared with others runs at half its speed at times. Then on real sockets, in rounds taken in turn, medians, in a process of its own (`mix-bay.ts`): five calls, five calls
 * with 100 supervisors of whom each hears one of them, 20 a call, and 55 calls, which have as many legs.
 */
import { spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { systemClock } from '../src/lib/clock.ts'
import type { LegId } from '../src/lib/ids.ts'
import { encode, linearTable, payloadTypeOf } from '../src/rtp/g711.ts'
import { Leg } from '../src/rtp/leg.ts'
import { headerBytes, writeHeader } from '../src/rtp/packet.ts'
import { Rooms } from '../src/rtp/rooms.ts'
import { legMemory } from '../src/rtp/saved-leg.ts'
import { Seating } from '../src/rtp/seating.ts'
import { Timeline } from '../src/rtp/timeline.ts'
import { tone } from '../src/rtp/tone.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
  },
})
/** A service runs for days: what a packet costs is counted when the code is compiled, which threads of V8 do beside it; mixing for a hundred takes them some 20 s. */
const warmMs = 25_000
const said = encode(tone({ hz: [300, 700, 1900], ms: 1000, level: 0.08 }), 'pcma')

/** µs each of the rounds of three who talk; see `bareThree`. */
const bare: number[] = []
const cells = [
  ...[3, 4, 5, 8, 16].map(parties => cell(parties, 0)),
  ...[1, 5, 20].map(supervisors => cell(2, supervisors)),
]
const three = cells[0]!.us
const bareUs = Number(median(bare).toFixed(2))
const places = { plain: [5, 0], supervised: [5, 20], twice: [55, 0] } as const
type Place = keyof typeof places
const found: Record<Place, Awaited<ReturnType<typeof sockets>>[]> = { plain: [], supervised: [], twice: [] }
for (let round = 0; round < Number(values.rounds); round++)
  for (const name of Object.keys(places) as Place[]) found[name].push(await sockets(places[name][0], places[name][1]))
const listeners = Object.entries(found).map(([name, rounds]) => ({
  name,
  legs: rounds[0]!.legs,
  cpuPercent: Number(median(rounds.map(({ cpuPercent }) => cpuPercent)).toFixed(2)),
  lossPercent: Math.max(...rounds.map(({ lossPercent }) => lossPercent)),
}))
const ratios = found.supervised.map(({ cpuPercent }, round) => {
  const base = found.plain[round]!.cpuPercent
  return Number(((cpuPercent - base) / (found.twice[round]!.cpuPercent - base)).toFixed(2))
})
const result = {
  threePartyUs: three,
  bareThreeUs: bareUs,
  threeVsBare: Number((three / bareUs).toFixed(2)),
  listenUs: Number(((cells.at(-1)!.us - cells.at(-3)!.us) / 19).toFixed(2)),
  supervisorsVsLegs: median(ratios),
  supervisorsVsLegsEach: ratios,
  lossPercent: Number(Math.max(...listeners.map(({ lossPercent }) => lossPercent)).toFixed(3)),
  machine: `${cpus().length} × ${cpus()[0]?.model}`,
  rooms: cells.map(({ parties, supervisors, us }) => ({
    parties,
    supervisors,
    'µs each 20 ms': us,
    'µs a listener': Number((us / (supervisors || parties)).toFixed(2)),
  })),
  sockets: listeners,
}
for (const { parties, supervisors, us } of cells)
  console.log(`${parties} who talk, ${supervisors} who listen`.padEnd(32), `${us} µs each 20 ms`)
console.log('bare arithmetic of three'.padEnd(32), `${bareUs} µs each 20 ms`)
for (const { name, ...figures } of listeners) console.log(name.padEnd(32), JSON.stringify(figures))
console.log('supervisors against legs'.padEnd(32), ratios.join(', '))
if (values.json) console.log(JSON.stringify(result))

/** CPU of 20 ms of a room, the median of seven rounds: every member's packet is taken, and every listener's frame made. */
function cell(parties: number, supervisors: number): { parties: number; supervisors: number; us: number } {
  let sent = 0
  const rooms = new Rooms({
    send: (_leg, octets) => {
      out.set(octets, headerBytes)
      sent++
    },
    fault: (_leg, error) => {
      throw error
    },
  })
  const seating = new Seating(rooms)
  const out = new Uint8Array(headerBytes + 160)
  const legs = Array.from({ length: parties + supervisors }, (_, n) => legOf(n))
  const talkers = legs.slice(0, parties)
  if (parties === 2) seating.patch(legs[0]!, legs[1]!, 0)
  else
    seating.mix(
      'bench',
      talkers.map(leg => ({ leg, hears: talkers, gain: 1 })),
      0,
    )
  for (const leg of legs.slice(parties)) seating.supervise(leg, legs[0]!, { mode: 'listen', gain: 1 }, 0)
  let nowMs = 1000
  const rounds = Array.from({ length: 8 }, () => {
    const from = process.cpuUsage()
    const turns = 20_000
    for (let turn = 0; turn < turns; turn++) {
      nowMs += 20
      const at = (turn % 50) * 160
      for (const leg of legs)
        leg.input?.put(leg.index, (nowMs * 8) >>> 0, said, at, at + 160, leg.payloadType, nowMs - 8)
      rooms.serve(nowMs)
    }
    const spent = process.cpuUsage(from)
    if (parties === 3) bare.push(bareThree(turns))
    return (spent.user + spent.system) / turns
  })
  if (sent < 8 * 20_000 * (supervisors || parties) * 0.99) throw new Error(`only ${sent} frames were made`)
  return { parties, supervisors, us: Number(median(rounds.slice(1)).toFixed(2)) }
}

/**
 * CPU, µs, of what three who talk take at the very least: 160 octets of each made samples of, and each two added up, looked at for their peak,
 * and made octets of. What a room takes beside it is its jitter buffers, its members and its packets.
 */
function bareThree(turns: number): number {
  const samples = linearTable(payloadTypeOf.pcma)
  const frames = [new Int16Array(160), new Int16Array(160), new Int16Array(160)]
  const octets = new Uint8Array(160)
  const law = Uint8Array.from({ length: 16_384 }, (_, index) => index)
  let most = 0
  const from = process.cpuUsage()
  for (let turn = 0; turn < turns; turn++) {
    const at = (turn % 50) * 160
    for (const frame of frames) for (let i = 0; i < 160; i++) frame[i] = samples[said[at + i]!]!
    for (let n = 0; n < 3; n++) most += addedUp(frames[n]!, frames[(n + 1) % 3]!, law, octets)
  }
  const spent = process.cpuUsage(from)
  if (most === 0) throw new Error('nothing was said')
  return (spent.user + spent.system) / turns
}

function addedUp(one: Int16Array, other: Int16Array, law: Uint8Array, into: Uint8Array): number {
  let most = 0
  for (let i = 0; i < 160; i++) {
    const sum = one[i]! + other[i]!
    const magnitude = sum ^ (sum >> 31)
    if (magnitude > most) most = magnitude
    into[i] = law[(sum >> 3) + 8192]!
  }
  return most
}

function legOf(index: number): Leg {
  const timeline = new Timeline(index, 0, 0)
  const leg = new Leg({
    number: 1,
    memory: legMemory(),
    id: `l${index}` as LegId,
    index,
    silenceMs: 0,
    secure: null,
    timeline,
    nowMs: 0,
  })
  leg.payloadType = payloadTypeOf.pcma
  return leg
}

/** CPU of the bay's process, in per cent of a core, with everybody saying 50 packets a second; what the listeners lost of 50 a second. */
async function sockets(
  calls: number,
  supervisors: number,
): Promise<{ legs: number; cpuPercent: number; lossPercent: number }> {
  const count = calls * (2 + supervisors)
  const people: { socket: Socket; heard: number }[] = []
  for (let n = 0; n < count; n++) {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 262_144 }).bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const person = { socket, heard: 0 }
    socket.on('message', bytes => {
      if (bytes.length === headerBytes + 160) person.heard++
    })
    people.push(person)
  }
  const ports = people.map(({ socket }) => String(socket.address().port))
  const bay = spawn(
    process.execPath,
    [`${import.meta.dirname}/mix-bay.ts`, String(calls), String(supervisors), ...ports],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const lines = createInterface(bay.stdout)[Symbol.asyncIterator]()
  const line = async () => String((await lines.next()).value)
  const [first] = [await line()]
  const locals = first.split(' ').map(Number)
  const packet = new Uint8Array(headerBytes + 160)
  const startMs = systemClock.monotonic()
  let slot = 0
  // Each says a frame in a millisecond of their own of every twenty, as people who do not know each other do.
  const speaker = setInterval(() => {
    for (; slot <= systemClock.monotonic() - startMs; slot++) {
      const frame = Math.floor(slot / 20)
      packet.set(said.subarray((frame % 50) * 160, (frame % 50) * 160 + 160), headerBytes)
      for (let n = slot % 20; n < people.length; n += 20) {
        writeHeader(packet, 8, false, frame & 0xffff, frame * 160, 1000 + n)
        people[n]!.socket.send(Uint8Array.from(packet), locals[n]!, '127.0.0.1')
      }
    }
  }, 1)
  await pause(warmMs)
  bay.stdin.write('from\n')
  await line()
  const from = people.map(({ heard }) => heard)
  const fromMs = systemClock.monotonic()
  await pause(Number(values.seconds) * 1000)
  bay.stdin.write('until\n')
  const cpuMs = Number(await line())
  const ms = systemClock.monotonic() - fromMs
  const heard = people.map((person, n) => person.heard - from[n]!)
  clearInterval(speaker)
  bay.stdin.end()
  await once(bay, 'exit')
  for (const { socket } of people) socket.close()
  const worst = Math.min(...heard) / (ms / 20)
  return {
    legs: count,
    cpuPercent: Number(((cpuMs / ms) * 100).toFixed(2)),
    lossPercent: Number((Math.max(0, 1 - worst) * 100).toFixed(2)),
  }
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}
