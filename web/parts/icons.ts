import { raw } from 'hono/html'
import { type Html, html } from './html.ts'
import { iconPaths } from './icon-paths.ts'

export type IconName = keyof typeof iconPaths

/** Decoration beside a word: hidden from screen readers, since the word says it. 16 px; the colour is that of the text. */
export function icon(name: IconName): Html {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${raw(iconPaths[name])}</svg>`
}
