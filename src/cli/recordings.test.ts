import assert from 'node:assert/strict'
import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseConfig } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { markOf } from '../lib/folder-mark.ts'
import { Store } from '../store/store.ts'
import { dispatch } from './commands.ts'

const data = mkdtempSync(join(tmpdir(), 'switchroom-recordings-'))
const folder = join(data, 'recordings')
const env = {
  SWITCHROOM_DATA_DIR: data,
  SWITCHROOM_HTTP_LISTEN: '127.0.0.1:0',
  SWITCHROOM_SIP_LISTEN: 'udp:127.0.0.1:0',
}
const config = parseConfig({ file: null, text: '', env })
after(() => rmSync(data, { recursive: true }))

async function say(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = []
  const keep = (line: string) => void lines.push(line)
  const code = await dispatch(args, { out: keep, err: keep, input: async () => '', env })
  return { code, text: lines.join('\n') }
}

test('check knows a folder that is another than the one that was accepted, and the journal says who accepted which', async () => {
  assert.equal((await say('recordings')).code, 2)
  assert.equal((await say('recordings', 'destroy')).code, 2)
  const { code, text } = await say('recordings', 'accept')
  assert.deepEqual([code, text.includes(folder)], [0, true])
  assert.match(text, /cp -p, rsync -t/)
  const mark = await markOf(folder)
  {
    await using store = await Store.open({
      file: join(data, 'switchroom.db'),
      keyFile: config.secrets.keyFile,
      now: systemClock.now(),
    })
    assert.equal(await store.read('settings.get', { key: 'recording.folder' }), mark)
  }
  const found = async () => {
    const { results } = JSON.parse((await say('check', '--json')).text)
    return results.find((one: { check: string }) => one.check === 'recordings')
  }
  assert.match((await found()).found, /can be written/)
  rmSync(folder, { recursive: true })
  assert.match((await found()).found, /recordings is gone, and recordings were kept there/)
  mkdirSync(folder)
  const other = await found()
  assert.equal(other.state, 'bad')
  assert.match(other.found, /looks like another folder than the one that recordings were kept in/)
  assert.match(other.advice, /switchroom recordings accept/)
  assert.equal((await say('recordings', 'accept')).code, 0)
  assert.notEqual(await markOf(folder), mark, 'what lies elsewhere with the old one takes none any more')
  assert.match((await found()).found, /can be written/)
})

test('a folder that root accepts is marked by whom the data belongs to, who could not read a mark of root', async () => {
  const isRoot = process.getuid?.() === 0
  rmSync(folder, { recursive: true, force: true })
  if (isRoot) chownSync(data, 12_345, 12_346)
  const { uid, gid } = statSync(data)
  assert.equal((await say('recordings', 'accept')).code, 0)
  for (const name of ['', '.switchroom']) {
    const its = statSync(join(folder, name))
    assert.deepEqual([its.uid, its.gid], [uid, gid], name)
  }
  assert.equal(process.geteuid?.(), process.getuid?.(), 'and root is root again')
})
