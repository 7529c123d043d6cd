/**
 * Checks an evidence zip as an outsider would: every file against `SHA256SUMS`, the proof (the JSON file that says it is one) against its head,
 * and each recording's hash against the line that sealed it.
 */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import yauzl from 'yauzl'
import { checkProof, type JournalProof } from '../store/proof.ts'

export type EvidenceReport = { faults: string[]; files: number; lines: number }

const sumsName = 'SHA256SUMS'
const sumsMaxBytes = 64 * 1024 * 1024
const proofMaxBytes = 512 * 1024 * 1024

/** `head`: the journal's head known from elsewhere, or null. Memory is bounded by the proof, not by the audio. */
export async function verifyEvidence(file: string, head: string | null): Promise<EvidenceReport> {
  const faults: string[] = []
  const found = new Map<string, string>()
  const kept = new Map<string, Buffer>()
  try {
    for await (const { name, stream } of entriesOf(file)) {
      if (found.has(name)) faults.push(`${name}: is in the zip twice`)
      const limit = name === sumsName ? sumsMaxBytes : name.endsWith('.json') ? proofMaxBytes : 0
      const { sha256, content } = await digest(stream, limit)
      found.set(name, sha256)
      if (content !== null) kept.set(name, content)
    }
  } catch (error) {
    return { faults: [`${file}: not a whole zip: ${(error as Error).message}`], files: 0, lines: 0 }
  }
  faults.push(...sumFaults(found, kept.get(sumsName) ?? null))
  const proof = findProof(kept)
  if (proof === null)
    return { faults: [...faults, 'there is no journal proof in the zip'], files: found.size, lines: 0 }
  const fault = checkProof(proof, head)
  if (fault !== null)
    faults.push(`the journal proof does not hold: ${fault.fault}${'seq' in fault ? ` ${fault.seq}` : ''}`)
  else faults.push(...sealFaults(proof, found))
  return { faults, files: found.size, lines: Array.isArray(proof.lines) ? proof.lines.length : 0 }
}

/** Lines as sha256sum writes them: 64 hex digits, two spaces (or space and star), the name. */
function sumFaults(found: Map<string, string>, sums: Buffer | null): string[] {
  if (sums === null) return [`there is no ${sumsName} in the zip`]
  const faults: string[] = []
  const named = new Set([sumsName])
  for (const line of sums.toString('utf8').split('\n').filter(Boolean)) {
    const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(line)
    if (match === null) {
      faults.push(`${sumsName}: a line that is no sum: ${line.slice(0, 80)}`)
      continue
    }
    const [, sum, name] = match as unknown as [string, string, string]
    named.add(name)
    const actual = found.get(name)
    if (actual === undefined) faults.push(`${name}: is missing`)
    else if (actual !== sum) faults.push(`${name}: was changed`)
  }
  for (const name of found.keys()) if (!named.has(name)) faults.push(`${name}: was added`)
  return faults
}

function findProof(kept: Map<string, Buffer>): JournalProof | null {
  for (const [name, content] of kept) {
    if (!name.endsWith('.json')) continue
    try {
      const value = JSON.parse(content.toString('utf8'))
      if (value?.form === 'switchroom-journal-proof-1') return value
    } catch {} // another file of the zip; its own sum is checked
  }
  return null
}

/** Every WAV in the zip must be one that a proven line sealed. */
function sealFaults(proof: JournalProof, found: Map<string, string>): string[] {
  const sealed = new Set<string>()
  for (const line of proof.lines) if (line.type === 'recording.sealed') sealed.add(JSON.parse(line.body).sha256)
  return [...found]
    .filter(([name, sha256]) => name.toLowerCase().endsWith('.wav') && !sealed.has(sha256))
    .map(([name]) => `${name}: no proven journal line sealed this audio`)
}

async function digest(stream: Readable, keepUpTo: number): Promise<{ sha256: string; content: Buffer | null }> {
  const hash = createHash('sha256')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
    if (size <= keepUpTo) chunks.push(chunk)
  }
  return { sha256: hash.digest('hex'), content: keepUpTo > 0 && size <= keepUpTo ? Buffer.concat(chunks) : null }
}

async function* entriesOf(file: string): AsyncGenerator<{ name: string; stream: Readable }> {
  const zip = await yauzl.openPromise(file)
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue
    yield { name: entry.fileName, stream: await zip.openReadStreamPromise(entry) }
  }
}
