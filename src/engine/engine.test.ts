import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision } from '../centre/decision.ts'
import type { Effect } from '../centre/effects.ts'
import type { Input } from '../centre/inputs.ts'
import type { FloorState } from '../centre/state.ts'
import { VirtualClock } from '../lib/clock.ts'
import { createLogger } from '../lib/log.ts'
import { StoreError, type Transaction } from '../store/port.ts'
import type { CommittedLine } from '../store/store.ts'
import { act } from './act.ts'
import type { Centre } from './centre.ts'
import { Engine } from './engine.ts'
import type { Timers } from './timers.ts'

/** A floor of notes: each `agent.break` notes its reason, `proceed` adds one more for `echo`, `bug` throws. */
type Notes = {
  notes: string[]
  /** Of the disk. */
  heard: string[]
  echoes: number
  /** The call that `proceed` falls over. */
  trap: string | null
  deadline: number | null
  calls: Map<string, unknown>
  legs: Map<string, unknown>
  agents: Map<string, { call: string }>
  recordings: Map<string, unknown>
  onTick?: () => void
}

function fakeCentre(): Centre {
  const notes = (state: FloorState) => state as unknown as Notes
  const noted = (detail: string) => ({ type: 'audit.noted' as const, what: 'note', detail })
  const hangUp: Effect = { type: 'phone.hangUp', leg: 'g' as never, q850: 16 }
  return {
    floorFrom: () =>
      ({
        notes: [],
        heard: [],
        echoes: 0,
        trap: null,
        deadline: null,
        calls: new Map(),
        legs: new Map([['g1', { call: 'c1', side: 'party' }]]),
        agents: new Map([['u_bug', { call: 'c1' }]]),
        recordings: new Map(),
      }) as unknown as FloorState,
    decide(state, input, { now }): Decision {
      if (input.type === 'call.end') return { facts: [noted(`ended ${input.call}`)], effects: [], refusal: null }
      if (input.type === 'leg.ended') notes(state).heard.push(`leg.ended ${input.cause} ${input.leg}`)
      if (input.type === 'call.keysLate') notes(state).heard.push(`call.keysLate ${input.call} ${input.keys}`)
      if (input.type === 'floor.behind') notes(state).heard.push('floor.behind')
      if (input.type === 'floor.caughtUp') notes(state).heard.push(`floor.caughtUp ${input.afterMs}`)
      if (input.type === 'disk.slow') notes(state).heard.push('disk.slow')
      if (input.type === 'disk.caughtUp') notes(state).heard.push(`disk.caughtUp ${input.afterMs}`)
      if (input.type === 'tick') {
        const floor = notes(state)
        floor.onTick?.()
        const due = floor.deadline
        return { facts: due === null || due > now ? [] : [noted(`tick ${due}`)], effects: [], refusal: null }
      }
      if (input.type !== 'agent.break') return { facts: [], effects: [], refusal: null }
      if (input.reason === 'bug') throw new Error('a bug')
      if (input.reason === 'no') return { facts: [], effects: [], refusal: { rule: 'no', words: 'no' } }
      if (input.reason === 'help looks') {
        const detail = `help after ${notes(state).notes.at(-1)}`
        return { facts: [noted(detail)], effects: [], refusal: null }
      }
      const dial = { type: 'phone.dial', leg: 'g' } as Effect
      const join = { type: 'media.patch', a: 'g', b: 'h' } as Effect
      const music = { type: 'media.play', leg: 'g', prompt: 'comfort-music', loop: true } as Effect
      const hold = [{ type: 'media.unpatch', leg: 'g' } as Effect, music]
      const keys = { type: 'phone.sendDigits', call: 'c1', leg: 'g', digits: '12' } as Effect
      const effects = { dial: [dial], keys: [keys, hangUp], 'help answers': [join, hangUp], 'help is held': hold }[
        input.reason
      ] ?? [hangUp]
      return { facts: [noted(input.reason)], effects, refusal: null }
    },
    proceed(state) {
      const floor = notes(state)
      if (floor.trap !== null) throw new Error('a bug')
      if (floor.echoes === 0) return null
      return { facts: [noted('echoed')], effects: [{ ...hangUp, q850: 99 }], refusal: null }
    },
    dropNext(state) {
      const call = notes(state).trap
      notes(state).trap = null
      return { decision: { facts: [noted('dropped')], effects: [], refusal: null }, call: call as never }
    },
    evolve(state, change, at) {
      const floor = notes(state)
      if (change.type !== 'audit.noted') return
      floor.notes.push(change.detail)
      if (change.detail === 'echo') floor.echoes++
      if (change.detail === 'echoed') floor.echoes--
      if (change.detail.startsWith('tick')) floor.deadline = null
      if (change.detail === 'later') floor.deadline = at + 1_070
      if (change.detail === 'poison') throw new Error('half-way')
    },
    isForHelp: (_state, input) => input.type === 'agent.break' && input.reason.startsWith('help'),
    nextDeadline: state => notes(state).deadline,
  }
}

