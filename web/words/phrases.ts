/** Words about the lender's own recordings. */
import type { Like } from './language.ts'

const zh = {
  title: '自有录音',
  about: '语音通知可以播放机构自己的录音，在通知中写作 own/名称。每次上传是一个新版本，原版本保留；启用前须先试听。',
  none: '还没有自有录音。',
  name: '名称',
  nameHelp: '小写字母、数字和 -，最多 40 个；同名则为新版本。',
  version: (n: number) => `第 ${n} 版`,
  words: '录音内容',
  wordsHelp: '录音里说的话，逐字写下，作为凭证。',
  added: '上传时间',
  listen: '试听',
  state: '状态',
  inUse: '使用中',
  use: '启用此版本',
  useHelp: '须先试听此版本。',
  add: '上传录音',
  file: 'WAV 文件',
  fileHelp: '16 位 PCM、A 律或 µ 律，8–48 kHz，单声道或立体声，0.2–60 秒，最大 12 MB；会转为 8 kHz。',
  send: '上传',
  link: '自有录音',
}

const en: Like<typeof zh> = {
  title: 'Own recordings',
  about:
    'A robot notice can play recordings of your own: write own/NAME in the message. Each upload is a new version, those of before are kept; it is listened to before it is put to use.',
  none: 'No recordings of your own yet.',
  name: 'Name',
  nameHelp: 'Small letters, digits and -, at most 40; the same name makes a new version.',
  version: (n: number) => `version ${n}`,
  words: 'What it says',
  wordsHelp: 'Word by word: it stands as evidence of what was said.',
  added: 'Sent',
  listen: 'Listen',
  state: 'State',
  inUse: 'in use',
  use: 'Use this version',
  useHelp: 'Listen to this version first.',
  add: 'Send a recording',
  file: 'WAV file',
  fileHelp: '16-bit PCM, A-law or µ-law, 8 to 48 kHz, mono or stereo, 0.2 to 60 s, at most 12 MB; it becomes 8 kHz.',
  send: 'Send',
  link: 'Own recordings',
}

export const phraseWords = { zh, en }
