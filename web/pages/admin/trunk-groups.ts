import { changesOf } from '../../parts/changes.ts'
import { areaField, checksField, type Filled, notice, seenField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import { problems } from './users.ts'

/** Who has a place on the floor and may dial by hand. */
const callingRoles = ['agent', 'supervisor'] as const

/** `trunks`: names, in the order in which they are tried; `usedBy`: names of campaigns and people. */
export type TrunkGroupRow = { id: string; name: string; trunks: string[]; usedBy: string[] }
export type TrunkGroupsProps = { frame: Frame; groups: TrunkGroupRow[]; saved: boolean; refused: string | null }

export function trunkGroupsPage(props: TrunkGroupsProps): Html {
  const w = textsOf(props.frame)
  const words = w.trunkRules.groups
  const add = html`<a class="button primary" href="/admin/trunk-groups/new">${icon('plus')}${words.add}</a>`
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({
      title: words.title,
      count: w.frame.list.count(props.groups.length),
      about: words.about,
      actions: html`<a class="button" href="/admin/trunks">${icon('chevron-left')}${w.admin.trunks.title}</a>${add}`,
    })}
${props.saved ? notice('green', w.frame.form.saved) : null}${props.refused === null ? null : notice('red', props.refused)}
${table({
  caption: words.title,
  rows: props.groups,
  empty: html`<p>${words.none}</p>${add}`,
  columns: [
    { head: words.name, cell: group => html`<a href="/admin/trunk-groups/${group.id}"><b>${group.name}</b></a>` },
    { head: words.trunks, cell: group => group.trunks.join(' → ') },
    { head: words.usedBy, cell: group => group.usedBy.join(', ') },
    {
      head: w.frame.list.actions,
      kind: 'action',
      cell: group =>
        html`<a class="button small" href="/admin/trunk-groups/${group.id}">${icon('pencil')}${w.frame.form.edit}</a> <form method="post" action="/admin/trunk-groups/${group.id}/removal"><button class="button small danger" data-asks="${words.removeQuestion(group.name)}">${words.remove}</button></form>`,
    },
  ],
})}`,
  })
}

export type TrunkGroupFormProps = { frame: Frame; group: { id: string; name: string } | null; filled: Filled }

export function trunkGroupFormPage(props: TrunkGroupFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.trunkRules.groups
  const { group, filled } = props
  const title = group ? words.edit(group.name) : words.add
  return layout(props.frame, {
    title,
    main: html`${heading({ title })}${problems(filled, w)}
<form class="form panel" method="post" action="${group ? `/admin/trunk-groups/${group.id}` : '/admin/trunk-groups'}">${seenField(filled)}
${textField({ name: 'name', label: words.name, required: true, maxlength: 64 }, filled)}
${areaField({ name: 'groupTrunks', label: words.trunks, help: words.trunksHelp, rows: 6, required: true }, filled)}
${checksField({ name: 'defaultFor', label: words.defaultFor, choices: callingRoles.map(value => ({ value, word: w.domain.role[value] })), empty: '' }, filled)}<p class="help">${words.defaultForHelp}</p>
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="/admin/trunk-groups">${w.frame.form.cancel}</a></div></form>${group === null ? null : changesOf(props.frame, { of: `trunkGroup:${group.id}` })}`,
  })
}
