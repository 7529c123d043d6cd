import { type Frame, textsOf } from './frame.ts'
import { type Html, html } from './html.ts'

/** `chosen` null: all that the viewer sees. */
export type TeamChoice = { teams: { id: string; name: string }[]; chosen: string | null }

/** Links that stay in the address; nothing where there is nothing to choose. `more`: what else the address keeps. */
export function teamChooser(
  frame: Frame,
  { teams, chosen }: TeamChoice,
  more: Record<string, string> = {},
): Html | null {
  if (teams.length === 0 || (teams.length === 1 && chosen === null)) return null
  const w = textsOf(frame)
  const link = (id: string | null, name: string) => {
    const query = new URLSearchParams({ ...more, ...(id === null ? {} : { team: id }) })
    return html`<a class="button small" href="${frame.path}${query.size === 0 ? '' : `?${query}`}"${id === chosen ? html` aria-current="true"` : null}>${name}</a>`
  }
  return html`<nav class="toolbar filters" aria-label="${w.teams.team}"><span class="muted">${w.teams.team}</span>${link(null, w.frame.list.all)}${teams.map(({ id, name }) => link(id, name))}</nav>`
}

/** A stream of the same page. */
export function withTeam(path: string, { chosen }: TeamChoice): string {
  return chosen === null ? path : `${path}?${new URLSearchParams({ team: chosen })}`
}
