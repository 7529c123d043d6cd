/** Preview: an agent looks at a lead first, then calls it or gives it back. */
import type { UserId } from '../../lib/ids.ts'
import { settle, takeState } from '../agents/settle.ts'
import { startByHand } from '../calls/dial.ts'
import type { DialIntent } from '../calls/dial-intent.ts'
import type { Draft } from '../draft.ts'
import type { BufferedLead, LeadPhone } from '../entities.ts'
import { mayContact } from '../gate/compliance.ts'
import { candidatePhones, isOnCall, personOf, requestOf } from '../leads/lead.ts'
import type { Agent, CampaignFloor } from '../state.ts'

const skippedMs = 30 * 60_000
const timedOutMs = 10 * 60_000

export function offerPreview(d: Draft, floor: CampaignFloor, agent: Agent, lead: BufferedLead): void {
  const { id: campaign, previewMs } = floor.campaign
  const until = d.now + previewMs
  d.fact({ type: 'lead.reserved', lead: lead.id, campaign, agent: agent.user.id })
  d.fact({ type: 'preview.offered', agent: agent.user.id, campaign, lead: lead.id, until })
  const looking = { agent: agent.user.id, state: 'preview', reason: null, call: null, until } as const
  d.fact({ type: 'agent.stateChanged', ...looking })
}

/** `chosen`: the number that the agent picked, by its place in the lead; null: the first that the gate lets through. */
export function acceptPreview(d: Draft, id: UserId, chosen: number | null = null): void {
  const agent = d.state.agents.get(id)
  if (!agent?.preview || agent.phase !== 'preview') return d.refuse('no_preview', 'No lead is offered to you now.')
  const { campaign, lead } = agent.preview
  if (isOnCall(d.state, lead)) return d.refuse('number_in_call', 'This person is on a call already.')
  const phone = chosen === null ? allowedPhone(d, agent.preview) : (agent.preview.lead.phones[chosen] ?? null)
  if (phone === null) return d.refuse('number_invalid', 'This lead has no number.')
  const { number, relation } = phone
  const party = { ...personOf(lead, phone), relation }
  const intent: DialIntent = { number, campaign, lead: lead.id, mode: 'preview', ...party }
  const closed = { agent: id, campaign, lead: lead.id, reason: null }
  const outcome = startByHand(d, agent, intent, 'preview', false)
  if (outcome === 'no_line') return // a line may be free in a moment: the offer stands until its time is over
  d.fact({ type: 'preview.closed', ...closed, how: outcome === 'placed' ? 'accepted' : 'withdrawn' })
  if (outcome === 'placed') return
  release(d, agent, 'not_allowed', timedOutMs)
  settle(d, agent, 'ready')
}

export function skipPreview(d: Draft, id: UserId, reason: string): void {
  const agent = d.state.agents.get(id)
  if (!agent?.preview || agent.phase !== 'preview') return d.refuse('no_preview', 'No lead is offered to you now.')
  const { campaign, lead } = agent.preview
  d.fact({ type: 'preview.closed', agent: id, campaign, lead: lead.id, how: 'skipped', reason: reason.slice(0, 200) })
  release(d, agent, 'skipped', skippedMs)
  settle(d, agent, 'ready')
}

/** The agent did not decide in time: the lead goes back, and an agent who is not there is not offered another. */
export function timeOutPreview(d: Draft, agent: Agent): void {
  if (agent.preview === null) return takeState(d, agent, 'break', 'preview_timeout')
  const { campaign, lead } = agent.preview
  d.fact({ type: 'preview.closed', agent: agent.user.id, campaign, lead: lead.id, how: 'timed_out', reason: null })
  release(d, agent, 'preview_timeout', timedOutMs)
  takeState(d, agent, 'break', 'preview_timeout')
}

/** The agent leaves or the campaign stops: the lead is due at once for others. The caller says where the agent goes. */
export function withdrawPreview(d: Draft, agent: Agent, reason: string): void {
  if (agent.preview === null) return
  const { campaign, lead } = agent.preview
  d.fact({ type: 'preview.closed', agent: agent.user.id, campaign, lead: lead.id, how: 'withdrawn', reason })
  release(d, agent, 'withdrawn', 0)
}

function release(d: Draft, agent: Agent, reason: string, delayMs: number): void {
  if (agent.preview === null) return
  const { campaign, lead } = agent.preview
  const { id, next = null } = lead
  const state = lead.callback === null ? 'ready' : 'callback' // a promise stays one
  d.fact({ type: 'lead.released', lead: id, campaign, state, dueAt: d.now + delayMs, reason, next })
}

/** The first number that the gate lets through; if none, the first, so that the refusal says why. */
function allowedPhone(d: Draft, preview: NonNullable<Agent['preview']>): LeadPhone | null {
  const phones = candidatePhones(preview.lead)
  const { campaign } = preview
  const allowed = phones.find(
    phone => mayContact(d.state, requestOf(preview.lead, phone, campaign, 'preview'), d.now).ok,
  )
  return allowed ?? phones[0] ?? null
}
