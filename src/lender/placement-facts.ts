/** Facts of agencies and of batches placed with them. That a case is placed, and is no more, is said by `case.moved`. */
import type { AgencyId, CallbackId, UserId } from '../lib/ids.ts'
import type { Agency } from './agency.ts'
import type { CallbackHolder } from './agency-callback.ts'
import type { AgencyBatch, PlacementRefusal, UnlistedWhy } from './placement.ts'

export type PlacementFact =
  | { type: 'agency.saved'; agency: Agency }
  /** Its history stays; its people are switched off with it. */
  | { type: 'agency.removed'; agency: AgencyId; reason: string }
  | { type: 'batch.opened'; batch: AgencyBatch }
  /** Which cases are to be placed, at most 500 in one: after a restart the rest is known. */
  | { type: 'batch.listed'; batch: string; cases: { case: string; party: string; owed: number; currency: string }[] }
  /** Of those that were listed, what could not go any more when its turn came. */
  | { type: 'batch.refused'; batch: string; cases: { case: string; why: PlacementRefusal }[] }
  /** So many were never listed: the process died while they were, and then the plan came out otherwise, or what there was was recalled. */
  | { type: 'batch.unlisted'; batch: string; cases: number; why: UnlistedWhy }
  /** All that were listed are placed or refused. */
  | { type: 'batch.placed'; batch: string }
  /** Nothing of it is placed any more. */
  | { type: 'batch.ended'; batch: string; reason: string }
  /** A callback that somebody of an agency was to keep is another's from now on: null anyone's, and no campaign or lead of the agency's any more. */
  | { type: 'callback.passed'; callback: CallbackId; from: UserId | null; to: CallbackHolder }
  /** A file with masked numbers left the house. */
  | {
      type: 'batch.exported'
      batch: string
      agency: AgencyId
      format: 'csv' | 'xlsx'
      rows: number
      bytes: number
      sha256: string
      reason: string
    }
