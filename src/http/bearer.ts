import type { Ctx } from './deps.ts'

/** The token of `Authorization: Bearer swr_…` (RFC 6750, section 2.1); null: none, or not of that form. */
export function bearerOf(c: Ctx): string | null {
  return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? null
}
