import { Hono } from 'hono'
import { deskPage, deskRegions } from '../../../web/pages/agent/desk.ts'
import type { DeskProps } from '../../../web/pages/agent/desk-props.ts'
import { myCallbacksPage, myCallsPage } from '../../../web/pages/agent/my-calls.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { partials } from '../../../web/parts/html.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import { readLocal } from '../../../web/parts/time.ts'
import { breakReasons } from '../../../web/words/agent.ts'
import type { Refusal, User } from '../../centre/entities.ts'
import type { Input } from '../../centre/inputs.ts'
import { normaliseNumber } from '../../centre/numbers/number.ts'
import type { FloorState } from '../../centre/state.ts'
import { emergencyOf } from '../../centre/toll/rules.ts'
import { type CallbackId, type CallId, type CampaignId, isId } from '../../lib/ids.ts'
import { NotFound } from '../../records/errors.ts'
import { callbackById, closeCallback } from '../callbacks.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { contactOf } from '../known-contact.ts'
import { frameOf, wordsOf } from '../live/frame.ts'
import { oneOf, textOf, typedOf } from '../typed.ts'
import { onlyPlaced, onlyPlacedCallbacks } from './agency-desk.ts'
import { agencyLeadRoutes } from './agency-lead.ts'
import { appealRoutes } from './appeal.ts'
import { audioRoutes } from './audio.ts'
import { hiddenOf } from './checklist.ts'
import { contactLine } from './contact-line.ts'
import { type DeskExtra, deskCallbacks, deskOf } from './desk-props.ts'
import { dialCampaigns } from './dial-campaigns.ts'
import { draftRoutes } from './draft.ts'
import { forgetDraft } from './drafts.ts'
import { dialledAgain } from './last-call.ts'
import { myOrderRoutes } from './orders.ts'
import { ownPart } from './own-part.ts'
import { dialledOf, noteCaller, partyRoutes } from './party.ts'
import { passOnRoutes } from './pass-on.ts'
import { salesRoutes } from './sales.ts'
import { scriptRoutes } from './script.ts'
import { stationRoutes } from './station.ts'
import { taskRoutes } from './tasks.ts'
import { tryOutRoutes } from './try-out.ts'
import { keepPromise, readWriteUp } from './write-up.ts'

const noteMax = 2000

