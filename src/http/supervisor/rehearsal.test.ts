import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { predictedAt } from '../../../web/pages/supervisor/occupancy.ts'
import type { Rehearsal, RehearsalFigures, RehearsalRefusal, Rehearsals } from '../../centre/campaigns/rehearsal.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { createCampaign } from '../../records/campaigns/campaigns.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { look, send } from '../testing/form.ts'
import { type House, noon, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

type Answer = Rehearsal | RehearsalRefusal | 'too_many'
let house: House
let sam = ''
let alice = ''
let id: CampaignId
let answer: Answer
let newest: Rehearsal | null
const asked: unknown[] = []
const path = () => `/supervisor/campaigns/${id}`

const figures = (utilisation: number, abandonRate: number): RehearsalFigures => ({
  utilisation,
  abandonRate,
  worst15MinAbandonRate: abandonRate * 2,
  idleMsMean: 9_000,
  connectedPerHour: 1234,
  dialled: 5000,
  answered: 1500,
  connected: 1450,
  abandoned: 50,
  linesPeak: 60,
})

const rehearsal = (more: Partial<Rehearsal>): Rehearsal => ({
  id: 're_1',
  kind: 'replay',
  campaign: id,
  state: 'running',
  progress: 0.4,
  startedAt: noon,
  day: { from: noon - 36 * 3_600_000, to: noon - 12 * 3_600_000, real: figures(0.851, 0.0266) },
  asWas: { mode: 'predictive', occupancyMax: 0.9, abandonRateMax: 0.03, linesPerAgentMax: 3 },
  change: { occupancyMax: 0.75 },
  agents: 20,
  hours: 2.5,
  warmHours: 0.5,
  answerChance: 0.3,
  talkMsMean: 70_000,
  wrapMsMean: 15_000,
  notes: [{ note: 'shared_agents', share: 0.12 }],
  parts: [
    { name: 'as_was', runs: [figures(0.86, 0.027)] },
    { name: 'changed', runs: [] },
  ],
  ...more,
})

const room: Rehearsals = {
  async replay(given) {
    asked.push(given)
    return answer
  },
  async predict(given) {
    asked.push(given)
    if (typeof answer === 'object' && 'id' in answer) newest = answer
    return answer
  },
  find: wanted => (newest?.id === wanted ? newest : null),
  predictionOf: campaign => (newest?.kind === 'prediction' && newest.campaign === campaign ? newest : null),
  cancel(wanted) {
    asked.push(`cancel ${wanted}`)
  },
}

before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes] } })
  house.deps.rehearsals = room
  const agent = await house.add('alice', 'agent')
  await house.add('sam', 'supervisor', { language: 'en' })
  sam = (await house.signIn('sam')).cookie
  alice = (await house.signIn('alice')).cookie
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const given = { name: 'March', business: 'collections', mode: 'predictive', policy: 'LAB-ANY-HOUR' }
  id = (await createCampaign(door, 'system', { ...given, trunks: [trunk.id], agents: [agent.id] })).id
})
beforeEach(() => {
  asked.length = 0
  newest = null
})
after(() => house[Symbol.asyncDispose]())

const form = { day: '2026-11-23', mode: 'predictive', occupancyMax: '75', abandonRateMax: '3', linesPerAgentMax: '3' }

test('agents may neither see nor start a simulation', async () => {
  newest = rehearsal({})
  for (const more of ['/replay', '/replay/re_1', '/predicted'])
    assert.equal((await look(house, alice, path() + more)).status, 403)
  for (const more of ['/replay', '/prediction', '/occupancy', '/rehearsals/re_1/cancel'])
    assert.equal((await send(house, alice, 'POST', path() + more, form)).status, 403)
  assert.deepEqual(asked, [])
})

test('the form offers yesterday with the settings of now, and asks for that day of the centre’s zone', async () => {
  const page = await look(house, sam, `${path()}/replay`)
  for (const value of ['value="2026-11-23"', 'value="90"', 'value="3"']) assert.ok(page.text.includes(value), value)
  answer = rehearsal({})
  const sent = await send(house, sam, 'POST', `${path()}/replay`, form)
  assert.equal(sent.location, `${path()}/replay/re_1`)
  const from = Date.parse('2026-11-23T00:00:00+08:00')
  const change = { mode: 'predictive', occupancyMax: 0.75, abandonRateMax: 0.03, linesPerAgentMax: 3 }
  assert.deepEqual(asked, [{ campaign: id, from, to: from + 86_400_000, change }])
})

