import { changesOf } from '../../parts/changes.ts'
import { type Choice, checkField, checksField, type Filled, notice, seenField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import { problems } from './users.ts'

/** `leaders`: names. */
export type TeamRow = { id: string; name: string; members: number; leaders: string[] }
export type TeamsProps = { frame: Frame; teams: TeamRow[]; leaderlessSeeAll: boolean; saved: boolean }

export function teamsPage(props: TeamsProps): Html {
  const w = textsOf(props.frame)
  const words = w.teams
  const add = html`<a class="button primary" href="/admin/teams/new">${icon('plus')}${words.add}</a>`
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({
      title: words.title,
      count: w.frame.list.count(props.teams.length),
      about: words.about,
      actions: html`<a class="button" href="/admin/users">${icon('chevron-left')}${w.admin.users.title}</a>${add}`,
    })}
${props.saved ? notice('green', w.frame.form.saved) : null}
${table({
  caption: words.title,
  rows: props.teams,
  empty: html`<p>${words.none}</p>${add}`,
  columns: [
    { head: words.name, cell: team => html`<a href="/admin/teams/${team.id}"><b>${team.name}</b></a>` },
    { head: words.leaders, cell: team => team.leaders.join(', ') },
    { head: words.members, kind: 'figure', cell: team => team.members },
    {
      head: w.frame.list.actions,
      kind: 'action',
      cell: team =>
        html`<a class="button small" href="/admin/teams/${team.id}">${icon('pencil')}${w.frame.form.edit}</a> <form method="post" action="/admin/teams/${team.id}/removal"><button class="button small danger" data-asks="${words.removeQuestion(team.name)}">${words.remove}</button></form>`,
    },
  ],
})}
<form class="form panel" method="post" action="/admin/leaderless">
${checkField({ name: 'seeAll', label: words.seeAll }, { values: { seeAll: String(props.leaderlessSeeAll) }, errors: {} })}<p class="help">${words.seeAllHelp}</p>
<div class="buttons"><button class="button">${w.frame.form.save}</button></div></form>`,
  })
}

export type TeamFormProps = {
  frame: Frame
  team: { id: string; name: string } | null
  members: Choice[]
  leaders: Choice[]
  filled: Filled
}

export function teamFormPage(props: TeamFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.teams
  const { team, filled } = props
  const title = team ? words.edit(team.name) : words.add
  return layout(props.frame, {
    title,
    main: html`${heading({ title })}${problems(filled, w)}
<form class="form panel" method="post" action="${team ? `/admin/teams/${team.id}` : '/admin/teams'}">${seenField(filled)}
${textField({ name: 'name', label: words.name, required: true, maxlength: 64 }, filled)}
${checksField({ name: 'leaders', label: words.leaders, choices: props.leaders, empty: words.leadersEmpty }, filled)}
${checksField({ name: 'members', label: words.members, choices: props.members, empty: words.membersEmpty }, filled)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="/admin/teams">${w.frame.form.cancel}</a></div></form>${team === null ? null : changesOf(props.frame, { of: `team:${team.id}` })}`,
  })
}
