import { Readable } from 'node:stream'
import type { Ctx } from './deps.ts'

type File = { bytes: number; name: string }
/** `about`: of who only asks (HEAD), which opens nothing and tells nothing; `fetch` tells that it was fetched. */
type Source<F extends File> = { about(): Promise<F>; fetch(): Promise<F & { stream: Readable }> }

/** A finished export as an attachment. */
export function downloadResponse(c: Ctx, source: Source<File>): Promise<Response> {
  return attachment(c, source, () => 'application/zip')
}

const tableTypes = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

/** A table of the records as an attachment. */
export function tableResponse(c: Ctx, source: Source<File & { form: keyof typeof tableTypes }>): Promise<Response> {
  return attachment(c, source, ({ form }) => tableTypes[form])
}

async function attachment<F extends File>(c: Ctx, source: Source<F>, typeOf: (file: F) => string): Promise<Response> {
  const headersOf = (file: F) => ({
    'Content-Type': typeOf(file),
    'Content-Length': String(file.bytes),
    'Content-Disposition': `attachment; filename="${file.name}"`,
    'Cache-Control': 'no-store',
  })
  if (c.req.method === 'HEAD') return c.body('', 200, headersOf(await source.about()))
  const { stream, ...file } = await source.fetch()
  return c.body(Readable.toWeb(stream) as ReadableStream, 200, headersOf(file as unknown as F))
}
