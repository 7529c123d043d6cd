/**
 * Evidence as a zip that stands on its own: the audio to the byte as it was recorded, what is known of each call, the hash of every file in
 * the form that `sha256sum -c` reads, and the proof that the seals stood in the journal. `evidence-check.ts` is its counterpart.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { Readable, Transform } from 'node:stream'
import yazl from 'yazl'
import type { MissingCause } from '../../centre/recording/recording-rules.ts'
import { fileBelow } from '../../lib/folder-link.ts'
import type { CallId, ExportId, RecordingId } from '../../lib/ids.ts'
import type { RecordingRow } from '../../store/calls/recordings.ts'
import type { JournalLine } from '../../store/journal/chain.ts'
import type { Store } from '../../store/store.ts'
import { resolveInside } from '../inside.ts'
import { callsName, csvName } from './evidence-calls.ts'
import { callsCsv, type EvidenceCall, evidenceReadme } from './evidence-texts.ts'

export const sumsName = 'SHA256SUMS'
export const proofName = 'journal/proof.json'

export type AudioChoice = 'wav' | 'opus' | 'both'

/** Why audio is missing, in the words of the pages. */
export type MissingWords = Record<'zh-CN' | 'en', Record<MissingCause | 'unknown', string>>

export type EvidenceArgs = {
  store: Store
  /** Absolute. */
  recordingsDir: string
  calls: CallId[]
  /** Which form of each recording; where it is not there the other stands in for it. */
  audio?: AudioChoice
  missingWords: MissingWords
  about: { export: string; reason: string; requestedBy: string; at: number; version: string }
  /** After each call: how many of them are in the zip. */
  onProgress?: (done: number) => void
  signal?: AbortSignal
  /** A recording that is there perhaps, and cannot be read (a link on the way, its disk): in the zip it is missing. */
  onUnread?: (recording: RecordingId, error: Error) => void
}

/**
 * The zip as it is made, never whole in memory. Destroyed with the error when something cannot be read. A recording whose file is gone is
 * named in calls.json (`audio: "missing"`), not passed over.
 */
export function evidenceZip(args: EvidenceArgs): Readable {
  const zip = new yazl.ZipFile()
  const output = zip.outputStream as Readable
  const sums: string[] = []
  const mtime = new Date(args.about.at)

  const closed = new Promise<Error>(resolve => output.once('close', () => resolve(new Error('the reader went away'))))

  const add = (name: string, content: Readable, compress: boolean) =>
    new Promise<void>((resolve, reject) => {
      const hash = createHash('sha256')
      const tap = new Transform({
        transform(chunk, _encoding, done) {
          hash.update(chunk)
          done(null, chunk)
        },
      })
      content.once('error', reject)
      closed.then(reject)
      tap.once('end', () => {
        if (name !== sumsName) sums.push(`${hash.digest('hex')}  ${name}\n`)
        resolve()
      })
      content.pipe(tap)
      zip.addReadStream(tap, name, { mtime, mode: 0o100644, compress })
    })
  const addText = (name: string, text: string) => add(name, Readable.from([Buffer.from(text)]), true)

  const fill = async () => {
    const lines = new Map<number, JournalLine>()
    const request = await args.store.read('journal.ofExport', { export: args.about.export as ExportId })
    for (const line of request) lines.set(line.seq, line)
    const calls: EvidenceCall[] = []
    for (const id of args.calls) {
      args.signal?.throwIfAborted()
      const { call, recordings, ofCall } = await stateOf(args.store, id)
      if (call === null) continue
      for (const line of ofCall) lines.set(line.seq, line)
      for (const recording of recordings)
        for (const line of await args.store.read('journal.ofRecording', { recording: recording.id }))
          lines.set(line.seq, line)
      calls.push({ call, recordings: await Promise.all(recordings.map(each => audioOf(args, each))) })
      for (const audio of calls.at(-1)!.recordings)
        for (const { name, source } of audio.forms) await add(name, createReadStream(source), false)
      args.onProgress?.(calls.length)
    }
    await addText(
      callsName,
      `${JSON.stringify(
        calls.map(call => plainCall(call, args.missingWords)),
        null,
        1,
      )}\n`,
    )
    await addText(csvName, callsCsv(calls))
    await add(proofName, Readable.from(proofText(args.store, [...lines.values()])), true)
    await addText('README.txt', evidenceReadme(args.about, calls))
    await add(sumsName, Readable.from([Buffer.from(sums.join(''))]), true)
    zip.end()
  }
  fill().catch(error => output.destroy(error))
  return output
}

