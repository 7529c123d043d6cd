/** A fax that answers, and one that calls here, by their tones through bay, ear and floor, with the defaults: nobody judges machines. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { sequence, silence, tone } from '../rtp/tone.ts'
import { hasSipp } from './sipp.ts'
import { ownNumber, Stage } from './stage.ts'
import type { World } from './world.ts'

/** T.30: CED is 2100 Hz for 2.6 s and more, 1.8 to 2.5 s after the answer; CNG 1100 Hz for half a second, every three. */
const ced = sequence(silence(2000), tone({ hz: 2100, ms: 2600, level: 0.1 }), silence(20_000))
const cng = [tone({ hz: 1100, ms: 500, level: 0.1 }), silence(3000)]

describe('a fax on the line', { skip: hasSipp ? false : 'needs sipp' }, () => {
  let stage: Stage
  let world: World
  let alice: UserId

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    ;({ id: alice } = await stage.softBrowser({ name: 'alice', hz: 1000 }))
    await stage.signOn(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  test('one that answers a call of the dialler is told while the agent has it, who ends it as a fax', async () => {
    const fax = await stage.voice('127.0.0.34', 440)
    fax.say(ced)
    const carrier = await stage.carrier('127.0.0.35', fax, [{ do: 'answer' }, { do: 'expectBye' }])
    const trunk = await world.trunk(carrier, { id: 't_fax' as TrunkId })
    const id = 'k_fax' as CampaignId
    await world.campaign({ id, trunks: [trunk], agents: [alice], wrapMs: 0 })
    await world.leads(id, ['+8613800000001'])
    await stage.ready(alice)
    const { call } = await world.fact('call.dialed', fact => fact.campaign === id)
    const heard = await world.fact('call.faxHeard', fact => fact.call === call)
    assert.equal(heard.signal, 'ced')
    assert.ok(heard.afterMs >= 2500 && heard.afterMs < 5000, `${heard.afterMs} ms after the answer`)
    assert.equal(world.house.engine.state.agents.get(alice)?.phase, 'talking')
    await stage.does(alice, { type: 'agent.break', agent: alice, reason: 'tea' })
    await stage.does(alice, { type: 'agent.metMachine', agent: alice, call })
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.deepEqual([ending.by, ending.cause, ending.result], ['agent', 'machine', 'FAX'])
    assert.equal((await world.fact('lead.released', fact => fact.campaign === id)).reason, 'FAX')
    const row = await world.house.store.read('calls.byId', { id: call })
    assert.equal(row?.fax?.signal, 'ced')
  })

  test('one that calls here is noticed by its second tone', async () => {
    const fax = await stage.voice('127.0.0.36', 440)
    fax.say(sequence(silence(500), ...cng, ...cng, ...cng, silence(10_000)))
    await world.trunk({ address: '127.0.0.37', port: 5060 }, { id: 't_caller' as TrunkId })
    await world.queue([alice], ownNumber)
    await stage.caller('127.0.0.37', fax)
    const { call } = await world.fact('call.faxHeard', fact => fact.signal === 'cng')
    assert.equal((await world.fact('call.offered')).call, call)
  })
})
