/** Words about callbacks that are owed. */
import type { Like } from './language.ts'

const zh = {
  title: '待回呼',
  about: '已承诺的回呼在与客户通话或由人关闭之前一直保留；未接通的按活动的重拨规则再拨。',
  none: '没有待完成的回呼。',
  all: '全部',
  onlyOverdue: '只看逾期',
  overdue: '已逾期',
  due: '到时间',
  at: '约定时间',
  agent: '坐席',
  anyone: '任何人',
  number: '号码',
  campaign: '活动 / 队列',
  reasons: { agreed: '已约定', abandoned: '来电未接', overflow: '排队超时' },
  tried: '已拨',
  tries: (n: number) => `已拨 ${n} 次`,
  last: (result: string) => `上次：${result}`,
  next: '下次拨打',
  byHand: '由人拨打或关闭',
  close: '关闭',
  closeReason: '关闭原因',
  closeReasonHelp: '例如：客户已到店还款',
  closed: '回呼已关闭。',
  tile: '逾期回呼',
  tileOf: (n: string) => `共 ${n} 个待回呼`,
}

const en: Like<typeof zh> = {
  title: 'Callbacks',
  about:
    'A promised callback stays here until somebody was talked to or a person closes it; one that nobody answers is dialled again by the retry rules of its campaign.',
  none: 'No callbacks are owed.',
  all: 'All',
  onlyOverdue: 'Overdue only',
  overdue: 'overdue',
  due: 'due',
  at: 'Promised for',
  agent: 'Agent',
  anyone: 'anyone',
  number: 'Number',
  campaign: 'Campaign / queue',
  reasons: { agreed: 'agreed', abandoned: 'caller gave up', overflow: 'waited too long' },
  tried: 'Tried',
  tries: (n: number) => (n === 1 ? 'tried once' : `tried ${n} times`),
  last: (result: string) => `last: ${result}`,
  next: 'Next try',
  byHand: 'a person dials or closes it',
  close: 'Close',
  closeReason: 'Reason for closing',
  closeReasonHelp: 'e.g. paid at the branch',
  closed: 'The callback was closed.',
  tile: 'Callbacks overdue',
  tileOf: (n: string) => `of ${n} owed`,
}

export const callbackWords = { zh, en }
