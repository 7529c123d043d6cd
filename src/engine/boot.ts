/** From a store to a running floor. */
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import { type Centre, centre as realCentre } from './centre.ts'
import { Engine } from './engine.ts'
import { leadsPort } from './leads.ts'
import type { Ports } from './ports.ts'
import { closeInFlight, type Salvage, sealLeft } from './recover.ts'
import { systemTimers, type Timers } from './timers.ts'

export type BootOptions = {
  store: Store
  /** The phone and media ports; leads are fetched from the store here. */
  ports: Pick<Ports, 'phone' | 'media'>
  salvage: Salvage
  /** Given what need not be over before calls are taken: the sealing of recordings. Left out: it is waited for. */
  later?: (task: (signal: AbortSignal) => Promise<void>) => void
  clock: Clock
  log: Logger
  version: string
  /** Demo and tests only: the any-hour policy is accepted. */
  lab?: boolean
  alarm?: (words: string | null) => void
  timers?: Timers
  centre?: Centre
}

/**
 * Closes what was in flight, then sets the floor up. Call `start()` once the ports are ready: until then nothing is dialled. Rejects with
 * StoreError when the store can not be written.
 */
export async function bootEngine(options: BootOptions): Promise<Engine> {
  const { store, clock, log } = options
  const timers = options.timers ?? systemTimers
  const last = await store.read('journal.head', {})
  const bootAt = Math.max(clock.now(), last.at + 1) // ids and keys stay unique when the clock was set back
  const closed = await closeInFlight({
    store,
    started: { type: 'system.started', bootId: bootAt.toString(36), version: options.version },
    now: () => clock.now(),
    lastAt: last.at,
  })
  const counts = Object.fromEntries(Object.entries(closed).map(([noun, items]) => [noun, items.length]))
  if (Object.values(counts).some(count => count > 0))
    log.warn(counts, 'closed what was in hand when the last run went away')
  const sealing = (signal: AbortSignal) =>
    sealLeft(
      closed.recordings,
      { store, salvage: options.salvage, now: () => clock.now(), lastAt: last.at, log },
      signal,
    )
  if (options.later === undefined) await sealing(new AbortController().signal)
  else if (closed.recordings.length > 0) options.later(sealing)
  const setup = { ...(await store.setup(clock.now())), lab: options.lab ?? false }
  const engine: Engine = new Engine({
    centre: options.centre ?? realCentre,
    store,
    setup,
    ports: {
      ...options.ports,
      leads: leadsPort({
        store,
        state: () => engine.state,
        post: (input, actor) => engine.post(input, actor),
        clock,
        timers,
        log,
      }),
    },
    clock,
    timers,
    log,
    bootAt,
    alarm: options.alarm,
  })
  return engine
}
