import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseConfig } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { createCampaign } from '../records/campaigns/campaigns.ts'
import { createTrunk } from '../records/telephony/trunks.ts'
import { Store } from '../store/store.ts'
import { dispatch } from './commands.ts'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-import-'))
const env = { SWITCHROOM_DATA_DIR: folder }
const config = parseConfig({ file: null, text: '', env })
after(() => rmSync(folder, { recursive: true }))

async function say(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = []
  const keep = (line: string) => void lines.push(line)
  const code = await dispatch(['import', ...args], { out: keep, err: keep, input: async () => '', env })
  return { code, text: lines.join('\n') }
}

test('a list goes into its campaign row by row, and each refused row is told with field and reason', async () => {
  {
    await using store = await Store.open({
      file: join(folder, 'switchroom.db'),
      keyFile: config.secrets.keyFile,
      now: 1,
      readers: 1,
    })
    const door = { store, clock: systemClock, tell: () => {} }
    const trunk = await createTrunk(door, 'system', { name: 'PBX', host: '127.0.0.1', callerIds: ['+861012345678'] })
    const fields = { business: 'sales', mode: 'preview', policy: 'CN-SALES-DEFAULT', trunks: [trunk.id] }
    await createCampaign(door, 'system', { name: 'Spring', ...fields })
  }
  const file = join(folder, 'leads.csv')
  writeFileSync(file, 'ref,name,phone\nA1,王芳,13800138000\nA2,Carl,not a number\nA1,again,13800138001\n')
  const { code, text } = await say('leads', file, '--campaign', 'Spring')
  assert.equal(code, 1, text)
  assert.match(text, /^1 leads added to Spring, 2 rows refused\nrow 2\t/)
  assert.equal((await say('leads', file, '--campaign', 'Autumn')).code, 1)
  assert.equal((await say('leads', join(folder, 'none.csv'), '--campaign', 'Spring')).code, 1)
  assert.equal((await say('loans', file, '--campaign', 'Spring')).code, 2)
})

test('other kinds are read by their headings, the same file again changes nothing, and a kind that there is not is told', async () => {
  const file = join(folder, 'parties.csv')
  writeFileSync(file, '客户号,姓名,手机号\nP1,王芳,13800138000\nP2,李雷,1.38E+10\n')
  const first = await say('parties', file)
  assert.equal(first.code, 1, first.text)
  assert.match(first.text, /^parties: 1 saved, 0 unchanged, 1 rows refused\nrow 2\tphone1\tfound "1\.38E\+10"/)
  assert.match((await say('parties', file)).text, /^parties: 0 saved, 1 unchanged, 1 rows refused/)
  const cats = await say('cats', file)
  assert.deepEqual([cats.code, /allowed: parties, loans, leads/.test(cats.text)], [2, true])
})
