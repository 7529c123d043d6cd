/**
 * How a party is found by a part of its name: the ends of the name, from each character of a script that writes no spaces on, from each word
 * otherwise, in small letters. Whoever types a part types the beginning of one of these, so that it is one walk of an index.
 */
import { type Connection, sql } from '../db.ts'

/** Of one name, at most; each 40 characters long at most. */
const partsMax = 40
const lettersMax = 40

/** Han, kana, Thai and the like: every character may begin a word. */
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}]/u
const letter = /[\p{L}\p{N}]/u

export function namePartsOf(name: string): string[] {
  const characters = [...name.toLowerCase()]
  const starts = characters.flatMap((character, at) => {
    const before = characters[at - 1]
    if (before === undefined) return [at]
    if (!letter.test(character)) return []
    const begins = !letter.test(before) || spaceless.test(character) || spaceless.test(before)
    return begins ? [at] : []
  })
  return [...new Set(starts.slice(0, partsMax).map(at => characters.slice(at, at + lettersMax).join('')))]
}

/** `before`: the name that the tables have; null: the party is new. */
export function saveNameParts(db: Connection, party: string, before: string | null, name: string): void {
  if (before === name) return
  if (before !== null) {
    // Whatever form of it an earlier version kept: the parts of a name are ends of it.
    const gone = sql(db, 'DELETE FROM party_name_parts WHERE part = ? AND party = ?')
    const characters = [...before.toLowerCase()]
    for (let at = 0; at < characters.length; at++) gone.run(characters.slice(at, at + lettersMax).join(''), party)
  }
  const add = sql(db, 'INSERT OR IGNORE INTO party_name_parts (part, party) VALUES (?, ?)')
  for (const part of namePartsOf(name)) add.run(part, party)
}
