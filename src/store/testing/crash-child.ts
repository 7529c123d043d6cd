/** A process that is to be killed: commits calls as fast as it can and tells on standard output what was acknowledged. */
import type { Fact } from '../../centre/facts.ts'
import { Store } from '../store.ts'
import { recorded } from './people.ts'

const [file, keyFile] = process.argv.slice(2) as [string, string]
const store = await Store.open({ file, keyFile, now: 1, readers: 1 })
const { seq } = await store.read('journal.head', {})

for (let n = seq + 1; ; n += 64) {
  const group = Array.from({ length: 64 }, (_, at) => commitOne(n + at))
  await Promise.all(group)
}

async function commitOne(n: number): Promise<void> {
  const fact: Fact = { type: 'audit.noted', what: 'crash', detail: `n${n}` }
  const { lastSeq } = await store.commit({ recorded: [recorded(fact, n)] })
  process.stdout.write(`${lastSeq} n${n}\n`)
}
