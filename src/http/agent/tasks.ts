import { Hono } from 'hono'
import { type TaskProps, taskPage } from '../../../web/pages/agent/task.ts'
import { worklistPage } from '../../../web/pages/agent/tasks.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import { money } from '../../../web/parts/money.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import type { Seen } from '../../../web/parts/task.ts'
import type { Asked } from '../../lender/checklist.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { NotFound, NotNow } from '../../records/errors.ts'
import { decisionReasons } from '../../records/verification/checklists.ts'
import { beginCalling, numberOf, numberToDial, refuseContact } from '../../records/verification/task-calls.ts'
import { moveTaskBy, takeTask, type WholeTask, wholeTask } from '../../records/verification/tasks.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf, wordsOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { shownApplication } from '../shown-application.ts'
import { listOf, type Typed, textOf, typedOf } from '../typed.ts'
import { checklistOf, checklistRoutes, hiddenFields } from './checklist.ts'
import { dialCampaigns } from './dial-campaigns.ts'

type Said = TaskProps['said']

/** `/agent/tasks`: a verifier's own verifications, and one of them. Another's task is there for nobody else, whatever is posted to it. */
export function taskRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps

  route.get('/agent/tasks', allow('agent', 'supervisor'), c => list(c, null))

  route.post('/agent/tasks', allow('agent', 'supervisor'), async c => {
    const id = await takeTask(records, actorOf(c), c.var.user.skills)
    if (id !== null) return c.redirect(`/agent/tasks/${id}`, 303)
    const { taken } = textsOf(await frameOf(c, deps)).verification
    return list(c, { tone: 'red', words: taken }, 409)
  })

  route.get('/agent/tasks/:id', allow('agent', 'supervisor'), c => page(c, {}))

  /** Dials one of those whom the task calls. The number never leaves the house. */
  route.post('/agent/tasks/:id/calls', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const target = targetIn(typed)
    const id = c.req.param('id')
    const w = textsOf(await frameOf(c, deps))
    try {
      const campaign = campaignsOf(c).find(each => each.id === textOf(typed, 'campaign'))
      if (campaign === undefined) throw new NotNow('no-verification-campaign', 'No verification campaign is running.')
      const { number, name, relation, party } = await numberToDial(records, actorOf(c), id, target)
      const hidden = hiddenFields(await wholeTask(records, id))
      const outcome = await deps.engine.dispatch(
        {
          ...{ type: 'agent.dial', agent: c.var.user.id, number, campaign: campaign.id as CampaignId, lead: null },
          ...{ party, name: hidden.has(nameField(target)) ? null : name, relation, task: { id, ...target } },
        },
        actorOf(c),
      )
      if (!outcome.ok) return page(c, { said: { tone: 'red', words: wordsOf(outcome.refusal, w) } }, 409)
      const dialed = outcome.facts.find(fact => fact.type === 'call.dialed' || fact.type === 'agent.rung')
      const refused = outcome.facts.find(fact => fact.type === 'call.refused')
      if (dialed === undefined && refused !== undefined)
        return page(c, { said: { tone: 'red', words: wordsOf(refused.refusal, w) } }, 409)
      if (dialed === undefined) throw new Error('a call was neither dialled nor refused')
      await beginCalling(records, actorOf(c), id)
    } catch (error) {
      return refusal(c, error)
    }
    return c.redirect('/agent', 303)
  })

  route.post('/agent/tasks/:id/refusals', allow('agent', 'supervisor'), async c => {
    const { place } = targetIn(await typedOf(c))
    try {
      await refuseContact(records, actorOf(c), c.req.param('id'), place)
    } catch (error) {
      return refusal(c, error)
    }
    return page(c, { said: { tone: 'green', words: textsOf(await frameOf(c, deps)).verification.refused } })
  })

  route.post('/agent/tasks/:id/recall', allow('agent', 'supervisor'), c => move(c, { type: 'recall' }, nothingFilled))

  route.post('/agent/tasks/:id/submission', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const [proposal, note, reasons] = [textOf(typed, 'proposal'), textOf(typed, 'note'), listOf(typed, 'reasons')]
    return move(c, { type: 'submit', proposal, reasons, note }, { values: typed, errors: {} })
  })

  async function move(c: Ctx, command: object, filled: Filled): Promise<Response> {
    try {
      const { state } = await moveTaskBy(records, actorOf(c), c.req.param('id')!, command)
      const { submitted } = textsOf(await frameOf(c, deps)).verification
      return state === 'SUBMITTED'
        ? page(c, { said: { tone: 'green', words: submitted } })
        : c.redirect('/agent/tasks', 303)
    } catch (error) {
      return refusal(c, error, filled)
    }
  }

  async function refusal(c: Ctx, error: unknown, filled: Filled = nothingFilled): Promise<Response> {
    const errors = refusedFor(error, textsOf(await frameOf(c, deps)), {
      words: { note: 'taskNote', reasons: 'decisionReasons', proposal: 'decisionReasons' },
    })
    const words = errors[''] ?? Object.values(errors)[0]
    return page(
      c,
      { filled: { ...filled, errors }, said: words === undefined ? null : { tone: 'red', words } },
      error instanceof NotNow ? 409 : 422,
    )
  }

  async function list(c: Ctx, said: Said, status: 200 | 409 = 200): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/agent/tasks' }
    const rows = await store.read('tasks.worklist', { agent: c.var.user.id, now: frame.now })
    return c.html(worklistPage({ frame, rows: rows.map(row => ({ ...row, product: '' })), said }), status)
  }

  async function page(
    c: Ctx,
    more: { filled?: Filled; said?: Said },
    status: 200 | 409 | 422 = 200,
  ): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/agent/tasks' }
    const whole = await wholeTask(records, c.req.param('id')!)
    const { task, flags } = whole
    if (task.agent !== c.var.user.id) throw new NotFound('task', task.id)
    const agent = deps.engine.state.agents.get(c.var.user.id)
    return c.html(
      taskPage({
        frame,
        ...{
          task,
          flags,
          application: task.application,
          seen: seenOf(deps, whole, frame),
          targets: targetsOf(c, whole, frame),
        },
        checklist: checklistOf(deps, whole, frame, { call: agent?.call ?? null, masked: c.var.user.numbersMasked }),
        campaigns: campaignsOf(c).map(({ id, name }) => ({ value: id, word: name })),
        reasons: await decisionReasons(records),
        filled: more.filled ?? nothingFilled,
        said: more.said ?? null,
      }),
      status,
    )
  }

  function campaignsOf(c: Ctx) {
    return dialCampaigns(deps.engine.state, c.var.user).filter(({ business }) => business === 'verification')
  }

  function targetsOf(c: Ctx, whole: WholeTask, frame: Frame): TaskProps['targets'] {
    const words = textsOf(frame).verification
    const hidden = hiddenFields(whole)
    return whole.targets.map(target => {
      const contact = target.who === 'contact' ? whole.application.contacts[target.place] : undefined
      const found = numberIfAny(whole, target)
      return {
        ...target,
        name: hidden.has(nameField(target)) ? null : (found?.name ?? null),
        relation:
          contact === undefined || hidden.has(`contact.relation@${target.place}`)
            ? null
            : words.contactRelation[contact.relation],
        number: found === null ? null : shownNumber(found.number, c.var.user.numbersMasked),
      }
    })
  }

  route.route('/', checklistRoutes(deps))
  return route
}

