import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Fact } from '../centre/facts.ts'
import type { CallId, LegId, RecordingId, TrunkId, UserId } from '../lib/ids.ts'
import { changeUser } from '../records/people/users.ts'
import { adminRoutes } from './admin/admin.ts'
import { auditorRoutes } from './auditor/auditor.ts'
import { look, send, sendOn } from './testing/form.ts'
import { type House, noon, openHouse } from './testing/house.ts'

const dayMs = 86_400_000
let house: House
const cookies: Record<string, string> = {}
const ids: Record<string, UserId> = {}
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, auditorRoutes] } })
  for (const [name, role] of [
    ['adam', 'admin'],
    ['ada', 'admin'],
    ['sec', 'security'],
    ['olga', 'auditor'],
    ['otto', 'auditor'],
    ['sam', 'supervisor'],
  ] as const) {
    ids[name] = (await house.add(name, role, { language: 'en' })).id
    cookies[name] = (await house.signIn(name)).cookie
  }
  const call = 'c_1' as CallId
  const recording = 'r_1' as RecordingId
  const facts: Fact[] = [
    {
      ...{ type: 'call.dialed', call, mode: 'manual', campaign: null, lead: null, party: null, name: 'Carl' },
      ...{ relation: 'SELF', agent: null, number: '+8613812345671', trunk: 't_1' as TrunkId, leg: 'g_1' as LegId },
      ...{ callerId: '+861012345678', verdict: { policy: 'LAB-ANY-HOUR', version: '1', rules: [] } },
    },
    { type: 'recording.opened', recording, call, path: '2026/r_1.wav' },
    {
      ...{
        type: 'recording.sealed',
        recording,
        call,
        sha256: '1'.repeat(64),
        bytes: 9,
        durationMs: 9,
        salvaged: false,
      },
    },
  ]
  await house.store.commit({ recorded: facts.map(fact => ({ at: noon - 3_600_000, actor: 'system', fact })) })
})
after(() => house[Symbol.asyncDispose]())

const decide = (who: string, id: string, approve: boolean) =>
  send(house, cookies[who]!, 'POST', `/approvals/${id}/decision`, { approve: String(approve), reason: 'looked at it' })
const latest = async () => (await house.store.read('approvals.latest', {}))[0]!
const ask = async (who: string, name: string, role: string) => {
  const { status, location, text } = await send(house, cookies[who]!, 'POST', '/admin/tokens', { name, role })
  return { status, location, text, approval: await latest().catch(() => null) }
}
const secretIn = (text: string) => /swr_[\w-]{20,}/.exec(text)?.[0]

test('who asks for a token that could do more than they may waits for a person who may do as much', async () => {
  const own = await sendOn(house, cookies['adam']!, '/admin/tokens', { name: 'core', role: 'admin' })
  assert.equal(own.status, 200)
  assert.ok(secretIn(own.text), 'what they may do themselves is issued at once')
  const { location, approval } = await ask('adam', 'reader', 'auditor')
  assert.equal(location, '/approvals')
  assert.equal((await decide('adam', approval!.id, true)).status, 422, 'who asked is not the second person')
  assert.equal(
    (await decide('ada', approval!.id, true)).status,
    422,
    'another administrator may no more than the first',
  )
  assert.equal((await decide('sam', approval!.id, true)).status, 422)
  assert.equal((await decide('olga', approval!.id, true)).status, 303)
  assert.equal((await decide('olga', approval!.id, true)).status, 422, 'decided once')
  for (const other of ['ada', 'sec'])
    assert.equal((await send(house, cookies[other]!, 'POST', `/approvals/${approval!.id}/token`)).status, 404, other)
  const taken = await Promise.all(
    [1, 2, 3].map(() => send(house, cookies['adam']!, 'POST', `/approvals/${approval!.id}/token`)),
  )
  assert.deepEqual(taken.map(({ status }) => status).sort(), [303, 422, 422], 'sent three times at once: one secret')
  const once = taken.find(({ status }) => status === 303)!.location!
  const secret = secretIn((await look(house, cookies['adam']!, once)).text)!
  const again = await look(house, cookies['adam']!, once)
  assert.ok(
    again.text.includes('cannot be shown any more') && !again.text.includes(secret),
    'a reload shows it no more',
  )
  assert.equal((await house.api(secret, 'GET', '/exports')).status, 200)
  assert.ok((await look(house, cookies['adam']!, '/approvals')).text.includes('fetched'))
})

