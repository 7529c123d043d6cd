/** How well answering machines are told from people, by what people say of the calls. */
import type { AnswerersProps } from '../../../web/pages/auditor/answerers.ts'
import type { Frame } from '../../../web/parts/frame.ts'
import { nameOf } from '../agent/contact-line.ts'
import type { Deps } from '../deps.ts'

export const answererDays = [7, 30, 90] as const

/** `days`: as it stands in the URL; what is no choice is the usual. */
export async function answerersOf(deps: Deps, frame: Frame, days: string | undefined): Promise<AnswerersProps> {
  const span = answererDays.find(each => String(each) === days) ?? 30
  const range = { from: frame.now - span * 86_400_000, to: frame.now + 1 }
  const [counts, mistakes] = await Promise.all([
    deps.store.read('answerers.counts', range),
    deps.store.read('answerers.mistakes', range),
  ])
  const { state } = deps.engine
  return {
    frame,
    days: span,
    choices: answererDays,
    counts,
    mistakes: mistakes.map(({ call, startedAt, campaign, agent, judged, told }) => ({
      call,
      at: startedAt,
      campaign: (campaign && state.campaigns.get(campaign)?.campaign.name) || null,
      agent: nameOf(state, agent),
      judged,
      told,
    })),
  }
}
