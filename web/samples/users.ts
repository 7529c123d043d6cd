/** Sample props of the administrator's pages of people: accounts, teams, and the tokens of programs. */

import type { User } from '../../src/centre/entities.ts'
import type { UserId } from '../../src/lib/ids.ts'
import { teamFormPage, teamsPage } from '../pages/admin/teams.ts'
import { tokensPage } from '../pages/admin/tokens.ts'
import { userFormPage, usersPage } from '../pages/admin/users.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })

export function sampleUsers(language: Language): User[] {
  const zh = language === 'zh-CN'
  const user = (id: string, name: string, displayName: string, more: Partial<User>): User => ({
    id: id as UserId,
    name,
    displayName,
    role: 'agent',
    extension: null,
    station: 'browser',
    skills: [],
    numbersMasked: true,
    language,
    enabled: true,
    ...more,
  })
  return [
    user('u_1', 'alice', zh ? '李雨桐' : 'Alice Li', {}),
    user('u_2', 'mia', zh ? '赵敏' : 'Mia Zhao', { extension: '801', station: 'phone-nailed' }),
    user('u_3', 'leo', zh ? '刘洋' : 'Leo Liu', { extension: '802', station: 'phone-rung', enabled: false }),
    user('u_4', 'sam', zh ? '孙立' : 'Sam Sun', { role: 'supervisor', numbersMasked: false }),
    user('u_5', 'adam', zh ? '安德明' : 'Adam An', { role: 'admin', numbersMasked: false }),
    user('u_6', 'olga', zh ? '欧阳岚' : 'Olga Ouyang', { role: 'auditor', numbersMasked: false }),
  ]
}

export const userSamples: Record<string, (language: Language) => Html> = {
  'admin-users': language =>
    usersPage({ frame: frame(language, '/admin/users'), users: sampleUsers(language), q: '', role: null, saved: true }),
  'admin-user-form': language =>
    userFormPage({
      frame: frame(language, '/admin/users/new'),
      user: null,
      hasPassword: false,
      trunkGroups: [],
      agencies: [{ value: 'ag_1', word: '恒信服务' }],
      filled: {
        values: {
          name: 'alice',
          displayName: sampleUsers(language)[0]!.displayName,
          extension: '8o1',
          enabled: 'true',
        },
        errors: {
          extension:
            language === 'en'
              ? '2 to 8 digits that nobody else has. (found: "8o1")'
              : '2–8 位数字，且未被他人使用。（填写的是："8o1"）',
        },
      },
    }),
  'admin-teams': language =>
    teamsPage({
      frame: frame(language, '/admin/teams'),
      teams: [{ id: 'tm_1', name: 'A', members: 12, leaders: ['Sam'] }],
      leaderlessSeeAll: true,
      saved: true,
    }),
  'admin-team-form': language =>
    teamFormPage({
      frame: frame(language, '/admin/teams/new'),
      team: null,
      members: [{ value: 'u_1', word: 'Alice' }],
      leaders: [],
      filled: { values: { name: '', members: ['u_1'] }, errors: {} },
    }),
  'admin-tokens': language =>
    tokensPage({
      frame: frame(language, '/admin/tokens'),
      tokens: [
        {
          ...{ id: 'k_1', name: 'core-banking', role: 'admin', issuedAt: sampleNow - 86_400_000 * 9, revokedAt: null },
          ...{ by: null, stands: true, team: null },
        },
        {
          ...{ id: 'k_3', name: 'night batch', role: 'admin', issuedAt: sampleNow - 86_400_000 * 40, revokedAt: null },
          ...{ by: 'Ada', stands: false, team: null },
        },
        {
          id: 'k_2',
          name: 'crm',
          role: 'supervisor',
          issuedAt: sampleNow - 86_400_000 * 90,
          revokedAt: sampleNow - 86_400_000,
          ...{ by: 'Adam', stands: true, team: language === 'en' ? 'North' : '一班' },
        },
      ],
      teams: [{ id: 'tm_1', name: language === 'en' ? 'North' : '一班' }],
      secret: 'swr_k3Jx0n-example-shown-once',
      isSecretOver: false,
      filled: nothingFilled,
    }),
}
