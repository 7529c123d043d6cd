/**
 * Checks an evidence zip without any database: files against SHA256SUMS, audio against its seal in the journal, what is said of the calls
 * against the journal's lines, the lines against the chain.
 */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { checkProof, type JournalProof } from '../../store/journal/proof.ts'
import { proofName, sumsName } from './evidence.ts'
import { callsName, checkCalls, csvName } from './evidence-calls.ts'

export type EvidenceReport = {
  ok: boolean
  /** What is wrong, one sentence each; [] when all is right. */
  faults: string[]
  files: number
  recordings: number
  /** Sealed once, and said to be missing when the export was made. */
  missing: string[]
  /** Of the journal, to be compared with what is known from elsewhere; null when the proof cannot be read. */
  head: { seq: number; hash: string } | null
}

const textMaxBytes = 512 * 1024 * 1024
const filesMax = 100_000
/** Our audio is not compressed at all: what unpacks to so much more than the zip is a bomb. */
const unpackedBytesMax = (zipBytes: number) => 100 * zipBytes + 64 * 1024 * 1024
const textNames = new Set([sumsName, proofName, callsName, csvName])

/** Rejects only when the file cannot be read at all. `expectedHead`: the journal's head known from elsewhere, hex. */
export async function verifyEvidence(file: string, expectedHead: string | null = null): Promise<EvidenceReport> {
  const faults: string[] = []
  const missing: string[] = []
  const report = (head: EvidenceReport['head'], files: number, recordings: number): EvidenceReport => ({
    ok: faults.length === 0,
    faults,
    files,
    recordings,
    missing,
    head,
  })
  let contents: Contents
  try {
    contents = await readZip(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error
    faults.push(`The zip cannot be read to its end: ${(error as Error).message.replace(/\.+$/, '')}.`)
    return report(null, 0, 0)
  }
  checkSums(contents, faults)
  const proof = readProof(contents, expectedHead, faults)
  const recordings = checkSeals(contents, proof, faults)
  const { hashes, texts } = contents
  const shown = { json: texts.get(callsName), csv: texts.get(csvName), files: new Set(hashes.keys()) }
  missing.push(...checkCalls(shown, proof?.lines ?? [], faults))
  return report(proof?.head ?? null, contents.hashes.size, recordings)
}

type Contents = { hashes: Map<string, string>; texts: Map<string, string>; doubles: string[] }

async function readZip(file: string): Promise<Contents> {
  let room = unpackedBytesMax((await stat(file)).size)
  const open = promisify<string, object, ZipFile>(yauzl.open)
  const zip = await open(file, { lazyEntries: true, autoClose: true })
  const contents: Contents = { hashes: new Map(), texts: new Map(), doubles: [] }
  const stream = promisify(
    zip.openReadStream.bind(zip) as (
      entry: Entry,
      done: (error: Error | null, stream?: AsyncIterable<Buffer>) => void,
    ) => void,
  )
  await new Promise<void>((resolve, reject) => {
    zip.once('error', reject)
    zip.once('end', resolve)
    zip.on('entry', (entry: Entry) => {
      if (contents.hashes.size >= filesMax) return reject(new Error(`more than ${filesMax} files`))
      readEntry(entry).then(() => zip.readEntry(), reject)
    })
    zip.readEntry()
  })
  return contents

  async function readEntry(entry: Entry): Promise<void> {
    const name = entry.fileName
    if (name.endsWith('/')) return
    if (contents.hashes.has(name)) contents.doubles.push(name)
    const hash = createHash('sha256')
    const isText = textNames.has(name)
    const parts: Buffer[] = []
    let size = 0
    for await (const chunk of (await stream(entry))!) {
      hash.update(chunk)
      size += chunk.length
      room -= chunk.length
      if (room < 0) throw new Error('it unpacks to far more than a zip of ours would')
      if (isText && size > textMaxBytes) throw new Error(`${name} is larger than ${textMaxBytes} bytes`)
      if (isText) parts.push(chunk)
    }
    contents.hashes.set(name, hash.digest('hex'))
    if (isText) contents.texts.set(name, Buffer.concat(parts).toString('utf8'))
  }
}

function checkSums({ hashes, texts, doubles }: Contents, faults: string[]): void {
  for (const name of doubles) faults.push(`${name} is in the zip twice.`)
  const text = texts.get(sumsName)
  if (text === undefined) {
    faults.push(`There is no ${sumsName} in the zip.`)
    return
  }
  const named = new Set<string>()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, hash, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? []
    if (hash === undefined || name === undefined) {
      faults.push(`${sumsName} has a line that is none: ${JSON.stringify(line.slice(0, 80))}.`)
      continue
    }
    named.add(name)
    const found = hashes.get(name)
    if (found === undefined) faults.push(`${name} is named in ${sumsName} but is not in the zip.`)
    else if (found !== hash) faults.push(`${name} is not the file that was exported: its SHA-256 is ${found}.`)
  }
  for (const name of hashes.keys())
    if (name !== sumsName && !named.has(name)) faults.push(`${name} is in the zip but not in ${sumsName}.`)
}

