/** The part of a campaign's form about which leads come next. */
import { areaField, checkField, type Filled, selectField } from '../../parts/form.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import type { Words } from '../../words/words.ts'

/** `id` null: a new campaign, of which nothing is learned yet. */
export function orderFields(filled: Filled, { order: words }: Words, id: string | null): Html {
  const orders = (['oldest', 'newest'] as const).map(value => ({ value, word: words.orders[value] }))
  return html`<fieldset class="field"><legend>${words.title}</legend>
<p class="help">${words.about}</p>
<div class="row">${checkField({ name: 'bestTime', label: words.bestTime, help: words.bestTimeHelp }, filled)}
${selectField({ name: 'order', label: words.order, help: words.orderHelp, choices: orders }, filled)}</div>
${areaField({ name: 'quotas', label: words.quotas, help: words.quotasHelp, rows: 3, figure: true }, filled)}
${id === null ? null : html`<p><a class="button small" href="/supervisor/campaigns/${id}/best-times">${icon('clock')}${words.best}</a></p>`}</fieldset>`
}
