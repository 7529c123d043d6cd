/** Words of what the desk says about a call beside its clock: what the network says, who is not heard, where it is parked, and what became of it. */

import type { Announced } from '../../src/centre/calls/heard.ts'
import type { EndCause, EndedBy } from '../../src/centre/entities.ts'
import type { Like } from './language.ts'

const zh = {
  label: '通话情况',
  rings: '对方振铃中',
  network: '网络正在放音',
  heard: (what: string) => `网络提示：${what}`,
  maybe: (what: string) => `网络提示，可能是：${what}`,
  heardBy: {
    recording: '不认识的录音',
    tone: '信号音',
    special: '特殊信息音',
    machine: '传真或机器音',
  } satisfies Record<Announced['by'], string>,
  fax: '传真机',
  faxHelp: '听到的是传真音。外呼时按“答录机”结束：不需事后处理；同一号码两次是传真就不再拨。',
  quiet: '听不到对方',
  quietHelp: '对方没有声音传来。可以问一声；若一直没有，满 1 分钟会自动挂断。',
  parkedIn: (slot: string) => `已驻留在 ${slot}`,
  parkedHow: '点“接起”取回；两分钟没人接，会退回给您。',
  parkedByPhone: (slot: string) => `点“接起”或用话机拨 ${slot} 取回；两分钟没人接，会退回给您。`,
  last: '上一通',
  redial: '重拨',
  redialForHelp: (number: string) => `再次拨打紧急电话 ${number}？`,
  carrier: (said: string) => `运营商返回 ${said}`,
  notConnected: (why: string) => `没有拨通：${why}`,
  ended: {
    rtp_timeout: '一直听不到对方，已自动挂断',
    trunk_fault: '线路故障，通话中断',
    restarted: '系统重启，通话被中断',
    agent_lost: '您的语音断开，通话已结束',
    caller_gave_up: '对方已放弃',
  } as Partial<Record<EndCause, string>>,
  hungUp: {
    party: '对方已挂断',
    agent: '',
    supervisor: '班长结束了通话',
    carrier: '运营商结束了通话',
    system: '系统结束了通话',
  } satisfies Record<EndedBy, string>,
}

const en: Like<typeof zh> = {
  label: 'How the call is',
  rings: 'It rings there',
  network: 'The network plays a sound',
  heard: (what: string) => `Network: ${what}`,
  maybe: (what: string) => `Network, perhaps: ${what}`,
  heardBy: {
    recording: 'an unknown recording',
    tone: 'a tone',
    special: 'special information tones',
    machine: 'a fax or machine',
  },
  fax: 'Fax machine',
  faxHelp:
    'What is heard is a fax. On calls that go out, “Machine” ends it: nothing to write down, and a number that was a fax twice is not tried again.',
  quiet: 'Nothing heard',
  quietHelp:
    'No sound comes from there. Ask whether they are there; after a minute of nothing the call ends by itself.',
  parkedIn: (slot: string) => `Parked in slot ${slot}`,
  parkedHow: 'Pick it up by “Pick up”; after two minutes it comes back to you.',
  parkedByPhone: (slot: string) =>
    `Pick it up by “Pick up”, or dial ${slot} at a desk phone; after two minutes it comes back to you.`,
  last: 'Last call',
  redial: 'Dial again',
  redialForHelp: (number: string) => `Call the emergency number ${number} again?`,
  carrier: (said: string) => `carrier: ${said}`,
  notConnected: (why: string) => `Not connected: ${why}`,
  ended: {
    rtp_timeout: 'Nothing was heard from the other side: ended by itself',
    trunk_fault: 'The line failed, and the call is cut',
    restarted: 'The system restarted, and the call was cut',
    agent_lost: 'Your audio is gone, and the call has ended',
    caller_gave_up: 'The caller gave up',
  },
  hungUp: {
    party: 'The other side hung up',
    agent: '',
    supervisor: 'A supervisor ended the call',
    carrier: 'The carrier ended the call',
    system: 'The system ended the call',
  },
}

export const callStatusWords = { zh, en }
