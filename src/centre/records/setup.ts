import type { Agency } from '../../lender/agency.ts'
import type { CallId, CampaignId, RecordingId, TrunkId, UserId } from '../../lib/ids.ts'
import type { ResumedMode } from '../campaigns/mode.ts'
import type { Campaign, InboundNumber, Queue, Team, Trunk, TrunkGroup, User } from '../entities.ts'
import type { AbandonCount } from '../gate/abandonment.ts'
import type { PlacedParty } from '../gate/agencies.ts'
import type { ContactPack } from '../gate/contact-columns.ts'
import type { Stop } from '../gate/stops.ts'
import type { LineRules } from '../lines/rest.ts'
import type { TallyCounts } from '../lines/tally.ts'
import type { Menu } from '../menu/menu.ts'
import type { Policy } from '../policy/policy.ts'
import type { TollRules } from '../toll/rules.ts'

/** What the store loads at start: the floor as it is set up, with nobody on it. */
export type Setup = {
  users: User[]
  trunks: Trunk[]
  trunkGroups?: TrunkGroup[]
  teams?: Team[]
  /** Where trunks have answered OPTIONS. */
  answering?: { trunk: TrunkId; answersAt: string }[]
  /** Calls that trunks started within the last seconds, oldest first: their rates go on where they were. */
  starts?: { trunk: TrunkId; at: number }[]
  numbers: InboundNumber[]
  queues: Queue[]
  menus?: Menu[]
  campaigns: Campaign[]
  suppressed: { number: string; until: number | null }[]
  /** The centre's own policies, each in its newest version. */
  policies?: Policy[]
  textPolicy?: string
  /** Calendars that an administrator wrote: code → dates. */
  calendars?: Record<string, string>
  stops?: Stop[]
  agencies?: Agency[]
  /** Whose cases are with an agency. */
  placed?: PlacedParty[]
  /** Parties who took back their consent to sales calls. */
  unsold?: string[]
  /** Outgoing calls since `since`; left out: there were none. */
  history?: { contacts: ContactPack; since: number }
  /** The centre's time zone; left out: Asia/Shanghai. */
  zone?: string | null
  /** Live-answered and abandoned calls, by campaign and quarter of an hour, of the last 30 days. */
  abandonment?: ({ campaign: CampaignId; at: number } & AbandonCount)[]
  phrases?: { name: string; version: number }[]
  /** Settings of transfers, by key: see outside.ts. */
  transfers?: Record<string, string>
  /** Settings `recording.*`: see recording-rules.ts. */
  recordingRules?: Record<string, string>
  /** Settings `supervision.shown.MODE` and of teams that were saved. */
  supervision?: Record<string, string>
  /** Of campaigns with rules of mode: what was in force when the last run ended. */
  modes?: ResumedMode[]
  /** How lines did in the hours before the start, oldest first; `at`: the end of the hour. */
  lines?: ({ at: number; trunk: TrunkId; callerId: string } & TallyCounts)[]
  lineRules?: LineRules
  tollRules?: TollRules
  /** As the administrator wrote them; left out: from anywhere. */
  allowed?: { phones: string; staff: string }
  /** Talked abroad since midnight by calls dialled by hand. */
  tollSpent?: { by: UserId | null; ms: number }[]
  /** Home cities of mobile prefixes, as `packedAreas` in lines/area.ts makes them. */
  mobileAreas?: Uint16Array | null
  /** Recordings still open on disk from before a restart: `recording.closed` with `salvaged` seals them. */
  openRecordings?: { recording: RecordingId; call: CallId; path: string }[]
  /** Demo and tests only: the policy `LAB-ANY-HOUR` is accepted. Default false. */
  lab?: boolean
}