/** A disk that writes when it is told to, and may refuse. */
class FakeStore {
  readonly journal: string[] = []
  readonly waiting: {
    transaction: Transaction
    resolve: (committed: { firstSeq: number; lastSeq: number }) => void
    reject: (error: Error) => void
  }[] = []
  #listeners: ((lines: CommittedLine[]) => void)[] = []
  commit(transaction: Transaction): Promise<{ firstSeq: number; lastSeq: number }> {
    return new Promise((resolve, reject) => this.waiting.push({ transaction, resolve, reject }))
  }
  onCommitted(listener: (lines: CommittedLine[]) => void): () => void {
    this.#listeners.push(listener)
    return () => {}
  }
  async write(): Promise<void> {
    const { transaction, resolve } = this.waiting.shift()!
    const firstSeq = this.journal.length + 1
    for (const { fact } of transaction.recorded)
      this.journal.push(fact.type === 'audit.noted' ? fact.detail : fact.type)
    const lines = transaction.recorded.map((line, at) => ({ ...line, seq: firstSeq + at }))
    for (const listener of this.#listeners) listener(lines)
    resolve({ firstSeq, lastSeq: this.journal.length })
    await settle()
  }
  async refuse(error: Error): Promise<void> {
    this.waiting.shift()!.reject(error)
    await settle()
  }
}

/** Time that moves when it is told to. */
class FakeTimers implements Timers {
  #soon: (() => void)[] = []
  #after: { at: number; run: () => void }[] = []
  readonly clock: VirtualClock
  constructor(clock: VirtualClock) {
    this.clock = clock
  }
  soon(run: () => void): void {
    this.#soon.push(run)
  }
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.clock.now() + ms, run }
    this.#after.push(timer)
    return () => {
      this.#after = this.#after.filter(other => other !== timer)
    }
  }
  /** What was asked for until now, without what that asks for. */
  round(): void {
    for (const run of this.#soon.splice(0)) run()
  }
  turn(): void {
    for (let run = this.#soon.shift(); run !== undefined; run = this.#soon.shift()) run()
  }
  /** Runs each timer at its own instant. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms
    for (;;) {
      this.turn()
      const next = this.#after.filter(timer => timer.at <= until).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#after = this.#after.filter(timer => timer !== next)
      this.clock.set(Math.max(next.at, this.clock.now()))
      next.run()
      await settle()
    }
    this.clock.set(until)
  }
}

const settle = () => new Promise<void>(resolve => setImmediate(resolve))

function aFloor({ decideMs = 0, effectMs = 0, onEffect = (_effect: Effect) => {} } = {}) {
  const clock = new VirtualClock(1_000_000)
  const timers = new FakeTimers(clock)
  const store = new FakeStore()
  const performed: Effect[] = []
  const alarms: (string | null)[] = []
  const perform = (effect: Effect) => {
    performed.push(effect)
    clock.set(clock.now() + effectMs)
    onEffect(effect)
  }
  const centre = fakeCentre()
  const engine = new Engine({
    centre: {
      ...centre,
      decide: (...what) => {
        clock.set(clock.now() + decideMs)
        return centre.decide(...what)
      },
    },
    store,
    setup: { users: [], trunks: [], numbers: [], queues: [], campaigns: [], suppressed: [] },
    ports: { phone: { perform }, media: { perform }, leads: { perform } },
    clock,
    timers,
    log: createLogger('silent'),
    bootAt: clock.now(),
    alarm: words => alarms.push(words),
  })
  const say = (reason: string, agent = 'u_alice') =>
    engine.dispatch({ type: 'agent.break', agent: agent as never, reason }, 'system')
  const notes = () => (engine.state as unknown as Notes).notes
  const heard = () => (engine.state as unknown as Notes).heard
  return { clock, timers, store, performed, alarms, engine, say, notes, heard }
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  return (await Promise.race([promise, settle().then(() => pending)])) === pending
}

test('inputs are decided in the order they came, and what follows of one comes before the next', async () => {
  const { timers, store, say, notes } = aFloor()
  const replies = [say('one'), say('echo'), say('three')]
  timers.turn()
  assert.deepEqual(notes(), ['one', 'echo', 'echoed', 'three'])
  await store.write()
  assert.deepEqual(store.journal, ['one', 'echo', 'echoed', 'three'])
  const outcomes = await Promise.all(replies)
  assert.deepEqual(
    outcomes.map(outcome => outcome.ok && outcome.facts.length),
    [1, 2, 1],
  )
})

test('what follows of one input in great number does not hold up the next', async () => {
  const { timers, store, engine, say, notes } = aFloor()
  const floor = engine.state as unknown as Notes
  floor.echoes = 40
  const replies = [say('one'), say('two')]
  timers.turn()
  const order = notes().filter((note, at, all) => note !== all[at - 1])
  assert.deepEqual(order, ['one', 'echoed', 'two', 'echoed'])
  assert.equal(floor.echoes, 0)
  await store.write()
  assert.equal(store.journal.length, 42)
  await Promise.all(replies)
})

test('effects that take long are let go in turns, in their order, and the stop waits for them', async () => {
  const { timers, store, performed, engine, say } = aFloor({ effectMs: 3 })
  const replies = ['one', 'two', 'three', 'four', 'five'].map(words => say(words))
  timers.turn()
  await store.write()
  assert.equal(performed.length, 2)
  const stopped = engine.stop()
  timers.turn()
  assert.equal(performed.length, 5)
  await Promise.all(replies)
  await store.write()
  await stopped
  assert.deepEqual(store.journal, ['one', 'two', 'three', 'four', 'five', 'system.stopped'])
})

test('nothing leaves the house before its facts are on disk: no effect, no reply, no feed', async () => {
  const { timers, store, performed, engine, say } = aFloor()
  const fed: number[] = []
  engine.subscribe(item => fed.push(item.seq))
  const reply = say('one')
  timers.turn()
  assert.ok(await isPending(reply))
  assert.deepEqual([performed.length, fed.length], [0, 0])
  await store.write()
  assert.equal((await reply).ok, true)
  assert.deepEqual([performed.length, fed], [1, [1]])
})

test('the floor decides on while the disk writes, and a refusal waits for the facts it was based on', async () => {
  const { timers, store, say, notes } = aFloor()
  const first = say('one')
  timers.turn()
  const second = say('two')
  const refused = say('no')
  timers.turn()
  assert.deepEqual(notes(), ['one', 'two'])
  assert.equal(store.waiting.length, 1, 'one batch at a time')
  await store.write()
  assert.equal((await first).ok, true)
  assert.ok(await isPending(second))
  assert.ok(await isPending(refused))
  await store.write()
  assert.deepEqual(await refused, { ok: false, refusal: { rule: 'no', words: 'no' } })
})

test('what waits to be decided has more of the thread, and the floor is told while it waits for longer than a second', async () => {
  const { clock, timers, engine, heard } = aFloor({ decideMs: 3 })
  const said = (n: number) =>
    engine.post({ type: 'leg.ended', leg: `${n}` as never, by: 'far', cause: 'bye', sipStatus: null, q850: null })
  for (let n = 0; n < 400; n++) said(n)
  let rounds = 0
  for (; heard().length < 402 && rounds < 500; rounds++) {
    timers.round()
    clock.set(clock.now() + 100) // sockets and pages
  }
  assert.ok(rounds < 70, `${rounds} turns for 1.2 s of decisions; at four milliseconds each 200`)
  const told = heard().filter(what => what.startsWith('floor'))
  const [behind, caughtUp] = told
  assert.deepEqual([behind, caughtUp?.split(' ')[0], told.length], ['floor.behind', 'floor.caughtUp', 2])
  assert.ok(heard().indexOf('floor.behind') < 200, 'ahead of all that waits')
  assert.equal(heard().at(-1), caughtUp)
  const { nowMs, times, inAllMs } = engine.inboxLag
  assert.deepEqual([nowMs, times, `floor.caughtUp ${inAllMs}`], [0, 1, caughtUp])
  said(400)
  timers.round()
  assert.equal(heard().at(-1), 'leg.ended bye 400', 'nothing more is told')
})

test('a call for help that comes while thousands wait is decided within about what those before it take, in its turn, and however many they are', async () => {
  for (const waiting of [400, 20_000]) {
    const { clock, timers, engine, say, heard } = aFloor({ decideMs: 3 })
    const said = (n: number) =>
      engine.post({ type: 'leg.ended', leg: `${n}` as never, by: 'far', cause: 'bye', sipStatus: null, q850: null })
    for (let n = 0; n < waiting; n++) said(n)
    const asked = clock.now()
    void say('help')
    for (let n = 0; n < 400; n++) said(waiting + n)
    const { notes } = engine.state as unknown as Notes
    for (let rounds = 0; notes.length === 0 && rounds < 10_000; rounds++) {
      timers.round()
      clock.set(clock.now() + 100) // sockets and pages
    }
    const endedBefore = heard().filter(what => what.startsWith('leg.ended')).length
    assert.ok(endedBefore >= waiting, `${endedBefore} came before it, and were heard before it`)
    const tookMs = clock.now() - asked
    assert.ok(tookMs < waiting * 3 * 1.5 + 500, `${tookMs} ms for ${waiting} decisions of 3 ms`)
    const before = clock.now()
    timers.round()
    assert.ok(clock.now() - before < 50, 'and then sockets have their turns again')
  }
})

test('a floor whose memory is in doubt decides nothing any more, not even that much waits', async () => {
  const { clock, timers, engine, say, heard } = aFloor()
  const poisoned = say('poison')
  engine.post({ type: 'leg.ended', leg: 'g1' as never, by: 'far', cause: 'bye', sipStatus: null, q850: null })
  clock.set(clock.now() + 5_000)
  timers.round()
  assert.match(engine.trouble ?? '', /restart/)
  assert.deepEqual(heard(), [])
  void poisoned.catch(() => {})
})

test('a disk that takes longer than a second is told to the floor, once, and so is that it has caught up', async () => {
  const { timers, store, engine, say, heard } = aFloor()
  engine.start()
  const first = say('one')
  await timers.pass(900)
  const second = say('two')
  await timers.pass(90)
  assert.deepEqual(heard(), [], 'a second is not over')
  assert.equal(engine.lag.stalls, 0)
  await timers.pass(2_000)
  assert.deepEqual(heard(), ['disk.slow'])
  assert.ok(engine.lag.nowMs > 2_500, String(engine.lag.nowMs))
  await store.write()
  assert.equal((await first).ok, true)
  timers.turn()
  assert.deepEqual(heard(), ['disk.slow', 'disk.caughtUp 2990'])
  await store.write()
  await second
  assert.deepEqual(engine.lag, { nowMs: 0, stalls: 1, stalledMs: 2_990 })
})

test('a call for help does not wait for a slow disk, not even the one whose own facts it does not take', async () => {
  const { timers, store, performed, engine, say } = aFloor()
  engine.start()
  const first = say('help is dialled')
  await timers.pass(900)
  assert.ok(await isPending(first), 'the disk may still be as fast as ever')
  assert.equal(performed.length, 0)
  await timers.pass(350)
  assert.equal((await first).ok, true)
  assert.equal(performed.length, 1)
  const waits = say('a break')
  timers.turn()
  assert.equal((await say('help hangs up')).ok, true)
  assert.equal(performed.length, 2)
  await store.write()
  assert.equal(performed.length, 2, 'nothing is done twice')
  await store.write()
  await waits
  assert.deepEqual(store.journal, ['help is dialled', 'a break', 'help hangs up'])
})

test('what came before a call for help is decided before it, while the disk is slow', async () => {
  const { timers, store, engine, say, notes } = aFloor()
  engine.start()
  const first = say('one')
  await timers.pass(1_250)
  const before = say('hang up')
  await say('help')
  assert.deepEqual(notes(), ['one', 'hang up', 'help'])
  await store.write()
  await store.write()
  await Promise.all([first, before])
})

test('legs that help has joined are joined once more after each thing that was decided before and is done later', async () => {
  const { timers, store, performed, engine, say } = aFloor()
  engine.start()
  const done = () => performed.splice(0).map(({ type }) => type)
  const replies = [say('one')]
  await timers.pass(1_250)
  replies.push(say('two'))
  timers.turn()
  replies.push(say('help answers'), say('three'))
  timers.turn()
  assert.deepEqual(done(), ['media.patch', 'phone.hangUp'])
  await store.write()
  assert.deepEqual(done(), ['phone.hangUp', 'media.patch'], 'after the first')
  await store.write()
  assert.deepEqual(done(), ['phone.hangUp', 'media.patch', 'phone.hangUp'], 'and in its turn, before what came later')
  await Promise.all(replies)
})

test('so are those that were decided before the disk was known to be slow', async () => {
  const { timers, store, performed, engine, say } = aFloor()
  engine.start()
  const done = () => performed.splice(0).map(({ type }) => type)
  const replies = [say('one'), say('help answers')]
  await timers.pass(1_250)
  assert.deepEqual(done(), ['media.patch', 'phone.hangUp'])
  await store.write()
  assert.deepEqual(done(), ['phone.hangUp', 'media.patch'])
  await Promise.all(replies)
})

test('a call for help that was held meanwhile is not joined again: the last word on its leg is said once more', async () => {
  const { timers, store, performed, engine, say } = aFloor()
  engine.start()
  const done = () => performed.splice(0).map(({ type }) => type)
  const replies = [say('one'), say('help answers')]
  await timers.pass(1_250)
  replies.push(say('two'), say('help is held'))
  timers.turn()
  assert.deepEqual(done(), ['media.patch', 'phone.hangUp', 'media.unpatch', 'media.play'])
  await store.write()
  assert.deepEqual(done(), ['phone.hangUp', 'media.unpatch', 'media.play'])
  await store.write()
  assert.deepEqual(done(), ['phone.hangUp', 'media.unpatch', 'media.play'])
  await Promise.all(replies)
})

test('help that waits for its turn as the disk is found slow goes out in that turn', async () => {
  const { clock, timers, store, performed, engine, say } = aFloor()
  engine.start()
  const replies = [say('one')]
  await timers.pass(900)
  const help = say('help')
  clock.advance(200)
  timers.turn()
  assert.equal((await help).ok, true)
  assert.equal(performed.length, 1)
  await store.write()
  await store.write()
  await Promise.all(replies)
})

test('a floor whose memory came in doubt as help was dialled decides nothing more, not even that', async () => {
  const { timers, performed, engine, say } = aFloor()
  engine.start()
  void say('one')
  await timers.pass(1_250)
  say('poison').catch(() => {})
  await assert.rejects(say('help'), /fault in the program/)
  assert.deepEqual(performed, [])
})

test('nothing more of what came before help is decided on a memory that came in doubt as it was', async () => {
  const { timers, store, engine, say, notes } = aFloor()
  engine.start()
  void say('one')
  await timers.pass(1_250)
  say('poison').catch(() => {})
  engine.post({ type: 'agent.break', agent: 'u_alice' as never, reason: 'what a phone told' })
  await assert.rejects(say('help'), /fault in the program/)
  await store.write()
  timers.turn()
  assert.deepEqual(notes(), ['one', 'poison'])
})

test('what follows by itself of a call for help waits for the disk as everything does', async () => {
  const { timers, store, performed, engine, say } = aFloor()
  engine.start()
  ;(engine.state as unknown as Notes).echoes = 1
  const first = say('help is dialled')
  await timers.pass(1_250)
  assert.equal((await first).ok, true)
  const done = () => performed.map(effect => effect.type === 'phone.hangUp' && effect.q850)
  assert.deepEqual(done(), [16], 'the help itself, and not the echo')
  await store.write()
  assert.deepEqual(done(), [16, 99])
})

test('a number is dialled no more that should have been ten seconds ago: its leg ends as one that was withdrawn', async () => {
  const { timers, store, performed, engine, say, heard } = aFloor()
  engine.start()
  const reply = say('dial')
  await timers.pass(11_000)
  await store.write()
  assert.equal((await reply).ok, true)
  timers.turn()
  assert.deepEqual(performed, [])
  assert.deepEqual(heard(), ['disk.slow', 'leg.ended cancel g', 'disk.caughtUp 11000'])
  const soon = say('dial')
  await timers.pass(5_000)
  await store.write()
  await soon
  assert.deepEqual(
    performed.map(({ type }) => type),
    ['phone.dial'],
  )
})

test('keys that waited five seconds for the disk are not sent, which is told; all else that was decided with them is done', async () => {
  const { timers, store, performed, engine, say, heard } = aFloor()
  engine.start()
  const reply = say('keys')
  await timers.pass(6_000)
  await store.write()
  assert.deepEqual(await reply.then(outcome => !outcome.ok && outcome.refusal.rule), 'keys_late')
  timers.turn()
  assert.deepEqual(
    performed.splice(0).map(({ type }) => type),
    ['phone.hangUp'],
  )
  assert.deepEqual(heard(), ['disk.slow', 'call.keysLate c1 2', 'disk.caughtUp 6000'])
  const soon = say('keys')
  await timers.pass(4_000)
  await store.write()
  assert.equal((await soon).ok, true)
  assert.deepEqual(
    performed.splice(0).map(({ type }) => type),
    ['phone.sendDigits', 'phone.hangUp'],
  )
})

test('keys that waited to be decided count from when they were pressed', async () => {
  const { timers, store, performed, engine, say, heard } = aFloor()
  engine.start()
  say('one').catch(() => {})
  timers.turn()
  await store.refuse(new StoreError('full', null, 'The disk is full.'))
  engine.post({ type: 'agent.break', agent: 'u_alice' as never, reason: 'keys' })
  await timers.pass(6_000)
  await store.write()
  timers.turn()
  await store.write()
  timers.turn()
  assert.ok(!performed.some(({ type }) => type === 'phone.sendDigits'))
  assert.ok(heard().includes('call.keysLate c1 2'), heard().join())
})

test('the floor waits until what piled up is written too, and hears of each slow time anew', async () => {
  const { timers, store, engine, say, heard } = aFloor()
  engine.start()
  const replies = [say('one')]
  await timers.pass(1_250)
  replies.push(...Array.from({ length: 300 }, (_, n) => say(`${n}`)))
  timers.turn()
  await store.write()
  timers.turn()
  assert.deepEqual(heard(), ['disk.slow'])
  await timers.pass(500)
  await store.write()
  timers.turn()
  assert.deepEqual(heard(), ['disk.slow', 'disk.caughtUp 1750'])
  replies.push(say('another'))
  await timers.pass(2_000)
  await store.write()
  timers.turn()
  assert.deepEqual(heard(), ['disk.slow', 'disk.caughtUp 1750', 'disk.slow', 'disk.caughtUp 2000'])
  await Promise.all(replies)
})

test('a refusal with nothing before it is answered without the disk', async () => {
  const { timers, store, say } = aFloor()
  const refused = say('no')
  timers.turn()
  assert.equal((await refused).ok, false)
  assert.equal(store.waiting.length, 0)
})

test('a bug in a decision changes nothing, ends its own call once, and lets everybody else go on', async () => {
  const { timers, store, say, notes } = aFloor()
  const replies = [say('one'), say('bug', 'u_bug'), say('bug', 'u_bug'), say('two')]
  timers.turn()
  await store.write()
  assert.deepEqual(notes(), ['one', 'two', 'ended c1'])
  const outcomes = await Promise.all(replies)
  assert.deepEqual(
    outcomes.map(outcome => (outcome.ok ? 'ok' : outcome.refusal.rule)),
    ['ok', 'bug', 'bug', 'ok'],
  )
})

test('what follows and cannot be decided is put away, its call ends, and the floor goes on', async () => {
  const { timers, store, engine, say, notes } = aFloor()
  ;(engine.state as unknown as Notes).trap = 'c1'
  const first = say('one')
  timers.turn()
  assert.deepEqual(notes(), ['one', 'dropped', 'ended c1'])
  const second = say('echo')
  timers.turn()
  assert.deepEqual(notes().slice(3), ['echo', 'echoed'])
  await store.write()
  await store.write()
  await Promise.all([first, second])
})

test('a full disk stops new work loudly, keeps what was decided, and the floor goes on when there is space', async () => {
  const { timers, store, performed, alarms, engine, say, notes } = aFloor()
  engine.start()
  const decided = say('one')
  timers.turn()
  await store.refuse(new StoreError('full', null, 'The disk is full.'))
  assert.match(engine.trouble!, /disk is full/)
  await assert.rejects(say('two'), { name: 'EngineStopped', message: /disk is full/ })
  engine.post({ type: 'agent.break', agent: 'u_alice' as never, reason: 'from a phone' })
  await timers.pass(500)
  assert.deepEqual(notes(), ['one'], 'what the ports tell waits undecided')
  for (let attempt = 0; attempt < 3; attempt++) {
    await timers.pass(1_000)
    await store.refuse(new StoreError('full', null, 'The disk is full.'))
  }
  assert.deepEqual([performed.length, alarms.length], [0, 1])
  await timers.pass(1_000)
  const { once } = store.waiting[0]!.transaction
  assert.equal(once?.sender, 'engine', 'a batch that may be on disk already is asked for under the same key')
  await store.write()
  assert.equal((await decided).ok, true)
  timers.turn()
  await store.write()
  assert.deepEqual(store.journal, ['one', 'from a phone'])
  assert.deepEqual([engine.trouble, alarms.at(-1), performed.length], [null, null, 2])
})

test('a call for help goes on over a full disk: done at once, and written when there is space', async () => {
  const { timers, store, performed, engine, say, notes } = aFloor()
  engine.start()
  const decided = say('one')
  timers.turn()
  await store.refuse(new StoreError('full', null, 'The disk is full.'))
  assert.equal(performed.length, 0)
  assert.equal((await say('help')).ok, true)
  engine.post({ type: 'agent.break', agent: 'u_alice' as never, reason: 'help answered' })
  await assert.rejects(say('two'), { name: 'EngineStopped' })
  assert.deepEqual([performed.length, notes()], [2, ['one', 'help', 'help answered']])
  await timers.pass(1_000)
  await store.write()
  assert.equal((await decided).ok, true)
  timers.turn()
  await store.write()
  assert.deepEqual(store.journal, ['one', 'help', 'help answered'])
  assert.deepEqual([engine.trouble, performed.length], [null, 3], 'nothing is done twice')
})

test('help overtakes nothing that is on disk and waits for its turn to leave', async () => {
  const { timers, store, performed, say } = aFloor({ effectMs: 5 })
  const replies = [say('one'), say('two'), say('three')]
  timers.turn()
  say('four').catch(() => {})
  timers.turn()
  await store.write()
  assert.equal(performed.length, 1, 'the slice is over')
  await store.refuse(new StoreError('full', null, 'The disk is full.'))
  await say('help answers')
  const types = performed.map(({ type }) => type)
  assert.deepEqual(types, ['phone.hangUp', 'phone.hangUp', 'phone.hangUp', 'media.patch', 'phone.hangUp'])
  await Promise.all(replies)
})

test('help is decided after what a port answers to what leaves before it, and not on a floor that is no more', async () => {
  let answers = 0
  const answer = () => {
    if (++answers === 2) engine.post({ type: 'agent.break', agent: 'u_alice' as never, reason: 'help answered' })
  }
  const { timers, store, engine, say, notes } = aFloor({ effectMs: 5, onEffect: answer })
  const replies = [say('one'), say('two')]
  timers.turn()
  say('three').catch(() => {})
  timers.turn()
  await store.write()
  assert.equal(answers, 1, 'the slice is over')
  timers.clock.set(timers.clock.now() + 1_500) // which the next batch has kept the disk, and no tick has told so yet
  await say('help looks')
  assert.deepEqual(notes(), ['one', 'two', 'three', 'help answered', 'help after help answered'])
  await Promise.all(replies)
})

test('help that goes on because a port answers at once comes after all that was decided with what the port was told', async () => {
  const answer = ({ type }: Effect) => {
    if (type === 'media.patch') engine.post({ type: 'agent.break', agent: 'u_alice' as never, reason: 'help is held' })
  }
  const { timers, store, performed, engine, say } = aFloor({ onEffect: answer })
  say('one').catch(() => {})
  timers.turn()
  await store.refuse(new StoreError('full', null, 'The disk is full.'))
  await say('help answers')
  const types = performed.map(({ type }) => type)
  assert.deepEqual(types, ['media.patch', 'phone.hangUp', 'media.unpatch', 'media.play'])
})

test('what belongs to a call for help and waited when the trouble came is not left waiting', async () => {
  const { timers, store, engine, say, notes } = aFloor()
  say('one').catch(() => {})
  timers.turn()
  engine.post({ type: 'agent.break', agent: 'u_alice' as never, reason: 'help waits' })
  await store.refuse(new StoreError('fault', null, 'I/O error'))
  assert.deepEqual(notes(), ['one', 'help waits'])
})

test('when memory is in doubt nothing is decided, help or not', async () => {
  const { timers, store, engine, say, notes } = aFloor()
  say('poison').catch(() => {})
  timers.turn()
  await store.refuse(new StoreError('full', null, 'The disk is full.'))
  assert.match(engine.trouble!, /restart/, 'a full disk, which may pass, does not cover what does not')
  const before = notes().length
  engine.post({ type: 'agent.break', agent: 'u_alice' as never, reason: 'help' })
  await assert.rejects(say('help'), { name: 'EngineStopped' })
  assert.equal(notes().length, before)
})

test('a dispatch that waited when the trouble came is refused and not forgotten', async () => {
  const { timers, store, say } = aFloor()
  say('one').catch(() => {})
  timers.turn()
  const waiting = assert.rejects(say('two'), { name: 'EngineStopped' })
  await store.refuse(new StoreError('fault', null, 'I/O error'))
  await waiting
})

test('a fact that cannot be applied stops the floor until a restart', async () => {
  const { timers, store, engine, say, alarms } = aFloor()
  say('poison')
  const after = say('one')
  timers.turn()
  await assert.rejects(after, { name: 'EngineStopped', message: /restart/ })
  await store.write()
  assert.match(engine.trouble!, /restart/)
  assert.equal(alarms.length, 1)
})

test('ticks come every 250 ms and at the deadline itself', async () => {
  const { clock, timers, store, engine, say } = aFloor()
  engine.start()
  await timers.pass(100)
  say('later')
  timers.turn()
  await store.write()
  const ticks: number[] = []
  ;(engine.state as unknown as Notes).onTick = () => ticks.push(clock.now())
  await timers.pass(1_200)
  assert.ok(ticks.includes(1_000_000 + 100 + 1_070), `a tick at the deadline: ${ticks}`)
  const gaps = ticks.slice(1).map((at, n) => at - ticks[n]!)
  assert.ok(
    gaps.every(gap => gap <= 250),
    `never more than 250 ms apart: ${gaps}`,
  )
})

test('an orderly stop refuses new work, writes what was decided, and journals the stop', async () => {
  const { timers, store, engine, say } = aFloor()
  const reply = say('one')
  const stopped = engine.stop()
  await assert.rejects(say('two'), { name: 'EngineStopped', message: /shutting down/ })
  timers.turn()
  await store.write()
  timers.turn()
  await settle()
  await store.write()
  await stopped
  assert.equal((await reply).ok, true)
  assert.deepEqual(store.journal, ['one', 'system.stopped'])
})

test('a stop over a disk that refuses gives up after its grace and tells those who wait', async () => {
  const { timers, store, engine, say } = aFloor()
  const reply = say('one')
  reply.catch(() => {})
  timers.turn()
  await store.refuse(new StoreError('full', null, 'The disk is full.'))
  const stopped = engine.stop(2_500)
  for (let second = 0; second < 5; second++) {
    await timers.pass(1_000)
    if (store.waiting.length > 0) await store.refuse(new StoreError('full', null, 'The disk is full.'))
  }
  await stopped
  await assert.rejects(reply, { name: 'EngineStopped' })
})

test('a port that throws ends its leg instead of the process', () => {
  const posted: Input[] = []
  const perform = () => {
    throw new Error('port')
  }
  act(
    [
      {
        type: 'phone.dial',
        leg: 'g1' as never,
        call: 'c1' as never,
        trunk: 't' as never,
        number: '1',
        callerId: '2',
        ringMs: 1,
      },
      { type: 'media.record', recording: 'r1' as never, call: 'c1' as never, leg: 'g1' as never, path: 'x' },
    ],
    {
      ports: { phone: { perform }, media: { perform }, leads: { perform } },
      post: input => posted.push(input),
      log: createLogger('silent'),
    },
  )
  assert.deepEqual(
    posted.map(input => input.type),
    ['leg.ended', 'recording.failed'],
  )
})
