import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Heart, HeartWatch, heartLookMs } from './heart.ts'
import { kernelThread, ranMsOf } from './thread-time.ts'

/** A watch over a heart that has beaten, and what it finds at each look from then on. */
function watched(ranMs: (at: number) => number | null) {
  const heart = new Heart(Heart.memory())
  heart.beat()
  let now = 0
  const watch = new HeartWatch(heart, now, () => ranMs(now))
  const look = (afterMs = heartLookMs) => watch.stoodStill((now += afterMs))
  assert.equal(look(), null, 'it has beaten')
  return { heart, look }
}

const looks = (look: () => number | null, times: number) => Array.from({ length: times }, () => look())

test('a thread that turns in a circle is found within 0.8 s', () => {
  const { look } = watched(at => at)
  assert.deepEqual(looks(look, 3), [null, null, 600])
})

test('one that waits for a core, or has little of it, is given 2 s, and so is one of which the kernel says nothing', () => {
  for (const ranMs of [() => 5, (at: number) => at * 0.5, () => null]) {
    const { look } = watched(ranMs)
    assert.deepEqual(looks(look, 10), [...Array(9).fill(null), 2000])
  }
})

test('a beat in between begins anew, and a look that came late counts as two', () => {
  const { heart, look } = watched(at => at)
  assert.deepEqual(looks(look, 2), [null, null])
  heart.beat()
  assert.deepEqual(looks(look, 3), [null, null, null])
  const late = watched(at => Math.min(at, 400))
  assert.equal(late.look(10_000), null, 'the whole process may have stood still')
  assert.deepEqual(looks(late.look, 3), [null, null, null])
})

const spins = `const began = Date.now()
  require('node:worker_threads').parentPort.postMessage(require('node:fs').readlinkSync('/proc/thread-self'))
  while (Date.now() - began < 600);`

test('the kernel counts for how long a thread has had a core, also while it has', {
  skip: ranMsOf(kernelThread()) === null,
}, async () => {
  assert.equal(kernelThread(), process.pid, 'the main thread')
  assert.equal(ranMsOf(0), null)
  assert.equal(ranMsOf(2 ** 30), null, 'there is no such thread')
  const worker = new Worker(spins, { eval: true })
  const gone = new Promise(resolve => worker.once('exit', resolve))
  const told = await new Promise<string>(resolve => worker.once('message', resolve))
  const thread = Number(told.split('/').at(-1))
  assert.notEqual(thread, process.pid)
  const before = ranMsOf(thread)
  let after = before
  for (; ranMsOf(thread) !== null; await new Promise(resolve => setTimeout(resolve, 20)))
    after = ranMsOf(thread) ?? after
  await gone
  assert.ok(before !== null && after !== null && after > before, `${before} ms, then ${after}`)
})
