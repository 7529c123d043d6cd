/** All that can be said to whoever calls, by name: the house's prompts, what messages are made of, and the lender's own recordings. */
import { ownPrefix } from '../centre/speech/message.ts'
import { fragmentPrompts } from '../centre/speech/vocabulary.ts'
import type { FloorState } from '../centre/state.ts'
import type { Logger } from '../lib/log.ts'
import { encode } from '../rtp/g711.ts'
import { loadFragments, loadPrompts } from '../rtp/prompts.ts'
import { sequence } from '../rtp/tone.ts'
import { writeMono } from '../rtp/wav.ts'
import { dtmfPrompts } from './keys.ts'

export type PromptShelfOptions = {
  /** Where prompts may lie, the administrator's first. */
  promptFolders: string[]
  /** Where the fragments of spoken messages may lie, in a folder for each language. */
  speechFolders: string[]
  /** The floor as it is now. */
  floor(): FloorState
  log: Logger
}

export class PromptShelf {
  readonly #options: PromptShelfOptions
  /** Samples at 8 kHz. */
  readonly all: Record<string, Int16Array>

  constructor(options: PromptShelfOptions) {
    this.#options = options
    this.all = {
      ...dtmfPrompts(),
      ...loadPrompts(options.promptFolders, words => options.log.warn(words)),
      ...this.#fragments([...fragmentPrompts(), ...ownPrompts(options.floor())]),
    }
  }

  /** A recording of the lender's, in this version, is said from now on; null: its file is not there. */
  learnOwn(phrase: string, version: number): { name: string; samples: Int16Array } | null {
    const name = `${ownPrefix}${phrase}@${version}`
    const samples = this.#fragments([name])[name]
    if (samples === undefined) return null
    this.all[name] = samples
    return { name, samples }
  }

  /** One after the other, as an A-law WAV; names that are not known are left out. */
  wav(names: readonly string[]): Uint8Array {
    const known = names.flatMap(name => this.all[name] ?? [])
    return writeMono(encode(sequence(...known), 'pcma'), 'pcma')
  }

  #fragments(names: string[]): Record<string, Int16Array> {
    const { speechFolders, log } = this.#options
    return loadFragments(speechFolders, names, words => log.warn(words))
  }
}

/** The lender's recordings that are said now, as prompts. */
function ownPrompts({ phrases }: FloorState): string[] {
  return [...phrases].map(([name, version]) => `${ownPrefix}${name}@${version}`)
}
