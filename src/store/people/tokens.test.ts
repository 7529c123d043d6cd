import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { Actor, Fact } from '../../centre/facts.ts'
import { asset } from '../../lib/places.ts'
import { migrate, readMigrations } from '../db.ts'
import { rebuild } from '../project.ts'
import { Writer } from '../threads/writer.ts'

test('a token that a token had asked for is answered for by the person behind it, also one from before anybody was', () => {
  const all = readMigrations(asset('migrations'))
  const now = new Sqlite(':memory:')
  migrate(now, all, 1)
  const writer = new Writer(now)
  const issued = (token: string, actor: Actor) => {
    const fact = { type: 'token.issued', token, name: token, role: 'admin' } as Fact
    const [answer] = writer.commit([{ type: 'transact', transaction: { recorded: [{ at: 1, actor, fact }] } }])
    assert.ok(answer!.ok)
  }
  issued('k_person', 'user:u_adam')
  issued('k_program', 'token:k_person')
  issued('k_programs', 'token:k_program')
  issued('k_shell', 'system')
  issued('k_shells', 'token:k_shell')
  const before = new Sqlite(':memory:')
  const past = all.filter(({ name }) => name < '0085')
  migrate(before, past, 1)
  for (const line of now.prepare('SELECT * FROM journal').all() as Record<string, unknown>[]) {
    const names = Object.keys(line)
    before.prepare(`INSERT INTO journal (${names}) VALUES (${names.map(() => '?')})`).run(...Object.values(line))
  }
  for (const token of ['k_person', 'k_program', 'k_programs', 'k_shell', 'k_shells'])
    before.prepare(`INSERT INTO tokens (id, name, role, issued_at) VALUES (?, ?, 'admin', 1)`).run(token, token)
  migrate(before, all, 2)
  const answering = () => before.prepare('SELECT id, issued_by FROM tokens ORDER BY id').raw().all()
  const wanted = [
    ['k_person', 'u_adam'],
    ['k_program', 'u_adam'],
    ['k_programs', 'u_adam'],
    ['k_shell', null],
    ['k_shells', null],
  ]
  assert.deepEqual(answering(), wanted)
  rebuild(before)
  assert.deepEqual(answering(), wanted)
})
