/** The one door to `hono/html`: everything put into a template is escaped unless it is itself a template. */
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

export { html }

/** A piece of a page. Empty pieces are `null`. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>
export type Piece = Html | null

/** A region of a page that is painted anew by itself: `id` is the id of its root element, `body` that element. */
export type Region = { id: string; body: Html }

/**
 * Regions as htmx wants them in a reply or in a stream: each finds its place by id and is morphed in, so that what a person is typing
 * there, the focus and the scroll position stay.
 */
export function partials(regions: Region[]): Html {
  return html`${regions.map(
    region => html`<hx-partial hx-target="#${region.id}" hx-swap="outerMorph">${region.body}</hx-partial>`,
  )}`
}

/** What a popover shows once it is asked for: the live stream leaves it alone (`hx-morph-skip`), this fills it. */
export function filling({ id, body }: Region): Html {
  return html`<hx-partial hx-target="#${id}" hx-swap="innerHTML">${body}</hx-partial>`
}

/** A chart of `chart.ts`, which has escaped its texts itself. */
export function picture(svg: string): Html {
  return raw(svg)
}
