import { Hono } from 'hono'
import { answerersPage } from '../../../web/pages/auditor/answerers.ts'
import { auditedCallPage } from '../../../web/pages/auditor/call.ts'
import { destructionPage } from '../../../web/pages/auditor/destruction.ts'
import { exportsPage } from '../../../web/pages/auditor/exports.ts'
import { journalCheck } from '../../../web/pages/auditor/journal-check.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { type CallId, type ExportId, isId, type LegalHoldId, type RecordingId } from '../../lib/ids.ts'
import { tellAnswerer } from '../../records/custody/answerers.ts'
import { destructionOf } from '../../records/custody/destruction.ts'
import { liftHold, placeHold } from '../../records/custody/legal-holds.ts'
import { NotFound } from '../../records/errors.ts'
import { journalAnswer } from '../admin/journal.ts'
import { audioAnswer } from '../audio-file.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { downloadResponse } from '../download.ts'
import { allow } from '../guard.ts'
import { holdRefused, holdTyped } from '../legal-holds.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { checkSeen } from '../seen-calls.ts'
import { listOf, type Typed, textOf, typedOf } from '../typed.ts'
import { answerersOf } from './answerers.ts'
import { auditedCall } from './audited-call.ts'
import { checkChain } from './check-chain.ts'
import { ladderAnswer, pcapAnswer } from './ladder.ts'
import { misfitDecided, misfitHeard } from './misfit.ts'
import { recordingsAnswer, searchOf, searchRange } from './search.ts'

