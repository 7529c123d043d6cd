/** Words of rehearsals: the slider of occupancy with what it would bring, and a past day again with other settings. */
import type { Like } from './language.ts'

const zh = {
  slider: '忙碌上限',
  sliderAbout: '坐席越忙，客户接起后无人可接的越多。拖动滑块，看每种上限大约带来什么。',
  now: (text: string) => `现在 ${text}`,
  save: '采用此上限',
  predict: (agents: number) => `按 ${agents} 位坐席预测`,
  predictAgain: (agents: number) => `按 ${agents} 位坐席重新预测`,
  nobodyHere: '现在无人在岗，按活动全部坐席预测。',
  notYet: '还没有预测。系统会用昨天和今天的接听率、振铃、通话与事后时长，在虚拟时钟上模拟几个小时。',
  waiting: '排队中：另一个模拟正在运行。',
  running: (percent: string) => `正在模拟 ${percent}`,
  cancel: '取消',
  cancelled: '已取消。',
  failed: '模拟失败，请查看日志。',
  tooMany: '排队的模拟过多，请稍后再试。',
  atCeiling: '上限',
  utilisation: '工时利用率',
  abandoned: '呼损率',
  idle: '两通间隔',
  perHour: '每小时通话',
  basis: (agents: number, hours: string, answer: string, talk: string, wrap: string) =>
    `每种上限模拟 ${agents} 位坐席 ${hours} 小时（不计冷启动）：接听概率 ${answer}，通话 ${talk}，事后 ${wrap}，取自昨天和今天。`,
  honest:
    '这是模型，不是承诺：真实客户成批接听，名单质量和人员会变，小团队每小时的呼损波动很大。± 只是各次模拟之间的差别。',
  allCeilings: '全部上限列表',
  refusals: {
    few_calls: (found: number, needed: number) => `数据太少：只拨打了 ${found} 通，至少要 ${needed} 通，否则只是偶然。`,
    few_answers: (found: number, needed: number) =>
      `数据太少：只有 ${found} 通接听，至少要 ${needed} 通，否则只是偶然。`,
    few_talks: (found: number, needed: number) => `数据太少：只有 ${found} 次通话，至少要 ${needed} 次，否则只是偶然。`,
    few_minutes: (found: number, needed: number) => `数据太少：活动只运行了 ${found} 分钟，至少要 ${needed} 分钟。`,
    notice: (_found: number, _needed: number) => '语音通知活动没有坐席，不能这样模拟。',
  },
  replay: '换个设置重演一天',
  replayAbout:
    '用过去一天的人员、接听率和时长，在虚拟时钟上再过一遍：先按原设置（看模拟与真实差多少），再按您改的设置。',
  day: '日期',
  dayHelp: '昨天或更早的一天',
  mode: '方式',
  occupancy: '忙碌上限（%）',
  abandon: '呼损率上限（%）',
  lines: '每坐席线路',
  names: { mode: '方式', occupancyMax: '忙碌上限', abandonRateMax: '呼损率上限', linesPerAgentMax: '每坐席线路' },
  start: '开始重演',
  dayWrong: '请选择今天或更早的一天。',
  outOf: (least: number, most: number) => `允许 ${least} 至 ${most}。`,
  real: '真实的一天',
  asWas: '模拟：原设置',
  changed: '模拟：新设置',
  figure: '指标',
  worst: '最差 15 分钟呼损',
  dialled: '拨打',
  answered: '接听',
  connected: '转坐席',
  linesMost: '线路最多',
  same: '新旧设置相同，只按原设置重演。',
  compare: '先比较“真实”与“原设置”：两者相近，“新设置”才可信。区间是几次模拟的最小到最大。',
  settings: '设置',
  again: '再换一个设置',
  notes: {
    settings_changed: (_share: string) => '当天改过设置：以最后一次为准。',
    mode_changed: (share: string) => `当天 ${share} 的时间按规则使用了别的方式：全天按最常用的方式计算。`,
    list_ended: (share: string) => `当天 ${share} 的时间没有到期名单：按实拨数量作为名单长度。`,
    shared_agents: (share: string) => `坐席 ${share} 的时间在处理其他活动或呼入：按少了这么多人计算。`,
    network_faults: (share: string) => `${share} 的呼叫在网络中失败，未计入。`,
    look_unknown: (_share: string) => '坐席拨号前看多久没有记录，按 5 秒计算。',
    withdrawn: (share: string) => `${share} 的呼叫在振铃时撤回，不说明接听与否，未计入接听率。`,
  },
  trunksNow: '线路上限按现在的中继计算。',
}

