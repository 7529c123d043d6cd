/** An agent hears a machine that the sound took for a person: one key of the desk ends the call, and the auditor sees what the sound had gone by. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { User } from '../centre/entities.ts'
import type { House } from '../http/testing/house.ts'
import type { CampaignId, LegId } from '../lib/ids.ts'
import { createCampaign, setCampaignState } from '../records/campaigns/campaigns.ts'
import { createTrunk } from '../records/telephony/trunks.ts'
import { type BrowserDay, openBrowserDay, text } from './browser-day.ts'
import { hasChromium } from './chromium.ts'

describe('the key for a machine that answered', { skip: hasChromium ? false : 'needs chromium' }, () => {
  let day: BrowserDay
  let house: House
  let alice: User
  let campaign: CampaignId

  before(async () => {
    day = await openBrowserDay([
      { name: 'alice', role: 'agent', displayName: '李雨桐' },
      { name: 'olga', role: 'auditor', language: 'en' },
    ])
    house = day.house
    alice = day.people.get('alice')!
    const door = house.deps.records
    const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
    const made = await createCampaign(door, 'system', {
      ...{ name: '三月', business: 'sales', mode: 'manual', trunks: [trunk.id], agents: [alice.id] },
      ...{ policy: 'LAB-ANY-HOUR' },
    })
    await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
    campaign = made.id
    await setCampaignState(door, 'system', campaign, { state: 'running' })
  })
  after(() => day?.[Symbol.asyncDispose]())

  const engine = () => house.engine
  test('Alt V on a talking call ends it without a wrap-up, and she is where she was before it', async () => {
    const page = await day.as('alice', '/agent')
    const phase = (name: string) => page.waitForSelector(`#state-bar[data-phase="${name}"]`, { timeout: 10_000 })
    await engine().dispatch({ type: 'station.up', agent: alice.id, leg: 'st_alice' as LegId }, 'system')
    await page.waitForSelector('#state-bar')
    await page.keyboard.press('Alt+r')
    await phase('break')
    const contact = { campaign, lead: null, number: '+8613812345678', name: '陈建国', party: null, relation: null }
    const dialed = await engine().dispatch(
      { ...contact, type: 'agent.dial', agent: alice.id, override: null },
      `user:${alice.id}`,
    )
    assert.ok(dialed.ok, JSON.stringify(dialed))
    const call = [...engine().state.calls.values()][0]!
    await engine().dispatch({ type: 'leg.answered', leg: call.leg }, 'system')
    await phase('talking')
    await engine().dispatch(
      {
        ...{ type: 'leg.heard', leg: call.leg },
        heard: {
          ...{ type: 'answerer', verdict: 'human', reason: 'short_greeting', confidence: 0.8, afterMs: 900 },
          features: { greetingMs: 640, words: 1, recording: null },
        },
      },
      'system',
    )
    await page.waitForSelector(`[hx-put="/agent/calls/${call.id}/answerer"]`)
    await page.keyboard.press('Alt+v')
    await phase('break')
    const ended = JSON.parse((await house.facts('call.ended'))[0]!.body) as { ending: Record<string, string> }
    assert.deepEqual(
      [ended.ending['by'], ended.ending['cause'], ended.ending['result']],
      ['agent', 'machine', 'VOICEMAIL'],
    )
    const told = await house.facts('call.answererTold')
    assert.deepEqual(
      told.map(({ actor }) => actor),
      [`user:${alice.id}`],
    )
    assert.equal((await house.facts('call.disposed')).length, 0, 'there is nothing to write up')
    assert.equal(await page.$(`[hx-put="/agent/calls/${call.id}/answerer"]`), null)
    await page.keyboard.press('Alt+v')
    await phase('break')
    assert.equal((await house.facts('call.answererTold')).length, 1, 'the key has nothing to say of no call')
  })

  test('the auditor sees it among what the sound missed, with all that the judgement went by', async () => {
    const page = await day.as('olga', '/auditor/answerers')
    const said = await text(page)
    assert.match(said, /Of 1 that people say were machines, the sound missed 1/)
    assert.match(said, /greetingMs 640, words 1/)
    await page.click('main a[href^="/auditor/calls/"]')
    await page.waitForURL(/\/auditor\/calls\//)
    assert.deepEqual(day.faults, [])
  })
})
