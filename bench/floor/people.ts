/** Who is at the two ends of the floor and how long everything takes: the laws of the bench, as the model of pacing has them. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { z } from 'zod'
import type { scenarioSchema } from '../../src/sim/carrier/scenario.ts'
import type { Distribution } from '../../src/sim/distribution.ts'

export type Laws = { answerChance: number; handleS: number }

/** The called people of `bench/pacing/model.ts`: who answers, after how long, and how long they talk. */
export function carrierOf({ answerChance, handleS }: Laws, seed: number): z.input<typeof scenarioSchema> {
  const talkMs = 800 * handleS
  return {
    seed,
    listen: ['udp:127.0.0.2:0'],
    postDialMs: 0,
    people: [
      {
        kind: 'answers',
        weight: answerChance,
        ringMs: { mean: 10_000, cv: 0.5, min: 1000, max: 29_900 },
        talkMs: [
          { weight: 0.4, mean: 0.25 * talkMs, cv: 0.6 },
          { weight: 0.6, mean: 1.5 * talkMs, cv: 0.9 },
        ],
      },
      {
        kind: 'declines',
        weight: 0.4 * (1 - answerChance),
        ringMs: { mean: 6000, cv: 0.6, max: 30_000 },
      },
      { kind: 'no_answer', weight: 0.6 * (1 - answerChance) },
    ],
  }
}

export function wrapLaw({ handleS }: Laws): Distribution {
  return { mean: 200 * handleS, cv: 0.8 }
}

export type FarEndOrder = {
  scenario: z.input<typeof scenarioSchema>
  extensions: string[]
  password: string
  registrar: { address: string; port: number }
  deskAddress: string
  /** Share of the agents' phones, and of the customers, that send sound all the time. */
  speaking: number
}

export type FarEndSums = {
  /** From the 200 OK that a customer sent to the first sound of an agent, by number called. */
  heard: { number: string; ms: number }[]
  cpuMs: number
  faults: Record<string, number>
  offered: number
  answered: number
  failed: number
  cancelled: number
}

/** Carrier, customers and desk phones, in a process of their own. */
export class FarEnd {
  readonly carrierPort: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, carrierPort: number) {
    this.#child = child
    this.carrierPort = carrierPort
  }

  static async start(order: FarEndOrder): Promise<FarEnd> {
    const child = fork(join(import.meta.dirname, 'far-end.ts'), [], { execArgv: [] })
    const { carrierPort } = await ask<{ carrierPort: number }>(child, order)
    return new FarEnd(child, carrierPort)
  }

  sums(): Promise<FarEndSums> {
    return ask(this.#child, 'sums')
  }

  registered(): Promise<number> {
    return ask(this.#child, 'registered')
  }

  [Symbol.dispose](): void {
    if (this.#child.connected) this.#child.disconnect()
  }
}

function ask<Answer>(child: ChildProcess, question: FarEndOrder | string): Promise<Answer> {
  return new Promise((done, fail) => {
    const ended = (code: number | null) => fail(new Error(`the process of carrier and phones ended (${code})`))
    child.once('exit', ended)
    child.once('message', answer => {
      child.off('exit', ended)
      done(answer as Answer)
    })
    child.send(question)
  })
}
