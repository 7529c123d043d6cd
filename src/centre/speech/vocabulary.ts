/**
 * The fragments that messages are put together from: numbers, units and a lender's usual phrases, in both languages. `scripts/fragments.ts`
 * makes one small WAV of each in `assets/speech/LANGUAGE/NAME.wav`; as prompts they are named `LANGUAGE/NAME`.
 */
export const speechLanguages = ['zh-CN', 'en'] as const
export type SpeechLanguage = (typeof speechLanguages)[number]

/** Whole phrases that a message may name; the same names in each language. */
export const phraseNames = [
  'notice-greeting',
  'your-loan-ending',
  'your-reference',
  'amount-due',
  'overdue-amount',
  'due-date',
  'overdue-days',
  'days',
  'balance',
  'credit-limit',
  'please-pay-in-time',
  'paid-already',
  'thank-you',
  'press-1',
  'press-2',
  'press-9',
  'goodbye',
  'no-agent',
  'not-called-again',
] as const
export type PhraseName = (typeof phraseNames)[number]

const phrases: Record<SpeechLanguage, Record<PhraseName, string>> = {
  'zh-CN': {
    'notice-greeting': '您好，这是一则语音通知。',
    'your-loan-ending': '您的借据，尾号为',
    'your-reference': '您的业务编号为',
    'amount-due': '本期应还金额为',
    'overdue-amount': '逾期金额为',
    'due-date': '还款日为',
    'overdue-days': '已逾期',
    days: '天',
    balance: '账户余额为',
    'credit-limit': '可用额度为',
    'please-pay-in-time': '请您按时还款。',
    'paid-already': '如您已还款，请忽略本通知。',
    'thank-you': '感谢您的支持。',
    'press-1': '转接人工服务，请按一。',
    'press-2': '不再接听此类通知，请按二。',
    'press-9': '重听请按九。',
    goodbye: '感谢您的接听，再见。',
    'no-agent': '很抱歉，坐席全忙，我们会尽快给您回电。',
    'not-called-again': '已为您登记，我们不会再拨打这个号码。再见。',
  },
  en: {
    'notice-greeting': 'Hello, this is a recorded notice.',
    'your-loan-ending': 'Your loan, with the number ending in',
    'your-reference': 'Your reference is',
    'amount-due': 'The amount due is',
    'overdue-amount': 'The overdue amount is',
    'due-date': 'It is due on',
    'overdue-days': 'It is overdue by',
    days: 'days',
    balance: 'Your balance is',
    'credit-limit': 'Your available limit is',
    'please-pay-in-time': 'Please pay in time.',
    'paid-already': 'If you have paid already, please ignore this notice.',
    'thank-you': 'Thank you for your trust.',
    'press-1': 'To speak to a person, press one.',
    'press-2': 'If you do not wish to be called again, press two.',
    'press-9': 'To hear this again, press nine.',
    goodbye: 'Thank you for listening. Goodbye.',
    'no-agent': 'We are sorry, everyone is busy. We will call you back as soon as we can.',
    'not-called-again': 'We have noted it and will not call this number again. Goodbye.',
  },
}

/** What the house says by itself in menus and queues; see fragment.ts for how they are replaced. */
export const houseNames = [
  'menu-no-key',
  'menu-wrong-key',
  'queue-place',
  'queue-place-end',
  'queue-place-many',
  'queue-wait',
  'queue-minute',
  'queue-minutes',
  'queue-wait-long',
  'queue-thanks',
] as const
export type HouseName = (typeof houseNames)[number]

const house: Record<SpeechLanguage, Record<HouseName, string>> = {
  'zh-CN': {
    'menu-no-key': '没有收到您的按键。',
    'menu-wrong-key': '您的按键有误。',
    'queue-place': '您目前排在第',
    'queue-place-end': '位。',
    'queue-place-many': '您前面还有十位以上的来电。',
    'queue-wait': '预计还需等待约',
    'queue-minute': '分钟。',
    'queue-minutes': '分钟。',
    'queue-wait-long': '预计还需等待半小时以上。',
    'queue-thanks': '感谢您的耐心等待。',
  },
  en: {
    'menu-no-key': 'We did not receive a key.',
    'menu-wrong-key': 'That key leads nowhere.',
    'queue-place': 'You are number',
    'queue-place-end': 'in the queue.',
    'queue-place-many': 'There are more than ten callers before you.',
    'queue-wait': 'The wait is about',
    'queue-minute': 'minute.',
    'queue-minutes': 'minutes.',
    'queue-wait-long': 'The wait is more than half an hour.',
    'queue-thanks': 'Thank you for waiting.',
  },
}

const units: Record<SpeechLanguage, Record<string, string>> = {
  'zh-CN': {
    ...named('零一二三四五六七八九', n => String(n)),
    yao: '幺',
    liang: '两',
    '10': '十',
    '100': '百',
    '1000': '千',
    '10000': '万',
    '100000000': '亿',
    point: '点',
    minus: '负',
    yuan: '元',
    jiao: '角',
    fen: '分',
    year: '年',
    month: '月',
    day: '日',
  },
  en: {
    ...englishNumbers(),
    '100': 'hundred',
    '1000': 'thousand',
    '1000000': 'million',
    '1000000000': 'billion',
    point: 'point',
    minus: 'minus',
    yuan: 'yuan',
    fen: 'fen',
    and: 'and',
    ...Object.fromEntries(
      'January February March April May June July August September October November December'
        .split(' ')
        .map((word, n) => [`month-${n + 1}`, word]),
    ),
  },
}

/** Text of each fragment by name: what the voice says. */
export function vocabulary(language: SpeechLanguage): Record<string, string> {
  return { ...units[language], ...phrases[language], ...house[language] }
}

/** Every fragment as the prompt that it is: `zh-CN/yuan`. */
export function fragmentPrompts(): string[] {
  return speechLanguages.flatMap(language => Object.keys(vocabulary(language)).map(name => `${language}/${name}`))
}

export function phraseText(language: SpeechLanguage, name: PhraseName): string {
  return phrases[language][name]
}

function named(words: string, nameOf: (n: number) => string): Record<string, string> {
  return Object.fromEntries([...words].map((word, n) => [nameOf(n), word]))
}

/** 0 to 19 and the tens, as words that a voice cannot read wrongly. */
function englishNumbers(): Record<string, string> {
  const small =
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
  const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'
  return {
    ...Object.fromEntries(small.split(' ').map((word, n) => [String(n), word])),
    ...Object.fromEntries(tens.split(' ').map((word, n) => [String((n + 2) * 10), word])),
  }
}
