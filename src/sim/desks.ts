/** A room of simulated desk phones: one user agent and one patch bay for all of them, each registered with its own extension. */
import { seededRandom } from '../lib/random.ts'
import { DeskPhone } from './desk-phone.ts'
import { type Line, openLine } from './line.ts'

export type DesksOptions = {
  extensions: string[]
  password(extension: string): string
  registrar: { address: string; port: number }
  /** Where the phones are: an address of loopback. */
  address: string
  mediaPorts: { from: number; to: number }
  /** Left out: `assets/voices`. */
  voices?: Record<string, Int16Array>
  /** What each says, looped; null: nothing. */
  voice(extension: string): string | null
  pickUpAfterMs: number
  seed: number
  onFault(error: unknown, doing: string): void
}

export type Desks = AsyncDisposable & { readonly phones: ReadonlyMap<string, DeskPhone>; readonly line: Line }

export async function openDesks(options: DesksOptions): Promise<Desks> {
  const line = await openLine({
    name: 'desk phone',
    listen: [`udp:${options.address}:0`],
    mediaAddress: options.address,
    mediaPorts: options.mediaPorts,
    random: seededRandom(options.seed),
    ...(options.voices === undefined ? {} : { voices: options.voices }),
    onFault: options.onFault,
  })
  const phones = new Map(
    options.extensions.map(extension => [
      extension,
      new DeskPhone({
        ua: line.ua,
        bay: line.bay,
        extension,
        password: options.password(extension),
        registrar: { ...options.registrar, transport: 'udp' },
        mediaAddress: options.address,
        voice: options.voice(extension),
        pickUpAfterMs: options.pickUpAfterMs,
        after: line.after,
        now: line.now,
        flush: line.flush,
      }),
    ]),
  )
  line.onEvent(event => {
    for (const phone of phones.values()) phone.take(event)
  })
  for (const phone of phones.values()) phone.start()
  return {
    phones,
    line,
    async [Symbol.asyncDispose]() {
      for (const phone of phones.values()) phone.stop()
      await line[Symbol.asyncDispose]()
    },
  }
}