test('a program cannot approve, nor can who answers for it approve what it asked for', async () => {
  const { text } = await sendOn(house, cookies['ada']!, '/admin/tokens', { name: 'deploy', role: 'admin' })
  const deploy = secretIn(text)!
  const asked = await house.api(deploy, 'POST', '/tokens', { name: 'more', role: 'auditor' })
  assert.equal(asked.status, 202)
  const { approval } = (await asked.json()) as { approval: string }
  assert.equal((await latest()).askedBy, ids['ada'])
  await changeUser(house.deps.records, 'system', ids['ada']!, { role: 'auditor' })
  cookies['ada'] = (await house.signIn('ada')).cookie
  assert.equal((await decide('ada', approval, true)).status, 422, 'also with the role that could')
  await changeUser(house.deps.records, 'system', ids['ada']!, { role: 'admin' })
  cookies['ada'] = (await house.signIn('ada')).cookie
  assert.equal((await decide('otto', approval, true)).status, 303)
  const taken = await house.api(deploy, 'POST', `/approvals/${approval}/token`)
  assert.equal(taken.status, 201)
  const { secret } = (await taken.json()) as { secret: string }
  assert.equal((await house.api(deploy, 'POST', `/approvals/${approval}/token`)).status, 409)
  const other = await house.token('admin')
  assert.equal((await house.api(other.secret, 'POST', `/approvals/${approval}/token`)).status, 404)
  assert.equal((await house.api(secret, 'GET', '/exports')).status, 200)
})

test('a token rests when who answers for it may no longer ask for it, and goes on when somebody else takes it on', async () => {
  const { text } = await sendOn(house, cookies['ada']!, '/admin/tokens', { name: 'batch', role: 'admin' })
  const secret = secretIn(text)!
  const status = async () => (await house.api(secret, 'GET', '/users')).status
  assert.equal(await status(), 200)
  await changeUser(house.deps.records, 'system', ids['ada']!, { role: 'supervisor' })
  assert.equal(await status(), 401, 'the rights went with the role')
  const [token] = (await house.store.read('tokens.list', {})).filter(({ name }) => name === 'batch')
  assert.ok((await look(house, cookies['adam']!, '/admin/tokens')).text.includes('may no longer'))
  const adopt = (who: string) => send(house, cookies[who]!, 'POST', `/admin/tokens/${token!.id}/adoption`)
  assert.equal((await adopt('sec')).status, 422, 'security may not do what an administrator’s token does')
  assert.equal((await adopt('adam')).status, 303)
  assert.equal(await status(), 200)
  await changeUser(house.deps.records, 'system', ids['ada']!, { role: 'admin' })
  cookies['ada'] = (await house.signIn('ada')).cookie
})

test('an export waits for a second person where the setting says so, and only what was there when it was asked for goes in', async () => {
  const set = (on: string, who = 'adam') =>
    send(house, cookies[who]!, 'POST', '/approvals/rules', { setting: 'approvals.exports', on, reason: 'audit' })
  assert.equal((await set('true')).status, 303)
  const wanted = { what: 'all', reason: 'complaint 17', from: '2026-11-23T00:00' }
  assert.equal((await send(house, cookies['olga']!, 'POST', '/auditor/exports', wanted)).status, 303)
  const { id, subject, about } = await latest()
  assert.deepEqual([about['calls'], about['to']], [1, house.clock.now()])
  await house.deps.exports.idle()
  assert.ok((await look(house, cookies['olga']!, '/auditor/exports')).text.includes('waits for a second person'))
  assert.equal((await look(house, cookies['olga']!, `/auditor/exports/${subject}/file`)).status, 409)
  assert.equal((await decide('olga', id, true)).status, 422)
  assert.equal((await decide('sam', id, true)).status, 422)
  const twice = await Promise.all([decide('otto', id, true), decide('sec', id, true)])
  assert.deepEqual(twice.map(({ status }) => status).sort(), [303, 422])
  await house.deps.exports.idle()
  assert.equal(
    (await house.facts('export.finished')).length + (await house.deps.exports.view(subject as never)).calls,
    2,
  )

  const auditors = await house.token('auditor')
  const byToken = await house.api(auditors.secret, 'POST', '/exports', { from: noon - dayMs, reason: 'again' })
  assert.equal(((await byToken.json()) as { state: string }).state, 'waiting')
  assert.equal((await decide('sec', (await latest()).id, false)).status, 303)
  assert.equal((await house.deps.exports.view((await latest()).subject as never)).state, 'refused')

  assert.equal((await set('false')).status, 303)
  assert.equal(await house.store.read('settings.get', { key: 'approvals.exports' }), 'true', 'asked for, no more')
  assert.equal((await set('false')).status, 422, 'asked for once')
  assert.equal((await decide('adam', (await latest()).id, true)).status, 422)
  assert.equal((await decide('sec', (await latest()).id, true)).status, 303)
  assert.equal(await house.store.read('settings.get', { key: 'approvals.exports' }), 'false')
})

