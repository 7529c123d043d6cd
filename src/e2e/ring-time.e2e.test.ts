/** How long a line rings that nobody answers, or that nobody will be free for: sipp is the carrier, baresip the agent's desk phone. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Campaign } from '../centre/entities.ts'
import type { CampaignId, UserId } from '../lib/ids.ts'
import { hasBaresip } from './baresip.ts'
import { hasSipp } from './sipp.ts'
import { Stage } from './stage.ts'
import type { World } from './world.ts'

describe('a line that rings', { skip: !hasSipp || !hasBaresip ? 'needs sipp and baresip' : false }, () => {
  let stage: Stage
  let world: World
  let alice: UserId

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    ;({ id: alice } = await stage.deskPhone({ name: 'alice', extension: '1001', hz: 1000 }))
    await stage.signOn(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  /** A carrier that rings until it is told to stop, a campaign with one lead, and alice ready for it. */
  async function rung(name: string, address: string, more: Partial<Campaign>) {
    const media = await stage.voice(address, 440)
    const carrier = await stage.carrier(address, media, [{ do: 'ring' }, { do: 'expectCancel' }])
    const trunk = await world.trunk(carrier, { id: `t_${name}` as never })
    const campaign = await world.campaign({ id: `k_${name}` as CampaignId, trunks: [trunk], agents: [alice], ...more })
    await world.leads(campaign, [`+8613800000${address.split('.').at(-1)}`])
    await stage.ready(alice)
    return { carrier, dialled: await world.fact('call.dialed', fact => fact.campaign === campaign) }
  }

  const onBreak = () => stage.does(alice, { type: 'agent.break', agent: alice, reason: 'tea' })

  test('nobody answers: the call is withdrawn after the ring time', async () => {
    const { carrier, dialled } = await rung('noanswer', '127.0.0.105', { ringMs: 15_000 })
    const { ending } = await world.fact('call.ended', fact => fact.call === dialled.call, 20_000)
    assert.deepEqual({ cause: ending.cause, result: ending.result }, { cause: 'ring_timeout', result: 'NO_ANSWER' })
    await carrier.done()
    await onBreak()
  })

  test('a line that nobody will be free for is withdrawn by CANCEL once it has rung long enough', async () => {
    const { carrier, dialled } = await rung('surplus', '127.0.0.106', { mode: 'predictive' })
    const { call } = dialled
    await world.fact('call.ringing', fact => fact.call === call)
    await onBreak()
    const ended = await world.fact('call.ended', fact => fact.call === call, 25_000)
    assert.equal(ended.ending.cause, 'cancelled')
    const rangMs = world.timeOf(ended) - world.timeOf(dialled)
    assert.ok(rangMs >= 15_000 && rangMs < 20_000, `${rangMs} ms`)
    await carrier.done()
  })
})
