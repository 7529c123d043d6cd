/**
 * Where the desk phones are, kept on disk: after a restart they are rung at once and not only when their registration comes round again. Of one
 * behind a connection, which is gone then, the address is kept: who comes back from there does not compete with strangers for a place at the
 * door, and is not silenced by who guesses or floods from beside it. A file and no fact: it says where a phone was a moment ago, and nothing is lost with it.
 */
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { z } from 'zod'
import type { Logger } from '../lib/log.ts'
import { type Binding, isReliable, type PhoneHome } from '../sip/events.ts'

/** A phone that came, went or moved is on disk this soon: one that was only in memory at a crash stays silent until it registers again. */
const placesEveryMs = 250
/** That the same phones are there for longer can wait. */
const expiryEveryMs = 5_000
const phonesMax = 10_000

/** A link-local address comes with its zone: `fe80::1%eth0`. */
const ip = z.string().refine(text => isIP(text.replace(/%[\w.-]{1,32}$/, '')) !== 0)
const bookSchema = z.array(z.unknown()).max(phonesMax)
const phoneSchema = z.strictObject({
  extension: z.string().max(32),
  contact: z.string().max(512),
  userAgent: z.string().max(100).nullable(),
  flow: z.strictObject({
    transport: z.literal('udp'),
    source: z.strictObject({ address: ip, port: z.int().min(1).max(65_535) }),
    local: z.string().max(64),
  }),
  /** Unix ms. */
  expiresAt: z.number(),
})

/** Files of before have no extension. */
const homeSchema = z.strictObject({ home: ip, extension: z.string().max(32).optional(), expiresAt: z.number() })

export class PhoneBook {
  readonly #file: string
  readonly #log: Logger
  #saved = ''
  #savedPlaces = ''
  #savedAt = Number.NEGATIVE_INFINITY
  #lookedAt = Number.NEGATIVE_INFINITY
  #writing = false

  constructor(file: string, log: Logger) {
    this.#file = file
    this.#log = log
  }

  /** Bindings of phones over UDP that still hold at `now` (Unix ms); none when the file is not there or not ours. */
  read(now: number): Binding[] {
    try {
      const rows = this.#rows()
      // What one phone said of itself does not make the others be forgotten.
      const book = rows.flatMap(row => phoneSchema.safeParse(row).data ?? [])
      const left = rows.filter(row => !homeSchema.safeParse(row).success).length - book.length
      if (left > 0)
        this.#log.warn(
          { file: this.#file, left },
          'desk phones in the list that are not read: they are known again later',
        )
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

  /** Phones behind connections whose registrations would still hold at `now` (Unix ms). Call `read` too: it tells of a file that is not ours. */
  homes(now: number): (Omit<PhoneHome, 'extension'> & Partial<PhoneHome>)[] {
    try {
      const homes = this.#rows().flatMap(row => homeSchema.safeParse(row).data ?? [])
      return homes
        .filter(({ expiresAt }) => expiresAt > now)
        .map(({ home: address, expiresAt, ...whose }) => ({ ...whose, address, expiresInMs: expiresAt - now }))
    } catch {
      return []
    }
  }

  #rows(): unknown[] {
    return bookSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')))
  }

  /** Writes what changed: where phones are within 250 ms, until when within 5 s. Asks for the bindings only when it is time to look. */
  save(bindings: () => Binding[], now: number): void {
    if (this.#writing || now - this.#lookedAt < placesEveryMs) return
    this.#lookedAt = now
    const book = bindings().map(({ expiresInMs, flow: { transport, source, local }, ...binding }) => {
      const expiresAt = Math.round((now + expiresInMs) / 10_000) * 10_000
      if (isReliable(transport)) return { home: source.address, extension: binding.extension, expiresAt }
      return { ...binding, flow: { transport, source, local }, expiresAt }
    })
    const places = JSON.stringify(book.map(({ expiresAt: _, ...place }) => place))
    if (places === this.#savedPlaces && now - this.#savedAt < expiryEveryMs) return
    this.#savedAt = now
    const text = JSON.stringify(book)
    if (text === this.#saved) return
    this.#writing = true
    const temporary = `${this.#file}.new`
    writeFile(temporary, text, { mode: 0o640 })
      .then(() => rename(temporary, this.#file))
      .then(
        () => {
          this.#saved = text
          this.#savedPlaces = places
        },
        error => {
          this.#lookedAt = now + expiryEveryMs - placesEveryMs // a disk that refuses is told of every 5 s and not four times a second
          this.#log.warn({ err: error }, 'the list of desk phones cannot be written')
        },
      )
      .finally(() => (this.#writing = false))
  }
}
