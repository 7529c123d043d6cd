import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import { lockData } from '../store/lock.ts'
import { Store } from '../store/store.ts'
import { recorded, type TestFolder, testFolder, userNamed } from '../store/testing/people.ts'
import { asOwnerOf, type Self } from './as-owner.ts'
import * as backup from './backup.ts'
import { UsageError } from './command.ts'
import * as restore from './restore.ts'
import * as verify from './verify.ts'

function aHouse(folder: TestFolder) {
  const out: string[] = []
  const err: string[] = []
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    input: async () => '',
    env: {},
  }
  const config = path.join(folder.path, 'switchroom.toml')
  writeFileSync(config, `data_dir = "${folder.path}"\n`)
  const run = (command: { run: typeof backup.run }, ...args: string[]) => command.run(['--config', config, ...args], io)
  const open = () => Store.open({ file: folder.file, keyFile: folder.keyFile, now: 1, readers: 1 })
  const save = (store: Store, name: string) =>
    store.commit({ recorded: [recorded({ type: 'user.saved', user: userNamed(name) })] })
  const names = async () => {
    await using store = await open()
    return (await store.read('users.list', {})).map(user => user.name)
  }
  return { out, err, run, open, save, names, file: (name: string) => path.join(folder.path, name) }
}

test('a backup taken while the service works comes back whole, and what was there before is kept', async () => {
  using folder = testFolder()
  const { out, run, open, save, names, file } = aHouse(folder)
  {
    await using store = await open()
    await save(store, 'alice')
    assert.equal(await run(backup, file('monday.backup')), 0)
    await save(store, 'sam')
  }
  assert.match(out[0]!, /1 journal lines, head [0-9a-f]{64}/)
  assert.equal(statSync(file('monday.backup')).mode & 0o777, 0o600)
  assert.deepEqual(await names(), ['alice', 'sam'])
  assert.equal(await run(restore, file('monday.backup')), 0)
  assert.deepEqual(await names(), ['alice'])
  const kept = readdirSync(folder.path).find(name => /\.before-[^.]*$/.test(name))!
  copyFileSync(file(kept), file('kept.db'))
  const db = new Sqlite(file('kept.db'), { readonly: true })
  assert.equal((db.prepare('SELECT count(*) AS n FROM users').get() as { n: number }).n, 2)
  db.close()
})

const isRoot = process.getuid?.() === 0
const service = { uid: 12_345, gid: 12_346 }

/** A folder that nobody has served from yet, of the service's where that can be had, and a backup beside it. */
async function freshFolder(folder: TestFolder): Promise<{ data: string; restored: (self?: Self) => Promise<unknown> }> {
  const { run, open, save, file } = aHouse(folder)
  {
    await using store = await open()
    await save(store, 'alice')
  }
  assert.equal(await run(backup, file('a.backup')), 0)
  chmodSync(folder.path, 0o755)
  const data = file('data')
  mkdirSync(data, { mode: 0o750 })
  if (isRoot) chownSync(data, service.uid, service.gid)
  const config = file('other.toml')
  writeFileSync(config, `data_dir = "${data}"\n`)
  const io = { out: () => {}, err: () => {}, input: async () => '', env: {} }
  return { data, restored: self => restore.run(['--config', config, file('a.backup')], io, self) }
}

test('a restore, by root too, is for whom the data folder belongs to, the lock with it', async () => {
  using folder = testFolder()
  const { data, restored } = await freshFolder(folder)
  const { uid, gid } = statSync(data)
  assert.equal(await restored(), 0)
  for (const name of ['switchroom.db', 'switchroom.db.lock']) {
    const its = statSync(path.join(data, name))
    assert.deepEqual([its.uid, its.gid], [uid, gid], name)
  }
  assert.equal(statSync(path.join(data, 'switchroom.db')).mode & 0o777, 0o600)
  assert.equal(process.geteuid?.(), process.getuid?.(), 'and root is root again')
})

test('in a folder of somebody else root is that somebody for as long as it writes there, and root again whatever happens', async () => {
  using folder = testFolder()
  const { data, restored } = await freshFolder(folder)
  const { uid, gid } = statSync(data)
  const said: string[] = []
  const self: Self = {
    getuid: () => 0,
    getegid: () => 7,
    getgroups: () => [7, 8],
    setgroups: groups => said.push(`groups ${groups}`),
    setegid: id => said.push(`group ${id}`),
    seteuid: id =>
      said.push(
        `user ${id}: ${readdirSync(data)
          .filter(name => !name.includes('before'))
          .toSorted()}`,
      ),
  }
  const [became, was] = [
    [`groups ${gid}`, `group ${gid}`],
    ['group 7', 'groups 7,8'],
  ]
  assert.equal(await restored(self), 0)
  const files = 'switchroom.db,switchroom.db.lock'
  assert.deepEqual(said.splice(0), [...became, `user ${uid}: `, `user 0: ${files}`, ...was])
  using _running = lockData(path.join(data, 'switchroom.db'))
  await assert.rejects(restored(self), /Another Switchroom works/)
  assert.deepEqual(said, [...became, `user ${uid}: ${files}`, `user 0: ${files}`, ...was])
})

