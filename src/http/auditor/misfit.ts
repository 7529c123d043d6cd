/** What lies under the name of a recording and cannot be of its call, as an auditor sees it, hears it and decides on it. */
import { auditedCallPage } from '../../../web/pages/auditor/call.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { exactly } from '../../../web/parts/time.ts'
import { type Decided, decidedIn } from '../../engine/misfit-decided.ts'
import type { RecordingId } from '../../lib/ids.ts'
import { maskNumbersIn } from '../../lib/mask.ts'
import { leaveMisfit, type MisfitInput, misfitSaid } from '../../records/custody/misfits.ts'
import { InvalidInput, NotFound } from '../../records/errors.ts'
import { actorName } from '../admin/journal.ts'
import { misfitAudio } from '../audio-file.ts'
import { actorOf, type Ctx, type Deps } from '../deps.ts'
import { frameOf } from '../live/frame.ts'
import { textOf, typedOf } from '../typed.ts'
import { auditedCall } from './audited-call.ts'

/** Throws NotFound: it is another by now, or decided, or cannot be looked at now. */
export async function misfitHeard(c: Ctx, deps: Deps, id: RecordingId): Promise<Response> {
  const found = (await deps.misfits?.look(id)) ?? null
  if (found === null || found === 'unseen' || found === 'sealing' || found.seen !== c.req.query('seen'))
    throw new NotFound('misfit', id)
  const opening = c.req.query('opening') ?? null
  return misfitAudio(c, deps, { actor: actorOf(c), user: c.var.user.id, opening }, { id, found })
}

/** Whatever was decided since the page was shown is told in words, and nothing is done. Throws NotFound: no such recording. */
export async function misfitDecided(c: Ctx, deps: Deps, id: RecordingId): Promise<Response> {
  const recording = await deps.store.read('recordings.byId', { id })
  if (recording === null) throw new NotFound('recording', id)
  const { call } = recording
  const typed = await typedOf(c)
  const path = `/auditor/calls/${call}`
  const frame = { ...(await frameOf(c, deps)), path }
  const words = textsOf(frame).custody.misfit
  const refused = async (field: string, error: string, status: 409 | 422 = 422) => {
    const filled = { values: { [`reason_${id}`]: textOf(typed, `reason_${id}`) }, errors: { [field]: error } }
    const page = await auditedCall(deps, c.var.user, frame, call, { misfit: { recording: id, filled } })
    return c.html(auditedCallPage(page), status)
  }
  const done = () => c.redirect(`${path}#recording-${id}`, 303)
  let said: MisfitInput
  try {
    const [choice, reason, seen] = ['choice', `reason_${id}`, 'seen'].map(name => textOf(typed, name))
    said = misfitSaid({ choice, reason, seen })
  } catch (error) {
    if (error instanceof InvalidInput) return refused(`reason_${id}`, words.reasonNeeded)
    throw error
  }
  if (deps.misfits?.isSealing(id)) return refused('', words.refused.sealing)
  const after = Number(textOf(typed, 'after'))
  const before = await decided()
  if (before !== null && !(before.seq <= after)) return overtaken(before)
  const as = said.choice === 'leave' ? await left(said.reason) : await accepted(said)
  if (as === 'done') return done()
  return as === 'none' || as === 'overtaken' ? overtaken(await decided()) : refused('', words.refused[as])

  async function decided(): Promise<Decided | null> {
    return decidedIn(await deps.store.read('journal.ofCall', { call }), id)
  }

  async function left(reason: string) {
    const write = () => leaveMisfit(deps.records, actorOf(c), id, reason)
    try {
      const as = (await deps.misfits?.leave(id, after, write)) ?? 'none'
      return as === 'left' ? 'done' : as
    } catch (error) {
      if (error instanceof NotFound) return 'none'
      throw error
    }
  }

  async function accepted({ reason, seen }: MisfitInput) {
    const as = (await deps.misfits?.accept(id, { by: c.var.user.id, reason, seen, after })) ?? 'none'
    return as === 'accepted' ? 'done' : as
  }

  /** What this person has said already, and said again, is what they wanted. */
  function overtaken(by: Decided | null): Response | Promise<Response> {
    if (by === null) return refused('', words.meanwhile.none, 409)
    const { actor, at, as, reason } = by
    const isOwn =
      actor === actorOf(c) && as === (said.choice === 'leave' ? 'left' : 'accepted') && reason === said.reason
    if (isOwn) return done()
    const shown = c.var.user.numbersMasked ? maskNumbersIn(reason) : reason
    return refused('', words.meanwhile[as](actorName(deps, actor), exactly(at, frame), shown), 409)
  }
}
