/**
 * What keeping SIP messages costs the thread that signals, apart from everything else: the CPU of this thread for noting the messages of
 * `--calls 100` calls of seven messages and handing them over, by turns with and without the ladder (`--turns 40`). Nothing else runs on the
 * thread and CPU is counted by thread, so that a busy machine blurs it little. `--json` prints one JSON object last.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Ladder } from '../src/ladder/ladder.ts'
import { systemClock } from '../src/lib/clock.ts'
import { workerFile } from '../src/lib/places.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    turns: { type: 'string', default: '40' },
    json: { type: 'boolean', default: false },
  },
})
const [calls, turns] = [Number(values.calls), Number(values.turns)]
const messagesACall = 7
/** As long as messages of calls of ours are: an INVITE with SDP, answers, ACK, BYE. */
const bytesOf = [820, 380, 420, 760, 460, 480, 360]
const [local, remote] = [
  { address: '127.0.0.1', port: 5060 },
  { address: '127.0.0.2', port: 5060 },
]

const folder = mkdtempSync(join(tmpdir(), 'switchroom-bench-note-'))
const ladderOf = (days: number) =>
  new Ladder({
    folder,
    bounds: { days, bytesPerDay: 10e9 },
    clock: systemClock,
    worker: workerFile('ladder/ladder-worker'),
    onFault: words => console.error(words),
  })
const [on, off] = [ladderOf(7), ladderOf(0)]
const costs = { with: [] as number[], without: [] as number[] }
for (let turn = -4; turn < turns; turn++)
  for (const which of turn % 2 === 0 ? (['without', 'with'] as const) : (['with', 'without'] as const)) {
    const us = await turnOf(which === 'with' ? on : off, turn)
    if (turn >= 0) costs[which].push(us / calls)
  }
const kept = on.figures
await on[Symbol.asyncDispose]()
await off[Symbol.asyncDispose]()
rmSync(folder, { recursive: true, force: true })
const differences = costs.with.map((us, at) => us - costs.without[at]!).sort((a, b) => a - b)
const share = (at: number) => Number(differences[Math.floor((differences.length - 1) * at)]!.toFixed(2))
const result = {
  usPerCall: share(0.5),
  usPerCallFrom: share(0.1),
  usPerCallTo: share(0.9),
  messages: kept.kept,
  lost: kept.lost + kept.leftOut,
}
console.log(
  `${result.usPerCall} µs of the signalling thread a call of ${messagesACall} messages (${result.usPerCallFrom} to ${result.usPerCallTo} in four turns of five)`,
)
if (values.json) console.log(JSON.stringify(result))

/** µs of CPU of this thread, the handing over included. */
async function turnOf(ladder: Ladder, turn: number): Promise<number> {
  const messages = bytesOf.map((bytes, at) =>
    Buffer.from(`INVITE sip:${turn}-${at}@127.0.0.1 SIP/2.0\r\nCall-ID: ${turn}-${at}\r\n`.padEnd(bytes, 'x')),
  )
  const before = process.threadCpuUsage()
  for (let call = 0; call < calls; call++)
    for (const [at, bytes] of messages.entries())
      ladder.note({ direction: at % 2 === 0 ? 'in' : 'out', transport: 'udp', local, remote, bytes })
  await sleep(600) // the timer that hands them over comes once meanwhile
  const { user, system } = process.threadCpuUsage(before)
  return user + system
}
