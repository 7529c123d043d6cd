import type { Ctx, Guard } from './deps.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A change asked for with our cookie must come from our own pages. Browsers say so themselves: `Sec-Fetch-Site` where they send it, else
 * `Origin`. A request with neither is no browser of today, and belongs to the API with a token. (SameSite=Strict stands behind this.)
 */
export const sameOriginOnly: Guard = async (c, next) => {
  if (safeMethods.has(c.req.method) || c.req.path.startsWith('/api/') || fromOwnPage(c)) return next()
  return c.text(
    'This request did not come from a Switchroom page. Open Switchroom in this browser and try again.\n',
    403,
  )
}

function fromOwnPage(c: Ctx): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = c.req.header('origin')
  if (origin === undefined || !URL.canParse(origin)) return false
  return new URL(origin).host === (c.req.header('host') ?? new URL(c.req.url).host)
}
