import assert from 'node:assert/strict'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { CampaignId } from '../lib/ids.ts'
import { migrate } from './db.ts'
import { StoreError } from './port.ts'
import { campaignNamed, leadNumbered, openStore, recorded, testFolder, userNamed } from './testing/people.ts'

const sales = 'k_sales' as CampaignId

test('a name that is taken refuses its own request and not the ones that share its commit', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const save = (id: string, name: string) =>
    store.commit({ recorded: [recorded({ type: 'user.saved', user: userNamed(name, { id: id as never }) })] })
  const [first, second, third] = await Promise.allSettled([
    save('u_1', 'alice'),
    save('u_2', 'ALICE'),
    save('u_3', 'sam'),
  ])
  assert.deepEqual(first, { status: 'fulfilled', value: { firstSeq: 1, lastSeq: 1 } })
  assert.ok(second.status === 'rejected' && second.reason instanceof StoreError)
  assert.deepEqual([second.reason.kind, second.reason.field], ['conflict', 'name'])
  assert.deepEqual(third, { status: 'fulfilled', value: { firstSeq: 2, lastSeq: 2 } })
  assert.deepEqual(
    (await store.read('users.list', {})).map(user => user.name),
    ['alice', 'sam'],
  )
})

test('a refused request leaves nothing behind: no line, no row, no secret', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await store.commit({ recorded: [recorded({ type: 'campaign.saved', campaign: campaignNamed('sales') })] })
  const leads = [leadNumbered(1), leadNumbered(2), { ...leadNumbered(3), ref: 'R1' }]
  const refused = store.commit({
    recorded: [recorded({ type: 'leads.added', campaign: sales, import: 'i_1' as never, leads })],
    secrets: [{ owner: 'x', kind: 'token', value: 'hash' }],
  })
  await assert.rejects(refused, { name: 'StoreError', kind: 'conflict', field: 'ref' })
  assert.equal((await store.read('leads.page', { campaign: sales })).items.length, 0)
  assert.equal((await store.read('journal.head', {})).seq, 1)
  assert.equal(store.secret('x', 'token'), null)
})

test('listeners hear every committed line once and in the order of the journal', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const heard: number[] = []
  store.onCommitted(lines => heard.push(...lines.map(line => line.seq)))
  const note = (detail: string) => recorded({ type: 'audit.noted', what: 'test', detail })
  await Promise.all(Array.from({ length: 300 }, (_, n) => store.commit({ recorded: [note(`${n}a`), note(`${n}b`)] })))
  assert.deepEqual(
    heard,
    Array.from({ length: 600 }, (_, n) => n + 1),
  )
})

test('what the floor decides is on disk before the slices of an import that wait, and listeners hear both in the order of the journal', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const heard: string[] = []
  store.onCommitted(lines =>
    heard.push(...lines.map(({ fact, seq }) => `${seq} ${(fact as { detail: string }).detail}`)),
  )
  const write = (detail: string, isPatient: boolean) =>
    store.commit({ recorded: [recorded({ type: 'audit.noted', what: 'test', detail })], isPatient })
  // The writer may be at some slices before it hears of the calls, and never at all of them.
  const slices = Array.from({ length: 40 }, (_, at) => write(`slice ${at + 1}`, true))
  const calls = [1, 2].map(at => write(`call ${at}`, false))
  await Promise.all([...slices, ...calls])
  assert.deepEqual(
    heard.map(line => Number(line.split(' ')[0])),
    heard.map((_, at) => at + 1),
  )
  const order = heard.map(line => line.replace(/^\d+ /, ''))
  const of = (kind: string) => order.filter(detail => detail.startsWith(kind))
  assert.deepEqual(of('call'), ['call 1', 'call 2'])
  assert.deepEqual(
    of('slice'),
    Array.from(slices, (_, at) => `slice ${at + 1}`),
  )
  assert.ok(order.indexOf('call 2') < order.indexOf('slice 40'), order.join(', '))
})

test('asked twice with one key, a commit is done once, even across a writer that died', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const transaction = {
    recorded: [recorded({ type: 'audit.noted', what: 'test', detail: 'once' })],
    once: { sender: 'engine', key: '1-1' },
  }
  const first = await store.commit(transaction)
  await store.killWriter()
  await assert.rejects(store.commit(transaction), { kind: 'fault' })
  assert.deepEqual(await whenBack(() => store.commit(transaction)), first)
  assert.deepEqual(await store.commit({ ...transaction, once: { sender: 'engine', key: '1-2' } }), {
    firstSeq: 2,
    lastSeq: 2,
  })
})

test('a trunk password rests encrypted, a password hash as it came, and neither in the journal', async () => {
  using folder = testFolder()
  {
    await using store = await openStore(folder)
    await store.commit({
      recorded: [recorded({ type: 'trunk.passwordSet', trunk: 't_1' as never })],
      secrets: [
        { owner: 't_1', kind: 'trunk-password', value: 'open sesame' },
        { owner: 'u_1', kind: 'password', value: 'scrypt$hash' },
        { owner: 'token_1', kind: 'token', value: 'sha256' },
      ],
    })
    assert.equal(store.secret('t_1', 'trunk-password'), 'open sesame')
    assert.equal(store.secret('u_1', 'password'), 'scrypt$hash')
    assert.equal(store.ownerOf('token', 'sha256'), 'token_1')
    assert.equal(store.ownerOf('token', 'other'), null)
    await store.commit({ recorded: [], secrets: [{ owner: 'u_1', kind: 'password', value: null }] })
    assert.equal(store.secret('u_1', 'password'), null)
    assert.equal((await store.read('journal.head', {})).seq, 1)
  }
  assert.equal(statSync(folder.keyFile).mode & 0o777, 0o600)
  assert.equal(readFileSync(folder.file).includes('open sesame'), false)
  writeFileSync(folder.keyFile, `${Buffer.alloc(32, 7).toString('base64')}\n`)
  await using other = await openStore(folder)
  assert.throws(() => other.secret('t_1', 'trunk-password'), /key file/)
})

