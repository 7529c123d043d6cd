import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, test } from 'node:test'
import { parseConfig } from '../config.ts'
import { createLogger } from '../lib/log.ts'
import { type Running, serve } from '../serve.ts'
import { run } from './serve.ts'

const data = mkdtempSync(join(tmpdir(), 'switchroom-serve-'))
after(() => rmSync(data, { recursive: true, force: true }))
afterEach(() => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.removeAllListeners(signal) // a second one would end this process
})
const env = {
  SWITCHROOM_DATA_DIR: data,
  SWITCHROOM_HTTP_LISTEN: '127.0.0.1:0',
  SWITCHROOM_HTTP_TLS: 'off',
  SWITCHROOM_SIP_LISTEN: 'udp:127.0.0.1:0',
  SWITCHROOM_LOG_LEVEL: 'fatal',
}
const io = { out: () => undefined, err: () => undefined, input: async () => '', env }

test('SIGTERM in the middle of a start ends it there, and what it had opened by then is closed', async () => {
  let isClosed = false
  const code = await run([], io, async (_config, _log, _clock, signal) => {
    process.emit('SIGTERM', 'SIGTERM')
    await new Promise<void>(resolve => signal!.addEventListener('abort', () => resolve()))
    isClosed = true
    signal!.throwIfAborted()
    throw new Error('it goes on')
  })
  assert.deepEqual([code, isClosed], [0, true])
})

test('SIGTERM before the program is read in ends it as well, and is no fault', async () => {
  const ended = run([], io, async (_config, _log, _clock, signal) => {
    signal!.throwIfAborted()
    throw new Error('it goes on')
  })
  process.emit('SIGTERM', 'SIGTERM')
  assert.equal(await ended, 0)
})

test('a start that was over as SIGTERM came is closed again', async () => {
  let isClosed = false
  const running = { [Symbol.asyncDispose]: async () => void (isClosed = true) } as unknown as Running
  const code = await run([], io, async (_config, _log, _clock, signal) => {
    process.emit('SIGTERM', 'SIGTERM')
    await new Promise<void>(resolve => signal!.addEventListener('abort', () => resolve()))
    return running
  })
  assert.deepEqual([code, isClosed], [0, true])
})

test('a start that is ended half-way leaves nothing open: the next one begins in the same folder', async () => {
  const config = parseConfig({ file: null, text: '', env })
  const log = createLogger('silent')
  const stopping = new AbortController()
  const now = () => {
    stopping.abort() // as soon as it looks at the clock
    return Date.now()
  }
  await assert.rejects(serve(config, log, { now, monotonic: () => performance.now() }, stopping.signal), {
    name: 'AbortError',
  })
  await using running = await serve(config, log)
  assert.equal(running.urls.length, 1)
})
