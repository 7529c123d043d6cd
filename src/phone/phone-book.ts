/**
 * Where the desk phones are, kept on disk: after a restart they are rung at once and not only when their registration comes round again. A
 * file and no fact: it says where a phone was a moment ago, and nothing is lost with it.
 */
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Logger } from '../lib/log.ts'
import type { Binding } from '../sip/events.ts'

const saveEveryMs = 5_000
const phonesMax = 10_000

const address = z.strictObject({ address: z.ipv4().or(z.ipv6()), port: z.int().min(1).max(65_535) })
const bookSchema = z
  .array(
    z.strictObject({
      extension: z.string().max(32),
      contact: z.string().max(512),
      userAgent: z.string().max(100).nullable(),
      flow: z.strictObject({ transport: z.literal('udp'), source: address, local: z.string().max(64) }),
      /** Unix ms. */
      expiresAt: z.number(),
    }),
  )
  .max(phonesMax)

export class PhoneBook {
  readonly #file: string
  readonly #log: Logger
  #saved = ''
  #savedAt = Number.NEGATIVE_INFINITY
  #writing = false

  constructor(file: string, log: Logger) {
    this.#file = file
    this.#log = log
  }

  /** Bindings of phones over UDP that still hold at `now` (Unix ms); none when the file is not there or not ours. */
  read(now: number): Binding[] {
    try {
      const book = bookSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')))
      return book
        .filter(({ expiresAt }) => expiresAt > now)
        .map(({ expiresAt, ...binding }) => ({ ...binding, expiresInMs: expiresAt - now }))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn(
          { file: this.#file },
          'the list of desk phones cannot be read; they are known again when they register',
        )
      return []
    }
  }

  /** Writes what changed, at most every 5 s. */
  save(bindings: Binding[], now: number): void {
    if (this.#writing || now - this.#savedAt < saveEveryMs) return
    this.#savedAt = now
    const book = bindings
      .filter(({ flow }) => flow.transport === 'udp')
      .map(({ expiresInMs, flow, ...binding }) => ({
        ...binding,
        flow: { transport: flow.transport, source: flow.source, local: flow.local },
        expiresAt: Math.round((now + expiresInMs) / 10_000) * 10_000,
      }))
    const text = JSON.stringify(book)
    if (text === this.#saved) return
    this.#writing = true
    const temporary = `${this.#file}.new`
    writeFile(temporary, text, { mode: 0o640 })
      .then(() => rename(temporary, this.#file))
      .then(
        () => (this.#saved = text),
        error => this.#log.warn({ err: error }, 'the list of desk phones cannot be written'),
      )
      .finally(() => (this.#writing = false))
  }
}
