import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { openStore, recorded, testFolder } from '../store/testing/people.ts'
import { dispatch } from './commands.ts'

const noon = Date.parse('2026-11-24T12:00:00+08:00')

test('export writes a zip that verify accepts, and refuses without a reason or a selection', async () => {
  using folder = testFolder()
  const audio = Buffer.from('voices')
  const sha256 = createHash('sha256').update(audio).digest('hex')
  mkdirSync(path.join(folder.path, 'recordings'))
  writeFileSync(path.join(folder.path, 'recordings/r_1.wav'), audio)
  {
    await using store = await openStore(folder)
    const call = 'c_1' as never
    const recording = 'r_1' as never
    await store.commit({
      recorded: [
        recorded(
          { type: 'call.offered', call, trunk: 't_1' as never, leg: 'g_1' as never, from: '13800000001', to: '1001' },
          noon,
        ),
        recorded({ type: 'recording.opened', recording, call, path: 'r_1.wav' }, noon),
        recorded({ type: 'recording.sealed', recording, call, sha256, bytes: 6, durationMs: 1, salvaged: false }, noon),
      ],
    })
  }
  const say = async (...args: string[]) => {
    const lines: string[] = []
    const keep = (line: string) => void lines.push(line)
    const env = { SWITCHROOM_DATA_DIR: folder.path }
    return { code: await dispatch(args, { out: keep, err: keep, input: async () => '', env }), text: lines.join('\n') }
  }
  const out = path.join(folder.path, 'evidence.zip')
  const from = ['--from', '2026-11-24T00:00:00+08:00']
  assert.equal((await say('export', ...from)).code, 2)
  assert.equal((await say('export', '--from', 'yesterday', '--reason', 'audit')).code, 2)
  assert.equal((await say('export', '--from', '2026-11-25T00:00:00+08:00', '--reason', 'audit')).code, 2)
  const made = await say('export', ...from, '--to', '2026-11-25T00:00:00+08:00', '--reason', 'audit', '--out', out)
  assert.equal(made.code, 0, made.text)
  assert.match(made.text, /evidence\.zip: 1 calls, \d+ bytes, SHA-256 [0-9a-f]{64}$/)
  assert.equal(made.text.slice(-64), createHash('sha256').update(readFileSync(out)).digest('hex'))
  const verified = await say('verify', out)
  assert.equal(verified.code, 0, verified.text)
})
