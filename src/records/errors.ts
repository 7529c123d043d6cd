/** What can be wrong with something that a form, a file or the API asks the records door to keep. */

/** One field: what was found and what is allowed, in words (English; pages translate by `code`). */
export type FieldProblem = { field: string; found: string; allowed: string }

/** HTTP 422. Nothing was kept. */
export class InvalidInput extends Error {
  override name = 'InvalidInput'
  readonly problems: FieldProblem[]
  constructor(problems: FieldProblem[]) {
    super(problems.map(problem => `${problem.field}: found ${problem.found}; allowed: ${problem.allowed}`).join('. '))
    this.problems = problems
  }
}

/** HTTP 404. */
export class NotFound extends Error {
  override name = 'NotFound'
  constructor(noun: string, id: string) {
    super(`there is no ${noun} ${id.slice(0, 64)}`)
  }
}

/** HTTP 409: allowed in general, but not as things stand now; `rule` names why. */
export class NotNow extends Error {
  override name = 'NotNow'
  readonly rule: string
  constructor(rule: string, words: string) {
    super(words)
    this.rule = rule
  }
}
