/**
 * Slices of a file are committed without a sync of their own: the next commit of the floor syncs the same log, and what stands before it there with it.
 * Until then, or until a sync for their sake, nobody is told that they are kept.
 */
export class SyncDebt<Answer> {
  readonly #sync: () => void
  #owed: Answer[] = []

  /** `sync`: what is committed is on disk when it returns; throws when it may not be. */
  constructor(sync: () => void) {
    this.#sync = sync
  }

  get size(): number {
    return this.#owed.length
  }

  owe(answers: Answer[]): void {
    this.#owed.push(...answers)
  }

  /** Those that may be given, since a commit after theirs was synced. */
  paid(): Answer[] {
    const paid = this.#owed
    this.#owed = []
    return paid
  }

  /** Those that may be given, after a sync for their sake; `failed` makes of each what is said when it fails. */
  pay(failed: (answer: Answer, error: unknown) => Answer): Answer[] {
    const paid = this.paid()
    if (paid.length === 0) return paid
    try {
      this.#sync()
      return paid
    } catch (error) {
      return paid.map(answer => failed(answer, error))
    }
  }
}
