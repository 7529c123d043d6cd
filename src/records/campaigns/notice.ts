import type { Campaign, Notice } from '../../centre/entities.ts'
import { phraseNames } from '../../centre/speech/vocabulary.ts'
import { InvalidInput } from '../errors.ts'

/** What is said when nobody has written a message: no value of the party, so that it fits every lead. */
export const defaultNotice: Notice = {
  language: 'zh-CN',
  parts: ['notice-greeting', 'press-1', 'press-2', 'press-9', 'goodbye'].map(prompt => ({ prompt })),
  maxLines: 30,
  waitMs: 30_000,
}

/** Whether it says notices, by its own mode or by a rule. */
export function mayNotify({ mode, modeRules }: Pick<Campaign, 'mode' | 'modeRules'>): boolean {
  return mode === 'notice' || (modeRules ?? []).some(rule => rule.mode === 'notice')
}

/** Every phrase of a message must be one that can be said. Throws InvalidInput with each that is not. */
export function checkNotice({ notice }: Pick<Campaign, 'notice'>, own: readonly string[]): void {
  if (!notice) return
  const known = new Set<string>([...phraseNames, ...own.map(name => `own/${name}`)])
  const problems = notice.parts.flatMap((part, n) =>
    'prompt' in part && !known.has(part.prompt)
      ? [{ field: `notice.parts.${n}`, found: part.prompt, allowed: `one of ${[...known].join(', ')}` }]
      : [],
  )
  if (problems.length > 0) throw new InvalidInput(problems)
}
