import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { chip } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'
import { exactly } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

/** One that is in service; `refused`: why what its files hold now is not. */
export type CertificateRow = {
  use: 'web' | 'sip'
  endsAt: number
  standing: 'good' | 'ending' | 'ended' | 'early'
  refused: string | null
  /** Of our own authority, also where it stands in for the company's. */
  isOurs: boolean
}

/** `fingerprint` null: pages show no certificate of ours to distribute, but the company's, or none. */
export type CertificateProps = {
  frame: Frame
  fingerprint: string | null
  distributed: boolean
  inService: CertificateRow[]
}

export function certificatePage(props: CertificateProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.certificate
  const steps = (title: string, list: readonly string[]) =>
    html`<section class="panel"><h2>${title}</h2><ol class="numbered">${list.map(step => html`<li>${step}</li>`)}</ol></section>`
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about, actions: props.fingerprint ? html`<a class="button primary" href="/ca.crt">${icon('download')}${words.download}</a>` : null })}
${inService(props, w)}
${
  props.fingerprint === null
    ? html`<div class="empty">${nothingOfOurs(props, w)}</div>`
    : html`<div class="stack"><section class="panel"><h2>${words.fingerprint}</h2><p class="mono">${props.fingerprint}</p></section>
<div class="halves">${steps(words.one, words.oneSteps)}${steps(words.domain, words.domainSteps)}</div>
${props.distributed ? html`<p>${chip('green', 'check', w.admin.setup.done)}</p>` : html`<form method="post" action="/admin/certificate/distribution"><button class="button">${icon('check')}${w.admin.setup.certificateDone}</button></form>`}</div>`
}`,
  })
}

function nothingOfOurs({ inService: rows }: CertificateProps, w: Words): Html {
  const words = w.admin.certificate
  if (rows.some(({ use }) => use === 'web')) return html`${words.own}`
  const sip = rows.find(({ use }) => use === 'sip')
  return html`${words.none}<br>${sip === undefined ? words.sipNone : sip.isOurs ? words.sipOurs : words.sipOwn}`
}

function inService({ frame, inService: rows }: CertificateProps, w: Words): Html | null {
  const words = w.admin.certificate
  if (rows.length === 0) return null
  return html`${rows.map(row => (row.refused === null ? null : notice('red', `${words.uses[row.use]}: ${words.refused}${row.refused}`)))}
<div class="stack">${table({
    caption: words.inService,
    rows,
    empty: html``,
    columns: [
      { head: words.use, cell: row => words.uses[row.use] },
      { head: words.endsAt, cell: row => html`<span class="figure">${exactly(row.endsAt, frame)}</span>` },
      { head: words.standing, cell: row => standing(row, w) },
    ],
  })}<p class="help">${words.renewing}</p></div>`
}

function standing(row: CertificateRow, w: Words): Html {
  const words = w.admin.certificate.standings[row.standing]
  if (row.standing === 'good') return chip('green', 'circle-check', words)
  return chip(row.standing === 'ending' ? 'amber' : 'red', 'triangle-alert', words)
}
