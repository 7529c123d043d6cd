/** Words of what the journal tells of a call: facts that no other page names, and what their values are called. */
import type { Like } from './language.ts'

const zh = {
  facts: {
    'agent.rung': '坐席话机振铃',
    'call.announced': '听到网络提示音',
    'call.judged': '判断接听者',
    'call.answererTold': '人工认定接听者',
    'call.overtaken': '情况已变，此通话作废',
    'call.dismissed': '播放结束语后挂断',
    'call.identified': '坐席确认客户身份',
    'supervision.began': '主管开始监听',
    'callback.scheduled': '约定回电',
    'callback.tried': '回电未接通',
    'callback.closed': '回电了结',
    'safety.alarmed': '拨号安全告警',
    'script.turned': '话术翻页',
    'script.read': '话术必读句',
    'task.called': '信审任务拨号',
  } as Record<string, string>,
  keys: {
    ...{ agent: '坐席', by: '操作者', user: '人员', party: '客户', campaign: '活动', lead: '名单', queue: '队列' },
    ...{ trunk: '中继', menu: '语音菜单', key: '按键', digit: '按键', target: '去向', why: '缘由', reason: '原因' },
    ...{ cause: '原因', ending: '结束', result: '结果', sipStatus: 'SIP', q850: 'Q.850', rule: '规则', words: '说明' },
    ...{
      code: '登记',
      followUp: '后续',
      kind: '类别',
      mode: '方式',
      how: '方式',
      until: '截至',
      at: '时间',
      nextAt: '下次',
    },
    ...{
      durationMs: '时长（毫秒）',
      waitedMs: '等待（毫秒）',
      lastedMs: '持续（毫秒）',
      afterMs: '之后（毫秒）',
      lostMs: '缺失（毫秒）',
      bytes: '字节',
    },
    ...{
      sha256: 'SHA-256',
      source: '原录音 SHA-256',
      salvaged: '重启后恢复',
      wasMissing: '曾报缺失',
      foundAfterMs: '通话结束后多久找到（毫秒）',
      recording: '录音',
      hold: '保全',
      days: '天数',
    },
    ...{
      business: '业务',
      kept: '保存',
      policy: '策略',
      relation: '关系',
      callback: '回电',
      other: '另一通',
      of: '所属',
    },
    ...{
      confidence: '把握',
      verdict: '判断',
      what: '听到',
      state: '状态',
      place: '位次',
      minutes: '分钟',
      from: '来自',
      to: '去往',
    },
    ...{
      hop: '第几个菜单',
      speech: '第几句',
      own: '自录语音',
      intent: '用途',
      early: '早期媒体',
      override: '越权理由',
    },
  } as Record<string, string>,
}

const en: Like<typeof zh> = {
  facts: {
    'agent.rung': 'Desk phone of the agent rings',
    'call.announced': 'Announcement of the network heard',
    'call.judged': 'Judged who answered',
    'call.answererTold': 'Told who answered',
    'call.overtaken': 'Overtaken by what happened meanwhile',
    'call.dismissed': 'Last words said, then hung up',
    'call.identified': 'Agent said who it is',
    'supervision.began': 'Supervisor listens',
    'callback.scheduled': 'Callback promised',
    'callback.tried': 'Callback reached nobody',
    'callback.closed': 'Callback settled',
    'safety.alarmed': 'Alarm of the toll guard',
    'script.turned': 'Page of the script turned',
    'script.read': 'Sentence of the script that must be read',
    'task.called': 'Dialled for a verification task',
  } as Record<string, string>,
  keys: {
    ...{ agent: 'agent', by: 'by', user: 'person', party: 'party', campaign: 'campaign', lead: 'lead', queue: 'queue' },
    ...{ trunk: 'trunk', menu: 'voice menu', key: 'key', digit: 'key', target: 'leads to', why: 'because of' },
    ...{ reason: 'reason', cause: 'cause', ending: 'ending', result: 'result', sipStatus: 'SIP', q850: 'Q.850' },
    ...{ rule: 'rule', words: 'words', code: 'outcome', followUp: 'then', kind: 'kind', mode: 'mode', how: 'how' },
    ...{ until: 'until', at: 'at', nextAt: 'next', durationMs: 'duration, ms', waitedMs: 'waited, ms' },
    ...{
      lastedMs: 'lasted, ms',
      afterMs: 'after, ms',
      lostMs: 'lost, ms',
      bytes: 'bytes',
      sha256: 'SHA-256',
      source: 'SHA-256 of the recording',
    },
    ...{
      salvaged: 'made whole after a restart',
      wasMissing: 'had been missing',
      foundAfterMs: 'found so long after the call (ms)',
      recording: 'recording',
      hold: 'hold',
      days: 'days',
      business: 'business',
    },
    ...{
      kept: 'kept for',
      policy: 'policy',
      relation: 'relation',
      callback: 'callback',
      other: 'other call',
      of: 'of',
    },
    ...{
      confidence: 'confidence',
      verdict: 'verdict',
      what: 'heard',
      state: 'state',
      place: 'place',
      minutes: 'minutes',
    },
    ...{ from: 'from', to: 'to', hop: 'menus so far', speech: 'sayings so far', own: 'own recordings', intent: 'for' },
    ...{ early: 'early media', override: 'reason to override' },
  } as Record<string, string>,
}

export const factWords = { zh, en }

/** A name that nobody has given words yet, as a person can read it: `call.menuBegan` → `call: menu began`. */
export function readable(name: string): string {
  return name
    .replace('.', ': ')
    .replace(/(\p{Ll})(\p{Lu})/gu, (_, low: string, high: string) => `${low} ${high.toLowerCase()}`)
}
