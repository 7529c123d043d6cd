/** The lender's own recordings for messages: kept in versions that never change, and heard by a person before they are said to anyone. */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Actor } from '../../centre/facts.ts'
import type { PhraseRecord } from '../../store/telephony/phrases.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'

const namesMax = 100
const versionsMax = 100
const wordsMax = 1_000
const allowedName = /^[a-z0-9][a-z0-9-]{0,39}$/

/** `own/hello@2` is `own/hello@2.wav` in the folder of prompts. */
export function phraseFile(folder: string, { name, version }: Pick<PhraseRecord, 'name' | 'version'>): string {
  return join(folder, 'own', `${name}@${version}.wav`)
}

/** A new version of `name`, said by nobody yet. `wav` is 8 kHz A-law. Throws InvalidInput. */
export async function addPhrase(
  door: RecordsDoor,
  actor: Actor,
  given: { folder: string; name: string; words: string; wav: Uint8Array; durationMs: number },
): Promise<{ name: string; version: number }> {
  const { folder, name, wav, durationMs } = given
  const words = given.words.trim()
  const problems = []
  if (!allowedName.test(name))
    problems.push({
      field: 'name',
      found: name.slice(0, 60) || 'nothing',
      allowed: 'small letters, digits and -, at most 40',
    })
  if (words === '' || words.length > wordsMax)
    problems.push({
      field: 'words',
      found: `${words.length} characters`,
      allowed: `1 to ${wordsMax}: what it says, in writing`,
    })
  if (problems.length > 0) throw new InvalidInput(problems)
  const all = await door.store.read('phrases.list', {})
  const mine = all.filter(phrase => phrase.name === name)
  if (mine.length >= versionsMax || (mine.length === 0 && new Set(all.map(phrase => phrase.name)).size >= namesMax))
    throw new InvalidInput([
      { field: 'name', found: name, allowed: `${namesMax} names with ${versionsMax} versions each at most` },
    ])
  const version = (mine[0]?.version ?? 0) + 1
  await write(phraseFile(folder, { name, version }), wav)
  const sha256 = createHash('sha256').update(wav).digest('hex')
  await keep(door, actor, [{ type: 'phrase.saved', name, version, words, sha256, bytes: wav.length, durationMs }])
  return { name, version }
}

/** Its sound, as it was saved; whoever hears it is noted. Throws NotFound, also when the file is not what was saved. */
export async function hearPhrase(
  door: RecordsDoor,
  actor: Actor,
  of: { folder: string; name: string; version: number },
): Promise<Uint8Array> {
  const phrase = await phraseOf(door, of)
  const wav = await readFile(phraseFile(of.folder, phrase)).catch(() => null)
  if (wav === null || createHash('sha256').update(wav).digest('hex') !== phrase.sha256)
    throw new NotFound('the sound of', `${of.name}@${of.version}`)
  const { name, version } = phrase
  if (!(await door.store.read('phrases.wasHeard', { name, version, actor })))
    await keep(door, actor, [{ type: 'phrase.heard', name, version }])
  return wav
}

/** From now on messages say this version. Throws NotNow before this person has heard it. */
export async function usePhrase(door: RecordsDoor, actor: Actor, of: { name: string; version: number }): Promise<void> {
  const { name, version } = await phraseOf(door, of)
  if (!(await door.store.read('phrases.wasHeard', { name, version, actor })))
    throw new NotNow('phrase_unheard', 'listen to it first: what is said to people is heard before')
  await keep(door, actor, [{ type: 'phrase.used', name, version }])
}

/** Names of those that messages may say: a version of each was put to use. */
export async function ownPhrases(door: RecordsDoor): Promise<string[]> {
  const all = await door.store.read('phrases.list', {})
  return [...new Set(all.filter(phrase => phrase.usedAt !== null).map(phrase => phrase.name))]
}

async function phraseOf(door: RecordsDoor, of: { name: string; version: number }): Promise<PhraseRecord> {
  const found = await door.store.read('phrases.byVersion', { name: of.name, version: of.version })
  if (found === null) throw new NotFound('phrase', `${of.name}@${of.version}`)
  return found
}

/** On disk before the journal speaks of it, and whole or not at all. */
async function write(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o750 })
  const part = `${file}.part`
  await using handle = await open(part, 'w', 0o640)
  await handle.writeFile(bytes)
  await handle.sync()
  await rename(part, file)
}
