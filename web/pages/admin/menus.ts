import type { MenuKey } from '../../../src/centre/menu/menu.ts'
import { changesOf } from '../../parts/changes.ts'
import {
  areaField,
  type Choice,
  checkField,
  checksField,
  type Filled,
  notice,
  selectField,
  textField,
} from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

/** `keys`: `1 → Loans`; `hours` null: always open. */
export type MenuRow = { id: string; name: string; keys: string[]; hours: string | null; numbers: string[] }
export type MenusProps = { frame: Frame; menus: MenuRow[]; saved: boolean; refused: string | null }

export function menusPage({ frame, menus, saved, refused }: MenusProps): Html {
  const w = textsOf(frame)
  const words = w.menus
  const add = html`<a class="button primary" href="/admin/menus/new">${icon('plus')}${words.add}</a>`
  return layout(frame, {
    title: words.title,
    main: html`${heading({
      title: words.title,
      count: w.frame.list.count(menus.length),
      about: words.about,
      actions: html`<a class="button" href="/admin/phrases">${icon('audio-lines')}${words.recordings}</a>${add}`,
    })}
${saved ? notice('green', w.frame.form.saved) : null}${refused === null ? null : notice('red', refused)}
${table({
  caption: words.title,
  rows: menus,
  empty: html`<p>${words.none}</p>${add}`,
  columns: [
    { head: words.name, cell: menu => html`<a href="/admin/menus/${menu.id}"><b>${menu.name}</b></a>` },
    { head: words.keys, cell: menu => menu.keys.join(' · ') },
    { head: words.hours, cell: menu => menu.hours ?? words.always },
    { head: words.usedBy, cell: menu => html`<span class="figure">${menu.numbers.join(', ')}</span>` },
    {
      head: w.frame.list.actions,
      kind: 'action',
      cell: menu =>
        html`<a class="button small" href="/admin/menus/${menu.id}">${icon('pencil')}${w.frame.form.edit}</a> <form method="post" action="/admin/menus/${menu.id}/removal" data-asks="${w.frame.form.confirmRemove(menu.name)}"><button class="button small danger" aria-label="${words.remove}: ${menu.name}">${icon('trash-2')}${words.remove}</button></form>`,
    },
  ],
})}`,
  })
}

export type MenuFormProps = {
  frame: Frame
  menu: { id: string; name: string } | null
  /** Field name of each key: `key1`, `keyStar`. */
  keys: { key: MenuKey; field: string; numberField: string }[]
  /** `queue:ID`, `user:ID`, `ivr:ID`, `number`. */
  targets: Choice[]
  recordings: string[]
  /** Codes of the calendars that there are. */
  calendars: string[]
  filled: Filled
}

/** Times are typed in seconds. */
export function menuFormPage({ frame, menu, keys, targets, recordings, calendars, filled }: MenuFormProps): Html {
  const w = textsOf(frame)
  const words = w.menus
  const title = menu ? words.edit(menu.name) : words.add
  const acts = (of: ('repeat' | 'call_back' | 'hang_up')[]) =>
    of.map(act => ({ value: `act:${act}`, word: words.acts[act] }))
  const ofKey = [{ value: '', word: words.nowhere }, ...targets, ...acts(['repeat', 'call_back', 'hang_up'])]
  const atEnd = [...targets, ...acts(['call_back', 'hang_up'])]
  return layout(frame, {
    title,
    main: html`${heading({ title })}${problems(filled, w)}
<form class="form panel" method="post" action="${menu ? `/admin/menus/${menu.id}` : '/admin/menus'}">
<div class="row">${textField({ name: 'name', label: words.name, required: true, maxlength: 64 }, filled)}
${selectField({ name: 'language', label: words.language, help: words.languageHelp, choices: words.languages }, filled)}</div>
${areaField({ name: 'greeting', label: words.greeting, help: words.greetingHelp(recordings), rows: 3 }, filled)}
${checkField({ name: 'bargeIn', label: words.bargeIn }, filled)}
<fieldset class="field"><legend>${words.keys}</legend><p class="help">${words.outsideHelp}</p><div class="menu-keys">
${keys.map(
  ({ key, field, numberField }) =>
    html`<div class="row either">${selectField({ name: field, label: words.key(key), choices: ofKey }, filled)}
${textField({ name: numberField, label: words.number(key), type: 'tel', figure: true, maxlength: 24 }, filled)}</div>`,
)}</div></fieldset>
${checkField({ name: 'extensions', label: words.extensions, help: words.extensionsHelp }, filled)}
<div class="row">${seconds('waitMs', words.wait, 30)}${seconds('betweenMs', words.between, 10)}
${textField({ name: 'triesMax', label: words.tries, help: words.triesHelp, type: 'number', min: 1, max: 10, figure: true, required: true }, filled)}
${textField({ name: 'outsideMax', label: words.outsideMax, help: words.outsideMaxHelp, type: 'number', min: 1, max: 500, figure: true, required: true }, filled)}</div>
${end('fallback', words.fallback, words.fallbackNumber)}
<fieldset class="field"><legend>${words.hours}</legend><p class="help">${words.hoursHelp}</p>
<div class="row">${textField({ name: 'hoursFrom', label: words.from, figure: true, maxlength: 5, placeholder: '09:00' }, filled)}
${textField({ name: 'hoursTo', label: words.to, figure: true, maxlength: 5, placeholder: '18:00' }, filled)}</div>
${checksField({ name: 'weekdays', label: words.weekdays, choices: daysOf(w), empty: words.daysEmpty }, filled)}
${selectField({ name: 'hoursCalendar', label: words.calendar, help: words.calendarHelp, choices: [{ value: '', word: words.calendarNone }, ...calendars.map(value => ({ value, word: value }))] }, filled)}
${end('closed', words.closed, words.closedNumber)}</fieldset>
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="/admin/menus">${w.frame.form.cancel}</a></div></form>${menu === null ? null : changesOf(frame, { of: `menu:${menu.id}` })}`,
  })

  function end(name: string, label: string, number: string): Html {
    return html`<div class="row either">${selectField({ name, label, choices: atEnd }, filled)}
${textField({ name: `${name}Number`, label: number, type: 'tel', figure: true, maxlength: 24 }, filled)}</div>`
  }

  function seconds(name: string, label: string, max: number): Html {
    return textField({ name, label, type: 'number', min: 1, max, figure: true, required: true }, filled)
  }
}

/** A week begins on Monday here. */
function daysOf({ menus: words }: Words): Choice[] {
  return [1, 2, 3, 4, 5, 6, 0].map(day => ({ value: String(day), word: words.days[day]! }))
}
