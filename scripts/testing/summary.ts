/** The figures of many runs of `node --test` as one, worded as Node words them. */
import { existsSync, readFileSync } from 'node:fs'

const words = ['tests', 'pass', 'fail', 'cancelled', 'skipped', 'todo']
/** Of what a failed test says, so many lines stand in the summary: of a long log often no more than its end is kept. */
const linesOfReason = 30
/** Other ends that `scripts/test` installs: where one is missing nothing is shown, and CI must not be green. Root and namespaces are the machine's. */
const peer = /\b(?:sipp|baresip|linphone|chromium|firefox|kamailio|tshark)\b/i

export class Summary {
  readonly #sums = new Map(words.map(word => [word, 0]))
  /** Names, each with the reason in lines. */
  readonly #failures: Map<string, string[]>
  /** Reasons, each with the names of what was skipped for it: suites too, which Node counts as nothing. */
  readonly #skipped = new Map<string, string[]>()
  readonly #needsPeers: boolean
  readonly #startedAt = performance.now()

  /** `needsPeers`: what is skipped because another end is missing has failed. */
  constructor(failures: string[], needsPeers = false) {
    this.#needsPeers = needsPeers
    this.#failures = new Map(failures.map(name => [name, []]))
  }

  get isPassed(): boolean {
    return this.#failures.size === 0
  }

  /** `end` is the exit code or the signal; `figures` the file of its TAP. A run that ended badly and names no test is named by its files. */
  add(files: string[], end: string, figures: string): void {
    const lines = existsSync(figures) ? readFileSync(figures, 'utf8').split('\n') : []
    const failed = lines.flatMap((line, at) => {
      const { indent, name } = /^(?<indent> *)not ok \d+ - (?<name>.*)/.exec(line)?.groups ?? {}
      return name === undefined ? [] : [{ name, reason: reasonOf(lines.slice(at + 1), indent!.length + 2) }]
    })
    for (const { name, reason } of failed) this.#failures.set(name, reason)
    for (const line of lines) {
      const { name, why } = /^ *ok \d+ - (?<name>.*?) # SKIP ?(?<why>.*)$/.exec(line)?.groups ?? {}
      if (name === undefined) continue
      const reason = why || 'no reason given'
      this.#skipped.set(reason, [...(this.#skipped.get(reason) ?? []), name])
      if (this.#needsPeers && peer.test(reason)) this.#failures.set(`skipped: ${name}`, [`  ${reason}`])
    }
    const counts = lines.flatMap(line => {
      const [, word, count] = /^# (\w+) (\d+)$/.exec(line) ?? []
      return word !== undefined && this.#sums.has(word) ? [{ word, count: Number(count) }] : []
    })
    for (const { word, count } of counts) this.#sums.set(word, this.#sums.get(word)! + count)
    const ran = counts.find(({ word }) => word === 'tests')?.count ?? 0
    if ((end !== '0' && failed.length === 0) || ran === 0)
      this.#failures.set(`${files.join(' ')} ended with ${end} after ${ran} tests`, [])
  }

  /** What a run said, without the summary of its own. */
  without(said: string): string {
    const own = new RegExp(`^ℹ (?:suites|duration_ms|${words.join('|')}) [\\d.]+\\n`, 'gm')
    return said.replace(own, '')
  }

  text(): string {
    const sorted = [...this.#failures].sort(([a], [b]) => (a < b ? -1 : 1))
    const failures = sorted.map(([name, reason]) => [name, ...reason].map(line => `  ${line}\n`).join(''))
    const sums = [...this.#sums, ['duration_ms', Math.round(performance.now() - this.#startedAt)]]
    const skipped = [...this.#skipped]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([reason, names]) => `  ${reason}\n${names.map(name => `    ${name}\n`).join('')}`)
    const told = [
      ...(failures.length > 0 ? ['failed:\n', ...failures] : []),
      ...(skipped.length > 0 ? ['skipped:\n', ...skipped] : []),
    ]
    return told.join('') + sums.map(([w, n]) => `ℹ ${w} ${n}`).join('\n')
  }
}

/** What the TAP says under a `not ok`: the error, and where in our files. A suite fails by its tests, and has nothing to say. */
function reasonOf(lines: string[], indent: number): string[] {
  const block = lines.slice(1, lines.indexOf(`${' '.repeat(indent)}...`)).map(line => line.slice(indent))
  if (block.includes("failureType: 'subtestsFailed'")) return []
  let key = ''
  const told = block.filter(line => {
    key = /^\w+(?=:)/.exec(line)?.[0] ?? key
    return key === 'error' || key === 'location' || (key === 'stack' && line.includes('file:'))
  })
  return told.slice(0, linesOfReason).map(line => `  ${line}`)
}
