/** Effects to their ports, in the order decided. A port that throws has a bug; its leg is over then, so that its call ends too. */
import type { Effect } from '../centre/effects.ts'
import type { Logger } from '../lib/log.ts'
import type { LeadsEffect, MediaEffect, PhoneEffect, Ports, Post } from './ports.ts'

export function act(effects: Effect[], to: { ports: Ports; post: Post; log: Logger }): void {
  for (const effect of effects) {
    try {
      perform(effect, to.ports)
    } catch (error) {
      to.log.error({ err: error, effect: effect.type }, 'a port threw; this is a bug')
      fail(effect, to.post)
    }
  }
}

function perform(effect: Effect, ports: Ports): void {
  if (isOf(effect, 'phone.')) return ports.phone.perform(effect as PhoneEffect)
  if (isOf(effect, 'media.')) return ports.media.perform(effect as MediaEffect)
  return ports.leads.perform(effect as LeadsEffect)
}

function isOf(effect: Effect, port: string): boolean {
  return effect.type.startsWith(port)
}

function fail(effect: Effect, post: Post): void {
  switch (effect.type) {
    case 'media.record':
      return post({
        type: 'recording.failed',
        recording: effect.recording,
        cause: 'fault',
        reason: 'the recorder could not be started',
      })
    case 'leads.fetch':
      return post({ type: 'leads.loaded', campaign: effect.campaign, leads: [], exhausted: false })
    case 'phone.dial':
    case 'phone.ring':
    case 'phone.answer':
      return post({ type: 'leg.ended', leg: effect.leg, by: 'system', sipStatus: null, q850: null, cause: 'fault' })
    default:
      return
  }
}
