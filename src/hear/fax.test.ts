import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sequence, silence, tone } from '../rtp/tone.ts'
import { Announcements } from './announcements.ts'
import { Ear, faxMsMax } from './ear.ts'
import type { Heard, Wants } from './heard.ts'
import { frameSamples } from './sound.ts'
import { labelledAnswers } from './testing/answers.ts'
import { hasEspeak, spoken, voices } from './testing/speech.ts'

const faxOnly: Wants = { carrier: false, answerer: false, fax: true, digits: false, plan: 'cn' }
const cng = [tone({ hz: 1100, ms: 500, level: 0.1 }), silence(3000)]
const ced = sequence(silence(2500), tone({ hz: 2100, ms: 2600, level: 0.1 }), silence(6000))

test('a fax is told within two seconds of its answer tone, which comes seconds after the answer, and the ear is done', () => {
  assert.deepEqual(told(ced), ['machine ced 4', 'listened'])
  assert.deepEqual(told(sequence(silence(12_000))), ['listened'])
})

test('where who answered is judged within 2.4 s a fax is told all the same, whose tone comes later', () => {
  assert.deepEqual(told(ced, { ...faxOnly, answerer: true }), ['answerer unsure', 'machine ced 4', 'listened'])
})

test('a fax that calls is told by its second burst: one alone may be the beep of an answering machine', () => {
  assert.deepEqual(told(sequence(silence(3400), ...cng, ...cng)), ['machine cng 7', 'listened'])
  const beep = sequence(silence(1000), tone({ hz: 1100, ms: 500, level: 0.1 }), silence(12_000))
  assert.deepEqual(told(beep), ['listened'])
})

test('a beep as pure as the tone of a fax, and a tone that is broken, are none', () => {
  for (const ms of [1000, 1500])
    assert.deepEqual(
      told(sequence(silence(2000), tone({ hz: 2100, ms, level: 0.1 }), silence(9000))),
      ['listened'],
      `${ms}`,
    )
  const half = [tone({ hz: 2100, ms: 1000, level: 0.1 }), silence(100)]
  assert.deepEqual(told(sequence(silence(2000), ...half, ...half, ...half, silence(9000))), ['listened'])
})

test('what a fax said before the answer is not told after it', () => {
  const heard: string[] = []
  const ear = new Ear({ ...faxOnly, carrier: true, fax: false }, new Announcements([]), each => heard.push(each.type))
  hear(ear, tone({ hz: 2100, ms: 2000, level: 0.1 }))
  ear.want(faxOnly)
  hear(ear, silence(12_000))
  assert.deepEqual(heard, ['machine', 'listened'])
})

test('an ear that is done looks at nothing any more, and hears keys on', () => {
  const heard: string[] = []
  const ear = new Ear({ ...faxOnly, digits: true }, new Announcements([]), each => heard.push(each.type))
  hear(ear, silence(faxMsMax))
  assert.deepEqual(ear.wants, { ...faxOnly, fax: false, digits: true })
  hear(ear, sequence(ced, tone({ hz: [770, 1336], ms: 100, level: 0.3 }), silence(200)))
  assert.deepEqual(heard, ['listened', 'digit'])
})

test('whoever speaks is no fax, nor is a greeting with its beep, noise, or music', { skip: !hasEspeak() }, () => {
  for (const voice of [voices[1]!, voices[5]!, voices[10]!]) {
    const speech = spoken(voice, 3, 20)
    const parts = Math.floor(speech.length / (8 * faxMsMax))
    for (let n = 0; n < parts; n++)
      assert.deepEqual(told(speech.subarray(n * 8 * faxMsMax, (n + 1) * 8 * faxMsMax)), ['listened'], `${voice.name}`)
  }
  for (const { kind, label, sound } of labelledAnswers(0.08))
    if (label !== 'fax') assert.deepEqual(told(sequence(sound, silence(faxMsMax))), ['listened'], kind)
})

function told(sound: Int16Array, wants = faxOnly): string[] {
  const heard: string[] = []
  hear(new Ear(wants, new Announcements([]), each => heard.push(named(each))), sound)
  return heard
}

/** `machine ced 3`: within the third second after the answer, or at its end. */
function named(heard: Heard): string {
  if (heard.type === 'machine') return `machine ${heard.signal} ${Math.floor(heard.afterMs / 1000)}`
  return heard.type === 'answerer' ? `answerer ${heard.verdict}` : heard.type
}

function hear(ear: Ear, sound: Int16Array): void {
  for (let at = 0; at + frameSamples <= sound.length; at += frameSamples)
    ear.push(sound.subarray(at, at + frameSamples))
}
