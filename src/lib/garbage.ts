/**
 * Threads that make little garbage let it lie: V8 looks through the old half of a heap when that has grown by a good part of itself, which such a
 * thread reaches after hours, and what its garbage holds outside V8 (buffers, statements of SQLite) stays as long. The house's threads grew by
 * some 20 MB an hour together that way, with nothing lost.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { threadId } from 'node:worker_threads'

const everyMs = 5 * 60_000
/** What a thread made while it loaded its modules is as much as what it keeps of them. */
const firstMs = 60_000
/** Threads of one house begin together, and take their turns one after the other. */
const apartMs = 7_000
const turns = 30

/**
 * Collects this thread's garbage a minute after its start and every five minutes then, for as long as something else keeps it alive. Takes some
 * ten milliseconds, so not for media threads.
 */
export function collectNowAndThen(): void {
  const first = () => {
    const collect = collectorOfThisThread()
    collect()
    setInterval(collect, everyMs).unref()
  }
  setTimeout(first, firstMs + (threadId % turns) * apartMs).unref()
}

/** Made when the house is long up: what is kept compiled goes by V8's options, and `gc` is one of them for this moment. */
function collectorOfThisThread(): () => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  return () => collect()
}
