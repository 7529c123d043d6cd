/** The part of a campaign's form about what is heard: announcements before the answer, and who answers. */
import { machineUses } from '../../../src/centre/entities.ts'
import { type Filled, selectField } from '../../parts/form.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import type { Words } from '../../words/words.ts'

export function hearingFields(filled: Filled, { announcements: words }: Words): Html {
  const announcements = (['note', 'retry', 'end'] as const).map(value => ({
    value,
    word: words.announcementsWords[value],
  }))
  const machines = machineUses.map(value => ({ value, word: words.machinesWords[value] }))
  return html`<fieldset class="field"><legend>${words.campaign}</legend>
<div class="row">${selectField({ name: 'announcements', label: words.announcements, help: words.announcementsHelp, choices: announcements }, filled)}
${selectField({ name: 'machines', label: words.machines, help: words.machinesHelp, choices: machines }, filled)}</div>
<p><a class="button small" href="/admin/announcements">${icon('audio-lines')}${words.link}</a></p></fieldset>`
}
