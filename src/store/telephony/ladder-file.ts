/**
 * The SIP messages of one day, in a SQLite file of its own: diagnostics, no facts, so they are neither in the journal nor in its database, cost
 * its disk syncs nothing, and go with their file when their time is over. A page holds what some legs said within a second or so, deflated as one:
 * SIP repeats itself from call to call, and to begin a deflation costs more than to deflate what one call says.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import Sqlite from 'better-sqlite3'
import { sql } from '../db.ts'

/** One SIP message as it was noted: what the ladder of a call is drawn from. */
export type SipNote = {
  /** Unix ms, with a fraction. */
  at: number
  direction: 'in' | 'out'
  /** What carried it; over TLS it stands here in the clear. */
  transport: string
  /** `10.0.0.2:5060`, `[2001:db8::2]:5060` */
  local: string
  remote: string
  /** The leg whose dialog it belongs to; null: a registration, an OPTIONS, a stranger. */
  leg: string | null
  /** Masked; bytes as Latin-1. */
  text: string
}

type Stored = [at: number, direction: 'in' | 'out', transport: string, local: string, remote: string, text: string]

/** What SIP says again and again: deflate finds it here from the first message of a block on. */
export const dictionary = Buffer.from(
  '\\r\\nv=0\\r\\no=- \\r\\ns=-\\r\\nc=IN IP4 \\r\\nt=0 0\\r\\nm=audio RTP/AVP 8 0 101\\r\\na=rtpmap:8 PCMA/8000\\r\\na=rtpmap:0 PCMU/8000\\r\\n' +
    'a=rtpmap:101 telephone-event/8000\\r\\na=fmtp:101 0-15\\r\\na=ptime:20\\r\\na=sendrecv\\r\\nP-Asserted-Identity: <sip:User-Agent: ' +
    'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE\\r\\nContent-Type: application/sdp\\r\\nContent-Length: 0\\r\\nContact: <sip:' +
    'SIP/2.0 100 Trying\\r\\nSIP/2.0 180 Ringing\\r\\nSIP/2.0 183 Session Progress\\r\\nSIP/2.0 200 OK\\r\\nMax-Forwards: 70\\r\\nVia: ' +
    'SIP/2.0/UDP ;branch=z9hG4bK;rport=5060;received=From: <sip:>;tag=To: <sip:Call-ID: CSeq: 1 INVITECSeq: 2 BYE ACK sip:",false,true',
)

/** A leg among the others of its page. */
type StoredOfLeg = [...Stored, leg: string]

/** Characters before they are deflated. Who reads a leg inflates all of its pages: 400 messages, one a page, are 13 MB. */
const pageChars = 32 * 1024
/** What the index takes for a leg, about. */
const heardBytes = 32

/** `blocks` hold one leg each: files begun before there were pages have them. */
const schema = `
  CREATE TABLE IF NOT EXISTS pages (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS heard (leg TEXT NOT NULL, page INTEGER NOT NULL, PRIMARY KEY (leg, page)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS blocks (id INTEGER PRIMARY KEY, leg TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS blocks_leg ON blocks (leg);
  CREATE TABLE IF NOT EXISTS others (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS others_kind ON others (kind, id);`

export class LadderFile {
  readonly #connection: Sqlite.Database

  /** Throws SqliteError when the file is none. */
  constructor(file: string) {
    this.#connection = new Sqlite(file, { timeout: 2_000 })
    this.#connection.pragma('journal_mode = WAL')
    this.#connection.pragma('synchronous = NORMAL') // a power cut may cost the last seconds, never the file
    this.#connection.pragma('journal_size_limit = 4194304')
    this.#connection.pragma('cache_size = -2000')
    this.#connection.exec(schema)
  }

  /** Bytes that the file holds. */
  get bytes(): number {
    const { page_count, page_size } = this.#connection
      .prepare('SELECT page_count, page_size FROM pragma_page_count, pragma_page_size')
      .get() as { page_count: number; page_size: number }
    return page_count * page_size
  }

