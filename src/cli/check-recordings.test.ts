import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseConfig } from '../config.ts'
import type { Self } from './as-owner.ts'
import { checkFiles } from './check-machine.ts'
import { checkRecordings } from './check-recordings.ts'

const isRoot = process.getuid?.() === 0

/** Data of somebody else, whom root asks for; nobody but root can be two people, so for others `shut` takes the right away meanwhile. */
function house(t: TestContext, shut: { path: (data: string) => string; mode: number; isFile?: true }) {
  const data = mkdtempSync(join(tmpdir(), 'switchroom-check-'))
  t.after(() => rmSync(data, { recursive: true, force: true }))
  const env = {
    SWITCHROOM_DATA_DIR: data,
    SWITCHROOM_HTTP_LISTEN: '127.0.0.1:0',
    SWITCHROOM_SIP_LISTEN: 'udp:127.0.0.1:0',
  }
  const config = parseConfig({ file: null, text: '', env })
  const give = (...paths: string[]) => {
    for (const each of [data, ...paths.map(path => join(data, path))]) if (isRoot) chownSync(each, 12_345, 12_346)
  }
  const path = shut.path(data)
  const pretended: Self = {
    ...{ getuid: () => 0, getegid: () => 0, getgroups: () => [], setgroups: () => {}, setegid: () => {} },
    seteuid: id => chmodSync(path, id === 0 ? (shut.isFile ? 0o600 : 0o755) : shut.mode),
  }
  return { data, config, give, path, self: isRoot ? process : pretended }
}

test('root asks for the service: a folder that it could not write, or come to, is told, though owner and mode of it say nothing', async t => {
  const { data, config, give, path, self } = house(t, { path: data => join(data, 'disk'), mode: 0o600 })
  mkdirSync(join(path, 'recordings'), { recursive: true })
  symlinkSync(join(path, 'recordings'), join(data, 'recordings'))
  chmodSync(join(path, 'recordings'), 0o777)
  give()
  if (isRoot) chmodSync(path, 0o700) // root's: nobody else comes through it
  const [found] = await checkRecordings(config, self)
  assert.equal(found!.state, 'bad')
  assert.match(found!.found, /recordings cannot be written by the owner of data_dir \(user \d+\): EACCES/)
  if (isRoot) chmodSync(path, 0o755)
  else Object.assign(self, { seteuid: () => {} })
  const [well] = await checkRecordings(config, self)
  assert.equal(well!.state, 'ok', well!.found)
  assert.deepEqual(readdirSync(join(path, 'recordings')), [], 'nothing of it lasts')
})

test('root asks for the service: a key or a database that only root may open is told', async t => {
  const { data, config, give, path, self } = house(t, {
    path: data => join(data, 'secrets.key'),
    mode: 0,
    isFile: true,
  })
  writeFileSync(path, 'x', { mode: 0o600 })
  writeFileSync(join(data, 'switchroom.db'), 'x', { mode: 0o600 })
  give('switchroom.db')
  const [found] = await checkFiles(config, self)
  assert.equal(found!.state, 'bad')
  assert.match(found!.found, /secrets\.key cannot be read by the owner of data_dir/)
})

test('a year or a month that is a link is told, however old, with the way out', async t => {
  const { data, config } = house(t, { path: data => data, mode: 0o700 })
  const folder = join(data, 'recordings')
  mkdirSync(join(folder, '2026/11/28'), { recursive: true })
  mkdirSync(join(folder, '2024'))
  mkdirSync(join(data, 'archive'))
  const self: Self = { getuid: () => 1 }
  assert.equal((await checkRecordings(config, self))[0]!.state, 'ok')
  const [year, month] = [join(folder, '2025'), join(folder, '2024/03')]
  for (const link of [year, month]) symlinkSync(join(data, 'archive'), link)
  const [found] = await checkRecordings(config, self)
  assert.equal(found!.state, 'bad')
  assert.ok(found!.found.endsWith(`: ${month}, ${year}`), found!.found)
  assert.match(found!.advice!, /mount --bind/)
})

test('who is told to give the files to the service is told what that does to recordings that are not sealed yet', async t => {
  const { data, config } = house(t, { path: data => data, mode: 0o700 })
  writeFileSync(join(data, 'recordings'), '')
  const [found] = await checkRecordings(config)
  assert.match(found!.advice!, /chown -R switchroom: .*not sealed yet.*an auditor must accept/)
})
