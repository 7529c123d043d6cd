/** The second person is a second one: nobody is both, whoever set whose password. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Actor } from '../centre/facts.ts'
import type { UserId } from '../lib/ids.ts'
import { changeUser } from '../records/people/users.ts'
import { adminRoutes } from './admin/admin.ts'
import { auditorRoutes } from './auditor/auditor.ts'
import { send, sendOn } from './testing/form.ts'
import { type House, openHouse } from './testing/house.ts'

let house: House
const cookies: Record<string, string> = {}
const ids: Record<string, UserId> = {}
const people = [
  ['adam', 'admin'],
  ['ada', 'admin'],
  ['ann', 'admin'],
  ['sec', 'security'],
  ['olga', 'auditor'],
  ['otto', 'auditor'],
  ['oona', 'auditor'],
] as const
const names = people.map(([name]) => name)

before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, auditorRoutes] } })
  for (const [name, role] of people) ids[name] = (await house.add(name, role, { language: 'en' })).id
  await signAllIn()
})
after(() => house[Symbol.asyncDispose]())

async function signAllIn(): Promise<void> {
  for (const name of names) cookies[name] = (await house.signIn(name)).cookie
}

const password = 'another long password'
/** Signs in as `whom` with the new password too. */
async function setPassword(by: Actor, whom: string): Promise<void> {
  await changeUser(house.deps.records, by, ids[whom]!, { password })
  cookies[whom] = (await house.signIn(whom, password)).cookie
}
const as = (who: string): Actor => `user:${ids[who]!}`
const decide = (who: string, id: string) =>
  send(house, cookies[who]!, 'POST', `/approvals/${id}/decision`, { approve: 'true', reason: 'looked at it' })
async function asks(who: string): Promise<string> {
  const { status } = await send(house, cookies[who]!, 'POST', '/admin/tokens', { name: 'reader', role: 'auditor' })
  assert.equal(status, 303)
  return (await house.store.read('approvals.latest', {}))[0]!.id
}
async function refusedTo(who: string, id: string): Promise<void> {
  const { status, text } = await decide(who, id)
  assert.equal(status, 422)
  assert.match(text, /somebody else has to decide/)
}

test('who gave a password to whoever asks does not approve what they could have asked for themselves', async () => {
  await setPassword(as('olga'), 'ada')
  const id = await asks('ada')
  await refusedTo('olga', id)
  assert.equal((await decide('otto', id)).status, 303)
})

test('nobody is both because they gave a password to the one and to the other', async () => {
  await setPassword(as('ann'), 'adam')
  await setPassword(as('ann'), 'oona')
  const id = await asks('adam')
  await refusedTo('oona', id)
  assert.equal((await decide('otto', id)).status, 303)
})

test('nor by way of a third one, nor with a token that somebody else has taken on since', async () => {
  await setPassword(as('adam'), 'sec')
  await setPassword(as('sec'), 'otto')
  await refusedTo('otto', await asks('adam'))

  const { text } = await sendOn(house, cookies['ada']!, '/admin/tokens', { name: 'deploy', role: 'admin' })
  const secret = /swr_[\w-]{20,}/.exec(text)![0]
  const [token] = (await house.store.read('tokens.list', {})).filter(({ name }) => name === 'deploy')
  assert.equal((await house.api(secret, 'PATCH', `/users/${ids['olga']}`, { password })).status, 200)
  cookies['olga'] = (await house.signIn('olga', password)).cookie
  assert.equal((await send(house, cookies['ann']!, 'POST', `/admin/tokens/${token!.id}/adoption`)).status, 303)
  await refusedTo('olga', await asks('ada'))
})

test('a token that nobody answers for stands for anybody', async () => {
  const { secret } = await house.token('admin')
  house.clock.advance(4 * 86_400_000)
  cookies['ann'] = (await house.signIn('ann')).cookie
  assert.equal((await house.api(secret, 'PATCH', `/users/${ids['olga']}`, { password })).status, 200)
  cookies['olga'] = (await house.signIn('olga', password)).cookie
  cookies['otto'] = (await house.signIn('otto', password)).cookie
  const id = await asks('ann')
  await refusedTo('olga', id)
  assert.equal((await decide('otto', id)).status, 303, 'whose password was set longer ago')
})

test('who has taken a token on does not approve what it asked for before', async () => {
  const rule = { setting: 'approvals.tokens', on: 'true', reason: 'audit' }
  assert.equal((await send(house, cookies['ann']!, 'POST', '/approvals/rules', rule)).status, 303)
  const own = { name: 'batch', role: 'admin' }
  assert.equal((await send(house, cookies['ann']!, 'POST', '/admin/tokens', own)).status, 303)
  const first = (await house.store.read('approvals.latest', {}))[0]!
  assert.equal((await decide('otto', first.id)).status, 303)
  const { text } = await sendOn(house, cookies['ann']!, `/approvals/${first.id}/token`)
  const secret = /swr_[\w-]{20,}/.exec(text)![0]
  const asked = await house.api(secret, 'POST', '/tokens', { name: 'more', role: 'admin' })
  assert.equal(asked.status, 202)
  const { approval } = (await asked.json()) as { approval: string }
  cookies['adam'] = (await house.signIn('adam', password)).cookie
  assert.equal((await send(house, cookies['adam']!, 'POST', `/admin/tokens/${first.subject}/adoption`)).status, 303)
  await refusedTo('adam', approval)
})
