import { z } from '@hono/zod-openapi'
import type { Role } from '../../centre/entities.ts'
import type { Application } from '../../lender/application.ts'
import { taskStates } from '../../lender/task.ts'
import { maskNumbersIn } from '../../lib/mask.ts'
import { parseInput } from '../../records/parse.ts'
import {
  applicationByRef,
  changeApplication,
  createApplication,
  reopenApplication,
} from '../../records/verification/applications.ts'
import { allChecklists, saveChecklist } from '../../records/verification/checklists.ts'
import { moveTaskBy, shareOutTasks, taskById, wholeTask } from '../../records/verification/tasks.ts'
import { applicationChange, applicationInput, checklistInput } from '../../records/verification/verification-schemas.ts'
import { words } from '../../records/words.ts'
import { maskedSaid } from '../agent/checklist.ts'
import type { Deps } from '../deps.ts'
import { shownApplication } from '../shown-application.ts'
import { shownConfirmations } from '../shown-confirmations.ts'
import { masksNumbers } from '../shown-party.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'
import { applicationReply, checklistReply, taskAnswersReply, taskReply } from './verification-replies.ts'

const writers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const applicationsQuery = paging.extend({ party: z.string().max(64).optional() })
const tasksQuery = paging.extend({
  state: z.enum(taskStates).optional(),
  agent: z.string().max(64).optional(),
  party: z.string().max(64).optional(),
  application: z.string().max(64).optional(),
})
/** Verifying and deciding is done by people on their pages, by two of them; a program gives tasks to people and calls them off. */
const programCommand = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('assign'), agent: words(64) }),
    z.strictObject({ type: z.literal('arrive'), note: words(1000) }),
    z.strictObject({ type: z.literal('cancel'), note: words(1000) }),
  ])
  .openapi('VerificationCommand')
const sharedReply = z.object({ assigned: z.int(), left: z.int() }).openapi('TasksShared')

/** `/applications` (进件), the verification tasks that they open, and the checklists that these are worked through by. */
export function applicationsApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const shown = (application: Application, role: Role) =>
    applicationReply.parse(shownApplication(store.sealer, application, masksNumbers(role)))

  define(
    api,
    deps,
    {
      method: 'post',
      path: '/applications',
      roles: writers,
      summary: 'A new application of a party that there is; it opens a verification task',
      body: applicationInput,
      reply: applicationReply,
      status: 201,
    },
    async c => {
      const { doc } = await createApplication(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/applications/${encodeURIComponent(doc.ref)}`)
      return c.json(shown(doc, c.var.client.role), 201)
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/applications',
      roles: readers,
      summary: 'All applications, or those of a party',
      query: applicationsQuery,
      reply: pageOf(applicationReply),
    },
    async c => {
      const page = await store.read('applications.page', queryOf(c, applicationsQuery))
      return c.json({ items: page.items.map(({ doc }) => shown(doc, c.var.client.role)), next: page.next })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/applications/:ref', roles: readers, summary: 'One application', reply: applicationReply },
    async c => c.json(shown((await applicationByRef(records, c.req.param('ref')!)).doc, c.var.client.role)),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: '/applications/:ref',
      roles: writers,
      summary: 'Change what is named; its tasks go on. An employer’s land line that was found is put here',
      body: applicationChange,
      reply: applicationReply,
    },
    async c => {
      const changed = await changeApplication(records, c.var.client.actor, c.req.param('ref')!, await jsonBody(c))
      return c.json(shown(changed.doc, c.var.client.role))
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/applications/:ref/verification',
      roles: writers,
      summary: 'Another verification task, when the last one is decided',
      reply: taskReply,
      status: 201,
    },
    async c => {
      const id = await reopenApplication(records, c.var.client.actor, c.req.param('ref')!)
      c.header('Location', `/api/v1/verifications/${id}`)
      return c.json(taskReply.parse(await taskById(records, id)), 201)
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/verifications',
      roles: readers,
      summary: 'Verification tasks: all, or those of a state, an agent, a party, an application',
      query: tasksQuery,
      reply: pageOf(taskReply),
    },
    async c => {
      const page = await store.read('tasks.page', queryOf(c, tasksQuery))
      return c.json({ items: page.items.map(each => taskReply.parse(each)), next: page.next })
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/verifications/:id',
      roles: readers,
      summary: 'One task with its calls, its answers and what they come to',
      reply: taskAnswersReply,
    },
    async c => {
      const { task, calls, answers, flags, checklist, confirmations } = await wholeTask(records, c.req.param('id')!)
      const masked = masksNumbers(c.var.client.role)
      const told = answers.map(each => {
        const item = checklist.items.find(({ key }) => key === each.item.split('@')[0])
        const said = typeof each.given === 'object' && each.given ? '******' : each.given
        const given = masked && item && said !== null ? maskedSaid(item, said) : said
        return { ...each, given, note: masked ? maskNumbersIn(each.note) : each.note }
      })
      return c.json(
        taskAnswersReply.parse({
          ...task,
          calls,
          answers: told,
          flags,
          confirmations: shownConfirmations(confirmations, masked),
        }),
      )
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/verifications/:id/moves',
      roles: writers,
      summary: 'Give a task to a verifier, take it up again when what was missing has come, or call it off',
      body: programCommand,
      reply: taskReply,
      status: 200,
    },
    async c => {
      const command = parseInput(programCommand, await jsonBody(c))
      return c.json(taskReply.parse(await moveTaskBy(records, c.var.client.actor, c.req.param('id')!, command)))
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/verifications/assignment',
      roles: writers,
      summary: 'Give new tasks to who has the skill and the least to do, up to 500',
      reply: sharedReply,
      status: 200,
    },
    async c => c.json(sharedReply.parse(await shareOutTasks(records, c.var.client.actor))),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/checklists',
      roles: readers,
      summary: 'The last version of each checklist; version 0 is the one that is shipped',
      reply: pageOf(checklistReply),
    },
    async c => c.json({ items: (await allChecklists(records)).map(each => checklistReply.parse(each)), next: null }),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/checklists',
      roles: ['admin'],
      summary: 'A checklist as a new version; tasks that are open keep theirs',
      body: checklistInput,
      reply: checklistReply,
      status: 201,
    },
    async c => c.json(checklistReply.parse(await saveChecklist(records, c.var.client.actor, await jsonBody(c))), 201),
  )
}