function numberIfAny(whole: WholeTask, { who, place }: { who: Asked; place: number }) {
  try {
    return numberOf(whole, who, place)
  } catch (error) {
    if (error instanceof NotNow) return null
    throw error
  }
}

function nameField({ who, place }: { who: string; place: number }): string {
  return who === 'applicant' ? 'party.name' : who === 'employer' ? 'employer.name' : `contact.name@${place}`
}

function targetIn(typed: Typed): { who: Asked; place: number } {
  const who = textOf(typed, 'who')
  const place = Number(/^\d{1,2}$/.exec(textOf(typed, 'place'))?.[0] ?? 0)
  return { who: who === 'employer' || who === 'contact' ? who : 'applicant', place }
}

/** What a verifier may see of the application: all but what a question is still to ask. */
export function seenOf(deps: Deps, whole: WholeTask, frame: Frame, hidden = hiddenFields(whole)): Seen[] {
  const { verification: words, lender } = textsOf(frame)
  const { application, party } = whole
  const shown = shownApplication(deps.store.sealer, application, true)
  const row = (label: string, field: string, value: string): Seen => ({
    label,
    value: hidden.has(field) ? null : value,
  })
  const fields = Object.entries(shown.fields).map(([key, value]) => row(key, `fields.${key}`, String(value)))
  const { employer } = application
  return [
    row(words.party, '', party.ref),
    row(lender.name, 'party.name', party.name),
    row(words.product, 'product', application.product),
    row(words.amount, 'amount', money(application.amount, application.currency)),
    row(words.term, 'term', String(application.term)),
    row(words.employer, 'employer.name', employer?.name ?? '—'),
    row(words.lineSource, '', employer?.line == null ? '—' : words.source[employer.line.source]),
    ...fields,
  ]
}
