/** Sample props of the auditor's pages. */

import type { LegAudio } from '../../src/centre/audio/leg-audio.ts'
import type { Judged } from '../../src/centre/calls/heard.ts'
import { journalPage } from '../pages/admin/journal.ts'
import { answerersPage } from '../pages/auditor/answerers.ts'
import { type AuditedCallProps, auditedCallPage } from '../pages/auditor/call.ts'
import { destructionPage } from '../pages/auditor/destruction.ts'
import { exportsPage } from '../pages/auditor/exports.ts'
import { journalCheck } from '../pages/auditor/journal-check.ts'
import { type LadderProps, ladderPage } from '../pages/auditor/ladder.ts'
import { type RecordingRow, recordingsPage } from '../pages/auditor/recordings.ts'
import type { LegRow } from '../parts/audio.ts'
import { tellFact } from '../parts/call-history.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Step } from '../parts/ladder.ts'
import { exactly } from '../parts/time.ts'
import type { Language } from '../words/language.ts'
import { wordsIn } from '../words/words.ts'
import { sampleHolds } from './custody.ts'
import { sampleFrame, sampleNow } from './frame.ts'
import { sampleAnswers } from './verification.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'auditor' })

function rows(language: Language): RecordingRow[] {
  const zh = language === 'zh-CN'
  return (['sealed', 'sealed', 'salvaged', 'sealed', 'open', 'missing'] as const).map((state, n) => ({
    call: `c_${n}`,
    at: sampleNow - n * 431_000,
    direction: n === 3 ? 'in' : 'out',
    name: n === 3 ? null : zh ? '陈建国' : 'Carl Chen',
    isForHelp: false,
    number: '138 1234 5678',
    agent: zh ? '李雨桐' : 'Alice Li',
    campaign: n === 3 ? null : zh ? '三月 M1 提醒' : 'March M1 reminder',
    result: 'ANSWERED',
    outcome: zh ? '承诺还款' : 'Promise to pay',
    durationMs: state === 'open' || state === 'missing' ? null : 97_000 + n * 31_000,
    state,
  }))
}

const sampleJudged: Judged = {
  verdict: 'machine',
  reason: 'long_greeting',
  confidence: 0.84,
  afterMs: 2160,
  features: {
    initialSilenceMs: 180,
    greetingMs: 1880,
    words: 5,
    quietMs: 120,
    levelDbm0: -18.4,
    beepHz: 0,
    recording: null,
  },
}

const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'

function sampleSounds(language: Language): LegRow[] {
  const good: LegAudio = {
    codec: 'pcma',
    ms: 97_000,
    received: 4_850,
    sent: 4_850,
    missing: 3,
    late: 1,
    reordered: 2,
    duplicates: 0,
    ssrcChanges: 0,
    loss: 0.0008,
    jitterMs: 1.2,
    mosIn: 4.38,
    theirLoss: 0.001,
    theirJitterMs: 2.1,
    roundTripMs: 18,
    mosOut: 4.37,
    levelDb: -21,
    silence: 0.41,
    clipped: 0,
    oneWay: null,
    from: '10.0.0.1:41002',
    named: '10.0.0.1:41002',
    foreign: 0,
    foreignFrom: null,
    rivals: 0,
  }
  return [
    { id: 'w_1', name: language === 'en' ? 'Telecom E1' : '电信 E1', audio: good },
    {
      id: 'w_2',
      name: language === 'en' ? 'Alice Li' : '李雨桐',
      audio: {
        ...good,
        received: 0,
        mosIn: null,
        mosOut: null,
        theirLoss: null,
        oneWay: 'nothing_from',
        from: '',
        foreign: 12,
        foreignFrom: '10.9.9.9',
      },
    },
  ]
}

