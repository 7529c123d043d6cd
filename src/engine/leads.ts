/** The leads port: fetches due leads from the store and posts them to the floor. */
import type { Input } from '../centre/inputs.ts'
import type { FloorState } from '../centre/state.ts'
import type { Clock } from '../lib/clock.ts'
import type { CampaignId, LeadId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import type { Ports, Post } from './ports.ts'
import type { Timers } from './timers.ts'

/** Time until a fetch that failed is answered, so that the next one does not come at once. */
const failedMs = 1_000

export function leadsPort(of: {
  store: Pick<Store, 'read'>
  state: () => FloorState
  post: Post
  clock: Clock
  timers: Timers
  log: Logger
}): Ports['leads'] {
  const history = (since: number): void => {
    of.store.read('contacts.since', { since }).then(
      contacts => of.post({ type: 'contacts.loaded', contacts, since }),
      error => of.log.warn({ err: error }, 'the history of contacts could not be read; it is asked for again'),
    )
  }
  return {
    perform(effect) {
      if (effect.type === 'leads.history') return history(effect.since)
      const { campaign, want, callbacksOnly, closed, full, askedAt } = effect
      const except = inBuffer(of.state(), campaign)
      of.store.read('leads.due', { campaign, now: of.clock.now(), want, except, callbacksOnly, closed, full }).then(
        answer => of.post({ type: 'leads.loaded', campaign, askedAt, ...answer }),
        error => {
          of.log.warn({ err: error, campaign }, 'leads could not be fetched')
          const none: Input = { type: 'leads.loaded', campaign, leads: [], exhausted: false, askedAt }
          of.timers.after(failedMs, () => of.post(none))
        },
      )
    },
  }
}

/** What the floor has already, whether it waits in the buffer or is in a call. */
function inBuffer(state: FloorState, campaign: CampaignId): LeadId[] {
  const floor = state.campaigns.get(campaign)
  return [...(floor?.buffer.ids() ?? []), ...(floor?.reserved.keys() ?? [])]
}
