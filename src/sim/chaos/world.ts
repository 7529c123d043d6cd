/**
 * A small call centre under a virtual clock and a seed: the real floor (`step`), and around it a phone layer, a store, people who answer, hang
 * up, wander off and lose their audio, and a process that may die. The same seed gives the same days. After every step the invariants are asked.
 */
import type { Effect } from '../../centre/effects.ts'
import type { Fact, Recorded } from '../../centre/facts.ts'
import { floorFrom, nextDeadline } from '../../centre/floor.ts'
import type { Input } from '../../centre/inputs.ts'
import type { FloorState } from '../../centre/state.ts'
import { type Step, step } from '../../centre/step.ts'
import { closings } from '../../engine/recover.ts'
import { assert } from '../../lib/assert.ts'
import type { LegId } from '../../lib/ids.ts'
import { type Random, seededRandom } from '../../lib/random.ts'
import { Agenda } from '../day/agenda.ts'
import { appealSomething } from './appealing.ts'
import { Backlog } from './backlog.ts'
import { Carrier } from './carrier.ts'
import { checkTimeLeft, timeLeft } from './clock-watch.ts'
import { checkClosing, close, closesAt } from './closing.ts'
import { Desks } from './desks.ts'
import { Disk } from './disk.ts'
import { GateWatch } from './gate-watch.ts'
import { Handsets } from './handsets.ts'
import { Watch } from './invariants.ts'
import { Ledger } from './ledger.ts'
import { Mishaps } from './mishaps.ts'
import { Office } from './office.ts'
import { between, chance } from './people.ts'
import type { Plan } from './plan.ts'
import { record, type Scene } from './scene.ts'
import { superviseSomething } from './supervising.ts'

/** More than any plan comes to: a floor that never rests is a bug. */
const stepsMax = 500_000
/** From a crash until systemd has the service up again. */
const restartMs = { from: 200, to: 5_000 }

export class World {
  readonly plan: Plan
  readonly watch = new Watch()
  readonly gate: GateWatch
  readonly refusals = new Map<string, number>()
  /** Facts decided last, for who wants to know how it came about. */
  readonly lately: Recorded[] = []
  steps = 0
  crashes = 0
  closings = 0
  clockSteps = 0
  readonly #random: Random
  readonly #agenda = new Agenda()
  readonly #scene: Scene
  readonly #ledger: Ledger
  readonly #carrier: Carrier
  readonly #desks: Desks
  readonly #mishaps: Mishaps
  readonly #handsets: Handsets
  readonly #office: Office
  readonly #disk: Disk
  readonly #backlog: Backlog
  readonly #crashes: number[]
  #state: FloorState
  /** Never steps; the wall clock is so far ahead of it. */
  #now: number
  #aheadMs = 0
  #legs = 0
  #bootedAt: number
  /** Of the latest line of the journal. */
  #keptAt = 0
  #ticks = false
  /** Down: what happens around the floor is not heard. */
  #up = true

  constructor(plan: Plan) {
    this.plan = plan
    this.#random = seededRandom(plan.seed ^ 0x5eed)
    this.#now = plan.shifts[0]!.from
    this.#bootedAt = this.#now
    this.#crashes = [...plan.crashes]
    this.#state = floorFrom(plan.setup, this.#now)
    this.#ledger = new Ledger(plan)
    this.gate = new GateWatch(plan)
    this.#scene = this.#sceneOf()
    this.#carrier = new Carrier(this.#scene)
    this.#desks = new Desks(this.#scene, this.#carrier)
    this.#mishaps = new Mishaps(this.#scene, this.#desks)
    this.#handsets = new Handsets(this.#scene, this.#carrier)
    this.#office = new Office(this.#scene)
    this.#disk = new Disk(this.#scene)
    this.#backlog = new Backlog(this.#scene)
  }

  get slowTimes(): number {
    return this.#disk.slowTimes
  }

  get behindTimes(): number {
    return this.#backlog.times
  }

  get state(): FloorState {
    return this.#state
  }

