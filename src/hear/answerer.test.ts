import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sequence, silence } from '../rtp/tone.ts'
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
