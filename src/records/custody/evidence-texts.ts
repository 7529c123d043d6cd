/** The parts of an evidence zip that a person reads. */
import type { CallRecord } from '../../store/calls/calls.ts'
import type { RecordingRow } from '../../store/calls/recordings.ts'

export type EvidenceCall = {
  call: CallRecord
  /** `file` is its name in the zip, null when there is no audio; `forms`: each form that goes into it, by its name there and its place on disk. */
  recordings: { recording: RecordingRow; file: string | null; forms: { name: string; source: string }[] }[]
}

const columns = [
  'call',
  'direction',
  'campaign',
  'agent',
  'number',
  'our_number',
  'party',
  'name',
  'started_at',
  'answered_at',
  'connected_at',
  'ended_at',
  'ended_by',
  'cause',
  'result',
  'sip_status',
  'disposition',
  'note',
  'audio',
  'sha256_sealed',
  'duration_ms',
]

/** One row a recording, one for a call without any; UTF-8 with BOM so that spreadsheets read the Chinese. Instants are ISO 8601, UTC. */
export function callsCsv(calls: EvidenceCall[]): string {
  const rows = calls.flatMap(({ call, recordings }) =>
    (recordings.length === 0 ? [null] : recordings).map(audio => [
      call.id,
      call.direction,
      call.campaign,
      call.agent,
      call.number,
      call.ourNumber,
      call.party,
      call.name,
      instant(call.startedAt),
      instant(call.answeredAt),
      instant(call.connectedAt),
      instant(call.endedAt),
      call.ending?.by,
      call.ending?.cause,
      call.ending?.result,
      call.ending?.sipStatus,
      call.disposition,
      call.note,
      audio === null ? '' : (audio.file ?? 'missing'),
      audio?.recording.sha256,
      audio?.recording.durationMs,
    ]),
  )
  return `\ufeff${[columns, ...rows].map(row => row.map(csvCell).join(',')).join('\r\n')}\r\n`
}

/**
 * A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection); a number with its plus is none.
 */
export function csvCell(value: unknown): string {
  let text = value === null || value === undefined ? '' : String(value)
  if (/^[=@\t\r\n＝＋－＠-]|^\+(?!\d+$)/.test(text)) text = `'${text}`
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function instant(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString()
}

export function evidenceReadme(
  about: { export: string; reason: string; requestedBy: string; at: number; version: string },
  calls: EvidenceCall[],
): string {
  const audio = calls.flatMap(call => call.recordings.filter(each => each.file !== null)).length
  const missing = calls.flatMap(call => call.recordings).length - audio
  const taken = calls
    .flatMap(call => call.recordings.filter(each => each.recording.accepted !== null))
    .map(each => each.recording.id)
  const byHand =
    taken.length === 0
      ? ''
      : `\n人工采用（长度或时间与通话不符，见 calls.json 的 accepted） / accepted by hand, and not fitting the call (accepted in calls.json): ${taken.join(', ')}`
  return `通话录音证据包 · Evidence of recorded calls
Switchroom ${about.version}
导出编号 / export:  ${about.export}
导出时间 / made at: ${new Date(about.at).toISOString()}
申请人 / requested by: ${about.requestedBy}
用途 / reason: ${about.reason}
通话 / calls: ${calls.length} · 录音 / recordings: ${audio} · 缺失 / missing: ${missing}${byHand}

【内容】
audio/             原始录音（.wav），未经转码；.opus 为其压缩副本。双声道：左声道为客户，右声道为坐席
calls.csv .json    每通电话的信息；时间为协调世界时（UTC）
journal/proof.json 审计日志中与这些通话有关的各行，以及直到日志末端的摘要链
SHA256SUMS         以上每个文件的 SHA-256

【核验】
1. 解压后在该目录执行：sha256sum -c SHA256SUMS
2. 完整核验（含录音封存值与日志摘要链）：switchroom verify 本文件.zip
   它会显示日志末端的摘要；请与另行保存的日志摘要（如审计日报）比对。

CONTENTS
audio/             .wav: the recordings to the byte as recorded; .opus: their smaller form; stereo, left the customer, right the agent
calls.csv .json    what is known of each call; instants in UTC
journal/proof.json the audit journal's lines about these calls, and the chain of digests from there to its head
SHA256SUMS         SHA-256 of each file above

TO CHECK
1. unpack, then there: sha256sum -c SHA256SUMS
2. in full (seals of the recordings and the journal's chain): switchroom verify FILE.zip
   It prints the head of the journal; compare it with the head known from elsewhere, e.g. an audit report.
`
}
