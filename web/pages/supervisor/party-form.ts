/** A party that is added or changed by hand. What is sealed is never shown here: an empty field leaves it as it is. */
import type { FieldBusiness, FieldDefinition } from '../../../src/lender/fields.ts'
import { partyFlags, partyTypes, phoneRelations, phoneStatuses } from '../../../src/lender/party.ts'
import { checkField, checksField, errorOf, type Filled, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { heading } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'
import { problems } from '../admin/users.ts'

export type PartyFormProps = {
  frame: Frame
  /** null: a new one. `phones`: its numbers as this reader may see them, in their order. */
  party: { ref: string; name: string; phones: string[]; hasIdNo: boolean; changedAt: number } | null
  definitions: Partial<Record<FieldBusiness, FieldDefinition[]>>
  filled: Filled
}

/** Empty rows for numbers that are added. */
export const newRows = 3

/** The name of the input of a custom field. */
export function fieldName(business: string, key: string): string {
  return `field-${business}-${key}`
}

export function partyFormPage(props: PartyFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.lender
  const { party, filled } = props
  const back = party === null ? '/supervisor/parties' : `/supervisor/parties/${encodeURIComponent(party.ref)}`
  const title = party === null ? words.addParty : words.editParty(party.name)
  return layout(props.frame, {
    title,
    main: html`${heading({ title, ...(party === null ? {} : { count: party.ref }) })}${problems(filled, w)}
<form class="form numbered" method="post" action="${party === null ? '/supervisor/parties' : back}" autocomplete="off">
${party === null ? null : html`<input type="hidden" name="changedAt" value="${party.changedAt}">`}
<div class="halves">${party === null ? textField({ name: 'ref', label: words.ref, required: true, maxlength: 64, figure: true }, filled) : null}
${textField({ name: 'name', label: words.name, required: true, maxlength: 100 }, filled)}
${selectField({ name: 'type', label: words.type, choices: partyTypes.map(value => ({ value, word: words.partyType[value] })) }, filled)}
${textField({ name: 'idNo', label: words.idNo, maxlength: 40, figure: true, ...(party?.hasIdNo ? { help: words.sealedKept } : {}) }, filled)}
${textField({ name: 'zone', label: words.zone, placeholder: 'Asia/Shanghai', maxlength: 64, help: words.zoneHelp }, filled)}
${selectField(
  {
    name: 'language',
    label: words.language,
    choices: [
      { value: '', word: '—' },
      { value: 'zh-CN', word: '中文' },
      { value: 'en', word: 'English' },
    ],
  },
  filled,
)}</div>
${party?.hasIdNo ? checkField({ name: 'noIdNo', label: words.removeIdNo }, filled) : null}
${checksField({ name: 'flags', label: words.flags, help: words.flagsHelp, choices: partyFlags.map(value => ({ value, word: words.flag[value] })), empty: '' }, filled)}
${numbers(props, w)}${ownFields(props, w)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="${back}">${w.frame.form.cancel}</a></div></form>`,
  })
}

function numbers({ party, filled }: PartyFormProps, w: Words): Html {
  const words = w.lender
  const known = party?.phones ?? []
  const value = (name: string) => String(filled.values[name] ?? '')
  const input = (name: string, label: string, max: number) =>
    html`<input name="${name}" value="${value(name)}" maxlength="${max}" aria-label="${label}">`
  const row = (at: number, number: Html) => html`<tr><td>${number}</td>
<td><select name="relation-${at}" aria-label="${words.relation}">${phoneRelations.map(each => html`<option value="${each}"${value(`relation-${at}`) === each ? html` selected` : null}>${w.domain.relation[each]}</option>`)}</select></td>
<td>${input(`whose-${at}`, words.whose, 100)}</td><td>${input(`source-${at}`, words.source, 200)}</td><td>${input(`basis-${at}`, words.basis, 200)}</td>
<td><select name="status-${at}" aria-label="${words.status}">${phoneStatuses.map(each => html`<option value="${each}"${value(`status-${at}`) === each ? html` selected` : null}>${words.phoneStatus[each]}</option>`)}</select></td>
<td>${at < known.length ? html`<label class="check"><input type="checkbox" name="remove-${at}" value="true"${value(`remove-${at}`) === 'true' ? html` checked` : null}><span>${words.removeNumber}</span></label>` : null}</td></tr>`
  return html`<fieldset class="field"><legend>${words.numbers}</legend><table class="table"><thead><tr>${[words.number, words.relation, words.whose, words.source, words.basis, words.status, ''].map(head => html`<th>${head}</th>`)}</tr></thead><tbody>
${known.map((number, at) => row(at, html`<b class="figure">${number}</b>`))}${Array.from(
  { length: newRows },
  (_, at) => {
    const place = known.length + at
    return row(
      place,
      html`<input class="figure" type="tel" name="number-${place}" value="${value(`number-${place}`)}" maxlength="24" aria-label="${words.number}">`,
    )
  },
)}</tbody></table>${errorOf('phones', filled.errors['phones'])}</fieldset>`
}

/** The lender's own, of each business, as they are defined. */
function ownFields({ definitions, filled, frame }: PartyFormProps, w: Words): Html {
  const yesNo = [
    { value: '', word: '—' },
    { value: 'true', word: w.frame.form.yes },
    { value: 'false', word: w.frame.form.no },
  ]
  const field = (business: string, { key, label, type, choices, required }: FieldDefinition) => {
    const common = {
      name: fieldName(business, key),
      label: label[frame.language],
      required: required && type !== 'secret',
    }
    switch (type) {
      case 'choice':
        return selectField(
          { ...common, choices: [{ value: '', word: '—' }, ...choices.map(value => ({ value, word: value }))] },
          filled,
        )
      case 'yes-no':
        return selectField({ ...common, choices: yesNo }, filled)
      case 'date':
        return textField({ ...common, type: 'date' }, filled)
      case 'phone':
        return textField({ ...common, type: 'tel', figure: true, maxlength: 24 }, filled)
      case 'email':
        return textField({ ...common, type: 'email', maxlength: 254 }, filled)
      case 'secret':
        return textField({ ...common, figure: true, help: w.lender.sealedKept }, filled)
      case 'number':
      case 'money':
        return textField({ ...common, figure: true, maxlength: 24 }, filled)
      case 'text':
        return textField({ ...common, maxlength: 1000 }, filled)
      default:
        return type satisfies never
    }
  }
  return html`${(Object.entries(definitions) as [FieldBusiness, FieldDefinition[]][])
    .filter(([, fields]) => fields.length > 0)
    .map(
      ([business, fields]) =>
        html`<fieldset class="field"><legend>${w.domain.business[business]}</legend><div class="halves">${fields.map(each => field(business, each))}</div></fieldset>`,
    )}`
}
