import type { Diverted } from '../../../src/centre/calls/diverted.ts'
import type { Fax } from '../../../src/centre/calls/fax.ts'
import type { Announced, Judged, Told } from '../../../src/centre/calls/heard.ts'
import type { Ending, TrunkTry } from '../../../src/centre/entities.ts'
import type { RecordingKind } from '../../../src/centre/facts.ts'
import type { Verdict } from '../../../src/centre/gate/verdict.ts'
import type { MissingCause, UnderivableCause } from '../../../src/centre/recording/recording-rules.ts'
import { type LegRow, legSounds } from '../../parts/audio.ts'
import { divertedBy } from '../../parts/diverted.ts'
import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { type HoldsProps, legalHolds } from '../../parts/legal-holds.ts'
import { type AcceptedProps, acceptedMisfit, type MisfitProps, misfit, type Undecidable } from '../../parts/misfit.ts'
import { partyName } from '../../parts/names.ts'
import { percent, size } from '../../parts/numbers.ts'
import { type SaidOnCall, saidOnCall } from '../../parts/said-on-call.ts'
import { heading } from '../../parts/table.ts'
import { clockOf, duration, exactly, instant } from '../../parts/time.ts'
import { readable } from '../../words/facts.ts'
import type { Words } from '../../words/words.ts'
import { type RecordingRow, recordingState } from './recordings.ts'

export type AuditedCallProps = {
  frame: Frame
  call: Omit<RecordingRow, 'durationMs' | 'state' | 'call'> & {
    id: string
    ourNumber: string | null
    /** Who sent it on to us; null: nobody. */
    diverted: Diverted | null
    trunk: string | null
    /** What the network said before the answer, and who answered, as far as was heard. */
    announced: Announced | null
    judged: Judged | null
    fax: Fax | null
    /** Who answered, as somebody heard it. */
    told: (Told & { who: string; at: number }) | null
    /** Whoever sees this may say it, at `ACTION`; null: nobody answered, or it goes on. */
    tellAt: string | null
    /** Trunks that could not take it before that one. */
    tries: { trunk: string; why: TrunkTry['why']; sipStatus: number | null; q850: number | null }[]
    note: string | null
    ending: Ending | null
    verdict: Verdict | null
  }
  /** A call may have several parts after a fault. */
  /** The SIP ladder of the call; null: nobody keeps SIP messages here. */
  ladder: string | null
  recordings: {
    id: string
    state: RecordingRow['state']
    /** Why there is none; null: there is, or may be yet. */
    missing: MissingCause | 'unknown' | null
    /** Told as missing, and its file was there after all. */
    wasMissing: boolean
    /** So long after its call; 0: in it. */
    foundAfterMs: number
    /** What lies there and cannot be of the call, for this person to decide; null: nothing, or for others. */
    misfit: MisfitProps | Undecidable | null
    /** Why what this person decided on it was not done. */
    undone: string | null
    /** Such a one that somebody accepted; null: it fits. */
    accepted: AcceptedProps | null
    /** Of the audio; one opening of this page is one listen in the journal. */
    src: string
    openedAt: number
    /** From its beginning to the answer; null: not answered, or begun later. */
    answerMs: number | null
    durationMs: number | null
    bytes: number | null
    sha256: string | null
    kind: RecordingKind
    /** Where silence stands for sound that was lost, ms. */
    lostMs: number
    lost: readonly (readonly [fromMs: number, forMs: number])[] | null
    /** The smaller form, and whether it stands alone. */
    derivedSha256: string | null
    isSourceRemoved: boolean
    isDestroyed: boolean
    /** Why there is no smaller form; without a cause in the words in which it was told. */
    underivable: string | null
    underivableCause: UnderivableCause | null
  }[]
  /** Answers and sentences, each to be heard where it was said. */
  said: SaidOnCall
  /** How each of its legs sounded. */
  sounds: LegRow[]
  /** null: this person has nothing to do with them. */
  holds: HoldsProps | null
  /** `who`: the person or program that did it; null: the house or a trunk, or `detail` says it. */
  timeline: { seq: number; at: number; who: string | null; type: string; detail: string }[]
}

/** One call: both channels to see and to hear, and everything that the journal says of it. */
export function auditedCallPage(props: AuditedCallProps): Html {
  const w = textsOf(props.frame)
  const words = w.auditor.call
  const { call } = props
  return layout(props.frame, {
    title: words.title(call.id),
    scripts: ['waveform.js', 'plays.js'],
    main: html`${heading({ title: `${partyName(call, w)} · ${call.number}`, count: call.id, actions: html`${props.ladder === null ? null : html`<a class="button" href="${props.ladder}">${icon('waypoints')}${w.ladder.open}</a>`}<a class="button" href="/auditor">${icon('chevron-left')}${words.back}</a>` })}
<div class="wide-narrow"><div class="stack">${props.recordings.length === 0 ? html`<section class="panel"><p class="muted">${words.missing} ${w.domain.callPhase.ended}</p></section>` : props.recordings.map(recording => player(recording, props.frame, w))}
${saidOnCall(props.said, props.frame)}
${props.sounds.length === 0 ? null : html`<section class="panel"><h2>${w.audio.head}</h2>${legSounds(props.sounds, w)}</section>`}
${props.holds === null ? null : legalHolds(props.holds, props.frame)}
${timeline(props, w)}</div>
<section class="panel"><h2>${words.details}</h2>${details(props, w)}</section></div>`,
  })
}

