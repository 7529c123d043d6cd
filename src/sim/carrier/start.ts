import { createHash } from 'node:crypto'
import { seededRandom } from '../../lib/random.ts'
import { type Line, openLine } from '../line.ts'
import { Carrier, type CarrierFigures } from './carrier.ts'
import type { Scenario } from './scenario.ts'

export type RunningCarrier = AsyncDisposable & {
  readonly figures: CarrierFigures
  readonly bound: { address: string; port: number }[]
  readonly carrier: Carrier
  readonly line: Line
}

/** A carrier on real sockets. Rejects with SocketError when it cannot listen. */
export async function startCarrier(options: {
  scenario: Scenario
  recordTo: string | null
  log(line: Record<string, unknown>): void
  onFault(error: unknown, doing: string): void
}): Promise<RunningCarrier> {
  const { scenario } = options
  const random = seededRandom(scenario.seed)
  const [from, to] = scenario.mediaPorts.split('-').map(Number) as [number, number]
  const realm = 'carrier.test'
  const { auth } = scenario
  const line = await openLine({
    name: 'Switchroom carrier simulator',
    listen: scenario.listen,
    mediaAddress: scenario.mediaAddress,
    mediaPorts: { from, to },
    random,
    ...(auth === null
      ? {}
      : {
          registrar: {
            realm,
            lookup: (name: string) =>
              name === auth.username
                ? {
                    ha1Md5: hash('md5', `${name}:${realm}:${auth.password}`),
                    ha1Sha256: hash('sha256', `${name}:${realm}:${auth.password}`),
                    offerSha256: false,
                  }
                : null,
          },
          admit: () => 'challenge' as const,
        }),
    onFault: options.onFault,
  })
  const carrier = new Carrier({
    scenario,
    ua: line.ua,
    bay: line.bay,
    random,
    now: line.now,
    after: line.after,
    flush: line.flush,
    recordTo: options.recordTo,
    log: options.log,
  })
  line.onEvent(event => carrier.take(event))
  line.onMedia(event => {
    carrier.takeMedia(event)
    line.flush()
  })
  carrier.start()
  return {
    figures: carrier.figures,
    bound: line.bound,
    carrier,
    line,
    async [Symbol.asyncDispose]() {
      carrier.stop()
      await line[Symbol.asyncDispose]()
    },
  }
}

function hash(algorithm: 'md5' | 'sha256', text: string): string {
  return createHash(algorithm).update(text).digest('hex')
}
