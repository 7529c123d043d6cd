/** Words of agents who ask for help on a call: on the desk, on the supervisors' live pages, in the call's history. */
import type { AppealEnd } from '../../src/centre/calls/ends.ts'
import type { Like } from './language.ts'

const zh = {
  ask: '求助',
  askTitle: '请班长来帮忙',
  reason: '什么事（可不填）',
  send: '请班长来',
  asked: '已求助，等班长',
  coming: (who: string) => `${who} 来帮您`,
  withdraw: '撤回求助',
  title: '坐席求助',
  titleOf: (n: number) => `求助 ${n}`,
  asks: '求助',
  talks: '通话',
  come: '我来',
  comeInstead: '换我来',
  comes: (who: string) => `${who} 去帮忙了`,
  done: '已处理',
  of: (action: string, who: string) => `${action}：${who}`,
  tile: '坐席求助',
  tileOf: (asked: number) => `今日 ${asked} 次`,
  tileWaited: (seconds: string) => `平均 ${seconds} 秒响应`,
  facts: {
    'call.appealed': '坐席求助',
    'call.appealTaken': '班长响应求助',
    'call.appealEnded': '求助结束',
  } as Record<string, string>,
  ends: { withdrawn: '坐席撤回', done: '已处理', passed_on: '通话已转出' } satisfies Record<AppealEnd, string>,
  rules: {
    appealed: '这个通话已经求助过，班长看得到。',
    appeal_none: '这个求助已经结束。',
    appeal_taken: '已有同事去帮忙了。',
    appeal_not_agent: '只有坐席可以向班长求助：请改用咨询。',
    appeal_not_supervisor: '只有班长可以响应求助。',
    appeal_too_long: '求助原因最多 100 个字符。',
    appeal_unseen: '求助原因里有看不见的字符，请重新输入。',
  } as Record<string, string>,
}

const en: Like<typeof zh> = {
  ask: 'Help',
  askTitle: 'Ask a supervisor to come',
  reason: 'What about (may be left empty)',
  send: 'Ask',
  asked: 'Help asked for',
  coming: (who: string) => `${who} is coming`,
  withdraw: 'No help needed',
  title: 'Agents who ask for help',
  titleOf: (n: number) => `Help ${n}`,
  asks: 'asks',
  talks: 'on the call',
  come: 'I am coming',
  comeInstead: 'I come instead',
  comes: (who: string) => `${who} is coming`,
  done: 'Done',
  of: (action: string, who: string) => `${action}: ${who}`,
  tile: 'Agents ask for help',
  tileOf: (asked: number) => `${asked} today`,
  tileWaited: (seconds: string) => `taken after ${seconds} s on average`,
  facts: {
    'call.appealed': 'agent asked for help',
    'call.appealTaken': 'supervisor came to help',
    'call.appealEnded': 'asking for help over',
  } as Record<string, string>,
  ends: { withdrawn: 'taken back', done: 'dealt with', passed_on: 'call passed on' },
  rules: {} as Record<string, string>,
}

export const appealWords = { zh, en }
