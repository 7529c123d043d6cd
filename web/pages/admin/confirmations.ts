import type { ConfirmationTemplate } from '../../../src/lender/confirmation.ts'
import { lines } from '../../parts/confirmations.ts'
import { areaField, checkField, type Filled, notice, seenField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'

export type ConfirmationsProps = {
  frame: Frame
  filled: Filled
  /** `changed`: somebody else saved meanwhile. */
  told: 'saved' | 'changed' | null
  /** Those that are saved, filled in with sample values in both languages. */
  reads: (Pick<ConfirmationTemplate, 'as' | 'product' | 'channel'> & {
    texts: Record<'zh-CN' | 'en', { subject: string | null; text: string }>
  })[]
}

/** What applicants are told of decisions in writing: a text by decision and product, and how each reads. */
export function confirmationsPage(props: ConfirmationsProps): Html {
  const w = textsOf(props.frame)
  const words = w.confirmation
  return layout(props.frame, {
    title: words.open,
    main: html`${heading({ title: words.open, count: String(props.reads.length), about: words.about, actions: html`<a class="button" href="/admin/checklists">${icon('chevron-left')}${w.verification.checklists}</a>` })}
${props.told === null ? null : props.told === 'saved' ? notice('green', w.verification.saved) : notice('red', words.changed)}
<section class="panel"><form class="form" method="post" action="/admin/confirmations" novalidate>${seenField(props.filled)}${areaField({ name: 'templates', label: words.lines, help: words.linesHelp, rows: 8, figure: true }, props.filled)}${checkField({ name: 'needsConsent', label: words.needsConsent }, props.filled)}<div class="buttons"><button class="button primary">${icon('check')}${w.frame.form.save}</button></div></form></section>
<section><h2>${words.reads}</h2>${table({
      caption: words.reads,
      rows: props.reads,
      empty: words.about,
      columns: [
        { head: w.verification.decide, cell: row => words.as[row.as] },
        { head: words.channel, cell: row => words.channels[row.channel] },
        { head: w.verification.product, cell: row => row.product ?? w.verification.anyProduct },
        {
          head: words.title,
          cell: row => html`${readIn('zh-CN', row.texts)}${readIn('en', row.texts)}`,
        },
      ],
    })}</section>`,
  })
}

function readIn(language: 'zh-CN' | 'en', texts: ConfirmationsProps['reads'][number]['texts']): Html {
  const { subject, text } = texts[language]
  return html`<p lang="${language}">${subject === null ? null : html`<b>${subject}</b><br>`}${lines(text)}</p>`
}