/** `/agent`: the desk and every action on it. An action is answered with the desk painted anew, so that it never waits for the stream. */
export function agentRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/agent', allow('agent', 'supervisor'), async c => {
    const frame = await frameOf(c, deps)
    return c.html(deskPage(await deskOf(deps, c.var.user, frame)))
  })

  route.put('/agent/state', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const agent = c.var.user.id
    switch (oneOf(textOf(typed, 'state'), ['signed_on', 'ready', 'break', 'signed_off'] as const)) {
      case 'signed_on':
        return act(c, { type: 'agent.signOn', agent })
      case 'ready':
        return act(c, { type: 'agent.ready', agent })
      case 'break':
        return act(c, { type: 'agent.break', agent, reason: oneOf(textOf(typed, 'reason'), breakReasons) })
      case 'signed_off':
        return act(c, { type: 'agent.signOff', agent, reason: 'end_of_shift' })
    }
  })

  route.put('/agent/preview', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const agent = c.var.user.id
    if (oneOf(textOf(typed, 'how'), ['accepted', 'skipped'] as const) === 'accepted')
      return act(c, { type: 'agent.acceptPreview', agent, phone: placeOf(textOf(typed, 'phone')) })
    return act(c, { type: 'agent.skipPreview', agent, reason: textOf(typed, 'reason').slice(0, 100) || 'none' })
  })

  /** A call by hand: `number` and `campaign`, `party` and the handle of one of its numbers, `callback` to keep one, or `again` the last call. */
  route.post('/agent/calls', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const w = textsOf(await frameOf(c, deps))
    const kept = await callbackOf(deps, c, textOf(typed, 'callback'))
    // A callback says itself whom it is owed: a click that is sent with it would name somebody else to the gate.
    const again = kept === null ? await dialledAgain(deps, c.var.user, textOf(typed, 'again')) : null
    const clicked = again ?? (kept === null ? await dialledOf(deps, c, typed) : null)
    const typedNumber = textOf(typed, 'number')
    const { toll, zone } = deps.engine.state
    const emergency = emergencyOf(toll.rules, zone, typedNumber)
    const number = kept?.number ?? clicked?.number ?? emergency ?? normaliseNumber(typedNumber)
    const campaign = kept?.campaign ?? again?.campaign ?? (textOf(typed, 'campaign') || null)
    const dialPad: Filled = { values: { number: textOf(typed, 'number'), campaign: campaign ?? '' }, errors: {} }
    if (kept === null && clicked === null && emergency === null) {
      const refused = typedRefusal(deps.engine.state, c.var.user, campaign)
      // What is no number at all is told as such below, but for an agency nothing that is typed is one.
      if (refused !== null && (number !== null || c.var.user.agency)) return painted(c, 409, { dialPad }, refused)
    }
    if (number === null)
      return painted(c, 422, { dialPad: { ...dialPad, errors: { number: w.admin.allowed['phoneNumber'] ?? '' } } })
    const { lead = null } = kept ?? again ?? {}
    const about = { campaign: campaign as CampaignId | null, lead, number, agent: c.var.user.id }
    const { known, several } = await contactOf(deps, { ...about, party: textOf(typed, 'owner') })
    // A promise is kept also where nobody can say to whom: the gate asks about the number.
    if (several.length > 0 && kept === null && clicked === null && emergency === null) {
      const dialWhom = await namesOf(deps, c.var.user, several)
      const words = w.agent.call.whoseNumber
      return painted(c, 422, { dialPad: { ...dialPad, errors: { number: words } }, dialWhom })
    }
    const input: Input = {
      type: 'agent.dial',
      agent: c.var.user.id,
      number,
      campaign: campaign as CampaignId | null,
      lead,
      callback: kept?.id ?? null,
      agreedAt: kept?.reason === 'agreed' ? kept.at : null,
      owedBy: kept?.queue ?? null,
      promised: kept === null ? null : { tries: kept.tries, reason: kept.reason },
      ...known,
      ...clicked?.who,
    }
    return act(c, input, { dialPad })
  })

  route.put('/agent/calls/:id/hold', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const type = textOf(typed, 'held') === 'true' ? 'agent.hold' : 'agent.resume'
    return act(c, { type, agent: c.var.user.id, call: callOf(c) })
  })

  route.put('/agent/calls/:id/ending', allow('agent', 'supervisor'), async c =>
    act(c, { type: 'agent.hangUp', agent: c.var.user.id, call: callOf(c) }),
  )

  /** An answering machine answered. */
  route.put('/agent/calls/:id/answerer', allow('agent', 'supervisor'), async c =>
    act(c, { type: 'agent.metMachine', agent: c.var.user.id, call: callOf(c) }),
  )

  route.post('/agent/calls/:id/digits', allow('agent', 'supervisor'), async c => {
    const digits = textOf(await typedOf(c), 'digits')
    if (!/^[0-9*#A-D]{1,32}$/.test(digits)) throw new NotFound('key', digits)
    return act(c, { type: 'agent.sendDigits', agent: c.var.user.id, call: callOf(c), digits })
  })

  route.post('/agent/calls/:id/disposition', allow('agent', 'supervisor'), async c => {
    const frame = await frameOf(c, deps)
    const typed = await typedOf(c)
    const call = callOf(c)
    const desk = await deskOf(deps, c.var.user, frame)
    const code = textOf(typed, 'code')
    const choice = desk.dispositions.find(each => each.code === code)
    const callbackAt = choice?.followUp === 'callback' ? readLocal(textOf(typed, 'callbackAt'), frame.zone) : null
    const errors: Filled['errors'] = {}
    if (!choice) errors['code'] = 'missing'
    if (choice?.followUp === 'callback' && (callbackAt === null || callbackAt <= frame.now))
      errors['callbackAt'] = 'past'
    const note = textOf(typed, 'note')
    const values = typed
    const w = textsOf(frame)
    const up = readWriteUp(typed, desk.writeUp, code, w)
    Object.assign(errors, choice ? up.errors : {})
    if (Object.keys(errors).length > 0) return painted(c, 422, { form: { values, errors } })
    const agent = deps.engine.state.agents.get(c.var.user.id)
    if (agent?.call === call && agent.phase === 'wrapping') await noteCaller(deps, c, desk)
    const { promisable } = desk.writeUp
    const promised =
      up.promise && promisable && desk.party?.ref && agent?.call === call && agent.phase === 'wrapping'
        ? await keepPromise(
            deps.records,
            actorOf(c),
            { party: desk.party.ref, promise: up.promise, promisable, call, agent: c.var.user.id },
            w,
          )
        : null
    if (promised?.ok === false) return painted(c, 422, { form: { values, errors: promised.errors } })
    const input: Input = {
      type: 'agent.dispose',
      agent: c.var.user.id,
      call,
      code,
      note: note.slice(0, noteMax),
      fields: { ...up.fields, ...(promised ? { promise: promised.id } : {}) },
      callbackAt,
      callbackMine: textOf(typed, 'callbackMine') === 'true',
      next: textOf(typed, 'next') === 'break' ? 'break' : 'ready',
    }
    const outcome = await deps.engine.dispatch(input, actorOf(c))
    if (outcome.ok) {
      await forgetDraft(deps.store, c.var.user.id, call)
      return painted(c, 200, {})
    }
    await promised?.undo()
    return painted(c, 409, { form: { values, errors } }, outcome.refusal)
  })

  route.get('/agent/calls', allow('agent', 'supervisor'), async c => {
    const frame = await frameOf(c, deps)
    const { user } = c.var
    const page = await deps.store.read('calls.page', { agent: user.id, cursor: c.req.query('cursor') ?? null })
    const { state } = deps.engine
    const talks = await deps.store.read('talks.ofCalls', { calls: page.items.map(({ id }) => id) })
    const calls = (await onlyPlaced(deps, user, page.items)).map(call => ({
      ...contactLine(call, state, frame),
      ...ownPart(call, talks, user.id, state, frame),
      id: call.id,
      name: call.name,
      number: shownNumber(call.number, user.numbersMasked),
      campaign: (call.campaign && state.campaigns.get(call.campaign)?.campaign.name) || null,
    }))
    return c.html(myCallsPage({ frame, calls, next: page.next && `/agent/calls?cursor=${page.next}` }))
  })

  route.get('/agent/callbacks', allow('agent', 'supervisor'), c => callbacks(c, null))

  route.post('/agent/callbacks/:id/closing', allow('agent', 'supervisor'), async c => {
    const reason = textOf(await typedOf(c), 'reason')
    const callback = await callbackById(deps, c.req.param('id'), c.var.user.id)
    const outcome = await closeCallback(deps, actorOf(c), callback, reason)
    const w = textsOf(await frameOf(c, deps))
    if (outcome.ok) return callbacks(c, { tone: 'green', words: w.callbacks.closed })
    return callbacks(c, { tone: 'red', words: `${w.frame.form.refused}${wordsOf(outcome.refusal, w)}` }, 409)
  })

  route.route('/', agencyLeadRoutes(deps))
  route.route('/', appealRoutes(act))
  route.route('/', audioRoutes(deps))
  route.route(
    '/',
    stationRoutes(deps, (c, refusal) => (refusal === null ? painted(c, 200, {}) : painted(c, 409, {}, refusal))),
  )
  route.route('/', tryOutRoutes(deps))
  route.route('/', draftRoutes(deps))
  route.route('/', taskRoutes(deps))
  route.route('/', myOrderRoutes(deps))
  route.route(
    '/',
    partyRoutes(deps, (c, extra) => painted(c, extra ? 422 : 200, extra ?? {})),
  )
  route.route(
    '/',
    scriptRoutes(deps, c => painted(c, 200, {})),
  )
  route.route(
    '/',
    salesRoutes(deps, (c, extra, status) => painted(c, status, extra)),
  )
  route.route(
    '/',
    passOnRoutes(deps, act, (c, refusal) => painted(c, 422, {}, refusal)),
  )

  async function callbacks(
    c: Ctx,
    said: { tone: 'green' | 'red'; words: string } | null,
    status: 200 | 409 = 200,
  ): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/agent/callbacks' }
    const { user } = c.var
    const page = await deps.store.read('callbacks.open', { agent: user.id, limit: 200 })
    const mine = await deskCallbacks(deps, user, frame, page.items)
    return c.html(myCallbacksPage({ frame, callbacks: mine, said }), status)
  }

  /** Dispatches, and answers with the desk as it is then; a refusal in words, with what was typed kept. */
  async function act(c: Ctx, input: Input, typed: DeskExtra = {}): Promise<Response> {
    const outcome = await deps.engine.dispatch(input, actorOf(c))
    return outcome.ok ? painted(c, 200, {}) : painted(c, 409, typed, outcome.refusal)
  }

  async function painted(c: Ctx, status: 200 | 409 | 422, extra: DeskExtra, refusal?: Refusal): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/agent' }
    const w = textsOf(frame)
    const notice = refusal ? { tone: 'red' as const, words: `${w.frame.form.refused}${wordsOf(refusal, w)}` } : null
    const user = deps.engine.state.users.get(c.var.user.id) ?? c.var.user
    const desk = await deskOf(deps, user, frame, { form: nothingFilled, notice, ...extra })
    return c.html(partials(deskRegions(desk)), status)
  }

  return route
}

