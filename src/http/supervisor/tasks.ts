import { Hono } from 'hono'
import { type ReviewProps, reviewPage } from '../../../web/pages/supervisor/task.ts'
import { type TasksProps, tasksPage } from '../../../web/pages/supervisor/tasks.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import { clockOf } from '../../../web/parts/time.ts'
import type { User } from '../../centre/entities.ts'
import { isDecided, type TaskState, taskStates } from '../../lender/task.ts'
import type { CallId, RecordingId, UserId } from '../../lib/ids.ts'
import { NotFound, NotNow } from '../../records/errors.ts'
import { reopenApplication } from '../../records/verification/applications.ts'
import { decisionReasons } from '../../records/verification/checklists.ts'
import { moveTaskBy, shareOutTasks, type WholeTask, wholeTask } from '../../records/verification/tasks.ts'
import { nameOf } from '../agent/contact-line.ts'
import { seenOf } from '../agent/tasks.ts'
import { audioAnswer, issueOpening } from '../audio-file.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { heardAnswersOf } from '../heard-answers.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { checkSeen, recordingsSeen } from '../seen-calls.ts'
import { shownConfirmations } from '../shown-confirmations.ts'
import { linesOf, listOf, type Typed, textOf, typedOf } from '../typed.ts'

type Said = ReviewProps['said']

