/**
 * What listening costs and how often it errs. µs of CPU for each second of audio, by detector, on ring-back, on speech and with a library of 60
 * recordings; recordings taken for others in speech and music that no library holds; digits that speech presses (`--minutes N` of it, 20 by
 * default, 240 for four hours). `--json` prints one JSON object last.
 */
import { AnnouncementEar } from '../src/hear/announcement-ear.ts'
import { Announcements } from '../src/hear/announcements.ts'
import { Answerer } from '../src/hear/answerer.ts'
import { Bursts } from '../src/hear/bursts.ts'
import { Ear } from '../src/hear/ear.ts'
import { levelOf, printOf } from '../src/hear/fingerprint.ts'
import { InBandDigits } from '../src/hear/in-band-digits.ts'
import { frameSamples, History } from '../src/hear/sound.ts'
import { music } from '../src/hear/testing/music.ts'
import { say, spoken, voices } from '../src/hear/testing/speech.ts'
import { decode, encode } from '../src/rtp/g711.ts'
import { sequence, silence, tone } from '../src/rtp/tone.ts'

const minutes = Number(process.argv[process.argv.indexOf('--minutes') + 1]) || 20
const texts = [
  '您好,您拨打的电话已关机',
  '对不起,您拨打的号码是空号',
  '您拨打的用户正在通话中',
  '您拨打的电话暂时无法接通',
  '您拨打的电话已停机',
]
const library = new Announcements(
  voices.flatMap((voice, v) =>
    texts.map((text, t) => ({ id: `${v}-${t}`, label: `L${t}`, print: printOf(say(voice, `${text} ${v}`)) })),
  ),
)
const speech = heardOver(spoken(voices[7]!, 1, 60))
const ringback = sequence(...Array.from({ length: 12 }, () => [tone({ hz: 450, ms: 1000 }), silence(4000)]).flat())

const figures: Record<string, number> = {
  librarySeconds: Math.round(library.seconds),
  tonesOnRingbackUs: cost(ringback, () => {
    const history = new History(1024)
    const bursts = new Bursts()
    return frame => {
      history.push(frame)
      bursts.push(frame, history)
    }
  }),
  announcementsOnSpeechUs: cost(speech, () => {
    const history = new History(1024)
    const ear = new AnnouncementEar(library)
    return frame => {
      history.push(frame)
      ear.push(history, levelOf(frame))
    }
  }),
  digitsOnSpeechUs: cost(speech, () => {
    const digits = new InBandDigits()
    return frame => digits.push(frame)
  }),
  answererOnSpeechUs: cost(speech.subarray(0, 8 * 2400), () => {
    const history = new History(1024)
    const bursts = new Bursts()
    const answerer = new Answerer()
    return frame => {
      history.push(frame)
      bursts.push(frame, history)
      answerer.push(bursts, null, null)
    }
  }),
  wholeEarOnRingbackUs: cost(ringback, earOf),
  wholeEarOnSpeechUs: cost(speech, earOf),
}

let pressed = 0
let taken = 0
let speechS = 0
for (let at = 0; speechS < minutes * 60; at++) {
  const voice = voices[at % voices.length]!
  const sound = heardOver(spoken(voice, 1000 + at, 60))
  speechS += sound.length / 8000
  const digits = new InBandDigits()
  each(sound, frame => {
    if (digits.push(frame)) pressed++
  })
  // A voice of the library that says words of the library's is no stranger.
  if (voice.language !== 'zh') taken += recognised(sound)
}
let musicTaken = 0
for (let seed = 0; seed < 60; seed++) musicTaken += recognised(heardOver(music(seed, 20)))
Object.assign(figures, {
  speechMinutes: Math.round(speechS / 60),
  digitsPressedBySpeech: pressed,
  speechTakenForRecording: taken,
  musicMinutes: 20,
  musicTakenForRecording: musicTaken,
})

for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(26)} ${value}`)
if (process.argv.includes('--json')) console.log(JSON.stringify(figures))

function earOf(): (frame: Int16Array) => void {
  const ear = new Ear(
    { carrier: true, answerer: false, fax: false, digits: false, plan: 'cn' },
    library,
    () => undefined,
  )
  return frame => ear.push(frame)
}

/** µs of CPU for a second of sound, the median of five rounds. */
function cost(sound: Int16Array, make: () => (frame: Int16Array) => unknown): number {
  const rounds: number[] = []
  for (let round = 0; round < 5; round++) {
    const push = make()
    const began = process.cpuUsage()
    for (let again = 0; again < 4; again++) each(sound, push)
    const { user, system } = process.cpuUsage(began)
    rounds.push((user + system) / ((4 * sound.length) / 8000))
  }
  return Math.round(rounds.sort((a, b) => a - b)[2]!)
}

function recognised(sound: Int16Array): number {
  const history = new History(1024)
  const ear = new AnnouncementEar(library)
  let count = 0
  each(sound, frame => {
    history.push(frame)
    if (ear.push(history, levelOf(frame))) count++
  })
  return count
}

function each(sound: Int16Array, push: (frame: Int16Array) => unknown): void {
  for (let at = 0; at + frameSamples <= sound.length; at += frameSamples) push(sound.subarray(at, at + frameSamples))
}

function heardOver(sound: Int16Array): Int16Array {
  return decode(encode(sound, 'pcma'), 'pcma')
}
