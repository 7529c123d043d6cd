/**
 * Our patch bay alone in a process, to be measured: `mix-bay.ts CALLS SUPERVISORS PORT…` patches two callers a call, and lets so many supervisors
 * listen to each; prints its ports in the order of the callers' (the calls first, then the supervisors of the first call, …). A line of input is
 * answered with the CPU ms spent since the line before.
 */
import { createInterface } from 'node:readline'
import type { LegId } from '../src/lib/ids.ts'
import { createBay } from '../src/rtp/create-bay.ts'

const [calls, supervisors, ...ports] = process.argv.slice(2).map(Number) as [number, number, ...number[]]
const bay = await createBay({
  address: '127.0.0.1',
  ports: { from: 44_000, to: 49_999 },
  prompts: {},
  onFault: words => console.error(words),
})
const locals: number[] = []
for (const [n, port] of ports.entries()) {
  const leg = `l${n}` as LegId
  const local = await bay.open(leg, { kind: 'rtp', silenceMs: 10_000 })
  const remote = { address: '127.0.0.1', port }
  const direction = { send: true, receive: true, latch: true, allowedSources: [] }
  bay.configure(leg, { codec: 'pcma', dtmfPayloadType: 101, remote, ptimeMs: 20, ...direction })
  locals.push(local.port)
}
for (let call = 0; call < calls; call++) {
  bay.patch(`l${call * 2}` as LegId, `l${call * 2 + 1}` as LegId)
  for (let n = 0; n < supervisors; n++)
    bay.supervise(`l${calls * 2 + call * supervisors + n}` as LegId, `l${call * 2}` as LegId, 'listen')
}
console.log(locals.join(' '))
let spent = process.cpuUsage()
createInterface(process.stdin)
  .on('line', () => {
    const since = process.cpuUsage(spent)
    spent = process.cpuUsage()
    console.log((since.user + since.system) / 1000)
  })
  .on('close', async () => {
    await bay[Symbol.asyncDispose]()
    process.exit(0)
  })
