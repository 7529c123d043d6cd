import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { decode, encode } from '../rtp/g711.ts'
import { sequence, silence, tone } from '../rtp/tone.ts'
import { Bursts } from './bursts.ts'
import { MachineTones } from './machine-tones.ts'
import { ProgressTones } from './progress-tones.ts'
import { amplitudeOf, frameSamples, History } from './sound.ts'
import { SpecialTones } from './special-tones.ts'
import { type ToneOfPlan, type TonePlan, type TonePlanName, tonePlans } from './tone-plans.ts'

const levelDbm0 = -15

test('each tone of each plan is named, at both ends of its tolerance, from loud to faint, and none other', () => {
  for (const [name, plan] of Object.entries(tonePlans) as [TonePlanName, TonePlan][]) {
    for (const meant of plan.tones) {
      for (const [level, offHz, stretch] of [
        [-5, 0, 1],
        [-15, plan.toleranceHz * 0.8, 1.06],
        [-35, -plan.toleranceHz * 0.8, 0.94],
      ] as const) {
        const heard = listen(plan, cadence(meant, { level, offHz, stretch })).names
        assert.deepEqual(heard, [meant.name], `${name} ${meant.name} at ${level} dBm0, ${offHz} Hz off`)
      }
    }
  }
})

test('modulated ring-back of India and Singapore is ring-back', () => {
  for (const [name, hz, by] of [
    ['in', 400, 25],
    ['sg', 425, 24],
  ] as const) {
    const on = tone({ hz: [hz - by, hz + by], ms: 400, level: 0.1 })
    const cycle = sequence(on, silence(200), on, silence(2000))
    assert.deepEqual(listen(tonePlans[name], sequence(silence(300), cycle, cycle)).names, ['ringback'])
  }
})

test('Chinese ring-back is named a second into its first pause, busy within 1.2 s, and the tone that follows too', () => {
  const [, ringback, busy] = tonePlans.cn.tones
  const ring = listen(tonePlans.cn, cadence(ringback, { level: levelDbm0 }))
  assert.ok(ring.atMs[0]! <= 200 + 1000 + 950, `${ring.atMs}`)
  const engaged = listen(tonePlans.cn, cadence(busy, { level: levelDbm0 }))
  assert.ok(engaged.atMs[0]! <= 200 + 1200, `${engaged.atMs}`)
  const both = sequence(cadence(ringback, { level: levelDbm0 }), cadence(busy, { level: levelDbm0 }))
  assert.deepEqual(listen(tonePlans.cn, both).names, ['ringback', 'busy'])
})

test('a tone that was under way when listening began is not taken for a shorter one', () => {
  const ring = cadence(tonePlans.cn.tones[1], { level: levelDbm0 }).subarray(8 * (200 + 600)) // 400 ms are left of it
  assert.deepEqual(listen(tonePlans.cn, ring).names, ['ringback'])
  const first = listen(tonePlans.cn, ring.subarray(0, 8 * 4000))
  assert.deepEqual(first.names, [])
})

test('tones are heard through noise, both laws of G.711 and lost packets', () => {
  const random = seededRandom(7)
  for (const law of ['pcma', 'pcmu'] as const) {
    const sound = cadence(tonePlans.cn.tones[2], { level: -20 }, 6)
    for (let i = 0; i < sound.length; i++) sound[i] = sound[i]! + (random() - 0.5) * amplitudeOf(-32)
    for (let frame = 0; frame < sound.length; frame += 160) if (random() < 0.05) sound.fill(0, frame, frame + 160)
    assert.deepEqual(listen(tonePlans.cn, decode(encode(sound, law), law)).names, ['busy'])
  }
})

test('noise and silence are no tone', () => {
  const random = seededRandom(3)
  const noise = Int16Array.from({ length: 8000 * 20 }, () => (random() - 0.5) * 8000)
  assert.deepEqual(listen(tonePlans.cn, noise).names, [])
  assert.deepEqual(listen(tonePlans.us, silence(20_000)).names, [])
})