function readProof({ texts }: Contents, expectedHead: string | null, faults: string[]): JournalProof | null {
  const text = texts.get(proofName)
  if (text === undefined) {
    faults.push(`There is no ${proofName} in the zip.`)
    return null
  }
  let proof: unknown
  try {
    proof = JSON.parse(text)
  } catch {
    faults.push(`${proofName} is not JSON.`)
    return null
  }
  const fault = checkProof(proof, expectedHead)
  if (fault === null) return proof as JournalProof
  if (fault.fault === 'form') {
    faults.push(`${proofName} does not have the form of a proof.`)
    return null
  }
  const said = {
    line: () => `Line ${'seq' in fault ? fault.seq : '?'} of the journal is not what was journaled.`,
    head: () => 'The digests of the journal do not lead to the head that the proof names.',
    'other-head': () => 'The proof leads to another head of the journal than the one expected.',
  }
  faults.push(said[fault.fault]())
  return proof as JournalProof
}

/**
 * Answers how many files of audio have the hash that the journal has for them: a recording that of its seal, a smaller form that of its making,
 * which must have been from what was sealed.
 */
function checkSeals({ hashes }: Contents, proof: JournalProof | null, faults: string[]): number {
  const seals = new Map<string, string>()
  const derived = new Map<string, { sha256: string; source: string }>()
  for (const line of proof?.lines ?? []) {
    if (line.type !== 'recording.sealed' && line.type !== 'recording.derived') continue
    const fact = parsed(line.body) as { recording?: string; sha256?: string; source?: string } | null
    if (!fact?.recording || !fact.sha256) continue
    if (line.type === 'recording.sealed') seals.set(fact.recording, fact.sha256)
    else if (fact.source) derived.set(fact.recording, { sha256: fact.sha256, source: fact.source })
  }
  let good = 0
  for (const [name, hash] of hashes) {
    const [, recording, form] = /^audio\/([A-Za-z0-9_-]+)\.([a-z0-9]+)$/.exec(name) ?? []
    if (recording === undefined) {
      if (name.startsWith('audio/')) faults.push(`${name} is not named as a recording.`)
      continue
    }
    const sealed = seals.get(recording)
    const made = derived.get(recording)
    if (sealed === undefined) faults.push(`${name} has no seal among the lines of the journal.`)
    else if (form !== 'opus' && sealed !== hash)
      faults.push(`${name} is not the recording that was sealed at the end of its call.`)
    else if (form === 'opus' && made?.sha256 !== hash)
      faults.push(`${name} is not the smaller form that was made of the recording.`)
    else if (form === 'opus' && made?.source !== sealed)
      faults.push(`${name} was not made of the recording that was sealed at the end of its call.`)
    else good++
  }
  return good
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
