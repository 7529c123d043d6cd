import { raw } from 'hono/html'
import type { StationKind } from '../../../src/centre/entities.ts'
import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { chip } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'

export type PhonesProps = {
  frame: Frame
  phones: {
    id: string
    displayName: string
    extension: string
    station: StationKind
    enabled: boolean
    registered: { userAgent: string | null; address: string; transport: string }[]
  }[]
  /** An address was to be shown, and is no more. */
  isAddressOver: boolean
}

/** `/admin/phones`: who has a desk phone, whether it is registered, and the way to set one up. */
export function phonesPage(props: PhonesProps): Html {
  const w = textsOf(props.frame)
  const words = w.phones
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}
${props.isAddressOver ? notice('amber', words.over) : null}
${table({
  caption: words.title,
  rows: props.phones,
  empty: words.none,
  columns: [
    { head: words.extension, cell: row => html`<b class="figure">${row.extension}</b>` },
    { head: words.person, cell: row => html`<a href="/admin/users/${row.id}">${row.displayName}</a>` },
    { head: words.station, cell: row => w.domain.station[row.station] },
    {
      head: words.state,
      cell: row =>
        row.registered.length === 0
          ? chip('grey', 'circle-x', words.notRegistered)
          : chip('green', 'circle-check', words.registered),
    },
    {
      head: words.device,
      cell: row =>
        html`${row.registered.map(
          each =>
            html`<div><span class="figure">${each.address}</span> <span class="muted">${each.transport.toUpperCase()} · ${each.userAgent ?? '—'}</span></div>`,
        )}`,
    },
    {
      head: w.frame.list.actions,
      kind: 'action',
      cell: row =>
        row.enabled
          ? html`<form method="post" action="/admin/phones/${row.id}/address"><button class="button small">${icon('settings')}${words.setUp}</button></form>`
          : null,
    },
  ],
})}`,
  })
}

export type PhoneAddressProps = {
  frame: Frame
  displayName: string
  extension: string
  /** The pages' certificate is of our own authority, which a phone does not know. */
  ownAuthority: boolean
  /** `qr`: an SVG of ours. */
  addresses: { make: string; url: string; qr: string }[]
}

export function phoneAddressPage(props: PhoneAddressProps): Html {
  const w = textsOf(props.frame)
  const words = w.phones
  return layout(props.frame, {
    title: words.setUpOf(props.extension),
    main: html`${heading({ title: words.setUpOf(props.extension), about: words.setUpAbout(props.displayName) })}
<p class="notice amber" role="status">${icon('key-round')}<span>${words.secret}</span></p>
${props.ownAuthority ? notice('amber', html`${words.trust} <a href="/ca.crt" download>${words.trustFile}</a>`) : null}
<div class="stack" data-once>${props.addresses.map(
      ({
        make,
        url,
        qr,
      }) => html`<section class="panel phone-address"><div class="qr">${raw(qr)}</div><div><h2>${words.makes[make] ?? make}</h2>
<p>${words.how[make] ?? ''}</p>
<p><code class="figure">${url}</code> <button class="button small quiet" type="button" data-copies="${url}">${icon('copy')}${words.copy}</button></p></div></section>`,
    )}</div>
<div class="buttons"><a class="button" href="/admin/phones">${icon('chevron-left')}${words.back}</a></div>`,
  })
}
