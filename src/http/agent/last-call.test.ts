import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { User } from '../../centre/entities.ts'
import type { Input } from '../../centre/inputs.ts'
import type { CampaignId, LegId } from '../../lib/ids.ts'
import { createCampaign, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { createParty } from '../../records/parties/parties.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { agentRoutes } from './agent.ts'

const carl = '+8613766540078'
let house: House
let alice: User
let cookie = ''
let campaign: CampaignId

before(async () => {
  house = await openHouse({ pages: { routers: [agentRoutes] } })
  alice = await house.add('alice', 'agent', { displayName: '李雨桐', language: 'zh-CN', numbersMasked: true })
  cookie = (await house.signIn('alice')).cookie
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  campaign = (
    await createCampaign(door, 'system', {
      ...{ name: '三月', business: 'collections', mode: 'manual', trunks: [trunk.id] },
      ...{ agents: [alice.id], policy: 'LAB-ANY-HOUR' },
    })
  ).id
  await setCampaignState(door, 'system', campaign, { state: 'running' })
  await createParty(door, 'system', { ref: 'K-1', name: '陈建国', phones: [{ number: carl }] })
  await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  await put('/agent/state', { state: 'signed_on' })
  await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
  await put('/agent/state', { state: 'ready' })
})
after(() => house[Symbol.asyncDispose]())

const put = (path: string, fields: Record<string, string>) => send(house, cookie, 'PUT', path, fields, true)
const post = (path: string, fields: Record<string, string>) => send(house, cookie, 'POST', path, fields, true)
const theCall = () => [...house.engine.state.calls.values()].find(call => call.agent === alice.id)!
const phase = () => house.engine.state.agents.get(alice.id)?.phase

/** What the desk says in its status, tags left out. */
async function status(): Promise<string> {
  const { text } = await look(house, cookie, '/agent')
  const [, inside = ''] = /id="call-status"[^>]*role="status"[^>]*>([\s\S]*?)<\/div>/.exec(text) ?? []
  return inside.replaceAll(/<[^>]+>/g, '')
}

type Ended = Partial<Extract<Input, { type: 'leg.ended' }>>
async function dialled(ended: Ended | null, fields: Record<string, string> = { number: carl, campaign }) {
  house.clock.advance(10_000) // a trunk takes so many calls a second
  const answer = await post('/agent/calls', fields)
  assert.equal(answer.status, 200, /desk-notice[\s\S]{0,300}/.exec(answer.text)?.[0])
  const call = theCall()
  const rejected = {
    type: 'leg.ended',
    leg: call.leg,
    by: 'far',
    cause: 'rejected',
    sipStatus: null,
    q850: null,
  } as const
  if (ended !== null) await house.engine.dispatch({ ...rejected, ...ended }, 'system')
  return call
}

const refusals: [name: string, ended: Ended, words: RegExp][] = [
  ['486', { sipStatus: 486 }, /^占线上一通 陈建国 137 \*\*\*\* 0078 · [\d:]+$/],
  ['404', { sipStatus: 404 }, /^空号上一通/],
  ['603', { sipStatus: 603 }, /^拒接上一通/],
  ['no answer', { by: 'near', cause: 'timeout' }, /^无人接听上一通/],
  [
    '503',
    { sipStatus: 503, text: 'No circuit to 013766540078 <b>' },
    /^线路拥塞 运营商返回 503 No circuit to 0137\*{4}0078 &lt;b&gt;上一通/,
  ],
  ['no word of the carrier', { by: 'near', cause: 'no_response', sipStatus: 408 }, /^线路拥塞上一通/],
  ['a line that failed', { by: 'near', cause: 'fault' }, /^没有拨通：线路故障上一通/],
]
for (const [name, ended, words] of refusals)
  test(`whom a call by hand did not reach by ${name} is told at rest, with what became of it`, async () => {
    await dialled(ended)
    assert.equal(phase(), 'ready')
    assert.match(await status(), words)
  })

test('what the network said in words stands beside what it signalled', async () => {
  const { leg } = await dialled(null)
  assert.equal(await status(), '')
  await house.engine.dispatch({ type: 'leg.early', leg }, 'system')
  assert.equal(await status(), '网络正在放音')
  const { id } = theCall()
  assert.ok((await look(house, cookie, '/agent')).text.includes(`hx-post="/agent/calls/${id}/digits"`), 'with keys')
  assert.equal((await post(`/agent/calls/${id}/digits`, { digits: '2' })).status, 200)
  assert.equal(house.effects.filter(({ type }) => type === 'phone.sendDigits').length, 1)
  await house.engine.dispatch({ type: 'leg.ringing', leg }, 'system')
  assert.equal(await status(), '对方振铃中')
  const heard = { type: 'announcement', id: 'a_off', label: 'POWER_OFF', confidence: 0.97, afterMs: 900 } as const
  await house.engine.dispatch({ type: 'leg.heard', leg, heard }, 'system')
  assert.equal(await status(), '网络提示：关机')
  const ended = { type: 'leg.ended', leg, by: 'far', cause: 'rejected', sipStatus: 480, q850: null } as const
  await house.engine.dispatch(ended, 'system')
  assert.match(await status(), /^无法接通 网络提示：关机 · 运营商返回 480上一通/)
})

test('a call to a number that nobody knows is no caller’s, and one for help has its name; both are dialled again', async () => {
  await dialled({ sipStatus: 486 }, { number: '13900000042', campaign })
  assert.match(await status(), /上一通 未登记的号码 139/)
  await dialled(null, { number: '110' })
  assert.match((await look(house, cookie, '/agent')).text, /id="call-bar"[^>]*aria-label="紧急电话"/)
  const { leg } = theCall()
  await house.engine.dispatch(
    { type: 'leg.ended', leg, by: 'far', cause: 'rejected', sipStatus: 486, q850: null },
    'system',
  )
  assert.match(await status(), /上一通 紧急电话 110/)
  assert.match((await look(house, cookie, '/agent')).text, /data-key="alt\+l"/)
})

test('it is dialled again by one key, under the same campaign and for the same party, and by nobody else’s leave', async () => {
  await dialled({ sipStatus: 486 })
  const desk = await look(house, cookie, '/agent')
  const [, again = ''] =
    /hx-vals='\{&quot;again&quot;:&quot;([^&]+)&quot;\}'[^>]*data-key="alt\+l"/.exec(desk.text) ?? []
  assert.notEqual(again, '')
  assert.doesNotMatch(desk.text, /13766540078/, 'the number itself does not leave the house')
  assert.equal((await post('/agent/calls', { again: 'c_no-such' })).status, 404)
  const call = await dialled({ sipStatus: 486 }, { again })
  assert.deepEqual([call.number, call.campaign, call.party, call.relation], [carl, campaign, 'K-1', 'SELF'])
  assert.equal((await post('/agent/calls', { again })).status, 404, 'it is not the last one any more')
})

test('one who is called back as promised is called back by that key too', async () => {
  const at = house.clock.now()
  const callback = { id: 'cb_1' as never, number: carl, agent: alice.id, campaign, lead: null, queue: null, at }
  await house.store.commit({
    recorded: [
      { at, actor: 'system', fact: { type: 'callback.scheduled', callback: { ...callback, reason: 'agreed' } } },
    ],
  })
  await dialled({ sipStatus: 486 }, { callback: 'cb_1' })
  const { text } = await look(house, cookie, '/agent')
  assert.match(text, /hx-vals='\{&quot;callback&quot;:&quot;cb_1&quot;\}'[^>]*data-key="alt\+l"/)
})

test('what the agent ended is not told again, and what is old is not told any more', async () => {
  const call = await dialled(null)
  await put(`/agent/calls/${call.id}/ending`, {})
  assert.equal(await status(), '')
  await dialled({ sipStatus: 486 })
  assert.match(await status(), /^占线/)
  house.clock.advance(11 * 60_000)
  cookie = (await house.signIn('alice')).cookie
  assert.equal(await status(), '')
})

test('why a talk ended is told in wrap-up: by the other side, by silence, by the line; not where the agent ended it', async () => {
  const ends: [Ended | null, string][] = [
    [{ cause: 'bye', sipStatus: 200 }, '对方已挂断'],
    [{ by: 'near', cause: 'rtp_timeout', q850: 27 }, '一直听不到对方，已自动挂断'],
    [{ by: 'near', cause: 'fault' }, '线路故障，通话中断'],
    [null, ''],
  ]
  for (const [ended, words] of ends) {
    const { leg, id } = await dialled(null)
    await house.engine.dispatch({ type: 'leg.answered', leg }, 'system')
    assert.equal(phase(), 'talking')
    const end = { type: 'leg.ended', leg, by: 'far', cause: 'bye', sipStatus: null, q850: null } as const
    if (ended === null) await put(`/agent/calls/${id}/ending`, {})
    else await house.engine.dispatch({ ...end, ...ended }, 'system')
    assert.equal(phase(), 'wrapping')
    assert.equal(await status(), words)
    const [, code = ''] = /name="code" value="([^"]+)"/.exec((await look(house, cookie, '/agent')).text) ?? []
    await post(`/agent/calls/${id}/disposition`, { code, note: '' })
    assert.equal(phase(), 'ready')
    assert.equal(await status(), '', 'it was told')
  }
})