test('who may set passwords does not become the second person by it', async () => {
  await changeUser(house.deps.records, `user:${ids['adam']}`, ids['olga']!, { password: 'another long password' })
  cookies['olga'] = (await house.signIn('olga', 'another long password')).cookie
  const { approval } = await ask('adam', 'sly', 'auditor')
  const refused = await decide('olga', approval!.id, true)
  assert.equal(refused.status, 422)
  assert.ok(refused.text.includes('somebody else has to decide'))
  assert.equal((await decide('adam', approval!.id, false)).status, 303, 'who asked takes it back')
  assert.equal((await latest()).state, 'withdrawn')
  house.clock.advance(3 * dayMs - 1)
})

test('nobody fills the list for the others', async () => {
  for (const who of ['adam', 'ada']) cookies[who] = (await house.signIn(who)).cookie
  const waitingOf = async (who: string) =>
    (await house.store.read('approvals.waiting', { now: house.clock.now() })).filter(one => one.askedBy === ids[who])
  let refused: Awaited<ReturnType<typeof ask>> | undefined
  for (let at = 0; at < 30 && refused === undefined; at++) {
    const asked = await ask('adam', `many ${at}`, 'auditor')
    if (asked.status !== 303) refused = asked
  }
  assert.equal(refused?.status, 422)
  assert.ok(refused.text.includes('20 things that you asked for wait already'))
  assert.equal((await waitingOf('adam')).length, 20)
  assert.equal((await ask('ada', 'one more', 'auditor')).status, 303, 'somebody else')
  assert.equal((await decide('adam', (await waitingOf('adam'))[0]!.id, false)).status, 303)
  assert.equal((await ask('adam', 'instead', 'auditor')).status, 303)
  for (const { id } of await waitingOf('adam')) await decide('adam', id, false)
  for (const { id } of await waitingOf('ada')) await decide('ada', id, false)
})

test('nothing is decided after three days, nor for who may no longer ask', async () => {
  for (const who of ['adam', 'ada', 'otto', 'sec']) cookies[who] = (await house.signIn(who)).cookie
  const { approval } = await ask('adam', 'slow', 'auditor')
  house.clock.advance(3 * dayMs)
  for (const who of ['adam', 'ada', 'otto', 'sec']) cookies[who] = (await house.signIn(who)).cookie
  assert.equal((await decide('otto', approval!.id, true)).status, 422)
  assert.ok((await look(house, cookies['otto']!, '/approvals')).text.includes('expired'))
  const second = (await ask('ada', 'left', 'auditor')).approval!
  await changeUser(house.deps.records, 'system', ids['ada']!, { role: 'agent' })
  const lapsed = await decide('otto', second.id, true)
  assert.equal(lapsed.status, 422)
  assert.equal((await latest()).state, 'lapsed')
})

test('all of it is in the journal', async () => {
  const decided = await house.facts('approval.decided')
  assert.ok(decided.length >= 7, String(decided.length))
  const all = await house.store.read('approvals.latest', {})
  const tokens = await house.store.read('tokens.list', {})
  assert.ok(all.length >= 7 && tokens.some(({ approvedBy }) => approvedBy === ids['olga']))
})
