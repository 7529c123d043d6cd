import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import { asset } from '../../lib/places.ts'
import { drizzleOf, migrate, readMigrations } from '../db.ts'
import { recorded } from '../testing/people.ts'
import { Writer } from '../threads/writer.ts'
import { digestOf, walkChain } from './chain.ts'
import { journalLines } from './journal.ts'
import { checkProof, makeProof } from './proof.ts'

function journalOf(lines: number) {
  const db = new Sqlite(':memory:')
  migrate(db, readMigrations(asset('migrations')), 1)
  const writer = new Writer(db)
  for (let n = 1; n <= lines; n++) {
    const fact = { type: 'audit.noted' as const, what: 'note', detail: `第${n}` }
    writer.commit([{ type: 'transact', transaction: { recorded: [recorded(fact, n)] } }])
  }
  return db
}

function proofOf(db: Sqlite.Database, from: number, shown: number[]) {
  const lines = [...journalLines(drizzleOf(db))]
  const rest = lines.slice(from - 1)
  return makeProof({
    before: from === 1 ? Buffer.alloc(32) : lines[from - 2]!.hash,
    firstSeq: from,
    digests: rest.map(line => line.digest),
    head: lines.at(-1)!,
    lines: lines.filter(line => shown.includes(line.seq)),
  })
}

test('a journal that nobody touched follows from its beginning to its head', () => {
  const db = journalOf(25)
  assert.deepEqual(walkChain(journalLines(drizzleOf(db))).fault, null)
  assert.equal(walkChain(journalLines(drizzleOf(db))).seq, 25)
})

test('the journal refuses change, removal, replacement and gaps, even to a hand with the file open', () => {
  const db = journalOf(3)
  assert.throws(() => db.exec("UPDATE journal SET body = '{}' WHERE seq = 2"), /append-only/)
  assert.throws(() => db.exec('DELETE FROM journal WHERE seq = 3'), /append-only/)
  const values = "1, 'system', 'audit.noted', '{}', zeroblob(32), zeroblob(32)"
  assert.throws(() => db.exec(`INSERT OR REPLACE INTO journal VALUES (3, ${values})`), /no gaps/)
  assert.throws(() => db.exec(`INSERT INTO journal VALUES (9, ${values})`), /no gaps/)
})

test('a line that was changed behind the triggers is found, by its number', () => {
  for (const [change, fault] of [
    ["UPDATE journal SET body = replace(body, '第7', '第8') WHERE seq = 7", 'content'],
    ['UPDATE journal SET at = at + 1 WHERE seq = 7', 'content'],
    ["UPDATE journal SET actor = 'user:u_eve' WHERE seq = 7", 'content'],
    ['DELETE FROM journal WHERE seq = 6', 'gap'],
  ] as const) {
    const db = journalOf(10)
    db.exec('DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete;')
    db.exec(change)
    assert.deepEqual(walkChain(journalLines(drizzleOf(db))).fault, { seq: 7, fault }, change)
  }
})

test('a forger who computes the digest anew is betrayed by the link', () => {
  const db = journalOf(10)
  db.exec('DROP TRIGGER journal_no_update')
  const line = [...journalLines(drizzleOf(db))][6]!
  const body = line.body.replace('第7', '第8')
  db.prepare('UPDATE journal SET body = ?, digest = ? WHERE seq = 7').run(body, digestOf({ ...line, body }))
  assert.deepEqual(walkChain(journalLines(drizzleOf(db))).fault, { seq: 7, fault: 'link' })
})

test('a proof shows some lines, hides the others, and holds against the head', () => {
  const db = journalOf(30)
  for (const proof of [proofOf(db, 1, [1, 30]), proofOf(db, 12, [12, 20]), proofOf(db, 30, [30]), proofOf(db, 5, [])]) {
    const copy = JSON.parse(JSON.stringify(proof))
    assert.equal(checkProof(copy), null)
    assert.equal(checkProof(copy, proof.head.hash), null)
    assert.deepEqual(checkProof(copy, 'f'.repeat(64)), { fault: 'other-head' })
  }
})

test('a proof with a changed line, digest, head or form does not hold', () => {
  const good = () => proofOf(journalOf(30), 12, [12, 20])
  const changed = good()
  changed.lines[1]!.body = changed.lines[1]!.body.replace('20', '21')
  assert.deepEqual(checkProof(changed), { fault: 'line', seq: 20 })
  const moved = good()
  moved.lines[0]!.seq = 11
  assert.deepEqual(checkProof(moved), { fault: 'line', seq: 11 })
  const digest = good()
  digest.digests[3] = 'a'.repeat(64)
  assert.deepEqual(checkProof(digest), { fault: 'head' })
  const shorter = good()
  shorter.digests.pop()
  assert.deepEqual(checkProof(shorter), { fault: 'head' })
  for (const rubbish of [
    null,
    1,
    [],
    {},
    { ...good(), lines: 3 },
    { ...good(), before: 'x' },
    { ...good(), firstSeq: 1 },
  ])
    assert.deepEqual(checkProof(rubbish), { fault: 'form' })
})