/** A call and the lines about it that are of one moment, also when the call goes on meanwhile. */
async function stateOf(store: Store, id: CallId) {
  for (let ofCall = await store.read('journal.ofCall', { call: id }); ; ) {
    const call = await store.read('calls.byId', { id })
    const recordings = await store.read('recordings.ofCall', { call: id })
    const again = await store.read('journal.ofCall', { call: id })
    if (again.length === ofCall.length) return { call, recordings, ofCall }
    ofCall = again
  }
}

/** `file`: what stands for the recording in the texts; `forms`: all that goes into the zip. */
async function audioOf(args: EvidenceArgs, recording: RecordingRow): Promise<EvidenceCall['recordings'][number]> {
  const { id, sealedAt, derivedAt, derivedPath } = recording
  const wav =
    sealedAt === null
      ? null
      : await formOf(args, id, `audio/${id}${path.extname(recording.path) || '.wav'}`, recording.path)
  const opus = derivedAt === null ? null : await formOf(args, id, `audio/${id}.opus`, derivedPath!)
  const choice = args.audio ?? 'wav'
  const wanted = choice === 'both' ? [wav, opus] : choice === 'opus' ? [opus ?? wav] : [wav ?? opus]
  const forms = wanted.filter(form => form !== null)
  return { recording, file: forms[0]?.name ?? null, forms }
}

async function formOf(args: EvidenceArgs, recording: RecordingId, name: string, relative: string) {
  const source = resolveInside(args.recordingsDir, relative)
  if (source === null) return null
  const found = await fileBelow(args.recordingsDir, source).catch((error: Error) => {
    args.onUnread?.(recording, error)
    return null
  })
  return found === null ? null : { name, source }
}

function plainCall({ call, recordings }: EvidenceCall, why: MissingWords) {
  return {
    ...call,
    recordingMissingWords: wordsOf(call.recordingMissing, call.recordingMissingCause, why),
    recordings: recordings.map(({ recording, file }) => ({
      id: recording.id,
      file: file ?? 'missing',
      openedAt: recording.openedAt,
      sealedAt: recording.sealedAt,
      sha256: recording.sha256,
      bytes: recording.bytes,
      durationMs: recording.durationMs,
      salvaged: recording.salvaged,
      missingReason: recording.missingReason,
      missingCause: recording.missingCause,
      missingWords: wordsOf(recording.missingReason, recording.missingCause, why),
      wasMissing: recording.wasMissing,
      foundAfterMs: recording.foundAfterMs,
      accepted: recording.accepted,
      lostMs: recording.lostMs,
      derived: recording.derivedAt === null ? null : { sha256: recording.derivedSha256, bytes: recording.derivedBytes },
      destroyedAt: recording.destroyedAt,
    })),
  }
}

/** In both languages, as all that people read in the zip; null: nothing is missing. */
function wordsOf(reason: string | null, cause: MissingCause | null, why: MissingWords) {
  return reason === null ? null : { 'zh-CN': why['zh-CN'][cause ?? 'unknown'], en: why.en[cause ?? 'unknown'] }
}

/** `JournalProof` of proof.ts as text, piece by piece: the digests up to the head may be millions. */
async function* proofText(store: Store, lines: JournalLine[]): AsyncGenerator<string> {
  lines.sort((a, b) => a.seq - b.seq)
  const head = await store.read('journal.head', {})
  const firstSeq = lines[0]?.seq ?? head.seq
  const first = await store.read('journal.digests', { from: firstSeq, to: head.seq })
  yield `{"form":"switchroom-journal-proof-1","firstSeq":${firstSeq},"before":"${first.before}","digests":[`
  let part = first
  for (let mark = ''; ; mark = ',\n') {
    yield mark + part.digests.map(digest => `"${digest}"`).join(',\n')
    if (part.last.seq >= head.seq || part.digests.length === 0) break
    part = await store.read('journal.digests', { from: part.last.seq + 1, to: head.seq })
  }
  const shown = lines.map(({ seq, at, actor, type, body }) => JSON.stringify({ seq, at, actor, type, body }))
  yield `],\n"head":{"seq":${head.seq},"hash":"${head.hash}"},\n"lines":[${shown.join(',\n')}]}\n`
}
