/** Sample props of the administrator's pages of trunks and their groups. */

import { trunkGroupFormPage, trunkGroupsPage } from '../pages/admin/trunk-groups.ts'
import { type TrunkRow, trunkFormPage, trunksPage } from '../pages/admin/trunks.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })

export const sampleTrunk = (language: Language, down = false) =>
  ({
    id: down ? 't_2' : 't_1',
    name: language === 'en' ? (down ? 'Unicom SIP' : 'Telecom E1') : down ? '联通 SIP' : '电信 E1',
    host: down ? 'sip.carrier.example' : '10.20.0.7',
    port: 5060,
    transport: 'udp',
    register: down,
    username: down ? 'harbour' : null,
    callerIds: ['+862151860000', '+862151860001', '+862151860002'],
    maxCalls: 30,
    callsPerSecond: 5,
    codecs: ['pcma', 'pcmu'],
    enabled: true,
    seen: {
      up: !down,
      why: down ? 'tls_untrusted' : null,
      unproved: false,
      lapsing: null,
      eased: null,
      refusing: null,
    },
    stateAt: sampleNow - 3600_000,
    calls: down ? 0 : 23,
    startedLastSecond: down ? 0 : 2,
    tests: down ? 0 : 1,
    wire: {
      target: { address: '10.20.0.7', port: 5060 },
      registration: null,
      options: { up: !down, status: down ? null : 200, rttMs: down ? null : 12, at: sampleNow - 9_000 },
      refusing: null,
    },
    fault: down ? { at: sampleNow - 3600_000, why: 'call_refused', words: 'a call was refused: SIP 503' } : null,
  }) as unknown as TrunkRow

export const trunkSamples: Record<string, (language: Language) => Html> = {
  'admin-trunks': language =>
    trunksPage({
      frame: frame(language, '/admin/trunks'),
      trunks: [sampleTrunk(language), sampleTrunk(language, true)],
      saved: false,
    }),
  'admin-trunk-form': language =>
    trunkFormPage({
      frame: frame(language, '/admin/trunks/t_1'),
      trunk: sampleTrunk(language),
      turnedAway: 1_240,
      test: {
        number: '*43',
        begunAt: sampleNow,
        isOver: false,
        steps: [
          { step: 'reach', state: 'ok', code: 'located', found: 'udp 10.20.0.7:5060' },
          { step: 'options', state: 'warn', code: 'options_silent', found: '4 s ago' },
          { step: 'call', state: 'bad', code: 'refused', found: 'the test call failed: SIP 404 Not Found' },
          { step: 'sound', state: 'running', code: null, found: '' },
        ],
      },
      filled: {
        values: {
          name: sampleTrunk(language).name,
          host: '10.20.0.7',
          port: '5060',
          callerIds: '+862151860000\n+862151860001',
          maxCalls: '30',
          callsPerSecond: '5',
          codecs: ['pcma', 'pcmu'],
          enabled: 'true',
        },
        errors: {},
      },
    }),
  'admin-trunk-groups': language =>
    trunkGroupsPage({
      frame: frame(language, '/admin/trunk-groups'),
      groups: [{ id: 'tg_1', name: 'A', trunks: ['E1', 'SIP'], usedBy: ['Alice'] }],
      saved: true,
      refused: null,
    }),
  'admin-trunk-group-form': language =>
    trunkGroupFormPage({
      frame: frame(language, '/admin/trunk-groups/new'),
      group: null,
      filled: { values: { name: 'A', groupTrunks: 'E1\nSIP' }, errors: {} },
    }),
}
