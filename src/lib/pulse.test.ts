import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { VirtualClock } from './clock.ts'
import { takePulse } from './pulse.ts'

test('a thread that answers, even with an error, is alive; one that keeps silent for long is not', async () => {
  mock.timers.enable({ apis: ['setInterval'] })
  try {
    const clock = new VirtualClock()
    let answer: (() => void) | null = null
    let isSilent = false
    using pulse = takePulse(
      [
        { ask: () => Promise.reject(new Error('the disk is full')), deadAfterMs: 30_000 },
        { ask: () => new Promise<void>(done => (isSilent ? (answer = done) : done())), deadAfterMs: 30_000 },
      ],
      clock,
    )
    const pass = async (ms: number) => {
      clock.advance(ms)
      mock.timers.tick(ms)
      await new Promise(done => setImmediate(done))
    }
    for (let round = 0; round < 20; round++) await pass(5_000)
    assert.equal(pulse.isBeating(), true)
    isSilent = true
    await pass(5_000)
    await pass(25_000)
    assert.equal(pulse.isBeating(), true)
    await pass(10_000)
    assert.equal(pulse.isBeating(), false)
    isSilent = false
    answer!()
    await pass(5_000)
    assert.equal(pulse.isBeating(), true)
  } finally {
    mock.timers.reset()
  }
})

test('a part that may take longer is waited for longer', async () => {
  mock.timers.enable({ apis: ['setInterval'] })
  try {
    const clock = new VirtualClock()
    using pulse = takePulse([{ ask: () => new Promise<void>(() => {}), deadAfterMs: 600_000 }], clock)
    const pass = (ms: number) => {
      clock.advance(ms)
      mock.timers.tick(ms)
    }
    pass(5_000)
    pass(599_000)
    assert.equal(pulse.isBeating(), true)
    pass(1_000)
    assert.equal(pulse.isBeating(), false)
  } finally {
    mock.timers.reset()
  }
})
