/** What the gate answered, as it stands in the journal beside the contact: see compliance.ts. */

/** A rule that was asked before a call was allowed, as the verdict names it. Lines of before may name others. */
export type CheckedRule =
  | 'campaign_not_running'
  | 'number_invalid'
  | 'do_not_call'
  | 'party_hold'
  | 'number_in_call'
  | 'party_in_call'
  | 'third_party'
  | 'contact_hours'
  | 'consent'
  | 'caps'
  | 'emergency'

/**
 * The allow verdict that a call was placed under: the policies that were asked, joined with `+`, the version of each in the same order, and the
 * rules. (In older lines a named stack stands under its name.)
 */
export type Verdict = {
  policy: string
  version: string
  rules: string[]
  /** A supervisor's reason to go past rules of effect WARN; whose it is stands beside the fact. */
  override?: string
}

/** What a contact was refused under: policies and versions as in `Verdict`, and the policy that said no; null: no policy's rule (do not call …). */
export type RefusedUnder = { policy: string; version: string; by: string | null }
