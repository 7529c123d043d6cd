import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { decode, encode } from '../rtp/g711.ts'
import { sequence, silence, tone } from '../rtp/tone.ts'
import { AnnouncementEar } from './announcement-ear.ts'
import { Announcements, type Known } from './announcements.ts'
import { levelOf, printOf } from './fingerprint.ts'
import { frameSamples, History } from './sound.ts'
import { music } from './testing/music.ts'
import { hasEspeak, say, spoken, voices } from './testing/speech.ts'

/** Each of a voice of its own, as carriers' are: what begins with the same recorded words is tested by itself. */
const texts: [label: string, voice: number, text: string][] = [
  ['POWER_OFF', 0, '您好,您拨打的电话已关机,请稍后再拨'],
  ['VACANT', 1, '您好,您拨打的号码是空号,请查证后再拨'],
  ['BUSY', 2, '您好,您拨打的用户正在通话中,请稍后再拨'],
  ['UNREACHABLE', 3, '对不起,您拨打的电话暂时无法接通,请稍后再拨'],
  ['POWER_OFF', 5, 'Sorry, the subscriber you dialed is powered off, please dial later'],
  ['VACANT', 6, 'Sorry, the number you have dialed does not exist, please check and dial again'],
]
const skip = { skip: !hasEspeak() }
let recordings: Int16Array[] = []
let library = new Announcements([])

test('recordings are learnt', skip, () => {
  recordings = texts.map(([, voice, text]) => say(voices[voice]!, text))
  library = new Announcements(texts.map(([label], i) => known(String(i), label, recordings[i]!)))
  assert.equal(library.known.length, texts.length)
})

test(
  'a known announcement is named within 2 s of its sound, from any point of its loop, in both laws, 10 dB louder or fainter, with 5 % of packets lost',
  skip,
  () => {
    const random = seededRandom(4)
    let late = 0
    let count = 0
    for (const [i, [label]] of texts.entries()) {
      for (const [law, gainDb, loss] of [
        ['pcma', 0, 0],
        ['pcmu', -10, 0],
        ['pcma', 10, 0],
        ['pcmu', 0, 0.05],
        ['pcma', -10, 0.05],
      ] as const) {
        const loop = sequence(recordings[i]!, silence(700))
        const from = Math.floor(random() * loop.length)
        const heard = listen(through(sequence(loop.subarray(from), loop, loop), { law, gainDb, loss, random }))
        assert.deepEqual([...new Set(heard.map(({ label }) => label))], [label], `${label} ${law} ${gainDb} dB`)
        assert.ok(heard[0]!.confidence > 0.7, `${heard[0]!.confidence}`)
        count++
        // Words that another announcement has too (请稍后再拨, Sorry the …) cannot tell: time counts from where they part, at most a loop on.
        if (heard[0]!.soundMs > 2000) late++
      }
    }
    assert.ok(late <= count * 0.2, `${late} of ${count} were later than 2 s`)
  },
)

test('from its beginning each is named within 2 s, after ten seconds of music too', skip, () => {
  for (const [i, [label]] of texts.entries()) {
    const heard = listen(through(sequence(silence(400), recordings[i]!, silence(300)), {}))
    assert.equal(heard[0]?.label, label)
    assert.ok(heard[0]!.atMs - 400 <= 2000, `${label} took ${heard[0]!.atMs - 400} ms`)
    const afterMusic = listen(through(sequence(music(i, 10), recordings[i]!, silence(300)), {}))
    assert.deepEqual(
      afterMusic.map(({ label }) => label),
      [label],
    )
    assert.ok(afterMusic[0]!.atMs - 10_000 <= 2000, `${label} took ${afterMusic[0]!.atMs - 10_000} ms`)
  }
})

test(
  'two announcements that begin with the same recorded words are told apart where they part, and not before',
  skip,
  () => {
    const opening = say(voices[1]!, '对不起,您所拨打的用户')
    const off = sequence(opening, say(voices[1]!, '已经关机了,请您稍后再试一次'))
    const busy = sequence(opening, say(voices[1]!, '正在和别人通话,请不要挂机'))
    const both = new Announcements([known('off', 'POWER_OFF', off), known('busy', 'BUSY', busy)])
    for (const [label, sound] of [
      ['POWER_OFF', off],
      ['BUSY', busy],
    ] as const) {
      const heard = listen(through(sound, {}), both)
      assert.deepEqual(
        heard.map(({ label }) => label),
        [label],
      )
      const partMs = opening.length / 8
      assert.ok(heard[0]!.atMs > partMs - 200, `told at ${heard[0]!.atMs}, they part at ${partMs}`)
      assert.ok(heard[0]!.atMs < partMs + 1300, `told at ${heard[0]!.atMs}, they part at ${partMs}`)
    }
  },
)

