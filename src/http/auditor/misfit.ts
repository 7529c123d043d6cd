/** What lies under the name of a recording and cannot be of its call, as an auditor sees it, hears it and decides on it. */
import { auditedCallPage } from '../../../web/pages/auditor/call.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { RecordingId } from '../../lib/ids.ts'
import { leaveMisfit, type MisfitInput, misfitSaid } from '../../records/custody/misfits.ts'
import { InvalidInput, NotFound } from '../../records/errors.ts'
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

/** What was decided meanwhile, by whomever, is seen on the page. Throws NotFound. */
export async function misfitDecided(c: Ctx, deps: Deps, id: RecordingId): Promise<Response> {
  const recording = await deps.store.read('recordings.byId', { id })
  if (recording === null) throw new NotFound('recording', id)
  const typed = await typedOf(c)
  const path = `/auditor/calls/${recording.call}`
  const frame = { ...(await frameOf(c, deps)), path }
  const words = textsOf(frame).custody.misfit
  const refused = async (field: string, error: string) => {
    const filled = { values: { [`reason_${id}`]: textOf(typed, `reason_${id}`) }, errors: { [field]: error } }
    const page = await auditedCall(deps, c.var.user, frame, recording.call, { misfit: { recording: id, filled } })
    return c.html(auditedCallPage(page), 422)
  }
  let said: MisfitInput
  try {
    const [choice, reason, seen] = ['choice', `reason_${id}`, 'seen'].map(name => textOf(typed, name))
    said = misfitSaid({ choice, reason, seen })
  } catch (error) {
    if (error instanceof InvalidInput) return refused(`reason_${id}`, words.reasonNeeded)
    throw error
  }
  if (deps.misfits?.isSealing(id)) return refused('', words.refused.sealing)
  if (said.choice === 'leave') await leaveMisfit(deps.records, actorOf(c), id, said.reason)
  else {
    const { reason, seen } = said
    const as = (await deps.misfits?.accept(id, { by: c.var.user.id, reason, seen })) ?? 'none'
    if (as !== 'accepted' && as !== 'none') return refused('', words.refused[as])
  }
  return c.redirect(`${path}#recording-${id}`, 303)
}
