/**
 * The SIP messages of one day, in a SQLite file of its own: diagnostics, no facts, so they are neither in the journal nor in its database, cost
 * its disk syncs nothing, and go with their file when their time is over. A block holds what one leg said within a second or so, deflated: SIP
 * repeats itself, and a call then takes about a third of its bytes.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import Sqlite from 'better-sqlite3'
import { sql } from './db.ts'

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
const dictionary = Buffer.from(
  '\\r\\nv=0\\r\\no=- \\r\\ns=-\\r\\nc=IN IP4 \\r\\nt=0 0\\r\\nm=audio RTP/AVP 8 0 101\\r\\na=rtpmap:8 PCMA/8000\\r\\na=rtpmap:0 PCMU/8000\\r\\n' +
    'a=rtpmap:101 telephone-event/8000\\r\\na=fmtp:101 0-15\\r\\na=ptime:20\\r\\na=sendrecv\\r\\nP-Asserted-Identity: <sip:User-Agent: ' +
    'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE\\r\\nContent-Type: application/sdp\\r\\nContent-Length: 0\\r\\nContact: <sip:' +
    'SIP/2.0 100 Trying\\r\\nSIP/2.0 180 Ringing\\r\\nSIP/2.0 183 Session Progress\\r\\nSIP/2.0 200 OK\\r\\nMax-Forwards: 70\\r\\nVia: ' +
    'SIP/2.0/UDP ;branch=z9hG4bK;rport=5060;received=From: <sip:>;tag=To: <sip:Call-ID: CSeq: 1 INVITECSeq: 2 BYE ACK sip:",false,true',
)

const schema = `
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
      for (const [leg, messages] of legs)
        written += this.#put('INSERT INTO blocks (leg, bytes) VALUES (?, ?)', leg, messages)
      for (const [kind, messages] of others)
        for (const message of messages)
          written += this.#put('INSERT INTO others (kind, bytes) VALUES (?, ?)', kind, [message])
    })()
    return written
  }

  #put(text: string, key: string, messages: SipNote[]): number {
    const bytes = packed(messages)
    sql(this.#connection, text).run(key, bytes)
    return bytes.length
  }

  /** In the order of writing. */
  ofLegs(legs: readonly string[]): SipNote[] {
    return legs.flatMap(leg =>
      (
        sql(this.#connection, 'SELECT bytes FROM blocks WHERE leg = ? ORDER BY id').all(leg) as { bytes: Buffer }[]
      ).flatMap(row => unpacked(row.bytes, leg)),
    )
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

function packed(messages: SipNote[]): Buffer {
  const stored = messages.map(
    ({ at, direction, transport, local, remote, text }): Stored => [at, direction, transport, local, remote, text],
  )
  return deflateRawSync(JSON.stringify(stored), { dictionary, level: 3 })
}

function unpacked(bytes: Buffer, leg: string | null): SipNote[] {
  const stored = JSON.parse(inflateRawSync(bytes, { dictionary }).toString()) as Stored[]
  return stored.map(([at, direction, transport, local, remote, text]) => ({
    at,
    direction,
    transport,
    local,
    remote,
    leg,
    text,
  }))
}
