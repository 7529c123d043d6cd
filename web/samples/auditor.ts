/** Sample props of the auditor's pages. */

import { journalPage } from '../pages/admin/journal.ts'
import { auditedCallPage } from '../pages/auditor/call.ts'
import { exportsPage } from '../pages/auditor/exports.ts'
import { journalCheck } from '../pages/auditor/journal-check.ts'
import { type RecordingRow, recordingsPage } from '../pages/auditor/recordings.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'auditor' })

function rows(language: Language): RecordingRow[] {
  const zh = language === 'zh-CN'
  return (['sealed', 'sealed', 'salvaged', 'sealed', 'open', 'missing'] as const).map((state, n) => ({
    call: `c_${n}`,
    at: sampleNow - n * 431_000,
    direction: n === 3 ? 'in' : 'out',
    name: n === 3 ? null : zh ? '陈建国' : 'Carl Chen',
    number: '138 1234 5678',
    agent: zh ? '李雨桐' : 'Alice Li',
    campaign: n === 3 ? null : zh ? '三月 M1 提醒' : 'March M1 reminder',
    result: 'ANSWERED',
    outcome: zh ? '承诺还款' : 'Promise to pay',
    durationMs: state === 'open' || state === 'missing' ? null : 97_000 + n * 31_000,
    state,
  }))
}

const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'

export const auditorSamples: Record<string, (language: Language) => Html> = {
  'auditor-recordings': language =>
    recordingsPage({
      frame: frame(language, '/auditor'),
      rows: rows(language),
      search: { from: '2026-03-18T00:00', to: '', agent: '', number: '', campaign: '' },
      agents: [{ value: 'u_1', word: language === 'en' ? 'Alice Li' : '李雨桐' }],
      campaigns: [{ value: 'cp_1', word: language === 'en' ? 'March M1 reminder' : '三月 M1 提醒' }],
      next: null,
      mayExport: true,
      reason: null,
    }),
  'auditor-call': language => {
    const { call: id, durationMs, state, ...call } = rows(language)[0]!
    return auditedCallPage({
      frame: frame(language, '/auditor/calls/c_0'),
      call: {
        id,
        ...call,
        ourNumber: '+862151860000',
        trunk: language === 'en' ? 'Telecom E1' : '电信 E1',
        note: language === 'en' ? 'Pays on Friday.' : '周五还款。',
        ending: { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200, q850: 16 },
        verdict: { policy: 'CN-GBT45251-2025', version: '2026-01', rules: ['contact_hours', 'suppressed'] },
      },
      recordings: [
        {
          id: 'r_0',
          state,
          reason: null,
          src: '/static/sample.wav',
          openedAt: sampleNow,
          durationMs,
          bytes: 1_560_000,
          sha256,
        },
      ],
      timeline: [
        ['call.dialed', ''],
        ['call.ringing', ''],
        ['call.answered', ''],
        ['call.assigned', 'agent: u_1'],
        ['call.connected', 'agent: u_1'],
        ['recording.opened', ''],
        ['call.ended', 'ending: party hangup'],
        ['recording.sealed', `sha256: ${sha256.slice(0, 16)}…`],
        ['call.disposed', 'code: promise'],
      ].map(([type, detail], n) => ({
        seq: 4000 + n,
        at: sampleNow - 120_000 + n * 11_000,
        actor: 'system',
        type: type!,
        detail: detail!,
      })),
    })
  },
  'auditor-exports': language =>
    exportsPage({
      frame: frame(language, '/auditor/exports'),
      error: null,
      exports: (['running', 'queued', 'finished', 'failed'] as const).map((state, n) => ({
        id: `e_${n}`,
        requestedAt: sampleNow - n * 3600_000,
        by: language === 'en' ? 'Olga Ouyang' : '欧阳岚',
        reason: language === 'en' ? 'Complaint 2026-0318' : '投诉 2026-0318 核查',
        calls: 120,
        done: state === 'running' ? 47 : 0,
        state,
        trouble: state === 'failed' ? 'ENOSPC' : null,
        bytes: state === 'finished' ? 184_000_000 : null,
        sha256: state === 'finished' ? sha256 : null,
        downloads: state === 'finished' ? 1 : 0,
      })),
    }),
  'auditor-journal': language =>
    journalPage({
      frame: frame(language, '/auditor/journal'),
      path: '/auditor/journal',
      lines: [{ seq: 48_211, at: sampleNow, actor: 'system', type: 'call.ended', detail: 'call: c_mfz3k1-2s' }],
      type: 'call.',
      next: null,
      check: journalCheck({
        frame: frame(language, '/auditor/journal'),
        head: { seq: 48_211, hash: sha256 },
        result: { whole: true, lines: 48_211 },
      }),
    }),
}
