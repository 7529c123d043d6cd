import type { Like } from './language.ts'

const zh = {
  title: (call: string) => `通话 ${call} 的 SIP 信令`,
  heading: 'SIP 信令梯形图',
  open: 'SIP 信令',
  back: '返回通话',
  pcap: '下载 pcap',
  unfold: '展开全部报文',
  fold: '收起全部报文',
  about: (days: number) => `号码已掩码，密钥与口令已去除；保留 ${days} 天。点按一行可看报文原文。`,
  us: '本系统',
  none: '这通电话没有留存的 SIP 报文：已超过保留期限，或全程由浏览器接听而无信令。',
  off: '未开启 SIP 报文留存（配置项 ladder.days 为 0）。',
  unread: '暂时无法读取 SIP 报文，请稍后再试：',
  more: (n: number) => `后面还有 ${n} 条报文，请下载 pcap 查看。`,
  again: '重发',
  lane: (from: string, to: string, what: string) => `${from} 发往 ${to}：${what}`,
  time: '时间',
  count: (n: number) => `${n} 条报文`,
  party: '线路',
  station: '话机',
}

const en: Like<typeof zh> = {
  title: (call: string) => `SIP of call ${call}`,
  heading: 'SIP ladder',
  open: 'SIP ladder',
  back: 'Back to the call',
  pcap: 'Download pcap',
  unfold: 'Unfold all messages',
  fold: 'Fold all messages',
  about: (days: number) =>
    `Numbers are masked, keys and passwords removed; kept for ${days === 1 ? '1 day' : `${days} days`}. Press a row to read its message.`,
  us: 'Switchroom',
  none: 'No SIP message of this call is kept: its time is over, or nothing but browsers took part.',
  off: 'SIP messages are not kept here (configuration key ladder.days is 0).',
  unread: 'SIP messages cannot be read now; try again in a moment: ',
  more: (n: number) =>
    n === 1 ? '1 more message follows: download the pcap.' : `${n} more messages follow: download the pcap.`,
  again: 'sent again',
  lane: (from: string, to: string, what: string) => `${from} to ${to}: ${what}`,
  time: 'Time',
  count: (n: number) => (n === 1 ? '1 message' : `${n} messages`),
  party: 'line',
  station: 'phone',
}

export const ladderWords = { zh, en }
