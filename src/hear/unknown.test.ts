/** What nobody knows yet is kept once, however it comes: of one recording there is one entry to label. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { decode, encode } from '../rtp/g711.ts'
import { sequence, silence } from '../rtp/tone.ts'
import { AnnouncementEar } from './announcement-ear.ts'
import { Announcements, type Known } from './announcements.ts'
import { Ear } from './ear.ts'
import { levelOf, printOf } from './fingerprint.ts'
import { frameSamples, History } from './sound.ts'
import { hasEspeak, say, voices } from './testing/speech.ts'

type Way = { law?: 'pcma' | 'pcmu'; gainDb?: number; snrDb?: number; cutMs?: number }

/** The last, in white noise as loud as a bad line's, is found in each of the others; itself as the first it is told apart from those 8 dB louder. */
const ways: Way[] = [
  {},
  { law: 'pcmu' },
  { gainDb: -12 },
  { gainDb: 8, law: 'pcmu' },
  { cutMs: 700 },
  { cutMs: 1900, law: 'pcmu', gainDb: -6 },
  { snrDb: 20 },
  { snrDb: 15, law: 'pcmu', cutMs: 400 },
]
const texts = [
  '对不起,您拨打的号码已暂停服务,请稍后再拨',
  '您好,您拨打的用户已启用来电提醒,我们将用短信通知对方',
  'Sorry, the number you have dialed is not in service, please check and dial again',
]

test('one recording is one entry to label, louder, fainter, by the other law, cut at its start or with noise; other words are others', {
  skip: !hasEspeak(),
}, () => {
  for (const first of [0, 3, 5, 6]) {
    const kept: Known[] = []
    for (const [i, text] of texts.entries()) {
      const sound = say(voices[i === 2 ? 6 : i]!, text)
      const order = [...ways.slice(first), ...ways.slice(0, first)]
      const fresh = order.filter((way, seed) => keepsNew(kept, through(sound, way, seed)))
      assert.deepEqual(fresh, [ways[first]], `of ${text}`)
    }
    assert.equal(kept.length, texts.length)
  }
})

/** As the ear's thread does at the end of a call that was not answered (rtp/ear-worker.ts). */
function keepsNew(kept: Known[], sound: Int16Array): boolean {
  const library = new Announcements(kept)
  const wants = { carrier: true, answerer: false, fax: false, digits: false, plan: 'cn' } as const
  const ear = new Ear(wants, library, () => undefined)
  for (const frame of framesOf(sound)) ear.push(frame)
  const unknown = ear.unknown()
  if (unknown === null || isKnown(library, unknown)) return false
  kept.push({ id: String(kept.length), label: null, print: printOf(decode(encode(unknown, 'pcma'), 'pcma')) })
  return true
}

function isKnown(library: Announcements, sound: Int16Array): boolean {
  const [ear, history] = [new AnnouncementEar(library), new History(1024)]
  for (const frame of framesOf(sound)) {
    history.push(frame)
    if (ear.push(history, levelOf(frame))) return true
  }
  return false
}

function* framesOf(sound: Int16Array): Iterable<Int16Array> {
  for (let at = 0; at + frameSamples <= sound.length; at += frameSamples) yield sound.subarray(at, at + frameSamples)
}

function through(sound: Int16Array, way: Way, seed: number): Int16Array {
  const { law = 'pcma', gainDb = 0, snrDb = null, cutMs = 0 } = way
  const random = seededRandom(seed + 1)
  const gain = 10 ** (gainDb / 20)
  const noise = snrDb === null ? 0 : rms(sound) * 10 ** (-snrDb / 20) * Math.sqrt(3)
  const heard = sound
    .subarray(cutMs * 8)
    .map(value => Math.max(-32768, Math.min(32767, Math.round(gain * (value + noise * (2 * random() - 1))))))
  return decode(encode(sequence(silence(200), heard, silence(500)), law), law)
}

function rms(sound: Int16Array): number {
  return Math.sqrt(sound.reduce((sum, value) => sum + value * value, 0) / sound.length)
}