/** In the one unit that tells it; less than a minute is one. */
function span(ms: number, words: Words['custody']['spans']): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes < 120) return words.minutes(minutes)
  return minutes < 2 * 1440 ? words.hours(Math.round(minutes / 60)) : words.days(Math.round(minutes / 1440))
}

function player(recording: AuditedCallProps['recordings'][number], frame: Frame, w: Words): Html {
  const words = w.auditor.call
  const custody = w.custody
  const isOver = recording.state === 'sealed' || recording.state === 'salvaged'
  const playable = isOver && !recording.isDestroyed
  const isPrivate = recording.kind === 'consultation'
  return html`<section class="panel" id="recording-${recording.id}"><header><h2>${isPrivate ? custody.consultation : words.recording}</h2>${recordingState(recording.state, w)}<span class="muted figure">${recording.durationMs === null ? '' : duration(recording.durationMs)}${recording.bytes === null ? '' : ` · ${size(recording.bytes)}`}${recording.answerMs === null ? '' : ` · ${words.answeredAfter(duration(recording.answerMs))}`}</span></header>
${recording.missing ? html`<p class="notice red">${icon('circle-alert')}<span>${words.missing} ${custody.missing[recording.missing]}</span></p>` : null}
${recording.wasMissing ? html`<p class="notice amber">${icon('triangle-alert')}<span>${custody.wasMissing(recording.foundAfterMs === 0 ? null : span(recording.foundAfterMs, custody.spans))}</span></p>` : null}
${recording.undone === null ? null : notice('red', recording.undone)}
${recording.accepted === null ? null : acceptedMisfit(recording.accepted, frame)}
${recording.misfit === null ? null : misfit(recording.id, recording.misfit, frame)}
${recording.lostMs > 0 ? html`<p class="notice red">${icon('circle-alert')}<span>${custody.missingAt(recording.lostMs, placesOf(recording.lost, w))}</span></p>` : null}
${recording.isDestroyed ? html`<p class="muted">${custody.destroyed} <a href="/auditor/recordings/${recording.id}/destruction">${w.retention.certificate}</a></p>` : recording.isSourceRemoved ? html`<p class="muted">${custody.sourceGone}</p>` : null}
${recording.underivable === null ? null : html`<p class="notice red">${icon('circle-alert')}<span>${custody.underivable} ${recording.underivableCause === null ? recording.underivable : custody.underivables[recording.underivableCause]}</span></p>`}
${
  playable
    ? html`<div class="wave" data-src="${recording.src}" data-failed="${words.noWaveform}"><span class="small muted">${isPrivate ? custody.consultLeft : words.left}</span><canvas height="56" aria-hidden="true"></canvas><span class="small muted">${isPrivate ? custody.consultRight : words.right}</span><canvas height="56" aria-hidden="true"></canvas><p class="help wave-words">${words.loading}</p></div>
<audio id="audio-${recording.id}" controls preload="metadata" src="${recording.src}"></audio>
<p class="small muted">${words.sha256} <span class="mono">${recording.sha256}</span></p>
${recording.derivedSha256 === null ? null : html`<p class="small muted">${custody.derivedSha256} <span class="mono">${recording.derivedSha256}</span></p>`}
<div class="actions">${recording.isSourceRemoved ? null : html`<a class="button small" href="${recording.src}&amp;form=wav&amp;download">${icon('download')}${custody.wav}</a>`}${recording.derivedSha256 === null ? null : html`<a class="button small" href="${recording.src}&amp;form=opus&amp;download">${icon('download')}${custody.opus}</a>`}</div>`
    : null
}</section>`
}

/** `1:02 240 ms, …`; recordings of before told how much alone. */
function placesOf(lost: AuditedCallProps['recordings'][number]['lost'], w: Words): string {
  if (lost === null || lost.length === 0) return w.custody.unknownPlace
  return lost.map(([fromMs, forMs]) => w.custody.place(duration(fromMs), forMs)).join(', ')
}

