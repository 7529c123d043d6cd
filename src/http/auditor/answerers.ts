/** How well answering machines are told from people, by what people say of the calls. */
import type { AnswerersProps } from '../../../web/pages/auditor/answerers.ts'
import type { Frame } from '../../../web/parts/frame.ts'
import { sightOf } from '../../centre/agents/team.ts'
import type { User } from '../../centre/entities.ts'
import { nameOf } from '../agent/contact-line.ts'
import type { Deps } from '../deps.ts'

export const answererDays = [7, 30, 90] as const

/** Who sees some agents only counts the calls of these, and of their campaigns those that came to nobody. `days`: as it stands in the URL; what is no choice is the usual. */
export async function answerersOf(
  deps: Deps,
  frame: Frame,
  viewer: User,
  days: string | undefined,
): Promise<AnswerersProps> {
  const span = answererDays.find(each => String(each) === days) ?? 30
  const sight = sightOf(deps.engine.state, viewer)
  const of = sight && { agents: [...sight.agents], campaigns: [...sight.campaigns] }
  const range = { from: frame.now - span * 86_400_000, to: frame.now + 1, of }
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
