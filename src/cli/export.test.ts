import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { Fact } from '../centre/facts.ts'
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
          {
            ...{ type: 'call.offered', call, trunk: 't_1' as never, leg: 'g_1' as never },
            ...{ from: '13800000001', to: '1001', diverted: { number: '13800001234', reason: 'no-answer' } },
          },
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

test('an export of recordings that lie behind a link says so once, with the place of the link and the way out', async () => {
  using folder = testFolder()
  const day = path.join(folder.path, 'recordings/24')
  mkdirSync(`${day}-archive`, { recursive: true })
  {
    await using store = await openStore(folder)
    const of = ['r_1', 'r_2'].map(id => ({ recording: id as never, call: `c_${id}` as never }))
    for (const { recording, call } of of) {
      const leg = `g_${recording}` as never
      writeFileSync(path.join(`${day}-archive`, `${recording}.wav`), 'voices')
      const sealed = { sha256: 'ab'.repeat(32), bytes: 6, durationMs: 1, salvaged: false }
      const facts: Fact[] = [
        { type: 'call.offered', call, trunk: 't_1' as never, leg, from: '13800000001', to: '1001' },
        { type: 'recording.opened', recording, call, path: `24/${recording}.wav` },
        { type: 'recording.sealed', recording, call, ...sealed },
      ]
      await store.commit({ recorded: facts.map(fact => recorded(fact, noon)) })
    }
  }
  symlinkSync(`${day}-archive`, day)
  const [out, err] = [[] as string[], [] as string[]]
  const env = { SWITCHROOM_DATA_DIR: folder.path }
  const io = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line), env }
  const args = ['export', '--from', '2026-11-24T00:00:00+08:00', '--reason', 'audit', '--json']
  assert.equal(await dispatch(args, { ...io, input: async () => '' }), 0)
  assert.equal(err.length, 1, err.join('\n'))
  assert.match(err[0]!, /missing in this export.*recordings\/24 is a link: .*mount --bind/)
  assert.equal(JSON.parse(out.join('')).calls, 2)
})
