/** Words of a call that somebody sent on to us before it came here. */
import type { Diverted } from '../../src/centre/calls/diverted.ts'
import type { Like } from './language.ts'

const zh = {
  by: '转自',
  unshown: '未显示的号码',
  sentence: (who: string, why: string | null) => `由 ${who} 转来${why === null ? '' : `（${why}）`}`,
  reasons: {
    unconditional: '全部来电转移',
    'user-busy': '占线',
    'no-answer': '无人接听',
    unavailable: '无法接通',
    'time-of-day': '按时段转移',
    'do-not-disturb': '免打扰',
    deflection: '对方手动转出',
    'follow-me': '随身转移',
    'out-of-service': '线路停用',
    away: '不在',
  } satisfies Record<Exclude<Diverted['reason'], 'unknown'>, string>,
}

const en: Like<typeof zh> = {
  by: 'Forwarded by',
  unshown: 'a number that is not shown',
  sentence: (who: string, why: string | null) => `Forwarded by ${who}${why === null ? '' : `, ${why}`}`,
  reasons: {
    unconditional: 'all calls',
    'user-busy': 'busy',
    'no-answer': 'no answer',
    unavailable: 'not reachable',
    'time-of-day': 'by time of day',
    'do-not-disturb': 'do not disturb',
    deflection: 'by hand',
    'follow-me': 'follow me',
    'out-of-service': 'out of service',
    away: 'away',
  },
}

export const divertedWords = { zh, en }
