import { Hono } from 'hono'
import type { Verdict } from '../../../web/pages/admin/policies.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { readLocal } from '../../../web/parts/time.ts'
import { examine } from '../../centre/gate/compliance.ts'
import { savePolicy } from '../../records/gate/policies.ts'
import { parseInput } from '../../records/parse.ts'
import { contactQuestion } from '../../records/schemas.ts'
import { actorOf, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { knownContact } from '../known-contact.ts'
import { frameOf } from '../live/frame.ts'
import { textOf, typedOf } from '../typed.ts'
import { policiesAnswer, refusedHere } from './policies-answer.ts'
import { policyFieldNames, policyFieldWords, policyGiven } from './policy-form.ts'

const monthMs = 31 * 86_400_000
const latelyMax = 20

/** `/admin/policies`: what holds, a bench to ask it, and policies of the centre's own. */
export function policyRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { state } = deps.engine

  route.get('/admin/policies', allow('admin'), c => policiesAnswer(c, deps, {}))

  route.post('/admin/policies/verdict', allow('admin'), async c => {
    const typed = await typedOf(c)
    const frame = await frameOf(c, deps)
    const of = (name: string) => textOf(typed, name) || null
    const time = textOf(typed, 'at')
    try {
      const about = {
        number: textOf(typed, 'number'),
        campaign: of('campaign'),
        relation: of('relation'),
        party: of('party'),
      }
      const at = time === '' ? frame.now : (readLocal(time, frame.zone) ?? -1)
      const { at: when = frame.now, agreed: _, ...asked } = parseInput(contactQuestion, { ...about, at })
      const known = await knownContact(deps, { campaign: asked.campaign, lead: null, number: asked.number })
      const mode = (asked.campaign && state.campaigns.get(asked.campaign)?.campaign.mode) || 'manual'
      const who = { party: asked.party ?? known.party, relation: asked.relation ?? known.relation }
      const found = examine(state, { ...asked, mode, ...who, consent: known.consent, debt: known.debt }, when)
      const refusal = found.answer.ok ? null : found.answer.refusal
      const w = textsOf(frame)
      const words = refusal === null ? '' : (w.domain.rules[refusal.rule] ?? refusal.words)
      const attempts = await lately(asked.number, frame.now)
      const verdict = {
        allowed: found.answer.ok,
        words,
        retryAt: refusal?.retryAt ?? null,
        asked: found.asked,
        attempts,
      }
      return policiesAnswer(c, deps, { bench: { values: typed, errors: {} }, verdict })
    } catch (error) {
      const errors = refusedHere(error, frame, { typed, words: { number: 'phoneNumber' } })
      return policiesAnswer(c, deps, { bench: { values: typed, errors } }, 422)
    }
  })

  route.post('/admin/policies', allow('admin'), async c => {
    const typed = await typedOf(c)
    try {
      const former = state.policies.get(textOf(typed, 'id').toUpperCase())
      await savePolicy(deps.records, actorOf(c), policyGiven(typed, former))
    } catch (error) {
      const about = { typed, fields: policyFieldNames, words: policyFieldWords }
      const errors = refusedHere(error, await frameOf(c, deps), about)
      return policiesAnswer(c, deps, { own: { values: typed, errors } }, 422)
    }
    return c.redirect('/admin/policies?saved=1', 303)
  })

  /** What the gate said of this number in the last month, newest first. */
  async function lately(number: string, now: number): Promise<Verdict['attempts']> {
    const found = await deps.store.read('attempts.ofNumber', { number, since: now - monthMs, limit: latelyMax })
    return found.map(attempt => ({
      ...{ at: attempt.at, call: attempt.call, policy: attempt.policy, version: attempt.version },
      ...{ refusedRule: attempt.refusedRule, refusedBy: attempt.refusedBy, words: attempt.words },
      ...{ override: attempt.override },
    }))
  }

  return route
}
