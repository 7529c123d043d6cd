import { Hono } from 'hono'
import { queueFormPage, queuesPage } from '../../../web/pages/admin/queues.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { Queue } from '../../centre/entities.ts'
import type { QueueId } from '../../lib/ids.ts'
import { changeQueue, createQueue, queueById } from '../../records/telephony/queues.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, listOf, numberOf, type Typed, textOf, typedOf } from '../typed.ts'
import { agentChoices } from './agent-choices.ts'
import { shownNumbersGiven, shownNumbersWords } from './shown-numbers.ts'
import { trunkGroupChoices, trunkGroupGiven } from './trunk-groups.ts'

/** `/admin/queues`: where callers wait, and for whom. Times are typed in seconds. */
export function queueRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/queues', allow('admin'), async c => {
    const queues = (await deps.store.read('queues.list', {})).map(queue => ({
      ...queue,
      waiting: deps.engine.state.queues.get(queue.id)?.waiting.length ?? 0,
    }))
    return c.html(queuesPage({ frame: await frameOf(c, deps), queues, saved: c.req.query('saved') === '1' }))
  })

  route.get('/admin/queues/new', allow('admin'), c => form(c, null, { values: fresh, errors: {} }))
  route.get('/admin/queues/:id', allow('admin'), async c => {
    const queue = await queueById(deps.records, c.req.param('id') as QueueId)
    return form(c, queue, { values: valuesOf(queue), errors: {} })
  })

  route.post('/admin/queues', allow('admin'), c => save(c, null))
  route.post('/admin/queues/:id', allow('admin'), async c =>
    save(c, await queueById(deps.records, c.req.param('id') as QueueId)),
  )

  async function save(c: Ctx, queue: Queue | null): Promise<Response> {
    const typed = await typedOf(c)
    try {
      if (queue === null) await createQueue(deps.records, actorOf(c), givenBy(typed))
      else await changeQueue(deps.records, actorOf(c), queue.id, givenBy(typed))
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), {
        typed,
        fields: announceFields,
        words: shownNumbersWords,
      })
      return form(c, queue, { values: typed, errors }, 422)
    }
    return c.redirect('/admin/queues?saved=1', 303)
  }

  async function form(c: Ctx, queue: Queue | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    const agents = agentChoices(await deps.store.read('users.list', {}), queue?.members ?? [], textsOf(frame))
    const trunkGroups = await trunkGroupChoices(deps)
    return c.html(queueFormPage({ frame, queue, agents, trunkGroups, filled }), status)
  }

  return route
}

const fresh = {
  announceLanguage: '',
  announceEvery: '60',
  announceEstimate: 'true',
  maxWaitMs: '360',
  serviceLevelMs: '20',
  callbackAfterMs: '0',
  music: '',
  trunkGroup: '',
  callerIds: '',
}

function valuesOf(queue: Queue): Filled['values'] {
  return {
    name: queue.name,
    members: queue.members,
    maxWaitMs: String(queue.maxWaitMs / 1000),
    serviceLevelMs: String(queue.serviceLevelMs / 1000),
    callbackAfterMs: String(queue.callbackAfterMs / 1000),
    music: queue.music ?? '',
    trunkGroup: queue.trunkGroup ?? '',
    callerIds: (queue.callerIds ?? []).join('\n'),
    announceLanguage: queue.announce?.language ?? '',
    announceEvery: String((queue.announce?.everyMs ?? 60_000) / 1000),
    announceEstimate: String(queue.announce?.estimate ?? true),
  }
}

function givenBy(typed: Typed): Record<string, unknown> {
  return {
    name: textOf(typed, 'name'),
    members: listOf(typed, 'members'),
    maxWaitMs: numberOf(typed, 'maxWaitMs', 1000),
    serviceLevelMs: numberOf(typed, 'serviceLevelMs', 1000),
    callbackAfterMs: numberOf(typed, 'callbackAfterMs', 1000),
    ...trunkGroupGiven(typed),
    ...shownNumbersGiven(typed),
    ...(typed.announceLanguage === undefined ? {} : { announce: announceBy(typed) }),
    ...(typed.music === undefined ? {} : { music: textOf(typed, 'music') || null }),
  }
}

function announceBy(typed: Typed): Record<string, unknown> | null {
  const language = textOf(typed, 'announceLanguage')
  if (language === '') return null
  return { language, everyMs: numberOf(typed, 'announceEvery', 1000), estimate: isChecked(typed, 'announceEstimate') }
}

const announceFields = { 'announce.everyMs': 'announceEvery', 'announce.language': 'announceLanguage' }
