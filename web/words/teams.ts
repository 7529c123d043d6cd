/** Words of teams: who works together, who leads them, and whom that lets a supervisor see. */
import type { Like } from './language.ts'

const zh = {
  title: '班组',
  about: '班长和质检只看到、只能监听自己所带班组的坐席。',
  add: '新建班组',
  edit: (name: string) => `班组：${name}`,
  name: '名称',
  team: '班组',
  leaders: '班长',
  leadersEmpty: '还没有班长或质检。',
  members: '坐席',
  membersEmpty: '还没有坐席。',
  none: '还没有班组：所有班长看到所有坐席。',
  remove: '删除',
  removeQuestion: (name: string) => `删除班组“${name}”？班长将不再因它看到其坐席。`,
  seeAll: '不带班组的班长看到所有坐席',
  seeAllHelp: '取消后，不带班组的班长和质检看不到任何坐席。',
  byTeam: '按班组',
  all: '所有班组',
  rules: {
    other_team: '此坐席不在您所带的班组。',
    room_full: '监听此坐席的人数已满。',
  } as Record<string, string>,
}

const en: Like<typeof zh> = {
  title: 'Teams',
  about: 'Who leads teams (supervisors, quality) sees and listens to the agents of those teams alone.',
  add: 'Add a team',
  edit: (name: string) => `Team: ${name}`,
  name: 'Name',
  team: 'Team',
  leaders: 'Led by',
  leadersEmpty: 'There are no supervisors yet.',
  members: 'Agents',
  membersEmpty: 'There are no agents yet.',
  none: 'No teams yet: every supervisor sees every agent.',
  remove: 'Remove',
  removeQuestion: (name: string) => `Remove the team “${name}”? Its leaders do not see its agents by it any more.`,
  seeAll: 'Supervisors who lead no team see all agents',
  seeAllHelp: 'Otherwise supervisors and quality who lead no team see nobody.',
  byTeam: 'By team',
  all: 'All teams',
  rules: {
    other_team: 'This is of a team that you do not lead.',
    room_full: 'As many people as may listen to this agent already.',
  },
}

export const teamWords = { zh, en }
