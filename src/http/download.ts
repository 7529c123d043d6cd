import { Readable } from 'node:stream'
import type { Ctx } from './deps.ts'

/** A finished export as an attachment. */
export function downloadResponse(c: Ctx, file: { bytes: number; name: string; stream: Readable }): Response {
  return c.body(Readable.toWeb(file.stream) as ReadableStream, 200, {
    'Content-Type': 'application/zip',
    'Content-Length': String(file.bytes),
    'Content-Disposition': `attachment; filename="${file.name}"`,
    'Cache-Control': 'no-store',
  })
}
