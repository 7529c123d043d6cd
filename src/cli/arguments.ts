import { parseArgs } from 'node:util'
import { type Config, loadConfig } from '../config.ts'
import { UsageError } from './command.ts'

/** How an option is written: `text` takes a value, `flag` does not, `number` takes a whole number that is not negative. */
export type OptionKind = 'text' | 'flag' | 'number'

export type Options<Kinds extends Record<string, OptionKind>> = {
  [Name in keyof Kinds]: Kinds[Name] extends 'flag'
    ? boolean
    : Kinds[Name] extends 'number'
      ? number | null
      : string | null
}

/**
 * `readArguments(args, { from: 'text', json: 'flag' })` → the options by name and the bare words in order. An option that is not listed, a
 * missing value, or fewer or more words than `words` allows is a UsageError.
 */
export function readArguments<const Kinds extends Record<string, OptionKind>>(
  args: string[],
  kinds: Kinds,
  words: { min: number; max: number } = { min: 0, max: 0 },
): { options: Options<Kinds>; words: string[] } {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      { type: kind === 'flag' ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  let parsed: { values: Record<string, unknown>; positionals: string[] }
  try {
    parsed = parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (cause) {
    throw new UsageError((cause as Error).message.split('. ')[0], { cause })
  }
  const found = parsed.positionals.length
  if (found < words.min || found > words.max) {
    const allowed = words.min === words.max ? `${words.min}` : `${words.min} to ${words.max}`
    throw new UsageError(`found ${found} argument(s) without a name, allowed: ${allowed}`)
  }
  const values = Object.entries(kinds).map(([name, kind]) => [name, optionValue(name, kind, parsed.values[name])])
  return { options: Object.fromEntries(values), words: parsed.positionals }
}

/** The configuration that `--config` names, or the usual one. */
export function configOf(options: { config: string | null }, env: NodeJS.ProcessEnv): Config {
  return loadConfig(options.config, env)
}

function optionValue(name: string, kind: OptionKind, value: unknown): string | number | boolean | null {
  if (kind === 'flag') return value === true
  if (value === undefined) return null
  if (kind === 'text') return String(value)
  if (!/^\d{1,15}$/.test(String(value))) throw new UsageError(`--${name} found ${value}, allowed: a whole number`)
  return Number(value)
}
