/**
 * What the house says by itself in menus and queues, fragment by fragment. An administrator replaces one with an own recording of the same name,
 * with the language in front: `zh-cn-queue-place`, `en-3`.
 */
import { ownPrefix } from './message.ts'
import type { SpeechLanguage } from './vocabulary.ts'

export function fragment(language: SpeechLanguage, name: string, own: ReadonlyMap<string, number>): string {
  const replaced = `${language.toLowerCase()}-${name}`
  const version = own.get(replaced)
  return version === undefined ? `${language}/${name}` : `${ownPrefix}${replaced}@${version}`
}
