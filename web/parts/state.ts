/** States: always a colour, an icon and a word together, never the colour alone. */

import type { CallPhase } from '../../src/centre/call-state.ts'
import type { AgentPhase } from '../../src/centre/facts.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'
import { type IconName, icon } from './icons.ts'

export type Tone = 'green' | 'amber' | 'red' | 'blue' | 'grey'

export function chip(tone: Tone, name: IconName, word: string | Html): Html {
  return html`<span class="chip ${tone}">${icon(name)}<span>${word}</span></span>`
}

export const agentLooks: Record<AgentPhase, { tone: Tone; icon: IconName }> = {
  signed_off: { tone: 'grey', icon: 'circle' },
  break: { tone: 'grey', icon: 'coffee' },
  ready: { tone: 'green', icon: 'circle-check' },
  preview: { tone: 'blue', icon: 'eye' },
  dialing: { tone: 'blue', icon: 'phone-outgoing' },
  ringing: { tone: 'blue', icon: 'phone-incoming' },
  talking: { tone: 'blue', icon: 'phone-call' },
  wrapping: { tone: 'amber', icon: 'pencil' },
}

/** Why an agent is on a break: in words where it is one of the house's or of the usual ones, else as whoever named it wrote it. */
export function pauseWord(reason: string, w: Words): string {
  return ({ ...w.agent.systemReasons, ...w.agent.breaks } as Record<string, string>)[reason] ?? reason
}

export function agentChip(phase: AgentPhase, w: Words): Html {
  return chip(agentLooks[phase].tone, agentLooks[phase].icon, w.domain.agentPhase[phase])
}

const callLooks: Record<CallPhase, { tone: Tone; icon: IconName }> = {
  dialing: { tone: 'grey', icon: 'phone-outgoing' },
  ringing: { tone: 'blue', icon: 'phone-outgoing' },
  offered: { tone: 'blue', icon: 'phone-incoming' },
  notice: { tone: 'blue', icon: 'audio-lines' },
  menu: { tone: 'blue', icon: 'audio-lines' },
  waiting: { tone: 'amber', icon: 'hourglass' },
  assigned: { tone: 'blue', icon: 'phone-incoming' },
  talking: { tone: 'green', icon: 'phone-call' },
  passing: { tone: 'amber', icon: 'phone-forwarded' },
  away: { tone: 'green', icon: 'phone-forwarded' },
  ended: { tone: 'grey', icon: 'phone-off' },
}

export function callChip(phase: CallPhase, w: Words): Html {
  return chip(callLooks[phase].tone, callLooks[phase].icon, w.domain.callPhase[phase])
}

/** Why the next call waits, in the page's language; `paced`: it goes as fast as it may. */
export type Why = { words: string; paced: boolean }

/** What a campaign is doing now, and why; `why` null: nothing holds it. */
export function campaignNow(row: { state: 'running' | 'paused' | 'closed'; why: Why | null }, w: Words): Html {
  if (row.state !== 'running') return campaignChip(row.state, w)
  const words = w.campaign
  if (row.why === null) return chip('green', 'circle-play', words.dialling)
  return row.why.paced
    ? html`${chip('green', 'circle-play', words.dialling)} <span class="help">${row.why.words}</span>`
    : html`${chip('amber', 'hourglass', words.held)} <span class="help">${row.why.words}</span>`
}

export function campaignChip(state: 'running' | 'paused' | 'closed', w: Words): Html {
  const looks = {
    running: ['green', 'circle-play'],
    paused: ['amber', 'circle-pause'],
    closed: ['grey', 'archive'],
  } as const
  return chip(looks[state][0], looks[state][1], w.domain.campaignState[state])
}
