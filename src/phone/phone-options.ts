import type { LegId, UserId } from '../lib/ids.ts'
import type { LegsOptions } from './legs.ts'

/** What the phone stands on: the SIP stack, the media, the trunks, and who has which extension. */
export type PhoneOptions = LegsOptions & {
  extensionOf(agent: UserId): string | null
  agentAt(extension: string): UserId | null
  /** Somebody is to be reached at this number of the centre's. */
  isOurNumber(number: string): boolean
  newLegId(): LegId
}
