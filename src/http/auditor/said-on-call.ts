/** What was said on one call as far as the records know: answers of verifications, and the sentences that must be read; each where it is heard. */

import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import type { SaidOnCall } from '../../../web/parts/said-on-call.ts'
import type { User } from '../../centre/entities.ts'
import { wholeTask } from '../../records/verification/tasks.ts'
import type { CallRecord } from '../../store/calls/calls.ts'
import type { RecordingRow } from '../../store/calls/recordings.ts'
import type { CallMark } from '../../store/desk/scripts.ts'
import { houseScript, scriptFor } from '../agent/say.ts'
import type { Deps } from '../deps.ts'
import { heardAnswersOf } from '../heard-answers.ts'

type OnCall = { call: CallRecord; recordings: RecordingRow[]; viewer: User; frame: Frame }

export async function saidOnCall(deps: Deps, of: OnCall): Promise<SaidOnCall> {
  const [tasks, readings] = await Promise.all([tasksOf(deps, of), readingsOf(deps, of)])
  return { tasks, readings }
}

/** Whoever may open this page verifies nothing, so what was expected stands beside each answer; ID numbers are masked, numbers by role. */
async function tasksOf(deps: Deps, { call, viewer, frame }: OnCall): Promise<SaidOnCall['tasks']> {
  const words = textsOf(frame).verification
  const on = await deps.store.read('tasks.ofCall', { call: call.id })
  return Promise.all(
    on.map(async ({ task: id, who, place }) => {
      const whole = await wholeTask(deps.records, id)
      const { task, answers } = whole
      const said = { ...whole, answers: answers.filter(each => each.call === call.id) }
      return {
        ...{ id, application: task.application, state: task.state },
        href: viewer.role === 'auditor' ? null : `/supervisor/tasks/${encodeURIComponent(id)}`,
        whom: who === 'contact' ? `${words.asked[who]} ${place + 1}` : words.asked[who],
        answers: await heardAnswersOf(deps, said, { frame, viewer }),
      }
    }),
  )
}

/** By the version that this call went by; where nothing was ticked, by the one that stood when it began. */
async function readingsOf(deps: Deps, { call, recordings, frame }: OnCall): Promise<SaidOnCall['readings']> {
  const marks = await deps.store.read('marks.ofCall', { call: call.id })
  const begun = marks.find(({ version }) => version > 0)
  const placed = begun?.script ?? (await scriptAt(deps, call))
  const versions = placed === null ? [] : await deps.store.read('scripts.versions', { id: placed })
  const kept = versions.find(each =>
    begun === undefined ? each.savedAt <= call.startedAt : each.version === begun.version,
  )
  if (kept === undefined && !marks.some(({ script, kind }) => script === houseScript && kind !== 'turned')) return []
  const business =
    call.campaign === null ? null : (deps.engine.state.campaigns.get(call.campaign)?.campaign.business ?? null)
  const toOthers = call.relation === 'CONTACT' || call.relation === 'WORKPLACE'
  const recording = recordings.find(({ kind }) => kind === 'call') ?? null
  return scriptFor(kept?.doc ?? null, business)
    .must.filter(({ to }) => to === 'all' || (to === 'others') === toOthers)
    .map(({ key, text }) => {
      const last = marks.findLast(mark => mark.kind !== 'turned' && mark.key === key)
      const read = last?.kind === 'read' ? last : null
      return { key, text: text[frame.language], readAt: read?.at ?? null, heard: heardOf(read, recording) }
    })
}

/** A mark says how far into the recording it was made. */
function heardOf(mark: CallMark | null, recording: RecordingRow | null): { recording: string; atMs: number } | null {
  if (mark === null || mark.offsetMs === null || recording === null) return null
  const isThere = recording.sealedAt !== null && recording.destroyedAt === null
  return isThere && mark.offsetMs <= (recording.durationMs ?? 0)
    ? { recording: recording.id, atMs: mark.offsetMs }
    : null
}

async function scriptAt(deps: Deps, { campaign, queue }: CallRecord): Promise<string | null> {
  const place = campaign ?? queue
  const places = await deps.store.read('scripts.places', {})
  return places.find(each => each.place === place)?.script ?? null
}
