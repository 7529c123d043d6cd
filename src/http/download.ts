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

const tableTypes = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

/** A table of the records as an attachment. */
export function tableResponse(
  c: Ctx,
  file: { bytes: number; name: string; form: keyof typeof tableTypes; stream: Readable },
): Response {
  return c.body(Readable.toWeb(file.stream) as ReadableStream, 200, {
    'Content-Type': tableTypes[file.form],
    'Content-Length': String(file.bytes),
    'Content-Disposition': `attachment; filename="${file.name}"`,
    'Cache-Control': 'no-store',
  })
}