function callOf(c: Ctx): CallId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw new NotFound('call', id)
  return id as CallId
}

/** An open callback of this agent's or of anyone's; null when none was named. */
async function callbackOf(deps: Deps, c: Ctx, id: string) {
  if (id === '') return null
  const found = isId(id) ? await deps.store.read('callbacks.byId', { id: id as CallbackId }) : null
  const mine = found !== null && found.closedAt === null && (found.agent === null || found.agent === c.var.user.id)
  if (!mine || (await onlyPlacedCallbacks(deps, c.var.user, [found])).length === 0) throw new NotFound('callback', id)
  return found
}

/** Why this person may type no number but one for help; null: the pad is open. */
function typedRefusal(state: FloorState, user: User, campaign: string | null): Refusal | null {
  if (user.agency)
    return { rule: 'agency_click_only', words: 'People of an agency call by a click on a number of a placed case.' }
  if (campaign !== null || dialCampaigns(state, user).length > 0) return null
  return {
    rule: 'campaign_none',
    words: 'No campaign of yours for manual calls runs now: only emergency numbers are dialled.',
  }
}

/** Of several who have a number, whom to choose from. A name that a verifier is still to ask is none. */
async function namesOf(deps: Deps, user: User, refs: string[]): Promise<DeskProps['dialWhom']> {
  const [parties, hidden] = await Promise.all([deps.store.read('parties.byRefs', { refs }), hiddenOf(deps, user, refs)])
  const nameOf = new Map(parties.map(({ ref, name }) => [ref, name]))
  return refs.map(ref => ({ ref, name: hidden.get(ref)?.has('party.name') ? ref : (nameOf.get(ref) ?? ref) }))
}

/** Which of the lead's numbers, as the page counts them; null: none was chosen. A lead has 20 at most. */
function placeOf(text: string): number | null {
  return /^\d{1,2}$/.test(text) ? Number(text) : null
}
