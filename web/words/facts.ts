/** Words of what the journal tells of a call: facts that no other page names, and what their values are called. */
import { factValueWords } from './fact-values.ts'
import type { Like } from './language.ts'

const zh = {
  facts: {
    'agent.rung': '坐席话机振铃',
    'call.announced': '听到网络提示音',
    'call.judged': '判断接听者',
    'call.faxHeard': '听到传真音',
    'call.answererTold': '人工认定接听者',
    'call.overtaken': '情况已变，此通话作废',
    'call.dismissed': '播放结束语后挂断',
    'call.identified': '坐席确认客户身份',
    'supervision.began': '班长开始监听',
    'callback.scheduled': '约定回呼',
    'callback.tried': '回呼未接通',
    'callback.closed': '回呼已关闭',
    'safety.alarmed': '拨号安全告警',
    'script.turned': '话术翻页',
    'script.read': '话术必读句',
    'task.called': '信审任务拨号',
  } as Record<string, string>,
  /** Of fields that the page of a call tells (`parts/call-history.ts`). */
  keys: {
    ...{ agent: '坐席', by: '由', user: '人员', desk: '话机', party: '客户编号', name: '客户', relation: '关系' },
    ...{ campaign: '活动', queue: '队列', owedBy: '所属队列', trunk: '中继', failed: '未成', menu: '语音菜单' },
    ...{ target: '去向', to: '转向', from: '来自', of: '外线', task: '信审对象', who: '对象', slot: '驻留位' },
    ...{ mode: '方式', how: '方式', kind: '类别', why: '缘由', reason: '原因', cause: '原因', promised: '回呼' },
    ...{ ending: '结束', result: '结果', code: '结果', note: '备注', fields: '填写', kept: '约定回呼', rule: '规则' },
    ...{
      key: '按键',
      digit: '按键',
      keys: '按键数',
      read: '必读句',
      offsetMs: '录音处',
      own: '自录语音',
      attempts: '第几次',
    },
    ...{ hop: '第几个菜单', speech: '第几遍', place: '位次', minutes: '预计分钟', ringing: '接入', number: '号码' },
    ...{
      until: '截至',
      nextAt: '下次',
      heardMs: '听到',
      whole: '听完',
      waitedMs: '等待',
      afterMs: '用时',
      lastedMs: '持续',
    },
    ...{ durationMs: '时长', lostMs: '缺失', bytes: '大小', sha256: 'SHA-256', days: '保存天数', policy: '策略' },
    'recording.destroyed kept': '保存年限',
    ...{
      salvaged: '重启后恢复',
      wasMissing: '曾报缺失',
      foundAfterMs: '通话结束后找到',
      clockAheadMs: '按当时的录音磁盘时钟核对（偏差）',
      accepted: '不符而采用',
      business: '业务',
    },
    diverted: '转自',
    ...{ confidence: '把握', verdict: '判断', answerer: '认定', signal: '音', state: '状态' },
  } as Record<string, string>,
  values: factValueWords.zh,
}

const en: Like<typeof zh> = {
  facts: {
    'agent.rung': 'Desk phone of the agent rings',
    'call.announced': 'Announcement of the network heard',
    'call.judged': 'Judged who answered',
    'call.faxHeard': 'Fax heard',
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
    ...{ agent: 'agent', by: 'by', user: 'person', desk: 'desk phone of', party: 'reference', name: 'party' },
    ...{ relation: 'relation', campaign: 'campaign', queue: 'queue', owedBy: 'owed by', trunk: 'trunk' },
    ...{ failed: 'not taken by', menu: 'voice menu', target: 'to', to: 'to', from: 'from', of: 'outside leg' },
    ...{ task: 'verification of', who: 'whom', slot: 'slot', mode: 'mode', how: 'how', kind: 'kind' },
    ...{ why: 'because of', reason: 'reason', cause: 'reason', promised: 'callback', ending: 'ending' },
    ...{ result: 'result', code: 'outcome', note: 'note', fields: 'written down', kept: 'callback at', rule: 'rule' },
    ...{
      key: 'key',
      digit: 'key',
      keys: 'keys',
      read: 'sentence',
      offsetMs: 'in the recording at',
      own: 'own recordings',
    },
    ...{ attempts: 'attempt', hop: 'menu', speech: 'time', place: 'place', minutes: 'minutes', ringing: 'by' },
    diverted: 'forwarded by',
    ...{ number: 'number', until: 'until', nextAt: 'next', heardMs: 'heard', whole: 'all of it' },
    ...{
      waitedMs: 'waited',
      afterMs: 'after',
      lastedMs: 'lasted',
      durationMs: 'duration',
      lostMs: 'lost',
      bytes: 'size',
    },
    'recording.destroyed kept': 'kept for',
    ...{ sha256: 'SHA-256', days: 'days kept', policy: 'policy', salvaged: 'made whole after a restart' },
    ...{
      wasMissing: 'had been missing',
      foundAfterMs: 'found after the call by',
      clockAheadMs: 'by the clock of its disk as it was then, off by',
      business: 'business',
    },
    ...{ accepted: 'accepted though it does not fit' },
    ...{ confidence: 'confidence', verdict: 'verdict', answerer: 'told as', signal: 'tone', state: 'state' },
  } as Record<string, string>,
  values: factValueWords.en,
}

export const factWords = { zh, en }

/** A name that nobody has given words yet, as a person can read it: `call.menuBegan` → `call: menu began`. */
export function readable(name: string): string {
  return name
    .replace('.', ': ')
    .replace(/(\p{Ll})(\p{Lu})/gu, (_, low: string, high: string) => `${low} ${high.toLowerCase()}`)
}
