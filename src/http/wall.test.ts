/** Screens on the wall: what opens them, what they show, and all that they must not. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { User } from '../centre/entities.ts'
import type { TeamId, WallId } from '../lib/ids.ts'
import { changeTeam, createTeam, removeTeam } from '../records/people/teams.ts'
import { changeUser } from '../records/people/users.ts'
import { saveSettings } from '../records/settings.ts'
import { adminRoutes } from './admin/admin.ts'
import { agentRoutes } from './agent/agent.ts'
import { auditorRoutes } from './auditor/auditor.ts'
import { liveRoutes } from './live/live.ts'
import { supervisorRoutes } from './supervisor/supervisor.ts'
import { look, send, sendOn } from './testing/form.ts'
import { type House, openHouse } from './testing/house.ts'
import { Walls } from './walls.ts'

const all = [agentRoutes, supervisorRoutes, adminRoutes, auditorRoutes, liveRoutes]
const name = '__Host-switchroom-wall'
const dayMs = 86_400_000

let house: House
let alice: User
let sam: User
let team: TeamId
const cookies: Record<string, string> = {}
before(async () => {
  house = await openHouse({ pages: { routers: all } })
  alice = await house.add('alice', 'agent', { displayName: 'Alice Li' })
  const bob = await house.add('bob', 'agent', { displayName: 'Bob Bao' })
  sam = await house.add('sam', 'supervisor')
  await house.add('sue', 'supervisor')
  for (const [who, role] of [
    ['adam', 'admin'],
    ['sid', 'security'],
    ['olga', 'auditor'],
    ['quinn', 'quality'],
  ] as const)
    await house.add(who, role)
  team = (await createTeam(house.deps.records, 'system', { name: 'North', members: [alice.id], leaders: [sam.id] })).id
  await createTeam(house.deps.records, 'system', { name: 'South', members: [bob.id], leaders: [] })
})
beforeEach(async () => {
  for (const who of ['sam', 'sue', 'adam', 'sid', 'olga', 'quinn', 'alice'])
    cookies[who] = (await house.signIn(who)).cookie.split('; ')[0]!
})
after(() => house[Symbol.asyncDispose]())

/** The key of the link that the page shows. */
async function make(who = 'sam', fields: Record<string, string> = { name: 'East wall', team }): Promise<string> {
  return keyIn((await sendOn(house, cookies[who]!, '/walls', fields)).text)
}

