/** Speech for tests and benches, by espeak-ng: many voices, several languages, the same text always the same sound. */
import { execFileSync } from 'node:child_process'
import { seededRandom } from '../../lib/random.ts'

export type Voice = { language: 'en' | 'zh' | 'de' | 'id' | 'hi'; name: string; wordsPerMinute: number; pitch: number }

/** espeak-ng's variants are other throats: f women, m men, the rest odd ones. */
export const voices: Voice[] = [
  { language: 'zh', name: 'cmn', wordsPerMinute: 150, pitch: 50 },
  { language: 'zh', name: 'cmn+f2', wordsPerMinute: 170, pitch: 60 },
  { language: 'zh', name: 'cmn+m3', wordsPerMinute: 190, pitch: 35 },
  { language: 'zh', name: 'cmn+f5', wordsPerMinute: 140, pitch: 75 },
  { language: 'en', name: 'en-us', wordsPerMinute: 150, pitch: 50 },
  { language: 'en', name: 'en-us+f3', wordsPerMinute: 170, pitch: 65 },
  { language: 'en', name: 'en-gb+m7', wordsPerMinute: 180, pitch: 30 },
  { language: 'en', name: 'en-gb-scotland+f4', wordsPerMinute: 160, pitch: 55 },
  { language: 'de', name: 'de+f1', wordsPerMinute: 160, pitch: 60 },
  { language: 'id', name: 'id+m2', wordsPerMinute: 160, pitch: 45 },
  { language: 'hi', name: 'hi+f2', wordsPerMinute: 150, pitch: 55 },
]

export function hasEspeak(): boolean {
  try {
    execFileSync('espeak-ng', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What a voice makes of a text: 8 kHz, at its own loudness. */
export function say(voice: Voice, text: string): Int16Array {
  const { name, wordsPerMinute, pitch } = voice
  const options = ['-v', name, '-s', String(wordsPerMinute), '-p', String(pitch), '--stdout']
  const wav = execFileSync('espeak-ng', [...options, text], { maxBuffer: 1 << 28 })
  return to8kHz(wav.subarray(wav.indexOf('data') + 8))
}

/** espeak-ng speaks at 22,050 Hz: 441 to 160. A windowed sinc of 3.6 kHz, its 160 phases made once: hours of speech in seconds. */
const reach = 34
const phases = Array.from({ length: 160 }, (_, phase) =>
  Float64Array.from({ length: 2 * reach }, (_, i) => {
    const x = i - reach + 1 - ((phase * 441) % 160) / 160
    const cutoff = 3600 / 22_050
    const kernel = x === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x)
    return kernel * (0.5 + 0.5 * Math.cos((Math.PI * x) / (reach + 1)))
  }),
)

function to8kHz(pcm: Buffer): Int16Array {
  const input = Float64Array.from({ length: pcm.length >> 1 }, (_, i) => pcm.readInt16LE(i * 2))
  const output = new Int16Array(Math.floor((input.length * 160) / 441))
  for (let i = 0; i < output.length; i++) {
    const from = Math.floor((i * 441) / 160) - reach + 1
    const kernel = phases[i % 160]!
    let sum = 0
    for (let k = Math.max(0, -from); k < kernel.length && from + k < input.length; k++)
      sum += input[from + k]! * kernel[k]!
    output[i] = Math.max(-32768, Math.min(32767, Math.round(sum)))
  }
  return output
}

/** About `seconds` of talk in sentences put together by chance: no two seeds say the same. */
export function spoken(voice: Voice, seed: number, seconds = 50): Int16Array {
  const random = seededRandom(seed + 1)
  const words = vocabulary[voice.language]
  const count = Math.round(seconds * (voice.language === 'zh' ? 2.2 : 2.6))
  let text = ''
  for (let i = 0; i < count; i++) {
    text += words[Math.floor(random() * words.length)]!
    text += random() < 0.12 ? '. ' : voice.language === 'zh' ? '' : ' '
  }
  return say(voice, text)
}

const vocabulary = {
  zh: '您好 请问 电话 还款 贷款 账单 今天 明天 我们 公司 银行 金额 利息 本金 逾期 协商 谢谢 再见 可以 不行 什么 时候 为什么 因为 所以 工资 下周 月底 证明 材料 申请 审核 通过 地址 单位 同事 家里 孩子 手机 短信 微信 号码 稍后 联系 确认 分期 减免 投诉 经理 处理'.split(
    ' ',
  ),
  en: 'hello yes please could you tell me the payment balance due tomorrow account number address company because interest monthly salary thank goodbye maybe later message wednesday thursday confirm application loan instalment why really understand morning evening telephone manager complaint settle amount hundred thousand seven nine question write letter'.split(
    ' ',
  ),
  de: 'guten tag bitte zahlung morgen konto nummer wohnung firma weil zinsen monatlich gehalt danke wiederhören vielleicht später nachricht mittwoch bestätigen antrag kredit rate warum wirklich verstehen telefon leiter beschwerde betrag hundert tausend sieben neun frage schreiben brief überweisung'.split(
    ' ',
  ),
  id: 'selamat pagi tolong pembayaran besok rekening nomor alamat perusahaan karena bunga bulanan gaji terima kasih mungkin nanti pesan rabu konfirmasi pinjaman cicilan kenapa benar mengerti telepon manajer keluhan jumlah ratus ribu tujuh sembilan pertanyaan surat'.split(
    ' ',
  ),
  hi: 'नमस्ते कृपया भुगतान कल खाता नंबर पता कंपनी क्योंकि ब्याज महीना वेतन धन्यवाद शायद बाद संदेश बुधवार पुष्टि ऋण किस्त क्यों सच समझना फोन प्रबंधक शिकायत राशि सौ हजार सात नौ सवाल पत्र'.split(
    ' ',
  ),
} satisfies Record<Voice['language'], string[]>
