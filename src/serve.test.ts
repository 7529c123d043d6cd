/** What only the composition root joins: the sessions and the floor. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parseConfig } from './config.ts'
import { systemClock } from './lib/clock.ts'
import { createLogger } from './lib/log.ts'
import { createUser } from './records/people/users.ts'
import { type Running, serve } from './serve.ts'

const data = mkdtempSync(join(tmpdir(), 'switchroom-root-'))
const password = 'correct horse battery'
const env = {
  SWITCHROOM_DATA_DIR: data,
  SWITCHROOM_HTTP_LISTEN: '127.0.0.1:0',
  SWITCHROOM_HTTP_TLS: 'off',
  SWITCHROOM_SIP_LISTEN: 'udp:127.0.0.1:0',
}
let laterMs = 0
const clock = { now: () => systemClock.now() + laterMs, monotonic: () => systemClock.monotonic() + laterMs }
let running: Running
before(async () => {
  running = await serve(parseConfig({ file: null, text: '', env }), createLogger('silent'), clock)
})
after(async () => {
  await running[Symbol.asyncDispose]()
  rmSync(data, { recursive: true, force: true })
})

function signIn(name: string, typed = password): Promise<Response> {
  return fetch(`${running.urls[0]}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ name, password: typed }),
  })
}

async function statusAfter(minutes: number, cookie: string): Promise<number> {
  laterMs += minutes * 60_000
  const response = await fetch(`${running.urls[0]}/supervisor`, {
    redirect: 'manual',
    headers: { cookie, accept: 'text/html' },
  })
  await response.arrayBuffer()
  return response.status
}

test('a supervisor who hears a call, or has one in hand, is not signed out as idle; who does neither is', async () => {
  const { id } = await createUser(running.records, 'system', { name: 'sam', role: 'supervisor', password })
  const cookie = (await signIn('sam')).headers.getSetCookie()[0]!.split(';')[0]!
  const { supervisions, agents } = running.house.engine.state
  supervisions.get = () => ({ heard: { call: 'c_1', mode: 'listen' } }) as never
  assert.equal(await statusAfter(11, cookie), 200)
  supervisions.get = Map.prototype.get
  const asIs = agents.get(id)!
  agents.get = () => ({ ...asIs, phase: 'talking', call: 'c_1' }) as never
  assert.equal(await statusAfter(11, cookie), 200)
  agents.get = Map.prototype.get
  assert.equal(await statusAfter(11, cookie), 303)
})

test('whose password is guessed at sign-in is told as an alarm', async () => {
  const { id } = await createUser(running.records, 'system', { name: 'adam', role: 'admin', password })
  for (let tries = 0; tries < 10; tries++) await (await signIn('adam', 'not the password')).arrayBuffer()
  const told = await running.house.engine.dispatch({ type: 'clock.stepped', byMs: 0 }, 'system')
  assert.ok(told.ok)
  const [alarm] = await running.house.store.read('alarms.page', { limit: 1 })
  assert.deepEqual([alarm?.rule, alarm?.user, alarm?.address], ['account_guessed', id, '127.0.0.1'])
})