test('a link that lies where a restore writes leads nowhere', async () => {
  using folder = testFolder()
  const { data, restored } = await freshFolder(folder)
  const other = path.join(folder.path, 'other')
  writeFileSync(other, 'root:x:0:0', { mode: 0o644 })
  symlinkSync(other, path.join(data, 'switchroom.db.restoring'))
  assert.equal(await restored(), 0)
  const { uid, mode } = statSync(other)
  assert.deepEqual([readFileSync(other, 'utf8'), uid, mode & 0o777], ['root:x:0:0', process.getuid!(), 0o644])
})

test('a lock that may be read and not written holds nobody off, and is refused', async () => {
  using folder = testFolder()
  writeFileSync(`${folder.file}.lock`, '', { mode: 0o444 })
  if (isRoot) chownSync(folder.path, service.uid, service.gid)
  const locked = () => asOwnerOf(folder.path, () => lockData(folder.file)[Symbol.dispose]())
  assert.throws(locked, /cannot be written .*check its owner/)
})

test('a restore over a running service is refused with what to do, and changes nothing', async () => {
  using folder = testFolder()
  const { run, open, save, file } = aHouse(folder)
  await using store = await open()
  await save(store, 'alice')
  assert.equal(await run(backup, file('a.backup')), 0)
  await assert.rejects(run(restore, file('a.backup')), /Another Switchroom works.*stop it first/)
  await save(store, 'sam')
  assert.equal((await store.read('users.list', {})).length, 2)
})

test('a backup that was tampered with, a file that is none, and a name that is taken are refused', async () => {
  using folder = testFolder()
  const { err, run, open, save, names, file } = aHouse(folder)
  {
    await using store = await open()
    await save(store, 'alice')
  }
  assert.equal(await run(backup, file('a.backup')), 0)
  assert.equal(await run(backup, file('a.backup')), 1)
  assert.match(err.at(-1)!, /exists; name a file that does not/)
  const db = new Sqlite(file('a.backup'))
  db.exec("DROP TRIGGER journal_no_update; UPDATE journal SET actor = 'user:u_eve'")
  db.close()
  assert.equal(await run(restore, file('a.backup')), 1)
  assert.match(err.at(-1)!, /nothing was changed: journal line 1: its content was changed/)
  writeFileSync(file('letter.txt'), 'Dear Sir or Madam, this is not a database. '.repeat(100))
  assert.equal(await run(restore, file('letter.txt')), 1)
  assert.equal(await run(restore, file('nowhere')), 1)
  assert.deepEqual(await names(), ['alice'])
  assert.equal(
    readdirSync(folder.path).some(name => /part|restoring/.test(name)),
    false,
  )
})

test('verify --journal tells the head of a sound journal and the line of one that was changed', async () => {
  using folder = testFolder()
  const { out, err, run, open, save } = aHouse(folder)
  {
    await using store = await open()
    for (const name of ['alice', 'sam', 'olga']) await save(store, name)
  }
  assert.equal(await run(verify, '--journal'), 0)
  const head = /3 journal lines, head ([0-9a-f]{64})/.exec(out[0]!)![1]!
  assert.equal(await run(verify, '--journal', '--head', head), 0)
  assert.equal(await run(verify, '--journal', '--head', 'f'.repeat(64)), 1)
  const db = new Sqlite(folder.file)
  db.exec("DROP TRIGGER journal_no_update; UPDATE journal SET body = replace(body, 'sam', 'eve') WHERE seq = 2")
  db.close()
  assert.equal(await run(verify, '--journal'), 1)
  assert.match(err.at(-1)!, /journal line 2: its content was changed/)
})

test('verify wants one thing to verify', async () => {
  using folder = testFolder()
  const { run, err, file } = aHouse(folder)
  await assert.rejects(run(verify), UsageError)
  await assert.rejects(run(verify, '--journal', 'file.zip'), UsageError)
  await assert.rejects(run(verify, '--journal', '--head', 'abc'), UsageError)
  assert.equal(await run(verify, file('nothing.zip')), 1)
  assert.equal(await run(verify, '--journal'), 1)
  assert.match(err.at(-1)!, /there is no database/)
  assert.equal(existsSync(folder.file), false, 'looking makes no file')
})

test('a table that was edited by hand is found, though the chain is whole', async () => {
  using folder = testFolder()
  const { out, err, run, open, save } = aHouse(folder)
  {
    await using store = await open()
    await save(store, 'alice')
    await save(store, 'bob')
  }
  assert.equal(await run(verify, '--journal'), 0)
  assert.match(out.at(-1)!, /^ok: 2 journal lines/)
  for (const edit of ["UPDATE users SET role = 'auditor' WHERE name = 'bob'", "DELETE FROM users WHERE name = 'bob'"]) {
    const db = new Sqlite(folder.file)
    db.exec(edit)
    db.close()
    assert.equal(await run(verify, '--journal'), 1, edit)
    assert.match(err.at(-1)!, /the table users does not say what the journal says/)
  }
})
