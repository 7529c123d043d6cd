import { changesOf } from '../../parts/changes.ts'
import { areaField, type Choice, checksField, type Filled, notice, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { type MailFormProps, mailForm } from '../../parts/mail-form.ts'
import { resultNames } from '../../parts/result-names.ts'
import { heading, table } from '../../parts/table.ts'
import { problems } from './users.ts'

const path = '/admin/strategies'

export type StrategiesProps = {
  frame: Frame
  version: number
  rows: { name: string; buckets: string[]; steps: string[] }[]
  reminders: Filled
  sender: Filled
  mail: MailFormProps
  saved: boolean
}

export function strategiesPage(props: StrategiesProps): Html {
  const w = textsOf(props.frame)
  const words = w.strategies
  const add = html`<a class="button primary" href="${path}/new">${icon('plus')}${words.add}</a>`
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, count: words.version(props.version), about: words.about, actions: add })}
${props.saved ? notice('green', w.frame.form.saved) : null}${problems(props.reminders, w)}${problems(props.sender, w)}${problems(props.mail.filled, w)}
<div class="stack">${table({
      caption: words.title,
      rows: props.rows.map((row, at) => ({ ...row, at })),
      empty: html`<p>${words.none}</p>${add}`,
      columns: [
        { head: words.name, cell: row => html`<a href="${path}/${row.at}"><b>${row.name}</b></a>` },
        { head: words.buckets, cell: row => row.buckets.join(', ') },
        {
          head: words.steps,
          cell: row => html`${row.steps.map(step => html`<div class="small">${step.slice(0, 160)}</div>`)}`,
        },
        {
          head: w.frame.list.actions,
          kind: 'action',
          cell: row =>
            html`<form method="post" action="${path}/${row.at}/removal"><button class="button small danger" data-asks="${words.removeQuestion(row.name)}">${icon('trash-2')}${w.frame.form.remove}</button></form>`,
        },
      ],
    })}
<form class="form panel" method="post" action="${path}/reminders"><h2>${words.reminders}</h2>
${areaField({ name: 'reminders', label: words.reminders, help: words.remindersHelp, rows: 3 }, props.reminders)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form>
<form class="form panel" method="post" action="${path}/sender"><h2>${words.sender}</h2><p class="help">${words.senderHelp}</p>
${textField({ name: 'url', label: words.url, figure: true, maxlength: 500 }, props.sender)}
${textField({ name: 'secret', label: words.secret, help: words.secretHelp, type: 'password', autocomplete: 'new-password', maxlength: 200 }, props.sender)}
${textField({ name: 'policy', label: words.policy, help: words.policyHelp, figure: true, maxlength: 200 }, props.sender)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form>
${mailForm(props.mail, path, w)}</div>${changesOf(props.frame, { of: 'setting:lender.strategies' })}`,
  })
}

export type StrategyFormProps = { frame: Frame; at: number | null; name: string; buckets: Choice[]; filled: Filled }

export function strategyFormPage(props: StrategyFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.strategies
  const { at, filled } = props
  const title = at === null ? words.add : words.edit(props.name)
  return layout(props.frame, {
    title,
    main: html`${heading({ title })}${problems(filled, w)}
<form class="form panel" method="post" action="${path}${at === null ? '' : `/${at}`}">
${textField({ name: 'name', label: words.name, required: true, maxlength: 40 }, filled)}
${checksField({ name: 'buckets', label: words.buckets, choices: props.buckets, empty: words.none }, filled)}
${areaField({ name: 'stepLines', label: words.steps, help: words.stepsHelp, rows: 12 }, filled)}
${resultNames(w)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="${path}">${w.frame.form.cancel}</a></div></form>`,
  })
}
