/** Sample desks: one for each state that an agent can be in. */
import type { DeskProps } from '../pages/agent/desk-props.ts'
import type { Language } from '../words/language.ts'
import { quietDesk, sampleCall, sampleSay, withParty } from './desk-parts.ts'
import { sampleNow } from './frame.ts'
import { sampleSelling } from './sales.ts'

export const sampleDesks: Record<string, (language: Language) => DeskProps> = {
  signedOff: language => ({
    ...quietDesk(language),
    agent: { name: 'alice', phase: 'signed_off', since: sampleNow, until: null, reason: null, next: null },
    station: {
      kind: 'browser',
      extension: null,
      up: false,
      byPhone: false,
      rings: false,
      lostAt: null,
      open: false,
      registered: false,
    },
  }),
  ready: language => ({
    ...quietDesk(language),
    held: language === 'en' ? 'outside the contact hours (08:00–20:00)' : '不在允许的拨打时段（08:00–20:00）',
  }),
  unreached: language => ({
    ...quietDesk(language),
    last: {
      ...{ name: language === 'en' ? 'Carl Chen' : '陈建国', number: '138 **** 5678', direction: 'out' },
      ...{ endedAt: sampleNow - 12_000, talked: false, result: 'UNREACHABLE', by: 'carrier', cause: 'not_answered' },
      announced: { by: 'recording', result: 'POWER_OFF', sure: true },
      ...{ carrier: '480', redial: { again: 'c_sample-1' }, isForHelp: false },
    },
  }),
  cut: language => ({
    ...quietDesk(language),
    agent: { name: 'alice', phase: 'signed_off', since: sampleNow, until: null, reason: null, next: null },
    last: {
      ...{ name: language === 'en' ? 'Carl Chen' : '陈建国', number: '138 **** 5678', direction: 'out' },
      ...{ endedAt: sampleNow - 4_000, talked: true, result: 'ANSWERED', by: 'system', cause: 'restarted' },
      ...{ announced: null, carrier: null, redial: null, isForHelp: false },
    },
  }),
  dialling: language => ({
    ...withParty(language),
    agent: { name: 'alice', phase: 'dialing', since: sampleNow - 7_000, until: null, reason: null, next: null },
    call: {
      ...sampleCall(language),
      ...{ phase: 'ringing', connectedAt: null, recorded: true, early: true, startedAt: sampleNow - 7_000 },
      announced: { by: 'recording', result: 'POWER_OFF', sure: true },
    },
  }),
  silent: language => ({
    ...withParty(language),
    agent: { name: 'alice', phase: 'talking', since: sampleNow - 97_000, until: null, reason: null, next: null },
    call: {
      ...sampleCall(language),
      ...{ direction: 'in', mode: null, diverted: { number: '139 **** 0042', reason: 'no-answer' } },
      quietSince: sampleNow - 14_000,
      supervisors: [{ name: language === 'en' ? 'Sam Sun' : '孙敏', mode: 'listen' }],
    },
  }),
  parked: language => ({
    ...withParty(language),
    agent: {
      name: 'alice',
      phase: 'wrapping',
      since: sampleNow - 6_000,
      until: sampleNow + 54_000,
      reason: null,
      next: null,
    },
    station: {
      kind: 'phone-nailed',
      extension: '801',
      up: true,
      byPhone: true,
      rings: false,
      registered: true,
      lostAt: null,
      open: false,
    },
    call: {
      ...sampleCall(language),
      phase: 'ended',
      endedAt: sampleNow - 6_000,
      passedOn: true,
      waits: true,
      slot: '701',
    },
  }),
  preview: language => ({
    ...withParty(language),
    agent: {
      name: 'alice',
      phase: 'preview',
      since: sampleNow - 9000,
      until: sampleNow + 21_000,
      reason: null,
      next: null,
    },
    preview: { campaign: language === 'en' ? 'March M1 reminder' : '三月 M1 提醒', until: sampleNow + 21_000 },
  }),
  selling: language => ({
    ...withParty(language),
    agent: { name: 'alice', phase: 'talking', since: sampleNow - 97_000, until: null, reason: null, next: null },
    ...{ call: sampleCall(language), business: 'sales', sales: sampleSelling(language) },
  }),
  talking: language => ({
    ...withParty(language),
    agent: { name: 'alice', phase: 'talking', since: sampleNow - 97_000, until: null, reason: null, next: 'break' },
    call: sampleCall(language),
  }),
  moving: language => ({
    ...withParty(language),
    agent: { name: 'alice', phase: 'talking', since: sampleNow - 97_000, until: null, reason: null, next: null },
    station: {
      kind: 'phone-nailed',
      extension: '801',
      up: true,
      byPhone: false,
      rings: true,
      lostAt: null,
      ...{ open: false, registered: true },
    },
    call: {
      ...sampleCall(language),
      appeal: { askedAt: sampleNow - 32_000, by: language === 'en' ? 'Sam Sun' : '孙敏' },
    },
  }),
  consulting: language => ({
    ...withParty(language),
    agent: { name: 'alice', phase: 'talking', since: sampleNow - 97_000, until: null, reason: null, next: null },
    call: {
      ...sampleCall(language),
      ...{ direction: 'in', mode: null, diverted: { number: '139 **** 0042', reason: 'do-not-disturb' } },
      heldBy: 'agent',
      consult: { side: 'asks', name: language === 'en' ? 'Bob Li' : '李波', state: 'other', outside: true },
      appeal: { askedAt: sampleNow - 14_000, by: null },
    },
  }),
  consulted: language => ({
    ...withParty(language),
    agent: { name: 'bob', phase: 'talking', since: sampleNow - 9_000, until: null, reason: null, next: null },
    call: {
      ...sampleCall(language),
      heldBy: 'agent',
      consult: { side: 'asked', name: language === 'en' ? 'Alice Zhang' : '张艾丽', state: 'other', outside: false },
    },
  }),
  contact: language => {
    const desk = withParty(language)
    return {
      ...desk,
      agent: { name: 'alice', phase: 'talking', since: sampleNow - 12_000, until: null, reason: null, next: null },
      station: {
        kind: 'phone-nailed',
        extension: '801',
        up: true,
        byPhone: true,
        rings: false,
        lostAt: null,
        ...{ open: false, registered: true },
      },
      call: { ...sampleCall(language), relation: 'CONTACT', heldBy: 'agent' },
      party: { ...desk.party!, fields: null, record: { ...desk.party!.record!, fields: [], debts: null } },
      history: desk.history.flatMap(line => (line.kind === 'call' ? [{ ...line, outcome: null, note: null }] : [])),
    }
  },
  opened: language => {
    const desk = withParty(language)
    const record = desk.party!.record!
    const numbers = record.numbers.map(each => ({
      ...each,
      current: false,
      dial: each.status === 'BAD' ? null : ('hand' as const),
    }))
    return {
      ...desk,
      say: null,
      party: { ...desk.party!, campaign: null, fields: [], opened: true, record: { ...record, numbers } },
    }
  },
  caller: language => {
    const desk = withParty(language)
    return {
      ...desk,
      agent: { name: 'alice', phase: 'talking', since: sampleNow - 12_000, until: null, reason: null, next: null },
      call: { ...sampleCall(language), direction: 'in', mode: null, name: null, relation: null },
      business: null,
      history: [],
      party: {
        ...{ name: null, ref: null, campaign: null, queue: language === 'en' ? 'Hotline' : '客服热线', attempts: null },
        menus: [{ name: language === 'en' ? 'Service line' : '客服总机', why: 'key', key: '1' }],
        ...{ numbers: [], fields: [], record: null, opened: false },
        identified: {
          how: 'choose',
          callers: [
            { ref: 'K-100231', name: language === 'en' ? 'Carl Chen' : '陈建国', relation: 'SELF' },
            { ref: 'K-100240', name: language === 'en' ? 'Wendy Wang' : '王秀英', relation: 'CONTACT' },
          ],
        },
      },
    }
  },
  wrapping: language => ({
    ...withParty(language),
    agent: {
      name: 'alice',
      phase: 'wrapping',
      since: sampleNow - 6000,
      until: sampleNow + 54_000,
      reason: null,
      next: null,
    },
    call: { ...sampleCall(language), phase: 'ended', endedAt: sampleNow - 6000 },
    say: sampleSay(language, { steps: [], answers: null, over: true, live: false }),
    form: {
      values: { code: 'PTP', note: language === 'en' ? 'Pays on Friday.' : '周五还款。', callbackAt: '' },
      errors: { callbackAt: 'past' },
    },
  }),
}
