import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLegForHelp } from './centre/calls/emergency.ts'
import { alice, bob, type FloorOptions, TestFloor } from './centre/testing.ts'
import { hangUpAll } from './hang-up.ts'

const nobody = { campaign: null, lead: null, name: null, party: null, relation: 'SELF' } as const

/** A stop in a time of its own. `word`: the floor's answers come; else the disk stands still. */
class Stop {
  readonly floor: TestFloor
  /** What the wire was asked, each with the ms since the stop began. */
  readonly asked: [string, number][] = []
  readonly hasWord: boolean
  trouble: string | null = null
  #beganAt = 0

  constructor(options: FloorOptions = {}, hasWord = true) {
    this.floor = new TestFloor(options)
    this.hasWord = hasWord
  }

  async run(meanwhile: (ms: number) => void = () => {}): Promise<number> {
    const { floor, asked } = this
    this.#beganAt = floor.clock.monotonic()
    const sinceMs = () => floor.clock.monotonic() - this.#beganAt
    const stop = this
    await hangUpAll({
      engine: {
        state: floor.state,
        get trouble() {
          return stop.trouble
        },
        post: input => void floor.do(input),
        dispatch: async input => {
          floor.do(input)
          if (!this.hasWord) await new Promise(() => {})
          return { ok: true, facts: [] }
        },
      },
      wires: {
        hangUpAllButHelp: () => void asked.push(['all but help', sinceMs()]),
        hangUp: async () => void asked.push(['all', sinceMs()]),
      },
      monotonic: () => floor.clock.monotonic(),
      sleep: async ms => {
        floor.pass(ms)
        meanwhile(sinceMs())
        await new Promise(resolve => setImmediate(resolve))
      },
    })
    return sinceMs()
  }
}

function sealed(floor: TestFloor): void {
  for (const recording of floor.state.recordings.keys())
    floor.do({ type: 'recording.closed', recording, sha256: 'ab', bytes: 1, durationMs: 1, salvaged: false })
}

test('a call for help rings on at a stop, and is ended when others would have to wait for it', async () => {
  const stop = new Stop({ campaign: { state: 'paused' } })
  const { floor } = stop
  floor.ready(alice, bob)
  const caller = floor.caller()
  floor.do({ type: 'agent.dial', agent: bob, number: '119', ...nobody })
  const help = [...floor.state.calls.values()].find(call => call.number === '119')!
  const phases: string[] = []
  const tookMs = await stop.run(ms => {
    if (ms === 100)
      for (const recording of floor.state.recordings.keys()) assert.equal(caller.phase, 'ended', recording)
    if (ms === 3_000) floor.do({ type: 'leg.answered', leg: help.leg })
    if (ms === 11_000) phases.push(help.phase)
    if (ms > 12_000) sealed(floor)
  })
  assert.deepEqual(phases, ['talking'])
  assert.ok(tookMs >= 12_000 && tookMs < 13_000, `${tookMs}`)
  assert.deepEqual(
    [help.phase, floor.last('call.ended').call, floor.last('call.ended').ending.by],
    ['ended', help.id, 'system'],
  )
  assert.deepEqual(
    stop.asked.map(([what]) => what),
    ['all but help', 'all'],
  )
  assert.equal(stop.asked[1]![1], tookMs)
})

test('whose call for help is over is waited for no longer', async () => {
  const stop = new Stop({ campaign: { state: 'paused' } })
  const { floor } = stop
  floor.ready(alice)
  floor.do({ type: 'agent.dial', agent: alice, number: '110', ...nobody })
  const { call } = floor
  const tookMs = await stop.run(ms => {
    if (ms === 4_000) floor.partyEnds(call, { by: 'carrier', cause: 'rejected', sipStatus: 486, heard: 'nothing' })
  })
  assert.ok(tookMs < 5_000, `${tookMs}`)
})

test('a desk phone that rings before a call for help is dialled goes on ringing, and the help is waited for', async () => {
  const stop = new Stop({ station: 'phone-rung', campaign: { state: 'paused' } })
  const { floor } = stop
  floor.do({ type: 'agent.signOn', agent: alice })
  floor.do({ type: 'agent.dial', agent: alice, number: '110', ...nobody })
  const { leg } = floor.lastEffect('phone.ring')
  assert.ok(isLegForHelp(floor.state, leg))
  await stop.run(ms => {
    if (ms !== 1_000) return
    floor.do({ type: 'leg.answered', leg })
    assert.equal(floor.call.number, '110')
  })
  assert.equal(floor.count('call.dialed'), 1)
})

test('phones that ring for somebody here are withdrawn at once although there is no call, or one that is not sealed', async () => {
  const idle = new Stop({ station: 'phone-nailed' })
  idle.floor.do({ type: 'agent.signOn', agent: alice })
  assert.ok((await idle.run()) < 500)
  assert.deepEqual(
    idle.asked.map(([what]) => what),
    ['all but help', 'all'],
  )

  const unsealed = new Stop()
  unsealed.floor.ready(alice)
  unsealed.floor.caller()
  const tookMs = await unsealed.run()
  const [first] = unsealed.asked
  assert.ok(first![0] === 'all but help' && first![1] < 500, JSON.stringify(first))
  assert.ok(tookMs >= 5_000 && tookMs < 6_000, 'its recording is given up to the next start')
})

test('where the disk stands still the wire says it two seconds later, and the stop is bounded', async () => {
  const stop = new Stop({}, false)
  stop.floor.ready(alice)
  stop.floor.caller()
  assert.ok((await stop.run()) < 6_000)
  assert.deepEqual(
    stop.asked.map(([what]) => what),
    ['all but help', 'all'],
  )
  assert.ok(stop.asked[0]![1] >= 2_000 && stop.asked[0]![1] < 3_000)
})

test('a floor that cannot write is not waited for', async () => {
  const stop = new Stop({}, false)
  stop.trouble = 'The disk is full.'
  stop.floor.ready(alice)
  stop.floor.caller()
  assert.ok((await stop.run()) < 500)
})