test('the three tones before an announcement say what failed, where they are those of North America', () => {
  const [low, high, short, long] = [0, 1, 276, 380]
  const pitch = [
    [913.8, 985.2],
    [1370.6, 1428.5],
  ] as const
  for (const [meant, a, aMs, b, bMs] of [
    ['intercept', low, short, low, short],
    ['vacant', high, long, low, short],
    ['reorder', low, short, high, long],
    ['reorder', high, short, low, long],
    ['no_circuit', high, long, high, long],
    ['no_circuit', low, long, low, long],
    ['ineffective', low, long, high, short],
  ] as const) {
    const sound = sequence(
      silence(300),
      tone({ hz: pitch[0][a as 0 | 1], ms: aMs, level: 0.1 }),
      tone({ hz: pitch[1][b as 0 | 1], ms: bMs, level: 0.1 }),
      tone({ hz: 1776.7, ms: 380, level: 0.1 }),
      silence(1000),
    )
    for (const law of ['pcma', 'pcmu'] as const)
      assert.deepEqual(listen(tonePlans.us, decode(encode(sound, law), law)).special, [meant])
  }
  const gap = silence(30)
  const itu = [950, 1400, 1800].flatMap(hz => [tone({ hz, ms: 330, level: 0.05 }), gap])
  assert.deepEqual(listen(tonePlans.cn, sequence(silence(500), ...itu, silence(1000), ...itu)).special, [
    'general',
    'general',
  ])
  const falling = [1800, 1400, 950].flatMap(hz => [tone({ hz, ms: 330, level: 0.05 }), gap])
  assert.deepEqual(listen(tonePlans.cn, sequence(silence(500), ...falling, silence(1000))).special, [])
})

test('a fax that calls, one that answers, and a modem are told from each other', () => {
  const calling = sequence(silence(200), tone({ hz: 1100, ms: 500, level: 0.1 }), silence(3000))
  assert.deepEqual(listen(tonePlans.cn, calling).machines, ['cng'])
  const modem = sequence(silence(200), tone({ hz: 1300, ms: 600, level: 0.1 }), silence(1700))
  assert.deepEqual(listen(tonePlans.cn, modem).machines, ['modem'])
  assert.deepEqual(listen(tonePlans.cn, sequence(silence(200), answerTone(2100, false))).machines, ['ced'])
  for (const hz of [2085, 2100, 2115])
    assert.deepEqual(listen(tonePlans.cn, sequence(silence(210), answerTone(hz, true))).machines, ['ansam'])
})

/** V.8: 2100 Hz, its phase turned every 450 ms, its amplitude modulated by 15 Hz. */
function answerTone(hz: number, isTurned: boolean): Int16Array {
  return Int16Array.from({ length: 8 * 3000 }, (_, i) => {
    const turn = isTurned && Math.floor(i / 3600) % 2 === 1 ? -1 : 1
    const swell = isTurned ? 1 + 0.2 * Math.sin((2 * Math.PI * 15 * i) / 8000) : 1
    return Math.round(4000 * turn * swell * Math.sin((2 * Math.PI * hz * i) / 8000))
  })
}

function cadence(
  { hz, cadenceMs }: ToneOfPlan,
  { level, offHz = 0, stretch = 1 }: { level: number; offHz?: number; stretch?: number },
  cycles = cadenceMs.length > 2 ? 3 : 4,
): Int16Array {
  const sound = (ms: number) =>
    tone({ hz: hz.map(f => f + offHz), ms: ms * stretch, level: amplitudeOf(level) / 32767 / hz.length, fadeMs: 2 })
  if (cadenceMs.length === 0) return sequence(silence(200), sound(5000))
  const cycle = cadenceMs.map((ms, i) => (i % 2 === 0 ? sound(ms) : silence(ms * stretch)))
  return sequence(silence(200), ...Array.from({ length: cycles }, () => cycle).flat())
}

function listen(plan: TonePlan, sound: Int16Array) {
  const history = new History(512)
  const bursts = new Bursts()
  const progress = new ProgressTones(plan)
  const special = new SpecialTones()
  const machines = new MachineTones()
  const heard = { names: [] as string[], atMs: [] as number[], special: [] as string[], machines: [] as string[] }
  for (let at = 0; at + frameSamples <= sound.length; at += frameSamples) {
    const frame = sound.subarray(at, at + frameSamples)
    history.push(frame)
    bursts.push(frame, history)
    if (progress.push(bursts)) {
      heard.names.push(progress.tone!)
      heard.atMs.push(bursts.nowMs)
    }
    if (special.push(bursts)) heard.special.push(special.heard!)
    if (machines.push(frame, bursts)) heard.machines.push(machines.heard!)
  }
  return heard
}
