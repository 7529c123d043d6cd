/** Words of the log of changes to the settings. */
import type { ChangeKind } from '../../src/lib/changed-fields.ts'
import type { Like } from './language.ts'

const zh = {
  title: '变更记录',
  about: '设置的每一次变更和借据的每一次手工修改：何时、何人、改了什么。口令和密钥只记“已设置”，从不显示内容。',
  none: '还没有变更。',
  when: '时间',
  who: '操作人',
  system: '系统',
  what: '对象',
  how: '变更',
  all: '全部变更',
  nothing: '空',
  more: (count: number) => `另有 ${count} 项`,
  kind: {
    made: '新建',
    changed: '修改',
    removed: '删除',
    secret: '已设置新的',
  } satisfies Record<ChangeKind, string>,
  subject: {
    user: '人员',
    trunk: '中继',
    trunkGroup: '中继组',
    queue: '队列',
    menu: '语音菜单',
    team: '班组',
    number: '呼入号码',
    campaign: '外呼活动',
    policy: '合规策略',
    product: '分期产品',
    loan: '借据',
    rules: '规则',
    fields: '自定义字段',
    setting: '设置项',
  },
}

const en: Like<typeof zh> = {
  title: 'Changes',
  about:
    'Every change of the settings, and of loans by hand: when, by whom, and what. Of passwords and keys only that they were set, never what they are.',
  none: 'Nothing has been changed yet.',
  when: 'When',
  who: 'Who',
  system: 'System',
  what: 'Of what',
  how: 'Change',
  all: 'All changes',
  nothing: 'nothing',
  more: (count: number) => `${count} more`,
  kind: { made: 'Made', changed: 'Changed', removed: 'Removed', secret: 'Set anew' },
  subject: {
    user: 'Person',
    trunk: 'Trunk',
    trunkGroup: 'Trunk group',
    queue: 'Queue',
    menu: 'Voice menu',
    team: 'Team',
    number: 'Inbound number',
    campaign: 'Campaign',
    policy: 'Policy',
    product: 'Product',
    loan: 'Loan',
    rules: 'Rules',
    fields: 'Own fields',
    setting: 'Setting',
  },
}

export const changeWords = { zh, en }
