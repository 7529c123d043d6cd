/**
 * Loaded into the service by `--import` and in no other way part of it: answers over the channel to its parent how much memory the main thread
 * and each worker hold and how late the main loop was. The heap is counted after a collection, since what waits to be collected is noise.
 * `snapshot` writes a heap snapshot of the main thread, to find what grows.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics, type HeapInfo, setFlagsFromString, writeHeapSnapshot } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread, type Worker } from 'node:worker_threads'

export type Inside = {
  heapMb: number
  /** Buffers and what addons hold, of all that V8 knows. */
  externalMb: number
  /** Heaps of the workers that answered. */
  workerHeapMb: number
  /** What V8 holds for all heaps, the main thread's and the workers', filled or not: memory that the kernel has given. */
  v8Mb: number
  workers: number
  /** Sockets, timers and the like that keep the main loop alive. */
  handles: number
  loopDelayP99Ms: number
  loopDelayMaxMs: number
}

export type ProbeAsk = { ask: 'figures' } | { ask: 'snapshot'; file: string }

const workerAnswersWithinMs = 2000

if (isMainThread && process.send !== undefined) {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const workers = new Set<Worker>()
  process.on('worker', worker => {
    workers.add(worker)
    worker.once('exit', () => workers.delete(worker))
  })
  const loop = monitorEventLoopDelay({ resolution: 2 })
  loop.enable()
  process.on('message', async (ask: ProbeAsk) => {
    if (ask.ask === 'snapshot') return process.send?.({ file: writeHeapSnapshot(ask.file) })
    const [p99, most] = [loop.percentile(99), loop.max]
    collect()
    const { heapUsed, external } = process.memoryUsage()
    const heaps = await Promise.all([...workers].map(heapOf))
    const inside: Inside = {
      heapMb: heapUsed / 1e6,
      externalMb: external / 1e6,
      workerHeapMb: sum(heaps.map(heap => heap?.used_heap_size)) / 1e6,
      v8Mb: sum([getHeapStatistics(), ...heaps].map(heap => heap?.total_physical_size)) / 1e6,
      workers: workers.size,
      handles: process.getActiveResourcesInfo().length,
      loopDelayP99Ms: p99 / 1e6,
      loopDelayMaxMs: most / 1e6,
    }
    loop.reset() // the collection is ours and not the service's
    process.send?.(inside)
  })
  process.channel?.unref()
}

/** null: the thread is gone, or too busy to say. */
async function heapOf(worker: Worker): Promise<HeapInfo | null> {
  const late = new Promise<null>(done => setTimeout(done, workerAnswersWithinMs, null).unref())
  return Promise.race([worker.getHeapStatistics().catch(() => null), late])
}

function sum(values: (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}
