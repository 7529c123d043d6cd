import type { Role } from '../../src/centre/entities.ts'
import type { Words } from '../words/words.ts'
import { type CertificateFault, type Frame, textsOf, themes } from './frame.ts'
import { type Html, html, type Piece, type Region } from './html.ts'
import { icon } from './icons.ts'
import { sideOf, tabsOf } from './navigation.ts'

export type LayoutParts = {
  title: string
  main: Html
  /** Scripts of this page beside the common ones, names of files in `web/static`. */
  scripts?: string[]
  /** The same for scripts that are ECMAScript modules. */
  modules?: string[]
  /** What the `?` key opens: a `<dialog id="help">`. Pages without one have no such button. */
  help?: Html
  /** A screen on the wall: nobody is signed in, and yet the floor is shown. */
  onWall?: boolean
  /** The agent's desk fills the window; other pages are as wide as 1,600 px and scroll. */
  fills?: boolean
}

/**
 * The whole document around a page. No inline script or style: the content security policy allows none. htmx is not deferred: it then waits
 * for the document, and so for its deferred extension; deferred itself it begins without it now and then, and the page stays unpainted.
 */
export function layout(frame: Frame, parts: LayoutParts): Html {
  const w = textsOf(frame)
  return html`<!doctype html>
<html lang="${frame.language}" data-theme="${frame.theme}" data-now="${frame.now}" data-zone="${frame.zone}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="htmx-config" content='{"includeIndicatorCSS":false,"history":false,"defaultTimeout":15000,"sse":{"reconnectMaxDelay":5000}}'>
<title>${parts.title} · ${w.frame.short}</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/switchroom.css">
<script src="/static/vendor/htmx.min.js"></script>
<script src="/static/vendor/hx-sse.min.js" defer></script>
${['page.js', 'timers.js', 'keys.js', ...(parts.scripts ?? [])].map(name => html`<script src="/static/${name}" defer></script>\n`)}${(parts.modules ?? []).map(name => html`<script src="/static/${name}" type="module"></script>\n`)}</head>
<body class="${frame.person ? 'signed-in' : 'signed-out'}${parts.fills ? ' fills' : ''}${parts.onWall ? ' on-wall' : ''}">
<a class="skip" href="#main">${w.frame.skip}</a>
${header(frame, w, parts)}
${frame.person ? sideOf(frame.person.role, frame.path, w, frame.person.leads) : null}
<main id="main" tabindex="-1">${frame.person ? tabsOf(frame.person.role, frame.path, w) : null}${parts.main}</main>
${parts.help ?? null}
<p id="lost-contact" class="lost" role="alert" data-lost="${w.frame.lostContact}" data-unsent="${w.frame.unsent}" data-unsure="${w.frame.unsure}" hidden>${icon('wifi-off')} <span></span></p>
</body>
</html>`
}

/** How the floor is, on every page; live pages paint it anew when that changes. */
export function floorChip(trouble: string | null, w: Words): Region {
  const words = trouble === null ? w.frame.floorWell : (w.frame.troubles[trouble] ?? trouble)
  const [tone, picture] = trouble === null ? (['green', 'circle-check'] as const) : (['red', 'triangle-alert'] as const)
  const body = html`<span id="floor-chip" class="chip ${tone}" role="status" title="${words}">${icon(picture)}<span>${words}</span></span>`
  return { id: 'floor-chip', body }
}

function header(frame: Frame, w: Words, { help, onWall = false }: LayoutParts): Html {
  const isLive = frame.person !== null || onWall
  return html`<header class="top">
${onWall ? html`<span class="brand">${icon('audio-lines')}<b>${w.frame.short}</b></span>` : html`<a class="brand" href="/">${icon('audio-lines')}<b>${w.frame.short}</b></a>`}
<span class="centre">${frame.centre}</span>
${isLive ? html`${floorChip(frame.trouble, w).body}<span id="lost-chip" class="chip red" aria-hidden="true">${icon('wifi-off')}<span>${w.frame.lost}</span></span>` : null}${frame.lab ? html`<span class="chip amber" title="${w.frame.labWhy}">${icon('flask-conical')}<span>${w.frame.lab}</span></span>` : null}${isLive ? certificateChip(frame.certificate, w, { role: frame.person?.role ?? null, now: frame.now }).body : null}
<span class="gap"></span>
${person(frame, w)}
${switches(frame, w, help !== undefined)}
</header>`
}

const dayMs = 86_400_000

/** What is wrong with a certificate, for whom it concerns; hidden while nothing is, so that a live page has where to paint it. */
export function certificateChip(
  certificate: CertificateFault | undefined,
  w: Words,
  { role, now }: { role: Role | null; now: number },
): Region {
  const id = 'certificate-chip'
  if (!certificate) return { id, body: html`<span id="${id}" hidden></span>` }
  const { type, endsAt } = certificate
  const words = w.frame.certificateFaults
  const said = type === 'ending' ? words.ending(Math.max(1, Math.ceil((endsAt - now) / dayMs))) : words[type]
  const look = `chip ${type === 'ending' ? 'amber' : 'red'}`
  const inside = html`${icon('triangle-alert')}<span>${said}</span>`
  const body =
    role === 'admin'
      ? html`<a id="${id}" class="${look}" href="/admin/certificate" title="${words.why[type]}">${inside}</a>`
      : html`<span id="${id}" class="${look}" title="${words.why[type]}">${inside}</span>`
  return { id, body }
}

function person(frame: Frame, w: Words): Piece {
  if (!frame.person) return null
  return html`<span class="person">${icon('circle-user')}<b>${frame.person.displayName}</b><span class="muted">${w.domain.role[frame.person.role]}</span></span>`
}

function switches(frame: Frame, w: Words, helps: boolean): Html {
  const names = { auto: w.frame.themeAuto, light: w.frame.themeLight, dark: w.frame.themeDark }
  const following = themes[(themes.indexOf(frame.theme) + 1) % themes.length]!
  const other = frame.language === 'en' ? 'zh-CN' : 'en'
  const theme = `${w.frame.theme}: ${names[frame.theme]}`
  return html`<button class="button quiet" type="button" data-cookie="theme=${following}" title="${theme}" aria-label="${theme}">${icon(frame.theme === 'dark' ? 'moon' : 'sun')}</button>
<button class="button quiet" type="button" data-cookie="lang=${other}" lang="${other}">${icon('languages')}${w.frame.otherLanguage}</button>
${
  helps
    ? html`<button class="button quiet" type="button" data-opens="help" data-key="?" title="${w.frame.help}" aria-label="${w.frame.help}">${icon('circle-question-mark')}<kbd>?</kbd></button>`
    : null
}${
  frame.person
    ? html`<form method="post" action="/sign-out"><button class="button quiet" title="${w.frame.signOut}" aria-label="${w.frame.signOut}">${icon('log-out')}</button></form>`
    : null
}`
}
