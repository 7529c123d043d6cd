import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FloorState } from '../state.ts'
import { noEase, noteEase, noteUse, shareLeast, shareNow } from './ease.ts'
import { obstacleOf } from './line.ts'

const t = 't_1' as never

const lateLeastMs = 1_000

/** A trunk that may start 50 calls a second, at a far end that hears `hears` messages a second, and hears late what piles up. */
class Gateway {
  readonly floor = {
    trunk: { id: t, name: 'E1', enabled: true, callerIds: ['1'], maxCalls: 10_000, callsPerSecond: 50 },
    ...{ up: true, reason: '', why: null, trial: null, ease: noEase(), calls: 0, offers: 0, tests: 0, recent: [] },
  }
  readonly calls = new Map<
    string,
    { direction: 'out'; trunk: string; phase: string; answeredAt: null; early: false; startedAt: number; tries: [] }
  >()
  readonly state = { trunks: new Map([[t, this.floor]]), calls: this.calls } as unknown as FloorState
  readonly rang: number[] = []
  now = 0
  /** Its socket holds some hundred messages, as the kernel’s default has it. */
  socket = 100
  /** Calls that were left without a response. */
  lost = 0
  get begun(): number {
    return this.#made
  }
  get waiting(): number {
    return this.#waiting.length
  }
  #waiting: string[] = []
  #sent = new Map<string, number>()
  #late = new Set<string>()
  #made = 0
  #credit = 0

  begin(call: string, startedAt: number): void {
    this.calls.set(call, {
      direction: 'out',
      trunk: t,
      phase: 'dialing',
      answeredAt: null,
      early: false,
      startedAt,
      tries: [],
    })
  }

  dial(): void {
    const recent = this.floor.recent as number[]
    while (obstacleOf(this.floor as never, this.now) === null) {
      const call = `c_${++this.#made}`
      this.begin(call, this.now)
      noteUse(this.floor as never, this.now)
      recent.push(this.now)
      if (recent.length > 50) recent.shift()
      this.#send(call)
      this.#sent.set(call, this.now)
    }
  }

  #send(call: string): void {
    if (this.#waiting.length < this.socket) this.#waiting.push(call)
  }

  /** 100 ms: it takes what came first, and INVITEs are sent again after 0.5, 1.5 and 3.5 s until it has answered (RFC 3261 §17.1.1.2). */
  step(hears: number): void {
    this.now += 100
    this.#credit = Math.min(hears, this.#credit + hears / 10)
    for (; this.#credit >= 1 && this.#waiting.length > 0; this.#credit--) {
      const call = this.#waiting.shift()!
      const at = this.#sent.get(call)
      if (at === undefined) continue
      this.#sent.delete(call)
      this.rang.push(this.now)
      noteEase(this.state, { type: 'call.ringing', call } as never, this.now)
      this.#over(call, { type: 'call.answered', call })
    }
    for (const [call, at] of this.#sent) {
      if ([500, 1_500, 3_500].includes(this.now - at)) this.#send(call)
      if (this.now - at >= lateLeastMs && !this.#late.has(call)) {
        this.#late.add(call)
        noteEase(this.state, { type: 'note.respondedLate', call } as never, this.now)
      }
      if (this.now - at < 4_000) continue
      this.#sent.delete(call)
      this.lost++
      this.#over(call, {
        ...{ type: 'call.ended', call },
        ending: { by: 'carrier', cause: 'trunk_fault', result: 'CONGESTION', sipStatus: 408, q850: 102 },
      })
    }
    this.dial()
  }

  #over(call: string, change: object): void {
    noteEase(this.state, change as never, this.now)
    this.calls.delete(call)
  }

  pass(ms: number, hears: number): number {
    const before = this.rang.length
    for (let n = 0; n < ms / 100; n++) this.step(hears)
    return this.rang.length - before
  }
}

