import type { Queue } from '../../../src/centre/entities.ts'
import { changesOf } from '../../parts/changes.ts'
import { type Choice, checkField, checksField, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import { shownNumbersField } from './shown-numbers.ts'
import { trunkGroupField } from './trunk-group-field.ts'
import { problems } from './users.ts'

export type QueuesProps = { frame: Frame; queues: (Queue & { waiting: number })[]; saved: boolean }

export function queuesPage(props: QueuesProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.queues
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({
      title: words.title,
      count: w.frame.list.count(props.queues.length),
      about: words.about,
      actions: html`<a class="button primary" href="/admin/queues/new">${icon('plus')}${words.add}</a>`,
    })}
${props.saved ? notice('green', w.frame.form.saved) : null}
${table({
  caption: words.title,
  rows: props.queues,
  empty: html`<p>${words.none}</p><a class="button primary" href="/admin/queues/new">${words.add}</a>`,
  columns: [
    { head: words.name, cell: queue => html`<a href="/admin/queues/${queue.id}"><b>${queue.name}</b></a>` },
    { head: words.waiting, kind: 'figure', cell: queue => queue.waiting },
    { head: words.members, kind: 'figure', cell: queue => queue.members.length },
    { head: words.maxWait, kind: 'figure', cell: queue => queue.maxWaitMs / 1000 },
    { head: words.serviceLevel, kind: 'figure', cell: queue => queue.serviceLevelMs / 1000 },
    { head: words.callbackAfter, kind: 'figure', cell: queue => queue.callbackAfterMs / 1000 },
    {
      head: w.frame.list.actions,
      kind: 'action',
      cell: queue =>
        html`<a class="button small" href="/admin/queues/${queue.id}">${icon('pencil')}${w.frame.form.edit}</a>`,
    },
  ],
})}`,
  })
}

export type QueueFormProps = {
  frame: Frame
  queue: { id: string; name: string } | null
  agents: Choice[]
  trunkGroups: Choice[]
  filled: Filled
}

/** Times are typed in seconds. */
export function queueFormPage(props: QueueFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.queues
  const { filled, queue } = props
  const title = queue ? words.edit(queue.name) : words.add
  return layout(props.frame, {
    title,
    main: html`${heading({ title })}${problems(filled, w)}
<form class="form panel" method="post" action="${queue ? `/admin/queues/${queue.id}` : '/admin/queues'}">
${textField({ name: 'name', label: words.name, required: true, maxlength: 64 }, filled)}
${checksField({ name: 'members', label: words.members, choices: props.agents, empty: words.membersEmpty }, filled)}
<div class="row">${textField({ name: 'maxWaitMs', label: words.maxWait, help: words.maxWaitHelp, type: 'number', min: 1, max: 3600, figure: true, required: true }, filled)}
${textField({ name: 'serviceLevelMs', label: words.serviceLevel, type: 'number', min: 1, max: 600, figure: true, required: true }, filled)}
${textField({ name: 'callbackAfterMs', label: words.callbackAfter, help: words.callbackAfterHelp, type: 'number', min: 0, max: 3600, figure: true, required: true }, filled)}</div>
${trunkGroupField({ label: w.trunkRules.groups.ofQueue, help: w.trunkRules.groups.ofQueueHelp, groups: props.trunkGroups }, filled, w)}
${shownNumbersField(filled, w)}
${textField({ name: 'music', label: w.transfer.music, help: w.transfer.musicHelp, maxlength: 40, figure: true }, filled)}
<fieldset class="field"><legend>${w.menus.announce}</legend><p class="help">${w.menus.announceHelp}</p><div class="row">${selectField({ name: 'announceLanguage', label: w.menus.announceLanguage, choices: [{ value: '', word: w.menus.announceOff }, ...w.menus.languages] }, filled)}
${textField({ name: 'announceEvery', label: w.menus.announceEvery, type: 'number', min: 15, max: 600, figure: true, required: true }, filled)}</div>
${checkField({ name: 'announceEstimate', label: w.menus.announceEstimate, help: w.menus.announceEstimateHelp }, filled)}</fieldset>
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="/admin/queues">${w.frame.form.cancel}</a></div></form>${queue === null ? null : changesOf(props.frame, { of: `queue:${queue.id}` })}`,
  })
}
