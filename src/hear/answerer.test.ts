import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sequence, silence, tone } from '../rtp/tone.ts'
import { Answerer, decideMsMax, type Judgement } from './answerer.ts'
import { Bursts } from './bursts.ts'
import { MachineTones } from './machine-tones.ts'
import { frameSamples, History } from './sound.ts'
import { labelledAnswers } from './testing/answers.ts'
import { hasEspeak, say, voices } from './testing/speech.ts'

const skip = { skip: !hasEspeak() }

test('喂? is a person well before 2.5 s, and a recorded greeting is a machine', skip, () => {
  const person = judge(sequence(silence(400), say(voices[1]!, '喂'), silence(2500)))
  assert.equal(person.verdict, 'human')
  assert.ok(person.afterMs < 2200, `${person.afterMs}`)
  assert.ok(person.features.initialSilenceMs >= 380 && person.features.initialSilenceMs <= 560)
  const machine = judge(
    sequence(
      silence(300),
      say(voices[4]!, 'you have reached the voice mail of Carl please leave a message after the tone'),
    ),
  )
  assert.equal(machine.verdict, 'machine')
  assert.equal(machine.reason, 'long_greeting')
  assert.ok(machine.features.greetingMs >= 1800)
})

test('silence is unsure at the end, and says so with what it rests on', () => {
  const nobody = judge(silence(4000))
  assert.deepEqual(
    [nobody.verdict, nobody.reason, nobody.afterMs, nobody.features.words, nobody.features.initialSilenceMs],
    ['unsure', 'silence', decideMsMax, 0, decideMsMax],
  )
})

const burst = (hz: number, ms: number) => tone({ hz, ms, level: 0.15 })
const wasSaid = ({ verdict, reason }: Judgement) => `${verdict} ${reason}`

test('one burst of a fax is a fax where it is as long as a fax makes it and all that is heard; else it is a machine’s beep', () => {
  assert.equal(wasSaid(judge(sequence(silence(600), burst(1100, 500), silence(3000)))), 'fax fax_tone')
  for (const ms of [200, 380, 640, 1000])
    assert.equal(wasSaid(judge(sequence(silence(600), burst(1100, ms), silence(3000)))), 'machine beep', `${ms} ms`)
  for (const ms of [300, 500, 600, 700, 1000]) {
    const { verdict, reason, features } = judge(sequence(silence(600), burst(1300, ms), silence(3000)))
    assert.deepEqual([verdict, reason, Math.round(features.beepHz / 10)], ['machine', 'beep', 130], `${ms} ms`)
  }
  assert.equal(wasSaid(judge(sequence(silence(300), burst(2100, 3000)))), 'fax fax_tone')
  assert.equal(wasSaid(judge(sequence(silence(300), burst(2100, 500), silence(3000)))), 'machine beep')
})

test('a beep after a greeting is a machine’s, though it is as high and as long as the tone of a fax', skip, () => {
  for (const hz of [1100, 1300, 2100])
    for (const [voice, text] of [
      [voices[1]!, '你好'],
      [voices[4]!, 'hello'],
    ] as const) {
      const sound = sequence(silence(200), say(voice, text).subarray(0, 8 * 900), silence(150), burst(hz, 500))
      const judged = judge(sequence(sound, silence(2000)))
      assert.equal(wasSaid(judged), 'machine beep', `${hz} Hz after ${text}`)
      assert.equal(Math.round(judged.features.beepHz / 20), hz / 20)
    }
})

test(
  'of each kind of the labelled set nearly all are judged right, all within 2.5 s, and no person of few words is taken for a machine',
  skip,
  () => {
    const set = labelledAnswers(0.25)
    let wrong = 0
    for (const { label, kind, sound } of set) {
      const { verdict, afterMs } = judge(sound)
      assert.ok(afterMs <= decideMsMax)
      if (label === 'human' && !kind.includes('long')) assert.notEqual(verdict, 'machine', kind)
      if (label === 'nobody') assert.notEqual(verdict, 'human', kind)
      if (kind.includes('long greeting')) continue
      if (label === 'nobody' ? verdict === 'fax' : verdict !== label && verdict !== 'unsure') wrong++
    }
    assert.ok(set.length > 60, `${set.length}`)
    assert.ok(wrong <= set.length * 0.04, `${wrong} of ${set.length}`)
  },
)

function judge(sound: Int16Array): Judgement {
  const history = new History(512)
  const bursts = new Bursts()
  const machines = new MachineTones()
  const answerer = new Answerer()
  const padded = sequence(sound, silence(decideMsMax))
  for (let at = 0; at + frameSamples <= padded.length; at += frameSamples) {
    const frame = padded.subarray(at, at + frameSamples)
    history.push(frame)
    bursts.push(frame, history)
    const signal = machines.push(frame, bursts) ? machines.heard : null
    if (answerer.push(bursts, signal, null)) return answerer.judgement!
  }
  throw new Error('no judgement')
}
