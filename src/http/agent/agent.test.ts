import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { User } from '../../centre/entities.ts'
import type { CampaignId, LegId } from '../../lib/ids.ts'
import { createCampaign, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { liveRoutes } from '../live/live.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { agentRoutes } from './agent.ts'

let house: House
let alice: User
let cookie = ''
let campaign: CampaignId
before(async () => {
  house = await openHouse({ pages: { routers: [agentRoutes, liveRoutes] } })
  alice = await house.add('alice', 'agent', { displayName: 'Alice', language: 'en' })
  cookie = (await house.signIn('alice')).cookie
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const given = {
    name: 'March',
    business: 'collections',
    mode: 'manual',
    trunks: [trunk.id],
    agents: [alice.id],
    policy: 'LAB-ANY-HOUR',
  }
  campaign = (await createCampaign(door, 'system', given)).id
  await setCampaignState(door, 'system', campaign, { state: 'running' })
  await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
})
after(() => house[Symbol.asyncDispose]())

const phase = () => house.engine.state.agents.get(alice.id)?.phase
const put = (path: string, fields: Record<string, string>) => send(house, cookie, 'PUT', path, fields, true)
const post = (path: string, fields: Record<string, string>) => send(house, cookie, 'POST', path, fields, true)
const theCall = () => [...house.engine.state.calls.values()].find(call => call.agent === alice.id)

test('the desk opens signed off, and every part of it is there', async () => {
  const desk = await look(house, cookie, '/agent')
  assert.equal(desk.status, 200)
  assert.match(desk.text, /data-phase="signed_off"/)
  for (const id of ['call-bar', 'who', 'say', 'write']) assert.ok(desk.text.includes(`id="${id}"`))
})

test('an action is answered with the desk painted anew; a state that there is not is refused', async () => {
  const on = await put('/agent/state', { state: 'signed_on' })
  assert.equal(on.status, 200)
  assert.match(on.text, /<hx-partial hx-target="#state-bar"[\s\S]*data-phase="break"/)
  assert.equal((await put('/agent/state', { state: 'asleep' })).status, 422)
  assert.equal((await put('/agent/state', { state: 'break', reason: 'no such reason' })).status, 422)
})

test('ready without audio is refused in words of the page’s language, and nothing changes', async () => {
  const refused = await put('/agent/state', { state: 'ready' })
  assert.equal(refused.status, 409)
  assert.match(refused.text, /id="desk-notice"[\s\S]*Not allowed/)
  assert.equal(phase(), 'break')
  const chinese = await send(
    house,
    cookie.replace('lang=en', 'lang=zh-CN'),
    'PUT',
    '/agent/state',
    { state: 'ready' },
    true,
  )
  assert.match(chinese.text, /语音尚未连接/)
})

test('a number that is none is refused beside the field, and stays in it', async () => {
  const refused = await post('/agent/calls', { number: '12ab', campaign })
  assert.equal(refused.status, 422)
  assert.match(refused.text, /value="12ab"[^>]*aria-invalid="true"/)
})

test('a call by hand is dialled, talked, ended, and its outcome written down', async () => {
  await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
  const dialled = await post('/agent/calls', { number: '138 1234 5678', campaign })
  assert.equal(dialled.status, 200, dialled.text.slice(0, 2000))
  const call = theCall()!
  assert.equal(call.number, '+8613812345678')
  assert.ok(dialled.text.includes('138 **** 5678'), 'the number is masked for this agent')
  assert.ok(!dialled.text.includes('+8613812345678'))
  await house.engine.dispatch({ type: 'leg.answered', leg: call.leg }, 'system')
  assert.equal(phase(), 'talking')

  assert.equal((await put(`/agent/calls/${call.id}/hold`, { held: 'true' })).status, 200)
  assert.equal(house.engine.state.calls.get(call.id)?.heldBy, 'agent')
  assert.equal((await put(`/agent/calls/${call.id}/hold`, { held: 'false' })).status, 200)
  assert.equal((await post(`/agent/calls/${call.id}/digits`, { digits: '5#' })).status, 200)
  assert.equal((await post(`/agent/calls/${call.id}/digits`, { digits: 'rm -rf' })).status, 404)
  const early = await post(`/agent/calls/${call.id}/disposition`, { code: 'promise', note: 'pays on Friday' })
  assert.equal(early.status, 409, 'not while talking')

  assert.equal((await put(`/agent/calls/${call.id}/ending`, {})).status, 200)
  assert.equal(phase(), 'wrapping')
  const none = await post(`/agent/calls/${call.id}/disposition`, { note: 'kept <i>' })
  assert.equal(none.status, 422)
  assert.match(none.text, /Choose an outcome/)
  assert.ok(none.text.includes('kept &lt;i&gt;'), 'what was typed is kept')
  const past = await post(`/agent/calls/${call.id}/disposition`, { code: 'callback', callbackAt: '2020-01-01T10:00' })
  assert.equal(past.status, 422)
  const written = await post(`/agent/calls/${call.id}/disposition`, {
    code: 'callback',
    callbackAt: '2026-11-25T10:00',
    callbackMine: 'true',
    note: 'pays on Friday',
    next: 'break',
  })
  assert.equal(written.status, 200, written.text.slice(0, 2000))
  assert.equal(phase(), 'break')
  const kept = await house.store.read('callbacks.open', { agent: alice.id })
  assert.equal(kept.items[0]?.at, Date.parse('2026-11-25T10:00:00+08:00'), 'read in the centre’s zone')
  const record = await house.store.read('calls.byId', { id: call.id })
  assert.equal(record?.note, 'pays on Friday')
  assert.ok((await look(house, cookie, '/agent/calls')).text.includes('pays on Friday'))
})

test('a callback is dialled by its id, since the agent sees its number masked', async () => {
  const [callback] = (await house.store.read('callbacks.open', { agent: alice.id })).items
  assert.ok((await look(house, cookie, '/agent/callbacks')).text.includes(callback!.id))
  assert.equal((await post('/agent/calls', { callback: 'cb_of_nobody' })).status, 404)
  await put('/agent/state', { state: 'ready' })
  const dialled = await post('/agent/calls', { callback: callback!.id })
  assert.equal(dialled.status, 200, dialled.text.slice(0, 1500))
  assert.equal(theCall()?.number, '+8613812345678')
  const [open] = (await house.store.read('callbacks.open', { agent: alice.id })).items
  assert.equal(open!.tries, 1, 'it stays open until somebody was talked to')
})

test('the desk offers no word about a machine while a call is not answered, and refuses it in words', async () => {
  const call = theCall()!
  assert.ok(!(await look(house, cookie, '/agent')).text.includes(`/agent/calls/${call.id}/answerer`))
  const refused = await put(`/agent/calls/${call.id}/answerer`, {})
  assert.equal(refused.status, 409)
  assert.equal(house.engine.state.calls.get(call.id)?.phase === 'ended', false)
})

test('audio that cannot be had is a problem in words, and what is no offer is refused', async () => {
  const ask = (body: string) =>
    house.app.request('/agent/audio', {
      method: 'POST',
      headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
      body,
    })
  assert.equal((await ask('{"sdp":"v=0 and so on"}')).status, 200)
  assert.equal((await ask('{"sdp":5}')).status, 422)
  assert.equal((await ask('nonsense')).status, 422)
  house.deps.stations.answer = async () => Promise.reject(new Error('no port is free'))
  const refused = await ask('{"sdp":"v=0 and so on"}')
  assert.equal(refused.status, 409)
  assert.match(await refused.text(), /no port is free/)
})

test('the live stream paints the whole desk first, then only what changed', async () => {
  const response = await house.app.request('/live/desk', { headers: { cookie, accept: 'text/event-stream' } })
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const first = (await reader.read()).value!
  for (const id of ['state-bar', 'call-bar', 'who', 'say', 'write']) assert.ok(first.includes(`hx-target="#${id}"`), id)
  assert.ok(first.split('\n').every(line => line === '' || line.startsWith('data: ')))
  await house.engine.dispatch({ type: 'agent.hangUp', agent: alice.id, call: theCall()!.id }, 'system')
  const second = (await reader.read()).value!
  assert.ok(second.includes('hx-target="#call-bar"'))
  assert.ok(!second.includes('hx-target="#desk-notice"'))
  await reader.cancel()
})

test('a stream ends with the session that it belongs to', async () => {
  await house.add('bob', 'agent')
  const bob = (await house.signIn('bob')).cookie
  const response = await house.app.request('/live/desk', { headers: { cookie: bob } })
  const reader = response.body!.getReader()
  await reader.read()
  await house.signIn('bob') // elsewhere: the first session is replaced
  assert.equal((await reader.read()).done, true)
  assert.equal((await house.app.request('/live/desk', { headers: { cookie: bob } })).status, 401)
})

test('where no campaign runs the pad is open all the same: help is called, a number that is not for help is refused in words', async () => {
  const { records } = house.deps
  const carol = await house.add('carol', 'agent', { language: 'en' })
  const own = (await house.signIn('carol')).cookie
  const ask = (path: string, fields: Record<string, string>, method: 'POST' | 'PUT' = 'POST') =>
    send(house, own, method, path, fields, true)
  await house.engine.dispatch({ type: 'station.up', agent: carol.id, leg: 'l_carol' as LegId }, 'system')
  await setCampaignState(records, 'system', campaign, { state: 'paused' })
  await ask('/agent/state', { state: 'signed_on' }, 'PUT')
  const { text } = await look(house, own, '/agent')
  assert.match(text, /<input id="dial-number"[^>]*placeholder="Emergency, e.g. 110, 120"/)
  assert.doesNotMatch(/<form class="dial"[\s\S]*?<\/form>/.exec(text)![0], / disabled/)
  const other = await ask('/agent/calls', { number: '138 1234 5678' })
  assert.equal(other.status, 409)
  assert.match(other.text, /id="desk-notice"[\s\S]*only emergency numbers are dialled/)
  assert.equal((await ask('/agent/calls', { number: '110' })).status, 200)
  const call = [...house.engine.state.calls.values()].find(({ agent }) => agent === carol.id)
  assert.equal(call?.number, '110')
  await house.engine.dispatch({ type: 'leg.answered', leg: call!.leg }, 'system')
  const page = await look(house, own, '/agent')
  assert.match(page.text, /<section id="say"/)
  assert.doesNotMatch(
    page.text,
    /service that may be of use|This call is recorded/,
    'nobody reads a script to the police',
  )
})