test('a secret moved to another row does not open', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await store.commit({ recorded: [], secrets: [{ owner: 't_1', kind: 'trunk-password', value: 'open sesame' }] })
  const db = new Sqlite(folder.file)
  db.exec("UPDATE secrets SET owner = 't_2'")
  db.close()
  assert.throws(() => store.secret('t_2', 'trunk-password'), { kind: 'fault' })
})

test('a key file that others may read, or a data folder in use, is refused with what to do', async () => {
  using folder = testFolder()
  writeFileSync(folder.keyFile, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o644 })
  await assert.rejects(openStore(folder), /chmod 600/)
  using second = testFolder()
  await using _running = await openStore(second)
  await assert.rejects(openStore(second), /Another Switchroom/)
})

test('a full disk refuses with `full`, loses nothing that was answered, and goes on when there is space', async () => {
  using folder = testFolder()
  const note = (n: number) => recorded({ type: 'audit.noted', what: 'fill', detail: String(n).padEnd(2_000, 'x') })
  let kept = 0
  await (await openStore(folder))[Symbol.asyncDispose]() // what the empty tables need is there
  const emptyPages = statSync(folder.file).size / 4096
  {
    await using store = await openStore(folder, { maxPages: emptyPages + 60 })
    await assert.rejects(
      async () => {
        for (;;) {
          await store.commit({ recorded: [note(kept + 1)] })
          kept++
        }
      },
      { name: 'StoreError', kind: 'full' },
    )
    assert.ok(kept > 10)
    await assert.rejects(store.commit({ recorded: [note(kept + 1)] }), { kind: 'full' })
    assert.equal((await store.read('journal.head', {})).seq, kept)
  }
  await using store = await openStore(folder)
  assert.deepEqual(await store.commit({ recorded: [note(kept + 1)] }), { firstSeq: kept + 1, lastSeq: kept + 1 })
})

test('an idempotent reply is kept with its commit, and a second one under its key refuses the commit', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const remember = { owner: 'token:t_1', key: 'k1', requestHash: 'abc', status: 201, response: '{"id":1}', at: 5 }
  const line = recorded({ type: 'audit.noted', what: 'x', detail: '' })
  await store.commit({ recorded: [line], remember })
  assert.deepEqual(store.remembered('token:t_1', 'k1'), remember)
  assert.equal(store.remembered('token:t_2', 'k1'), null)
  await assert.rejects(store.commit({ recorded: [line], remember }), { kind: 'conflict', field: 'key' })
  assert.equal((await store.read('journal.head', {})).seq, 1)
})

test('sessions are kept across a start, and a stale sight of one never turns it back', async () => {
  using folder = testFolder()
  const session = { tokenHash: 'h1', user: 'u_alice' as never, createdAt: 1, seenAt: 50, address: '10.0.0.1' }
  {
    await using store = await openStore(folder)
    await store.sessions.put(session)
    await store.sessions.put({ ...session, seenAt: 40 })
  }
  await using store = await openStore(folder)
  assert.deepEqual(await store.sessions.list(), [session])
  await store.sessions.remove('h1')
  assert.deepEqual(await store.sessions.list(), [])
})

test('a database of a newer program, or with a rewritten past, is refused', () => {
  const migrations = [
    { name: '0001_a.sql', sql: 'CREATE TABLE a (x) ;' },
    { name: '0002_b.sql', sql: 'CREATE TABLE b (x);' },
  ]
  using other = testFolder()
  const db = new Sqlite(other.file)
  assert.deepEqual(migrate(db, migrations, 1), ['0001_a.sql', '0002_b.sql'])
  assert.deepEqual(migrate(db, migrations, 2), [])
  assert.throws(() => migrate(db, migrations.slice(0, 1), 3), /newer Switchroom/)
  const older = [migrations[0]!, { name: '0003_c.sql', sql: 'CREATE TABLE c (x);' }]
  assert.throws(() => migrate(db, older, 3), /newer Switchroom \(it has 0002_b\.sql\)/)
  assert.equal(
    db.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'c'").pluck().get(),
    0,
    'and nothing is done to it',
  )
  assert.throws(
    () => migrate(db, [{ ...migrations[0]!, sql: 'CREATE TABLE c (x);' }, migrations[1]!], 3),
    /another wording/,
  )
  db.close()
})

/** The store brings up another worker by itself; until then it refuses. */
async function whenBack<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left--) {
    try {
      return await ask()
    } catch (error) {
      if (left === 0) throw error
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
}

test('no other person of this machine may read the database, in whatever folder and with whatever mask', async () => {
  using folder = testFolder()
  chmodSync(folder.path, 0o755)
  const modes = () =>
    ['', '-wal', '-shm', '.lock'].map(end => (statSync(folder.file + end).mode & 0o777).toString(8)).join(' ')
  const mask = process.umask(0o022)
  try {
    {
      await using store = await openStore(folder)
      await store.commit({ recorded: [recorded({ type: 'user.saved', user: userNamed('alice') })] })
      assert.equal(modes(), '640 640 640 640')
    }
    chmodSync(folder.file, 0o644) // from an older version, or copied back by hand
    await using store = await openStore(folder)
    await store.commit({ recorded: [recorded({ type: 'user.saved', user: userNamed('bob') })] })
    assert.equal(modes(), '640 640 640 640')
    assert.equal(statSync(folder.keyFile).mode & 0o777, 0o600)
  } finally {
    process.umask(mask)
  }
})
