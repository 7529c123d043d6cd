/**
 * A proof that lines stood in the journal: the lines themselves, the hash before the first of them, and the digest of every line from there
 * to the head. The head is what the auditor knows from elsewhere (a signed daily report, an earlier export); the digests tell nothing of the
 * lines that are not shown. Size: 64 hex characters for each line between the first and the head.
 */
import { type ChainedLine, chained, digestOf, type JournalLine } from './chain.ts'

export type JournalProof = {
  form: 'switchroom-journal-proof-1'
  /** Sequence number of the first digest below. */
  firstSeq: number
  /** hash of the line before `firstSeq`, hex; 64 zeros at the beginning of the journal. */
  before: string
  /** digest of line firstSeq, firstSeq + 1, … up to the head, hex. */
  digests: string[]
  head: { seq: number; hash: string }
  /** The lines shown, in order. */
  lines: JournalLine[]
}

export type ProofFault =
  | { fault: 'form' }
  | { fault: 'line'; seq: number /** Its content is not the one that was journaled. */ }
  | { fault: 'head' /** The digests do not lead to the head named. */ }
  | { fault: 'other-head' /** They do, but it is not the head the reader expects. */ }

/** `digests` are those of all lines from `firstSeq` to the head, as the query `journal.digests` reads them. */
export function makeProof(parts: {
  before: Buffer
  firstSeq: number
  digests: Buffer[]
  head: { seq: number; hash: Buffer }
  lines: (JournalLine | ChainedLine)[]
}): JournalProof {
  return {
    form: 'switchroom-journal-proof-1',
    firstSeq: parts.firstSeq,
    before: parts.before.toString('hex'),
    digests: parts.digests.map(digest => Buffer.from(digest).toString('hex')),
    head: { seq: parts.head.seq, hash: Buffer.from(parts.head.hash).toString('hex') },
    lines: parts.lines.map(({ seq, at, actor, type, body }) => ({ seq, at, actor, type, body })),
  }
}

/** null: every line shown is in the journal with this head. `expectedHead` is the head known from elsewhere, hex, where there is one. */
export function checkProof(proof: unknown, expectedHead: string | null = null): ProofFault | null {
  if (!isProof(proof)) return { fault: 'form' }
  let hash: Buffer = Buffer.from(proof.before, 'hex')
  for (const digest of proof.digests) hash = chained(hash, Buffer.from(digest, 'hex'))
  if (proof.head.seq !== proof.firstSeq + proof.digests.length - 1) return { fault: 'head' }
  if (hash.toString('hex') !== proof.head.hash) return { fault: 'head' }
  for (const line of proof.lines) {
    if (proof.digests[line.seq - proof.firstSeq] !== digestOf(line).toString('hex'))
      return { fault: 'line', seq: line.seq }
  }
  if (expectedHead !== null && expectedHead !== proof.head.hash) return { fault: 'other-head' }
  return null
}

const hex32 = /^[0-9a-f]{64}$/

function isProof(value: unknown): value is JournalProof {
  const proof = value as JournalProof
  return (
    typeof proof === 'object' &&
    proof !== null &&
    proof.form === 'switchroom-journal-proof-1' &&
    Number.isSafeInteger(proof.firstSeq) &&
    hex32.test(proof.before) &&
    (proof.firstSeq !== 1 || /^0{64}$/.test(proof.before)) &&
    Array.isArray(proof.digests) &&
    proof.digests.every(digest => typeof digest === 'string' && hex32.test(digest)) &&
    typeof proof.head === 'object' &&
    proof.head !== null &&
    Number.isSafeInteger(proof.head.seq) &&
    typeof proof.head.hash === 'string' &&
    hex32.test(proof.head.hash) &&
    Array.isArray(proof.lines) &&
    proof.lines.every(
      line =>
        typeof line === 'object' &&
        line !== null &&
        Number.isSafeInteger(line.seq) &&
        Number.isSafeInteger(line.at) &&
        [line.actor, line.type, line.body].every(part => typeof part === 'string'),
    )
  )
}
