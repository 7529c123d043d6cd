/**
 * A carrier that speaks µ-law alone (sipp), and people who speak A-law: alice at a desk phone (baresip), sam who listens in a soft browser. Who
 * takes one law for the other hears a tone at the right frequency, but hoarse and at another level: both are measured.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { CallId, CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { codeOf, tonesOf } from '../rtp/telephone-event.ts'
import { goertzel, loudness, purity, sequence, silence, tone } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { type Act, hasSipp, type Sipp } from './sipp.ts'
import type { SoftBrowser } from './soft-browser.ts'
import { Stage } from './stage.ts'
import type { World } from './world.ts'

const [carlHz, aliceHz, samHz] = [440, 1000, 1700]
const everyHz = [carlHz, aliceHz, samHz]
/** How loudly each speaks, of full scale; G.711 adds a hundredth of noise, and what is read while a packet is missing lacks a fiftieth. */
const said: Record<number, number> = { [carlHz]: 0.3, [aliceHz]: 0.3, [samHz]: 0.25 }
const within = 0.03

describe('a carrier of µ-law and an agent of A-law', {
  skip: hasSipp && hasBaresip ? false : 'needs sipp and baresip',
}, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let phone: Baresip
  let samsBrowser: SoftBrowser
  let alice: UserId
  let sam: UserId
  let call: CallId
  let carrier: Sipp
  let heard: string[] = []

  before(async () => {
    stage = await Stage.open()
    ;({ world } = stage)
    carl = await stage.voice('127.0.0.89', carlHz, 'pcmu')
    ;({ id: alice, phone } = await stage.deskPhone({
      ...{ name: 'alice', extension: '1001', hz: aliceHz, laws: ['pcma'] },
    }))
    ;({ id: sam, browser: samsBrowser } = await stage.softBrowser({ name: 'sam', hz: samHz, role: 'supervisor' }))
    await stage.signOn(alice)
    world.house.telephone.bay.onEvent(event => {
      const isCarls = event.type.startsWith('leg.') && 'leg' in event && event.leg === world.call(call)?.leg
      if (isCarls && event.type === 'leg.digit') heard.push(event.digit)
      if (isCarls && event.type === 'leg.heard' && event.heard.type === 'digit') heard.push(event.heard.digit)
    })
  })
  after(() => stage?.[Symbol.asyncDispose]())

  async function dialled(name: string, acts: Act[], events = true): Promise<void> {
    carl.reset()
    carl.keys = ''
    heard = []
    const { address, port, law } = carl
    carrier = await stage.carrier('127.0.0.90', { address, port, law, events }, acts)
    const trunk = await world.trunk(carrier, { id: `t_${name}` as TrunkId })
    const id = `k_${name}` as CampaignId
    await world.campaign({ id, mode: 'manual', trunks: [trunk], agents: [alice] })
    await stage.ready(alice)
    const nobody = { lead: null, party: null, name: null, relation: null }
    await stage.does(alice, { type: 'agent.dial', agent: alice, number: '+8613800000009', campaign: id, ...nobody })
    ;({ call } = await world.fact('call.dialed', fact => fact.campaign === id))
  }

  async function over(): Promise<void> {
    await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
    await world.until('alice writes up', () => world.house.engine.state.agents.get(alice)?.phase === 'wrapping')
    await stage.does(alice, {
      ...{ type: 'agent.dispose', agent: alice, call, code: 'promise', note: '', fields: {} },
      ...{ callbackAt: null, callbackMine: false, next: 'break' },
    })
  }

  /** Waits until the last second of what `who` hears are these tones, each as it was said, and nothing else. */
  const hears = (who: { lastSecond: Int16Array; forget(): void }, name: string, ...hz: number[]) => {
    who.forget()
    return world.until(
      `${name} hears ${hz}`,
      () => who.lastSecond.length >= 7_200 && areTones(who.lastSecond.subarray(-7_200), hz),
    )
  }
  /** Pressed by carl, as it was understood: the journal of such a campaign says that one was, not which. */
  const keysOfCarl = () => heard.join('')

  test('hear each other at the level of what was said, and so does a supervisor; keys come as events', async () => {
    await dialled('talk', [{ do: 'answer' }, { do: 'expectBye' }])
    await world.fact('call.connected', fact => fact.call === call)
    await Promise.all([hears(carl, 'carl', aliceHz), hears(phone, 'alice', carlHz)])
    const laws = new Map((await world.house.telephone.bay.figures()).map(({ leg, audio }) => [leg, audio.codec]))
    const { stationLeg } = world.house.engine.state.agents.get(alice)!
    assert.deepEqual([laws.get(world.call(call)!.leg), laws.get(stationLeg!)], ['pcmu', 'pcma'])

    const begin = { type: 'supervisor.begin', by: sam, call, agent: null, stays: false, reason: 'support' } as const
    await stage.does(sam, { ...begin, mode: 'listen' })
    await Promise.all([hears(samsBrowser, 'sam', carlHz, aliceHz), hears(carl, 'carl', aliceHz)])
    await stage.does(sam, { type: 'supervisor.change', by: sam, mode: 'barge' })
    await Promise.all([hears(carl, 'carl', aliceHz, samHz), hears(phone, 'alice', carlHz, samHz)])
    await stage.does(sam, { type: 'supervisor.stop', by: sam })
    await Promise.all([hears(carl, 'carl', aliceHz), hears(phone, 'alice', carlHz)])

    await stage.does(alice, { type: 'agent.sendDigits', agent: alice, call, digits: '12#' })
    phone.command('sndcode', '4')
    await world.until('the keys at the far end', () => carl.keys === '12#4')
    carl.press('7')
    await world.until('carl’s key', () => keysOfCarl() === '7')
    await hears(carl, 'carl', aliceHz)
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    await over()
  })

  test('are on both sides of the recording as they spoke', async () => {
    const { path } = await world.fact('recording.opened', fact => fact.call === call)
    await world.fact('recording.sealed', fact => fact.call === call)
    const [left, right] = readStereo(readFileSync(world.recordingFile(path)))
    for (const [side, hz] of [
      [left, carlHz],
      [right, aliceHz],
    ] as const)
      assert.ok(areTones(side.subarray(-4_800, -800), [hz]), `${hz} Hz at ${goertzel(side.subarray(-4_800, -800), hz)}`)
  })

  test('without telephone events: keys are tones of µ-law, both ways', async () => {
    await dialled('tones', [{ do: 'answer' }, { do: 'expectBye' }], false)
    await world.fact('call.connected', fact => fact.call === call)
    await hears(carl, 'carl', aliceHz)
    await stage.does(alice, { type: 'agent.sendDigits', agent: alice, call, digits: '5' })
    const [low, high] = tonesOf(codeOf('5'))
    await world.until('both tones of a 5', () => {
      const heard = carl.lastSecond
      const parts = Array.from({ length: 40 }, (_, n) => heard.subarray(n * 160, n * 160 + 480))
      return parts.some(
        part => part.length === 480 && purity(part, low) > 0.4 && purity(part, low) + purity(part, high) > 0.97,
      )
    })
    assert.equal(carl.keys, '')
    const [pause, key] = [silence(300), tone({ hz: tonesOf(codeOf('8')), ms: 120, level: 0.2 })]
    carl.say(sequence(pause, key, pause, key, pause))
    await world.until('carl’s keys', () => keysOfCarl() === '88')
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    await over()
  })

  test('a busy tone before the answer is heard as one', async () => {
    const [on, off] = [tone({ hz: 450, ms: 350, level: 0.1 }), silence(350)]
    const acts: Act[] = [{ do: 'early' }, { do: 'told' }]
    carl.reset()
    const busy = dialled('busy', [...acts, { do: 'final', status: 486, words: 'Busy Here' }])
    carl.say(sequence(...Array.from({ length: 8 }, () => [on, off]).flat()))
    await busy
    const announced = await world.fact('call.announced', fact => fact.call === call)
    assert.deepEqual([announced.by, announced.what, announced.result], ['tone', 'busy', 'BUSY'])
    await carrier.goOn()
    await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
  })
})

/** These, each at the level at which it was said, and next to nothing beside. */
function areTones(samples: Int16Array, hz: number[]): boolean {
  const areThere = hz.every(one => Math.abs(goertzel(samples, one) - said[one]!) < within)
  const areAway = everyHz.every(one => hz.includes(one) || goertzel(samples, one) < 0.01)
  const expected = Math.hypot(...hz.map(one => said[one]! / Math.SQRT2))
  return areThere && areAway && Math.abs(loudness(samples) - expected) < within
}
