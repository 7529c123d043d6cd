/**
 * The hash chain of the journal. digest_n = SHA-256(`seq\nat\nactor\ntype\nbody`), hash_n = SHA-256(hash_{n-1} ‖ digest_n), and hash_0 is 32 zero
 * bytes. So whoever holds the head can check any line with the digests alone, without reading what the other lines say.
 */
import { hash } from 'node:crypto'

/** A line as it stands in the journal. `body` is the fact's JSON, to the byte. */
export type JournalLine = { seq: number; at: number; actor: string; type: string; body: string }
export type ChainedLine = JournalLine & { digest: Buffer; hash: Buffer }

export const genesis: Buffer = Buffer.alloc(32)

/** JSON and ids hold no raw line break, so the five parts cannot run into each other. */
export function digestOf(line: JournalLine): Buffer {
  return hash('sha256', `${line.seq}\n${line.at}\n${line.actor}\n${line.type}\n${line.body}`, 'buffer')
}

export function chained(before: Buffer, digest: Buffer): Buffer {
  return hash('sha256', Buffer.concat([before, digest], 64), 'buffer')
}

/** What is wrong with the first line that does not follow from the one before; null: the lines follow. */
export type ChainFault = { seq: number; fault: 'gap' | 'content' | 'link' }

/**
 * Walks lines in order from the one after `before`. Memory does not grow with the journal. Answers the head reached and the first fault.
 */
export function walkChain(
  lines: Iterable<ChainedLine>,
  before: { seq: number; hash: Buffer } = { seq: 0, hash: genesis },
): { seq: number; hash: Buffer; fault: ChainFault | null } {
  let { seq, hash: head } = before
  for (const line of lines) {
    if (line.seq !== seq + 1) return { seq, hash: head, fault: { seq: line.seq, fault: 'gap' } }
    const digest = digestOf(line)
    if (!digest.equals(line.digest)) return { seq, hash: head, fault: { seq: line.seq, fault: 'content' } }
    const next = chained(head, digest)
    if (!next.equals(line.hash)) return { seq, hash: head, fault: { seq: line.seq, fault: 'link' } }
    seq = line.seq
    head = next
  }
  return { seq, hash: head, fault: null }
}
