/** Sample props of the page of what waits for a second person. */

import { type ApprovalRow, approvalsPage } from '../pages/approvals.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })

const sampleAsked: ApprovalRow = {
  ...{ id: 'ap_1', kind: 'export', subject: 'e_1', about: {}, reason: '', by: null, byProgram: false },
  ...{ agent: null, campaign: null, team: null, askedAt: sampleNow - 3_600_000, expiresAt: sampleNow + 86_400_000 * 2 },
  ...{ state: 'waiting', decidedBy: null, why: null, may: null },
}

export const approvalSamples: Record<string, (language: Language) => Html> = {
  approvals: language =>
    approvalsPage({
      frame: frame(language, '/approvals'),
      waiting: [
        {
          ...sampleAsked,
          about: { calls: 214, from: sampleNow - 86_400_000 * 9, to: sampleNow, chosen: 0, byNumber: 1, audio: 'wav' },
          reason: language === 'en' ? 'Complaint 2026-118' : '投诉 2026-118',
          ...{ by: 'Olga', agent: 'Alice', may: 'decide' },
        },
        {
          ...sampleAsked,
          ...{ id: 'ap_2', kind: 'token', about: { name: 'crm', role: 'supervisor' }, reason: 'crm' },
          ...{ by: 'Adam', byProgram: true, may: 'withdraw' },
        },
      ],
      lately: [
        {
          ...sampleAsked,
          ...{ id: 'ap_3', kind: 'token', about: { name: 'bi', role: 'admin' }, reason: 'bi', by: 'Adam' },
          ...{ state: 'approved', decidedBy: 'Sec', why: 'OK', may: 'take' },
        },
        {
          ...sampleAsked,
          ...{ id: 'ap_4', kind: 'setting', subject: 'approvals.tokens', about: {}, reason: 'test', by: null },
          state: 'expired',
        },
      ],
      rules: [
        { setting: 'approvals.exports', on: true },
        { setting: 'approvals.tokens', on: false },
      ],
      ...{ secret: null, isSecretOver: false, filled: nothingFilled },
    }),
}
