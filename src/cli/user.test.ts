import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseConfig } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { passwordMatches } from '../records/people/password.ts'
import { Store } from '../store/store.ts'
import { dispatch } from './commands.ts'
import { listenForCommands } from './records-door.ts'
import { user } from './user.ts'

const folder = mkdtempSync(join(tmpdir(), 'switchroom-user-'))
const env = { SWITCHROOM_DATA_DIR: folder }
const config = parseConfig({ file: null, text: '', env })

after(() => rmSync(folder, { recursive: true }))

async function say(args: string[], input = ''): Promise<{ code: number; text: string }> {
  const lines: string[] = []
  const keep = (line: string) => void lines.push(line)
  const code = await dispatch(['user', ...args], { out: keep, err: keep, input: async () => input, env })
  return { code, text: lines.join('\n') }
}

async function passwordOf(store: Store, name: string): Promise<string> {
  const found = await store.read('users.byName', { name })
  return store.secret(found!.id, 'password')!
}

function open(): Promise<Store> {
  return Store.open({ file: join(folder, 'switchroom.db'), keyFile: config.secrets.keyFile, now: systemClock.now() })
}

test('the first administrator is made before the service ever ran', async () => {
  const { code, text } = await say(['add', 'adam', '--role', 'admin', '--password-stdin'], 'correct horse battery\n')
  assert.equal(code, 0, text)
  await using store = await open()
  assert.ok(await passwordMatches('correct horse battery', await passwordOf(store, 'adam')))
})

test('a person without a role, with a short password, an unknown verb: wrong usage, and nobody is made', async () => {
  assert.equal((await say(['add', 'alice'])).code, 2)
  assert.equal((await say(['add', 'alice', '--role', 'boss'])).code, 2)
  assert.match((await say(['add', 'alice', '--role', 'agent', '--password-stdin'], 'short')).text, /password/)
  assert.equal((await say(['remove', 'adam'])).code, 2)
  assert.equal((await say(['list'])).text.split('\n').length, 1)
})

test('a name that is taken is refused in words', async () => {
  const { code, text } = await say(['add', 'adam', '--role', 'agent'])
  assert.equal(code, 1)
  assert.match(text, /name|adam/)
})

test('while the service runs the command goes to it, and the floor hears of the new person', async t => {
  const store = await open()
  const told: string[] = []
  const door = {
    store,
    clock: systemClock,
    tell: (facts: { type: string }[]) => void told.push(...facts.map(({ type }) => type)),
  }
  const listening = await listenForCommands(config, door, { user })
  t.after(async () => {
    await listening[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
  })
  assert.equal(statSync(join(folder, 'control.sock')).mode & 0o777, 0o600)

  const added = await say(['add', 'alice', '--role', 'agent', '--language', 'en'])
  assert.equal(added.code, 0, added.text)
  assert.deepEqual(told, ['user.saved', 'user.passwordSet'])
  const password = /^password: (\S{16})$/m.exec(added.text)![1]!
  assert.ok(await passwordMatches(password, await passwordOf(store, 'alice')))

  const reset = await say(['reset', 'alice', '--password-stdin'], 'a wholly new one\n')
  assert.equal(reset.code, 0, reset.text)
  assert.ok(await passwordMatches('a wholly new one', await passwordOf(store, 'alice')))
  assert.equal((await say(['reset', 'nobody'])).code, 1)
  assert.equal((await say(['add', 'bob'])).code, 2)
  assert.match((await say(['list'])).text, /^adam\tadmin\t-\tenabled\tadam\nalice\tagent/)
})

test('a socket that a killed service left behind is in nobody’s way', async () => {
  assert.equal((await say(['list'])).code, 0)
})
