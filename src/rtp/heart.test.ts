import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Heart, HeartWatch, heartLookMs } from './heart.ts'
import { kernelThread, waitedMsOf } from './thread-wait.ts'

/** A watch over a heart that has beaten, and what it finds at each look from then on. */
function watched(waitedMs: (at: number) => number | null) {
  const heart = new Heart(Heart.memory())
  heart.beat()
  let now = 0
  const watch = new HeartWatch(heart, now, () => waitedMs(now))
  const look = (afterMs = heartLookMs) => watch.stoodStill((now += afterMs))
  assert.equal(look(), null, 'it has beaten')
  return { heart, look }
}

const looks = (look: () => number | null, times: number) => Array.from({ length: times }, () => look())

test('a thread that spins or sleeps for ever is found within 0.8 s', () => {
  const { look } = watched(() => 5)
  assert.deepEqual(looks(look, 3), [null, null, 600])
})

test('one that waits for a core is given 2 s, and so is one of which the kernel says nothing', () => {
  for (const waitedMs of [(at: number) => at, (at: number) => at * 0.3, () => null]) {
    const { look } = watched(waitedMs)
    assert.deepEqual(looks(look, 10), [...Array(9).fill(null), 2000])
  }
})

test('a beat in between begins anew, and a look that came late counts as two', () => {
  const { heart, look } = watched(() => 5)
  assert.deepEqual(looks(look, 2), [null, null])
  heart.beat()
  assert.deepEqual(looks(look, 3), [null, null, null])
  const late = watched(() => 5)
  assert.equal(late.look(10_000), null, 'the whole process may have stood still')
  late.heart.beat()
  assert.equal(late.look(), null)
})

test('the kernel counts for how long a thread has waited', { skip: waitedMsOf(kernelThread()) === null }, async () => {
  assert.equal(kernelThread(), process.pid, 'the main thread')
  assert.equal(waitedMsOf(0), null)
  assert.equal(waitedMsOf(2 ** 30), null, 'there is no such thread')
  const name = "require('node:fs').readlinkSync('/proc/thread-self')"
  const worker = new Worker(
    `require('node:worker_threads').parentPort.postMessage(${name}); setInterval(() => {}, 1000)`,
    {
      eval: true,
    },
  )
  try {
    const told = await new Promise<string>(resolve => worker.once('message', resolve))
    const thread = Number(told.split('/').at(-1))
    assert.notEqual(thread, process.pid)
    const waited = waitedMsOf(thread)
    assert.ok(waited !== null && waited >= 0 && waited < 60_000, String(waited))
  } finally {
    await worker.terminate()
  }
})
