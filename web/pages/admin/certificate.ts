import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { chip } from '../../parts/state.ts'
import { heading } from '../../parts/table.ts'

/** `fingerprint` null: the company's own certificate is in use. */
export type CertificateProps = { frame: Frame; fingerprint: string | null; distributed: boolean }

export function certificatePage(props: CertificateProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.certificate
  const steps = (title: string, list: readonly string[]) =>
    html`<section class="panel"><h2>${title}</h2><ol class="numbered">${list.map(step => html`<li>${step}</li>`)}</ol></section>`
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about, actions: props.fingerprint ? html`<a class="button primary" href="/ca.crt">${icon('download')}${words.download}</a>` : null })}
${
  props.fingerprint === null
    ? html`<div class="empty">${words.own}</div>`
    : html`<div class="stack"><section class="panel"><h2>${words.fingerprint}</h2><p class="mono">${props.fingerprint}</p></section>
<div class="halves">${steps(words.one, words.oneSteps)}${steps(words.domain, words.domainSteps)}</div>
${props.distributed ? html`<p>${chip('green', 'check', w.admin.setup.done)}</p>` : html`<form method="post" action="/admin/certificate/distribution"><button class="button">${icon('check')}${w.admin.setup.certificateDone}</button></form>`}</div>`
}`,
  })
}