/** `/supervisor/tasks`: all verifications, who has them, and the review of one by a person who did not verify it. */
export function taskReviewRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps

  route.get('/supervisor/tasks', allow('supervisor', 'quality'), c => list(c, null))
  route.post('/supervisor/tasks/assignment', allow('supervisor'), async c => {
    const { assigned, left } = await shareOutTasks(records, actorOf(c))
    return list(c, { tone: 'green', words: textsOf(await frameOf(c, deps)).verification.shared(assigned, left) })
  })
  route.get('/supervisor/tasks/:id', allow('supervisor', 'quality'), c => page(c, {}))
  route.post('/supervisor/tasks/:id/assignment', allow('supervisor'), c =>
    move(c, typed => ({ type: 'assign', agent: textOf(typed, 'agent') })),
  )
  route.post('/supervisor/tasks/:id/review', allow('supervisor', 'quality'), c => move(c, () => ({ type: 'review' })))
  route.post('/supervisor/tasks/:id/decision', allow('supervisor', 'quality'), c =>
    move(c, typed => ({
      ...{ type: 'decide', as: textOf(typed, 'as'), reasons: listOf(typed, 'reasons'), note: textOf(typed, 'note') },
    })),
  )
  route.post('/supervisor/tasks/:id/supplement', allow('supervisor', 'quality'), c =>
    move(c, typed => ({
      type: 'supplement',
      missing: linesOf(typed, 'missing'),
      dueOn: textOf(typed, 'dueOn'),
      note: '',
    })),
  )
  route.post('/supervisor/tasks/:id/recall', allow('supervisor', 'quality'), c => move(c, () => ({ type: 'recall' })))
  route.post('/supervisor/tasks/:id/arrival', allow('supervisor', 'quality'), c =>
    move(c, typed => ({ type: 'arrive', note: textOf(typed, 'arriveNote') })),
  )
  route.post('/supervisor/tasks/:id/cancellation', allow('supervisor'), c =>
    move(c, typed => ({ type: 'cancel', note: textOf(typed, 'cancelNote') })),
  )

  /** Another task, of which the application is verified from the beginning. */
  route.post('/supervisor/tasks/:id/reopening', allow('supervisor'), async c => {
    const { application } = (await wholeTask(records, c.req.param('id'))).task
    try {
      return c.redirect(`/supervisor/tasks/${await reopenApplication(records, actorOf(c), application)}`, 303)
    } catch (error) {
      const words = refusedFor(error, textsOf(await frameOf(c, deps)))['']
      return page(c, { said: words === undefined ? null : { tone: 'red', words } }, 409)
    }
  })

  /** Of calls of this task alone; each listen stands in the journal. */
  route.get('/supervisor/tasks/:id/recordings/:recording/audio', allow('supervisor', 'quality'), async c => {
    const calls = await store.read('tasks.calls', { task: c.req.param('id') })
    const recording = await store.read('recordings.byId', { id: c.req.param('recording') as RecordingId })
    if (recording === null || !calls.some(({ call }) => call === recording.call))
      throw new NotFound('recording of this task', c.req.param('recording'))
    await checkSeen(deps, c.var.user, recording.call)
    const opening = c.req.query('opening') ?? null
    return audioAnswer(c, deps, { actor: actorOf(c), user: c.var.user.id, opening }, recording.id)
  })

  async function move(c: Ctx, commandOf: (typed: Typed) => object): Promise<Response> {
    const typed = await typedOf(c)
    try {
      await moveTaskBy(records, actorOf(c), c.req.param('id')!, commandOf(typed))
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), {
        ...{
          typed,
          fields: { note: 'cancelNote', as: 'as' },
          words: {
            cancelNote: 'taskNote',
            as: 'decisionReasons',
            agent: 'decisionReasons',
            reasons: 'decisionReasons',
          },
        },
      })
      const words = errors[''] ?? Object.values(errors)[0]
      const said: Said = words === undefined ? null : { tone: 'red', words }
      return page(c, { filled: { values: typed, errors }, said }, error instanceof NotNow ? 409 : 422)
    }
    return c.redirect(`/supervisor/tasks/${encodeURIComponent(c.req.param('id')!)}`, 303)
  }

  async function list(c: Ctx, said: TasksProps['said']): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/supervisor/tasks' }
    const state = taskStates.find(each => each === c.req.query('state')) ?? null
    const [found, counts] = await Promise.all([
      store.read('tasks.page', { cursor: c.req.query('cursor') ?? null, ...(state === null ? {} : { state }) }),
      store.read('tasks.counts', {}),
    ])
    const next =
      found.next && `/supervisor/tasks?${new URLSearchParams({ ...(state ? { state } : {}), cursor: found.next })}`
    return c.html(
      tasksPage({
        ...{ frame, state, next, said, maySupervise: c.var.user.role === 'supervisor' },
        rows: found.items.map(row => ({ ...row, agent: named(row.agent), reviewer: named(row.reviewer) })),
        counts: Object.fromEntries(counts.map(each => [each.state, each.tasks])) as Partial<Record<TaskState, number>>,
      }),
    )
  }

  async function page(
    c: Ctx,
    more: { filled?: Filled; said?: Said },
    status: 200 | 409 | 422 = 200,
  ): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/supervisor/tasks' }
    const whole = await wholeTask(records, c.req.param('id')!)
    const { task, flags } = whole
    const { user } = c.var
    const maySupervise = user.role === 'supervisor'
    const { verification: words } = textsOf(frame)
    return c.html(
      reviewPage({
        ...{ frame, task, flags, application: task.application, maySupervise },
        ...{ verifier: named(task.agent), reviewer: named(task.reviewer) },
        verified: task.agent === user.id || task.verifiers.includes(user.id),
        reviews: task.reviewer === user.id,
        seen: seenOf(deps, whole, frame, new Set()),
        answers: await heardAnswersOf(deps, whole, { frame, viewer: user }),
        calls: whole.calls.map(({ call, who, at, by, reached }) => ({
          id: call,
          whom: words.asked[who],
          by: named(by) ?? '',
          at,
          reached,
        })),
        confirmations: shownConfirmations(whole.confirmations, user.numbersMasked),
        mayReopen: maySupervise && isDecided(task.state) && (await isLast(whole)),
        recordings: await recordingsOf(whole, user, frame),
        verifiers: verifiers(),
        reasons: await decisionReasons(records),
        filled: more.filled ?? nothingFilled,
        said: more.said ?? null,
      }),
      status,
    )
  }

  async function isLast({ task }: WholeTask): Promise<boolean> {
    const all = await store.read('tasks.ofApplication', { application: task.application })
    return all.every(({ decidedAt }) => decidedAt !== null)
  }

  async function recordingsOf({ task, calls }: WholeTask, viewer: User, frame: Frame) {
    const { verification: words, custody } = textsOf(frame)
    const all = await Promise.all(
      calls.map(async ({ call, who }) => ({
        who,
        found: await recordingsSeen(deps, viewer, call as CallId),
      })),
    )
    return all.flatMap(({ who, found }) =>
      found
        .filter(({ sealedAt, destroyedAt }) => sealedAt !== null && destroyedAt === null)
        .map(({ id, openedAt, accepted }) => ({
          id,
          src: `/supervisor/tasks/${task.id}/recordings/${id}/audio?opening=${issueOpening(viewer.id, id)}`,
          label: `${words.asked[who]} ${clockOf(openedAt, frame)}${accepted === null ? '' : ` · ${custody.state}`}`,
        })),
    )
  }

  function named(user: string | null): string | null {
    return nameOf(deps.engine.state, user as UserId | null)
  }

  function verifiers() {
    return [...deps.engine.state.users.values()]
      .filter(({ role, enabled, agency }) => role === 'agent' && enabled && !agency)
      .map(({ id, displayName }) => ({ value: id, word: displayName }))
  }

  return route
}
