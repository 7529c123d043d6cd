import type { Role } from '../../src/centre/entities.ts'
import type { Language } from '../words/language.ts'
import { type Words, wordsIn } from '../words/words.ts'

export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** `ending` within a month; `refused`: the files hold a new one that is not taken; browsers refuse what has `ended` or is `early`. */
export type CertificateFault = { type: 'ending' | 'refused' | 'ended' | 'early'; endsAt: number }

/** What every page knows: who looks, in which language and zone, at what instant, and how the floor is. */
export type Frame = {
  language: Language
  theme: Theme
  /** Name of the centre, as its administrator wrote it. */
  centre: string
  /** `leads`: an agency, among whose people this one deals out its cases. */
  person: { displayName: string; role: Role; leads?: boolean } | null
  /** The path of this page, for the navigation. */
  path: string
  /** A laboratory or a demonstration, where the any-hour policy holds: every page says so. */
  lab: boolean
  /** null while all is well; else what is wrong, in words. */
  trouble: string | null
  /** What is wrong with a certificate that browsers or phones are shown, for whom it concerns; absent: nothing. */
  certificate?: CertificateFault
  /** IANA name of the centre's time zone. */
  zone: string
  /** Unix ms at which the page was made. */
  now: number
}

export function textsOf(frame: Frame): Words {
  return wordsIn(frame.language)
}