  /** In one transaction; answers the bytes written. */
  append(legs: ReadonlyMap<string, SipNote[]>, others: ReadonlyMap<string, SipNote[]>): number {
    let written = 0
    this.#connection.transaction(() => {
      for (const page of pagesOf(legs)) written += this.#putPage(page)
      for (const [kind, messages] of others)
        for (const message of messages) {
          const bytes = packed([storedOf(message)])
          sql(this.#connection, 'INSERT INTO others (kind, bytes) VALUES (?, ?)').run(kind, bytes)
          written += bytes.length
        }
    })()
    return written
  }

  #putPage({ legs, messages }: Page): number {
    const bytes = packed(messages)
    const page = sql(this.#connection, 'INSERT INTO pages (bytes) VALUES (?)').run(bytes).lastInsertRowid
    for (const leg of legs) sql(this.#connection, 'INSERT INTO heard (leg, page) VALUES (?, ?)').run(leg, page)
    return bytes.length + legs.length * heardBytes
  }

  /** In the order of writing. */
  ofLegs(legs: readonly string[]): SipNote[] {
    return legs.flatMap(leg => [
      ...this.#read('SELECT bytes FROM blocks WHERE leg = ? ORDER BY id', leg).flatMap(bytes => unpacked(bytes, leg)),
      ...this.#read(
        'SELECT bytes FROM heard JOIN pages ON pages.id = heard.page WHERE leg = ? ORDER BY page',
        leg,
      ).flatMap(bytes => unpacked(bytes, leg)),
    ])
  }

  #read(text: string, leg: string): Buffer[] {
    return (sql(this.#connection, text).all(leg) as { bytes: Buffer }[]).map(row => row.bytes)
  }

  /** The last `limit` of a kind, oldest first. */
  others(kind: string, limit: number): SipNote[] {
    const rows = sql(this.#connection, 'SELECT bytes FROM others WHERE kind = ? ORDER BY id DESC LIMIT ?').all(
      kind,
      limit,
    )
    return (rows as { bytes: Buffer }[]).reverse().flatMap(row => unpacked(row.bytes, null))
  }

  /** Keeps the last `limit` of a kind. */
  trimOthers(kind: string, limit: number): void {
    sql(
      this.#connection,
      'DELETE FROM others WHERE kind = ? AND id <= (SELECT id FROM others WHERE kind = ? ORDER BY id DESC LIMIT 1 OFFSET ?)',
    ).run(kind, kind, limit)
  }

  close(): void {
    this.#connection.close()
  }
}

type Page = { legs: string[]; messages: StoredOfLeg[] }

/** A leg's messages of one batch stand on one page, however long they are. */
function pagesOf(legs: ReadonlyMap<string, SipNote[]>): Page[] {
  const pages: Page[] = []
  let room = 0
  for (const [leg, messages] of legs) {
    if (room <= 0) {
      pages.push({ legs: [], messages: [] })
      room = pageChars
    }
    const page = pages.at(-1)!
    page.legs.push(leg)
    for (const message of messages) {
      page.messages.push([...storedOf(message), leg])
      room -= message.text.length
    }
  }
  return pages
}

function storedOf({ at, direction, transport, local, remote, text }: SipNote): Stored {
  return [at, direction, transport, local, remote, text]
}

function packed(messages: (Stored | StoredOfLeg)[]): Buffer {
  return deflateRawSync(JSON.stringify(messages), { dictionary, level: 3 })
}

/** Of a page only what the leg said; a message that stands in no page names no leg. */
function unpacked(bytes: Buffer, leg: string | null): SipNote[] {
  const stored = JSON.parse(inflateRawSync(bytes, { dictionary }).toString()) as (Stored | StoredOfLeg)[]
  return stored
    .filter(([, , , , , , of]) => of === undefined || of === leg)
    .map(([at, direction, transport, local, remote, text]) => ({ at, direction, transport, local, remote, leg, text }))
}
