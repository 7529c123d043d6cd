/** What the desk says an agent should say: the steps of a talk and their words where the lender has saved no script (scripts.ts), and what must be read. */
import type { Business } from '../../src/centre/entities.ts'
import type { Like } from './language.ts'

type ScriptWords = { open: string; identify: string; purpose: string; close: string }

const zh = {
  title: '话术',
  ourCentre: '本中心',
  none: '接通后，这里显示话术和必须宣读的内容。',
  mustRead: '必须宣读',
  read: '已读',
  unread: '未宣读',
  readAt: (clock: string, offset: string | null) => `${clock} 已读${offset === null ? '' : `，录音 ${offset}`}`,
  passed: '已走过的步骤',
  back: '回到这一步',
  over: '话术到此结束。',
  lacks: '（无）',
  answers: '对方的回答',
  date: (month: number, day: number, weekday: number) => `${month}月${day}日，星期${'日一二三四五六'[weekday]}`,
  recordedNotice: '为保证服务质量，本次通话会被录音。',
  steps: { open: '开场', identify: '核实身份', purpose: '说明来意', close: '结束' },
  scripts: {
    verification: {
      open: '您好，我是{centre}的{agent}，工号{name}。',
      identify: '请问是{party}本人吗？为确认身份，请您说出证件号后四位。',
      purpose: '您提交了一份申请，我有几个问题需要与您核实，大约三分钟。',
      close: '感谢您的配合，审核结果会以短信通知您。再见。',
    },
    sales: {
      open: '您好，我是{centre}的{agent}，工号{name}。',
      identify: '请问是{party}吗？',
      purpose: '我们有一项您可能用得上的服务，方便用两分钟介绍吗？若不方便，我就不打扰您。',
      close: '感谢您的时间。若不希望再接到此类电话，请告诉我，我们会登记。再见。',
    },
    collections: {
      open: '您好，我是{centre}的{agent}，工号{name}。',
      identify: '请问是{party}本人吗？请您核对一下证件号后四位。',
      purpose: '您有一笔款项已过还款日，想了解您的情况，并与您商量还款安排。',
      close: '我把刚才约定的日期和金额重复一遍，请您确认。感谢您，再见。',
    },
    service: {
      open: '您好，这里是{centre}，我是{agent}，工号{name}。',
      identify: '请问怎么称呼您？涉及您个人的信息之前，请核对证件号后四位。',
      purpose: '请问有什么可以帮您？',
      close: '还有其他可以帮您的吗？感谢您的来电，再见。',
    },
  } satisfies Record<Business | 'service', ScriptWords>,
  contactOpen: '您好，我是{centre}的{agent}。想请您转告{party}与我们联系。',
  contactRule: '不得向联系人透露任何账务信息；对方拒绝后不得再次联系。',
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
]

const en: Like<typeof zh> = {
  title: 'Say',
  ourCentre: 'our centre',
  none: 'Once connected, the script and what must be read stand here.',
  mustRead: 'Must be read',
  read: 'read',
  unread: 'not read',
  readAt: (clock: string, offset: string | null) => `read ${clock}${offset === null ? '' : `, recording ${offset}`}`,
  passed: 'Steps gone through',
  back: 'Back to this step',
  over: 'This is the end of the script.',
  lacks: '(none)',
  answers: 'What the other side says',
  date: (month: number, day: number, weekday: number) => `${weekdays[weekday]}, ${day} ${months[month - 1]}`,
  recordedNotice: 'This call is recorded to assure the quality of our service.',
  steps: { open: 'Open', identify: 'Identify', purpose: 'Purpose', close: 'Close' },
  scripts: {
    verification: {
      open: 'Good day, this is {agent} of {centre}, staff name {name}.',
      identify: 'Am I speaking to {party}? To confirm, please tell me the last four characters of your ID.',
      purpose: 'You handed in an application, and I have a few questions. It takes about three minutes.',
      close: 'Thank you. You will be told the result by text message. Goodbye.',
    },
    sales: {
      open: 'Good day, this is {agent} of {centre}, staff name {name}.',
      identify: 'Am I speaking to {party}?',
      purpose: 'We have a service that may be of use to you. Do you have two minutes? If not, I shall not keep you.',
      close: 'Thank you for your time. If you want no such calls, tell me and I note it down. Goodbye.',
    },
    collections: {
      open: 'Good day, this is {agent} of {centre}, staff name {name}.',
      identify: 'Am I speaking to {party}? Please confirm the last four characters of your ID.',
      purpose: 'A payment of yours is past its day. I would like to hear how things are and find a way together.',
      close: 'Let me repeat the day and the amount we agreed on. Thank you, and goodbye.',
    },
    service: {
      open: 'Hello, this is {centre}. My name is {agent}, number {name}.',
      identify:
        'How may I call you? Before I speak of what is yours alone, please tell me the last four of your ID number.',
      purpose: 'What can I do for you?',
      close: 'Is there anything else? Thank you for calling. Goodbye.',
    },
  },
  contactOpen: 'Good day, this is {agent} of {centre}. Could you ask {party} to call us back?',
  contactRule: 'Say nothing about debts to a contact; after a refusal this number is not called again.',
}

export const sayWords = { zh, en }
