import type { Role } from '../../src/centre/entities.ts'
import type { Words } from '../words/words.ts'
import { type Frame, textsOf, themes } from './frame.ts'
import { type Html, html, type Piece } from './html.ts'
import { type IconName, icon } from './icons.ts'

type Entry = { path: string; word: keyof Words['frame']['nav']; icon: IconName }

const agent: Entry[] = [
  { path: '/agent', word: 'desk', icon: 'headset' },
  { path: '/agent/calls', word: 'myCalls', icon: 'history' },
  { path: '/agent/callbacks', word: 'myCallbacks', icon: 'calendar-clock' },
]
const supervisor: Entry[] = [
  { path: '/supervisor', word: 'wallboard', icon: 'layout-dashboard' },
  { path: '/supervisor/calls', word: 'liveCalls', icon: 'phone-call' },
  { path: '/supervisor/lines', word: 'lines', icon: 'waypoints' },
  { path: '/supervisor/audio', word: 'audio', icon: 'volume-2' },
  { path: '/supervisor/callbacks', word: 'callbacks', icon: 'calendar-clock' },
  { path: '/supervisor/parties', word: 'parties', icon: 'users' },
]
const quality: Entry[] = [
  { path: '/auditor', word: 'recordings', icon: 'audio-lines' },
  { path: '/supervisor/calls', word: 'liveCalls', icon: 'phone-call' },
  { path: '/supervisor/audio', word: 'audio', icon: 'volume-2' },
]
const security: Entry[] = [
  { path: '/admin/users', word: 'users', icon: 'users' },
  { path: '/admin/phones', word: 'phones', icon: 'phone' },
  { path: '/admin/tokens', word: 'tokens', icon: 'key-round' },
  { path: '/admin/safety', word: 'safety', icon: 'lock' },
  { path: '/admin/recordings', word: 'custody', icon: 'audio-lines' },
  { path: '/admin/journal', word: 'journal', icon: 'scroll-text' },
]
const auditor: Entry[] = [
  { path: '/auditor', word: 'recordings', icon: 'audio-lines' },
  { path: '/auditor/exports', word: 'exports', icon: 'shopping-basket' },
  { path: '/auditor/journal', word: 'journal', icon: 'scroll-text' },
]
const admin: Entry[] = [
  { path: '/admin', word: 'setup', icon: 'list-checks' },
  { path: '/admin/users', word: 'users', icon: 'users' },
  { path: '/admin/phones', word: 'phones', icon: 'phone' },
  { path: '/admin/trunks', word: 'trunks', icon: 'waypoints' },
  { path: '/supervisor/audio', word: 'audio', icon: 'volume-2' },
  { path: '/admin/numbers', word: 'numbers', icon: 'phone-incoming' },
  { path: '/admin/queues', word: 'queues', icon: 'layers' },
  { path: '/admin/menus', word: 'menus', icon: 'grid-3x3' },
  { path: '/admin/campaigns', word: 'campaigns', icon: 'megaphone' },
  { path: '/supervisor/parties', word: 'parties', icon: 'users' },
  { path: '/admin/suppressions', word: 'suppressions', icon: 'ban' },
  { path: '/admin/tokens', word: 'tokens', icon: 'key-round' },
  { path: '/admin/policies', word: 'policies', icon: 'shield-check' },
  { path: '/admin/safety', word: 'safety', icon: 'lock' },
  { path: '/admin/recordings', word: 'custody', icon: 'audio-lines' },
]
const navigation: Record<Role, Entry[]> = { agent, supervisor, quality, admin, security, auditor }

/** Where a person of this role begins. */
export function homeOf(role: Role): string {
  return navigation[role][0]!.path
}

export type LayoutParts = {
  title: string
  main: Html
  /** Scripts of this page beside the common ones, names of files in `web/static`. */
  scripts?: string[]
  /** The same for scripts that are ECMAScript modules. */
  modules?: string[]
  /** What the `?` key opens: a `<dialog id="help">`. Pages without one have no such button. */
  help?: Html
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
<meta name="htmx-config" content='{"includeIndicatorCSS":false,"history":false,"defaultTimeout":15000}'>
<title>${parts.title} · ${w.frame.short}</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/switchroom.css">
<script src="/static/vendor/htmx.min.js"></script>
<script src="/static/vendor/hx-sse.min.js" defer></script>
${['page.js', 'timers.js', 'keys.js', ...(parts.scripts ?? [])].map(name => html`<script src="/static/${name}" defer></script>\n`)}${(parts.modules ?? []).map(name => html`<script src="/static/${name}" type="module"></script>\n`)}</head>
<body class="${frame.person ? 'signed-in' : 'signed-out'}${parts.fills ? ' fills' : ''}">
<a class="skip" href="#main">${w.frame.skip}</a>
${header(frame, w, parts.help !== undefined)}
${frame.person ? navigationOf(frame, frame.person.role, w) : null}
<main id="main" tabindex="-1">${parts.main}</main>
${parts.help ?? null}
<p id="lost-contact" class="lost" role="alert" hidden>${icon('wifi-off')} ${w.frame.lostContact}</p>
</body>
</html>`
}

const troubleIn = (words: string, w: Words) => w.frame.troubles[words] ?? words

function header(frame: Frame, w: Words, helps: boolean): Html {
  return html`<header class="top">
<a class="brand" href="/">${icon('audio-lines')}<b>${w.frame.short}</b></a>
<span class="centre">${frame.centre}</span>
${
  frame.person
    ? frame.trouble
      ? html`<span class="chip red" role="status" title="${troubleIn(frame.trouble, w)}">${icon('triangle-alert')}<span>${troubleIn(frame.trouble, w)}</span></span>`
      : html`<span class="chip green" role="status">${icon('circle-check')}<span>${w.frame.floorWell}</span></span>`
    : null
}${frame.lab ? html`<span class="chip amber" title="${w.frame.labWhy}">${icon('flask-conical')}<span>${w.frame.lab}</span></span>` : null}
<span class="gap"></span>
${person(frame, w)}
${switches(frame, w, helps)}
</header>`
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

function navigationOf(frame: Frame, role: Role, w: Words): Html {
  return html`<nav class="side" aria-label="${w.frame.navigation}"><ul>${navigation[role].map(
    entry =>
      html`<li><a href="${entry.path}"${isCurrent(entry.path, frame.path, role) ? html` aria-current="page"` : null}>${icon(entry.icon)}<span>${w.frame.nav[entry.word]}</span></a></li>`,
  )}</ul></nav>`
}

/** A role's first page is current only by itself; every other entry also for the pages below it. */
function isCurrent(entry: string, path: string, role: Role): boolean {
  if (entry === path) return true
  return entry !== homeOf(role) && path.startsWith(`${entry}/`)
}
