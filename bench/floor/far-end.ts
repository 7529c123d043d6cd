/** Entry of the other process: the carrier simulator with its customers, and the agents' desk phones. Started by `people.ts`. */
import { seededRandom } from '../../src/lib/random.ts'
import { tone } from '../../src/rtp/tone.ts'
import { Carrier } from '../../src/sim/carrier/carrier.ts'
import { scenarioSchema } from '../../src/sim/carrier/scenario.ts'
import { openDesks } from '../../src/sim/desks.ts'
import { openLine } from '../../src/sim/line.ts'
import { earsBay } from './ears.ts'
import type { FarEndOrder, FarEndSums } from './people.ts'

const faults = new Map<string, number>()
const onFault = (error: unknown, doing: string) => {
  const words = `${doing}: ${error instanceof Error ? error.message : String(error)}`
  faults.set(words, (faults.get(words) ?? 0) + 1)
}

process.once('message', order => void start(order as FarEndOrder))

async function start(order: FarEndOrder): Promise<void> {
  const scenario = scenarioSchema.parse(order.scenario)
  const random = seededRandom(scenario.seed)
  const line = await openLine({
    name: 'carrier of the bench',
    listen: scenario.listen,
    mediaAddress: scenario.mediaAddress,
    mediaPorts: { from: 60_000, to: 60_100 },
    random,
    onFault,
  })
  /** The carrier names its legs in the order in which calls are offered to it. */
  const numbers: string[] = []
  let heard: FarEndSums['heard'] = []
  const ears = earsBay({
    address: scenario.mediaAddress,
    speaking: order.speaking,
    random: seededRandom(scenario.seed + 1),
    now: () => performance.now(),
    onHeard: (leg, ms) => heard.push({ number: numbers[Number(leg.split('_')[1]) - 1]!, ms }),
  })
  const carrier = new Carrier({
    scenario,
    ua: line.ua,
    bay: ears,
    random,
    now: line.now,
    after: line.after,
    flush: line.flush,
    recordTo: null,
    log: ({ event, to }) => event === 'offered' && numbers.push(String(to)),
  })
  line.onEvent(event => carrier.take(event))
  const speakers = new Set(order.extensions.slice(0, Math.ceil(order.speaking * order.extensions.length)))
  const desks = await openDesks({
    extensions: order.extensions,
    password: () => order.password,
    registrar: order.registrar,
    address: order.deskAddress,
    mediaPorts: { from: 20_000, to: 30_000 },
    voices: { steady: tone({ hz: 440, ms: 1000, level: 0.3 }) },
    voice: extension => (speakers.has(extension) ? 'steady' : null),
    pickUpAfterMs: 100,
    seed: scenario.seed + 2,
    onFault,
  })
  process.send!({ carrierPort: line.bound[0]!.port })

  process.on('message', ask => {
    if (ask === 'sums') {
      const { user, system } = process.cpuUsage()
      process.send!({ heard, cpuMs: (user + system) / 1000, faults: Object.fromEntries(faults), ...carrier.figures })
      heard = []
    } else if (ask === 'registered') process.send!([...desks.phones.values()].filter(phone => phone.registered).length)
  })
  process.once('disconnect', () => process.exit(0))
}
