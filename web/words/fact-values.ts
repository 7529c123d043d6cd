/** Words for values of facts that the page of a call tells and no other page does. */

import type { ConsultEnd, FallBack, NotTaken } from '../../src/centre/calls/ends.ts'
import type { RecordingKind } from '../../src/centre/facts.ts'
import type { CheckedRule } from '../../src/centre/gate/verdict.ts'
import type { Overtaken } from '../../src/centre/leads/settled.ts'
import type { DestroyedBy } from '../../src/centre/records/record-facts.ts'
import type { Like } from './language.ts'

const zh = {
  gone: '（已删除）',
  yes: '是',
  hidden: '（不记录）',
  rings: '话机振铃',
  side: { agent: '坐席', party: '客户' },
  of: { consultation: '咨询另一通的坐席', transfer: '由另一通转出' },
  turned: { party: '客户', other: '被咨询方', both: '三方通话' },
  consultEnded: {
    cancelled: '坐席取消',
    completed: '已转接',
    left: '被咨询方挂断',
    call_over: '通话已结束',
    no_answer: '无人接听',
    declined: '拒接',
    failed: '未能拨通',
    audio_lost: '语音中断',
  } satisfies Record<ConsultEnd, string>,
  passed: { blind: '直接转', consulted: '咨询后转', taken_over: '班长接管' },
  pickedUp: { slot: '驻留位', queue: '队列', agent: '等待同事的来电' },
  menuWhy: {
    entered: '进入',
    repeat: '重听',
    no_key: '没有按键',
    wrong_key: '按键有误',
    key: '按键',
    extension: '拨分机',
    fallback: '没有有效按键',
    closed: '非开放时间',
  },
  overtaken: {
    party_hold: '客户停催',
    party_paid: '已还款',
    case_recalled: '案件已退案',
    case_closed: '案件已结案',
    consent_withdrawn: '撤回营销授权',
  } satisfies Record<Overtaken, string>,
  recordingKind: { call: '通话', consultation: '坐席之间的咨询' } satisfies Record<RecordingKind, string>,
  destroyed: { unanswered: '未接通电话的保存期已满', retention: '保存年限已满' } satisfies Record<
    DestroyedBy['reason'],
    string
  >,
  read: { yes: '已读', no: '取消勾选' },
  /** What was looked at before a call was dialled, whatever it came to. */
  checked: {
    campaign_not_running: '活动是否运行',
    number_invalid: '号码是否有效',
    do_not_call: '谢绝来电名单',
    party_hold: '停催与停呼',
    number_in_call: '号码是否正在通话',
    party_in_call: '此人是否正在通话',
    third_party: '关系人',
    contact_hours: '拨打时段',
    consent: '外呼同意凭证',
    caps: '次数上限',
    emergency: '紧急号码',
  } satisfies Record<CheckedRule, string>,
  overridden: (why: string) => `次数已到上限，班长放行：${why}`,
  notTaken: { no_answer: '话机未接', declined: '拒接', picked_up: '被同事接起' } satisfies Record<NotTaken, string>,
  fellBack: {
    no_answer: '话机未接',
    declined: '拒接',
    agent_lost: '坐席语音丢失',
    outside_failed: '外线未接通',
    waited_too_long: '等待过久',
  } satisfies Record<FallBack, string>,
}

const en: Like<typeof zh> = {
  gone: '(removed)',
  yes: 'yes',
  hidden: '(not kept)',
  rings: 'the desk phone rings',
  side: { agent: 'the agent', party: 'the party' },
  of: { consultation: 'the agent of another call asks', transfer: 'another call was passed on' },
  turned: { party: 'the party', other: 'whom is consulted', both: 'all three' },
  consultEnded: {
    cancelled: 'taken back',
    completed: 'passed on',
    left: 'whom was consulted put down',
    call_over: 'the call was over',
    no_answer: 'not answered',
    declined: 'declined',
    failed: 'not reached',
    audio_lost: 'audio lost',
  },
  passed: { blind: 'at once', consulted: 'after a consultation', taken_over: 'taken over by a supervisor' },
  pickedUp: { slot: 'a slot', queue: 'a queue', agent: 'a colleague it waited for' },
  menuWhy: {
    entered: 'begun',
    repeat: 'said again',
    no_key: 'no key',
    wrong_key: 'wrong key',
    key: 'key',
    extension: 'extension',
    fallback: 'no valid key',
    closed: 'closed',
  },
  overtaken: {
    party_hold: 'the party is on hold',
    party_paid: 'a repayment came in',
    case_recalled: 'the case was recalled',
    case_closed: 'the case was closed',
    consent_withdrawn: 'consent to sales withdrawn',
  },
  recordingKind: { call: 'the call', consultation: 'between agents' },
  destroyed: { unanswered: 'not answered, and kept long enough', retention: 'kept for as long as the rule says' },
  read: { yes: 'read', no: 'tick taken back' },
  checked: {
    campaign_not_running: 'campaign running',
    number_invalid: 'valid number',
    do_not_call: 'do-not-call list',
    party_hold: 'holds',
    number_in_call: 'number on a call',
    party_in_call: 'party on a call',
    third_party: 'relation',
    contact_hours: 'contact hours',
    consent: 'proof of consent',
    caps: 'contact limits',
    emergency: 'emergency number',
  },
  overridden: why => `beyond a limit, allowed by a supervisor: ${why}`,
  notTaken: { no_answer: 'phone not picked up', declined: 'declined', picked_up: 'a colleague picked it up' },
  fellBack: {
    no_answer: 'phone not picked up',
    declined: 'declined',
    agent_lost: 'the agent’s audio was lost',
    outside_failed: 'outside number not reached',
    waited_too_long: 'waited too long',
  },
}

export const factValueWords = { zh, en }
