/** What holds a campaign back, or paces it, in the page's language. */
import type { Why } from '../../../web/parts/state.ts'
import type { Words } from '../../../web/words/words.ts'
import type { CampaignFloor } from '../../centre/state.ts'
import { wordsOf } from './frame.ts'

/** null: it dials. A predictive campaign between two calls is `paced`: it dials as fast as it may. */
export function heldWords(floor: CampaignFloor, w: Words): Why | null {
  const { held, advice } = floor
  if (held === null) return null
  if (advice === null || !held.rule.startsWith('pacing_')) return { words: wordsOf(held, w), paced: false }
  return { words: w.domain.pacing[advice.limiter](advice), paced: true }
}
