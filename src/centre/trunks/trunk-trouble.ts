/** Why a trunk cannot be used, or what went wrong on it last: by name, for the words of pages; `words` say what was seen, for whoever mends it. */
export const trunkTroubles = [
  'switched_off',
  'looking_up',
  'registering',
  'not_found',
  'out_of_reach',
  'registration_refused',
  'registration_silent',
  'options_silent',
  'options_refused',
  'calls_silent',
  'tls_files',
  'tls_untrusted',
  'tls_name',
  'tls_expired',
  'tls_not_yet',
  'tls_revoked',
  'tls_none',
  'tls_refused',
  'tls_other',
  'nobody_listens',
  'closed',
  'no_answer',
  'no_way',
  'call_silent',
  'call_stuck',
  'call_unsent',
  'call_refused',
  'inbound_secret',
  'other',
] as const

export type TrunkTrouble = (typeof trunkTroubles)[number]

export type Trouble = { why: TrunkTrouble; words: string }

/** A trunk that is off, or about to be up, has no fault by that. */
export const isFault = (why: TrunkTrouble): boolean =>
  why !== 'switched_off' && why !== 'looking_up' && why !== 'registering'
