import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { drizzleOf, openReader } from './db.ts'
import { walkChain } from './journal/chain.ts'
import { journalLines } from './journal/journal.ts'
import { openStore, recorded, testFolder } from './testing/people.ts'

const child = fileURLToPath(new URL('./testing/crash-child.ts', import.meta.url))

test('kill -9 under load loses no commit that was answered, and the journal goes on where it stopped', async () => {
  using folder = testFolder()
  const acknowledged = new Map<number, string>()
  for (let round = 0; round < 3; round++) {
    const before = acknowledged.size
    const running = spawn(process.execPath, [child, folder.file, folder.keyFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    running.stdout.on('data', chunk => {
      text += chunk
      const lines = text.split('\n')
      text = lines.pop()!
      for (const line of lines) acknowledged.set(Number(line.split(' ')[0]), line.split(' ')[1]!)
      if (acknowledged.size - before > 300 + round * 217) running.kill('SIGKILL')
    })
    await once(running, 'close') // gone, and all it said is read
    assert.ok(acknowledged.size > before + 300, `round ${round} acknowledged ${acknowledged.size - before}`)
  }
  {
    await using store = await openStore(folder) // the kernel gave the lock back
    await store.commit({ recorded: [recorded({ type: 'audit.noted', what: 'crash', detail: 'after' })] })
  }
  const db = openReader(folder.file)
  const lines = [...journalLines(drizzleOf(db))]
  db.close()
  assert.equal(walkChain(lines).fault, null)
  for (const [seq, detail] of acknowledged) assert.equal(JSON.parse(lines[seq - 1]!.body).detail, detail)
})
