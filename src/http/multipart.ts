/** A form with a file in it (RFC 7578), read as it comes: no part is ever whole in memory. */
import { BadRequest } from './problem.ts'

export type Part = { name: string; fileName: string | null; bytes: AsyncIterable<Buffer> }

const headMaxBytes = 8 * 1024
const partsMax = 50

/** Parts in their order; what is not read of one is skipped. Throws BadRequest when it is no such form. */
export async function* partsOf(body: AsyncIterable<Uint8Array>, contentType: string): AsyncGenerator<Part> {
  const boundary = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType)
  if (boundary === null) throw broken(`the content type ${contentType.slice(0, 60) || 'none'}`)
  const mark = Buffer.from(`\r\n--${boundary[1] ?? boundary[2]}`)
  const source = new Source(body)
  // The first mark has no line break before it.
  source.unread(Buffer.from('\r\n'))
  for await (const _ of source.until(mark)) {
  }
  for (let parts = 0; parts < partsMax; parts++) {
    if ((await source.take(2)).toString('latin1') !== '\r\n') return // `--`: that was the last
    const head = (await source.head()).toString('utf8')
    const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? ''
    const bytes = source.until(mark)
    yield { name: paramOf(disposition, 'name') ?? '', fileName: paramOf(disposition, 'filename'), bytes }
    for await (const _ of bytes) {
    }
  }
  throw broken(`more than ${partsMax} fields`)
}

function paramOf(disposition: string, name: string): string | null {
  const found = new RegExp(`;\\s*${name}="((?:[^"\\\\]|\\\\.)*)"`, 'i').exec(disposition)
  // Browsers write quotes as %22 and line breaks as %0D%0A (HTML Living Standard, section 4.10.21.8).
  return found === null ? null : found[1]!.replaceAll('%22', '"').replaceAll(/%0[AD]/gi, ' ')
}

/** Short texts of a form; a longer one is refused. */
export async function textOfPart(part: Part, maxBytes = 4096): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of part.bytes) {
    size += piece.length
    if (size > maxBytes) throw broken(`more than ${maxBytes} bytes in ${part.name.slice(0, 40)}`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

class Source {
  readonly #iterator: AsyncIterator<Uint8Array>
  #held: Buffer = Buffer.alloc(0)
  #isOver = false

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#iterator = body[Symbol.asyncIterator]()
  }

  unread(bytes: Buffer): void {
    this.#held = Buffer.concat([bytes, this.#held])
  }

  async #more(): Promise<void> {
    if (this.#isOver) throw broken('an end in the midst of a field')
    const { value, done } = await this.#iterator.next()
    if (done) this.#isOver = true
    else if (this.#held.length === 0) this.#held = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    else this.#held = Buffer.concat([this.#held, value])
  }

  async take(size: number): Promise<Buffer> {
    while (this.#held.length < size) await this.#more()
    const taken = this.#held.subarray(0, size)
    this.#held = this.#held.subarray(size)
    return taken
  }

  async head(): Promise<Buffer> {
    for (;;) {
      const end = this.#held.indexOf('\r\n\r\n')
      if (end >= 0) {
        const head = await this.take(end)
        await this.take(4)
        return head
      }
      if (this.#held.length > headMaxBytes) throw broken(`more than ${headMaxBytes} bytes before a field`)
      await this.#more()
    }
  }

  /** Everything before the mark, which is taken too. Once; asked again it gives what is left of it. */
  until(mark: Buffer): AsyncIterable<Buffer> {
    const source = this
    let found = false
    return {
      async *[Symbol.asyncIterator]() {
        while (!found) {
          const at = source.#held.indexOf(mark)
          const size = at >= 0 ? at : Math.max(0, source.#held.length - mark.length + 1)
          const piece = source.#held.subarray(0, size)
          source.#held = source.#held.subarray(size)
          if (at >= 0) {
            found = true
            await source.take(mark.length)
          }
          if (piece.length > 0) yield piece
          if (at < 0) await source.#more()
        }
      },
    }
  }
}

function broken(found: string): BadRequest {
  return new BadRequest(400, `found ${found}; allowed: a form with fields and a file`)
}
