/** How long a thread of this process has had a core, by Linux (Documentation/scheduler/sched-stats.rst, "/proc/<pid>/schedstat"). */
import { readFileSync, readlinkSync } from 'node:fs'

/** What the kernel calls the calling thread; 0 where it does not say. */
export function kernelThread(): number {
  try {
    return Number(/\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** ms since that thread began; null where the kernel does not say. It counts while the thread runs, too. */
export function ranMsOf(thread: number): number | null {
  if (thread === 0) return null
  try {
    const ranNs = Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1').split(' ')[0])
    return ranNs > 0 ? ranNs / 1e6 : null // a kernel that does not count says 0 of everybody
  } catch {
    return null
  }
}
