/** Sample props of screens on the wall: the page where they are set up, the screen itself, and one that shows nothing yet. */
import { wallGatePage, wallPage } from '../pages/wall.ts'
import { wallsPage } from '../pages/walls.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleAppeals, sampleFloor } from './floor.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const url = '10.20.0.5:8443/wall/open/k7mp-3q9x-w2dn'
const qr = '<svg viewBox="0 0 10 10"><path d="M1 1h3v3h-3zM6 1h3v3h-3zM1 6h3v3h-3z"/></svg>'
const dayMs = 86_400_000

export const wallSamples: Record<string, (language: Language) => Html> = {
  walls: language => {
    const isEn = language === 'en'
    const [east, hall, old, gone] = isEn
      ? ['Third floor, east wall', 'Hall', 'Second floor', 'Meeting room']
      : ['三楼东墙', '大厅', '二楼', '会议室']
    const team = isEn ? 'North' : '一班'
    const row = { by: 'Sam', madeAt: sampleNow - 40 * dayMs, seenAt: sampleNow - 4_000, seenFrom: '10.1.4.17' }
    return wallsPage({
      frame: sampleFrame({ language, path: '/walls', role: 'supervisor' }),
      walls: [
        { ...row, id: 'w_1', name: east, team, standing: 'open', isShowing: true },
        {
          ...row,
          id: 'w_2',
          name: hall,
          team: null,
          standing: 'open',
          isShowing: false,
          seenAt: sampleNow - 2 * dayMs,
        },
        { ...row, id: 'w_3', name: old, team, standing: 'linked', isShowing: false, seenAt: null, seenFrom: null },
        { ...row, id: 'w_4', name: gone, team: null, standing: 'makerRole', isShowing: false, by: 'Ada' },
      ],
      teams: [{ id: 'tm_1', name: team }],
      mayMake: true,
      link: { name: old, url, key: 'k7mp-3q9x-w2dn', qr },
      isLinkOver: false,
      filled: nothingFilled,
    })
  },
  wall: language => {
    const floor = sampleFloor(language)
    return wallPage({
      ...floor,
      frame: sampleFrame({ language, path: '/wall', role: null }),
      name: language === 'en' ? 'Third floor, east wall' : '三楼东墙',
      team: language === 'en' ? 'North' : '一班',
      agents: floor.agents.map(agent => ({ ...agent, party: null })),
      appeals: sampleAppeals(language).map(({ agent, askedAt, takenBy }) => ({
        ...{ agent, askedAt },
        comes: takenBy?.name ?? null,
      })),
    })
  },
  'wall-gate': language =>
    wallGatePage({ frame: sampleFrame({ language, path: '/wall', role: null }), key: '', isRefused: true }),
  'wall-gate-link': language =>
    wallGatePage({
      frame: sampleFrame({ language, path: '/wall', role: null }),
      key: 'k7mp-3q9x-w2dn',
      isRefused: false,
    }),
}
