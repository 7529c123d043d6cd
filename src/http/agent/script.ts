/** The desk's routes along the script: an answer of the party's, a step back, a sentence that was read. */
import { Hono } from 'hono'
import type { Call } from '../../centre/call-state.ts'
import { readSentence, turnScript } from '../../records/campaigns/scripts.ts'
import { NotFound, NotNow } from '../../records/errors.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { oneOf, textOf, typedOf } from '../typed.ts'
import { houseScript, scriptFor } from './say.ts'

export function scriptRoutes(deps: Deps, paint: (c: Ctx) => Promise<Response>): Hono<Env> {
  const route = new Hono<Env>()

  /** `from` and `answer` (counted from 0), or `to`: an earlier step. */
  route.put('/agent/calls/:id/script', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const { script, on } = await inHand(c)
    const back = textOf(typed, 'to')
    const key = back || textOf(typed, 'from')
    const step = script.steps.find(each => each.key === key)
    if (step === undefined) throw new NotFound('step', key)
    if (back !== '') await turnScript(deps.records, actorOf(c), { ...on, to: key, from: null, answer: null })
    else {
      const answer = /^\d$/.test(textOf(typed, 'answer')) ? Number(textOf(typed, 'answer')) : -1
      const chosen = step.answers[answer]
      if (chosen === undefined) throw new NotFound('answer', textOf(typed, 'answer'))
      await turnScript(deps.records, actorOf(c), { ...on, to: chosen.to ?? '', from: key, answer })
    }
    return paint(c)
  })

  route.put('/agent/calls/:id/readings/:key', allow('agent', 'supervisor'), async c => {
    const read = oneOf(textOf(await typedOf(c), 'read'), ['true', 'false'] as const) === 'true'
    const { call, script, on } = await inHand(c)
    const sentence = c.req.param('key')
    if (!script.must.some(({ key }) => key === sentence)) throw new NotFound('sentence', sentence)
    if (call.connectedAt === null || call.phase === 'ended')
      throw new NotNow('not_on_the_line', 'A sentence is read while the party is on the line.')
    await readSentence(deps.records, actorOf(c), { ...on, sentence, read })
    return paint(c)
  })

  /** The call that this agent has in hand, and the script that it goes by. */
  async function inHand(c: Ctx) {
    const { state } = deps.engine
    const agent = c.var.user.id
    const id = state.agents.get(agent)?.call
    const call: Call | undefined = id && id === c.req.param('id') ? state.calls.get(id) : undefined
    if (call === undefined) throw new NotFound('call', c.req.param('id') ?? '')
    const { script: kept } = await deps.store.read('desk.texts', { place: call.campaign ?? call.queue, call: call.id })
    const business = call.campaign === null ? null : (state.campaigns.get(call.campaign)?.campaign.business ?? null)
    const on = { call: call.id, agent, script: kept?.doc.id ?? houseScript, version: kept?.version ?? 0 }
    return { call, script: scriptFor(kept?.doc ?? null, business), on }
  }

  return route
}
