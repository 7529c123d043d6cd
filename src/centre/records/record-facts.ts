/** Facts of what people keep at the centre: accounts, trunks, campaigns, leads … Those of the floor stand in `facts.ts`, those of debts and sales in `lender/`. */
import type { LenderFact } from '../../lender/facts.ts'
import type {
  ApprovalId,
  CallId,
  CampaignId,
  ExportId,
  FileImportId,
  FilterId,
  ImportId,
  LeadId,
  LegalHoldId,
  MenuId,
  NumberId,
  QueueId,
  RecordingId,
  TableExportId,
  TeamId,
  TokenId,
  TrunkGroupId,
  TrunkId,
  UserId,
  WallId,
} from '../../lib/ids.ts'
import type { Told } from '../calls/heard.ts'
import type {
  Business,
  Campaign,
  InboundNumber,
  Lead,
  LeadList,
  Queue,
  Role,
  SavedFilter,
  Team,
  Trunk,
  TrunkGroup,
  User,
} from '../entities.ts'
import type { StopKind } from '../gate/stops.ts'
import type { LineRules } from '../lines/rest.ts'
import type { Menu } from '../menu/menu.ts'
import type { Policy } from '../policy/policy.ts'
import type { UnderivableCause } from '../recording/recording-rules.ts'
import type { Period } from '../recording/retention.ts'
import type { TollRules } from '../toll/rules.ts'
import type { Approval } from './approval.ts'
import type { FileImport, ImportCounts, ImportEnd, ImportKind, ImportMapping, ImportTrouble } from './file-import.ts'
import type { TableExport } from './table-export.ts'

export const legalHoldKinds = ['recording', 'call', 'party'] as const
export type LegalHoldKind = (typeof legalHoldKinds)[number]

/** The rule by which a recording goes; `kept`: for how long it was, `policy`: whose minimum that is, null: the centre's own rule. */
export type DestroyedBy =
  | { reason: 'unanswered'; days: number }
  | { reason: 'retention'; business: Business | null; kept: Period; policy: string | null }