test('what only begins like a known recording is taken back where they part', skip, () => {
  const opening = say(voices[1]!, '对不起,您所拨打的用户')
  const off = sequence(opening, say(voices[1]!, '已经关机了,请您稍后再试一次'))
  const strange = sequence(opening, say(voices[1]!, '正在花园里喝茶看书,谢谢关心'))
  const one = new Announcements([known('off', 'POWER_OFF', off)])
  const ear = new AnnouncementEar(one)
  const history = new History(1024)
  const told: [string, number][] = []
  for (let at = 0; at + frameSamples <= strange.length; at += frameSamples) {
    const frame = strange.subarray(at, at + frameSamples)
    history.push(frame)
    if (ear.push(history, levelOf(frame))) told.push(['known', at / 8])
    if (ear.withdrawn >= 0) told.push(['withdrawn', at / 8])
  }
  assert.deepEqual(
    told.map(([what]) => what),
    ['known', 'withdrawn'],
  )
  assert.ok(told[1]![1] < opening.length / 8 + 900, `${told}, they part at ${opening.length / 8}`)
  assert.equal(listen(through(off, { law: 'pcmu', gainDb: -10 }), one).length, 1)
})

test('speech, music, tones and noise that are not in the library are nothing', skip, () => {
  const random = seededRandom(9)
  const strangers = [
    ...[4, 7, 8, 9, 10].map(voice => spoken(voices[voice]!, voice, 20)),
    ...[1, 2, 3].map(seed => music(seed, 20)),
    tone({ hz: 450, ms: 5000 }),
    Int16Array.from({ length: 40_000 }, () => (random() - 0.5) * 6000),
    silence(3000),
  ]
  for (const sound of strangers) assert.deepEqual(listen(through(sound, {})), [])
})

test('an empty library knows nothing, and one with many recordings takes 2 % of the time that it listens', skip, () => {
  assert.deepEqual(listen(recordings[0]!, new Announcements([])), [])
  const many = new Announcements([
    ...texts.map(([label], i) => known(String(i), label, recordings[i]!)),
    ...Array.from({ length: 12 }, (_, i) => known(`m${i}`, `M${i}`, music(100 + i, 10))),
  ])
  const began = process.cpuUsage()
  const heard = listen(through(recordings[3]!, {}), many)
  const { user } = process.cpuUsage(began)
  assert.equal(heard[0]?.label, 'UNREACHABLE')
  assert.ok(user / 1000 < (recordings[3]!.length / 8) * 0.02, `${user / 1000} ms`)
})

function known(id: string, label: string, samples: Int16Array): Known {
  return { id, label, print: printOf(samples) }
}

type Way = { law?: 'pcma' | 'pcmu'; gainDb?: number; loss?: number; random?: () => number }

function through(sound: Int16Array, { law = 'pcma', gainDb = 0, loss = 0, random = () => 1 }: Way): Int16Array {
  const gain = 10 ** (gainDb / 20)
  const louder = sound.map(value => Math.max(-32768, Math.min(32767, Math.round(value * gain))))
  const heard = decode(encode(louder, law), law)
  for (let at = 0; at < heard.length; at += frameSamples) if (random() < loss) heard.fill(0, at, at + frameSamples)
  return heard
}

function listen(sound: Int16Array, announcements = library) {
  const history = new History(1024)
  const ear = new AnnouncementEar(announcements)
  const heard: { label: string | null; atMs: number; soundMs: number; confidence: number }[] = []
  let soundMs = 0
  for (let at = 0; at + frameSamples <= sound.length; at += frameSamples) {
    const frame = sound.subarray(at, at + frameSamples)
    history.push(frame)
    const level = levelOf(frame)
    if (level > -46) soundMs += 20
    if (!ear.push(history, level)) continue
    const { label } = announcements.known[ear.entry]!
    heard.push({ label, atMs: ear.atMs, soundMs, confidence: ear.confidence })
  }
  return heard
}
