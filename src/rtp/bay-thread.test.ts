import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BayThread, type ThreadSpec } from './bay-thread.ts'

const stages = { none: 0, loading: 1, loaded: 2 }

/** A thread that loads its bindings for a while, as koffi does; what it is at stands in shared memory. */
function loadingThread(died: (reason: string) => void = () => {}) {
  const stage = new Int32Array(new SharedArrayBuffer(4))
  const code = `
    import { parentPort, workerData } from 'node:worker_threads'
    Atomics.store(workerData, 0, ${stages.loading})
    Atomics.notify(workerData, 0)
    const until = performance.now() + 300
    while (performance.now() < until);
    Atomics.store(workerData, 0, ${stages.loaded})
    parentPort.postMessage('up')
    parentPort.on('message', message => parentPort.postMessage(message))`
  const heard: unknown[] = []
  const spec: ThreadSpec<unknown> = {
    name: 'loading',
    entry: new URL(`data:text/javascript,${encodeURIComponent(code)}`),
    workerData: () => stage,
    hear: report => heard.push(report),
    died,
  }
  const thread = new BayThread<string, unknown>(spec, () => 0)
  const begins = Atomics.waitAsync(stage, 0, stages.none, 5_000).value
  return { thread, heard, stage, begins }
}

test('a thread is not ended while it loads its native bindings, but as soon as it has', async () => {
  const { thread, heard, stage, begins } = loadingThread()
  await begins
  assert.equal(stage[0], stages.loading)
  await thread.terminate()
  assert.equal(stage[0], stages.loaded)
  assert.deepEqual(heard, [], 'that it is up is no report')
})

test('a thread that is killed while it loads is told as dead when it has loaded, for the reason it was killed for', async () => {
  const dead = Promise.withResolvers<string>()
  const { thread, stage, begins } = loadingThread(dead.resolve)
  await begins
  thread.kill('it hangs')
  assert.equal(await dead.promise, 'it hangs')
  assert.equal(stage[0], stages.loaded)
})
