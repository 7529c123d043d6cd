/** Music for tests and benches: a melody over chords and a beat, by seed; what people have instead of a ring-back tone. */
import { seededRandom } from '../../lib/random.ts'
import { rateHz } from '../sound.ts'

const scale = [0, 2, 4, 5, 7, 9, 11]
const progressions = [
  [0, 4, 5, 3],
  [0, 5, 3, 4],
  [5, 3, 0, 4],
]

export function music(seed: number, seconds: number): Int16Array {
  const random = seededRandom(seed * 7919 + 1)
  const sound = new Float64Array(Math.round(seconds * rateHz))
  const beat = Math.round(rateHz * (0.3 + 0.3 * random()))
  const root = 110 * 2 ** (Math.floor(random() * 12) / 12)
  const chords = progressions[Math.floor(random() * progressions.length)]!
  const degree = (step: number) => root * 2 ** ((scale[step % 7]! + 12 * Math.floor(step / 7)) / 12)
  for (let at = 0, i = 0; at < sound.length; at += beat, i++) {
    const chord = chords[(i >> 2) % 4]!
    if (i % 4 === 0) for (const third of [0, 2, 4]) note(sound, at, beat * 4, degree(chord + third + 7), 0.08)
    const length = random() < 0.3 ? 0.5 : 1
    for (let part = 0; part < 1; part += length)
      note(
        sound,
        at + Math.round(part * beat),
        beat * length * 1.2,
        degree(chord + 14 + Math.floor(random() * 8)),
        0.16,
      )
    for (let s = 0; s < 400 && at + s < sound.length; s++) sound[at + s]! += (random() - 0.5) * 0.25 * Math.exp(-s / 80)
  }
  return Int16Array.from(sound, value => Math.round(Math.max(-1, Math.min(1, value)) * 24_000))
}

function note(sound: Float64Array, from: number, samples: number, hz: number, level: number): void {
  for (let i = 0; i < samples && from + i < sound.length; i++) {
    const envelope = Math.min(1, i / 80) * Math.exp((-2 * i) / samples)
    const turn = (2 * Math.PI * hz * i) / rateHz
    const value = Math.sin(turn) + 0.5 * Math.sin(2 * turn) + 0.3 * Math.sin(3 * turn) + 0.15 * Math.sin(4 * turn)
    sound[from + i]! += level * envelope * value
  }
}
