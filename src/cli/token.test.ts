import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { dispatch } from './commands.ts'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-token-'))
const env = { SWITCHROOM_DATA_DIR: folder }
after(() => rmSync(folder, { recursive: true }))

async function say(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = []
  const keep = (line: string) => void lines.push(line)
  const code = await dispatch(['token', ...args], { out: keep, err: keep, input: async () => '', env })
  return { code, text: lines.join('\n') }
}

test('a token is issued, listed without its secret, and revoked', async () => {
  const issued = await say('add', 'billing', '--role', 'admin', '--json')
  assert.equal(issued.code, 0, issued.text)
  const { id, secret } = JSON.parse(issued.text) as { id: string; secret: string }
  assert.match(secret, /^swr_/)
  const listed = await say('list')
  assert.ok(listed.text.includes(id) && !listed.text.includes(secret))
  assert.equal((await say('revoke', id)).code, 0)
  assert.equal((await say('list')).text, '')
})

test('no role, an unknown role, an unknown token, an unknown verb: wrong usage', async () => {
  assert.equal((await say('add', 'billing')).code, 2)
  assert.equal((await say('add', 'billing', '--role', 'boss')).code, 2)
  assert.equal((await say('revoke', 'k_nothing')).code, 2)
  assert.equal((await say('make', 'billing')).code, 2)
})
