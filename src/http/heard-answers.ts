/** Where in which recording an answer is heard: a recording may have begun before the call was answered, or be one of several parts. */

import { type Frame, textsOf } from '../../web/parts/frame.ts'
import type { HeardAnswer } from '../../web/parts/heard-answers.ts'
import type { User } from '../centre/entities.ts'
import type { ChecklistAnswer } from '../lender/checklist.ts'
import type { CallId } from '../lib/ids.ts'
import type { WholeTask } from '../records/verification/tasks.ts'
import type { RecordingRow } from '../store/calls/recordings.ts'
import { shownAnswer } from './agent/checklist.ts'
import type { Deps } from './deps.ts'
import { recordingsSeen } from './seen-calls.ts'

type Viewer = Pick<User, 'id' | 'role' | 'numbersMasked'>

/** Ms into one of the recordings of a call, of something that was said `offsetMs` after its answer; null: no recording has it. */
export function heardAt(
  recordings: readonly Pick<RecordingRow, 'id' | 'openedAt' | 'durationMs' | 'destroyedAt' | 'sealedAt'>[],
  { answeredAt, offsetMs }: { answeredAt: number; offsetMs: number },
): { recording: string; atMs: number } | null {
  const at = answeredAt + offsetMs
  const found = recordings.findLast(
    ({ openedAt, durationMs, destroyedAt, sealedAt }) =>
      sealedAt !== null && destroyedAt === null && openedAt <= at && at <= openedAt + (durationMs ?? 0),
  )
  return found === undefined ? null : { recording: found.id, atMs: at - found.openedAt }
}

/** Every answer of a task as it was given, first ones too; to be heard where this person may hear the call. */
export async function heardAnswersOf(
  deps: Deps,
  whole: WholeTask,
  { frame, viewer }: { frame: Frame; viewer: Viewer },
): Promise<HeardAnswer[]> {
  const w = textsOf(frame)
  const calls = [...new Set(whole.answers.map(({ call }) => call))]
  const recordings = new Map(
    await Promise.all(calls.map(async call => [call, await recordingsSeen(deps, viewer, call as CallId)] as const)),
  )
  return whole.answers.flatMap((answer: ChecklistAnswer) => {
    const [key, place] = answer.item.split('@') as [string, string | undefined]
    const item = whole.checklist.items.find(each => each.key === key)
    if (item === undefined) return []
    const answeredAt = whole.calls.find(({ call }) => call === answer.call)?.answeredAt ?? null
    const contact = place === undefined ? '' : ` ${Number(place) + 1}`
    return [
      {
        ...shownAnswer(deps, whole, item, Number(place ?? 0), { answer, masked: viewer.numbersMasked }),
        key: answer.item,
        question: item.question[frame.language].replaceAll('{offered}', answer.offered ?? '…'),
        whom: `${w.verification.asked[item.asked]}${contact}`,
        heard:
          answeredAt === null
            ? null
            : heardAt(recordings.get(answer.call) ?? [], { answeredAt, offsetMs: answer.offsetMs }),
      },
    ]
  })
}
