/**
 * A recording as HTTP gives it, sealed, or a misfit that somebody has to decide on: in parts where a player seeks. Every listen is in the journal before the first byte of it is sent: a
 * page's opening is one however its player seeks; by a token, each request from the first byte on is one.
 */
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Actor } from '../centre/facts.ts'
import type { MisfitFound } from '../engine/misfits.ts'
import { fileBelow } from '../lib/folder-link.ts'
import type { RecordingId, UserId } from '../lib/ids.ts'
import { keep } from '../records/door.ts'
import { NotFound, NotNow } from '../records/errors.ts'
import { resolveInside } from '../records/inside.ts'
import type { Ctx, Deps } from './deps.ts'
import { sealed, unsealed } from './sealed.ts'

/** `opening`: as `issueOpening` gave it to the page; null, or none that we gave to this person for this recording: a token, or no page of ours. */
export type Listener = { actor: Actor; user: UserId; opening: string | null }
/** As it was sealed, or its smaller form. */
export type AudioForm = 'wav' | 'opus'
/** `read`: both ends included; null: it is gone. */
type Audio = { bytes: number; etag: string; form: AudioForm; read(from: number, to: number): Promise<Readable | null> }
type Note = { at: number; kept: Promise<unknown> }

/** For this long one may seek on one note. */
const openingMs = 30 * 60_000
const openingsMax = 10_000
/** A link that somebody laid in the folder leads to no other file of ours. */
const toRead = constants.O_RDONLY | constants.O_NOFOLLOW
const notes = new WeakMap<Deps, Map<string, Note>>()

/** Names one showing of a page: only we can make it, and it is good for this person and recording alone. */
export function issueOpening(user: UserId, id: RecordingId): string {
  return sealed(`opening ${user} ${id} ${randomUUID()}`)
}

/**
 * `?form=opus`: the smaller form, `?form=wav`: as sealed; neither: as sealed, or what is left of it. `?download` saves it under its name. Throws
 * NotFound (no such recording or form, or its file is gone) and NotNow (the call goes on).
 */
export async function audioAnswer(c: Ctx, deps: Deps, listener: Listener, id: RecordingId): Promise<Response> {
  const wanted = c.req.query('form')
  const audio = await audioOf(deps, id, wanted === 'opus' || wanted === 'wav' ? wanted : null)
  return partOf(c, deps, listener, { id, audio })
}

/** What would be sealed of what lies there, as it was found and in no other state. Throws NotFound. */
export function misfitAudio(
  c: Ctx,
  deps: Deps,
  listener: Listener,
  { id, found }: { id: RecordingId; found: MisfitFound },
): Promise<Response> {
  const read = async (from: number, to: number) => (await deps.misfits?.read(id, found, { from, to })) ?? null
  return partOf(c, deps, listener, {
    ...{ id, audio: { bytes: found.sealedBytes, etag: `"${found.seen}"`, form: 'wav', read } },
  })
}

async function partOf(
  c: Ctx,
  deps: Deps,
  listener: Listener,
  { id, audio }: { id: RecordingId; audio: Audio },
): Promise<Response> {
  const isSaved = c.req.query('download') !== undefined
  const headers: Record<string, string> = {
    'Content-Type': audio.form === 'opus' ? 'audio/ogg; codecs=opus' : 'audio/wav',
    'Accept-Ranges': 'bytes',
    ETag: audio.etag,
    'Cache-Control': 'private, no-cache',
    'Content-Disposition': `${isSaved ? 'attachment' : 'inline'}; filename="${id}.${audio.form}"`,
  }
  if (c.req.header('if-none-match') === audio.etag) return c.body(null, 304, headers)
  const ifRange = c.req.header('if-range')
  const part = ifRange === undefined || ifRange === audio.etag ? c.req.header('range') : undefined
  const range = rangeOf(part, audio.bytes)
  if (range === 'none') return c.body('', 416, { ...headers, 'Content-Range': `bytes */${audio.bytes}` })
  const { from, to } = range ?? { from: 0, to: audio.bytes - 1 }
  const length = { 'Content-Length': String(to - from + 1) }
  const partly: Record<string, string> = range === null ? {} : { 'Content-Range': `bytes ${from}-${to}/${audio.bytes}` }
  const status = range === null ? 200 : 206
  if (c.req.method === 'HEAD') return c.body('', status, { ...headers, ...length, ...partly })
  await noteListen(deps, listener, id, from === 0)
  const sound = await audio.read(from, to)
  if (sound === null) throw new NotFound('audio file of recording', id)
  return c.body(Readable.toWeb(sound) as ReadableStream, status, { ...headers, ...length, ...partly })
}

async function audioOf(deps: Deps, id: RecordingId, wanted: AudioForm | null): Promise<Audio> {
  const recording = await deps.store.read('recordings.byId', { id })
  if (recording === null) throw new NotFound('recording', id)
  if (recording.sealedAt === null)
    throw new NotNow(
      'recording-not-sealed',
      recording.missingReason ?? 'the call goes on; its recording is sealed at its end',
    )
  const form = wanted ?? (recording.sourceRemovedAt === null ? 'wav' : 'opus')
  const path = form === 'opus' ? recording.derivedPath : recording.path
  // The path comes from our own journal, never from the client; still it must lie in the folder.
  const file = path === null ? null : resolveInside(deps.config.recordingsDir, path)
  const found = file === null ? null : await fileBelow(deps.config.recordingsDir, file).catch(untold)
  if (file === null || found === null) throw new NotFound('audio file of recording', id)
  const sha256 = form === 'opus' ? recording.derivedSha256 : recording.sha256
  const read = async (from: number, to: number) => (await open(file, toRead)).createReadStream({ start: from, end: to })
  return { bytes: found.size, etag: `"${sha256}"`, form, read }

  function untold(error: Error): null {
    deps.log.error({ err: error, recording: id }, 'a recording cannot be read')
    return null
  }
}

/** Resolves when the listen is kept; a request that comes meanwhile on the same opening waits for it too. */
async function noteListen(deps: Deps, listener: Listener, id: RecordingId, fromStart: boolean): Promise<void> {
  let known = notes.get(deps)
  if (known === undefined) notes.set(deps, (known = new Map()))
  const { actor, user } = listener
  const opened = listener.opening === null ? null : unsealed(listener.opening)
  const opening = opened?.startsWith(`opening ${user} ${id} `) ? opened : null
  const key = opening ?? `${actor} ${id}`
  const at = deps.clock.now()
  const last = known.get(key)
  const isSeeking = opening !== null || !fromStart
  if (isSeeking && last !== undefined && at - last.at < openingMs) return void (await last.kept)
  const note = { at, kept: keep(deps.records, actor, [{ type: 'recording.listened', recording: id, user }]) }
  known.delete(key)
  known.set(key, note)
  if (known.size > openingsMax) known.delete(known.keys().next().value as string)
  try {
    await note.kept
  } catch (error) {
    if (known.get(key) === note) known.delete(key)
    throw error
  }
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
