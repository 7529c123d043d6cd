/**
 * Rehearsals for pages: a past day again with other settings, or the hours to come under several ceilings of occupancy. One runs at a time, in a
 * thread of its own; a few may wait; the last ones are kept in memory, since they can be worked out again.
 */
import { Worker } from 'node:worker_threads'
import type {
  Rehearsal,
  RehearsalChange,
  RehearsalFigures,
  RehearsalPart,
  RehearsalRefusal,
  Rehearsals,
} from '../../centre/campaigns/rehearsal.ts'
import type { CampaignId } from '../../lib/ids.ts'
import type { Store } from '../../store/store.ts'
import { type Fitted, fitDay, fitLaws, settingsOf } from './fit.ts'
import { type Scenario, scenarioSchema } from './scenario.ts'

export type RehearseData = { runs: { part: string; scenario: Scenario }[]; warmMinutes: number }
export type RehearseTold =
  | { type: 'progress'; share: number }
  | { type: 'run'; at: number; figures: RehearsalFigures }
  | { type: 'done' }

/** What decides how long a simulation takes: agents times hours. */
const agentHours = ({ agents, hours }: Pick<Scenario, 'agents' | 'hours'>) => agents * hours
/** Small days are run several times, so that chance can be told from difference. */
const seedsMax = 3
const agentHoursOfSeeds = 400
const waitingMax = 3
const keptMax = 20
const resourceLimits = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 1024 }
const ceilings = [0.7, 0.8, 0.85, 0.9, 0.95, 1]
/** Until the dialler has learned how calls go: sooner where there are many. Full quarters of an hour. */
const warmMinutesOf = (agents: number) => (agents >= 100 ? 15 : 30)
/** A prediction is of so many agent hours after the warm-up, within these hours. */
const predictedAgentHours = 80
const predictedHours = { min: 0.5, max: 2 }
const predictedSeedsMax = 2

export type RehearsalsOptions = {
  store: Pick<Store, 'read'>
  now: () => number
  /** The entry of the thread. */
  worker: string | URL
  onFault: (words: string) => void
}

type Job = { rehearsal: Rehearsal; data: RehearseData }

export class RehearsalRoom implements Rehearsals, AsyncDisposable {
  readonly #options: RehearsalsOptions
  readonly #jobs = new Map<string, Job>()
  readonly #waiting: Job[] = []
  #running: { job: Job; worker: Worker } | null = null
  #next = 1

  constructor(options: RehearsalsOptions) {
    this.#options = options
  }

  async replay(given: {
    campaign: CampaignId
    from: number
    to: number
    change: RehearsalChange
  }): Promise<Rehearsal | RehearsalRefusal | 'too_many'> {
    const { campaign, from, to, change } = given
    const now = this.#options.now()
    const record = await this.#options.store.read('days.record', { campaign, from, to, now })
    const fitted = fitDay(record, 1)
    if ('rule' in fitted) return fitted
    const { asWas, real, notes } = fitted
    const runs = replayRuns(fitted, change)
    const about = { kind: 'replay' as const, campaign, day: { from, to, real }, asWas, change, notes }
    return this.#take(about, fitted.scenario, { runs, warmMinutes: 0 })
  }

  async predict(given: {
    campaign: CampaignId
    agents: number
    from: number
    to: number
  }): Promise<Rehearsal | RehearsalRefusal | 'too_many'> {
    const { campaign, agents, from, to } = given
    const now = this.#options.now()
    const { store } = this.#options
    const [record, saved] = await Promise.all([
      store.read('days.record', { campaign, from, to, now }),
      store.read('campaigns.byId', { id: campaign }),
    ])
    const laws = fitLaws(record)
    if ('rule' in laws) return laws
    const asWas = { ...settingsOf({ campaign: saved, modes: [] }), mode: 'predictive' as const }
    const warmMinutes = warmMinutesOf(agents)
    const measured = Math.max(predictedHours.min, Math.min(predictedHours.max, predictedAgentHours / agents))
    const hours = warmMinutes / 60 + Math.ceil(measured * 4) / 4
    const scenario = scenarioSchema.parse({ ...laws, ...asWas, seed: 1, agents, hours })
    // Every ceiling once before any of them again: the whole curve is there early.
    const runs = seedsOf(scenario)
      .slice(0, predictedSeedsMax)
      .flatMap(seed =>
        ceilings.map(occupancyMax => ({ part: String(occupancyMax), scenario: { ...scenario, occupancyMax, seed } })),
      )
    const about = { kind: 'prediction' as const, campaign, day: null, asWas, change: {}, notes: [] }
    return this.#take(about, scenario, { runs, warmMinutes })
  }

  find(id: string): Rehearsal | null {
    return this.#jobs.get(id)?.rehearsal ?? null
  }

