/** The figures of many runs of `node --test` as one, worded as Node words them. */
import { existsSync, readFileSync } from 'node:fs'

const words = ['tests', 'pass', 'fail', 'cancelled', 'skipped', 'todo']

export class Summary {
  readonly #sums = new Map(words.map(word => [word, 0]))
  readonly #failures: Set<string>
  readonly #startedAt = performance.now()

  constructor(failures: string[]) {
    this.#failures = new Set(failures)
  }

  get isPassed(): boolean {
    return this.#failures.size === 0
  }

  /** `end` is the exit code or the signal; `figures` the file of its TAP. A run that ended badly and names no test is named by its files. */
  add(files: string[], end: string, figures: string): void {
    const lines = existsSync(figures) ? readFileSync(figures, 'utf8').split('\n') : []
    const failed = lines.flatMap(line => /^ *not ok \d+ - (?<name>.*)/.exec(line)?.groups?.['name'] ?? [])
    for (const name of failed) this.#failures.add(name)
    const counts = lines.flatMap(line => {
      const [, word, count] = /^# (\w+) (\d+)$/.exec(line) ?? []
      return word !== undefined && this.#sums.has(word) ? [{ word, count: Number(count) }] : []
    })
    for (const { word, count } of counts) this.#sums.set(word, this.#sums.get(word)! + count)
    const ran = counts.find(({ word }) => word === 'tests')?.count ?? 0
    if ((end !== '0' && failed.length === 0) || ran === 0)
      this.#failures.add(`${files.join(' ')} ended with ${end} after ${ran} tests`)
  }

  /** What a run said, without the summary of its own. */
  without(said: string): string {
    const own = new RegExp(`^ℹ (?:suites|duration_ms|${words.join('|')}) [\\d.]+\\n`, 'gm')
    return said.replace(own, '')
  }

  text(): string {
    const failures = [...this.#failures].sort().map(name => `  ${name}\n`)
    const sums = [...this.#sums, ['duration_ms', Math.round(performance.now() - this.#startedAt)]]
    return (failures.length > 0 ? `failed:\n${failures.join('')}` : '') + sums.map(([w, n]) => `ℹ ${w} ${n}`).join('\n')
  }
}