describe('a trunk that is asked for more than it can', () => {
  test('rings again within seconds once what held it up is over, and has all of its rate back after a minute', () => {
    const gateway = new Gateway()
    assert.ok(gateway.pass(10_000, 100) > 450, 'at first it does all')
    gateway.pass(20_000, 3) // somebody else had the machine
    gateway.pass(10_000, 100)
    assert.ok(gateway.pass(10_000, 100) > 100)
    gateway.pass(50_000, 100)
    assert.equal(shareNow(gateway.floor.ease, gateway.now), 1)
    assert.ok(gateway.pass(10_000, 100) > 450)
  })

  test('that was held up for some seconds is asked within seconds for half of its rate, since what it is asked rings', () => {
    for (const ms of [5_000, 8_000, 12_000]) {
      const gateway = new Gateway()
      gateway.pass(10_000, 100)
      gateway.pass(ms, 0)
      gateway.pass(6_000, 100)
      const rang = gateway.pass(6_000, 100)
      assert.ok(rang > 6 * 50 * 0.45, `${rang} of ${6 * 50} after ${ms} ms`)
    }
  })

  test('that says nothing any more is asked for next to nothing a second later, not only when the first call is given up', () => {
    const gateway = new Gateway()
    gateway.pass(10_000, 100)
    const { begun, lost } = gateway
    gateway.pass(5_000, 0)
    assert.ok(gateway.begun - begun < 50 * 1.5, `${gateway.begun - begun} begun in 5 s, at 50 a second`)
    gateway.pass(15_000, 100)
    assert.ok(gateway.lost - lost < 50 * 1.5, `${gateway.lost - lost} without a response`)
  })

  test('and that does half as much while two seconds of it wait, as a machine that is busy with them, stands still for less than half a minute', () => {
    const gateway = new Gateway()
    gateway.socket = 10_000
    gateway.pass(10_000, 100)
    const can = 35
    let [rang, still, longest] = [0, 0, 0]
    for (let n = 0; n < 3_000; n++) {
      const now = gateway.pass(100, gateway.waiting > can * 2 ? can / 2 : can)
      rang += now
      still = now === 0 ? still + 100 : 0
      longest = Math.max(longest, still)
    }
    assert.ok(longest < 30_000, `${longest} ms`)
    assert.ok(rang > 300 * can * 0.5, `${rang} of ${300 * can} that it can`)
  })

  test('is asked for what it can, by and large, where it never can do all', () => {
    const gateway = new Gateway()
    gateway.pass(60_000, 20)
    const rang = gateway.pass(120_000, 20)
    assert.ok(rang > 120 * 20 * 0.4, `${rang} of ${120 * 20} that it can; at full rate none in time`)
  })

  test('and one that answers all of it, but ever later, is asked for less before a call is left without a response', () => {
    const gateway = new Gateway()
    gateway.pass(10_000, 100)
    const { lost } = gateway
    gateway.socket = 10_000 // ours, in which what came waits for minutes
    const rang = gateway.pass(120_000, 30)
    assert.ok(rang > 120 * 30 * 0.5, `${rang} of ${120 * 30} that it can`)
    assert.ok(gateway.lost - lost < rang / 20, `${gateway.lost - lost} without a response, beside ${rang} that rang`)
  })

  test('is asked for no more by the clock while it is down', () => {
    const gateway = new Gateway()
    const turn = (state: 'up' | 'down') => {
      noteEase(gateway.state, { type: 'trunk.stateChanged', trunk: t, state } as never, gateway.now)
      gateway.floor.up = state === 'up'
    }
    gateway.pass(10_000, 100)
    gateway.pass(12_000, 0)
    const share = shareNow(gateway.floor.ease, gateway.now)
    assert.ok(share < 0.2, `${share}`)
    turn('down')
    gateway.pass(60_000, 100)
    turn('up')
    assert.ok(shareNow(gateway.floor.ease, gateway.now) <= share)
    gateway.pass(6_000, 100)
    const rang = gateway.pass(6_000, 100)
    assert.ok(rang > 6 * 50 * 0.35, `${rang}`)
    gateway.pass(60_000, 100)
    assert.equal(shareNow(gateway.floor.ease, gateway.now), 1)
  })

  test('is asked for no more by the clock while nothing is begun on it', () => {
    const gateway = new Gateway()
    gateway.pass(10_000, 100)
    gateway.pass(12_000, 0)
    const share = shareNow(gateway.floor.ease, gateway.now)
    gateway.calls.clear()
    gateway.now += 120_000
    gateway.dial()
    assert.ok(shareNow(gateway.floor.ease, gateway.now) < share + 0.1)
    const rang = gateway.pass(1_000, 100)
    assert.ok(rang < 10, `${rang} in a second`)
    gateway.pass(60_000, 100)
    assert.equal(shareNow(gateway.floor.ease, gateway.now), 1)
  })

  test('starts fewer calls and says so, and a few without a response say nothing', () => {
    const gateway = new Gateway()
    const ends = (call: string, q850: number | null) => {
      gateway.begin(call, 0)
      const ending = q850 === null ? { by: 'party', cause: 'not_answered' } : { by: 'carrier', cause: 'trunk_fault' }
      noteEase(gateway.state, { type: 'call.ended', call, ending: { ...ending, sipStatus: 408, q850 } } as never, 1_000)
    }
    for (let n = 0; n < 20; n++) ends(`c_${n}`, null)
    for (let n = 0; n < 6; n++) ends(`c_2${n}`, 102)
    assert.equal(gateway.floor.ease.share, 1, 'six of twenty-six')
    ends('c_30', 102)
    assert.equal(gateway.floor.ease.share, 0.5, 'a quarter of them')
    for (let n = 0; n < 9; n++) ends(`c_4${n}`, 102)
    assert.equal(gateway.floor.ease.share, 0.5, 'those of the same second were begun before')
    gateway.calls.clear()
    gateway.now = 1_000
    gateway.dial()
    assert.equal(gateway.calls.size, 25)
    assert.match(obstacleOf(gateway.floor as never, 1_000)!.refusal.words, /starts 50 % of its 50 calls a second/)
    assert.equal(shareNow(gateway.floor.ease, 31_000), 1)
  })

  test('is never asked for nothing, and only what it left unanswered counts', () => {
    const gateway = new Gateway()
    const silent = (at: number, why = 'no_response') =>
      noteEase(gateway.state, { type: 'call.rerouted', call: 'c_1', failed: { trunk: t, why } } as never, at)
    for (let at = 0; at < 20_000; at += 250) silent(at)
    assert.equal(gateway.floor.ease.share, shareLeast)
    gateway.floor.ease = noEase()
    gateway.pass(60_000, 0)
    assert.ok(gateway.calls.size > 0)
    gateway.floor.ease = noEase()
    for (let at = 0; at < 20_000; at += 250) silent(at, 'unreachable') // a socket that refuses is no overload
    assert.equal(gateway.floor.ease.share, 1)
    for (let n = 0; n < 9; n++) {
      gateway.begin('c_2', 26_000)
      const ending = { by: 'system', cause: 'trunk_fault', sipStatus: null, q850: null }
      noteEase(gateway.state, { type: 'call.ended', call: 'c_2', ending } as never, 30_000)
    }
    assert.equal(gateway.floor.ease.share, 0.5, 'nothing was told of them at all')
  })
})
