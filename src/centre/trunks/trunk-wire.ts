/** What is seen of a trunk on the wire, for pages, the API and tests of it. Instants are of the clock of whoever tells. */

export type RegistrationSeen = {
  state: 'registered' | 'refused'
  reply: string
  at: number
  contacts: number
  /** For how long it was granted, or until it is tried again. */
  nextMs: number
  /** Until when it holds; null: it does not. */
  until: number | null
  /** How refreshing it failed last, while it holds; null: it did not. */
  refresh: { reply: string; at: number; nextMs: number } | null
}

/** `up`: it was answered, and not that nobody takes calls there. */
export type OptionsSeen = { up: boolean; status: number | null; rttMs: number | null; at: number }
