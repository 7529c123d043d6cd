/** The desk's routes about whom is talked to: who it is, who is looked at, what a number turned out to be; and a number dialled by its handle. */
import { Hono } from 'hono'
import type { DeskProps } from '../../../web/pages/agent/desk-props.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { Words } from '../../../web/words/words.ts'
import type { Relation } from '../../centre/entities.ts'
import type { PhoneStatus } from '../../lender/party.ts'
import type { CallId } from '../../lib/ids.ts'
import { NotFound } from '../../records/errors.ts'
import { normalNumber } from '../../records/numbers-e164.ts'
import { addCaller, identifyCall } from '../../records/parties/identified.ts'
import { partyByRef } from '../../records/parties/parties.ts'
import { markNumber } from '../../records/parties/party-details.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { oneOf, type Typed, textOf, typedOf } from '../typed.ts'
import { onlyPlaced } from './agency-desk.ts'
import type { DeskExtra } from './desk-props.ts'
import { mayTouch, openParty } from './opened.ts'
import { handleOf } from './party-view.ts'

const marks = ['vacant', 'wrong', 'gone', 'refused', 'works'] as const
const statusOf: Record<(typeof marks)[number], PhoneStatus> = {
  vacant: 'BAD',
  wrong: 'BAD',
  gone: 'BAD',
  refused: 'REFUSED',
  works: 'REACHED',
}

/** With `extra`: what was refused. */
type Paint = (c: Ctx, extra?: DeskExtra) => Promise<Response>

export function partyRoutes(deps: Deps, paint: Paint): Hono<Env> {
  const route = new Hono<Env>()

  /** Looked at while no call is in hand; `ref` empty puts it away. */
  route.put('/agent/party', allow('agent', 'supervisor'), async c => {
    const ref = textOf(await typedOf(c), 'ref')
    await openParty(deps, c.var.user, ref || null, (await frameOf(c, deps)).zone)
    return paint(c)
  })

  /** Whose call it is: `ref` of one who has its number, or `find`, a whole ref, number or ID number. */
  route.put('/agent/calls/:id/party', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const { state } = deps.engine
    const inHand = state.agents.get(c.var.user.id)?.call
    const call = inHand === c.req.param('id') ? state.calls.get(inHand) : undefined
    if (call === undefined) throw new NotFound('call', c.req.param('id'))
    const w = textsOf(await frameOf(c, deps))
    const all = await refOf(deps, typed, normalNumber(call.number))
    const found = (
      await onlyPlaced(
        deps,
        c.var.user,
        all.map(party => ({ party })),
      )
    ).map(({ party }) => party)
    const refused = found.length === 0 ? w.agent.identify.notFound : found.length > 1 ? w.agent.identify.several : null
    if (refused !== null) return paint(c, { notice: { tone: 'red', words: refused } })
    return attempt(c, w, paint, () =>
      identifyCall(deps.records, actorOf(c), { call, agent: c.var.user.id, party: found[0]! }),
    )
  })

  /** Somebody new: `name` and `relation` of the number of the call, which is taken from the call and never sent. */
  route.post('/agent/calls/:id/party', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const { state } = deps.engine
    const inHand = state.agents.get(c.var.user.id)?.call
    const call = inHand === c.req.param('id') ? state.calls.get(inHand) : undefined
    if (call === undefined) throw new NotFound('call', c.req.param('id'))
    // The lender's parties are the lender's: an agency calls whom it was given.
    if (c.var.user.agency) throw new NotFound('call', c.req.param('id'))
    const given = { name: textOf(typed, 'name'), relation: textOf(typed, 'relation') || 'SELF' }
    return attempt(c, textsOf(await frameOf(c, deps)), paint, () =>
      addCaller(deps.records, actorOf(c), { call, agent: c.var.user.id, ...given }),
    )
  })

  route.post('/agent/parties/:ref/marks', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const why = oneOf(textOf(typed, 'why'), marks)
    const frame = await frameOf(c, deps)
    const ref = c.req.param('ref')
    if (!(await mayTouch(deps, c.var.user, ref, frame.zone))) throw new NotFound('party', ref)
    const { number } = await numberOf(deps, ref, textOf(typed, 'phone'))
    const reason = textsOf(frame).agent.who.marks[why]
    return attempt(c, textsOf(frame), paint, () =>
      markNumber(deps.records, actorOf(c), ref, { number, status: statusOf[why], reason }),
    )
  })

  return route
}

/** Whom the number alone named is kept with the call when it is written down: the agent has talked to them. */
export async function noteCaller(deps: Deps, c: Ctx, { call, party }: DeskProps): Promise<void> {
  const kept = call === null ? undefined : deps.engine.state.calls.get(call.id as CallId)
  if (kept === undefined || party?.identified.how !== 'by_number' || party.ref === null) return
  await identifyCall(deps.records, actorOf(c), { call: kept, agent: c.var.user.id, party: party.ref })
}

/** What a click on a number means for the call: the number itself, and whom the gate is asked about. null: nothing was clicked. */
export async function dialledOf(
  deps: Deps,
  c: Ctx,
  typed: Typed,
): Promise<{ number: string; who: { party: string; name: string; relation: Relation } } | null> {
  const ref = textOf(typed, 'party')
  if (ref === '') return null
  if (!(await mayTouch(deps, c.var.user, ref, (await frameOf(c, deps)).zone))) throw new NotFound('party', ref)
  const { number, relation, name } = await numberOf(deps, ref, textOf(typed, 'phone'))
  return { number, who: { party: ref, name, relation } }
}

/** `name`: the party's, whoever has the telephone. */
async function numberOf({ records, store }: Deps, ref: string, handle: string) {
  const party = await partyByRef(records, ref)
  const phone = party.phones.find(({ number }) => handleOf(store.sealer, ref, number) === handle)
  if (phone === undefined) throw new NotFound('number of this party', handle)
  return { number: phone.number, relation: phone.relation, name: party.name }
}

/** `ref` must be of one who has the number of the call; all else is asked for whole. */
async function refOf({ store }: Deps, typed: Typed, calling: string | null): Promise<string[]> {
  const ref = textOf(typed, 'ref').slice(0, 64)
  if (ref !== '') {
    const all = calling === null ? [] : await store.read('parties.byNumber', { number: calling })
    return all.includes(ref) ? [ref] : []
  }
  const text = textOf(typed, 'find').slice(0, 64)
  if (text === '') return []
  return store.read('desk.find', { text, number: normalNumber(text), hash: store.sealer.hash(text) })
}

/** What is refused is said on the desk, which stays as it is. */
async function attempt(c: Ctx, w: Words, paint: Paint, work: () => Promise<unknown>): Promise<Response> {
  try {
    await work()
  } catch (error) {
    const words = Object.values(refusedFor(error, w)).join(' ')
    return paint(c, { notice: { tone: 'red', words } })
  }
  return paint(c)
}