function sampleLadder(language: Language): LadderProps {
  const zh = language === 'zh-CN'
  const [carrier, own, phone] = [
    zh ? '电信 E1' : 'Telecom E1',
    zh ? '本系统' : 'Switchroom',
    zh ? '李雨桐' : 'Alice Li',
  ]
  const words = (from: number, label: string): Pick<Step, 'spoken' | 'text'> => ({
    spoken: label,
    text: `${label} sip:138****5678@10.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKk3J${from}\r\nMax-Forwards: 70\r\nTo: <sip:138****5678@10.0.0.1:5060>\r\nCall-ID: 5hG2b\r\nCSeq: 1 INVITE\r\nAuthorization: Digest (removed)\r\n`,
  })
  const step = (
    ms: number,
    from: number,
    to: number,
    label: string,
    tone: Step['tone'],
    detail = '',
    again = false,
  ): Step => ({
    from,
    to,
    label,
    detail,
    tone,
    again,
    clock: `10:00:0${(ms / 1000).toFixed(3)}`,
    since: `+${(ms / 1000).toFixed(3)}`,
    ...words(from, label),
  })
  return {
    frame: frame(language, '/auditor/calls/c_0/ladder'),
    call: 'c_0',
    back: '/auditor/calls/c_0',
    pcap: '/auditor/calls/c_0/ladder.pcap',
    turned: '/auditor/calls/c_0/ladder?open=1',
    open: false,
    days: 7,
    trouble: null,
    participants: [
      { name: carrier, address: '10.0.0.1:5060' },
      { name: own, address: '10.0.0.2:5060' },
      { name: phone, address: '10.0.3.41:5062' },
    ],
    steps: [
      step(0, 1, 0, 'INVITE', 'request', 'PCMA 10.0.0.2:20010'),
      step(501, 1, 0, 'INVITE', 'request', 'PCMA 10.0.0.2:20010', true),
      step(512, 0, 1, '100 Trying', 'progress', 'INVITE'),
      step(530, 0, 1, '407 Proxy Authentication Required', 'failure', 'INVITE'),
      step(532, 1, 0, 'ACK', 'request'),
      step(533, 1, 0, 'INVITE', 'request', 'PCMA 10.0.0.2:20010'),
      step(1220, 0, 1, '180 Ringing', 'progress', 'INVITE'),
      step(4710, 0, 1, '200 OK', 'success', 'INVITE · PCMA 10.0.0.1:41002'),
      step(4712, 1, 0, 'ACK', 'request'),
      step(4800, 1, 2, 'INVITE', 'request', 'PCMA 10.0.0.2:20014'),
      step(4920, 2, 1, '302 Moved Temporarily', 'redirect', 'INVITE'),
      step(9100, 0, 1, 'BYE', 'request'),
    ],
    more: 0,
  }
}

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
      filters: { page: '/auditor', saved: [], query: '', refused: null },
      reason: null,
    }),
  'auditor-destruction': language =>
    destructionPage({
      frame: frame(language, '/auditor/recordings/r_0/destruction'),
      ...{ recording: 'r_0', call: 'c_0', openedAt: Date.parse('2021-03-17T10:02:00+08:00'), durationMs: 154_000 },
      ...{ sealedAt: Date.parse('2021-03-17T10:04:40+08:00'), sha256, derivedSha256: sha256, listens: 2 },
      ...{
        destroyedAt: sampleNow - 38_000_000,
        erasedAt: sampleNow - 37_990_000,
        journal: { seq: 48_112, hash: sha256 },
      },
      by: { reason: 'retention', business: 'collections', kept: { n: 5, of: 'YEAR' }, policy: 'CN-CFC-2024' },
    }),
  'auditor-call': language => {
    const { call: id, durationMs, state, ...call } = rows(language)[0]!
    return auditedCallPage({
      frame: frame(language, '/auditor/calls/c_0'),
      call: {
        id,
        ...call,
        ourNumber: '+862151860000',
        diverted: null,
        announced: { by: 'recording', what: 'an_1', result: 'POWER_OFF', confidence: 0.93, afterMs: 1400 },
        judged: sampleJudged,
        fax: null,
        told: {
          answerer: 'human',
          by: 'auditor',
          who: language === 'en' ? 'Olga Ouyang' : '欧阳岚',
          at: sampleNow - 60_000,
        },
        tellAt: '/auditor/calls/c_0/answerer',
        tries: [{ trunk: 'Unicom SIP', why: 'refused', sipStatus: 503, q850: 34 }],
        trunk: language === 'en' ? 'Telecom E1' : '电信 E1',
        note: language === 'en' ? 'Pays on Friday.' : '周五还款。',
        ending: { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200, q850: 16 },
        verdict: {
          policy: 'CN-GBT45251-2025',
          version: '2026-01',
          rules: ['do_not_call', 'party_hold', 'contact_hours', 'caps'],
        },
      },
      ladder: '/auditor/calls/c_0/ladder',
      recordings: [
        {
          id: 'r_0',
          state,
          missing: null,
          wasMissing: false,
          foundAfterMs: 0,
          misfit: null,
          undone: null,
          accepted: null,
          src: '/static/sample.wav',
          openedAt: sampleNow,
          answerMs: 7000,
          durationMs,
          bytes: 1_560_000,
          sha256,
          kind: 'call',
          lostMs: 240,
          lost: [[62_000, 240]],
          derivedSha256: sha256,
          isSourceRemoved: false,
          isDestroyed: false,
          underivable: null,
          underivableCause: null,
        },
        ...sampleMisfits(language),
      ],
      holds: {
        ...sampleHolds(language),
        action: '/auditor/calls/c_0/holds',
        targets: [
          { kind: 'call', target: 'c_0' },
          { kind: 'recording', target: 'r_0' },
        ],
      },
      said: {
        tasks: [
          {
            ...{ id: 'vt_1', application: 'A-20261124-031', state: 'REVIEW', href: null },
            whom: language === 'en' ? 'Applicant' : '申请人',
            answers: sampleAnswers(language, 'r_0'),
          },
        ],
        readings: [
          {
            key: 'recorded',
            text: language === 'en' ? 'This call is recorded.' : '本次通话会被录音。',
            ...{ readAt: sampleNow + 9_000, heard: { recording: 'r_0', atMs: 16_000 } },
          },
          {
            key: 'consent',
            text: language === 'en' ? 'You agree that we ask your employer.' : '您同意我们向您的单位核实。',
            ...{ readAt: null, heard: null },
          },
        ],
      },
      sounds: sampleSounds(language),
      timeline: sampleHistory(language),
    })
  },
  'auditor-answerers': language =>
    answerersPage({
      frame: frame(language, '/auditor/answerers'),
      days: 30,
      choices: [7, 30, 90],
      counts: [
        { verdict: 'human', calls: 4_812, machine: 61, human: 12 },
        { verdict: 'machine', calls: 1_940, machine: 88, human: 3 },
        { verdict: 'unsure', calls: 702, machine: 140, human: 4 },
        { verdict: null, calls: 9, machine: 9, human: 0 },
      ],
      mistakes: [0, 1].map(n => ({
        call: `c_${n}`,
        at: sampleNow - n * 3_600_000,
        campaign: language === 'en' ? 'March M1 reminder' : '三月 M1 提醒',
        agent: language === 'en' ? 'Alice Li' : '李雨桐',
        judged:
          n === 0 ? sampleJudged : { ...sampleJudged, verdict: 'human', reason: 'short_greeting', confidence: 0.8 },
        told: n === 0 ? { answerer: 'human', by: 'auditor' } : { answerer: 'machine', by: 'agent' },
      })),
    }),
  'auditor-ladder': language => ladderPage(sampleLadder(language)),
  'auditor-exports': language =>
    exportsPage({
      frame: frame(language, '/auditor/exports'),
      error: null,
      exports: (['running', 'queued', 'finished', 'failed', 'erased'] as const).map((state, n) => ({
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
        keptUntil: state === 'finished' ? sampleNow + 6 * 86_400_000 : null,
        erasedAt: state === 'erased' ? sampleNow : null,
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

function sampleHistory(language: Language): AuditedCallProps['timeline'] {
  const at = language === 'en' ? 1 : 0
  const telling = {
    names: {
      user: () => ['陈思', 'Alice Chen'][at]!,
      ...{ queue: () => null, menu: () => null, campaign: () => ['三月 M1 提醒', 'March M1'][at]! },
      ...{ trunk: () => ['电信 E1', 'Telecom E1'][at]!, outcome: () => ['承诺还款', 'Promise to pay'][at]! },
      field: () => ['承诺金额', 'Amount promised'][at]!,
    },
    ...{ frame: frame(language, '/auditor/calls/c_1'), w: wordsIn(language), masked: true },
  }
  const ending = { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: 200 }
  const facts = [
    { type: 'call.dialed', mode: 'progressive', campaign: 'cp_1', agent: null, trunk: 't_1', relation: 'SELF' },
    { type: 'call.ringing' },
    { type: 'call.answered' },
    { type: 'call.assigned', agent: 'u_1', ringing: false },
    { type: 'call.connected', agent: 'u_1' },
    { type: 'recording.opened', kind: 'call' },
    { type: 'call.held', by: 'agent' },
    { type: 'call.ended', ending },
    { type: 'recording.sealed', sha256: `${'e3b0c44298fc1c14'.repeat(4)}`, bytes: 1_920_044, durationMs: 60_000 },
    { type: 'call.disposed', agent: 'u_1', code: 'promise', note: '', fields: { promise_amount: '3000' } },
    { type: 'legalHold.placed', kind: 'call', reason: ['投诉 2026-17', 'Complaint 2026-17'][at]! },
  ]
  return facts.map((fact, n) => ({
    ...{ seq: 4000 + n, at: sampleNow - 120_000 + n * 11_000, type: fact.type },
    who: fact.type === 'legalHold.placed' ? ['孙立', 'Sam Sun'][at]! : null,
    detail: tellFact(JSON.stringify(fact), telling),
  }))
}

/** A file that does not fit, as it waits for somebody to decide, and one that was accepted. */
function sampleMisfits(language: Language): AuditedCallProps['recordings'] {
  const zh = language !== 'en'
  const who = zh ? '欧阳岚' : 'Olga Ouyang'
  const day = 86_400_000
  const { custody } = wordsIn(language)
  const found = {
    ...{ soundMs: 192_000, mostMs: 101_000, writtenAt: sampleNow - 40_000, changedAt: sampleNow + 3 * day },
    ...{ writtenFrom: sampleNow - 3_600_000, writtenUntil: sampleNow + day },
  }
  const nothing = {
    ...{ wasMissing: false, foundAfterMs: 0, answerMs: null, kind: 'call' as const, lostMs: 0, lost: null },
    ...{
      derivedSha256: null,
      isSourceRemoved: false,
      isDestroyed: false,
      underivable: null,
      underivableCause: null,
      undone: null,
    },
    ...{ src: '/static/sample.wav', openedAt: sampleNow },
  }
  const seen = '2049-131-1560058-1764313200000000000-1764313200000000000'
  const said = { who, at: sampleNow + 3 * day, reason: zh ? '声音不是这位坐席' : 'It is not the voice of this agent' }
  return [
    {
      ...{ ...nothing, id: 'r_1', state: 'missing', missing: 'misfit', durationMs: null, bytes: null, sha256: null },
      accepted: null,
      undone: custody.misfit.meanwhile.left(who, exactly(said.at, frame(language, '/auditor')), said.reason),
      misfit: {
        ...{ ...found, misfits: ['length', 'changed'], bytes: 3_072_058, seen, after: 88, left: said },
        ...{ action: '/auditor/recordings/r_1/misfit', src: '/static/sample.wav', filled: nothingFilled },
      },
    },
    {
      ...{ ...nothing, id: 'r_2', state: 'accepted', missing: null, durationMs: 98_000, bytes: 1_568_058 },
      ...{ sha256: 'e3b0c44298fc1c14'.repeat(4), wasMissing: true, foundAfterMs: 3 * day, misfit: null },
      accepted: {
        ...{ ...found, soundMs: 98_000, misfits: ['changed'], who, at: sampleNow + 3 * day },
        reason: zh
          ? '录音盘故障三天，文件由工程师拷回，声音与通话一致'
          : 'The disk was away for three days; an engineer copied it back',
      },
    },
  ]
}
