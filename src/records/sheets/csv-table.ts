/** Rows of cells of a CSV file: UTF-8 or UTF-16 with or without its mark, or GB18030; comma, semicolon or tab between. */
import { setImmediate as breathe } from 'node:timers/promises'
import { parse } from 'csv-parse'
import iconv from 'iconv-lite'

export type CsvRow = string[] | { fault: string }
export type CsvEncoding = 'utf8' | 'utf16le' | 'gb18030'
export type CsvTable = { encoding: CsvEncoding; delimiter: string; rows: AsyncIterable<CsvRow> }

/** Parsed in one go: some 100 rows, about a millisecond. A thread of its own may take more. */
const pieceBytesUsual = 4096
const rowMaxBytes = 64 * 1024
/** Enough to tell UTF-8 from GB18030: a Chinese name within the first rows. */
const sniffBytes = 256 * 1024

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** After a fault no more rows come: what stands after a quote that never closes cannot be told apart. */
export async function csvTable(bytes: Bytes, pieceBytes = pieceBytesUsual): Promise<CsvTable> {
  const { chunks, ...form } = await sniff(bytes)
  return { ...form, rows: rowsOf(chunks, form, pieceBytes) }
}

/** The parser is fed piece by piece and its rows are taken after each, since as a stream it would throw the rows before a fault away. */
async function* rowsOf(
  chunks: AsyncIterable<Uint8Array>,
  { encoding, delimiter }: Pick<Sniffed, 'encoding' | 'delimiter'>,
  pieceBytes: number,
): AsyncGenerator<CsvRow> {
  const decoder = iconv.getDecoder(encoding)
  let ready: string[][] = []
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: rowMaxBytes,
    on_record: (cells: string[]) => {
      ready.push(cells)
      return null
    },
  })
  let fault: Error | null = null
  parser.on('error', error => {
    fault = error
  })
  parser.resume()
  const feed = (text: string) =>
    new Promise<void>(resolve => {
      parser.write(text, () => resolve())
    })
  const take = () => {
    const rows = ready
    ready = []
    return rows
  }
  reading: for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      await feed(decoder.write(Buffer.from(chunk.subarray(at, at + pieceBytes))))
      yield* take()
      await breathe() // rows that are empty come to nobody who would
      if (fault !== null) break reading
    }
  if (fault === null) {
    const ended = new Promise<void>(resolve => parser.once('close', resolve))
    parser.end(decoder.end() ?? '')
    await ended
    yield* take()
  }
  if (fault !== null) yield { fault: (fault as Error).message.slice(0, 200) }
}

type Sniffed = { encoding: CsvEncoding; delimiter: string; chunks: AsyncIterable<Uint8Array> }

async function sniff(bytes: Bytes): Promise<Sniffed> {
  const iterator = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]()
  const head: Uint8Array[] = []
  let size = 0
  for (; size < sniffBytes; ) {
    const { value, done } = await iterator.next()
    if (done || value === undefined) break
    head.push(value)
    size += value.length
  }
  const start = Buffer.concat(head)
  const encoding = start[0] === 0xff && start[1] === 0xfe ? 'utf16le' : isUtf8(start) ? 'utf8' : 'gb18030'
  const firstLine = iconv.decode(start.subarray(0, 16_384), encoding).split(/\r?\n/, 1)[0] ?? ''
  const count = (mark: string) => firstLine.split(mark).length
  const delimiter = [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best))
  async function* all() {
    try {
      yield* head
      for (;;) {
        const { value, done } = await iterator.next()
        if (done || value === undefined) return
        yield value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { encoding, delimiter, chunks: all() }
}

/** The end may be cut within a character. */
function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
