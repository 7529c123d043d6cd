import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

test('where a share hangs, other files are read on', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-threads-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe]) // who opens it waits for its other end
  const script = `
    import { readFile, stat } from 'node:fs/promises'
    const { widenFileThreads } = await import(${JSON.stringify(join(import.meta.dirname, 'file-threads.ts'))})
    widenFileThreads()
    for (let i = 0; i < 12; i++) void readFile(${JSON.stringify(pipe)})
    await stat('/')
    console.log('answered')`
  const { UV_THREADPOOL_SIZE: _, ...env } = process.env
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const [said] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) })
  assert.match(String(said), /answered/)
})
