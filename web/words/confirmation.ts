/** Words of confirmations: what applicants are told of decisions in writing. */
import type { ConfirmedState, UnwrittenWhy } from '../../src/lender/confirmation.ts'
import type { MessageState } from '../../src/lender/message.ts'
import type { Like } from './language.ts'

const zh = {
  title: '结果通知',
  about: '作出决定时写给申请人；欺诈和取消不通知。没有对应文字的决定不发通知。决定在发出前被撤回，通知也随之撤回。',
  open: '结果通知的文字',
  none: '还没有给申请人发过结果通知。',
  as: { PASS: '通过', REJECT: '拒绝', SUPPLEMENT: '补件' } satisfies Record<ConfirmedState, string>,
  state: { waiting: '待发送', sent: '已发送', dropped: '未发送' } satisfies Record<MessageState, string>,
  why: {
    no_number: '没有写：申请人没有能收短信的本人号码。',
    no_consent: '没有写：没有登记短信联系的同意。',
    consent_withdrawn: '没有写：申请人已撤回同意。',
  } satisfies Record<UnwrittenWhy, string>,
  dropped: {
    decision_recalled: '决定在发出前被撤回',
    consent_withdrawn: '申请人撤回了同意',
    do_not_call: '号码在勿扰名单上',
    party_hold: '客户已停催停联',
    number_invalid: '号码无效',
    stale: '等待超过三天',
  } as Record<string, string>,
  lines: '每行一条',
  linesHelp:
    '决定 | 产品（* 为不限）| sms | 中文 | 英文。决定：PASS、REJECT、SUPPLEMENT。可用：{name} {application} {product} {amount} {term} {reason} {missing} {dueOn}。{reason} 只取原因中给申请人看的说法。',
  needsConsent: '只发给登记过同意的申请人（不勾选：发给所有没有撤回同意的申请人）',
  reads: '写出来是这样',
  sample: { name: '王小明', reason: '年龄不符合要求', missing: '近三个月工资流水' },
  faulty: '每行五段：PASS、REJECT 或 SUPPLEMENT，产品或 *，sms，中文，英文；同一决定和产品只写一行。',
  unknown: (found: string) => `没有 ${found} 这个值。可用的见下方说明。`,
}

const en: Like<typeof zh> = {
  title: 'Confirmations',
  about:
    'Written to the applicant with the decision; of a fraud or a cancelled task nothing is written. A decision without words here is not told. When a decision is taken back before its text was sent, the text is withdrawn too.',
  open: 'Words of confirmations',
  none: 'The applicant has not been written to about a decision.',
  as: { PASS: 'Passed', REJECT: 'Rejected', SUPPLEMENT: 'Documents' },
  state: { waiting: 'waiting', sent: 'sent', dropped: 'not sent' },
  why: {
    no_number: 'Not written: the applicant has no number of their own that takes texts.',
    no_consent: 'Not written: no consent to be written to is on record.',
    consent_withdrawn: 'Not written: the applicant took the consent back.',
  },
  dropped: {
    decision_recalled: 'the decision was taken back first',
    consent_withdrawn: 'the consent was taken back',
    do_not_call: 'the number is on the do-not-call list',
    party_hold: 'the party is on hold',
    number_invalid: 'the number is not one',
    stale: 'it waited for more than three days',
  },
  lines: 'One a line',
  linesHelp:
    'Decision | product (* for any) | sms | Chinese | English. Decisions: PASS, REJECT, SUPPLEMENT. Values: {name} {application} {product} {amount} {term} {reason} {missing} {dueOn}. {reason} takes the words that a reason has for applicants, and no others.',
  needsConsent: 'Only to applicants whose consent is on record (else to all who have not taken it back)',
  reads: 'How they read',
  sample: { name: 'Wang Xiaoming', reason: 'age outside our range', missing: 'payslips of three months' },
  faulty:
    'Five parts a line: PASS, REJECT or SUPPLEMENT; a product or *; sms; Chinese; English. Each decision and product once.',
  unknown: found => `There is no value ${found}. Those that there are stand below.`,
}

export const confirmationWords = { zh, en }
