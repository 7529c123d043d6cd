import type { CallId, CampaignId, UserId } from '../lib/ids.ts'
import type { Call } from './call-state.ts'
import type { Agent, Due } from './state.ts'

/** What `proceed` is at, so that it can be put away where it cannot be decided (drop-next.ts). */
export type AtHand =
  | { of: 'loose' }
  | { of: 'supervision'; by: UserId }
  /** Whose agent asks for help. */
  | { of: 'appeal'; call: CallId }
  | { of: 'due'; due: Due }
  | { of: 'history' }
  /** Whose desk phone is to be opened, or let go. */
  | { of: 'phone'; agent: UserId }
  /** Whom a waiting call is looked for; `agent`: the ready one who is looked at, null while the call itself is. */
  | { of: 'search'; call: CallId; agent: UserId | null }
  /** Who is given which call. */
  | { of: 'match'; match: { call: Call; agent: Agent } }
  | { of: 'campaign'; id: CampaignId }

/** What follows by itself could not be decided: a fault in the program, which `cause` says. Nothing has changed. */
export class NotDecided extends Error {
  override name = 'NotDecided'
  readonly at: AtHand

  constructor(at: AtHand, cause: unknown) {
    super(`what follows by itself could not be decided (${at.of}): ${(cause as Error).message}`, { cause })
    this.at = at
  }
}
