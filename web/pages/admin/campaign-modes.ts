/** The part of a campaign's form about how it dials: rules of mode, agent first, whom we abandoned, and what a robot says. */
import { phraseNames, phraseText, speechLanguages } from '../../../src/centre/speech/vocabulary.ts'
import { areaField, checkField, type Filled, selectField, textField } from '../../parts/form.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import type { Words } from '../../words/words.ts'

/** `id` null: a new campaign, with nothing to listen to yet. */
export function modeFields(filled: Filled, w: Words, id: string | null): Html {
  const words = w.admin.modes
  const language = filled.values.noticeLanguage === 'en' ? 'en' : 'zh-CN'
  return html`<fieldset class="field"><legend>${words.title}</legend>
${areaField({ name: 'modeRules', label: words.rules, help: words.rulesHelp, rows: 3, figure: true }, filled)}
<div class="row">${checkField({ name: 'reserved', label: words.reserved, help: words.reservedHelp }, filled)}
${selectField({ name: 'abandoned', label: words.abandoned, help: words.abandonedHelp, choices: (['rest', 'callback'] as const).map(value => ({ value, word: words.abandonedWords[value] })) }, filled)}</div></fieldset>
<fieldset class="field"><legend>${words.notice}</legend>
${areaField({ name: 'notice', label: words.message, help: words.messageHelp, rows: 6, figure: true }, filled)}
<div class="row">${selectField({ name: 'noticeLanguage', label: words.language, choices: speechLanguages.map(value => ({ value, word: words.languages[value] })) }, filled)}
${textField({ name: 'noticeMaxLines', label: words.maxLines, type: 'number', min: 1, max: 2000, figure: true, required: true }, filled)}
${textField({ name: 'noticeWait', label: words.wait, help: words.waitHelp, type: 'number', min: 5, max: 300, figure: true, required: true }, filled)}</div>
${id !== null && filled.values.notice ? html`<p class="help">${words.listen}</p><audio controls preload="none" src="/admin/campaigns/${id}/notice.wav"></audio>` : null}
<p><a class="button small" href="/admin/phrases">${icon('audio-lines')}${w.phrases.link}</a></p>
<details><summary>${words.phrases}</summary><dl class="facts">${phraseNames.map(name => html`<dt class="figure">${name}</dt><dd>${phraseText(language, name)}</dd>`)}</dl></details></fieldset>`
}
