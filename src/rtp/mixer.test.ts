import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decode, encode, payloadTypeOf } from './g711.ts'
import { Mix, Total } from './mixer.ts'
import { MixerInput } from './mixer-input.ts'
import { goertzel, loudness, purity, tone } from './tone.ts'

type Law = 'pcma' | 'pcmu'
type Voice = { hz: number; level?: number; law?: Law }

/** Lets people say their tones for a second; answers what each mix hears, in a law. */
function second(voices: Voice[], hears: number[][], law: Law = 'pcma', useTotal = false): Int16Array[] {
  const inputs = voices.map(() => new MixerInput(0))
  const said = voices.map(({ hz, level = 0.2, law: own = 'pcma' }) => encode(tone({ hz, ms: 1000, level }), own))
  const mixes = hears.map(members => new Mix(members.map(member => inputs[member]!)))
  const total = useTotal ? new Total(inputs) : null
  const heard = hears.map(() => new Uint8Array(8000))
  for (let tick = 1; tick <= 50; tick++) {
    const at = (tick - 1) * 160
    voices.forEach(({ law: own = 'pcma' }, n) => {
      inputs[n]!.put(n + 1, at, said[n]!, at, at + 160, payloadTypeOf[own], tick * 20 - 10)
      inputs[n]!.next()
    })
    mixes.forEach((mix, n) => {
      mix.mix(tick, total)
      heard[n]!.set(mix.octets(payloadTypeOf[law]), at)
    })
  }
  return heard.map(octets => decode(octets, law).subarray(800))
}

/** The share of the power that is not one of these tones. */
function distortion(samples: Int16Array, hz: number[]): number {
  const power = loudness(samples) ** 2
  const tones = hz.reduce((sum, f) => sum + goertzel(samples, f) ** 2 / 2, 0)
  return (power - tones) / power
}

describe('a mix', () => {
  test('of three lets each hear the two others at the level they were said, and never themself', () => {
    const hz = [500, 700, 1100]
    const voices = hz.map(f => ({ hz: f }))
    const all = second(voices, [
      [1, 2],
      [0, 2],
      [0, 1],
    ])
    all.forEach((samples, member) => {
      hz.forEach((f, other) => {
        const level = goertzel(samples, f)
        if (other === member) assert.ok(level < 0.002, `${f} Hz hears itself at ${level}`)
        else assert.ok(Math.abs(level - 0.2) < 0.004, `${f} Hz at ${level}`)
      })
    })
  })

  test('takes both laws and gives both', () => {
    const voices: Voice[] = [
      { hz: 500, law: 'pcma' },
      { hz: 700, law: 'pcmu' },
    ]
    for (const law of ['pcma', 'pcmu'] as const) {
      const [both] = second(voices, [[0, 1]], law)
      for (const hz of [500, 700]) assert.ok(Math.abs(goertzel(both!, hz) - 0.2) < 0.004, `${hz} Hz as ${law}`)
    }
  })

  test('of one voice is that voice, octet for octet, in its own law', () => {
    for (const law of ['pcma', 'pcmu'] as const) {
      const input = new MixerInput(0)
      const mix = new Mix([input])
      const every = Uint8Array.from({ length: 320 }, (_, n) => n & 255)
      for (const tick of [1, 2]) {
        const at = (tick - 1) * 160
        input.put(1, at, every, at, at + 160, payloadTypeOf[law], tick * 20 - 10)
        input.next()
        mix.mix(tick, null)
        const out = mix.octets(payloadTypeOf[law])
        // µ-law has two octets for zero; they are one sound.
        const same = decode(out, law).every((sample, i) => sample === decode(every.subarray(at, at + 160), law)[i])
        assert.ok(same, law)
      }
    }
  })

  test('of two very loud talkers is turned down, not cut: hardly anything but their tones is heard', () => {
    const [samples] = second(
      [
        { hz: 500, level: 0.95 },
        { hz: 850, level: 0.95 },
      ],
      [[0, 1]],
    )
    const settled = samples!.subarray(1600)
    const ours = distortion(settled, [500, 850])
    assert.ok(ours < 0.01, `${ours} of it is distortion`)
    assert.ok(goertzel(settled, 500) > 0.38 && goertzel(settled, 850) > 0.38)
    // What hard clipping would have made of it, so that the figure above means something.
    const sum = Int16Array.from(samples!, (_, i) => {
      const s = 0.95 * 32767 * (Math.sin((2 * Math.PI * 500 * i) / 8000) + Math.sin((2 * Math.PI * 850 * i) / 8000))
      return Math.max(-32768, Math.min(32767, s))
    })
    const cut = distortion(sum, [500, 850])
    assert.ok(cut > 4 * ours, `${cut} when cut, ${ours} as mixed`)
  })

  test('of two who talk at usual level leaves them as loud as each alone', () => {
    const [both, one] = second(
      [
        { hz: 500, level: 0.35 },
        { hz: 850, level: 0.35 },
      ],
      [[0, 1], [0]],
    )
    assert.ok(Math.abs(goertzel(both!, 500) - goertzel(one!, 500)) < 0.005)
  })

  test('reckoned from the sum of all is the same as added up', () => {
    const voices = [400, 500, 700, 850, 1100, 1300].map(hz => ({ hz, level: 0.1 }))
    const hears = voices.map((_, n) => voices.map((_, other) => other).filter(other => other !== n))
    const added = second(voices, hears)
    const reckoned = second(voices, hears, 'pcma', true)
    assert.deepEqual(added, reckoned)
  })

  test('of nobody is silence in either law', () => {
    for (const law of ['pcma', 'pcmu'] as const) assert.ok(loudness(second([], [[]], law)[0]!) < 0.0005)
  })

  test('keeps each at the gain they are given', () => {
    const input = new MixerInput(0)
    input.gain = 0.5
    const mix = new Mix([input])
    const said = encode(tone({ hz: 500, ms: 1000, level: 0.4 }), 'pcma')
    const out = new Uint8Array(8000)
    for (let tick = 1; tick <= 50; tick++) {
      input.put(1, (tick - 1) * 160, said, (tick - 1) * 160, tick * 160, 8, tick * 20 - 10)
      input.next()
      mix.mix(tick, null)
      out.set(mix.octets(8), (tick - 1) * 160)
    }
    const samples = decode(out, 'pcma').subarray(800)
    assert.ok(Math.abs(goertzel(samples, 500) - 0.2) < 0.004)
    assert.ok(purity(samples, 500) > 0.999)
  })
})
