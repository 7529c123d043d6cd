import { type Role, roles, type StationKind, stationKinds, type User } from '../../../src/centre/entities.ts'
import { changesOf } from '../../parts/changes.ts'
import { deviceFields } from '../../parts/connection.ts'
import { type Choice, checkField, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { chip } from '../../parts/state.ts'
import { filter, heading, search, table } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'
import { trunkGroupField } from './trunk-group-field.ts'

export type UsersProps = {
  frame: Frame
  users: User[]
  q: string
  role: Role | null
  saved: boolean
}

export function usersPage(props: UsersProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.users
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({
      title: words.title,
      count: w.frame.list.count(props.users.length),
      about: words.about,
      actions: html`<a class="button primary" href="/admin/users/new">${icon('plus')}${words.add}</a>`,
    })}
${props.saved ? notice('green', w.frame.form.saved) : null}
<div class="toolbar">${search(props.frame, { path: '/admin/users', q: props.q, label: words.search })}${filter(props.frame, { path: '/admin/users', name: 'role', label: w.admin.users.role, chosen: props.role, choices: w.domain.role })}</div>
${table({
  caption: words.title,
  rows: props.users,
  empty:
    props.q || props.role
      ? w.frame.list.none
      : html`<p>${words.none}</p><a class="button primary" href="/admin/users/new">${words.add}</a>`,
  columns: [
    { head: words.displayName, cell: user => html`<a href="/admin/users/${user.id}"><b>${user.displayName}</b></a>` },
    { head: words.name, cell: user => user.name },
    { head: words.role, cell: user => w.domain.role[user.role] },
    {
      head: words.extension,
      cell: user => (user.extension ? html`<span class="figure">${user.extension}</span>` : '—'),
    },
    { head: words.station, cell: user => (user.role === 'agent' ? w.domain.station[user.station] : '—') },
    { head: words.masked, cell: user => (user.numbersMasked ? w.frame.form.yes : w.frame.form.no) },
    {
      head: words.state,
      cell: user =>
        user.enabled
          ? chip('green', 'circle-check', w.frame.form.enabled)
          : chip('grey', 'circle-x', w.frame.form.disabled),
    },
    {
      head: words.changed,
      kind: 'action',
      cell: user =>
        html`<a class="button small" href="/admin/users/${user.id}">${icon('pencil')}${w.frame.form.edit}</a>`,
    },
  ],
})}`,
  })
}

export type UserFormProps = {
  frame: Frame
  /** null: a new person. */
  user: { id: string; displayName: string } | null
  filled: Filled
  hasPassword: boolean
  trunkGroups: Choice[]
  /** An agency is chosen with a new sign-in and stays; of who is there already its one, or none. */
  agencies: Choice[]
}

export function userFormPage(props: UserFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.users
  const { filled, user } = props
  const keep = props.hasPassword ? w.frame.form.keep : words.passwordHelp
  return layout(props.frame, {
    title: user ? words.edit(user.displayName) : words.add,
    main: html`${heading({ title: user ? words.edit(user.displayName) : words.add })}
${problems(filled, w)}
<form class="form panel" method="post" action="${user ? `/admin/users/${user.id}` : '/admin/users'}">
<div class="row">${textField({ name: 'displayName', label: words.displayName, required: true, maxlength: 64 }, filled)}
${textField({ name: 'name', label: words.name, help: words.nameHelp, required: true, maxlength: 64, autocomplete: 'off' }, filled)}</div>
<div class="row">${selectField({ name: 'role', label: words.role, choices: roles.map(role => ({ value: role, word: w.domain.role[role] })) }, filled)}
${textField({ name: 'password', label: words.password, type: 'password', help: keep, required: !props.hasPassword, autocomplete: 'new-password', maxlength: 200 }, filled)}</div>
<div class="row">${selectField({ name: 'station', label: words.station, help: words.stationHelp, choices: stationKinds.map((kind: StationKind) => ({ value: kind, word: w.domain.station[kind] })) }, filled)}
${selectField(
  {
    name: 'language',
    label: words.language,
    choices: [
      { value: 'zh-CN', word: '中文' },
      { value: 'en', word: 'English' },
    ],
  },
  filled,
)}</div>
<div class="row">${textField({ name: 'extension', label: words.extension, help: words.extensionHelp, figure: true, maxlength: 8 }, filled)}
${textField({ name: 'sipPassword', label: words.sipPassword, type: 'password', help: user ? w.frame.form.keep : '', autocomplete: 'new-password', maxlength: 100 }, filled)}</div>
${
  props.agencies.length === 0
    ? null
    : selectField(
        {
          name: 'agency',
          label: w.placement.agency,
          help: w.placement.agencyHelp,
          choices: user === null ? [{ value: '', word: w.placement.ownPeople }, ...props.agencies] : props.agencies,
        },
        filled,
      )
}${deviceFields(filled, w)}
${textField({ name: 'skills', label: words.skills, help: words.skillsHelp, maxlength: 200 }, filled)}
${trunkGroupField({ label: w.trunkRules.groups.ofUser, help: w.trunkRules.groups.ofUserHelp, groups: props.trunkGroups }, filled, w)}
<div class="row">${checkField({ name: 'numbersMasked', label: words.masked, help: words.maskedHelp }, filled)}${checkField({ name: 'enabled', label: words.enabled }, filled)}</div>
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="/admin/users">${w.frame.form.cancel}</a></div></form>${user === null ? null : changesOf(props.frame, { of: `user:${user.id}` })}`,
  })
}

/** A line above a form that was refused; the errors stand beside their fields, and what has no field stands here. */
export function problems(filled: Filled, w: Words): Piece {
  if (Object.keys(filled.errors).length === 0) return null
  return notice('red', filled.errors[''] ?? w.frame.form.problem)
}
