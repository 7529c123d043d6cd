/** Sample props of the page about what may be dialled. */
import { safetyPage } from '../pages/admin/safety.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const minute = 60_000

export const safetySamples: Record<string, (language: Language) => Html> = {
  'admin-safety': language =>
    safetyPage({
      frame: sampleFrame({ language, path: '/admin/safety', role: 'security' }),
      alarms: [
        {
          at: sampleNow - 4 * minute,
          rule: 'emergency',
          who: language === 'en' ? 'Alice Li' : '李雨桐',
          number: '120',
          ...{ call: null, address: null, trunk: null, calls: null, goOn: null, cut: null },
        },
        {
          at: sampleNow - 92 * minute,
          rule: 'phone_guessed',
          who: null,
          number: '1002',
          call: null,
          address: '10.20.7.41',
          ...{ trunk: null, calls: null, goOn: null, cut: null },
        },
        {
          at: sampleNow - 140 * minute,
          rule: 'account_guessed',
          who: language === 'en' ? 'Alice Li' : '李雨桐',
          number: '',
          ...{ call: null, address: '10.20.7.88', trunk: null, calls: null, goOn: null, cut: null },
        },
        {
          at: sampleNow - 148 * minute,
          rule: 'media_died',
          who: null,
          number: '',
          ...{ call: null, address: null, trunk: null, calls: null, goOn: 212, cut: 0 },
        },
        {
          at: sampleNow - 150 * minute,
          rule: 'recording_died',
          who: null,
          number: '',
          ...{ call: null, address: null, trunk: null, calls: null, goOn: 196, cut: 1 },
        },
        {
          at: sampleNow - 151 * minute,
          rule: 'dtls_died',
          who: null,
          number: '',
          ...{ call: null, address: null, trunk: null, calls: null, goOn: 311, cut: 2 },
        },
        {
          at: sampleNow - 155 * minute,
          rule: 'registration_lapsing',
          who: null,
          number: '',
          ...{ call: null, address: null, calls: null, goOn: null, cut: null },
          trunk: language === 'en' ? 'Mobile SIP' : '移动 SIP',
        },
        {
          at: sampleNow - 170 * minute,
          rule: 'numbers_tried',
          who: null,
          number: '021****0042',
          ...{ call: null, address: null, calls: 3_540, goOn: null, cut: null },
          trunk: language === 'en' ? 'Telecom E1' : '电信 E1',
        },
        {
          at: sampleNow - 181 * minute,
          rule: 'callers_turned_away',
          who: null,
          number: '',
          ...{ call: null, address: null, calls: 240, goOn: null, cut: null },
          trunk: language === 'en' ? 'Mobile SIP' : '移动 SIP',
        },
        {
          at: sampleNow - 205 * minute,
          rule: 'number_not_allowed',
          who: language === 'en' ? 'Bob Wu' : '吴博',
          number: '+4420****1234',
          ...{ call: null, address: null, trunk: null, calls: null, goOn: null, cut: null },
        },
      ],
      spent: '14',
      help: {
        zone: 'Asia/Shanghai',
        numbers: ['110', '119', '120', '122', '12110', '12119', '12122', '12395', '999', '112', '911'],
        missing: ['12110', '12119', '12122', '12395', '999', '112', '911'],
        isKnown: true,
        taken: [{ extension: '120', names: [language === 'en' ? 'Alice Li' : '李雨桐'] }],
      },
      dialling: {
        values: {
          emergency: '110\n119\n120\n122',
          barred: '+870\n+881\n+882',
          agent: 'home',
          supervisor: 'home\n+852',
          personMinutesMax: '60',
          centreMinutesMax: '600',
          callMinutesMax: '60',
          nightFrom: '22:00',
          nightTo: '06:00',
        },
        errors: {},
      },
      from: { values: { phones: '10.20.0.0/16', staff: 'lan' }, errors: { staff: 'lan' } },
      passing: { values: { passAgent: '+862155551234\n+8621*', passSupervisor: '', maxMinutes: '60' }, errors: {} },
      saved: false,
    }),
}
