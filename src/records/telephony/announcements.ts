/**
 * The library of network announcements: recordings with what they tell, in which language and words. A person sends them, or takes them from
 * a call; what nobody knew is kept by itself, once however often it is heard, until somebody listens and labels it.
 */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { callResults } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { CallId } from '../../lib/ids.ts'
import type { AnnouncementRecord } from '../../store/calls/announcements.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { type FieldProblem, InvalidInput, NotFound } from '../errors.ts'

/** Labelled ones: an hour of sound, and no more than an ear can ask at once. */
export const labelledMax = 300
/** Of those that wait for a label the least heard and oldest goes. */
export const unlabelledMax = 100
export const soundMs = { min: 1_500, max: 30_000 }
export const announcementLanguages = ['zh-CN', 'en', 'other'] as const
/** `NONE`: music, a greeting: it is known, and tells nothing about the number. */
export const announcementLabels = [
  ...callResults.filter(result => !['ANSWERED', 'ABANDONED', 'CANCELLED', 'FAILED'].includes(result)),
  'NONE',
] as const
const wordsMax = 400

export type Label = { label: string; language: string; words: string }

export function announcementFile(folder: string, id: string): string {
  return join(folder, `${id}.wav`)
}

/** `wav` is 8 kHz A-law. Throws InvalidInput. */
export async function addAnnouncement(
  door: RecordsDoor,
  actor: Actor,
  given: Label & { folder: string; wav: Uint8Array; durationMs: number; from: CallId | null },
): Promise<string> {
  const { folder, wav, durationMs, from } = given
  const problems = labelProblems(given)
  if (durationMs < soundMs.min || durationMs > soundMs.max)
    problems.push({
      field: 'file',
      found: `${(durationMs / 1000).toFixed(1)} s`,
      allowed: `${soundMs.min / 1000} to ${soundMs.max / 1000} s of sound`,
    })
  if (problems.length > 0) throw new InvalidInput(problems)
  const all = await door.store.read('announcements.list', {})
  if (all.filter(({ label }) => label !== null).length >= labelledMax)
    throw new InvalidInput([
      { field: 'file', found: `${labelledMax} announcements`, allowed: `${labelledMax} at most: remove one first` },
    ])
  return await save(door, actor, { ...labelOf(given), folder, wav, durationMs, from })
}

/** Sound that no recording explains, from a call that was not answered. Resolves with its id. */
export async function keepUnknown(
  door: RecordsDoor,
  given: { folder: string; wav: Uint8Array; durationMs: number; from: CallId | null },
): Promise<string> {
  const all = await door.store.read('announcements.list', {})
  const waiting = all.filter(({ label }) => label === null)
  if (waiting.length >= unlabelledMax)
    await remove(door, 'system', given.folder, leastHeard(waiting), 'made room for a newer one')
  return await save(door, 'system', { ...given, label: null, language: 'other', words: '' })
}

export async function labelAnnouncement(door: RecordsDoor, actor: Actor, id: string, given: Label): Promise<void> {
  const problems = labelProblems(given)
  if (problems.length > 0) throw new InvalidInput(problems)
  await announcementById(door, id)
  await keep(door, actor, [{ type: 'announcement.labelled', announcement: id, ...labelOf(given) }])
}

export async function removeAnnouncement(door: RecordsDoor, actor: Actor, id: string, folder: string): Promise<void> {
  await remove(door, actor, folder, await announcementById(door, id), 'removed by hand')
}

/** Its sound as it was saved; NotFound also when the file is not what was saved. */
export async function announcementSound(door: RecordsDoor, id: string, folder: string): Promise<Uint8Array> {
  const wav = await soundOf(folder, await announcementById(door, id))
  if (wav === null) throw new NotFound('the sound of', id.slice(0, 40))
  return wav
}

/** What ears are taught: all whose sound is on disk as it was saved. */
export async function libraryOf(
  door: Pick<RecordsDoor, 'store'>,
  folder: string,
): Promise<{ id: string; label: string | null; wav: Uint8Array }[]> {
  const all = await door.store.read('announcements.list', {})
  const sounds = await Promise.all(all.map(async one => ({ one, wav: await soundOf(folder, one) })))
  return sounds.flatMap(({ one: { id, label }, wav }) => (wav === null ? [] : [{ id, label, wav }]))
}

async function soundOf(folder: string, { id, sha256 }: AnnouncementRecord): Promise<Uint8Array | null> {
  const wav = await readFile(announcementFile(folder, id)).catch(() => null)
  return wav !== null && createHash('sha256').update(wav).digest('hex') === sha256 ? wav : null
}

/** Throws NotFound. */
export async function announcementById(door: RecordsDoor, id: string): Promise<AnnouncementRecord> {
  const found = await door.store.read('announcements.byId', { id })
  if (found === null) throw new NotFound('announcement', id.slice(0, 40))
  return found
}

async function remove(
  door: RecordsDoor,
  actor: Actor,
  folder: string,
  { id }: AnnouncementRecord,
  reason: string,
): Promise<void> {
  await keep(door, actor, [{ type: 'announcement.removed', announcement: id, reason }])
  await rm(announcementFile(folder, id), { force: true })
}

function leastHeard(waiting: readonly AnnouncementRecord[]): AnnouncementRecord {
  return waiting.reduce((least, one) =>
    one.heard < least.heard || (one.heard === least.heard && one.savedAt < least.savedAt) ? one : least,
  )
}

/** On disk before the journal speaks of it, and whole or not at all. */
async function save(
  door: RecordsDoor,
  actor: Actor,
  given: {
    folder: string
    wav: Uint8Array
    durationMs: number
    from: CallId | null
    label: string | null
    language: string
    words: string
  },
): Promise<string> {
  const { folder, wav, durationMs, from, label, language, words } = given
  const announcement = newId<'announcement'>('an')
  const file = announcementFile(folder, announcement)
  await mkdir(folder, { recursive: true, mode: 0o750 })
  {
    await using handle = await open(`${file}.part`, 'w', 0o640)
    await handle.writeFile(wav)
    await handle.sync()
  }
  await rename(`${file}.part`, file)
  const sha256 = createHash('sha256').update(wav).digest('hex')
  const said = { label, language, words, sha256, bytes: wav.length, durationMs, from }
  await keep(door, actor, [{ type: 'announcement.saved', announcement, ...said }])
  return announcement
}

function labelOf({ label, language, words }: Label): Label {
  return { label, language, words: words.trim() }
}

function labelProblems({ label, language, words }: Label): FieldProblem[] {
  const problems: FieldProblem[] = []
  const found = (value: string) => value.slice(0, 60) || 'nothing'
  if (!announcementLabels.some(one => one === label))
    problems.push({ field: 'label', found: found(label), allowed: announcementLabels.join(', ') })
  if (!announcementLanguages.some(one => one === language))
    problems.push({ field: 'language', found: found(language), allowed: announcementLanguages.join(', ') })
  if (words.trim().length > wordsMax)
    problems.push({ field: 'words', found: `${words.length} characters`, allowed: `${wordsMax} at most` })
  return problems
}
