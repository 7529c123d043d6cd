/**
 * Tests of trunks that a person asks for while calls go on: where the trunk is, whether it registers and answers, and a loopback call. One at a
 * time in the whole house, since each measures sound; what has been found so far can be read at any moment.
 */
import type { RegistrationSeen } from '../centre/trunks/trunk-wire.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { BayEvent } from '../rtp/bay.ts'
import type { UaEvent } from '../sip/events.ts'
import type { TrunkLines } from './trunk-lines.ts'
import { type Finding, type FindingCode, isOfTest, type TrunkTestOptions, testCall } from './trunk-test.ts'

export type TestStepName = 'reach' | 'register' | 'options' | 'call' | 'sound'
/** `code` says what was found, for words of each language; `found` with its figures, in English. */
export type TestStep = {
  step: TestStepName
  state: 'running' | Finding['state']
  code: FindingCode | null
  found: string
}

/** `begunAt` in Unix ms; `number` null: no echo number is set, and none is called. */
export type TrunkTestRun = {
  trunk: TrunkId
  number: string | null
  begunAt: number
  isOver: boolean
  steps: TestStep[]
}

export type TrunkTestsOptions = Omit<TrunkTestOptions, 'onEvent' | 'onMedia' | 'tell'> & {
  lines: Pick<TrunkLines, 'trunk' | 'password' | 'destination' | 'routes' | 'host' | 'wire' | 'heard'>
  localAddress(peer: string): string
  /** Unix ms. */
  clock(): number
}

/** A test disturbs the carrier a little: a trunk has a rest after each. */
export const restMs = 10_000
/** Of trunks that were tested since the start the last one's findings are kept. */
const keptMax = 200

export type TestRefusal = { rule: 'trunk_test_running' | 'trunk_test_soon' | 'trunk_disabled'; words: string }

export class TrunkTests {
  readonly #options: TrunkTestsOptions
  readonly #runs = new Map<TrunkId, TrunkTestRun>()
  readonly #heard = new Set<(event: UaEvent) => void>()
  readonly #media = new Set<(event: BayEvent) => void>()
  #isRunning = false

  constructor(options: TrunkTestsOptions) {
    this.#options = options
  }

  of(trunk: TrunkId): TrunkTestRun | null {
    return this.#runs.get(trunk) ?? null
  }

  /** What keeps a test from beginning now; null: nothing. */
  obstacle(id: TrunkId): TestRefusal | null {
    if (this.#isRunning) return { rule: 'trunk_test_running', words: 'A trunk is being tested: wait for its end.' }
    if (this.#options.lines.trunk(id) === null)
      return { rule: 'trunk_disabled', words: 'This trunk is switched off: switch it on first.' }
    const last = this.#runs.get(id)
    if (last !== undefined && this.#options.clock() < last.begunAt + restMs)
      return { rule: 'trunk_test_soon', words: `A trunk is tested once in ${restMs / 1000} s.` }
    return null
  }

  /** Only without an obstacle. Resolves when it is over and never rejects; `number` as the gateway dials it. */
  async run(id: TrunkId, number: string | null): Promise<TrunkTestRun> {
    const run: TrunkTestRun = { trunk: id, number, begunAt: this.#options.clock(), isOver: false, steps: [] }
    this.#runs.delete(id)
    this.#runs.set(id, run)
    if (this.#runs.size > keptMax) this.#runs.delete(this.#runs.keys().next().value!)
    this.#isRunning = true
    try {
      if (this.#reaches(run)) await this.#call(run)
    } catch (error) {
      this.#finish(run, { state: 'bad', code: 'fault', found: (error as Error).message })
    } finally {
      run.isOver = true
      this.#isRunning = false
    }
    return run
  }

  take(event: UaEvent): void {
    for (const listener of this.#heard) listener(event)
  }

  /** Whether it was a test's own: nobody else has asked for that leg or recording. */
  takeMedia(event: BayEvent): boolean {
    for (const listener of this.#media) listener(event)
    return ('leg' in event && isOfTest(event.leg)) || ('recording' in event && isOfTest(event.recording))
  }

  #reaches(run: TrunkTestRun): boolean {
    const { lines, now } = this.#options
    const { trunk: id, steps } = run
    const target = lines.destination(id)
    if (target === null) {
      steps.push({ step: 'reach', state: 'bad', code: 'not_located', found: lines.trunk(id)?.host ?? '' })
      return false
    }
    const at = `${target.transport} ${target.address}:${target.port}`
    steps.push({ step: 'reach', state: 'ok', code: 'located', found: at })
    const { registration, options } = lines.wire(id) ?? { registration: null, options: null }
    if (lines.trunk(id)?.register) steps.push(registrationStep(registration))
    if (options !== null) {
      const answer = options.status === null ? '' : `${options.status}, ${Math.round(options.rttMs ?? 0)} ms, `
      const found = `${answer}${Math.round((now() - options.at) / 1000)} s ago`
      const code = options.up ? 'options_answered' : options.status === null ? 'options_silent' : 'options_refused'
      steps.push({ step: 'options', state: options.up ? 'ok' : 'warn', code, found })
    }
    return !steps.some(({ state }) => state === 'bad')
  }

  async #call(run: TrunkTestRun): Promise<void> {
    const { lines, localAddress } = this.#options
    const { trunk: id, number, steps } = run
    const [trunk, destination, at] = [lines.trunk(id), lines.destination(id), lines.host(id)]
    if (trunk === null || destination === null || at === null) return
    if (number === null) {
      steps.push({ step: 'call', state: 'warn', code: 'no_echo_number', found: '' })
      return
    }
    steps.push({ step: 'call', state: 'running', code: null, found: number })
    const host = localAddress(destination.address)
    const findings = await testCall(
      {
        ...this.#options,
        onEvent: listener => listening(this.#heard, listener),
        onMedia: listener => listening(this.#media, listener),
        tell: () => {
          lines.heard(id, destination, 'taken')
          this.#finish(run, { state: 'ok', code: 'answered', found: number })
          steps.push({ step: 'sound', state: 'running', code: null, found: '' })
        },
      },
      { trunk, password: lines.password(id), destination, at, routes: lines.routes(id), host, number },
    )
    for (const finding of findings) this.#finish(run, finding)
  }

  /** The step under way is over; a further finding of the same step stands beside it. */
  #finish({ steps }: TrunkTestRun, { state, code, found }: Pick<Finding, 'state' | 'code' | 'found'>): void {
    const last = steps.at(-1)
    const done = { step: last?.step ?? 'reach', state, code, found }
    if (last?.state === 'running') steps[steps.length - 1] = done
    else steps.push(done)
  }
}

function registrationStep(registration: RegistrationSeen | null): TestStep {
  const step = 'register'
  if (registration?.state !== 'registered')
    return { step, state: 'bad', code: 'not_registered', found: registration?.reply ?? '' }
  const { reply, refresh } = registration
  if (refresh !== null) return { step, state: 'warn', code: 'refresh_failed', found: refresh.reply }
  return { step, state: 'ok', code: 'registered', found: reply }
}

function listening<Event>(all: Set<(event: Event) => void>, listener: (event: Event) => void): () => void {
  all.add(listener)
  return () => all.delete(listener)
}