test('what is out of bounds is said beside its field, and nothing is started', async () => {
  for (const [wrong, words] of [
    [{ occupancyMax: '101' }, 'Allowed: 50 to 100.'],
    [{ abandonRateMax: '5' }, 'Allowed: 0.1 to 3.'],
    [{ linesPerAgentMax: 'x' }, 'Allowed: 1 to 20.'],
    [{ mode: 'notice' }, 'Predictive, Progressive'],
    [{ day: '2026-11-25' }, 'Choose a day that has begun.'],
    [{ day: '2026-02-31' }, 'Choose a day that has begun.'],
  ] as const) {
    const sent = await send(house, sam, 'POST', `${path()}/replay`, { ...form, ...wrong })
    assert.equal(sent.status, 422)
    assert.ok(sent.text.includes(words), words)
  }
  assert.deepEqual(asked, [])
})

test('a day of too little data, and too many simulations, are refused in words', async () => {
  answer = { rule: 'few_answers', found: 7, needed: 30 }
  const few = await send(house, sam, 'POST', `${path()}/replay`, form)
  assert.equal(few.status, 422)
  assert.ok(few.text.includes('Too little data: 7 calls were answered; at least 30 are needed'))
  answer = 'too_many'
  assert.ok((await send(house, sam, 'POST', `${path()}/replay`, form)).text.includes('Too many simulations wait'))
})

test('the days stand side by side while the simulation goes on, and it can be cancelled', async () => {
  newest = rehearsal({})
  const page = await look(house, sam, `${path()}/replay/re_1`)
  for (const words of [
    '85.10 %',
    '86.00 %',
    'Simulating, 40 %',
    '90.0 % → 75.0 %',
    '12.0 % of their time',
    'hx-trigger="every 1s"',
  ])
    assert.ok(page.text.includes(words), words)
  await send(house, sam, 'POST', `${path()}/rehearsals/re_1/cancel`)
  assert.deepEqual(asked, ['cancel re_1'])
  newest = rehearsal({ state: 'done' })
  assert.doesNotMatch((await look(house, sam, `${path()}/replay/re_1`)).text, /every 1s/)
  newest = rehearsal({ campaign: 'k_other' as CampaignId })
  assert.equal((await look(house, sam, `${path()}/replay/re_1`)).status, 404, 'another campaign’s is not shown')
  assert.equal((await send(house, sam, 'POST', `${path()}/rehearsals/re_1/cancel`)).status, 404)
})

test('the slider shows what was predicted for where it stands, between the ceilings that were simulated', async () => {
  const parts = [
    { name: '0.8', runs: [figures(0.8, 0.004), figures(0.8, 0.006)] },
    { name: '0.9', runs: [figures(0.88, 0.024), figures(0.88, 0.026)] },
  ]
  answer = rehearsal({ kind: 'prediction', state: 'done', parts, day: null })
  const none = await look(house, sam, path())
  assert.ok(none.text.includes('No prediction yet') && none.text.includes('Predict for 1 agent'))
  const made = await send(house, sam, 'POST', `${path()}/prediction`, { occupancyMax: '85' }, true)
  assert.ok(made.text.includes('1.5 % ± 0.10 %'), made.text)
  const from = Date.parse('2026-11-23T00:00:00+08:00')
  assert.deepEqual(asked, [{ campaign: id, agents: 1, from, to: noon }])
  const moved = await look(house, sam, `${path()}/predicted?occupancyMax=80`)
  assert.ok(moved.text.includes('0.50 % ± 0.10 %'))
  assert.ok(!moved.text.includes('<html'), 'a piece of the page')
  const beyond = await look(house, sam, `${path()}/predicted?occupancyMax=99`)
  assert.match(beyond.text, /Abandoned<\/dt><dd>—/)
  for (const hostile of ['1e9', '<b>', '-5', '']) {
    const page = await look(house, sam, `${path()}/predicted?occupancyMax=${encodeURIComponent(hostile)}`)
    assert.ok(page.text.includes('90.0 %'), 'falls back to what is saved')
  }
})

test('a ceiling is saved from the slider; one out of bounds is refused', async () => {
  const sent = await send(house, sam, 'POST', `${path()}/occupancy`, { occupancyMax: '82' })
  assert.equal(sent.status, 303)
  assert.equal(house.engine.state.campaigns.get(id)!.campaign.occupancyMax, 0.82)
  assert.equal((await send(house, sam, 'POST', `${path()}/occupancy`, { occupancyMax: '30' })).status, 422)
})

test('one run says nothing of chance: no spread is claimed', () => {
  const parts = [
    { name: '0.8', runs: [figures(0.8, 0.01)] },
    { name: '0.9', runs: [figures(0.9, 0.03), figures(0.9, 0.03)] },
  ]
  const { value, spread } = predictedAt(parts, 0.85, 'abandonRate')!
  assert.ok(Math.abs(value - 0.02) < 1e-9)
  assert.equal(spread, null)
  assert.equal(predictedAt(parts, 0.7, 'abandonRate'), null)
})
