/** A call centre in a process of its own, for tests that kill it, and what its journal says afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Fact } from '../centre/facts.ts'
import { asset } from '../lib/places.ts'
import type { World } from './world.ts'

export type KilledHouseOptions = { folder: string; sipPort: number; mediaPorts: string; agents: number }

export class KilledHouse implements AsyncDisposable {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Resolves when it serves: it is `crash-child.ts` on the data of an earlier world. */
  static async open({ folder, sipPort, mediaPorts, agents }: KilledHouseOptions): Promise<KilledHouse> {
    const args = [asset('src/e2e/crash-child.ts'), folder, String(sipPort), String(agents), mediaPorts]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise<void>((done, fail) => {
      child.stdout!.once('data', () => done())
      child.once('exit', code => fail(new Error(`the child ended with ${code}`)))
    })
    return new KilledHouse(child)
  }

  /** kill -9. Answers when it was done, Unix ms. */
  async kill(): Promise<number> {
    const at = Date.now()
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL')
      await new Promise(done => this.#child.once('exit', done))
    }
    return at
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

/** All of a world's journal, as it can be asked by type. */
export class Read {
  readonly #lines: { at: number; fact: Fact }[]

  private constructor(lines: { at: number; fact: Fact }[]) {
    this.#lines = lines
  }

  static async journal({ house }: World): Promise<Read> {
    const lines: { at: number; fact: Fact }[] = []
    for (let page = await house.store.read('journal.after', { seq: 0 }); page.length > 0; ) {
      lines.push(...page)
      page = await house.store.read('journal.after', { seq: page.at(-1)!.seq })
    }
    return new Read(lines)
  }

  /** Facts of one type with their times, in order. */
  of<Type extends Fact['type']>(type: Type): { at: number; fact: Extract<Fact, { type: Type }> }[] {
    return this.#lines.flatMap(({ at, fact }) =>
      fact.type === type ? [{ at, fact: fact as Extract<Fact, { type: Type }> }] : [],
    )
  }
}