  /** All shifts, and their end: everyone signs off, campaigns are paused, and what is on its way comes to rest. */
  run(): void {
    this.#linesUp()
    for (const shift of this.plan.shifts) {
      this.#agenda.add(shift.from, () => this.#open())
      this.#agenda.add(shift.to, () => this.#desks.close())
    }
    this.#agenda.add(this.plan.shifts.at(-1)!.to, () => this.#pauseAll())
    const closing = closesAt(this.plan)
    if (closing !== null) this.#agenda.add(closing, () => this.#close())
    while (this.#agenda.nextAt < Number.POSITIVE_INFINITY || nextDeadline(this.#state) !== null) this.#nextEvent()
    this.watch.checkEmpty(this.#state)
  }

  #sceneOf(): Scene {
    const world = this
    return {
      plan: this.plan,
      random: this.#random,
      get state() {
        return world.#state
      },
      get now() {
        return world.#wall
      },
      get monotonic() {
        return world.#now
      },
      get isOpen() {
        return world.#isOpen
      },
      post: input => world.#post(input),
      after: (ms, run) => world.#agenda.add(world.#now + ms, run),
      soon: (ms, run) => {
        const boot = world.#bootedAt
        world.#agenda.add(world.#now + ms, () => boot === world.#bootedAt && run())
      },
      setClock: byMs => world.#setClock(byMs),
      newLeg: () => `l_world-${++world.#legs}` as LegId,
    }
  }

  get #wall(): number {
    return this.#now + this.#aheadMs
  }

