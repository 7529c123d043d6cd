/**
 * What a party hears who waits or is held: the lender's own recording that the queue, else the campaign, names (`music`, a phrase in use, see the
 * page of phrases), over and over; without one, or when that one is not in use, the comfort music that is shipped.
 */

import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import { ownPrefix } from '../speech/message.ts'

export function playMusic(d: Draft, call: Call, queue: Call['queue'] = call.queue): void {
  const name = ofQueue(d, queue) ?? ofCampaign(d, call)
  const version = name == null ? undefined : d.state.phrases.get(name)
  const prompt = version === undefined ? 'comfort-music' : (`${ownPrefix}${name}@${version}` as const)
  d.effect({ type: 'media.play', leg: call.leg, prompt, loop: true })
}

/** A tone of ours, over and over. */
export function playTone(d: Draft, leg: Call['leg'], prompt: 'ringback'): void {
  d.effect({ type: 'media.play', leg, prompt, loop: true })
}

function ofQueue(d: Draft, id: Call['queue']): string | null | undefined {
  return id === null ? null : d.state.queues.get(id)?.queue.music
}

function ofCampaign(d: Draft, { campaign }: Call): string | null | undefined {
  return campaign === null ? null : d.state.campaigns.get(campaign)?.campaign.music
}
