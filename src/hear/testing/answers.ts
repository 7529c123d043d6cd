/** The labelled set that answering-machine detection is measured on: who answers, as espeak-ng, tones, music and noise make it; always the same. */
import { type Random, seededRandom } from '../../lib/random.ts'
import { decode, encode } from '../../rtp/g711.ts'
import { sequence, silence, tone } from '../../rtp/tone.ts'
import { amplitudeOf } from '../sound.ts'
import { music } from './music.ts'
import { say, type Voice } from './speech.ts'

export type Labelled = { label: 'human' | 'machine' | 'fax' | 'nobody'; kind: string; sound: Int16Array }

const chinese = ['cmn', 'cmn+f2', 'cmn+m3', 'cmn+f5', 'cmn+m7', 'cmn+f4']
const english = ['en-us', 'en-us+f3', 'en-gb+m7', 'en-gb-scotland+f4', 'en-gb+f5', 'en-us+m2']
const greetings = {
  zh: ['喂', '喂,你好', '你好', '喂,哪位', '您好,请讲', '喂喂', '哎,谁呀', '你好,哪里'],
  en: ['hello', 'hello, who is this', 'yes', 'hi', 'good morning', 'hello, Carl speaking', 'yeah hello'],
}
/** People at work, who say more than a machine's first words: the hard ones. */
const longGreetings = {
  zh: ['您好,这里是光明贸易公司销售部,请问您找谁'],
  en: ['good morning, Miller and Sons, this is Carl speaking, how can I help you'],
}
const machines = {
  zh: [
    '您好,您拨打的用户暂时无法接听,请在提示音后留言,录音完毕后挂机',
    '您好,这里是语音信箱,请在嘀声之后留下您的口信',
    '您拨打的用户现在不方便接听电话,我是他的智能助理,请问您有什么事情',
    '我现在不在家,请留下您的姓名和电话号码,我会尽快给您回电话',
  ],
  en: [
    'Hi, you have reached the voice mail of Carl, please leave a message after the tone',
    'The person you are calling is not available right now, please record your message after the beep',
    'Hello, we are not at home at the moment, leave your name and number and we will call you back',
    'Your call has been forwarded to an automatic voice message system',
  ],
}

/** `share` of 1 is the whole set, about 330; 0.15 a quick look at each kind. */
export function labelledAnswers(share = 1): Labelled[] {
  const random = seededRandom(2024)
  const set: Labelled[] = []
  const add = (label: Labelled['label'], kind: string, make: () => Int16Array) => {
    if (random() < share) set.push({ label, kind, sound: onTheLine(make(), random) })
  }
  for (const [language, names] of [
    ['zh', chinese],
    ['en', english],
  ] as const) {
    for (const name of names) {
      // espeak-ng drawls in Chinese: 您好,请讲 takes two seconds at its 160 words a minute.
      const wordsPerMinute = (language === 'zh' ? 190 : 140) + Math.floor(random() * 60)
      const voice: Voice = { language, name, wordsPerMinute, pitch: 35 + Math.floor(random() * 40) }
      const quiet = () => silence(150 + random() * 900)
      for (const text of greetings[language])
        add('human', `${language} short greeting`, () => sequence(quiet(), trimmed(say(voice, text)), silence(2500)))
      for (const text of greetings[language].slice(0, 3))
        add('human', `${language} greeting, in noise`, () =>
          noisy(sequence(quiet(), trimmed(say(voice, text)), silence(2500)), -38 + random() * 8, random),
        )
      for (const text of longGreetings[language])
        add('human', `${language} long greeting`, () => sequence(quiet(), trimmed(say(voice, text)), silence(1500)))
      for (const text of machines[language])
        add('machine', `${language} recorded greeting`, () =>
          sequence(
            silence(100 + random() * 700),
            trimmed(say(voice, text)),
            silence(300),
            tone({ hz: 1000, ms: 400, level: 0.2 }),
            silence(2000),
          ),
        )
      for (const text of machines[language].slice(0, 2))
        add('machine', `${language} recorded greeting, in noise`, () =>
          noisy(
            sequence(silence(100 + random() * 700), trimmed(say(voice, text)), silence(2000)),
            -40 + random() * 6,
            random,
          ),
        )
      add('machine', `${language} word and beep`, () =>
        sequence(
          silence(300),
          trimmed(say(voice, greetings[language][2]!)),
          silence(200),
          tone({ hz: 440 + 200 * Math.floor(random() * 5), ms: 500, level: 0.15 }),
          silence(2000),
        ),
      )
    }
  }
  for (let i = 0; i < 12; i++) {
    add('nobody', 'silence', () => silence(4000))
    add('nobody', 'noise', () => noisy(silence(4000), -45 + random() * 25, random))
    add('nobody', 'music', () => sequence(silence(random() * 500), music(i, 4)))
    add('fax', 'fax that answers', () =>
      sequence(silence(300 + random() * 300), tone({ hz: 2100, ms: 3000, level: 0.1 })),
    )
    add('fax', 'fax that calls', () =>
      sequence(silence(300 + random() * 700), tone({ hz: 1100, ms: 500, level: 0.1 }), silence(3000)),
    )
  }
  // Beeps that a fax's tones have the frequency of.
  for (let i = 0; i < 12; i++) {
    const hz = [1100, 1300, 2100][i % 3]!
    const [language, name] = i % 2 ? (['en', english[i % 6]!] as const) : (['zh', chinese[i % 6]!] as const)
    const voice: Voice = { language, name, wordsPerMinute: 200, pitch: 50 }
    add('machine', 'word and beep as high as a fax', () =>
      sequence(
        silence(300),
        trimmed(say(voice, greetings[language][2]!)),
        silence(200),
        tone({ hz, ms: 500, level: 0.15 }),
        silence(2000),
      ),
    )
    add('machine', 'beep alone as high as a fax, of another length', () =>
      sequence(silence(300), tone({ hz: 1100, ms: [250, 350, 700, 1000][i % 4]!, level: 0.15 }), silence(2500)),
    )
  }
  return set
}

/** At some loudness, through one of the laws, with a telephone's own faint noise. */
function onTheLine(sound: Int16Array, random: Random): Int16Array {
  const gain = 10 ** ((random() * 16 - 12) / 20)
  const law = random() < 0.5 ? 'pcma' : 'pcmu'
  const faint = noisy(
    sound.map(value => Math.max(-32768, Math.min(32767, value * gain))),
    -65,
    random,
  )
  return decode(encode(faint, law), law)
}

function noisy(sound: Int16Array, level: number, random: Random): Int16Array {
  const peak = amplitudeOf(level) * Math.sqrt(1.5)
  return sound.map(value => Math.max(-32768, Math.min(32767, value + (2 * random() - 1) * peak)))
}

/** Without espeak-ng's silence before and behind. */
function trimmed(sound: Int16Array): Int16Array {
  const from = sound.findIndex(value => Math.abs(value) > 200)
  const to = sound.findLastIndex(value => Math.abs(value) > 200)
  return sound.subarray(Math.max(0, from), to + 1)
}
