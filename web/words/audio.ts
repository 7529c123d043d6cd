/** Words about how calls sound. */
import type { Like } from './language.ts'

const zh = {
  title: '通话音质',
  about: '按 ITU-T G.107（E 模型）由丢包、抖动与时延估算 MOS：1 很差，4.4 最佳。3.6 以下多数人会不满意。',
  word: { good: '好', fair: '尚可', poor: '较差', bad: '很差' },
  head: '音质',
  none: '—',
  oneWay: {
    nothing_from: (at: string) => `单通：没有收到对端${at === '' ? '' : `（SDP 指明 ${at}）`}的任何语音`,
    nothing_at: (at: string) => `单通：对端${at === '' ? '' : ` ${at} `}报告听不到我方`,
  },
  oneWayShort: '单通',
  outsiders: (n: number, from: string) => `丢弃了 ${n} 个来源未经信令指明的媒体包${from === '' ? '' : `（${from}）`}`,
  party: '线路',
  agent: '坐席',
  leg: '通话腿',
  mosIn: '听到对端',
  mosOut: '对端听到',
  loss: '丢包',
  late: '迟到',
  jitter: '抖动',
  roundTrip: '往返时延',
  level: '音量',
  silence: '静音',
  codec: '编码',
  from: '媒体地址',
  named: (at: string) => `信令指明 ${at}`,
  byTrunk: '按中继',
  byAgent: '按坐席',
  trunk: '中继',
  legs: '通话腿数',
  mos: '平均 MOS',
  worst: '最差',
  poor: '低于 3.6',
  oneWayCount: '单通',
  strangers: '外来媒体',
  day: '日期',
  show: '查看',
  nothing: '这一天还没有结束的通话。',
  theirs: (lost: string, mos: string, bufferMs: number) =>
    `对方实测（RTCP XR）：丢失与丢弃 ${lost} · MOS ${mos} · 缓冲 ${bufferMs} ms`,
  details: (odd: number, twice: number, sources: number) => `乱序 ${odd} · 重复 ${twice} · 换源 ${sources}`,
}

const en: Like<typeof zh> = {
  title: 'How calls sound',
  about:
    'MOS by the E-model (ITU-T G.107) from loss, jitter and delay: 1 is bad, 4.4 the best there is. Below 3.6 many people are dissatisfied.',
  word: { good: 'good', fair: 'fair', poor: 'poor', bad: 'bad' },
  head: 'Sound',
  none: '—',
  oneWay: {
    nothing_from: (at: string) =>
      `One-way audio: nothing came from the far end${at === '' ? '' : `; its SDP named ${at}`}`,
    nothing_at: (at: string) =>
      `One-way audio: the far end${at === '' ? '' : ` at ${at}`} reports that it hears nothing`,
  },
  oneWayShort: 'one-way',
  outsiders: (n: number, from: string) =>
    `${n} media packets that the signalling never named were dropped${from === '' ? '' : ` (${from})`}`,
  party: 'Line',
  agent: 'Agent',
  leg: 'Leg',
  mosIn: 'We hear',
  mosOut: 'They hear',
  loss: 'Loss',
  late: 'Late',
  jitter: 'Jitter',
  roundTrip: 'Round trip',
  level: 'Level',
  silence: 'Silence',
  codec: 'Codec',
  from: 'Media from',
  named: (at: string) => `named ${at}`,
  byTrunk: 'By trunk',
  byAgent: 'By agent',
  trunk: 'Trunk',
  legs: 'Legs',
  mos: 'Mean MOS',
  worst: 'Worst',
  poor: 'Below 3.6',
  oneWayCount: 'One-way',
  strangers: 'Strangers',
  day: 'Day',
  show: 'Show',
  nothing: 'No call has ended on this day.',
  theirs: (lost: string, mos: string, bufferMs: number) =>
    `measured there (RTCP XR): lost or thrown away ${lost} · MOS ${mos} · buffer ${bufferMs} ms`,
  details: (odd: number, twice: number, sources: number) => `overtaken ${odd} · twice ${twice} · new source ${sources}`,
}

export const audioPageWords = { zh, en }