function details({ frame, call }: AuditedCallProps, w: Words): Html {
  const words = w.auditor.call
  const columns = w.auditor.columns
  const row = (name: string, value: Html | string | null): Piece =>
    value ? html`<dt>${name}</dt><dd>${value}</dd>` : null
  return html`<dl class="facts">${row(columns.time, instant(call.at, frame))}${row(columns.direction, call.direction && w.domain.direction[call.direction])}
${row(columns.agent, call.agent)}${row(columns.campaign, call.campaign)}${row(columns.trunk, call.trunk)}${row(words.ourNumber, call.ourNumber)}${row(w.diverted.by, call.diverted && divertedBy(call.diverted, w))}
${row(w.trunkRules.tries, triesOf(call, w))}
${row(columns.result, call.result && w.domain.callResult[call.result])}
${row(words.ended, call.ending && `${w.domain.endedBy[call.ending.by]} · ${w.domain.endCause[call.ending.cause]}${call.ending.sipStatus ? ` · SIP ${call.ending.sipStatus}` : ''}`)}
${row(w.trunkRules.signalled, call.ending && signalledOf(call.ending, w))}
${row(w.announcements.onCall, call.announced && announcedOf(call.announced, w))}${row(w.announcements.answerer, call.judged && judgedOf(call.judged, w))}${row(w.announcements.fax, call.fax && faxOf(call.fax, w))}
${row(w.announcements.personSays, call.told && `${w.announcements.verdicts[call.told.answerer]} · ${w.announcements.told[call.told.by]} · ${call.told.who} · ${exactly(call.told.at, frame)}`)}
${row(columns.outcome, call.outcome)}${row(columns.note, call.note)}
${row(words.policy, call.verdict && `${call.verdict.policy} ${call.verdict.version}`)}${row(words.rules, call.verdict && checkedRules(call.verdict, w))}</dl>${call.tellAt === null ? null : tellAnswerer(call.tellAt, call.told, w)}`
}

/** In words, each with its name in the journal; older lines may name others. */
function checkedRules({ rules, override }: Verdict, w: Words): Html {
  const { checked, overridden } = w.auditor.call.values
  const known: Partial<Record<string, string>> = checked
  return html`${rules.map((rule, at) => html`${at > 0 ? ' · ' : null}<span title="${rule}">${known[rule] ?? rule}</span>`)}${override === undefined ? null : html`<br>${overridden(override)}`}`
}

/** Two buttons; what was said last is pressed. */
function tellAnswerer(action: string, told: Told | null, w: Words): Html {
  const words = w.announcements
  return html`<form method="post" action="${action}" class="stack" id="answerer"><p class="help" id="answerer-about">${words.tellAbout}</p><div class="actions">${(
    [
      ['machine', words.tellMachine],
      ['human', words.tellHuman],
    ] as const
  ).map(
    ([answerer, word]) =>
      html`<button class="button small" name="answerer" value="${answerer}" aria-pressed="${String(told?.answerer === answerer)}" aria-describedby="answerer-about">${word}</button>`,
  )}</div></form>`
}

/** What was heard before the answer, and how sure that is; what was signalled stands beside it, unchanged. */
function announcedOf({ result, what, confidence, afterMs }: Announced, w: Words): string {
  const name = result === null ? what : w.domain.callResult[result]
  return `${name} · ${percent(confidence)} · ${(afterMs / 1000).toFixed(1)} s`
}

function faxOf({ signal, confidence, afterMs }: Fax, w: Words): string {
  return `${w.announcements.faxSignals[signal]} · ${percent(confidence)} · ${(afterMs / 1000).toFixed(1)} s`
}

function judgedOf({ verdict, confidence, reason, afterMs }: Judged, w: Words): string {
  const words = w.announcements
  const why = (words.reasons as Record<string, string>)[reason] ?? reason
  return `${words.verdicts[verdict]} · ${percent(confidence)} · ${(afterMs / 1000).toFixed(1)} s · ${why}`
}

/** What the carrier signalled, what that came to, and by which rule. */
function signalledOf({ rule, text, sipStatus, q850, result }: Ending, w: Words): string | null {
  if (rule === undefined) return null
  const said = [
    ...(sipStatus === null ? [] : [`SIP ${sipStatus}`]),
    ...(q850 === null ? [] : [`Q.850 ${q850}`]),
    ...(text === undefined ? [] : [`“${text}”`]),
  ]
  return `${said.join(' · ')} → ${w.domain.callResult[result]} (${w.trunkRules.rule}: ${rule})`
}

function triesOf({ tries }: AuditedCallProps['call'], w: Words): string | null {
  const said = tries.map(({ trunk, why, sipStatus, q850 }) => {
    const status = why === 'refused' && sipStatus !== null ? ` · SIP ${sipStatus}` : ''
    return `${trunk}: ${w.trunkRules.why[why]}${status}${why === 'refused' && q850 !== null ? ` · Q.850 ${q850}` : ''}`
  })
  return said.length === 0 ? null : said.join('; ')
}

function timeline(props: AuditedCallProps, w: Words): Html {
  const words = w.auditor.call
  return html`<section class="panel"><h2>${words.timeline}</h2><ol class="timeline">${props.timeline.map(
    line =>
      html`<li><time class="figure">${clockOf(line.at, props.frame)}</time><b>${words.facts[line.type] ?? readable(line.type)}</b><span class="muted">${line.who === null ? '' : `${line.who} · `}${line.detail}</span><span class="muted figure">#${line.seq}</span></li>`,
  )}</ol></section>`
}
