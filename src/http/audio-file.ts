/** A sealed recording as HTTP gives it: in parts where a player seeks, each listener noted in the journal before the first byte. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Actor } from '../centre/facts.ts'
import type { RecordingId, UserId } from '../lib/ids.ts'
import { keep } from '../records/door.ts'
import { NotFound, NotNow } from '../records/errors.ts'
import { resolveInside } from '../records/inside.ts'
import type { Ctx, Deps } from './deps.ts'

/** `opening`: what one listen is counted by, e.g. the page that was opened; the same again is not noted twice. */
export type Listener = { actor: Actor; user: UserId; opening: string }
export type Audio = { file: string; bytes: number; etag: string; name: string }

/** A page or token may seek for this long on one note. */
const openingMs = 30 * 60_000
const openingsMax = 10_000
const noted = new WeakMap<Deps, Map<string, number>>()

/** Throws NotFound (no such recording, or its file is gone) and NotNow (the call goes on). */
export async function openAudio(deps: Deps, listener: Listener, id: RecordingId): Promise<Audio> {
  const recording = await deps.store.read('recordings.byId', { id })
  if (recording === null) throw new NotFound('recording', id)
  if (recording.sealedAt === null)
    throw new NotNow(
      'recording-not-sealed',
      recording.missingReason ?? 'the call goes on; its recording is sealed at its end',
    )
  // The path comes from our own journal, never from the client; still it must lie in the folder.
  const file = resolveInside(deps.config.recordingsDir, recording.path)
  const found = file === null ? null : await stat(file).catch(() => null)
  if (file === null || found === null || !found.isFile()) throw new NotFound('audio file of recording', id)
  await note(deps, listener, id)
  return { file, bytes: found.size, etag: `"${recording.sha256}"`, name: `${id}.wav` }
}

async function note(deps: Deps, listener: Listener, id: RecordingId): Promise<void> {
  let openings = noted.get(deps)
  if (openings === undefined) noted.set(deps, (openings = new Map()))
  const key = `${listener.actor} ${listener.opening} ${id}`
  const now = deps.clock.now()
  const since = openings.get(key)
  if (since !== undefined && now - since < openingMs) return
  await keep(deps.records, listener.actor, [{ type: 'recording.listened', recording: id, user: listener.user }])
  openings.delete(key)
  openings.set(key, now)
  if (openings.size > openingsMax) openings.delete(openings.keys().next().value as string)
}

/** 200, 206 for one range, 304, or 416 (RFC 9110, section 14). Several ranges at once get the whole. */
export function audioResponse(c: Ctx, audio: Audio): Response {
  const headers: Record<string, string> = {
    'Content-Type': 'audio/wav',
    'Accept-Ranges': 'bytes',
    ETag: audio.etag,
    'Cache-Control': 'private, no-cache',
    'Content-Disposition': `inline; filename="${audio.name}"`,
  }
  if (c.req.header('if-none-match') === audio.etag) return c.body(null, 304, headers)
  const ifRange = c.req.header('if-range')
  const wanted = ifRange === undefined || ifRange === audio.etag ? c.req.header('range') : undefined
  const range = rangeOf(wanted, audio.bytes)
  if (range === 'none') return c.body('', 416, { ...headers, 'Content-Range': `bytes */${audio.bytes}` })
  const { from, to } = range ?? { from: 0, to: audio.bytes - 1 }
  const length = { 'Content-Length': String(to - from + 1) }
  const partly: Record<string, string> = range === null ? {} : { 'Content-Range': `bytes ${from}-${to}/${audio.bytes}` }
  const status = range === null ? 200 : 206
  if (c.req.method === 'HEAD') return c.body('', status, { ...headers, ...length, ...partly })
  const stream = Readable.toWeb(createReadStream(audio.file, { start: from, end: to })) as ReadableStream
  return c.body(stream, status, { ...headers, ...length, ...partly })
}

/** null: all of it; `none`: no byte of it can be had. Both ends included. */
export function rangeOf(header: string | undefined, bytes: number): { from: number; to: number } | 'none' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '')
  if (match === null || (match[1] === '' && match[2] === '')) return null
  if (match[1] === '') {
    const last = Math.min(Number(match[2]), bytes)
    return last === 0 ? 'none' : { from: bytes - last, to: bytes - 1 }
  }
  const from = Number(match[1])
  const to = match[2] === '' ? bytes - 1 : Math.min(Number(match[2]), bytes - 1)
  if (match[2] !== '' && Number(match[2]) < from) return null // not a range: passed over, says the RFC
  return from >= bytes ? 'none' : { from, to }
}