  predictionOf(campaign: CampaignId): Rehearsal | null {
    const all = [...this.#jobs.values()].map(({ rehearsal }) => rehearsal)
    return (
      all.findLast(one => one.kind === 'prediction' && one.campaign === campaign && one.state !== 'cancelled') ?? null
    )
  }

  cancel(id: string): void {
    const waits = this.#waiting.findIndex(({ rehearsal }) => rehearsal.id === id)
    if (waits >= 0) this.#waiting.splice(waits, 1)[0]!.rehearsal.state = 'cancelled'
    if (this.#running?.job.rehearsal.id === id) this.#end('cancelled')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { rehearsal } of this.#waiting.splice(0)) rehearsal.state = 'cancelled'
    const worker = this.#running?.worker
    this.#end('cancelled')
    await worker?.terminate()
  }

  #take(
    about: Pick<Rehearsal, 'kind' | 'campaign' | 'day' | 'asWas' | 'change' | 'notes'>,
    scenario: Scenario,
    data: RehearseData,
  ): Rehearsal | 'too_many' {
    if (this.#waiting.length >= waitingMax) return 'too_many'
    const rehearsal: Rehearsal = {
      ...about,
      id: `re_${this.#options.now().toString(36)}-${(this.#next++).toString(36)}`,
      state: 'waiting',
      progress: 0,
      startedAt: this.#options.now(),
      agents: scenario.agents,
      hours: scenario.hours,
      warmHours: data.warmMinutes / 60,
      answerChance: scenario.answerProbability,
      talkMsMean: meanOf(scenario.talkMs),
      wrapMsMean: scenario.wrapMs.mean,
      parts: partsOf(data),
    }
    const job = { rehearsal, data }
    this.#jobs.set(rehearsal.id, job)
    const [oldest] = [...this.#jobs.values()].filter(
      ({ rehearsal: { state } }) => state !== 'waiting' && state !== 'running',
    )
    if (this.#jobs.size > keptMax && oldest !== undefined) this.#jobs.delete(oldest.rehearsal.id)
    this.#waiting.push(job)
    this.#startNext()
    return rehearsal
  }

  #startNext(): void {
    if (this.#running !== null) return
    const job = this.#waiting.shift()
    if (job === undefined) return
    const worker = new Worker(this.#options.worker, { workerData: job.data, resourceLimits })
    this.#running = { job, worker }
    job.rehearsal.state = 'running'
    worker.on('message', (told: RehearseTold) => this.#hear(worker, told))
    worker.on('error', error => {
      if (this.#running?.worker !== worker) return
      this.#options.onFault(`A rehearsal failed: ${error instanceof Error ? error.message : String(error)}`)
      this.#end('failed')
    })
    worker.on('exit', () => {
      if (this.#running?.worker === worker) this.#end('failed')
    })
  }

  #hear(worker: Worker, told: RehearseTold): void {
    if (this.#running?.worker !== worker) return
    const { rehearsal, data } = this.#running.job
    if (told.type === 'progress') rehearsal.progress = told.share
    else if (told.type === 'run') {
      rehearsal.progress = (told.at + 1) / data.runs.length
      rehearsal.parts.find(({ name }) => name === data.runs[told.at]?.part)?.runs.push(told.figures)
    } else this.#end('done')
  }

  #end(state: 'done' | 'cancelled' | 'failed'): void {
    if (this.#running === null) return
    const { job, worker } = this.#running
    this.#running = null
    job.rehearsal.state = state
    if (state === 'done') job.rehearsal.progress = 1
    void worker.terminate()
    this.#startNext()
  }
}

/** As it was and changed, on the same seeds, in turn: so both are there early, and differ by the change alone. */
export function replayRuns(
  { scenario, asWas }: Pick<Fitted, 'scenario' | 'asWas'>,
  change: RehearsalChange,
): RehearseData['runs'] {
  const isChanged = Object.entries(change).some(([key, value]) => asWas[key as keyof RehearsalChange] !== value)
  return seedsOf(scenario).flatMap(seed => [
    { part: 'as_was', scenario: { ...scenario, seed } },
    ...(isChanged ? [{ part: 'changed', scenario: { ...scenario, ...change, seed } }] : []),
  ])
}

function seedsOf(scenario: Scenario): number[] {
  const count = Math.max(1, Math.min(seedsMax, Math.floor(agentHoursOfSeeds / agentHours(scenario))))
  return Array.from({ length: count }, (_, n) => n + 1)
}

function partsOf({ runs }: RehearseData): RehearsalPart[] {
  return [...new Set(runs.map(({ part }) => part))].map(name => ({ name, runs: [] }))
}

function meanOf(parts: readonly { weight: number; mean: number }[]): number {
  const weight = parts.reduce((sum, part) => sum + part.weight, 0)
  return parts.reduce((sum, part) => sum + part.weight * part.mean, 0) / Math.max(1e-9, weight)
}
