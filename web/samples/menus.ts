import { menuKeys } from '../../src/centre/menu/menu.ts'
import { menuFormPage, menusPage } from '../pages/admin/menus.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame } from './frame.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })

export const menuSamples: Record<string, (language: Language) => Html> = {
  'admin-menus': language => {
    const [name, queue] = language === 'en' ? ['Main menu', 'Queue: Service'] : ['总机', '队列: 客服']
    return menusPage({
      frame: frame(language, '/admin/menus'),
      menus: [
        {
          id: 'me_1',
          name,
          keys: [`1 → ${queue}`, '5 → +862155559999'],
          hours: '09:00–18:00',
          numbers: ['+862151860000'],
        },
        { id: 'me_2', name: `${name} 2`, keys: [], hours: null, numbers: [] },
      ],
      saved: true,
      refused: null,
    })
  },
  'admin-menu-form': language =>
    menuFormPage({
      frame: frame(language, '/admin/menus/new'),
      menu: null,
      calendars: ['CN', 'ID'],
      keys: menuKeys.map((key, n) => ({ key, field: `key${n}`, numberField: `number${n}` })),
      targets: [
        { value: 'queue:q_1', word: language === 'en' ? 'Queue: Service' : '队列: 客服' },
        { value: 'number', word: language === 'en' ? 'Outside number' : '外线号码' },
      ],
      recordings: ['own/welcome', 'own/welcome-en'],
      filled: {
        values: {
          greeting: 'own/welcome',
          key0: 'queue:q_1',
          waitMs: '6',
          betweenMs: '3',
          triesMax: '3',
          outsideMax: '20',
          hoursCalendar: 'CN',
          weekdays: ['1', '2'],
        },
        errors: { name: language === 'en' ? 'Another has this name.' : '已有同名。' },
      },
    }),
}