const en: Like<typeof zh> = {
  slider: 'Occupancy ceiling',
  sliderAbout:
    'The busier agents are kept, the more customers pick up and find nobody. Move the slider to see about what each ceiling brings.',
  now: (text: string) => `now ${text}`,
  save: 'Use this ceiling',
  predict: (agents: number) => `Predict for ${agents} ${agents === 1 ? 'agent' : 'agents'}`,
  predictAgain: (agents: number) => `Predict again, for ${agents} ${agents === 1 ? 'agent' : 'agents'}`,
  nobodyHere: 'Nobody is present now: all agents of the campaign are reckoned with.',
  notYet:
    'No prediction yet. Some hours are simulated on a virtual clock with the answers, rings, talks and wrap-up of yesterday and today.',
  waiting: 'Waits: another simulation runs.',
  running: (percent: string) => `Simulating, ${percent}`,
  cancel: 'Cancel',
  cancelled: 'Cancelled.',
  failed: 'The simulation failed: see the log.',
  tooMany: 'Too many simulations wait; try again in a while.',
  atCeiling: 'Ceiling',
  utilisation: 'Utilisation',
  abandoned: 'Abandoned',
  idle: 'Between calls',
  perHour: 'Conversations an hour',
  basis: (agents: number, hours: string, answer: string, talk: string, wrap: string) =>
    `Each ceiling is simulated with ${agents} agents for ${hours} h after the cold start: chance of an answer ${answer}, talk ${talk}, wrap-up ${wrap}, as yesterday and today.`,
  honest:
    'A model and no promise: real customers answer in bursts, lists and people change, and a small team’s abandonment scatters widely from hour to hour. ± is only how far the simulations lie apart.',
  allCeilings: 'Table of all ceilings',
  refusals: {
    few_calls: (found: number, needed: number) =>
      `Too little data: ${found} calls were dialled; at least ${needed} are needed, or the figures would be chance.`,
    few_answers: (found: number, needed: number) =>
      `Too little data: ${found} calls were answered; at least ${needed} are needed, or the figures would be chance.`,
    few_talks: (found: number, needed: number) =>
      `Too little data: there were ${found} conversations; at least ${needed} are needed, or the figures would be chance.`,
    few_minutes: (found: number, needed: number) =>
      `Too little data: the campaign worked for ${found} minutes; at least ${needed} are needed.`,
    notice: (_found: number, _needed: number) => 'A campaign of notices has no agents to simulate.',
  },
  replay: 'A day again, with other settings',
  replayAbout:
    'People, answers and durations of a past day go through a virtual clock again: first as it was, so that you see how near the simulation comes, then as you change it.',
  day: 'Day',
  dayHelp: 'Yesterday, or one before',
  mode: 'Mode',
  occupancy: 'Occupancy ceiling (%)',
  abandon: 'Abandon limit (%)',
  lines: 'Lines per agent',
  names: {
    mode: 'Mode',
    occupancyMax: 'Occupancy ceiling',
    abandonRateMax: 'Abandon limit',
    linesPerAgentMax: 'Lines per agent',
  },
  start: 'Run the day again',
  dayWrong: 'Choose a day that has begun.',
  outOf: (least: number, most: number) => `Allowed: ${least} to ${most}.`,
  real: 'The real day',
  asWas: 'Simulated, as it was',
  changed: 'Simulated, changed',
  figure: 'Figure',
  worst: 'Worst 15 minutes',
  dialled: 'Dialled',
  answered: 'Answered',
  connected: 'To agents',
  linesMost: 'Lines at most',
  same: 'Nothing was changed: the day runs as it was only.',
  compare:
    'Look at “real” and “as it was” first: only where they are near, “changed” can be believed. A range is the least to the most of several simulations.',
  settings: 'Settings',
  again: 'Other settings',
  notes: {
    settings_changed: (_share: string) => 'Settings were changed during the day: the last ones count.',
    mode_changed: (share: string) =>
      `For ${share} of the day rules had another mode in force: the one of most of the day counts for all of it.`,
    list_ended: (share: string) => `For ${share} of the day no lead was due: the list is as long as what was dialled.`,
    shared_agents: (share: string) =>
      `Agents spent ${share} of their time on other campaigns or callers: they are reckoned as that many fewer.`,
    network_faults: (share: string) => `${share} of the calls failed in the network and are left out.`,
    look_unknown: (_share: string) => 'How long agents look before they dial is not known: 5 s are taken.',
    withdrawn: (share: string) =>
      `${share} of the calls were withdrawn while they rang; they say nothing of an answer and are left out.`,
  },
  trunksNow: 'The bounds of lines are those of the trunks as they are now.',
}

export const rehearsalWords = { zh, en }