  /** Somebody, or NTP, sets the clock of the machine; people look up. */
  #setClock(byMs: number): void {
    if (!this.#up) return
    const left = timeLeft(this.#state, this.#wall)
    this.#aheadMs += byMs
    this.clockSteps++
    this.#post({ type: 'clock.stepped', byMs })
    checkTimeLeft(this.#state, this.#wall, left)
    if (this.#isOpen) this.#desks.open()
  }

  get #isOpen(): boolean {
    return this.plan.shifts.some(({ from, to }) => this.#now >= from && this.#now < to)
  }

  #post(input: Input): void {
    if (!this.#up || this.#backlog.takes(input)) return
    const dies = this.#crashes[0] !== undefined && this.#now >= this.#crashes[0]
    assert(this.steps < stepsMax, `the floor comes to rest: ${stepsMax} steps are taken`)
    this.steps++
    if (input.type === 'records.committed')
      for (const fact of input.facts) {
        this.#keep({ at: this.#wall, actor: 'system', fact })
        this.watch.counts.set(fact.type, (this.watch.counts.get(fact.type) ?? 0) + 1)
      }
    const done = step(this.#state, input, { now: this.#wall, actor: 'system' })
    if (done.refusal !== null) this.refusals.set(done.refusal.rule, (this.refusals.get(done.refusal.rule) ?? 0) + 1)
    try {
      for (const recorded of done.recorded) this.#keep(recorded)
      this.watch.check(this.#state, done, this.#now)
      checkClosing(this.#state, done)
    } catch (cause) {
      throw this.#told(cause as Error, input, done)
    }
    // On disk and not yet done: the moment at which a crash hurts most.
    if (dies) return this.#die()
    this.#disk.written(isMeant => {
      for (const { fact } of done.recorded) this.#desks.follow(fact)
      for (const effect of done.effects) if (isMeant(effect)) this.#perform(effect)
    })
  }

  /** A fact is on disk. */
  #keep(recorded: Recorded): void {
    const { fact, at } = recorded
    this.#keptAt = Math.max(this.#keptAt, at)
    this.lately.push(recorded)
    if (this.lately.length > 200) this.lately.splice(0, 100)
    this.#ledger.follow(fact, at)
    this.gate.follow(fact, at)
    this.#office.follow(fact)
  }

  #told(cause: Error, input: Input, done: Step): Error {
    const facts = done.recorded.map(({ fact }) => JSON.stringify(fact)).join('\n  ')
    const where = `seed ${this.plan.seed}, step ${this.steps}, ${new Date(this.#wall).toISOString()}`
    return new Error(`${cause.message}\n${where}, ${JSON.stringify(input)}\n  ${facts}`, { cause })
  }

  /** The next thing that happens, or the next instant that the floor named, whichever comes first. */
  #nextEvent(): void {
    const { nextAt } = this.#agenda
    const due = this.#up ? nextDeadline(this.#state) : null
    if (due !== null && due - this.#aheadMs < nextAt) {
      this.#now = Math.max(due - this.#aheadMs, this.#now)
      this.#post({ type: 'tick' })
    } else {
      this.#now = Math.max(nextAt, this.#now)
      this.#agenda.take()?.run()
    }
  }

  // ---- the shift

  #open(): void {
    this.#desks.open()
    this.#scene.after(1_000, () => this.#mishap())
    this.#scene.after(3_000, () => this.#caller())
    if (this.#ticks) return
    this.#ticks = true
    this.#tick()
  }

  #tick(): void {
    const { calls, leadsInHand, recordings } = this.#state
    this.#ticks = this.#isOpen || calls.size > 0 || leadsInHand.size > 0 || recordings.size > 0
    if (!this.#ticks) return
    this.#post({ type: 'tick' })
    this.#scene.after(this.#isOpen ? 1_000 : 5_000, () => this.#tick())
  }

  #mishap(): void {
    if (!this.#isOpen) return
    this.#mishaps.happen()
    if (chance(this.#random, 0.4)) this.#handsets.happen()
    if (chance(this.#random, 0.1)) this.#office.happen()
    if (chance(this.#random, 0.03)) this.#disk.slowDown()
    this.#backlog.happen()
    superviseSomething(this.#scene)
    appealSomething(this.#scene)
    this.#scene.after(between(this.#random, 1_000, 15_000), () => this.#mishap())
  }

  #caller(): void {
    if (!this.#isOpen) return
    this.#carrier.call()
    this.#scene.after(between(this.#random, 2_000, 40_000), () => this.#caller())
  }

  #close(): void {
    if (!this.#up) return
    this.closings++
    close(this.#scene)
  }

  #pauseAll(): void {
    for (const { campaign } of this.#state.campaigns.values())
      record(this.#scene, { type: 'campaign.saved', campaign: { ...campaign, state: 'paused' } })
  }

  // ---- the process

  #linesUp(): void {
    for (const { id } of this.plan.setup.trunks) this.#scene.soon(10, () => this.#post({ type: 'trunk.up', trunk: id }))
  }

  #die(): void {
    this.crashes++
    this.#crashes.shift()
    this.#up = false
    this.#carrier.forget()
    this.#disk.forget()
    this.#backlog.forget()
    this.#scene.after(between(this.#random, restartMs.from, restartMs.to), () => this.#boot())
  }

  /** As the engine boots: what was in hand is closed, then the floor is set up from the store. */
  #boot(): void {
    const at = (this.#bootedAt = Math.max(this.#wall, this.#keptAt + 1, this.#bootedAt + 1))
    const inHand = this.#ledger.inHand()
    const sealed = inHand.recordings.map(
      ({ id, call }): Fact =>
        chance(this.#random, 0.9)
          ? { type: 'recording.sealed', recording: id, call, sha256: 'ab', bytes: 1, durationMs: 1, salvaged: true }
          : { type: 'recording.missing', recording: id, call, cause: 'absent', reason: 'not salvaged' },
    )
    const started: Fact = { type: 'system.started', bootId: at.toString(36), version: 'chaos' }
    const facts = [started, ...closings(inHand, at, this.#keptAt), ...sealed]
    for (const fact of facts) this.#keep({ at, actor: 'system', fact })
    this.watch.restart(facts)
    this.#state = floorFrom(this.#ledger.setup(this.#wall), at, this.#wall)
    this.#up = true
    this.#linesUp()
    if (this.#isOpen) this.#desks.open()
  }

  // ---- what the floor asks for

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'phone.dial':
      case 'phone.ring':
      case 'phone.answer':
      case 'phone.reject':
      case 'phone.hangUp':
      case 'phone.sendDigits':
      case 'phone.answerTransfer':
        return this.#carrier.perform(effect)
      case 'media.say': {
        const { leg, speech } = effect
        return this.#answer(between(this.#random, 500, 30_000), { type: 'leg.played', leg, speech })
      }
      case 'media.record': {
        const { recording } = effect
        if (!chance(this.#random, 0.05)) return
        const fail = () => {
          if (this.#state.recordings.has(recording))
            this.#post({ type: 'recording.failed', recording, cause: 'io_error', reason: 'EIO' })
        }
        return this.#scene.soon(between(this.#random, 30, 30_000), fail)
      }
      case 'media.stopRecording': {
        const { recording } = effect
        const whole = { sha256: 'ab', bytes: 1, durationMs: 1, salvaged: false }
        if (chance(this.#random, 0.97)) return this.#answer(30, { type: 'recording.closed', recording, ...whole })
        return this.#answer(30, { type: 'recording.failed', recording, cause: 'full', reason: 'disk full' })
      }
      case 'leads.history': {
        const { since } = effect
        return this.#scene.soon(5, () =>
          this.#post({ type: 'contacts.loaded', contacts: this.#ledger.contactsSince(since), since }),
        )
      }
      case 'leads.fetch': {
        // Read when it is asked, told later: the answer may be out of date.
        const floor = this.#state.campaigns.get(effect.campaign)
        const has = (id: Parameters<FloorState['leadsInHand']['has']>[0]) =>
          this.#state.leadsInHand.has(id) || (floor?.buffer.has(id) ?? false)
        const { campaign } = effect
        const found = this.#ledger.due(effect, has, this.#wall)
        return this.#answer(between(this.#random, 1, 2_000), { type: 'leads.loaded', campaign, ...found })
      }
      default:
        return
    }
  }

  #answer(ms: number, input: Input): void {
    this.#scene.soon(ms, () => this.#post(input))
  }
}
