import { Hono } from 'hono'
import { casePage } from '../../../web/pages/supervisor/case.ts'
import { letterPage, type MessageRow, messagesPage } from '../../../web/pages/supervisor/messages.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import { messageStates } from '../../lender/message.ts'
import { bucketOf, dpdOf } from '../../lender/overdue.ts'
import { maskEmail } from '../../lib/mask.ts'
import { caseById } from '../../records/collections/cases.ts'
import { actionWords } from '../../records/collections/step-lines.ts'
import { explainCase } from '../../records/collections/strategies.ts'
import { exportMessages, printLetter } from '../../records/messages/messages.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import type { MessageRecord } from '../../store/lender/messages.ts'
import { csvOf, csvResponse } from '../csv.ts'
import { actorOf, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'

const readers = ['admin', 'supervisor', 'auditor', 'quality'] as const

/** `/supervisor/cases/:id`: what was and will be done about a case, and why not; `/supervisor/messages`: the outbox, its export, and letters to print. */
export function casePageRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { store, records } = deps

  route.get('/supervisor/cases/:id', allow(...readers), async c => {
    const found = await caseById(records, c.req.param('id'))
    const { placed = null } = found
    const [frame, reckoning, explained, messages, campaigns, parties, stops, agency, batch] = await Promise.all([
      frameOf(c, deps),
      reckoningOf(records),
      explainCase(records, found.id),
      store.read('messages.ofParty', { party: found.party }),
      store.read('campaigns.list', {}),
      store.read('parties.byRefs', { refs: [found.party] }),
      store.read('stops.of', { party: found.party }),
      placed && store.read('agencies.byId', { id: placed.agency }),
      placed && store.read('batches.byId', { id: placed.batch }),
    ])
    const days = found.oldestDueOn === null ? 0 : dpdOf(found.oldestDueOn, reckoning.today)
    const { id, party, state, holdReason, reason, owed, product, openedAt, changedAt, rule, group } = found
    const agent =
      found.agent === null ? null : (deps.engine.state.users.get(found.agent as never)?.displayName ?? found.agent)
    return c.html(
      casePage({
        frame,
        case: {
          ...{ id, party, state, holdReason, reason, owed, product, openedAt, changedAt, days, agent },
          name: parties[0]?.name ?? null,
          bucket: bucketOf(days, reckoning.rules),
          group: rule === null ? null : `${rule} · ${group}`,
          placed: agency &&
            batch && {
              agency: { id: agency.id, name: agency.name },
              batch: { id: batch.id, name: batch.doc.name },
            },
        },
        stops: stops.filter(({ until }) => until === null || until > deps.clock.now()),
        strategy: explained && { name: explained.strategy, version: explained.version },
        steps: (explained?.verdicts ?? []).map(({ step, state: is, why, on }) => ({
          ...{ name: step.name, day: step.day, state: is, why, on },
          action: actionWords(step.action, campaigns),
        })),
        messages: messages.map(each => rowOf(each, c.var.user.numbersMasked)),
      }),
    )
  })

  route.get('/supervisor/messages', allow(...readers), async c => {
    const state = messageStates.find(each => each === c.req.query('state'))
    const cursor = c.req.query('cursor') ?? null
    const page = await store.read('messages.page', { cursor, ...(state === undefined ? {} : { state }) })
    const query = new URLSearchParams({ ...(state === undefined ? {} : { state }), cursor: page.next ?? '' })
    const { role, numbersMasked } = c.var.user
    return c.html(
      messagesPage({
        frame: await frameOf(c, deps),
        rows: page.items.map(each => rowOf(each, numbersMasked)),
        state: state ?? '',
        next: page.next && `/supervisor/messages?${query}`,
        mayExport: role === 'admin',
      }),
    )
  })

  /** With the numbers in clear, since they are to be written to: for administrators alone. */
  route.post('/supervisor/messages/exports', allow('admin'), async c => {
    const out = await exportMessages(records, actorOf(c))
    const rows = out.map(({ id, to, text, party }) => [id, to, text, party])
    return csvResponse(c, 'messages.csv', csvOf(['id', 'to', 'text', 'party'], rows))
  })

  route.post('/supervisor/letters/:id', allow('admin', 'supervisor'), async c => {
    const { to, party, text } = await printLetter(records, actorOf(c), c.req.param('id'))
    const { today } = await reckoningOf(records)
    return c.html(letterPage({ frame: await frameOf(c, deps), to, ref: party, text, date: today }))
  })

  return route
}

function rowOf(message: MessageRecord, masked: boolean): MessageRow {
  const { id, party, channel, to, text, why, state, way, tries, reason, queuedAt } = message
  const shown = channel === 'sms' ? shownNumber(to, masked) : channel === 'email' && masked ? maskEmail(to) : to
  return { id, party, channel, to: shown, text, why, state, way, tries, reason, queuedAt }
}