/** Facts of the lender's and the centre's records: written through the records door. `saved` holds the whole new value. */
export type RecordFact =
  | LenderFact
  | { type: 'user.saved'; user: User }
  | { type: 'user.passwordSet'; user: UserId }
  | { type: 'user.sipPasswordSet'; user: UserId }
  | { type: 'user.locked'; user: UserId; until: number }
  /** `openedAt`: when, of one that the journal had no room for then. */
  | { type: 'session.opened'; user: UserId; address: string; openedAt?: number }
  | { type: 'session.closed'; user: UserId; reason: 'signed_out' | 'expired' | 'replaced' | 'agency' }
  | { type: 'session.refused'; name: string; address: string; reason: string }
  /** `approvedBy`: by whom, where it needed a second person. `team`: it sees and hears this one alone. */
  | { type: 'token.issued'; token: TokenId; name: string; role: Role; approvedBy?: UserId; team?: TeamId }
  | { type: 'token.revoked'; token: TokenId }
  /** Somebody else answers for it from now on. */
  | { type: 'token.adopted'; token: TokenId; user: UserId }
  /** A screen on the wall: `by` whoever it looks for, `team` null all that they see. */
  | { type: 'wall.made'; wall: WallId; name: string; team: TeamId | null; by: UserId }
  /** Given another link, for a screen that was not opened in time, or lost what it had. */
  | { type: 'wall.linked'; wall: WallId }
  | { type: 'wall.opened'; wall: WallId; address: string }
  | { type: 'wall.revoked'; wall: WallId }
  | { type: 'approval.asked'; approval: Approval }
  /** `lapsed`: who asked may no longer ask for it. */
  | {
      type: 'approval.decided'
      approval: ApprovalId
      as: 'approved' | 'refused' | 'withdrawn' | 'lapsed'
      user: UserId
      why: string
    }
  /** What was approved was fetched: the secret of a token. */
  | { type: 'approval.used'; approval: ApprovalId }
  | { type: 'trunk.saved'; trunk: Trunk }
  | { type: 'trunk.passwordSet'; trunk: TrunkId }
  | { type: 'trunk.removed'; trunk: TrunkId }
  | { type: 'trunkGroup.saved'; group: TrunkGroup }
  | { type: 'trunkGroup.removed'; group: TrunkGroupId }
  | { type: 'team.saved'; team: Team }
  | { type: 'team.removed'; team: TeamId }
  | { type: 'lines.rulesSaved'; rules: LineRules }
  | { type: 'toll.rulesSaved'; rules: TollRules }
  /** A slice of an import, at most 5,000 rows: seven digits of a mobile number and the area code of its home city, without its 0. */
  | { type: 'attribution.added'; rows: [prefix: number, area: number][] }
  | { type: 'attribution.cleared' }
  | { type: 'number.saved'; number: InboundNumber }
  | { type: 'number.removed'; number: NumberId }
  | { type: 'queue.saved'; queue: Queue }
  | { type: 'queue.removed'; queue: QueueId }
  | { type: 'menu.saved'; menu: Menu }
  | { type: 'menu.removed'; menu: MenuId }
  | { type: 'campaign.saved'; campaign: Campaign }
  /** A slice of an import, at most 500 rows; leads with a ref that the campaign has already are left out before. */
  | { type: 'leads.added'; campaign: CampaignId; import: ImportId; leads: Lead[] }
  | {
      type: 'leads.imported'
      campaign: CampaignId
      import: ImportId
      source: string
      accepted: number
      rejected: number
    }
  /** A list's name, priority, weight, or whether it is paused. */
  | { type: 'list.saved'; list: LeadList }
  /** Leads that were over are ready again, as if never tried; at most 500 a fact. */
  | { type: 'leads.recycled'; campaign: CampaignId; list: ImportId; leads: LeadId[] }
  | { type: 'suppression.added'; number: string; reason: string; until: number | null }
  | { type: 'suppression.removed'; number: string; reason: string }
  /** A person whom no channel may reach from now on, and one who may be reached again. */
  | {
      type: 'party.held'
      party: string
      kind: StopKind
      reason: string
      until: number | null
      /** The person's own numbers, which are not dialled whoever is meant. */
      numbers?: string[]
    }
  | { type: 'party.released'; party: string; kind: StopKind; reason: string }
  /** A policy of the centre's own; each save is a new version. */
  | { type: 'policy.saved'; policy: Policy }
  | { type: 'setting.saved'; key: string; value: string }
  | { type: 'filter.saved'; filter: SavedFilter }
  | { type: 'filter.removed'; filter: FilterId; owner: UserId }
  /** A version of one of the lender's own recordings; somebody heard it; it is what messages say from now on. */
  | {
      type: 'phrase.saved'
      name: string
      version: number
      words: string
      sha256: string
      bytes: number
      durationMs: number
    }
  | { type: 'phrase.heard'; name: string; version: number }
  | { type: 'phrase.used'; name: string; version: number }
  /** A recording of a network's announcement; `label` null: nobody has said yet what it tells. `from`: the call it was heard on, null: sent by a person. */
  | {
      type: 'announcement.saved'
      announcement: string
      label: string | null
      language: string
      words: string
      sha256: string
      bytes: number
      durationMs: number
      from: CallId | null
    }
  | { type: 'announcement.labelled'; announcement: string; label: string; language: string; words: string }
  | { type: 'announcement.removed'; announcement: string; reason: string }
  | { type: 'recording.listened'; recording: RecordingId; user: UserId }
  /** The smaller form of a sealed recording lies on disk; `source`: the SHA-256 of the recording it was made of. */
  | {
      type: 'recording.derived'
      recording: RecordingId
      call: CallId
      path: string
      source: string
      sha256: string
      bytes: number
    }
  /** It has none, and will have none: an alarm when the file is not what was sealed. Without `cause`: told before there were names for it. */
  | { type: 'recording.underivable'; recording: RecordingId; call: CallId; cause?: UnderivableCause; reason: string }
  /** By policy the smaller form stands alone from now on. */
  | { type: 'recording.sourceRemoved'; recording: RecordingId; call: CallId; days: number }
  /** By policy nothing is left of it but what the journal says. */
  | ({ type: 'recording.destroyed'; recording: RecordingId; call: CallId } & DestroyedBy)
  /** Somebody looked at what lies under its name and cannot be of its call, and left it as it lies. */
  | { type: 'recording.misfitLeft'; recording: RecordingId; call: CallId; reason: string }
  /** No file of it is left on the disk. */
  | { type: 'recording.erased'; recording: RecordingId; call: CallId }
  /** It must not be destroyed, whatever its age; `call`: of which it is told, null of a party (`target`: the lender's reference). */
  | {
      type: 'legalHold.placed'
      hold: LegalHoldId
      kind: LegalHoldKind
      target: string
      call: CallId | null
      reason: string
    }
  | { type: 'legalHold.lifted'; hold: LegalHoldId; kind: LegalHoldKind; call: CallId | null; reason: string }
  /** Who answered, as an auditor heard it in the recording; see the same of an agent above. */
  | ({ type: 'call.answererTold'; call: CallId } & Told)
  | { type: 'export.requested'; export: ExportId; user: UserId; reason: string; calls: number; filter: string }
  | { type: 'export.finished'; export: ExportId; sha256: string; bytes: number }
  | { type: 'export.downloaded'; export: ExportId; user: UserId }
  /** Its zip is no longer in the data folder. */
  | { type: 'export.erased'; export: ExportId }
  /** Somebody's file lies in the data folder, and is not read yet. */
  | { type: 'import.received'; import: FileImport }
  /** Also when it goes on after it was cancelled or the process went away. */
  | { type: 'import.started'; import: FileImportId; mapping: ImportMapping }
  /** `counts` of the whole file. `why` it failed; left out: it did not, or was told before there were names for it. `trouble`: what was met, in words (English). */
  | {
      type: 'import.ended'
      import: FileImportId
      as: ImportEnd
      counts: ImportCounts
      why?: ImportTrouble
      trouble: string | null
    }
  | { type: 'mapping.saved'; kind: ImportKind; name: string; headings: string[]; mapping: ImportMapping }
  | { type: 'mapping.removed'; kind: ImportKind; name: string }
  | { type: 'tableExport.requested'; export: TableExport }
  /** `sha256` and `bytes` of the file as it is handed over; null and 0 unless it was finished. */
  | {
      type: 'tableExport.ended'
      export: TableExportId
      as: ImportEnd
      rows: number
      bytes: number
      sha256: string | null
      trouble: string | null
    }
  | { type: 'tableExport.downloaded'; export: TableExportId }
  /** Its file is no longer in the data folder. */
  | { type: 'tableExport.erased'; export: TableExportId }
  | { type: 'audit.noted'; what: string; detail: string }
