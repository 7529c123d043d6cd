/** Entry of the other process of a soak: the carrier simulator with people of every kind, callers, and the agents' desk phones. */
import { ordinaryPeople, scenarioSchema } from '../../src/sim/carrier/scenario.ts'
import { type RunningCarrier, startCarrier } from '../../src/sim/carrier/start.ts'
import { openDesks } from '../../src/sim/desks.ts'

export type SoakOrder = {
  seed: number
  carrierAddress: string
  deskAddress: string
  extensions: string[]
  password: string
  registrar: { address: string; port: number }
  serviceNumber: string
  callersPerMinute: number
  /** A short soak has short calls, so that something ends in it. */
  isShort: boolean
}

export type SoakSums = { registered: number; faults: Record<string, number>; cpuMs: number; talking: number }

/** Different faults that are kept. */
const faultsMost = 50
const faults = new Map<string, number>()
const onFault = (error: unknown, doing: string) => {
  const words = `${doing}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 200)
  if (faults.size < faultsMost || faults.has(words)) faults.set(words, (faults.get(words) ?? 0) + 1)
}

process.once('message', order => void start(order as SoakOrder))
process.once('disconnect', () => process.exit(0))

async function start(order: SoakOrder): Promise<void> {
  const brief = { ringMs: { mean: 1000, cv: 0.3, min: 300 }, talkMs: { mean: 3000, cv: 0.4, min: 1000 } }
  const carrier = await startCarrier({
    scenario: scenarioSchema.parse({
      seed: order.seed,
      listen: [`udp:${order.carrierAddress}:0`],
      mediaAddress: order.carrierAddress,
      mediaPorts: '20000-29999',
      people: ordinaryPeople.map(person =>
        order.isShort && person.kind === 'answers' ? { ...person, ...brief } : person,
      ),
      inbound: {
        to: order.serviceNumber,
        target: `udp:${order.registrar.address}:${order.registrar.port}`,
        perMinute: order.callersPerMinute,
        talkMs: order.isShort ? 2000 : { mean: 30_000, cv: 0.7, min: 3000 },
      },
    }),
    recordTo: null,
    log: () => undefined,
    onFault: (error, doing) => onFault(error, `carrier: ${doing}`),
  })
  // The phones come when the house has their extensions: to a registrar that does not know them they would be strangers.
  process.once('message', () => void openPhones(order, carrier))
  process.send!({ carrierPort: carrier.bound[0]!.port })
}

async function openPhones(order: SoakOrder, carrier: RunningCarrier): Promise<void> {
  const desks = await openDesks({
    extensions: order.extensions,
    password: () => order.password,
    registrar: order.registrar,
    address: order.deskAddress,
    mediaPorts: { from: 20_000, to: 29_999 },
    voice: () => 'agent-zh',
    pickUpAfterMs: 300,
    seed: order.seed + 1,
    onFault: (error, doing) => onFault(error, `desk phones: ${doing}`),
  })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send!({
      registered: [...desks.phones.values()].filter(phone => phone.registered).length,
      faults: Object.fromEntries(faults),
      cpuMs: (user + system) / 1000,
      talking: carrier.figures.talking,
    } satisfies SoakSums)
  })
  process.send!('open')
}
