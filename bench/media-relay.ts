/**
 * Our patch bay alone in a process, to be measured: `media-relay.ts CALLS ADDRESS WIRE FOLDER|- BLOCK_MS WORKERS PORT…` patches the callers' ports
 * pairwise, records each call when a folder is given, prints its own ports and "ready", and ends with its input. BLOCK_MS: so long the main
 * thread is blocked of every 600 ms.
 */
import type { LegId, RecordingId } from '../src/lib/ids.ts'
import { createBay } from '../src/rtp/create-bay.ts'

const [calls, address, wire, folder, blockMs, workers, ...ports] = process.argv.slice(2)
const bay = await createBay({
  address: address!,
  ports: { from: 44_000, to: 49_999 },
  prompts: {},
  wire: wire as 'libc' | 'dgram',
  workers: Number(workers),
  onFault: words => console.error(words),
})
bay.onEvent(event => {
  if (event.type === 'recording.failed') console.error(event.reason)
})
for (let call = 0; call < Number(calls); call++) {
  const [a, b] = [`a${call}` as LegId, `b${call}` as LegId]
  for (const [leg, port] of [
    [a, ports[call * 2]],
    [b, ports[call * 2 + 1]],
  ] as const) {
    const local = await bay.open(leg, { kind: 'rtp', silenceMs: 10_000 })
    const remote = { address: address!, port: Number(port) }
    const direction = { send: true, receive: true, latch: true, allowedSources: [] }
    bay.configure(leg, { codec: 'pcma', dtmfPayloadType: 101, remote, ptimeMs: 20, ...direction })
    console.log(local.port)
  }
  bay.patch(a, b)
  if (folder !== '-') bay.record(`rec${call}` as RecordingId, a, `${folder}/${call}.wav`)
}
// A thread that stands ready is loaded once, and no part of what a packet costs.
for (let waited = 0; wire === 'libc' && !bay.hasSpare() && waited < 20_000; waited += 50)
  await new Promise(resolve => setTimeout(resolve, 50))
console.log('ready')
if (Number(blockMs) > 0) setInterval(() => block(Number(blockMs)), 600)
process.stdin.resume()
process.stdin.once('end', async () => {
  await bay[Symbol.asyncDispose]()
  process.exit(0)
})

function block(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}
