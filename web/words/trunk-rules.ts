/** Words about groups of trunks, and about what is particular about one trunk. */
import type { Like } from './language.ts'

const zh = {
  groups: {
    title: '中继组',
    about:
      '一次呼叫按组内次序试用中继：前面的断开、已满或拒绝接续（503 等）时换下一条。被叫方的答复（忙、拒接、空号）不换线。',
    add: '添加中继组',
    edit: (name: string) => `中继组：${name}`,
    none: '还没有中继组。活动直接使用所选中继。',
    name: '名称',
    trunks: '中继（按次序）',
    trunksHelp: '每行一条中继的名称，从先到后，最多 16 条。',
    usedBy: '使用者',
    remove: '删除',
    removeQuestion: (name: string) => `删除中继组“${name}”？`,
    any: '不使用中继组',
    ofCampaign: '中继组',
    ofCampaignHelp: '选择后按组内次序拨出；上面勾选的中继此时不用。',
    ofUser: '手拨用的中继组',
    ofUserHelp: '活动以外的手拨电话走这一组；不选则使用任何中继。',
  },
  tries: '先试的中继',
  why: { refused: '拒绝接续', no_response: '无响应', unreachable: '无法到达' },
  allowed: {
    groupTrunks: '每行一条已有中继的名称，每条一次，1–16 行。',
    trunkGroup: '请选择一个已有的中继组。',
  },
}

const en: Like<typeof zh> = {
  groups: {
    title: 'Trunk groups',
    about:
      'A call tries the trunks of a group in their order: when one is down, full, or cannot take the call (503 and the like), the next one is tried. What the callee’s side says (busy, declined, not there) ends the attempt.',
    add: 'Add a trunk group',
    edit: (name: string) => `Trunk group: ${name}`,
    none: 'No trunk groups yet. Campaigns use the trunks ticked there.',
    name: 'Name',
    trunks: 'Trunks in their order',
    trunksHelp: 'The name of one trunk a line, the first to be tried on top; 16 at most.',
    usedBy: 'Used by',
    remove: 'Remove',
    removeQuestion: (name: string) => `Remove the trunk group “${name}”?`,
    any: 'no group',
    ofCampaign: 'Trunk group',
    ofCampaignHelp: 'When chosen, calls go out through the group in its order, and the trunks ticked above wait.',
    ofUser: 'Trunk group of own calls',
    ofUserHelp: 'Calls that this person dials outside campaigns go out through it; without one, on any trunk.',
  },
  tries: 'Tried before',
  why: { refused: 'refused', no_response: 'no response', unreachable: 'not reachable' },
  allowed: {
    groupTrunks: 'The name of one trunk there is a line, each once; 1 to 16 lines.',
    trunkGroup: 'A trunk group that there is.',
  },
}

export const trunkRuleWords = { zh, en }