function keyIn(text: string): string {
  const [, key] = /\/wall\/open\/([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</.exec(text) ?? []
  assert.ok(key, 'the page shows the link')
  return key
}

function open(key: string, headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' }) {
  return house.app.request('/wall/session', {
    method: 'POST',
    headers: { accept: 'text/html', ...headers },
    body: new URLSearchParams({ key }),
  })
}

/** The cookie of a screen that was opened. */
async function screen(who = 'sam', fields?: Record<string, string>): Promise<string> {
  const response = await open(await make(who, fields))
  assert.equal(response.status, 303)
  return response.headers.getSetCookie()[0]!.split(';')[0]!
}

const newest = async () => ({ id: JSON.parse((await house.facts('wall.made')).at(-1)!.body).wall as WallId })

test('a reload of the page with a new link makes no other screen and shows the link no more, nor does it to anybody else', async () => {
  const made = async () => (await house.facts('wall.made')).length
  const before = await made()
  const { location } = await send(house, cookies['sam']!, 'POST', '/walls', { name: 'East wall', team })
  const other = await look(house, cookies['adam']!, location!)
  assert.doesNotMatch(other.text, /wall\/open/, 'by another session')
  const first = await look(house, cookies['sam']!, location!)
  const key = keyIn(first.text)
  const again = await look(house, cookies['sam']!, location!)
  assert.equal(again.status, 200)
  assert.doesNotMatch(again.text, new RegExp(key))
  assert.match(again.text, /链接只显示一次，现在已不能再看/)
  assert.equal(await made(), before + 1)
  assert.ok(!location!.includes(key))
  assert.equal((await open(key)).status, 303, 'and it is still good')
  assert.doesNotMatch((await look(house, cookies['sam']!, '/walls')).text, /不能再看/)
})

test('a link that nobody came to look at within two minutes is shown no more, and not told as shown', async () => {
  const { location } = await send(house, cookies['sam']!, 'POST', '/walls', { name: 'Nobody’s', team })
  house.clock.advance(2 * 60_000)
  const { text } = await look(house, cookies['sam']!, location!)
  assert.doesNotMatch(text, /wall\/open|显示过/)
  assert.match(text, /链接只显示一次，现在已不能再看/)
})

test('a link opens a screen once, and the key stands in no address after that', async () => {
  const key = await make()
  const page = await look(house, '', `/wall/open/${key}`)
  assert.equal(page.status, 200)
  assert.match(page.text, new RegExp(`name="key" value="${key}"`))
  assert.match(
    (await look(house, '', `/wall/open/${key}`)).text,
    /action="\/wall\/session"/,
    'looking at it spends nothing',
  )
  const response = await open(key)
  assert.equal(response.headers.get('location'), '/wall')
  const [cookie = ''] = response.headers.getSetCookie()
  assert.match(
    cookie,
    /^__Host-switchroom-wall=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  )
  const again = await open(key)
  assert.equal(again.status, 403)
  assert.deepEqual(again.headers.getSetCookie(), [])
  const facts = JSON.stringify(await house.facts())
  for (const secret of [key, key.replaceAll('-', ''), cookie.slice(name.length + 1, name.length + 44)])
    assert.ok(!facts.includes(secret))
})

test('a key may be typed in capitals and without its dashes', async () => {
  assert.equal((await open((await make()).toUpperCase().replaceAll('-', ' '))).status, 303)
})

test('of two openings at once one gets in', async () => {
  const key = await make()
  const statuses = (await Promise.all([open(key), open(key)])).map(({ status }) => status)
  assert.deepEqual(statuses.sort(), [303, 403])
})

test('a link is over after ten minutes, when another was made, and when its screen was revoked', async () => {
  const late = await make()
  house.clock.advance(10 * 60_000)
  assert.equal((await open(late)).status, 403)
  cookies['sam'] = (await house.signIn('sam')).cookie.split('; ')[0]!
  const first = await make()
  const { id } = await newest()
  const second = keyIn((await sendOn(house, cookies['sam']!, `/walls/${id}/link`)).text)
  assert.equal((await open(first)).status, 403)
  await send(house, cookies['sam']!, 'POST', `/walls/${id}/revocation`)
  assert.equal((await open(second)).status, 403)
})

test('a link is opened by a page of ours alone', async () => {
  const key = await make()
  for (const from of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, {}] as Record<
    string,
    string
  >[])
    assert.equal((await open(key, from)).status, 403)
  assert.equal((await open(key)).status, 303, 'and is not spent by that')
})

test('a cookie that was planted before is worth nothing after', async () => {
  const planted = `${name}=plantedplantedplantedplantedplantedplanted1`
  const response = await open(await make(), { 'sec-fetch-site': 'same-origin', cookie: planted })
  assert.doesNotMatch(response.headers.getSetCookie()[0]!, /planted/)
  assert.equal((await look(house, planted, '/wall')).status, 401)
})

test('nor does the cookie of a screen that stands stay in its browser, which shows the one whose link was opened', async () => {
  const planted = await screen('sam', { name: 'Somebody’s', team })
  const key = await make('sam', { name: 'Over the door', team })
  const [fresh = ''] = (await open(key, { 'sec-fetch-site': 'same-origin', cookie: planted })).headers.getSetCookie()
  assert.notEqual(fresh.split(';')[0], planted)
  assert.match((await look(house, fresh.split(';')[0]!, '/wall')).text, /Over the door/)
})

test('the screen shows its team’s floor: no party, no number, nothing that leads on or can be pressed', async () => {
  const cookie = await screen()
  await house.engine.dispatch({ type: 'agent.signOn', agent: alice.id }, 'system')
  const { agents, appeals, calls } = house.engine.state
  const agent = agents.get(alice.id)!
  const call = 'c_wall' as never
  // The floor as it stands in a call of which the agent asks for help.
  calls.set(call, {
    ...{ id: call, phase: 'talking', agent: alice.id, name: 'Carl Customer', number: '+8613812345678', connectedAt: 1 },
  } as never)
  appeals.set(call, { agent: alice.id, reason: 'Carl Customer shouts', askedAt: house.clock.now(), takenBy: null })
  const before = { ...agent }
  Object.assign(agent, { phase: 'talking', call, stationLeg: 'st_1' })
  try {
    const board = await look(house, cookies['sam']!, '/supervisor')
    assert.match(
      board.text,
      /id="appeals"[\s\S]*Carl Customer[\s\S]*id="agents"[\s\S]*Carl Customer/,
      'a supervisor sees it',
    )
    const { status, text } = await look(house, cookie, '/wall')
    assert.equal(status, 200)
    assert.match(text, /Alice Li/)
    assert.match(text, /id="appeals"[^>]*>[\s\S]*<li class="red">[\s\S]*Alice Li/)
    assert.match(text, /North/)
    assert.doesNotMatch(text, /Bob Bao/, 'of another team')
    assert.doesNotMatch(text, /Carl|Customer|138/)
    assert.doesNotMatch(text, /<a class="(?!skip)|href="\/(?!static)|hx-(put|post|delete)|<form|<input/)
  } finally {
    Object.assign(agent, before)
    calls.delete(call)
    appeals.delete(call)
  }
})

test('a screen’s cookie opens no other page, no stream and no form, by whatever name it is sent', async () => {
  const cookie = await screen()
  const asPersons = cookie.replace(name, '__Host-switchroom')
  const routes = all.flatMap(router => router(house.deps).routes).filter(({ method }) => method !== 'ALL')
  assert.ok(routes.length > 200, String(routes.length))
  for (const { method, path } of routes)
    for (const sent of [cookie, asPersons]) {
      const init = method === 'GET' ? {} : { body: new URLSearchParams() }
      const headers = { cookie: sent, accept: 'text/html', 'sec-fetch-site': 'same-origin' }
      const { status, headers: back } = await house.app.request(path.replace(/:\w+\??/g, 'x'), {
        method,
        headers,
        ...init,
      })
      assert.equal(status, 303, `${method} ${path}`)
      assert.match(back.get('location') ?? '', /^\/sign-in/, `${method} ${path}`)
    }
  assert.equal((await house.api(cookie.slice(name.length + 1), 'GET', '/calls')).status, 401)
})

test('a person’s cookie is no screen’s, by whatever name it is sent', async () => {
  const asWalls = cookies['sam']!.replace('__Host-switchroom', name)
  for (const cookie of [cookies['sam']!, asWalls])
    for (const path of ['/wall', '/live/wall']) assert.equal((await look(house, cookie, path)).status, 401)
})

test('an API token is no screen’s cookie, and what is made up is none', async () => {
  const { secret } = await house.token('admin')
  for (const value of [secret, '', 'x'.repeat(43), 'x'.repeat(5000), "' OR 1=1 --"])
    assert.equal((await look(house, `${name}=${encodeURIComponent(value)}`, '/wall')).status, 401)
})

/** Its stream; `over` resolves when it ended. */
async function watch(cookie: string): Promise<{ text: () => Promise<string>; over: Promise<void> }> {
  const response = await house.app.request('/live/wall', { headers: { cookie } })
  assert.equal(response.status, 200)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const first = await reader.read()
  const over = (async () => {
    while (!(await reader.read()).done);
  })()
  return { text: async () => first.value ?? '', over }
}

test('its stream paints the floor without parties, and ends at once when the screen is revoked', async () => {
  const cookie = await screen()
  const { id } = await newest()
  const stream = await watch(cookie)
  assert.match(await stream.text(), /id="agents"[\s\S]*Alice Li/)
  assert.match((await look(house, cookies['sam']!, '/walls')).text, /正在显示/)
  assert.equal((await send(house, cookies['sam']!, 'POST', `/walls/${id}/revocation`)).status, 303)
  assert.equal(house.deps.walls.isShowing(id), false, 'and not at its next painting')
  await stream.over
  for (const path of ['/wall', '/live/wall']) assert.equal((await look(house, cookie, path)).status, 401)
})

test('a stream that was asked for while the screen is revoked does not begin', async () => {
  const cookie = await screen()
  const { id } = await newest()
  const seat = (await house.deps.walls.find(cookie.slice(name.length + 1), '10.0.0.1'))!
  await send(house, cookies['sam']!, 'POST', `/walls/${id}/revocation`)
  let ended = 0
  house.deps.walls.hold(seat, () => ended++)()
  assert.equal(ended, 1)
})

test('a new link opened elsewhere ends the screen that was', async () => {
  const cookie = await screen()
  const { id } = await newest()
  const stream = await watch(cookie)
  const key = keyIn((await sendOn(house, cookies['sam']!, `/walls/${id}/link`)).text)
  assert.equal((await look(house, cookie, '/wall')).status, 200, 'until it is opened')
  const other = (await open(key)).headers.getSetCookie()[0]!.split(';')[0]!
  await stream.over
  assert.equal((await look(house, cookie, '/wall')).status, 401)
  assert.equal((await look(house, other, '/wall')).status, 200)
})

test('a screen goes dark with its maker: disabled, of another role, or no leader of the team any more', async () => {
  const zoe = await house.add('zoe', 'supervisor')
  cookies['zoe'] = (await house.signIn('zoe')).cookie.split('; ')[0]!
  const ours = await createTeam(house.deps.records, 'system', { name: 'Zoes', members: [], leaders: [zoe.id] })
  const cookie = await screen('zoe', { name: 'Zoe’s', team: ours.id })
  const stream = await watch(cookie)
  await changeUser(house.deps.records, 'system', zoe.id, { enabled: false })
  await stream.over
  assert.equal((await look(house, cookie, '/wall')).status, 401)
  assert.match((await look(house, cookies['adam']!, '/walls')).text, /已停止：创建人已停用/)
  await changeUser(house.deps.records, 'system', zoe.id, { enabled: true })
  assert.equal((await look(house, cookie, '/wall')).status, 200, 'and comes back with them')
  await changeUser(house.deps.records, 'system', zoe.id, { role: 'agent' })
  assert.equal((await look(house, cookie, '/wall')).status, 401)
  const said = async () => (await look(house, cookies['adam']!, '/walls')).text
  assert.match(await said(), /已停止：创建人不再是班长或管理员/)
  await changeUser(house.deps.records, 'system', zoe.id, { role: 'supervisor' })
  await changeTeam(house.deps.records, 'system', ours.id, { leaders: [sam.id] })
  const other = await createTeam(house.deps.records, 'system', { name: 'Another', members: [], leaders: [zoe.id] })
  assert.equal((await look(house, cookie, '/wall')).status, 401, `who leads ${other.name} does not see ${ours.name}`)
  assert.match(await said(), /已停止：创建人不再带这个班组/)
  await removeTeam(house.deps.records, 'system', ours.id)
  assert.match(await said(), /已删除的班组[\s\S]*已停止：班组已删除/)
})

test('a screen of all that its maker sees goes dark, and says why, when they see nobody any more', async () => {
  const yan = await house.add('yan', 'supervisor')
  cookies['yan'] = (await house.signIn('yan')).cookie.split('; ')[0]!
  const cookie = await screen('yan', { name: 'Yan’s', team: '' })
  assert.equal((await look(house, cookie, '/wall')).status, 200)
  await saveSettings(house.deps.records, 'system', { 'teams.leaderlessSeeAll': 'false' })
  assert.equal((await look(house, cookie, '/wall')).status, 401)
  assert.match((await look(house, cookies['yan']!, '/walls')).text, /已停止：创建人不带任何班组/)
  const another = await send(house, cookies['yan']!, 'POST', '/walls', { name: 'Another', team: '' })
  assert.equal(another.status, 422)
  assert.match(another.text, /您不带任何班组/)
  await createTeam(house.deps.records, 'system', { name: 'Yans', members: [alice.id], leaders: [yan.id] })
  assert.equal((await look(house, cookie, '/wall')).status, 200)
  await saveSettings(house.deps.records, 'system', { 'teams.leaderlessSeeAll': 'true' })
})

test('a screen that is used stays for as long as it is used; off for ninety days it does not come back', async () => {
  const cookie = await screen()
  for (let month = 0; month < 5; month++) {
    house.clock.advance(80 * dayMs)
    const response = await house.app.request('/wall', { headers: { cookie } })
    assert.equal(response.status, 200)
    assert.match(response.headers.getSetCookie()[0]!, /Max-Age=7776000/)
  }
  const stream = await house.app.request('/live/wall', { headers: { cookie } })
  for (let month = 0; month < 2; month++) {
    house.clock.advance(80 * dayMs)
    house.deps.walls.sweep()
  }
  assert.equal((await look(house, cookie, '/wall')).status, 200, 'an open stream is use')
  await stream.body!.cancel()
  house.clock.advance(90 * dayMs + 1)
  assert.equal((await look(house, cookie, '/wall')).status, 401)
})

test('a screen outlives a restart, and when it was seen does too', async () => {
  const cookie = await screen()
  const { deps } = house
  house.clock.advance(60 * dayMs)
  assert.equal((await look(house, cookie, '/wall')).status, 200)
  house.clock.advance(60 * dayMs)
  await house.store.commit({ recorded: [] })
  const restarted = new Walls({
    door: deps.records,
    clock: house.clock,
    floor: () => house.engine.state,
    log: deps.log,
  })
  assert.ok(await restarted.find(cookie.slice(name.length + 1), '10.0.0.1'))
})

test('a supervisor has the screens that they made; administrators and security see and end all; nobody else comes near', async () => {
  await screen('sam', { name: 'Sam’s own', team: '' })
  const { id } = await newest()
  assert.doesNotMatch((await look(house, cookies['sue']!, '/walls')).text, /Sam’s own/)
  for (const what of ['link', 'revocation'])
    assert.equal((await send(house, cookies['sue']!, 'POST', `/walls/${id}/${what}`)).status, 404)
  assert.equal((await send(house, cookies['sid']!, 'POST', `/walls/${id}/link`)).status, 403)
  assert.equal((await send(house, cookies['sid']!, 'POST', '/walls', { name: 'x', team: '' })).status, 403)
  for (const who of ['alice', 'olga', 'quinn'] as const) {
    assert.equal((await look(house, cookies[who]!, '/walls')).status, 403)
    for (const path of ['/walls', `/walls/${id}/link`, `/walls/${id}/revocation`])
      assert.equal((await send(house, cookies[who]!, 'POST', path)).status, 403)
  }
  for (const who of ['adam', 'sid']) assert.match((await look(house, cookies[who]!, '/walls')).text, /Sam’s own/)
  assert.equal((await send(house, cookies['sid']!, 'POST', `/walls/${id}/revocation`)).status, 303)
})

test('a screen is bound to a team that its maker sees, or to none, and has a name', async () => {
  const south = [...house.engine.state.teams.values()].find(each => each.name === 'South')!
  for (const fields of [
    { name: 'x', team: south.id },
    { name: 'x', team: 'tm_none' },
    { name: ' ', team: '' },
    { name: 'x'.repeat(65), team: '' },
  ] as Record<string, string>[])
    assert.equal((await send(house, cookies['sam']!, 'POST', '/walls', fields)).status, 422, JSON.stringify(fields))
  await make('adam', { name: 'Hall', team: south.id })
})

test('made, given another link, opened and revoked: each is a fact that says by whom or from where', async () => {
  const before = (await house.facts()).length
  await screen('sam', { name: 'Audited', team })
  const { id } = await newest()
  await send(house, cookies['sam']!, 'POST', `/walls/${id}/link`)
  await send(house, cookies['adam']!, 'POST', `/walls/${id}/revocation`)
  const facts = (await house.facts()).slice(before).map(({ actor, body }) => ({ actor, ...JSON.parse(body) }))
  const adam = [...house.engine.state.users.values()].find(user => user.name === 'adam')!
  assert.deepEqual(facts, [
    { actor: `user:${sam.id}`, type: 'wall.made', wall: id, name: 'Audited', team, by: sam.id },
    { actor: 'system', type: 'wall.opened', wall: id, address: 'unknown' },
    { actor: `user:${sam.id}`, type: 'wall.linked', wall: id },
    { actor: `user:${adam.id}`, type: 'wall.revoked', wall: id },
  ])
})

test('a hundred screens stand at most, and one that was revoked makes room', async () => {
  for (let n = (await house.store.read('walls.list', {})).filter(each => each.revokedAt === null).length; n < 100; n++)
    await make('adam', { name: `n${n}`, team: '' })
  const full = await send(house, cookies['adam']!, 'POST', '/walls', { name: 'one more', team: '' })
  assert.equal(full.status, 422)
  assert.match(full.text, /大屏已达 100 块/)
  await send(house, cookies['adam']!, 'POST', `/walls/${(await newest()).id}/revocation`)
  await make('adam', { name: 'one more', team: '' })
})