/** `/auditor`: recordings to search, see and hear, exports with a reason, and the check of the journal. */
export function auditorRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/auditor', allow('auditor', 'quality'), async c => {
    const search = searchOf(name => c.req.query(name))
    return recordingsAnswer(c, deps, { search, cursor: c.req.query('cursor') ?? null, reason: null })
  })

  route.get('/auditor/calls/:id', allow('auditor', 'quality'), async c => {
    const id = checkedId<CallId>(c, 'call')
    await checkSeen(deps, c.var.user, id)
    const frame = await frameOf(c, deps)
    return c.html(auditedCallPage(await auditedCall(deps, c.var.user, frame, id)))
  })

  route.post('/auditor/calls/:id/answerer', allow('auditor', 'quality'), async c => {
    const id = checkedId<CallId>(c, 'call')
    await checkSeen(deps, c.var.user, id)
    await tellAnswerer(deps.records, actorOf(c), id, { answerer: textOf(await typedOf(c), 'answerer') })
    return c.redirect(`/auditor/calls/${id}#answerer`, 303)
  })

  route.get('/auditor/answerers', allow('auditor', 'quality', 'admin'), async c =>
    c.html(answerersPage(await answerersOf(deps, await frameOf(c, deps), c.var.user, c.req.query('days')))),
  )

  route.post('/auditor/calls/:id/holds', allow('auditor'), async c => {
    const typed = await typedOf(c)
    return held(c, typed, () => placeHold(deps.records, actorOf(c), holdTyped(typed)))
  })

  route.post('/auditor/calls/:id/holds/:hold/lifting', allow('auditor'), async c => {
    const typed = await typedOf(c)
    const hold = c.req.param('hold') as LegalHoldId
    return held(c, {}, () => liftHold(deps.records, actorOf(c), hold, { reason: textOf(typed, 'reason') }))
  })

  async function checkRecording(c: Ctx, id: RecordingId): Promise<void> {
    const recording = await deps.store.read('recordings.byId', { id })
    if (recording !== null) await checkSeen(deps, c.var.user, recording.call)
  }

  async function held(c: Ctx, typed: Typed, work: () => Promise<unknown>): Promise<Response> {
    const id = checkedId<CallId>(c, 'call')
    try {
      await work()
    } catch (error) {
      const frame = { ...(await frameOf(c, deps)), path: `/auditor/calls/${id}` }
      const errors = holdRefused(error, typed, textsOf(frame))
      return c.html(
        auditedCallPage(await auditedCall(deps, c.var.user, frame, id, { hold: { values: typed, errors } })),
        422,
      )
    }
    return c.redirect(`/auditor/calls/${id}#holds`, 303)
  }

  route.get('/auditor/recordings/:id/destruction', allow('auditor', 'quality'), async c => {
    const id = checkedId<RecordingId>(c, 'recording')
    await checkRecording(c, id)
    const destruction = await destructionOf(deps.store, id)
    return c.html(destructionPage({ frame: await frameOf(c, deps), ...destruction }))
  })

  route.get('/auditor/calls/:id/ladder', allow('auditor', 'quality', 'admin'), async c => {
    await checkSeen(deps, c.var.user, checkedId<CallId>(c, 'call'))
    return ladderAnswer(c, deps, checkedId<CallId>(c, 'call'))
  })

  route.get('/auditor/calls/:id/ladder.pcap', allow('auditor', 'quality', 'admin'), async c => {
    await checkSeen(deps, c.var.user, checkedId<CallId>(c, 'call'))
    return pcapAnswer(c, deps, checkedId<CallId>(c, 'call'))
  })

  /** What cannot be of its call, before somebody decides on it: only for who decides. */
  route.get('/auditor/recordings/:id/misfit/audio', allow('auditor'), async c => {
    const id = checkedId<RecordingId>(c, 'recording')
    await checkRecording(c, id)
    return misfitHeard(c, deps, id)
  })

  route.post('/auditor/recordings/:id/misfit', allow('auditor'), async c => {
    const id = checkedId<RecordingId>(c, 'recording')
    await checkRecording(c, id)
    return misfitDecided(c, deps, id)
  })

  /** `opening` is that of the page: seeking is not listening again. */
  route.get('/auditor/recordings/:id/audio', allow('auditor', 'quality'), async c => {
    const id = checkedId<RecordingId>(c, 'recording')
    await checkRecording(c, id)
    const opening = c.req.query('opening') ?? null
    return audioAnswer(c, deps, { actor: actorOf(c), user: c.var.user.id, opening }, id)
  })

  route.get('/auditor/exports', allow('auditor'), async c => {
    const [exports, frame] = [await deps.exports.list(), await frameOf(c, deps)]
    const rows = exports.map(row => ({ ...row, by: deps.engine.state.users.get(row.user)?.displayName ?? row.user }))
    return c.html(exportsPage({ frame, exports: rows, error: null }))
  })

  /** `what`: the calls chosen, or all that the search finds. */
  route.post('/auditor/exports', allow('auditor'), async c => {
    const typed = await typedOf(c)
    const frame = await frameOf(c, deps)
    const w = textsOf(frame)
    const search = searchOf(name => textOf(typed, name))
    const reason = textOf(typed, 'reason')
    const refused = (error: string) =>
      recordingsAnswer(c, deps, { search, cursor: null, reason: { value: reason, error } }, 422)
    if ([...reason].length < 5) return refused(w.auditor.exports.reasonNeeded)
    const calls = listOf(typed, 'calls').filter(isId)
    const chosen = textOf(typed, 'what') !== 'all'
    if (chosen && calls.length === 0) return refused(w.auditor.exports.nothing)
    const selection = chosen ? { filter: { calls } } : searchRange(search, frame)
    const { id: person, displayName: name } = c.var.user
    const by = { actor: actorOf(c), user: person, name, person }
    try {
      await deps.exports.request(by, { ...selection, reason, audio: textOf(typed, 'audio') || 'wav' })
    } catch (error) {
      return refused(Object.values(refusedFor(error, w)).join(' '))
    }
    return c.redirect('/auditor/exports', 303)
  })

  route.get('/auditor/exports/:id/file', allow('auditor'), async c => {
    const id = checkedId<ExportId>(c, 'export')
    return downloadResponse(c, {
      about: () => deps.exports.about(id),
      fetch: () => deps.exports.download({ actor: actorOf(c), user: c.var.user.id }, id),
    })
  })

  route.get('/auditor/journal', allow('auditor'), async c => {
    const head = await deps.store.read('journal.head', {})
    return journalAnswer(
      c,
      deps,
      '/auditor/journal',
      journalCheck({ frame: await frameOf(c, deps), head, result: null }),
    )
  })

  route.post('/auditor/journal/check', allow('auditor'), async c => {
    const head = await deps.store.read('journal.head', {})
    const result = await checkChain(deps.store, head)
    return c.html(journalCheck({ frame: await frameOf(c, deps), head, result }))
  })

  return route
}

function checkedId<Id extends string>(c: Ctx, noun: string): Id {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw new NotFound(noun, id)
  return id as string as Id
}
