/** Words of confirmations: what applicants are told of decisions in writing. */
import type { ConfirmationChannel, ConfirmedState, UnwrittenWhy } from '../../src/lender/confirmation.ts'
import type { MessageState } from '../../src/lender/message.ts'
import type { Like } from './language.ts'

const zh = {
  title: '结果通知',
  about: '作出决定时写给申请人；欺诈和取消不通知。没有对应文字的决定不发通知。决定在发出前被撤回，通知也随之撤回。',
  open: '结果通知的文字',
  changed: '您编辑时别人已保存过，所以还没有保存。您输入的内容都在；现在生效的文字见下方。再次保存将以您的为准。',
  none: '还没有给申请人发过结果通知。',
  as: { PASS: '通过', REJECT: '拒绝', SUPPLEMENT: '补件' } satisfies Record<ConfirmedState, string>,
  state: { waiting: '待发送', sent: '已发送', dropped: '未发送' } satisfies Record<MessageState, string>,
  why: {
    no_number: '没有写：申请人没有能收短信的本人号码。',
    no_address: '没有写：申请人的资料里没有邮箱。',
    no_consent: '没有写：没有登记这种方式的同意。',
    consent_withdrawn: '没有写：申请人已撤回同意。',
  } satisfies Record<UnwrittenWhy, string>,
  dropped: {
    decision_recalled: '决定在发出前被撤回',
    consent_withdrawn: '申请人撤回了同意',
    address_gone: '号码或邮箱已不是申请人的',
    do_not_call: '号码在勿扰名单上',
    party_hold: '客户已停催停联',
    number_invalid: '号码无效',
    stale: '等待超过三天',
  } as Record<string, string>,
  channel: '方式',
  channels: { sms: '短信', email: '邮件' } satisfies Record<ConfirmationChannel, string>,
  lines: '每行一条',
  linesHelp:
    '短信：决定 | 产品（* 为不限）| sms | 中文 | 英文。邮件：决定 | 产品 | email | 中文主题 | 中文 | 英文主题 | 英文，换行写 \\n；寄到申请人资料里的邮箱。决定：PASS、REJECT、SUPPLEMENT。可用：{name} {application} {product} {amount} {term} {reason} {missing} {dueOn}。{reason} 只取原因中给申请人看的说法。',
  needsConsent: '只发给登记过同意的申请人（不勾选：发给所有没有撤回同意的申请人）',
  reads: '写出来是这样',
  sample: { name: '王小明', reason: '年龄不符合要求', missing: '近三个月工资流水' },
  faulty:
    '短信每行五段：PASS、REJECT 或 SUPPLEMENT，产品或 *，sms，中文，英文，每段文字不超过 300 个字符；邮件七段，中英文前各有主题。同一决定、产品和方式只写一行。',
  unknown: (found: string) => `没有 ${found} 这个值。可用的见下方说明。`,
}

const en: Like<typeof zh> = {
  title: 'Confirmations',
  about:
    'Written to the applicant with the decision; of a fraud or a cancelled task nothing is written. A decision without words here is not told. When a decision is taken back before its text was sent, the text is withdrawn too.',
  changed:
    'Somebody else saved while you were writing, so this is not saved yet. All that you typed is here, and what holds now reads as below. Save again, and yours takes its place.',
  open: 'Words of confirmations',
  none: 'The applicant has not been written to about a decision.',
  as: { PASS: 'Passed', REJECT: 'Rejected', SUPPLEMENT: 'Documents' },
  state: { waiting: 'waiting', sent: 'sent', dropped: 'not sent' },
  why: {
    no_number: 'Not written: the applicant has no number of their own that takes texts.',
    no_address: 'Not written: the applicant has no e-mail address on record.',
    no_consent: 'Not written: no consent to be written to this way is on record.',
    consent_withdrawn: 'Not written: the applicant took the consent back.',
  },
  dropped: {
    decision_recalled: 'the decision was taken back first',
    consent_withdrawn: 'the consent was taken back',
    address_gone: 'the applicant is not reached there any more',
    do_not_call: 'the number is on the do-not-call list',
    party_hold: 'the party is on hold',
    number_invalid: 'the number is not one',
    stale: 'it waited for more than three days',
  },
  channel: 'By',
  channels: { sms: 'SMS', email: 'E-mail' },
  lines: 'One a line',
  linesHelp:
    'SMS: decision | product (* for any) | sms | Chinese | English. E-mail: decision | product | email | Chinese subject | Chinese | English subject | English, with \\n for a new line; it goes to the address on the applicant’s record. Decisions: PASS, REJECT, SUPPLEMENT. Values: {name} {application} {product} {amount} {term} {reason} {missing} {dueOn}. {reason} takes the words that a reason has for applicants, and no others.',
  needsConsent: 'Only to applicants whose consent is on record (else to all who have not taken it back)',
  reads: 'How they read',
  sample: { name: 'Wang Xiaoming', reason: 'age outside our range', missing: 'payslips of three months' },
  faulty:
    'Five parts a line: PASS, REJECT or SUPPLEMENT; a product or *; sms; Chinese; English, of at most 300 characters. An e-mail has seven, a subject before each text. Each decision, product and channel once.',
  unknown: found => `There is no value ${found}. Those that there are stand below.`,
}

export const confirmationWords = { zh, en }
