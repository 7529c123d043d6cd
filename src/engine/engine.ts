/**
 * The loop of the floor: takes inputs in order, decides, changes memory, hands the facts to the disk, and lets effects and replies go when
 * they are there. While a batch is being written the next one is decided; so a slow disk costs latency and not throughput. Where it is slower than a
 * second the floor is told and begins nothing until the disk has caught up: a call that nobody has placed yet would ring out before it is.
 */
import type { Decision } from '../centre/decision.ts'
import type { Effect } from '../centre/effects.ts'
import type { Actor, Recorded } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'
import type { Setup } from '../centre/records/setup.ts'
import type { FloorState } from '../centre/state.ts'
import type { Clock } from '../lib/clock.ts'
import type { CallId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { CommittedLine, Store } from '../store/store.ts'
import { type Batch, emptyBatch, type Release, type Reply } from './batch.ts'
import { callOf } from './call-of.ts'
import type { Centre } from './centre.ts'
import { clockStepsOf } from './clock-steps.ts'
import { committed } from './commit.ts'
import { DiskWatch } from './disk-watch.ts'
import { Feed, type FeedListener } from './feed.ts'
import { FollowUps } from './follow-ups.ts'
import { helpAhead, keepLastWords, saidOnceMore, takeHelp } from './help-ahead.ts'
import { Inbox } from './inbox.ts'
import { helpSliceMs, InboxWatch } from './inbox-watch.ts'
import { masked } from './masked.ts'
import { Memory } from './memory.ts'
import { type DiskLag, type EnginePort, EngineStopped, type FeedItem, type InboxLag, type Outcome } from './port.ts'
import type { Ports } from './ports.ts'
import { Ticks } from './ticks.ts'
import type { Timers } from './timers.ts'
import { WayOut } from './way-out.ts'

export type EngineOptions = {
  centre: Centre
  store: Pick<Store, 'commit' | 'onCommitted'>
  setup: Setup
  ports: Ports
  clock: Clock
  timers: Timers
  log: Logger
  /** Instant of this start, later than every line of the journal; ids and commit keys are made of it. */
  bootAt: number
  /** Told in words when the floor stops taking work, and null when it goes on. */
  alarm?: (words: string | null) => void
}

/** Doors are refused above this many waiting inputs; what phones and media say is taken up to `postedMax`. */
const dispatchedMax = 20_000
const postedMax = 200_000
/** Facts decided and not yet on disk; above it the disk does not keep up and doors are refused. */
const undurableMax = 50_000
/** Follow-ups wait while this many facts wait for the disk, so that no batch takes long to be handed over. */
const aheadMax = 250
const bugCallsMax = 1_000
const inDoubt = 'A fault in the program has stopped the floor'

type Asked = { input: Input; actor: Actor; reply: Reply | null }
/** `cameAt`: ms of the monotonic clock. */
type Waiting = Asked & { cameAt: number }

export class Engine implements EnginePort {
  readonly state: FloorState
  readonly #options: EngineOptions
  readonly #inbox = new Inbox<Waiting>(postedMax)
  readonly #feed: Feed
  readonly #unsubscribe: () => void
  readonly #clockStep: () => number
  /** Calls that a bug has ended; a second bug of theirs is only logged. */
  readonly #bugCalls = new Set<CallId>()
  #open: Batch = emptyBatch()
  #writing: Batch | null = null
  readonly #disk: DiskWatch
  readonly #inboxWatch: InboxWatch
  readonly #out: WayOut
  readonly #ticks: Ticks
  readonly #memory: Memory
  readonly #followUps: FollowUps
  #batches = 0
  #trouble: string | null = null
  #stopping = false
  #broken = false
  #drainAsked = false
  /** So many of the inbox are decided in longer turns: the last of them is for help. */
  #hurried = 0
  #idle: (() => void)[] = []

  constructor(options: EngineOptions) {
    this.#options = options
    const { ports, clock, timers, log, centre } = options
    this.state = centre.floorFrom(options.setup, options.bootAt, clock.now())
    const onDoubt = () => this.#setTrouble(`${inDoubt}; restart Switchroom.`)
    this.#memory = new Memory({ state: this.state, centre, log, onDoubt })
    this.#followUps = new FollowUps({ memory: this.#memory, centre, log, onBug: call => this.#endForBug(call) })
    this.#feed = new Feed(log)
    this.#clockStep = clockStepsOf(clock, log)
    this.#disk = new DiskWatch(clock)
    this.#inboxWatch = new InboxWatch(clock, log)
    const post = (input: Input, actor?: Actor) => this.post(input, actor)
    this.#out = new WayOut({ ports, post, clock, timers, log, onSlice: () => this.#flush() })
    this.#ticks = new Ticks({ clock, timers, onTick: () => this.#tick() })
    this.#unsubscribe = options.store.onCommitted((lines: CommittedLine[]) => this.#feed.publish(lines))
  }

  get trouble(): string | null {
    if (this.#trouble !== null) return this.#trouble
    return this.#stopping ? 'Switchroom is shutting down.' : null
  }

  get lag(): DiskLag {
    return this.#disk.lag
  }

  get inboxLag(): InboxLag {
    return { nowMs: this.#waitedMs, ...this.#inboxWatch.figures }
  }

  /** Starts the ticks. Inputs dispatched before are decided all the same. */
  start(): void {
    this.#arm()
  }

  dispatch(input: Input, actor: Actor): Promise<Outcome> {
    if (this.#goesFirst(input))
      return new Promise((resolve, reject) => this.#help({ input, actor, reply: { resolve, reject } }))
    const refusal = this.#refusal(input)
    if (refusal !== null) return Promise.reject(new EngineStopped(refusal))
    return new Promise((resolve, reject) => this.#put({ input, actor, reply: { resolve, reject } }))
  }

  /** What the ports tell: nothing is answered and, in trouble, it waits for its turn. */
  post(input: Input, actor: Actor = 'system'): void {
    if (this.#goesFirst(input)) return this.#help({ input, actor, reply: null })
    this.#put({ input, actor, reply: null })
  }

  subscribe(listener: FeedListener): () => void {
    return this.#feed.subscribe(listener)
  }

  /** Facts after `seq` for a stream that was cut off; null: it must read the journal. */
  since(seq: number): FeedItem[] | null {
    return this.#feed.since(seq)
  }

  /** Takes no new work, writes what is decided, journals the stop. With a disk that refuses it gives up after `graceMs`. */
  async stop(graceMs = 5_000): Promise<void> {
    if (this.#stopping) return
    this.#stopping = true
    this.#ticks.cancel()
    let givenUp = () => {}
    const grace = new Promise<void>(resolve => {
      givenUp = this.#options.timers.after(graceMs, () => {
        this.#broken = true
        resolve()
      })
    })
    await Promise.race([this.#settled(), grace])
    if (!this.#broken) {
      this.#open.recorded.push({ at: this.#options.clock.now(), actor: 'system', fact: { type: 'system.stopped' } })
      this.#flush()
      await Promise.race([this.#settled(), grace])
    }
    givenUp()
    this.#broken = true
    for (const { reply } of this.#inbox.withdraw(() => true))
      reply?.reject(new EngineStopped('Switchroom has shut down.'))
    this.#unsubscribe()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #refusal(input: Input): string | null {
    if (this.trouble !== null) return this.trouble
    if (this.#inbox.length >= dispatchedMax && !this.#options.centre.isForHelp(this.state, input))
      return 'The floor is overloaded; try again in a moment.'
    if (this.#open.recorded.length >= undurableMax) return 'The disk does not keep up; try again in a moment.'
    return null
  }

  /** The disk takes nothing, and somebody needs help. When memory is in doubt nothing is decided any more, not even this. */
  #goesFirst(input: Input): boolean {
    if ((this.#trouble === null && !this.#disk.isStalled) || this.#isInDoubt || this.#broken) return false
    if (this.#open.recorded.length >= undurableMax) return false // a phone that dials help by itself fills no memory
    return this.#options.centre.isForHelp(this.state, input)
  }

  get #isInDoubt(): boolean {
    return this.#trouble?.startsWith(inDoubt) ?? false
  }

  /** Decided and done at once, against the rule that nothing leaves the house before it is written; it is written when the disk takes it. */
  #help({ input, actor, reply }: Asked): void {
    const { centre, clock, log } = this.#options
    // Before it is decided, since a port may answer with more help, which is decided at once.
    this.#out.letAllGo()
    // What came before is heard first, where it may be: that somebody hung up, say.
    while (this.#trouble === null) {
      const earlier = this.#inbox.shift()
      if (earlier === undefined) break
      this.#take(earlier)
    }
    if (this.#isInDoubt) return void reply?.reject(new EngineStopped(this.#trouble!))
    const moment = { now: clock.now(), actor }
    let decision: Decision
    try {
      decision = centre.decide(this.state, input, moment)
    } catch (error) {
      return this.#bug({ input, actor, reply }, error)
    }
    log.warn({ input: masked(input) }, 'a call for help goes on while nothing can be written')
    const effects: Effect[] = []
    this.#memory.apply(decision, moment, this.#open.recorded, effects)
    this.#open.releases.push(this.#releaseOf(saidOnceMore(effects), { isForHelp: true, isDone: true }))
    const outcome: Outcome =
      decision.refusal === null ? { ok: true, facts: decision.facts } : { ok: false, refusal: decision.refusal }
    this.#out.goAhead(this.#releaseOf(effects, { reply, outcome, isForHelp: true }))
  }

  /** The disk is not well: what was decided for help, and would wait for it, is done now. */
  #letHelpGo(): void {
    this.#out.letAllGo()
    for (const release of [...takeHelp(this.#writing), ...takeHelp(this.#open)]) this.#out.goAhead(release)
  }

  #put(asked: Asked): void {
    if (!this.#inbox.push({ ...asked, cameAt: this.#options.clock.monotonic() })) {
      this.#options.log.error({ input: asked.input.type }, 'the inbox is full; an input was lost')
      asked.reply?.reject(new EngineStopped('The floor is overloaded.'))
      return
    }
    // What came before it is heard first, and is not waited for a slice at a time.
    const { length } = this.#inbox
    if (length > 1 && this.#options.centre.isForHelp(this.state, asked.input)) this.#hurried = length
    this.#askDrain()
  }

  #askDrain(): void {
    if (this.#drainAsked) return
    this.#drainAsked = true
    this.#options.timers.soon(() => {
      this.#drainAsked = false
      this.#drain()
    })
  }

  #drain(): void {
    if (this.#trouble !== null || this.#broken) return // what is decided could not be written; it waits
    const { clock } = this.#options
    const began = clock.monotonic()
    const sliceMs = this.#inboxWatch.slice(this.#waitedMs)
    const isOver = () => clock.monotonic() - began >= (this.#hurried > 0 ? helpSliceMs : sliceMs)
    while (this.#turn() && this.#trouble === null && !isOver());
    if (this.#trouble === null) this.#tellInbox() // else memory is in doubt, and nothing is decided any more
    this.#flush()
    if (this.#inbox.length > 0 || this.#mayGoOn) this.#askDrain()
    this.#arm()
  }

  /** For how long the next input has waited, ms. */
  get #waitedMs(): number {
    const { next } = this.#inbox
    return next === undefined ? 0 : this.#options.clock.monotonic() - next.cameAt
  }

  /** Tells the floor ahead of all that waits, since that is what it is about. */
  #tellInbox(): void {
    const input = this.#inboxWatch.look(this.#waitedMs, this.#inbox.length)
    if (input !== null) this.#take({ input, actor: 'system', reply: null, cameAt: this.#options.clock.monotonic() })
  }

  /** Else `#write` asks again when the disk has taken what waits. */
  get #mayGoOn(): boolean {
    return !this.#followUps.isAtRest && this.#open.recorded.length < aheadMax
  }

  /** The next input or, where none waits, what the last one left to do; false: there was nothing. */
  #turn(): boolean {
    const waiting = this.#inbox.shift()
    if (this.#hurried > 0) this.#hurried--
    if (waiting !== undefined) this.#take(waiting)
    else if (this.#mayGoOn) this.#goOn()
    else return false
    return true
  }

  #take({ input, actor, reply, cameAt }: Waiting): void {
    const byMs = this.#clockStep()
    if (byMs !== 0) this.#take({ input: { type: 'clock.stepped', byMs }, actor: 'system', reply: null, cameAt })
    const now = this.#options.clock.now()
    const isForHelp = this.#options.centre.isForHelp(this.state, input)
    let decision: Decision
    try {
      decision = this.#options.centre.decide(this.state, input, { now, actor })
    } catch (error) {
      return this.#bug({ input, actor, reply }, error)
    }
    const recorded: Recorded[] = []
    const effects: Effect[] = []
    this.#memory.apply(decision, { now, actor }, recorded, effects)
    // What follows by itself is not for help, and waits for the disk.
    const followed: Effect[] = isForHelp ? [] : effects
    this.#followUps.proceed(now, recorded, followed)
    for (const line of recorded) this.#open.recorded.push(line)
    const outcome: Outcome =
      decision.refusal === null
        ? { ok: true, facts: recorded.map(({ fact }) => fact) }
        : { ok: false, refusal: decision.refusal }
    if (effects.length > 0 || reply !== null)
      this.#open.releases.push(this.#releaseOf(effects, { reply, outcome, isForHelp, cameAt }))
    if (!isForHelp) return
    if (followed.length > 0) this.#open.releases.push(this.#releaseOf(followed))
    if (this.#disk.isStalled) this.#letHelpGo()
  }

  #goOn(): void {
    const recorded: Recorded[] = []
    const effects: Effect[] = []
    this.#followUps.proceed(this.#options.clock.now(), recorded, effects)
    for (const line of recorded) this.#open.recorded.push(line)
    if (effects.length > 0) this.#open.releases.push(this.#releaseOf(effects))
  }

  #releaseOf(
    effects: Effect[],
    {
      reply = null,
      outcome = { ok: true, facts: [] },
      isForHelp = false,
      isDone = false,
      cameAt = this.#options.clock.monotonic(),
    }: Partial<Omit<Release, 'effects' | 'decidedAt'>> = {},
  ): Release {
    const decidedAt = this.#options.clock.monotonic()
    return { effects, reply, outcome, isForHelp, isDone, cameAt, decidedAt }
  }

  /** `decide` threw: nothing has changed. The input is logged, its call ends, and everybody else goes on. */
  #bug({ input, reply }: Asked, error: unknown): void {
    this.#options.log.error({ err: error, input: masked(input) }, 'an input could not be decided; this is a bug')
    const refusal = { rule: 'bug', words: 'This was not done: a fault in the program, now in its log.' }
    this.#open.releases.push(this.#releaseOf([], { reply, outcome: { ok: false, refusal } }))
    this.#endForBug(callOf(this.state, input))
  }

  #endForBug(call: CallId | null): void {
    if (call === null || this.#bugCalls.has(call)) return
    if (this.#bugCalls.size >= bugCallsMax) this.#bugCalls.clear()
    this.#bugCalls.add(call)
    this.post({ type: 'call.end', call, by: 'system' })
  }

  /** One batch is on its way at a time; what is decided meanwhile is the next. */
  #flush(): void {
    if (this.#writing !== null) return
    if (this.#open.recorded.length === 0) {
      const { releases } = this.#open
      this.#open = emptyBatch()
      this.#out.add(releases)
      if (this.#isAtRest) for (const done of this.#idle.splice(0)) done()
      return
    }
    this.#writing = this.#open
    this.#disk.began()
    this.#open = emptyBatch()
    void this.#write(this.#writing)
  }

  async #write(batch: Batch): Promise<void> {
    const { store, timers, log } = this.#options
    const once = { sender: 'engine', key: `${this.#options.bootAt}-${++this.#batches}` }
    const onRefused = (words: string) => this.#setTrouble(words)
    const isWritten = await committed(
      { recorded: batch.recorded, once },
      { store, timers, log, onRefused, isGivenUp: () => this.#broken },
    )
    if (!isWritten) {
      for (const { reply } of batch.releases) reply?.reject(new EngineStopped('Switchroom has shut down.'))
      return
    }
    this.#writing = null
    this.#disk.ended()
    keepLastWords([batch, this.#open])
    this.#out.add(batch.releases)
    const again = helpAhead(this.#open)
    if (again.length > 0) this.#out.add([this.#releaseOf(again)])
    this.#clearTrouble()
    // What piled up meanwhile is a batch that takes as long, so the floor waits for it too.
    if (this.#disk.isTold && this.#open.recorded.length < aheadMax) this.#tellCaughtUp()
    this.#flush()
    if (!this.#followUps.isAtRest) this.#askDrain()
  }

  #tellSlow(): void {
    this.#disk.told()
    this.#options.log.warn('the disk is slow: the floor begins nothing until it has caught up')
    this.#put({ input: { type: 'disk.slow' }, actor: 'system', reply: null })
    this.#letHelpGo()
  }

  #tellCaughtUp(): void {
    const afterMs = this.#disk.caughtUp()
    this.#options.log.warn({ ms: Math.round(afterMs) }, 'the disk has caught up, and the floor goes on')
    if (!this.#stopping) this.#put({ input: { type: 'disk.caughtUp', afterMs }, actor: 'system', reply: null })
  }

  get #isAtRest(): boolean {
    return this.#inbox.length === 0 && this.#followUps.isAtRest && this.#out.isEmpty
  }

  /** No new work; inputs of the doors that wait are refused, and what the ports tell is kept for later. */
  #setTrouble(words: string): void {
    if (this.#trouble === words || this.#isInDoubt) return // what a restart alone mends stays said
    this.#trouble = words
    this.#options.alarm?.(words)
    this.#letHelpGo()
    for (const waiting of this.#inbox.withdraw(({ input }) => this.#goesFirst(input))) this.#help(waiting)
    for (const { reply } of this.#inbox.withdraw(({ reply }) => reply !== null)) reply?.reject(new EngineStopped(words))
  }

  #clearTrouble(): void {
    if (this.#trouble === null || this.#isInDoubt) return
    this.#trouble = null
    this.#options.alarm?.(null)
    this.#options.log.info('facts are written again; the floor goes on')
    this.#askDrain()
  }

  #arm(): void {
    if (!this.#stopping) this.#ticks.arm(this.#options.centre.nextDeadline(this.state))
  }

  #tick(): void {
    if (this.#disk.isStalled && !this.#disk.isTold && this.#trouble === null) this.#tellSlow()
    const isForgotten = this.state.isDiskSlow && !this.#disk.isTold && this.#inbox.length === 0
    if (isForgotten) this.#put({ input: { type: 'disk.caughtUp', afterMs: 0 }, actor: 'system', reply: null })
    if (this.#trouble === null) this.#put({ input: { type: 'tick' }, actor: 'system', reply: null })
    this.#arm()
  }

  #settled(): Promise<void> {
    return new Promise(resolve => {
      this.#idle.push(resolve)
      this.#askDrain()
    })
  }
}
