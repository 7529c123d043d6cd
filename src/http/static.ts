import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import type { Deps, Env } from './deps.ts'
import { open } from './guard.ts'

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  wav: 'audio/wav',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
  txt: 'text/plain; charset=utf-8',
}

/** Folders and names of plain characters only: no dots but the one before the ending, so no way out of the folder. */
const plainPath = /^(?:[a-z0-9_-]+\/)*[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.([a-z0-9]+)$/i

type Kept = { bytes: Uint8Array<ArrayBuffer>; etag: string }

/** `/static/PATH`: files that ship with the program, asked again by ETag. Kept in memory, since they are few and do not change. */
export function staticRoutes(deps: Deps, keep = true): Hono<Env> {
  const route = new Hono<Env>()
  const kept = new Map<string, Kept>()
  route.get('/static/*', open('style and scripts of the sign-in page'), async c => {
    const path = c.req.path.slice('/static/'.length)
    const type = types[plainPath.exec(path)?.[1] ?? '']
    if (type === undefined) return c.notFound()
    const file = kept.get(path) ?? (await read(path))
    if (file === null) return c.notFound()
    if (keep) kept.set(path, file)
    const headers = { ETag: file.etag, 'Cache-Control': 'no-cache' }
    if (c.req.header('if-none-match') === file.etag) return c.body(null, 304, headers)
    return c.body(file.bytes, 200, { ...headers, 'Content-Type': type })
  })

  async function read(path: string): Promise<Kept | null> {
    const bytes = await deps.assets.read(path)
    if (bytes === null) return null
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    return { bytes: new Uint8Array(bytes), etag }
  }
  return route
}
