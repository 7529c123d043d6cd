import type { Piece } from '../../../src/lender/script.ts'

/** The script as far as it is gone through, with the values of this call in it; what must not be said here has none. */
export type DeskSay = {
  must: { key: string; text: Piece[]; readAt: number | null; offsetMs: number | null }[]
  /** Steps gone through, the first at the top. */
  passed: { key: string; title: string }[]
  /** From where the talk is, as far as it goes without a choice. */
  steps: { key: string; title: string; text: Piece[] }[]
  /** What the party may say to the last of these. */
  answers: { step: string; words: string[] } | null
  /** An answer led to the end. */
  over: boolean
  /** Sentences can be ticked now: the party is on the line. */
  live: boolean
}
